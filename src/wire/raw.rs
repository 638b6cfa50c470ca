//! Commands exactly as they stand on the wire, before anything is checked.
//!
//! The order of variants and fields *is* the protocol (see `docs/protocol.md`): append
//! only, and only with a new version. `command` turns these into checked types.

use serde::{Deserialize, Serialize};

use super::event::{Content, Cursor};

/// A command as a client writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RawCommand {
    /// First frame on the control lane.
    Hello(Hello),
    /// Goodbye for good: leaves every room at once and forgets the session's names.
    Bye,
    /// Asks for a [`Pong`](super::Event::Pong) with the same nonce.
    Ping {
        /// Given back as it is.
        nonce: u64,
    },
    /// First frame on a room's lane.
    Join {
        /// The room's name as typed.
        room: String,
        /// The display name as typed.
        nick: String,
        /// The last entry that the client holds, if it holds any.
        cursor: Option<Cursor>,
    },
    /// Leaves the lane's room; the name is free at once.
    Leave,
    /// Says something in the lane's room.
    Send {
        /// 1, 2, 3, ... for this session in this room.
        number: u64,
        /// What is said.
        content: Content,
    },
    /// Asks for entries older than `before`.
    History {
        /// Only entries with a smaller sequence number.
        before: u64,
        /// At most so many; the server may give fewer.
        limit: u16,
    },
    /// Says that the member is writing.
    Typing,
}

/// Who the client is and which protocol it speaks.
///
/// The client draws `next` itself (256 random bits) and keeps it before it sends this, so
/// a lost answer costs nothing: the same pair said again means the same session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The protocol version; always the first field, in every version.
    pub version: u16,
    /// The token of the session to resume.
    pub token: Option<[u8; 32]>,
    /// The token that will resume the session next time.
    pub next: [u8; 32],
    /// Name and version of the client's software, for the operator.
    pub client: String,
}
