//! How far a member has read.
//!
//! Decides when a member's other sessions are told, and when the log is. A mark only goes
//! forward, and never beyond what there is. Nobody waits for it: the log is told of the newest
//! one now and then and when its member leaves, and a crash takes back what was not told yet.

use super::limits::{READ_KEPT_EVERY, READ_RATE};
use super::rate::Bucket;
use super::refusal::refuse;
use super::timers::Deadline;
use super::{LaneRef, Turn};
use crate::ids::{MemberId, RoomId, RoomName, Seq};
use crate::record::Record;
use crate::wire::event::{Event, RefusalCode};

/// What is known of somebody's reading in one room.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// How far; unknown while the log has not been asked.
    upto: Option<Seq>,
    /// What the log was told last.
    kept: Seq,
    /// What telling the other sessions is charged to.
    telling: Option<Bucket>,
}

impl Reading {
    /// Whether the log has been asked.
    pub(super) fn is_known(&self) -> bool {
        self.upto.is_some()
    }

    pub(super) fn upto(&self) -> Seq {
        self.upto.unwrap_or_default()
    }

    /// Takes what the log holds; what is in memory is at least as new.
    fn load(&mut self, stored: Seq) {
        if self.upto.is_none_or(|upto| upto < stored) {
            self.upto = Some(stored);
            self.kept = stored;
        }
    }

    /// Goes forward to there; false if it is not forward.
    fn advance(&mut self, seq: Seq) -> bool {
        let is_new = seq > self.upto();
        if is_new {
            self.upto = Some(seq);
        }
        is_new
    }

    /// What the log is to be told, if anything; from now on it has been.
    pub(super) fn keep(&mut self) -> Option<Seq> {
        let upto = self.upto();
        let is_news = upto > self.kept;
        self.kept = upto;
        is_news.then_some(upto)
    }
}

impl Turn<'_> {
    pub(super) fn read(&mut self, from: LaneRef, seq: Seq) {
        let Some((session, room_id)) = self.seat(from) else {
            return self.reject(from, refuse(RefusalCode::NotJoined));
        };
        let room = self.room_mut(room_id);
        let seq = seq.min(room.head());
        let Some(seat) = room.people.seat_mut(session) else {
            return;
        };
        seat.told_read = seat.told_read.max(seq);
        let member = seat.member;
        let person = room.people.person_mut(member);
        if person.is_some_and(|person| person.reading.advance(seq)) {
            self.tell_read_soon(room_id, member);
            self.keep_read_soon(room_id, member);
        }
    }

    /// The log has said how far somebody has read: it may know more than was known here.
    pub(super) fn load_reading(&mut self, room: RoomId, (member, read): (MemberId, Seq)) {
        if let Some(person) = self.room_mut(room).people.person_mut(member) {
            person.reading.load(read);
            self.tell_read(room, member);
        }
    }

    /// Tells the member's other sessions, now or as soon as it is due; then the newest.
    fn tell_read_soon(&mut self, room: RoomId, member: MemberId) {
        let deadline = Deadline::TellRead(room, member);
        if self.chat.timers.is_set(deadline) {
            return;
        }
        let now = self.now.instant;
        let person = self.room_mut(room).people.person_mut(member);
        let Some(person) = person else {
            return;
        };
        let telling = &mut person.reading.telling;
        match telling
            .get_or_insert_with(|| Bucket::full(now))
            .take(READ_RATE, now)
        {
            Ok(()) => self.tell_read(room, member),
            Err(wait) => self.chat.timers.set(deadline, now + wait),
        }
    }

    /// Tells every session of the member that does not know yet.
    pub(super) fn tell_read(&mut self, room_id: RoomId, member: MemberId) {
        let Some(room) = self.chat.rooms.get_mut(&room_id) else {
            return;
        };
        let Some(seq) = room.people.person(member).map(|it| it.reading.upto()) else {
            return;
        };
        let mut told = Vec::new();
        for session in room.people.sessions_of(member) {
            if let Some(seat) = room.people.seat_mut(session)
                && seat.told_read < seq
                && let Some(lane) = seat.lane
            {
                seat.told_read = seq;
                told.push(lane);
            }
        }
        for lane in told {
            self.send(lane, Event::Read { seq });
        }
    }

    fn keep_read_soon(&mut self, room: RoomId, member: MemberId) {
        let deadline = Deadline::KeepRead(room, member);
        if !self.chat.timers.is_set(deadline) {
            let at = self.now.instant + READ_KEPT_EVERY;
            self.chat.timers.set(deadline, at);
        }
    }

    /// Tells the log how far somebody has read, if it does not know.
    pub(super) fn keep_read(&mut self, room_id: RoomId, member: MemberId) {
        let Some(room) = self.chat.rooms.get_mut(&room_id) else {
            return;
        };
        let name = room.name.clone();
        let person = room.people.person_mut(member);
        let upto = person.and_then(|person| person.reading.keep());
        self.store_read((name, member), upto);
    }

    /// Whoever leaves has read so far.
    pub(super) fn keep_last_read(
        &mut self,
        (room, name): (RoomId, RoomName),
        (member, mut reading): (MemberId, Reading),
    ) {
        self.chat.timers.clear(Deadline::TellRead(room, member));
        self.chat.timers.clear(Deadline::KeepRead(room, member));
        self.store_read((name, member), reading.keep());
    }

    fn store_read(&mut self, (room, member): (RoomName, MemberId), upto: Option<Seq>) {
        if let Some(upto) = upto {
            let at = self.now.wall;
            self.append(Record::Read {
                room,
                member,
                upto,
                at,
            });
        }
    }

    /// The log could not take it: it is told later, if the member is still here.
    pub(super) fn read_not_stored(&mut self, room: &RoomName, member: MemberId) {
        let Some(id) = self.chat.room_ids.get(room.key()).copied() else {
            return;
        };
        if let Some(person) = self.room_mut(id).people.person_mut(member) {
            person.reading.kept = Seq(0);
            self.keep_read_soon(id, member);
        }
    }

    /// The server goes down: the log is told of all that it does not know.
    pub(super) fn keep_all_read(&mut self) {
        let due: Vec<(RoomId, MemberId)> = self.chat.timers.reads_to_keep().collect();
        for (room, member) in due {
            self.chat.timers.clear(Deadline::KeepRead(room, member));
            self.keep_read(room, member);
        }
    }
}
