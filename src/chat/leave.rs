//! Leaving a room, being lost, being held, being gone.

use super::limits::GRACE;
use super::people::Person;
use super::refusal::refuse;
use super::timers::Deadline;
use super::{Effect, LaneRef, Turn};
use crate::ids::{ConnId, MemberId, RoomId, SessionId};
use crate::record::Record;
use crate::wire::event::{Event, Presence, RefusalCode};

impl Turn<'_> {
    /// A deliberate leave is the person's, in all its sessions: the name is free at once.
    pub(super) fn leave(&mut self, from: LaneRef, session: SessionId) {
        if let Some((_, room)) = self.seat(from) {
            self.leave_others(session, room);
            self.depart(session, room);
        } else if !self.cancel_join(from) {
            return self.reject(from, refuse(RefusalCode::NotJoined));
        }
        self.end_lane(from);
    }

    /// The other sessions of whoever is behind this one have left with it.
    fn leave_others(&mut self, session: SessionId, room: RoomId) {
        let people = &self.room_mut(room).people;
        let member = people.seat(session).map(|seat| seat.member);
        let sessions = member.map(|member| people.sessions_of(member));
        for other in sessions.unwrap_or_default() {
            if other != session {
                let seat = self.room_mut(room).people.seat(other);
                let lane = seat.and_then(|seat| seat.lane);
                self.append_left(other, room);
                self.stand_up(other, room);
                lane.into_iter().for_each(|lane| self.end_lane(lane));
            }
        }
    }

    /// The session has a seat no more, and its lane is over.
    pub(super) fn give_up_seat(&mut self, session: SessionId, room: RoomId) {
        let seat = self.room_mut(room).people.seat(session);
        let lane = seat.and_then(|seat| seat.lane);
        self.depart(session, room);
        if let Some(lane) = lane {
            self.end_lane(lane);
        }
    }

    /// A join that waits for the log is not let in any more.
    fn cancel_join(&mut self, from: LaneRef) -> bool {
        let conn = self.chat.conns.get_mut(&from.conn);
        let Some(conn) = conn.filter(|conn| conn.is_joining(from.lane)) else {
            return false;
        };
        conn.free(from.lane);
        true
    }

    /// The client ended the lane without leaving: its seat is held for a while.
    pub(super) fn lane_closed(&mut self, lane: LaneRef) {
        if let Some((session, room)) = self.seat(lane) {
            self.hold(session, room);
        }
        if let Some(conn) = self.chat.conns.get_mut(&lane.conn) {
            conn.drop_early(lane);
            conn.free(lane.lane);
        }
        self.out.push(Effect::EndLane(lane));
    }

    /// Holds every seat that a connection has.
    pub(super) fn hold_seats(&mut self, conn: ConnId, session: SessionId) {
        let Some(state) = self.chat.conns.get(&conn) else {
            return;
        };
        for (_, room) in state.seats() {
            self.hold(session, room);
        }
    }

    fn hold(&mut self, session: SessionId, room: RoomId) {
        let seat = self.room_mut(room).people.seat_mut(session);
        if let Some(lane) = seat.and_then(|seat| seat.lane.take()) {
            self.unseat(lane, room);
            let until = self.now.instant + GRACE;
            self.chat.timers.set(Deadline::Hold(session, room), until);
        }
    }

    pub(super) fn hold_over(&mut self, session: SessionId, room: RoomId) {
        self.depart(session, room);
    }

    /// Takes a session out of a room for good, over a restart as well.
    pub(super) fn depart(&mut self, session: SessionId, room: RoomId) {
        self.append_left(session, room);
        self.take_out(session, room);
    }

    fn append_left(&mut self, session: SessionId, room: RoomId) {
        let room = self.room_mut(room).name.clone();
        self.append(Record::Left { session, room });
    }

    /// Takes a session out of a room and tells the rest what has changed for them.
    pub(super) fn take_out(&mut self, session: SessionId, room: RoomId) {
        if let Some(member) = self.stand_up(session, room) {
            self.note_away(room, member); // The others of its sessions may be away.
        }
    }

    /// Takes a session's seat. Its person has left if it was the last one, or is returned.
    fn stand_up(&mut self, session: SessionId, room_id: RoomId) -> Option<MemberId> {
        self.chat.timers.clear(Deadline::Hold(session, room_id));
        if let Some(session) = self.chat.sessions.get_mut(&session) {
            session.rooms.remove(&room_id);
        }
        self.chat.invitations.drop_for(session, room_id);
        let room = self.room_mut(room_id);
        let before = room.len();
        let gone = room.people.stand_up(session)?;
        if let Some(lane) = gone.lane {
            self.unseat(lane, room_id);
        }
        match gone.person {
            Some(person) => {
                self.farewell((room_id, before), person);
                None
            }
            None => Some(gone.member),
        }
    }

    /// Somebody has left, the last of its seats with it.
    fn farewell(&mut self, (room_id, before): (RoomId, usize), person: Person) {
        self.resized(room_id, before);
        let (at, change) = (self.now.wall, Presence::Left(person.shown()));
        self.broadcast(room_id, Event::Presence { at, change });
        let name = self.room_mut(room_id).name.clone();
        self.keep_last_read((room_id, name), (person.id, person.reading));
        self.drop_if_deserted(room_id);
    }

    /// The lane hears the room no more.
    pub(super) fn unseat(&mut self, lane: LaneRef, room: RoomId) {
        self.out.push(Effect::Detach(room, lane));
        if let Some(conn) = self.chat.conns.get_mut(&lane.conn) {
            conn.free(lane.lane);
        }
    }

    /// A room is in memory for its members; its log has everything else.
    pub(super) fn drop_if_deserted(&mut self, id: RoomId) {
        let Some(room) = self.chat.rooms.get(&id).filter(|room| room.is_deserted()) else {
            return;
        };
        self.chat.room_ids.remove(room.name.key());
        self.chat.rooms.remove(&id);
    }
}
