//! Saying something, and what becomes of it in the log.

use std::time::Duration;

use super::amend::Verdict;
use super::limits::{BUSY_RETRY, TYPING_EVERY, TYPING_MEMBERS};
use super::numbers::Place;
use super::refusal::{content_code, refuse, refuse_for};
use super::{LaneRef, Turn};
use crate::ids::{Flaw, MemberId, Number, RoomId, RoomName, Seq, SessionId};
use crate::record::{Committed, Draft, Record, StoredSession};
use crate::wire::command::{Kind, Saying, Tone};
use crate::wire::event::{Event, RefusalCode};

/// What a client hands in: something to say, or what is wrong with it, and its tone.
pub(super) type Content = (Result<Saying, (Kind, Flaw)>, Tone);

/// When a client may send again what came out of order or too many at once: as soon as the
/// answers to what is under way are there.
pub(super) const SOON: Duration = Duration::from_millis(50);

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

    pub(super) fn place(&mut self, session: SessionId, room: RoomId, number: Number) -> Place {
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
        if self.is_held((id, room), number) {
            return; // Its answer will come.
        }
        let (rate, now) = (self.chat.settings.rate, self.now.instant);
        let session = self.session_mut(id);
        if let Err(wait) = session.bucket.take(rate, now) {
            return self.put_off(from, number, (RefusalCode::TooFast, wait));
        }
        match self.judge((id, room), content) {
            Verdict::Settled(said) => self.give((id, room), number, said),
            Verdict::HangsOn(of, saying) => self.wait_for_target(from, number, (of, saying)),
        }
    }

    /// Gives a number to the log, with what was said or why it is refused for good.
    pub(super) fn give(
        &mut self,
        (id, room): (SessionId, RoomId),
        number: Number,
        said: Result<Saying, RefusalCode>,
    ) {
        if let Some(numbers) = self.session_mut(id).numbers(room) {
            numbers.assign(number);
        }
        self.store_session(id);
        let record = match said {
            Ok(saying) => Record::Entry(self.draft(id, room, (number, saying))),
            Err(code) => Record::Refused {
                session: id,
                room: self.room_mut(room).name.clone(),
                number,
                code,
            },
        };
        self.room_mut(room).expect(&record);
        self.append(record);
    }

    fn judge(&mut self, who: (SessionId, RoomId), content: Content) -> Verdict {
        match self.check_words(who.1, content) {
            Ok(saying) => self.weigh(who, saying),
            Err(code) => Verdict::Settled(Err(code)),
        }
    }

    fn check_words(&self, room: RoomId, content: Content) -> Result<Saying, RefusalCode> {
        let (saying, tone) = content;
        let saying = saying.map_err(|(kind, flaw)| content_code(kind, flaw))?;
        let (name, filter) = (&self.chat.rooms[&room].name, &self.chat.settings.filter);
        match saying.text() {
            Some(text) if filter.refuses(name, text, tone) => Err(RefusalCode::Profanity),
            Some(_) | None => Ok(saying),
        }
    }

    fn draft(&mut self, session: SessionId, room: RoomId, said: (Number, Saying)) -> Draft {
        let now = self.now.wall;
        let room = self.room_mut(room);
        let at = room.stamp(now);
        let seat = room.people.seat(session);
        let seat = seat.expect("whoever speaks has a seat");
        let author = room.people.person_of(session);
        let author = author.expect("a seat is somebody's who is here");
        Draft {
            session,
            room: room.name.clone(),
            number: said.0,
            author: author.id,
            seat: seat.id,
            nick: author.nick.shown(),
            at,
            content: said.1.into_content(),
        }
    }

    /// The log knows a session from its first membership on.
    pub(super) fn store_session(&mut self, id: SessionId) {
        let now = self.now;
        let session = self.session_mut(id);
        if session.is_to_be_stored(now) {
            session.stored = Some(now.wall);
            let stored = session.as_stored(now);
            self.append(Record::Session(stored));
        }
    }

    /// Refuses for now: the number is not used up.
    pub(super) fn put_off(
        &mut self,
        to: LaneRef,
        number: Number,
        (code, wait): (RefusalCode, Duration),
    ) {
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
                Committed::Other(Record::Session(stored)) => self.session_stored(stored),
                Committed::Other(Record::Forget(id) | Record::Lapsed(id)) => {
                    self.session_ended(id);
                }
                Committed::Other(
                    Record::Entry(_)
                    | Record::Joined { .. }
                    | Record::Left { .. }
                    | Record::Read { .. },
                ) => {}
            }
        }
        self.repay();
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
        let seat = self.room_mut(room).people.seat(session);
        if let Some(lane) = seat.and_then(|seat| seat.lane) {
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
                Record::Session(stored) => self.session_not_stored(stored),
                Record::Forget(id) | Record::Lapsed(id) => {
                    self.owe_session(id);
                    self.session_ended(id);
                }
                Record::Joined { session, room, .. } | Record::Left { session, room } => {
                    self.owe_membership(session, room);
                }
                Record::Read { room, member, .. } => self.read_not_stored(&room, member),
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
        self.room_mut(room_id).expect_nothing();
        let refusal = refuse_for(RefusalCode::LogUnavailable, BUSY_RETRY);
        self.tell_author(id, room_id, Event::Refused { number, refusal });
        self.drop_if_deserted(room_id);
    }

    fn session_not_stored(&mut self, stored: StoredSession) {
        if let Some(session) = self.chat.sessions.get_mut(&stored.session) {
            session.store_again();
        }
        self.owe_session(stored.session);
        self.session_stored(stored);
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
        let member = room.people.seat(session).map(|seat| seat.member);
        let told = member
            .and_then(|member| room.people.person_mut(member))
            .and_then(|person| person.starts_typing(now));
        if let Some(member) = told {
            self.broadcast(room_id, Event::Typing { member });
        }
    }
}

impl super::people::Person {
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
