//! What is kept: the vocabulary between the one that decides and the one that stores.
//!
//! Decides nothing. `chat` asks in these words, a `log` answers in them, and `hub` carries
//! them to and fro, so that neither needs to know the other.

use std::sync::Arc;

use crate::ids::{MemberId, Number, RoomName, Seq, SessionId, Timestamp, TokenHash};
use crate::wire::event::{Content, Entry, Mark, Page, RefusalCode};

/// One thing to be made durable.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// A session is new or has changed its token.
    Session(StoredSession),
    /// An entry is added to a room's log, and its number to the session's mark.
    Entry(Draft),
    /// A numbered command is refused for good: only the session's mark advances.
    Refused {
        /// Whose command it was.
        session: SessionId,
        /// Where it was meant for.
        room: RoomName,
        /// Its number.
        number: Number,
        /// Why it was refused.
        code: RefusalCode,
    },
    /// A session is over for good: it and its marks go, its entries stay.
    Forget(SessionId),
}

/// A session as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// Its secret identity.
    pub session: SessionId,
    /// Hash of the token that resumes it.
    pub current: TokenHash,
    /// Hash of the token before that one, to tell a repeated `Hello` from a stolen token.
    pub previous: Option<TokenHash>,
    /// When it was last seen; it is remembered for 30 days from then.
    pub seen: Timestamp,
}

/// An entry before it has a sequence number.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Whose it is.
    pub session: SessionId,
    /// Where it goes.
    pub room: RoomName,
    /// The author's number for it.
    pub number: Number,
    /// The author as others see it.
    pub author: MemberId,
    /// The author's name.
    pub nick: Arc<str>,
    /// When the server took it.
    pub at: Timestamp,
    /// What is said.
    pub content: Content,
}

impl Draft {
    /// The entry that this draft becomes at `seq`.
    #[must_use]
    pub fn into_entry(self, seq: Seq) -> Entry {
        Entry {
            seq,
            at: self.at,
            author: self.author,
            number: self.number,
            nick: self.nick,
            content: self.content,
        }
    }
}

/// A record that is on disk now.
#[derive(Clone, Debug, PartialEq)]
pub enum Committed {
    /// An entry, with its place in the room's log.
    Entry(Draft, Seq),
    /// Any other record.
    Other(Record),
}

/// A question to the log. Answers come in the order of the questions, and after every
/// commit that was asked for before them.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// Which session has one of these hashes as its current or previous token?
    Session {
        /// Of the token that the client resumes with.
        token: Option<TokenHash>,
        /// Of the token that the client wants from now on.
        next: TokenHash,
    },
    /// The end of a room's log and a session's mark in it.
    Room {
        /// Which room.
        room: RoomName,
        /// Whose mark.
        session: SessionId,
    },
    /// Entries before a sequence number.
    Page {
        /// Which room.
        room: RoomName,
        /// Only smaller sequence numbers.
        before: Seq,
        /// At most so many entries; fewer if they would not fit a frame.
        limit: usize,
    },
}

/// The answer to a [`Query`].
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The session, if one has that token.
    Session(Option<StoredSession>),
    /// The end of a room's log.
    Room(StoredRoom),
    /// A page of entries.
    Page(Page),
}

/// The end of a room's log as it is stored; a room that was never written has an empty one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredRoom {
    /// The name as its first writer wrote it, if anything was ever written.
    pub shown: Option<Arc<str>>,
    /// The newest sequence number, 0 for an empty log.
    pub head: Seq,
    /// The newest entries, oldest first.
    pub tail: Vec<Entry>,
    /// The asking session's mark in this room.
    pub mark: Mark,
}

/// Why the log could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// There is no room at the moment; nothing was changed and trying later may help.
    #[error("the disk is full")]
    Full,
    /// It cannot be opened: the sentence says why. Nothing was changed.
    #[error("{0}")]
    Unusable(String),
    /// What is stored can no longer be trusted to be stored; the server must stop.
    #[error("the log is broken: {0}")]
    Broken(String),
}

/// Entries kept in memory for each active room and given to a joiner as its first page.
pub const TAIL_ENTRIES: usize = 50;

/// Most bytes of entries in one page, so that the event around it still fits a frame.
pub const PAGE_BYTES: usize = 48 * 1024;

/// What an entry costs in a page, in bytes: its texts and its fixed fields.
#[must_use]
pub fn entry_bytes(entry: &Entry) -> usize {
    let content = match &entry.content {
        Content::Text { body } => body.len() + 8,
        Content::Location { .. } => 16,
    };
    48 + entry.nick.len() + content
}

/// How many of `entries`, counted from the newest, fit a page of at most `limit` entries.
#[must_use]
pub fn newest_that_fit<'a>(
    entries: impl DoubleEndedIterator<Item = &'a Entry>,
    limit: usize,
) -> usize {
    let mut bytes = 0;
    entries
        .rev()
        .take(limit)
        .take_while(|entry| {
            bytes += entry_bytes(entry);
            bytes <= PAGE_BYTES
        })
        .count()
}
