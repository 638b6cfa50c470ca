//! Leaving a room, being lost, being held, being gone.

use super::limits::GRACE;
use super::refusal::refuse;
use super::timers::Deadline;
use super::{Effect, LaneRef, Turn};
use crate::ids::{ConnId, RoomId, SessionId};
use crate::wire::event::{Event, Presence, RefusalCode};

impl Turn<'_> {
    /// A deliberate leave: the name is free at once.
    pub(super) fn leave(&mut self, from: LaneRef, session: SessionId) {
        if let Some((_, room)) = self.seat(from) {
            self.depart(session, room);
        } else if !self.cancel_join(from) {
            return self.reject(from, refuse(RefusalCode::NotJoined));
        }
        self.end_lane(from);
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

    /// The client ended the lane without leaving: the name is held for a while.
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
        let member = self.room_mut(room).member_mut(session);
        if let Some(lane) = member.and_then(|member| member.lane.take()) {
            self.unseat(lane, room);
            let until = self.now.instant + GRACE;
            self.chat.timers.set(Deadline::Hold(session, room), until);
        }
    }

    pub(super) fn hold_over(&mut self, session: SessionId, room: RoomId) {
        self.depart(session, room);
    }

    /// Takes a member out of a room and tells the rest.
    pub(super) fn depart(&mut self, session: SessionId, room: RoomId) {
        self.chat.timers.clear(Deadline::Hold(session, room));
        if let Some(session) = self.chat.sessions.get_mut(&session) {
            session.rooms.remove(&room);
        }
        let Some(member) = self.room_mut(room).remove(session) else {
            return;
        };
        if let Some(lane) = member.lane {
            self.unseat(lane, room);
        }
        let at = self.now.wall;
        let change = Presence::Left(member.shown());
        self.broadcast(room, Event::Presence { at, change });
        self.drop_if_deserted(room);
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
