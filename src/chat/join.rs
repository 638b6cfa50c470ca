//! Joining a room, for the first time or again after a lost connection.

use super::history::Question;
use super::limits::{BUSY_RETRY, ROOMS_PER_SESSION, ROSTER_PART};
use super::names::is_reserved;
use super::numbers::Numbers;
use super::refusal::{refuse, refuse_for};
use super::room::{Member, Room, same_history};
use super::timers::Deadline;
use super::{Effect, LaneRef, Turn};
use crate::ids::{Flaw, MemberId, Nick, RoomId, RoomName, SessionId};
use crate::record::{Answer, LogError, Query};
use crate::wire::command::Join;
use crate::wire::event::{Cursor, Event, Joined, Presence, Refusal, RefusalCode};

/// What the joiner alone is told first.
const GREETING: &str = "Welcome!";

/// A join that waits for the log.
#[derive(Debug)]
pub(super) struct PendingJoin {
    lane: LaneRef,
    session: SessionId,
    room: RoomId,
    nick: Nick,
    cursor: Option<Cursor>,
}

impl Turn<'_> {
    pub(super) fn join(&mut self, from: LaneRef, session: SessionId, join: Join) {
        let conn = &self.chat.conns[&from.conn];
        if conn.is_used(from.lane) {
            return self.reject(from, refuse(RefusalCode::AlreadyJoined));
        }
        let has_place = conn.lanes_in_use() < ROOMS_PER_SESSION;
        let cursor = join.cursor;
        match check(join, has_place) {
            Err(code) => self.refuse_join(from, refuse(code), Vec::new()),
            Ok((name, nick)) => {
                let room = self.room_called(name);
                let pending = PendingJoin {
                    lane: from,
                    session,
                    room,
                    nick,
                    cursor,
                };
                self.open(pending);
            }
        }
    }

    /// Lets the join in at once if all that it needs is in memory; otherwise asks the log.
    fn open(&mut self, pending: PendingJoin) {
        let (lane, id, room_id) = (pending.lane, pending.session, pending.room);
        self.conn_mut(lane).start_joining(lane.lane);
        let knows_numbers = self.session_mut(id).knows_numbers(room_id);
        let room = self.room_mut(room_id);
        if room.is_known() && knows_numbers {
            return self.admit(pending);
        }
        room.joining += 1;
        let query = Query::Room {
            room: room.name.clone(),
            session: id,
        };
        self.ask(Question::Join(pending), query);
    }

    pub(super) fn room_found(&mut self, pending: PendingJoin, answer: Result<Answer, LogError>) {
        let room_id = pending.room;
        self.room_mut(room_id).joining -= 1;
        match answer {
            Ok(Answer::Room(stored)) => {
                let numbers = Numbers::restore(stored.mark.clone());
                self.room_mut(room_id).load(stored);
                self.admit_if_there(pending, numbers);
            }
            Ok(Answer::Session(_) | Answer::Page(_)) | Err(_) => {
                let refusal = refuse_for(RefusalCode::LogUnavailable, BUSY_RETRY);
                self.refuse_join(pending.lane, refusal, Vec::new());
            }
        }
        self.drop_if_deserted(room_id);
    }

    fn admit_if_there(&mut self, pending: PendingJoin, numbers: Numbers) {
        let lane = pending.lane;
        let conn = self.chat.conns.get(&lane.conn);
        let waits = conn.is_some_and(|conn| conn.is_joining(lane.lane));
        if !waits {
            return; // The lane or its connection was closed meanwhile.
        }
        let room = pending.room;
        self.session_mut(pending.session).remember(room, numbers);
        self.admit(pending);
    }

    /// Everything is known: the name decides.
    fn admit(&mut self, pending: PendingJoin) {
        let room = self.room_mut(pending.room);
        match room.member(pending.session) {
            Some(member) if member.nick.key() == pending.nick.key() => self.come_back(&pending),
            Some(_) | None => self.enter(pending),
        }
    }

    /// Whoever holds nothing of the room has not been greeted, as far as it knows: the first
    /// greeting may have been lost with its connection.
    fn come_back(&mut self, pending: &PendingJoin) {
        if pending.cursor.is_none() {
            self.greet(pending.lane);
        }
        self.take_seat(pending);
    }

    fn greet(&mut self, lane: LaneRef) {
        let at = self.now.wall;
        let text = GREETING.into();
        self.send(lane, Event::Notice { at, text });
    }

    fn enter(&mut self, pending: PendingJoin) {
        let room = self.room_mut(pending.room);
        let is_in = room.member(pending.session).is_some();
        if room.is_full() && !is_in {
            return self.refuse_join(pending.lane, refuse(RefusalCode::RoomFull), Vec::new());
        }
        if room.names().is_taken(&pending.nick) {
            let free = room.names().suggest(&pending.nick);
            return self.refuse_join(pending.lane, refuse(RefusalCode::NameInUse), free);
        }
        if is_in {
            self.give_name_up(pending.session, pending.room);
        }
        let room = self.room_mut(pending.room);
        let member = Member::new(
            MemberId::derive(pending.session, &room.name),
            pending.nick.clone(),
        );
        let shown = member.shown();
        room.enter(pending.session, member);
        self.session_mut(pending.session).rooms.insert(pending.room);
        self.greet(pending.lane);
        let at = self.now.wall;
        let change = Presence::Joined(shown);
        self.broadcast(pending.room, Event::Presence { at, change });
        self.take_seat(&pending);
    }

    /// One session is one person in a room: under a new name the old one goes.
    fn give_name_up(&mut self, session: SessionId, room: RoomId) {
        self.room_mut(room).joining += 1; // Whoever leaves last must not take the room away.
        let member = self.room_mut(room).member(session);
        let lane = member.and_then(|member| member.lane);
        self.depart(session, room);
        self.room_mut(room).joining -= 1;
        if let Some(lane) = lane {
            self.end_lane(lane);
        }
    }

    /// Over WebSocket nothing but `Left` says that a lane is over.
    pub(super) fn end_lane(&mut self, lane: LaneRef) {
        self.send(lane, Event::Left);
        self.out.push(Effect::EndLane(lane));
    }

    /// The member hears the room on this lane from now on, and nowhere else.
    fn take_seat(&mut self, pending: &PendingJoin) {
        let (lane, id, room_id) = (pending.lane, pending.session, pending.room);
        let member = self.room_mut(room_id).member_mut(id);
        let member = member.expect("whoever takes a seat is a member");
        member.reads_history = false;
        if let Some(before) = member.lane.replace(lane) {
            self.unseat(before, room_id);
            self.end_lane(before);
        }
        self.chat.timers.clear(Deadline::Hold(id, room_id));
        self.conn_mut(lane).seat(lane.lane, room_id);
        self.tell_roster(lane, room_id);
        self.tell_joined(pending);
        self.out.push(Effect::Attach(room_id, lane));
        self.trim_numbers(id);
    }

    fn tell_roster(&mut self, to: LaneRef, room: RoomId) {
        let room = &self.chat.rooms[&room];
        let shown = room.shown();
        let roster = room.roster();
        let parts = roster.chunks(ROSTER_PART);
        let last = parts.len().saturating_sub(1);
        for (index, part) in parts.enumerate() {
            let event = Event::Roster {
                room: shown.clone(),
                members: part.to_vec(),
                more: index < last,
            };
            self.out.push(Effect::Send(to, event));
        }
    }

    fn tell_joined(&mut self, pending: &PendingJoin) {
        let epoch = self.chat.settings.epoch;
        let session = self.chat.sessions.get_mut(&pending.session);
        let numbers = session.and_then(|session| session.numbers(pending.room));
        let mark = numbers.map(|numbers| numbers.mark()).unwrap_or_default();
        let room = &self.chat.rooms[&pending.room];
        let (continues, page) = room.page_after(same_history(pending.cursor, epoch));
        let joined = Joined {
            you: MemberId::derive(pending.session, &room.name),
            room: room.shown(),
            epoch,
            head: room.head(),
            continues,
            page,
            mark,
        };
        self.send(pending.lane, Event::Joined(joined));
    }

    fn refuse_join(&mut self, lane: LaneRef, refusal: Refusal, suggestions: Vec<String>) {
        if let Some(conn) = self.chat.conns.get_mut(&lane.conn) {
            conn.free(lane.lane);
            self.send(
                lane,
                Event::JoinRefused {
                    refusal,
                    suggestions,
                },
            );
            self.out.push(Effect::EndLane(lane));
        }
    }

    fn room_called(&mut self, name: RoomName) -> RoomId {
        if let Some(room) = self.chat.room_ids.get(name.key()) {
            return *room;
        }
        self.chat.last_room = RoomId(self.chat.last_room.0 + 1);
        let id = self.chat.last_room;
        self.chat.room_ids.insert(name.key().into(), id);
        self.chat.rooms.insert(id, Room::new(name));
        id
    }

    fn trim_numbers(&mut self, id: SessionId) {
        let rooms = &self.chat.rooms;
        if let Some(session) = self.chat.sessions.get_mut(&id) {
            session.trim_numbers(|room| rooms.contains_key(&room));
        }
    }

    fn conn_mut(&mut self, lane: LaneRef) -> &mut super::session::Conn {
        self.chat
            .conns
            .get_mut(&lane.conn)
            .expect("a join is let in only while its connection is there")
    }

    pub(super) fn room_mut(&mut self, id: RoomId) -> &mut Room {
        self.chat
            .rooms
            .get_mut(&id)
            .expect("a room stays while it has members or joins")
    }
}

fn check(join: Join, has_place: bool) -> Result<(RoomName, Nick), RefusalCode> {
    let missing = join.room == Err(Flaw::Blank) || join.nick == Err(Flaw::Blank);
    if missing {
        return Err(RefusalCode::NameOrRoomMissing);
    }
    let nick = join.nick.map_err(|_| RefusalCode::NameInvalid)?;
    let room = join.room.map_err(|_| RefusalCode::RoomInvalid)?;
    if is_reserved(&nick) {
        return Err(RefusalCode::NameReserved);
    }
    if !has_place {
        return Err(RefusalCode::TooManyRooms);
    }
    Ok((room, nick))
}
