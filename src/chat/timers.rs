//! Deadlines, at most one for each thing that can have one.

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use crate::ids::{RoomId, SessionId};

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Deadline {
    /// A lost member's name is held until then.
    Hold(SessionId, RoomId),
    /// A lost session is kept until then.
    Session(SessionId),
}

/// Bounded by the sessions and their rooms, because setting a deadline replaces it.
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

    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }
}
