//! What is kept: the vocabulary between the one that decides and the one that stores.
//!
//! Decides nothing. `chat` asks in these words, a `log` answers in them, and `hub` carries
//! them to and fro, so that neither needs to know the other.

use std::sync::Arc;

use crate::ids::{MemberId, Nick, Number, RoomName, SeatId, Seq, SessionId, Timestamp, TokenHash};
use crate::wire::command::Search;
use crate::wire::event::{Content, Entry, Mark, Page, Reaction, RefusalCode};
use crate::wire::raw::Range;

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
    /// A session is over for good: it, its marks and its memberships go, its entries stay.
    Forget(SessionId),
    /// A session did not come back in time: its memberships go, and it is over for good if
    /// it has no marks, because then there is nothing that it could ask for again.
    Lapsed(SessionId),
    /// A session is a member of a room from now on, the last in the order of joining. State,
    /// not an entry: it is kept so that names can be held over a restart.
    Joined {
        /// Who joined.
        session: SessionId,
        /// Where.
        room: RoomName,
        /// As which person.
        member: MemberId,
        /// Under which name: another person who had it there has it no more.
        nick: Nick,
    },
    /// A session is no member of a room any more.
    Left {
        /// Who left.
        session: SessionId,
        /// Where.
        room: RoomName,
    },
    /// A member has read so far. It only goes forward.
    Read {
        /// Where.
        room: RoomName,
        /// Who.
        member: MemberId,
        /// The last entry read.
        upto: Seq,
        /// When this was said; it is remembered for 30 days from then.
        at: Timestamp,
    },
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

/// A member as it is stored: what is taken up again after a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMember {
    /// Who it is.
    pub session: StoredSession,
    /// Where it is a member.
    pub room: RoomName,
    /// As which person.
    pub member: MemberId,
    /// Its name there.
    pub nick: Nick,
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
    /// The author's session as others see it.
    pub seat: SeatId,
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
            edited: None,
            reactions: Vec::new(),
            seat: self.seat,
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
    /// Which session has one of these hashes as its current or its previous token?
    Session {
        /// Of the token that the client resumes with.
        token: Option<TokenHash>,
        /// Of the token that the client wants from now on.
        next: TokenHash,
    },
    /// The end of a room's log, a session's mark in it and how far a member has read it.
    Room {
        /// Which room.
        room: RoomName,
        /// Whose mark.
        session: SessionId,
        /// Whose reading.
        member: MemberId,
    },
    /// A page of a room's log.
    Page {
        /// Which room.
        room: RoomName,
        /// Which part.
        range: Range,
        /// At most so many entries; fewer if they would not fit a frame.
        limit: usize,
    },
    /// Single entries, as they stand; those that exist, in the order of their numbers.
    Look {
        /// Which room.
        room: RoomName,
        /// Which entries.
        seqs: Vec<Seq>,
    },
    /// Messages of one room that hold what is sought.
    Search {
        /// Which room.
        room: RoomName,
        /// What is sought.
        search: Search,
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
    /// What a search found.
    Found(Found),
}

/// Messages that hold what was sought, newest first, in their present state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The messages.
    pub hits: Vec<Entry>,
    /// Whether there are older ones.
    pub more: bool,
}

/// The end of a room's log as it is stored; a room that was never written has an empty one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredRoom {
    /// The name as its first writer wrote it, if anything was ever written.
    pub shown: Option<Arc<str>>,
    /// What it is about, by its newest topic; empty if there is none.
    pub topic: Arc<str>,
    /// The newest sequence number, 0 for an empty log.
    pub head: Seq,
    /// The newest entries, oldest first.
    pub tail: Vec<Entry>,
    /// The asking session's mark in this room.
    pub mark: Mark,
    /// How far the member has read, at most up to `head`; 0 if nobody has said.
    pub read: Seq,
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

/// Messages that one search gives at most: a screenful, and few enough that finding them
/// does not hold up the commits behind.
pub const HITS: usize = 50;

/// What an entry costs in a page, in bytes: its texts and its fixed fields.
#[must_use]
pub fn entry_bytes(entry: &Entry) -> usize {
    let content = match &entry.content {
        Content::Text { body, .. } => 17 + body.len(),
        Content::Location { .. } => 16,
        Content::Edit { body, .. } => 16 + body.len(),
        Content::Delete { .. } => 8,
        Content::React { emoji, .. } => 17 + emoji.len(),
        Content::Topic { text } => 8 + text.len(),
        Content::Deleted | Content::Emptied => 0,
    };
    69 + entry.nick.len() + content + reactions_bytes(&entry.reactions)
}

/// What reactions cost in a page, in bytes.
#[must_use]
pub fn reactions_bytes(reactions: &[Reaction]) -> usize {
    let members = |one: &Reaction| one.by.iter().map(|who| 16 + who.nick.len()).sum::<usize>();
    let bytes = reactions
        .iter()
        .map(|one| 16 + one.emoji.len() + members(one));
    bytes.sum()
}

/// How many of `entries`, counted from the newest, fit a page of at most `limit` entries and
/// `most` bytes.
#[must_use]
pub fn newest_that_fit<'a>(
    entries: impl DoubleEndedIterator<Item = &'a Entry>,
    limit: usize,
    most: usize,
) -> usize {
    let mut bytes = 0;
    entries
        .rev()
        .take(limit)
        .take_while(|entry| {
            bytes += entry_bytes(entry);
            bytes <= most
        })
        .count()
}
