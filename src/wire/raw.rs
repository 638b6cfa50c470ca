//! Commands exactly as they stand on the wire, before anything is checked.
//!
//! The order of variants and fields *is* the protocol (see `docs/protocol.md`): append
//! only, and only with a new version. `command` turns these into checked types.

use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::ids::{MemberId, MemberSecret, RoomSecret, Seq, Timestamp};

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
        /// Which room.
        room: RoomRef,
        /// The display name as typed.
        nick: String,
        /// The last entry that the client holds, if it holds any.
        cursor: Option<Cursor>,
        /// What proves who joins: all sessions of one person share it.
        member: MemberSecret,
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
    /// Asks for a page of the lane's room.
    History {
        /// Which part of its log.
        range: Range,
        /// At most so many; the server may give fewer.
        limit: u16,
    },
    /// Says that the member is writing.
    Typing,
    /// Says that the session goes on over this connection after another one, and why; for
    /// the operator, without an answer. On the control lane, once.
    Moved {
        /// What carried the session before.
        from: Transport,
        /// Why the client left it.
        reason: MoveReason,
    },
    /// Asks for single entries of the lane's room.
    Look {
        /// Which; at most 32 count.
        #[serde(deserialize_with = "grown")]
        seqs: Vec<u64>,
    },
    /// Searches the lane's room.
    Search {
        /// What is sought, as typed.
        text: String,
        /// Only what was said under this name.
        from: Option<String>,
        /// Only what was said at or after this time.
        after: Option<Timestamp>,
        /// Only what was said before this time.
        before: Option<Timestamp>,
        /// Only entries with a smaller sequence number.
        below: u64,
        /// At most so many; the server may give fewer.
        limit: u16,
    },
    /// Asks for public rooms with members. On the control lane.
    Rooms {
        /// A part of the name, as typed.
        like: String,
        /// At most so many; the server may give fewer.
        limit: u16,
    },
    /// Invites a member of the lane's room to a private room.
    Invite {
        /// Whom.
        to: MemberId,
        /// What opens the room.
        key: RoomSecret,
        /// What the room is called.
        name: String,
    },
    /// Says whether the person is away, in all rooms. On the control lane.
    Away {
        /// Away, or back.
        away: bool,
    },
    /// Says how far the person has read the lane's room.
    Read {
        /// The last entry read.
        seq: u64,
    },
}

impl RawCommand {
    /// Asks for the page before an entry.
    #[must_use]
    pub fn older(before: u64, limit: u16) -> Self {
        let range = Range::Before(Seq(before));
        Self::History { range, limit }
    }
}

/// A room as a client names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RoomRef {
    /// A public one, by its name as typed.
    Named(String),
    /// A private one.
    Private {
        /// What opens it.
        key: RoomSecret,
        /// What it is called, if it is new.
        name: String,
    },
}

/// A part of a room's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Range {
    /// The entries next before this one.
    Before(Seq),
    /// The entries next after this one.
    After(Seq),
    /// The entries around this one, itself included.
    Around(Seq),
    /// The entries around the first one at or after this time.
    At(Timestamp),
}

impl From<&str> for RoomRef {
    fn from(name: &str) -> Self {
        Self::Named(name.to_owned())
    }
}

/// What carries a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Transport {
    /// QUIC.
    WebTransport,
    /// TCP.
    WebSocket,
}

/// Why a client went from one connection to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MoveReason {
    /// The connection ended without a word.
    Lost,
    /// The connection was open, and nothing came over it.
    Stalled,
    /// WebTransport works again.
    Better,
    /// The server said goodbye and asked to come back.
    Told,
    /// The device has changed its network, or has one again.
    Network,
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

/// Reads a list without reserving anything on the word of its length: serde would reserve up to
/// 1 MiB for a few bytes that a client sends.
fn grown<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    struct Grown;

    impl<'de> Visitor<'de> for Grown {
        type Value = Vec<u64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of numbers")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<u64>, A::Error> {
            let mut values = Vec::new();
            while let Some(value) = list.next_element()? {
                values.push(value);
            }
            Ok(values)
        }
    }

    deserializer.deserialize_seq(Grown)
}
