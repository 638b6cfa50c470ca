//! Becoming somebody in a room: new there, with one more session, or under another name.
//!
//! Decides who may, and what the others are told: one person stands in the list once, however
//! many sessions it is there with, and what one of them does to its name holds for all.

use super::Turn;
use super::join::PendingJoin;
use super::limits::ROOMS_PER_SESSION;
use crate::ids::{MemberId, Nick, RoomId, SeatId, SessionId};
use crate::record::Record;
use crate::wire::event::{Event, Presence, RefusalCode};

/// Why somebody is not let in, and names that are free instead.
type Denied = (RefusalCode, Vec<String>);

impl Turn<'_> {
    /// Gives the session a seat as whom it says it is, and that person the name it says.
    pub(super) fn enter(&mut self, pending: &PendingJoin) -> Result<(), Denied> {
        self.may_enter(pending)?;
        let (id, room_id, member) = (pending.session, pending.room, pending.member);
        self.room_mut(room_id).joining += 1; // Whoever leaves last must not take the room away.
        self.make_way(pending);
        let is_there = self.room_mut(room_id).people.person(member);
        match is_there.map(|person| person.nick.key() == pending.nick.key()) {
            Some(true) => {}
            Some(false) => self.rename(room_id, (member, &pending.nick), Some(id)),
            None => self.arrive(room_id, (member, &pending.nick)),
        }
        self.room_mut(room_id).joining -= 1;
        self.sit_down(pending);
        Ok(())
    }

    /// A session that says to be somebody else is nobody else any more, and whoever has as many
    /// sessions as it may have is here with one less.
    fn make_way(&mut self, pending: &PendingJoin) {
        let (id, room_id, member) = (pending.session, pending.room, pending.member);
        let people = &self.room_mut(room_id).people;
        let sat_as = people.seat(id).map(|seat| seat.member);
        if sat_as == Some(member) {
            return;
        }
        let gives_way = people.gives_way(member).unwrap_or_default();
        for session in sat_as.map(|_| id).into_iter().chain(gives_way) {
            self.give_up_seat(session, room_id);
        }
    }

    /// Nothing has happened yet if somebody may not.
    fn may_enter(&mut self, pending: &PendingJoin) -> Result<(), Denied> {
        let (id, member) = (pending.session, pending.member);
        // Those count, too, that are held for it from another connection.
        let rooms = self.session_mut(id).rooms.len();
        let people = &mut self.room_mut(pending.room).people;
        let is_in = people.seat(id).is_some();
        if rooms >= ROOMS_PER_SESSION && !is_in {
            return Err((RefusalCode::TooManyRooms, Vec::new()));
        }
        let leaves = people.hangs_on(id);
        let is_new = people.person(member).is_none() && leaves.is_none();
        let is_another = people.seat(id).is_none_or(|seat| seat.member != member);
        let is_crowded = is_another && people.gives_way(member).is_err();
        if is_crowded || (is_new && people.is_full()) {
            return Err((RefusalCode::RoomFull, Vec::new()));
        }
        let leaves = leaves.filter(|it| *it != member);
        let own: Vec<MemberId> = leaves.into_iter().chain([member]).collect();
        match people.is_free(&pending.nick, &own) {
            true => Ok(()),
            false => Err((RefusalCode::NameInUse, people.suggest(&pending.nick))),
        }
    }

    /// Somebody new is here; the seat follows.
    fn arrive(&mut self, room_id: RoomId, (member, nick): (MemberId, &Nick)) {
        let room = self.room_mut(room_id);
        let before = room.len();
        room.people.enter(member, nick.clone());
        self.resized(room_id, before);
        self.tell_joined_by(room_id, member);
    }

    /// All of its sessions have the new name, but `renaming` is told with its list. To the
    /// others somebody goes and somebody comes: that is how lists are kept.
    fn rename(
        &mut self,
        room_id: RoomId,
        (member, nick): (MemberId, &Nick),
        renaming: Option<SessionId>,
    ) {
        let people = &mut self.room_mut(room_id).people;
        let Some(before) = people.person(member).map(|person| person.shown()) else {
            return;
        };
        let lane = renaming.and_then(|it| people.seat_mut(it)?.lane.take());
        people.rename(member, nick);
        if let Some(lane) = lane {
            self.unseat(lane, room_id);
        }
        let (at, change) = (self.now.wall, Presence::Left(before));
        self.broadcast(room_id, Event::Presence { at, change });
        if let Some(lane) = lane {
            self.end_lane(lane);
        }
        self.tell_joined_by(room_id, member);
        let people = &self.room_mut(room_id).people;
        let others = people.sessions_of(member).into_iter();
        for session in others.filter(|it| Some(*it) != renaming) {
            self.store_membership(session, room_id);
        }
    }

    fn tell_joined_by(&mut self, room_id: RoomId, member: MemberId) {
        let person = self.room_mut(room_id).people.person(member);
        if let Some(shown) = person.map(|person| person.shown()) {
            let (at, change) = (self.now.wall, Presence::Joined(shown));
            self.broadcast(room_id, Event::Presence { at, change });
        }
    }

    fn sit_down(&mut self, pending: &PendingJoin) {
        let (id, room_id, member) = (pending.session, pending.room, pending.member);
        let room = self.room_mut(room_id);
        if room.people.seat(id).is_none() {
            let seat = SeatId::derive(id, &room.name);
            room.people.sit(id, (member, seat));
            self.session_mut(id).rooms.insert(room_id);
        }
        self.store_membership(id, room_id);
        self.greet(pending.lane);
        self.note_away(room_id, member);
    }

    /// Nobody waits for this: without it a restart would let the name go, no more.
    pub(super) fn store_membership(&mut self, session: SessionId, room_id: RoomId) {
        self.store_session(session);
        let room = self.room_mut(room_id);
        let (name, person) = (room.name.clone(), room.people.person_of(session));
        if let Some((member, nick)) = person.map(|it| (it.id, it.nick.clone())) {
            self.append(Record::Joined {
                session,
                room: name,
                member,
                nick,
            });
        }
    }
}
