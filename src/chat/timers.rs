//! Deadlines, at most one for each thing that can have one.

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use crate::ids::{MemberId, RoomId, SessionId};

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Deadline {
    /// A lost seat is held until then, and its person's name with it.
    Hold(SessionId, RoomId),
    /// A lost session is kept until then.
    Session(SessionId),
    /// The rooms of a session are told then whether it is away.
    Away(SessionId),
    /// A member's other sessions are told then how far it has read.
    TellRead(RoomId, MemberId),
    /// The log is told that then.
    KeepRead(RoomId, MemberId),
    /// What a full log was not told is tried again then.
    Repay,
}

/// Bounded by twice the sessions, their seats, twice the members and one more, because setting
/// a deadline replaces it.
#[derive(Debug, Default)]
pub(super) struct Timers {
    by_time: BTreeSet<(Instant, Deadline)>,
    by_key: HashMap<Deadline, Instant>,
}

impl Timers {
    pub(super) fn set(&mut self, key: Deadline, at: Instant) {
        self.clear(key);
        self.by_time.insert((at, key));
        self.by_key.insert(key, at);
    }

    pub(super) fn is_set(&self, key: Deadline) -> bool {
        self.by_key.contains_key(&key)
    }

    pub(super) fn clear(&mut self, key: Deadline) {
        if let Some(at) = self.by_key.remove(&key) {
            self.by_time.remove(&(at, key));
        }
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes the earliest deadline that is not after `now`.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Deadline> {
        let (at, key) = *self.by_time.first()?;
        if at > now {
            return None;
        }
        self.clear(key);
        Some(key)
    }

    /// Whose reading the log is to be told, in an order that is the same in every run.
    pub(super) fn reads_to_keep(&self) -> impl Iterator<Item = (RoomId, MemberId)> {
        let keys = self.by_time.iter().map(|(_, key)| *key);
        keys.filter_map(|key| match key {
            Deadline::KeepRead(room, member) => Some((room, member)),
            Deadline::Hold(..)
            | Deadline::Session(_)
            | Deadline::Away(_)
            | Deadline::TellRead(..)
            | Deadline::Repay => None,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }
}
