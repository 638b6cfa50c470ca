//! Joining a room: for the first time, again after a lost connection, or with one more session.

use super::history::Question;
use super::limits::{BUSY_RETRY, ROOMS_PER_SESSION, ROSTER_PART};
use super::names::is_reserved;
use super::numbers::Numbers;
use super::people::Person;
use super::refusal::{refuse, refuse_for};
use super::room::{Room, same_history};
use super::timers::Deadline;
use super::{Effect, LaneRef, Ticket, Turn};
use crate::ids::{Flaw, MemberId, Nick, RoomId, RoomName, Seq, SessionId};
use crate::record::{Answer, LogError, PAGE_BYTES, Query};
use crate::wire::command::Join;
use crate::wire::event::{Cursor, Event, Joined, Refusal, RefusalCode};

/// What the joiner alone is told first.
const GREETING: &str = "Welcome!";

/// A join that waits for the log.
#[derive(Debug)]
pub(super) struct PendingJoin {
    pub(super) lane: LaneRef,
    pub(super) session: SessionId,
    pub(super) room: RoomId,
    pub(super) member: MemberId,
    pub(super) nick: Nick,
    cursor: Option<Cursor>,
}

impl Turn<'_> {
    pub(super) fn join(&mut self, from: LaneRef, session: SessionId, join: Join) {
        let conn = &self.chat.conns[&from.conn];
        if conn.is_used(from.lane) {
            return self.reject(from, refuse(RefusalCode::AlreadyJoined));
        }
        let has_place = conn.lanes_in_use() < ROOMS_PER_SESSION;
        let (cursor, secret) = (join.cursor, join.member);
        match check(join, has_place) {
            Err(code) => self.refuse_join(from, refuse(code), Vec::new()),
            Ok((name, nick)) => {
                let member = MemberId::derive(&self.chat.settings.pepper, &secret, &name);
                let room = self.room_called(name);
                let pending = PendingJoin {
                    lane: from,
                    session,
                    room,
                    member,
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
        let knows_numbers = self.session_mut(id).knows_numbers(room_id);
        let room = self.room_mut(room_id);
        let person = room.people.person(pending.member);
        let knows_reading = person.is_some_and(|person| person.reading.is_known());
        if room.is_known() && knows_numbers && knows_reading {
            return self.admit(pending, None);
        }
        room.joining += 1;
        let query = Query::Room {
            room: room.name.clone(),
            session: id,
            member: pending.member,
        };
        let ticket = self.ask(Question::Join(pending), query);
        self.conn_mut(lane).start_joining(lane.lane, ticket);
    }

    pub(super) fn room_found(
        &mut self,
        ticket: Ticket,
        pending: PendingJoin,
        answer: Result<Answer, LogError>,
    ) {
        let (lane, room_id) = (pending.lane, pending.room);
        self.room_mut(room_id).joining -= 1;
        // The lane or its connection may have been closed meanwhile, the lane used again.
        let conn = self.chat.conns.get(&lane.conn);
        let waits = conn.is_some_and(|conn| conn.waits_for(lane.lane, ticket));
        match answer {
            Ok(Answer::Room(stored)) => {
                let numbers = Numbers::restore(stored.mark.clone());
                let read = stored.read;
                self.room_mut(room_id).load(stored);
                if waits {
                    self.session_mut(pending.session).remember(room_id, numbers);
                    self.admit(pending, Some(read));
                }
            }
            Ok(Answer::Session(_) | Answer::Page(_) | Answer::Found(_)) | Err(_) if waits => {
                let refusal = refuse_for(RefusalCode::LogUnavailable, BUSY_RETRY);
                self.refuse_join(lane, refusal, Vec::new());
            }
            Ok(Answer::Session(_) | Answer::Page(_) | Answer::Found(_)) | Err(_) => {}
        }
        self.drop_if_deserted(room_id);
    }

    /// Everything is known: who it is and the name decide.
    fn admit(&mut self, pending: PendingJoin, read: Option<Seq>) {
        let who = (pending.member, &pending.nick);
        let people = &self.chat.rooms[&pending.room].people;
        if people.is_here(pending.session, who) {
            // Whoever holds nothing of the room has not been greeted, as far as it knows: the
            // first greeting may have been lost with its connection.
            if pending.cursor.is_none() {
                self.greet(pending.lane);
            }
        } else if let Err((code, free)) = self.enter(&pending) {
            return self.refuse_join(pending.lane, refuse(code), free);
        }
        if let Some(read) = read {
            self.load_reading(pending.room, (pending.member, read));
        }
        self.take_seat(&pending);
    }

    pub(super) fn greet(&mut self, lane: LaneRef) {
        let at = self.now.wall;
        let text = GREETING.into();
        self.send(lane, Event::Notice { at, text });
    }

    /// Over WebSocket nothing but `Left` says that a lane is over.
    pub(super) fn end_lane(&mut self, lane: LaneRef) {
        self.send(lane, Event::Left);
        self.out.push(Effect::EndLane(lane));
    }

    /// The session hears the room on this lane from now on, and nowhere else.
    fn take_seat(&mut self, pending: &PendingJoin) {
        let (lane, id, room_id) = (pending.lane, pending.session, pending.room);
        let seat = self.room_mut(room_id).people.seat_mut(id);
        let seat = seat.expect("whoever is let in has a seat");
        seat.reads_history = None;
        seat.held = None;
        if let Some(before) = seat.lane.replace(lane) {
            self.unseat(before, room_id);
            self.end_lane(before);
        }
        self.chat.timers.clear(Deadline::Hold(id, room_id));
        self.conn_mut(lane).seat(lane.lane, room_id);
        self.tell_roster(lane, room_id);
        self.tell_joined(pending);
        self.out.push(Effect::Attach(room_id, lane));
        self.tell_invitations(lane, (id, room_id));
        self.trim_numbers(id);
    }

    fn tell_roster(&mut self, to: LaneRef, room: RoomId) {
        let room = &self.chat.rooms[&room];
        let shown = room.shown();
        let roster: Vec<&Person> = room.people.in_order().collect();
        let parts = roster.chunks(ROSTER_PART);
        let last = parts.len().saturating_sub(1);
        for (index, part) in parts.enumerate() {
            let event = Event::Roster {
                room: shown.clone(),
                members: part.iter().map(|person| person.shown()).collect(),
                more: index < last,
                away: away_in(part),
            };
            self.out.push(Effect::Send(to, event));
        }
    }

    fn tell_joined(&mut self, pending: &PendingJoin) {
        let epoch = self.chat.settings.epoch;
        let session = self.chat.sessions.get_mut(&pending.session);
        let numbers = session.and_then(|session| session.numbers(pending.room));
        let mark = numbers.map(|numbers| numbers.mark()).unwrap_or_default();
        let room = self.room_mut(pending.room);
        let (seat, read) = room.people.catch_up(pending.session);
        let room = &self.chat.rooms[&pending.room];
        // The first page is whole, the second half of one, the third a third: all of the rooms
        // that one connection can have come to less than five pages.
        let rooms = self.chat.conns[&pending.lane.conn].seats_taken();
        let most = PAGE_BYTES / rooms.max(1);
        let (continues, page) = room.page_after(same_history(pending.cursor, epoch), most);
        let joined = Joined {
            you: pending.member,
            room: room.shown(),
            epoch,
            head: room.head(),
            continues,
            page,
            mark,
            topic: room.topic(),
            seat,
            read,
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

    pub(super) fn room_called(&mut self, name: RoomName) -> RoomId {
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

fn away_in(part: &[&Person]) -> Vec<MemberId> {
    let away = part.iter().filter(|person| person.away);
    away.map(|person| person.id).collect()
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
