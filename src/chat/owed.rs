//! What the log has not been told, because it was full: who is a member, which session has
//! which token.
//!
//! Decides when it is told after all: with the next commit that succeeds, when it has been
//! full for a while, and before the end; and then what is true by then. A message that could not be stored is not owed: its author was told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Turn;
use super::limits::{BUSY_RETRY, OWED, REPAID};
use super::timers::Deadline;
use crate::ids::{RoomName, SessionId};
use crate::record::Record;

/// Bounded by [`OWED`]; what is beyond that is not made up for.
#[derive(Debug, Default)]
pub(super) struct Owed {
    sessions: BTreeSet<SessionId>,
    members: BTreeMap<(SessionId, Arc<str>), RoomName>,
}

impl Owed {
    pub(super) fn len(&self) -> usize {
        self.sessions.len() + self.members.len()
    }

    fn note_session(&mut self, session: SessionId) {
        if self.len() < OWED {
            self.sessions.insert(session);
        }
    }

    fn note_member(&mut self, session: SessionId, room: RoomName) {
        if self.len() < OWED {
            self.members.insert((session, room.key().into()), room);
        }
    }
}

impl Turn<'_> {
    /// The session's own record comes before its memberships when it is made up for.
    pub(super) fn owe_session(&mut self, session: SessionId) {
        self.chat.owed.note_session(session);
        self.repay_later();
    }

    pub(super) fn owe_membership(&mut self, session: SessionId, room: RoomName) {
        self.chat.owed.note_member(session, room);
        self.repay_later();
    }

    /// There may be room again although nobody says anything.
    fn repay_later(&mut self) {
        let at = self.now.instant + BUSY_RETRY;
        self.chat.timers.set(Deadline::Repay, at);
    }

    /// The log may take records again: some of what it missed follows.
    pub(super) fn repay(&mut self) {
        for _ in 0..REPAID {
            if let Some(session) = self.chat.owed.sessions.pop_first() {
                self.repay_session(session);
            } else if let Some(((session, _), room)) = self.chat.owed.members.pop_first() {
                self.repay_membership(session, room);
            } else {
                return self.chat.timers.clear(Deadline::Repay);
            }
        }
    }

    fn repay_session(&mut self, id: SessionId) {
        let now = self.now;
        match self.chat.sessions.get_mut(&id) {
            Some(session) => {
                session.stored = Some(now.wall);
                let stored = session.as_stored(now);
                self.append(Record::Session(stored));
            }
            None => self.append_end(id, Record::Lapsed(id)),
        }
    }

    fn repay_membership(&mut self, session: SessionId, room: RoomName) {
        let id = self.chat.room_ids.get(room.key());
        let found = id.and_then(|id| self.chat.rooms.get(id));
        let joined = found
            .and_then(|room| room.people.person_of(session))
            .map(|it| (it.id, it.nick.clone()));
        self.append(match joined {
            Some((member, nick)) => Record::Joined {
                session,
                room,
                member,
                nick,
            },
            None => Record::Left { session, room },
        });
    }
}
