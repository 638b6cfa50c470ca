//! What the server says to a client.
//!
//! The order of variants and fields *is* the protocol (see `docs/protocol.md`): append
//! only, and only with a new version.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{Epoch, MemberId, Number, RoomSecret, SeatId, Seq, Timestamp};

pub use super::entry::{Content, Entry, Page, Reaction};
pub use super::refusal::{Refusal, RefusalCode};

/// One event on one lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// Control: the answer to `Hello`.
    Welcome(Welcome),
    /// Control: the answer to `Ping`.
    Pong {
        /// The nonce of the ping.
        nonce: u64,
        /// The server's clock.
        now: Timestamp,
    },
    /// Control: the last thing said before the server closes the connection.
    Bye(Bye),
    /// Room: a line from the server to this member alone ("Welcome!").
    Notice {
        /// When it was said.
        at: Timestamp,
        /// What is said.
        text: Arc<str>,
    },
    /// Room: who is here, in the order of joining; long lists come in several parts.
    Roster {
        /// The room's name as people see it.
        room: Arc<str>,
        /// The next members of the list.
        members: Vec<Member>,
        /// Whether another part follows.
        more: bool,
        /// Those of this part who are away.
        away: Vec<MemberId>,
    },
    /// Room: the acknowledgement of a join; what follows on the lane is live.
    Joined(Joined),
    /// Room: the join is refused and the lane is over.
    JoinRefused {
        /// Why.
        refusal: Refusal,
        /// Free names close to the one refused.
        suggestions: Vec<String>,
    },
    /// Room: a committed entry of the log.
    Entry(Entry),
    /// Room: someone came or went.
    Presence {
        /// When.
        at: Timestamp,
        /// Who and how.
        change: Presence,
    },
    /// Room: the numbered command is committed.
    Ack {
        /// The number that the client gave.
        number: Number,
    },
    /// Room: the numbered command is refused.
    ///
    /// With `refusal.retry` the number is *not* used up and shall be sent again.
    Refused {
        /// The number that the client gave.
        number: Number,
        /// Why.
        refusal: Refusal,
    },
    /// Room: the answer to `History`.
    History(Page),
    /// Room: a member is writing.
    Typing {
        /// Who.
        member: MemberId,
    },
    /// Room: the answer to `Leave`; the lane is over.
    Left,
    /// Any lane: an unnumbered command is refused.
    Rejected {
        /// Why.
        refusal: Refusal,
    },
    /// Room: the answer to `Look`: those that exist, in the order of their numbers, which may
    /// have gaps.
    Looked(Page),
    /// Room: the answer to `Search`, newest first.
    Found {
        /// What was found, in its present state.
        hits: Vec<Entry>,
        /// Whether there are older ones.
        more: bool,
    },
    /// Control: the answer to `Rooms`.
    Rooms {
        /// Those with most members first, then by name.
        rooms: Vec<RoomCard>,
        /// Whether there are others.
        more: bool,
    },
    /// Room: a member invites this one to a private room.
    Invited {
        /// Who invites.
        from: Member,
        /// What opens the room.
        key: RoomSecret,
        /// What the room is called.
        name: Arc<str>,
    },
    /// Room: another session of this member has read up to here.
    Read {
        /// The last entry read.
        seq: Seq,
    },
}

/// The session as the server sees it after `Hello`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// The protocol version that is spoken from here on.
    pub version: u16,
    /// Whether the token's session is resumed; otherwise it is a new one.
    pub resumed: bool,
    /// The history's epoch.
    pub epoch: Epoch,
    /// The server's clock.
    pub now: Timestamp,
    /// Name and version of the server's software.
    pub server: Arc<str>,
    /// What the server accepts.
    pub limits: Limits,
}

/// What the server accepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Longest frame payload, in bytes.
    pub frame_bytes: u32,
    /// Longest message, in Unicode scalar values.
    pub body_chars: u32,
    /// Longest display name, in grapheme clusters.
    pub nick_graphemes: u32,
    /// Longest room name, in grapheme clusters.
    pub room_graphemes: u32,
    /// Rooms that one session may be in at a time.
    pub rooms: u32,
    /// Numbered commands that may be unanswered in one room.
    pub window: u32,
    /// How long a name is held for a lost connection, in milliseconds.
    pub grace_ms: u32,
}

/// Why the server closes, and what the client should do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bye {
    /// The reason, for programs.
    pub code: ByeCode,
    /// The reason, for people.
    pub text: Arc<str>,
    /// What to do next.
    pub retry: Retry,
}

/// Why a connection is closed by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ByeCode {
    /// The server is going down or restarting.
    Draining,
    /// The reader is too slow; what was missed is in the log.
    Slow,
    /// The session goes on over another connection.
    Replaced,
    /// The frames make no sense.
    Malformed,
    /// The protocol version is not spoken here.
    Version,
    /// `Hello` did not come in time.
    Timeout,
    /// The server holds as many sessions as it may.
    Full,
    /// The resume token was already used up by somebody else.
    TokenReused,
    /// The answer to the client's own `Bye`.
    Goodbye,
}

/// What a client should do after `Bye`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Retry {
    /// Do not come back by yourself.
    Stop,
    /// Come back after a random time between half of this and all of it, in milliseconds.
    After(u32),
}

/// A point in a room's log up to which a client holds everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The history's epoch.
    pub epoch: Epoch,
    /// The last sequence number held.
    pub seq: Seq,
}

/// Someone in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Stable for this person in this room.
    pub id: MemberId,
    /// The name as its owner wrote it.
    pub nick: Arc<str>,
}

/// The acknowledgement of a join.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Joined {
    /// The joiner's own id in this room.
    pub you: MemberId,
    /// The room's name as people see it.
    pub room: Arc<str>,
    /// The history's epoch.
    pub epoch: Epoch,
    /// The newest sequence number; live entries follow from the next one.
    pub head: Seq,
    /// Whether `page` begins right after the client's cursor. Otherwise it is the newest
    /// page and what lies between is asked for with `History`.
    pub continues: bool,
    /// The entries up to `head`.
    pub page: Page,
    /// Up to where this session's numbered commands in this room are settled.
    pub mark: Mark,
    /// What the room is about; empty if nobody has said.
    pub topic: Arc<str>,
    /// This session's own id in this room: its entries bear it.
    pub seat: SeatId,
    /// How far this member has read, in whichever session; 0 if nobody has said.
    pub read: Seq,
}

/// A public room as the directory shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomCard {
    /// The name as people see it.
    pub name: Arc<str>,
    /// What it is about; empty if nobody has said.
    pub topic: Arc<str>,
    /// How many are in it.
    pub members: u32,
}

/// The high-water mark of a session's numbered commands in a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Every number up to and including this one is settled.
    pub number: Number,
    /// Those of the last 64 settled numbers that were refused.
    pub refused: Vec<RefusedNumber>,
}

/// A settled number whose command was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedNumber {
    /// The number.
    pub number: Number,
    /// Why it was refused.
    pub code: RefusalCode,
}

/// Who came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    /// `<nick> has joined!`; the member stands last in the list.
    Joined(Member),
    /// `<nick> has left!`; the member leaves the list.
    Left(Member),
    /// The member is away from the keyboard, and still here.
    Away {
        /// Who.
        member: MemberId,
    },
    /// The member is at the keyboard again.
    Back {
        /// Who.
        member: MemberId,
    },
}
