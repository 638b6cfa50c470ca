//! A connection that is opened beside the one in use: over WebSocket when WebTransport falls silent, over WebTransport
//! when it may work again. Decides nothing; invariant: at most one is opened at a time.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;
use tokio::time::{sleep, timeout};

use crate::common::{Carrier, Failure, Link, Target};

/// A dial that takes so long is dialled once more beside: the first packet of TCP is repeated after a
/// second only (RFC 6298, section 2), and the gap of its client would be all of that.
const ONCE_MORE: Duration = Duration::from_millis(400);

/// None, one that is being opened, or one that is open.
#[derive(Default)]
pub struct Beside {
    opening: Option<(Carrier, oneshot::Receiver<Link>)>,
    opened: Option<Link>,
}

impl Beside {
    /// Starts to open one, unless one is under way.
    pub fn dial(&mut self, carrier: Carrier, target: &Target, patience: Duration) {
        if self.opening.is_some() {
            return;
        }
        let (opened, opening) = oneshot::channel();
        self.opening = Some((carrier, opening));
        let target = target.clone();
        tokio::spawn(async move {
            if let Ok(Ok(link)) = timeout(patience, open(carrier, &target)).await {
                // Nobody may want it any more.
                opened.send(link).ok();
            }
        });
    }

    pub fn is_under_way(&self) -> bool {
        self.opening.is_some()
    }

    /// Looks whether it is open. One that failed is forgotten.
    pub fn is_open(&mut self) -> bool {
        let Some((_, opening)) = &mut self.opening else {
            return false;
        };
        if self.opened.is_none() {
            match opening.try_recv() {
                Ok(link) => self.opened = Some(link),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Closed) => self.forget(),
            }
        }
        self.opened.is_some()
    }

    /// Waits for it, if it is of this carrier.
    pub async fn take(&mut self, carrier: Carrier) -> Option<Link> {
        let (of, opening) = self.opening.take()?;
        if of != carrier {
            self.forget();
            return None;
        }
        match self.opened.take() {
            Some(link) => Some(link),
            None => opening.await.ok(),
        }
    }

    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Opens a connection, with a second try beside the first.
pub async fn open(carrier: Carrier, target: &Target) -> Result<Link, Failure> {
    let first = Link::try_open(carrier, target);
    tokio::pin!(first);
    tokio::select! {
        opened = &mut first => return opened,
        () = sleep(ONCE_MORE) => {}
    }
    tokio::select! {
        Ok(link) = &mut first => Ok(link),
        Ok(link) = Link::try_open(carrier, target) => Ok(link),
        else => Err("neither dial came through".into()),
    }
}
