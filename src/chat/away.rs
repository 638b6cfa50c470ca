//! Who is away from the keyboard.
//!
//! Decides when the others are told. A session is away in every room that it is in or joins,
//! and a member of a room is if all its sessions there are; what each room was told last
//! stands with the member. Invariant: a room is told of a change once, and what it was told
//! last becomes true again within a second.

use super::limits::{AWAY_MEMBERS, AWAY_RATE};
use super::refusal::refuse;
use super::timers::Deadline;
use super::{LaneRef, Turn};
use crate::ids::{LaneId, MemberId, RoomId, SessionId};
use crate::wire::event::{Event, Presence, RefusalCode};

impl Turn<'_> {
    pub(super) fn away(&mut self, from: LaneRef, away: bool) {
        let session = self.chat.conns.get(&from.conn).and_then(|it| it.session());
        let Some(session) = session.filter(|_| from.lane == LaneId::CONTROL) else {
            return self.reject(from, refuse(RefusalCode::NotJoined));
        };
        self.session_mut(session).away = away;
        self.tell_away(session);
    }

    /// Tells every room what it does not know yet; soon, if a change was told just now.
    pub(super) fn tell_away(&mut self, id: SessionId) {
        let Some(session) = self.chat.sessions.get(&id) else {
            return;
        };
        let rooms = session.rooms.iter().copied();
        let seated = rooms.filter_map(|room| Some((room, self.member_in(room, id)?)));
        let rooms: Vec<_> = seated
            .filter(|(room, member)| self.away_news(*room, *member).is_some())
            .collect();
        if rooms.is_empty() {
            return;
        }
        let now = self.now.instant;
        match self.session_mut(id).telling_away.take(AWAY_RATE, now) {
            Ok(()) => rooms
                .into_iter()
                .for_each(|(room, who)| self.note_away(room, who)),
            Err(wait) => self.chat.timers.set(Deadline::Away(id), now + wait),
        }
    }

    fn member_in(&self, room: RoomId, session: SessionId) -> Option<MemberId> {
        let seat = self.chat.rooms.get(&room)?.people.seat(session)?;
        Some(seat.member)
    }

    /// Whether somebody is away, if that is not what the room was told last. Large rooms are not
    /// told who is away; who was told to be is always told to be back.
    fn away_news(&self, room: RoomId, member: MemberId) -> Option<bool> {
        let room = &self.chat.rooms[&room];
        let person = room.people.person(member)?;
        let sessions = &self.chat.sessions;
        let is_away = |it: &SessionId| sessions.get(it).is_some_and(|it| it.away);
        let away = room.people.sessions_of(member).iter().all(is_away);
        let is_told = !away || room.len() <= AWAY_MEMBERS;
        (is_told && person.away != away).then_some(away)
    }

    /// Tells one room, if it does not know yet.
    pub(super) fn note_away(&mut self, room_id: RoomId, member: MemberId) {
        let Some(away) = self.away_news(room_id, member) else {
            return;
        };
        let Some(person) = self.room_mut(room_id).people.person_mut(member) else {
            return;
        };
        person.away = away;
        let at = self.now.wall;
        let change = match away {
            true => Presence::Away { member },
            false => Presence::Back { member },
        };
        self.broadcast(room_id, Event::Presence { at, change });
    }
}
