//! Carriers: how frames come in and go out.
//!
//! Decides what a connection is made of and how it begins and ends. Decides no rule of the
//! chat: a carrier supplies frames in and frames out. Invariant: the hub hears of a
//! connection in this order: `Connected`, then lanes and commands, then `Closed` exactly
//! once; and whatever a client sends, at most its own connection ends.

mod connection;
pub mod limits;
pub mod udp;
pub mod websocket;
pub mod webtransport;

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio_util::task::TaskTracker;

use crate::fanout::Parcel;
use crate::hub::Handle;
use crate::ids::LaneId;
use crate::metrics::Metrics;
use crate::wire::{Command, WireError};

/// What a carrier needs to let a connection in. Clones share the same bounds.
#[derive(Clone, Debug)]
pub struct Gate {
    hub: Handle,
    metrics: Metrics,
    places: Arc<Semaphore>,
    open: TaskTracker,
}

impl Gate {
    /// A gate to `hub` that lets [`limits::CONNECTIONS`] in at a time.
    #[must_use]
    pub fn new(hub: Handle, metrics: Metrics) -> Self {
        Self {
            hub,
            metrics,
            places: Arc::new(Semaphore::new(limits::CONNECTIONS)),
            open: TaskTracker::new(),
        }
    }

    /// Lets nobody in any more.
    pub fn close(&self) {
        self.places.close();
        self.open.close();
    }

    /// Waits until the gate is closed and every connection has ended.
    pub async fn emptied(&self) {
        self.open.wait().await;
    }

    /// How many connections are open or being opened.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.open.len()
    }

    fn place(&self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        if let Err(TryAcquireError::NoPermits) = place {
            self.metrics.handshake_refused("full");
        }
        place.ok()
    }

    /// Notes that a page of somebody else's wanted to come in.
    fn refuse_origin(&self, origin: Option<&str>, host: &str) {
        tracing::warn!(
            origin,
            host,
            "a foreign page is refused; is it to be listed as --origin?"
        );
        self.metrics.handshake_refused("origin");
    }
}

/// Why a carrier cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// The connection is gone; nothing more can be said.
    #[error("the connection is lost")]
    Lost,
    /// The peer takes nothing of what is written.
    #[error("the peer does not read")]
    Stalled,
    /// The peer's bytes are no frames.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The peer sends messages that are too long or not binary.
    #[error("only binary messages of bounded length are spoken here")]
    NotSpoken,
}

/// What a frame means for the lane it came on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The lane is open.
    Open,
    /// The lane is open from this frame on.
    New,
    /// The lane is over; the frame was under way when it ended, and is dropped.
    Over,
    /// There would be more lanes than allowed.
    TooMany,
}

/// Frames in.
trait FrameSource: Send {
    /// The next payload, or nothing when the peer will send no more. Cancel-safe.
    fn next(
        &mut self,
    ) -> impl Future<Output = Result<Option<(LaneId, Bytes)>, CarrierError>> + Send;

    /// What a command means for the lane it came on.
    fn standing(&mut self, lane: LaneId, command: &Command) -> Standing;
}

/// Frames out.
trait FrameSink: Send {
    /// Writes all of the batch, in order, and leaves it empty.
    fn write(
        &mut self,
        batch: &mut Vec<Parcel>,
    ) -> impl Future<Output = Result<(), CarrierError>> + Send;

    /// Waits until the peer is to be probed for a sign of life; for ever when the carrier
    /// sees to that itself. Cancel-safe.
    fn probe_due(&mut self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }

    /// Asks the peer for a sign of life.
    fn probe(&mut self) -> impl Future<Output = Result<(), CarrierError>> + Send {
        std::future::ready(Ok(()))
    }

    /// Says that nothing more comes, and waits until the peer has everything.
    fn finish(self) -> impl Future<Output = Result<(), CarrierError>> + Send;
}
