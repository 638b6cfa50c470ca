//! Saying something, and what becomes of it in the log.

use std::time::Duration;

use super::limits::{BUSY_RETRY, TYPING_EVERY, TYPING_MEMBERS};
use super::numbers::Place;
use super::refusal::{content_code, refuse, refuse_for};
use super::{LaneRef, Turn};
use crate::ids::{Flaw, MemberId, Number, RoomId, RoomName, Seq, SessionId};
use crate::record::{Committed, Draft, Record};
use crate::wire::command::{Kind, Saying, Tone};
use crate::wire::event::{Event, RefusalCode};

/// What a client hands in: something to say, or what is wrong with it, and its tone.
pub(super) type Content = (Result<Saying, (Kind, Flaw)>, Tone);

/// When a client may send again what came out of order or too many at once: as soon as the
/// answers to what is under way are there.
const SOON: Duration = Duration::from_millis(50);

impl Turn<'_> {
    pub(super) fn receive(&mut self, from: LaneRef, number: Number, content: Content) {
        let Some((session, room)) = self.seat(from) else {
            let refusal = refuse(RefusalCode::NotJoined);
            return self.send(from, Event::Refused { number, refusal });
        };
        match self.place(session, room, number) {
            Place::Next => self.take(from, number, content),
            Place::Full => self.put_off(from, number, (RefusalCode::TooFast, SOON)),
            Place::Skipped => self.put_off(from, number, (RefusalCode::NumberSkipped, SOON)),
            Place::UnderWay => {}
            Place::Accepted => self.send(from, Event::Ack { number }),
            Place::Refused(code) => {
                let refusal = refuse(code);
                self.send(from, Event::Refused { number, refusal });
            }
        }
    }

    fn place(&mut self, session: SessionId, room: RoomId, number: Number) -> Place {
        let numbers = self.session_mut(session).numbers(room);
        numbers
            .expect("a member's numbers are in memory")
            .place(number)
    }

    /// The next number: charged to the rate, judged, and given to the log either way.
    fn take(&mut self, from: LaneRef, number: Number, content: Content) {
        let Some((id, room)) = self.seat(from) else {
            return;
        };
        let (rate, now) = (self.chat.settings.rate, self.now.instant);
        let session = self.session_mut(id);
        if let Err(wait) = session.bucket.take(rate, now) {
            return self.put_off(from, number, (RefusalCode::TooFast, wait));
        }
        if let Some(numbers) = session.numbers(room) {
            numbers.assign(number);
        }
        self.store_session(id);
        let record = match self.judge(room, content) {
            Ok(saying) => self.draft(id, room, (number, saying)),
            Err(code) => Record::Refused {
                session: id,
                room: self.room_mut(room).name.clone(),
                number,
                code,
            },
        };
        self.room_mut(room).under_way += 1;
        self.append(record);
    }

    fn judge(&mut self, room: RoomId, content: Content) -> Result<Saying, RefusalCode> {
        let (saying, tone) = content;
        let saying = saying.map_err(|(kind, flaw)| content_code(kind, flaw))?;
        let name = &self.chat.rooms[&room].name;
        match &saying {
            Saying::Text(body) if self.chat.settings.filter.refuses(name, body, tone) => {
                Err(RefusalCode::Profanity)
            }
            Saying::Text(_) | Saying::Location(_) => Ok(saying),
        }
    }

    fn draft(&mut self, session: SessionId, room: RoomId, said: (Number, Saying)) -> Record {
        let now = self.now.wall;
        let room = self.room_mut(room);
        let member = room.member(session);
        let member = member.expect("whoever has a seat is a member");
        Record::Entry(Draft {
            session,
            room: room.name.clone(),
            number: said.0,
            author: member.id,
            nick: member.nick.shown(),
            at: room.newest_at().map_or(now, |newest| newest.max(now)),
            content: said.1.into_content(),
        })
    }

    /// The log knows a session from its first numbered command on.
    fn store_session(&mut self, id: SessionId) {
        let now = self.now;
        let session = self.session_mut(id);
        if session.is_to_be_stored(now) {
            session.stored = Some(now.wall);
            let stored = session.as_stored(now);
            self.append(Record::Session(stored));
        }
    }

    /// Refuses for now: the number is not used up.
    fn put_off(&mut self, to: LaneRef, number: Number, (code, wait): (RefusalCode, Duration)) {
        let refusal = refuse_for(code, wait);
        self.send(to, Event::Refused { number, refusal });
    }

    pub(super) fn committed(&mut self, records: Vec<Committed>) {
        for record in records {
            match record {
                Committed::Entry(draft, seq) => self.entry_committed(draft, seq),
                Committed::Other(Record::Refused {
                    session,
                    room,
                    number,
                    code,
                }) => self.settle(session, &room, (number, Some(code))),
                Committed::Other(Record::Session(stored)) => self.session_stored(stored.session),
                Committed::Other(Record::Forget(_) | Record::Entry(_)) => {}
            }
        }
    }

    fn entry_committed(&mut self, draft: Draft, seq: Seq) {
        let (session, name, number) = (draft.session, draft.room.clone(), draft.number);
        let entry = draft.into_entry(seq);
        if let Some(id) = self.chat.room_ids.get(name.key()).copied() {
            self.room_mut(id).push(entry.clone());
            self.broadcast(id, Event::Entry(entry));
        }
        self.settle(session, &name, (number, None));
    }

    /// Answers the author, if it is still there to hear it.
    fn settle(
        &mut self,
        id: SessionId,
        name: &RoomName,
        (number, refused): (Number, Option<RefusalCode>),
    ) {
        let Some(room_id) = self.landed(name) else {
            return;
        };
        let session = self.chat.sessions.get_mut(&id);
        if let Some(numbers) = session.and_then(|session| session.numbers(room_id)) {
            numbers.settle(number, refused);
        }
        let answer = match refused {
            None => Event::Ack { number },
            Some(code) => Event::Refused {
                number,
                refusal: refuse(code),
            },
        };
        self.tell_author(id, room_id, answer);
        self.drop_if_deserted(room_id);
    }

    /// One record less is under way for this room.
    fn landed(&mut self, name: &RoomName) -> Option<RoomId> {
        let id = *self.chat.room_ids.get(name.key())?;
        let room = self.room_mut(id);
        room.under_way = room.under_way.saturating_sub(1);
        Some(id)
    }

    fn tell_author(&mut self, session: SessionId, room: RoomId, answer: Event) {
        let member = self.room_mut(room).member(session);
        if let Some(lane) = member.and_then(|member| member.lane) {
            self.send(lane, answer);
        }
    }

    /// Nothing of this was stored: the numbers are free again and the authors shall retry.
    pub(super) fn commit_failed(&mut self, records: Vec<Record>) {
        for record in records {
            match record {
                Record::Entry(Draft {
                    session,
                    room,
                    number,
                    ..
                })
                | Record::Refused {
                    session,
                    room,
                    number,
                    ..
                } => self.not_stored(session, &room, number),
                Record::Session(stored) => self.session_not_stored(stored.session),
                Record::Forget(_) => {} // It will expire.
            }
        }
    }

    fn not_stored(&mut self, id: SessionId, name: &RoomName, number: Number) {
        let Some(room_id) = self.landed(name) else {
            return;
        };
        let session = self.chat.sessions.get_mut(&id);
        if let Some(numbers) = session.and_then(|session| session.numbers(room_id)) {
            numbers.roll_back();
        }
        let refusal = refuse_for(RefusalCode::LogUnavailable, BUSY_RETRY);
        self.tell_author(id, room_id, Event::Refused { number, refusal });
        self.drop_if_deserted(room_id);
    }

    fn session_not_stored(&mut self, id: SessionId) {
        let session = self.chat.sessions.get_mut(&id);
        if let Some(session) = session {
            session.stored = None; // The next numbered command tries again.
        }
        self.session_stored(id);
    }

    pub(super) fn typing(&mut self, from: LaneRef) {
        let Some((session, room_id)) = self.seat(from) else {
            return self.reject(from, refuse(RefusalCode::NotJoined));
        };
        let now = self.now.instant;
        let room = self.room_mut(room_id);
        if room.len() > TYPING_MEMBERS {
            return;
        }
        let told = room
            .member_mut(session)
            .and_then(|member| member.starts_typing(now));
        if let Some(member) = told {
            self.broadcast(room_id, Event::Typing { member });
        }
    }
}

impl super::room::Member {
    /// Whose writing is to be told, unless it was told a moment ago.
    fn starts_typing(&mut self, now: std::time::Instant) -> Option<MemberId> {
        let recent = self
            .last_typing
            .is_some_and(|last| now.saturating_duration_since(last) < TYPING_EVERY);
        if recent {
            return None;
        }
        self.last_typing = Some(now);
        Some(self.id)
    }
}
