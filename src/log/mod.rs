//! The log: what a room's timeline holds, in order, and what is remembered of sessions.
//!
//! Decides how records are stored and found again. Does not decide whether a record may
//! be stored, nor when: whoever asks has checked it. Invariants: a group of records is
//! stored whole or not at all; a room's entries are numbered 1, 2, 3, ... without gaps;
//! a session's mark advances in the same commit as the entry or refusal that settles it, and
//! there are no marks and no memberships of sessions that are not known; a name is
//! held by one member of a room;
//! what [`Log::append`] has returned survives a crash (where the log outlives the process
//! at all).

#[cfg(test)]
mod amended;
mod amending;
mod entries;
#[cfg(test)]
mod finding;
mod index;
mod mark;
mod members;
mod memory;
mod pages;
mod persons;
mod reading;
mod reads;
mod room;
mod schema;
mod search;
mod span;
mod sqlite;
#[cfg(test)]
mod suite;
mod words;
mod writer;

pub use memory::MemoryLog;
pub use sqlite::SqliteLog;
pub use writer::{Reply, Request, Writer, spawn};

use crate::ids::{Epoch, Seq, Timestamp};
use crate::record::{Answer, Committed, LogError, Query, Record, StoredMember};

/// Most entries in one page: what a reader scrolls through in one go, and few enough that
/// finding them does not hold up the commits behind them.
pub const PAGE_ENTRIES: usize = 100;

/// A store of records, owned by one thread.
pub trait Log: Send + 'static {
    /// The mark of this unbroken history.
    fn epoch(&self) -> Epoch;

    /// Stores a group: all of it or nothing, in order, durable when this returns. There is
    /// one result for each record, in the same order.
    ///
    /// # Errors
    /// The untouched group and [`LogError`]: after `Full` the same group may be tried
    /// again later, after `Broken` never.
    fn append(&mut self, group: Vec<Record>) -> Result<Vec<Committed>, (Vec<Record>, LogError)>;

    /// Answers a question from what has been stored so far.
    ///
    /// # Errors
    /// [`LogError::Broken`] when what is stored cannot be read.
    fn answer(&mut self, query: Query) -> Result<Answer, LogError>;

    /// Who was a member when the last record was stored, over all rooms, in the order of
    /// joining. Bounded by what the chat lets in.
    ///
    /// # Errors
    /// [`LogError::Broken`] when what is stored cannot be read.
    fn members(&mut self) -> Result<Vec<StoredMember>, LogError>;

    /// Forgets the sessions last seen before then, with their marks and memberships; their
    /// entries stay.
    ///
    /// # Errors
    /// [`LogError`] as for [`Log::append`]; nothing is forgotten then.
    fn expire(&mut self, before: Timestamp) -> Result<(), LogError>;

    /// What can wait until there is nothing else to do, if anything.
    fn chore(&self) -> Option<Chore> {
        None
    }

    /// Does that, or a small part of it. Should it fail, the next append says so or it is
    /// tried again behind it.
    fn tidy(&mut self) {}
}

/// Work that nobody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chore {
    /// Entries are to be made searchable.
    Index,
    /// Texts that were deleted are still in a file that will be written over some day.
    Purge,
}

/// Joins a stored group with the sequence numbers that its entries were given, in order.
fn committed(group: Vec<Record>, seqs: Vec<Seq>) -> Vec<Committed> {
    let mut seqs = seqs.into_iter();
    let place = |record| match record {
        Record::Entry(draft) => {
            let seq = seqs.next().expect("every entry was given a number");
            Committed::Entry(draft, seq)
        }
        Record::Session(_)
        | Record::Refused { .. }
        | Record::Forget(_)
        | Record::Lapsed(_)
        | Record::Joined { .. }
        | Record::Left { .. }
        | Record::Read { .. } => Committed::Other(record),
    };
    group.into_iter().map(place).collect()
}
