//! Members of before a restart: their names are held as if their connections were lost now.
//!
//! Decides for whom there is a place. Nobody is told anything: who returns in time was never
//! gone.

use super::Turn;
use super::limits::{GRACE, ROOMS_PER_SESSION};
use super::session::Session;
use super::timers::Deadline;
use crate::ids::{SeatId, SessionId};
use crate::record::{Record, StoredMember};

impl Turn<'_> {
    /// Takes up who was a member, in the order of joining. Once somebody is here it is too
    /// late for that: names would be held against those who have them.
    pub(super) fn take_up(&mut self, members: Vec<StoredMember>) {
        if !self.chat.sessions.is_empty() {
            return;
        }
        for member in members {
            match self.has_place_for(&member) {
                true => self.take_up_one(member),
                false => self.append(Record::Left {
                    session: member.session.session,
                    room: member.room,
                }),
            }
        }
    }

    /// The settings may be narrower than they were.
    fn has_place_for(&mut self, member: &StoredMember) -> bool {
        let is_let_in = match self.chat.sessions.get(&member.session.session) {
            Some(session) => session.rooms.len() < ROOMS_PER_SESSION,
            None => !self.is_full(),
        };
        let room = self.chat.room_ids.get(member.room.key());
        let room = room.and_then(|id| self.chat.rooms.get_mut(id));
        let is_free = room.is_none_or(|room| {
            let people = &mut room.people;
            let (is_there, id) = (people.person(member.member).is_some(), member.member);
            people.seat(member.session.session).is_none()
                && (is_there || !people.is_full())
                && matches!(people.gives_way(id), Ok(None))
                && people.is_free(&member.nick, &[id])
        });
        is_let_in && is_free
    }

    fn take_up_one(&mut self, member: StoredMember) {
        let id = member.session.session;
        let until = self.now.instant + GRACE;
        self.take_up_session(&member);
        let room_id = self.room_called(member.room);
        let room = self.room_mut(room_id);
        let before = room.len();
        let seat = SeatId::derive(id, &room.name);
        // A name is changed in all sessions, but perhaps not in one commit.
        let stale = match room.people.person(member.member) {
            Some(person) if person.nick != member.nick => {
                room.people.rename(member.member, &member.nick);
                room.people.sessions_of(member.member)
            }
            Some(_) => Vec::new(),
            None => {
                room.people.enter(member.member, member.nick);
                Vec::new()
            }
        };
        room.people.sit(id, (member.member, seat));
        self.resized(room_id, before);
        self.session_mut(id).rooms.insert(room_id);
        for session in stale {
            self.store_membership(session, room_id);
        }
        self.chat.timers.set(Deadline::Hold(id, room_id), until);
        self.chat.timers.set(Deadline::Session(id), until);
    }

    fn take_up_session(&mut self, member: &StoredMember) {
        let now = self.now;
        let id: SessionId = member.session.session;
        let sessions = &mut self.chat.sessions;
        sessions
            .entry(id)
            .or_insert_with(|| Session::restore(member.session, now));
        self.index_tokens(id);
    }
}
