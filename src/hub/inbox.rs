//! The one way in: what connections tell the hub.
//!
//! Decides how much may wait, and nothing else; has the word filter read what is said while
//! that is still the sender's own time. Invariant: whoever hands something in
//! waits while the inbox is full, so a flood slows its sender and takes no memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use crate::chat::WordFilter;
use crate::fanout::Outbox;
use crate::ids::{ConnId, LaneId};
pub use crate::metrics::Transport as Carrier;
use crate::wire::command::{Command, Greeting};

/// Arrivals that wait for the hub: some milliseconds of its work. When it is full, reading
/// from the clients stops, and with it their sending.
const INBOX: usize = 4_096;

/// What connections tell the hub.
#[derive(Debug)]
pub enum Arrival {
    /// A connection has said `Hello`.
    Connected {
        /// The connection.
        conn: ConnId,
        /// What it said.
        greeting: Greeting,
        /// Where its control lane writes.
        outbox: Arc<Outbox>,
        /// What carries it, for the operator.
        carrier: Carrier,
    },
    /// A lane is open; comes before its first command.
    Lane {
        /// The connection.
        conn: ConnId,
        /// The lane.
        lane: LaneId,
        /// Where it writes.
        outbox: Arc<Outbox>,
    },
    /// A command has come in.
    Command {
        /// On this connection
        conn: ConnId,
        /// and this lane.
        lane: LaneId,
        /// What was said.
        command: Command,
    },
    /// The client has ended a lane.
    LaneClosed {
        /// The connection.
        conn: ConnId,
        /// The lane.
        lane: LaneId,
    },
    /// The connection is gone. The last arrival of it.
    Closed {
        /// The connection.
        conn: ConnId,
    },
}

/// Where connections tell the hub what arrives.
#[derive(Clone, Debug)]
pub struct Handle {
    inbox: mpsc::Sender<Arrival>,
    last_conn: Arc<AtomicU64>,
    filter: WordFilter,
}

/// The hub has stopped: the server is going down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the hub has stopped")]
pub struct HubGone;

impl Handle {
    pub(super) fn new(filter: WordFilter) -> (Self, mpsc::Receiver<Arrival>) {
        let (inbox, arrivals) = mpsc::channel(INBOX);
        let last_conn = Arc::new(AtomicU64::new(1));
        let handle = Self {
            inbox,
            last_conn,
            filter,
        };
        (handle, arrivals)
    }

    /// A connection id that was never used in this process.
    #[must_use]
    pub fn next_conn(&self) -> ConnId {
        ConnId(self.last_conn.fetch_add(1, Ordering::Relaxed))
    }

    /// Waits for a place in the inbox, which is what slows a flood.
    ///
    /// # Errors
    /// [`HubGone`] when the server is going down.
    pub async fn place(&self) -> Result<Place<'_>, HubGone> {
        let place = self.inbox.reserve().await.map_err(|_| HubGone)?;
        let filter = &self.filter;
        Ok(Place { place, filter })
    }

    /// Hands in what arrived; waits while the inbox is full, which is what slows a flood.
    ///
    /// # Errors
    /// [`HubGone`] when the server is going down.
    pub async fn send(&self, arrival: Arrival) -> Result<(), HubGone> {
        self.place().await?.send(arrival);
        Ok(())
    }
}

/// A place in the inbox, for one arrival.
#[derive(Debug)]
pub struct Place<'a> {
    place: mpsc::Permit<'a, Arrival>,
    filter: &'a WordFilter,
}

impl Place<'_> {
    /// Hands in what arrived.
    pub fn send(self, mut arrival: Arrival) {
        if let Arrival::Command { command, .. } = &mut arrival {
            self.filter.judge(command);
        }
        self.place.send(arrival);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::command::Tone;
    use crate::wire::event::Content;
    use crate::wire::raw::RawCommand;

    // A16
    #[tokio::test]
    async fn what_is_said_is_judged_before_it_reaches_the_hub() {
        let (handle, mut arrivals) = Handle::new(WordFilter::on([]));
        let content = Content::text("oh shit");
        let said = Arrival::Command {
            conn: ConnId(1),
            lane: LaneId(1),
            command: RawCommand::Send { number: 1, content }.into(),
        };
        handle.send(said).await.unwrap();
        let Some(Arrival::Command {
            command: Command::Send { tone, .. },
            ..
        }) = arrivals.recv().await
        else {
            panic!("not what was sent");
        };
        assert_eq!(tone, Tone::Profane);
    }
}
