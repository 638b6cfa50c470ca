//! A world for scenarios: a chat, a log that obeys, clients that remember what they heard,
//! and a clock that moves only when told.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use crate::chat::{
    Chat, Counts, Effect, Effects, Input, LaneRef, Rate, Settings, Ticket, WordFilter,
};
use crate::clock::Now;
use crate::ids::{
    ConnId, Epoch, LaneId, MemberSecret, Number, Pepper, RoomId, RoomSecret, Seq, SessionId,
    Timestamp, TokenHash,
};
use crate::log::{Log, MemoryLog};
use crate::record::{LogError, Query, Record};
use crate::wire::command::{Command, Greeting};
use crate::wire::event::{Content, Cursor, Event};
use crate::wire::raw::{RawCommand, RoomRef};

/// What the log does with what it is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Disk {
    /// Stores at once.
    Quick,
    /// Keeps everything waiting until [`World::commit`].
    Held,
    /// Refuses: it is full.
    Full,
}

pub(super) struct World {
    pub(super) chat: Chat,
    log: MemoryLog,
    pub(super) settings: fn() -> Settings,
    pub(super) disk: Disk,
    /// Whether it restarted while the log had not been told who is here: it was full.
    pub(super) has_forgotten: bool,
    /// Whether the log refused something that it has not been told since.
    is_behind: bool,
    start: Instant,
    now: Now,
    held: Vec<Record>,
    asked: Vec<(Ticket, Query)>,
    attached: HashMap<RoomId, Vec<LaneRef>>,
    pub(super) heard: BTreeMap<LaneRef, Vec<Event>>,
    pub(super) closed: Vec<(ConnId, Event)>,
    pub(super) ended: Vec<LaneRef>,
    last_id: u64,
    /// Which person has a token, and which one has a connection.
    persons: HashMap<u64, u64>,
    at: HashMap<ConnId, u64>,
    /// Every effect while somebody looks.
    watched: Option<Effects>,
}

pub(super) fn token(n: u64) -> TokenHash {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    TokenHash(bytes)
}

pub(super) fn settings() -> Settings {
    Settings {
        epoch: Epoch(7),
        pepper: Pepper([9; 32]),
        server: "chinwag/test".into(),
        rate: Rate {
            per_second: 1_000,
            burst: 1_000,
        },
        max_sessions: 100,
        filter: WordFilter::off(),
    }
}

pub(super) fn filtered() -> Settings {
    Settings {
        filter: WordFilter::on([]),
        ..settings()
    }
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(settings)
    }

    pub(super) fn with(settings: fn() -> Settings) -> Self {
        let start = Instant::now();
        Self {
            log: MemoryLog::new(settings().epoch),
            chat: Chat::new(settings()),
            settings,
            disk: Disk::Quick,
            has_forgotten: false,
            is_behind: false,
            start,
            now: Now {
                instant: start,
                wall: Timestamp(1_000_000),
            },
            held: Vec::new(),
            asked: Vec::new(),
            attached: HashMap::new(),
            heard: BTreeMap::new(),
            closed: Vec::new(),
            ended: Vec::new(),
            last_id: 0,
            persons: HashMap::new(),
            at: HashMap::new(),
            watched: None,
        }
    }

    /// The process dies and starts again over the same log.
    pub(super) fn restart(&mut self) {
        self.has_forgotten |= std::mem::take(&mut self.is_behind);
        self.chat = Chat::new((self.settings)());
        self.held.clear();
        self.asked.clear();
        self.attached.clear();
        let members = self.log.members().unwrap();
        self.feed(Input::Restored(members));
    }

    pub(super) fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Connects with these tokens; the control lane's events are in `heard`.
    pub(super) fn hello(&mut self, old: Option<u64>, next: u64) -> ConnId {
        let conn = ConnId(self.fresh_id());
        let fresh = SessionId(u128::from(self.fresh_id()) << 64);
        let greeting = Greeting {
            token: old.map(token),
            next: token(next),
            client: "test".into(),
        };
        let known = old.and_then(|old| self.persons.get(&old));
        let person = known.or(self.persons.get(&next)).copied();
        let person = person.unwrap_or(next);
        self.persons.insert(next, person);
        self.at.insert(conn, person);
        self.input(Input::Connected {
            conn,
            greeting,
            fresh,
        });
        conn
    }

    /// A new session in a room; its lane is 1.
    pub(super) fn join(&mut self, nick: &str, room: &str) -> LaneRef {
        let next = 1_000 + self.fresh_id();
        let conn = self.hello(None, next);
        self.join_on(conn, (nick, room), None)
    }

    pub(super) fn join_on(
        &mut self,
        conn: ConnId,
        (nick, room): (&str, &str),
        cursor: Option<u64>,
    ) -> LaneRef {
        self.join_as(conn, (nick, room.into()), cursor)
    }

    /// A new session in the private room with this secret.
    pub(super) fn join_private(&mut self, nick: &str, key: [u8; 32], name: &str) -> LaneRef {
        let next = 1_000 + self.fresh_id();
        let conn = self.hello(None, next);
        self.join_secret(conn, (nick, key, name), None)
    }

    pub(super) fn join_secret(
        &mut self,
        conn: ConnId,
        (nick, key, name): (&str, [u8; 32], &str),
        cursor: Option<u64>,
    ) -> LaneRef {
        let (key, name) = (RoomSecret(key), name.into());
        self.join_as(conn, (nick, RoomRef::Private { key, name }), cursor)
    }

    fn join_as(
        &mut self,
        conn: ConnId,
        (nick, room): (&str, RoomRef),
        cursor: Option<u64>,
    ) -> LaneRef {
        let lane = LaneRef {
            conn,
            lane: LaneId(u32::try_from(self.fresh_id()).unwrap()),
        };
        let cursor = cursor.map(|seq| Cursor {
            epoch: Epoch(7),
            seq: Seq(seq),
        });
        self.raw(
            lane,
            RawCommand::Join {
                room,
                nick: nick.into(),
                cursor,
                member: self.secret(conn),
            },
        );
        lane
    }

    /// The client behind `conn` is from now on whoever is behind `other`.
    pub(super) fn be(&mut self, conn: ConnId, other: ConnId) {
        let (mine, theirs) = (self.at[&conn], self.at[&other]);
        self.at.insert(conn, theirs);
        for person in self.persons.values_mut().filter(|it| **it == mine) {
            *person = theirs;
        }
    }

    /// The client behind `conn` is from now on the person of this number.
    pub(super) fn be_person(&mut self, conn: ConnId, person: u64) {
        self.at.insert(conn, person);
    }

    /// A new session of whoever has `lane`, in a room.
    pub(super) fn join_again(&mut self, lane: LaneRef, who: (&str, &str)) -> LaneRef {
        let next = 1_000 + self.fresh_id();
        let conn = self.hello(None, next);
        self.be(conn, lane.conn);
        self.join_on(conn, who, None)
    }

    /// What proves whoever is behind a connection: the same one whichever session resumes.
    pub(super) fn secret(&self, conn: ConnId) -> MemberSecret {
        let person = self.at.get(&conn).copied().unwrap_or_default();
        MemberSecret(token(person).0)
    }

    pub(super) fn say(&mut self, from: LaneRef, number: u64, text: &str) {
        let content = Content::text(text);
        self.raw(from, RawCommand::Send { number, content });
    }

    pub(super) fn raw(&mut self, from: LaneRef, raw: RawCommand) {
        let command = Command::from(raw);
        self.input(Input::Command { from, command });
    }

    pub(super) fn input(&mut self, input: Input) {
        let mut effects = Effects::new();
        self.chat.handle(input, self.now, &mut effects);
        self.carry_out(effects);
        if self.disk != Disk::Held {
            self.commit();
        }
    }

    /// Every connection there ever was is gone.
    pub(super) fn close_all(&mut self) {
        for id in 0..=self.last_id {
            self.input(Input::Closed(ConnId(id)));
        }
    }

    pub(super) fn advance(&mut self, time: Duration) {
        let end = self.now.instant + time;
        while let Some(at) = self.chat.next_deadline().filter(|at| *at <= end) {
            self.set_time(at);
            self.input(Input::DeadlineReached);
        }
        self.set_time(end);
    }

    fn set_time(&mut self, instant: Instant) {
        self.now.instant = self.now.instant.max(instant);
        let passed = self.now.instant.duration_since(self.start).as_millis();
        self.now.wall = Timestamp(1_000_000 + i64::try_from(passed).unwrap());
    }

    /// Somebody sets the wall clock back.
    pub(super) fn set_clock_back(&mut self, time: Duration) {
        let time = i64::try_from(time.as_millis()).unwrap();
        self.now.wall = Timestamp(self.now.wall.0 - time);
    }

    /// The log cannot answer anything that it was asked.
    pub(super) fn answer_nothing(&mut self) {
        for (ticket, _) in std::mem::take(&mut self.asked) {
            let broken = LogError::Unusable("not now".into());
            self.feed(Input::Answered(ticket, Err(broken)));
        }
    }

    /// The log does what it was asked, in order, until nothing is left to do.
    pub(super) fn commit(&mut self) {
        while !self.held.is_empty() || !self.asked.is_empty() {
            self.answer();
            let group = std::mem::take(&mut self.held);
            self.store(group);
        }
    }

    /// Only the first of the records that wait are stored; the others still wait.
    pub(super) fn commit_first(&mut self, count: usize) {
        let rest = self.held.split_off(count);
        let group = std::mem::replace(&mut self.held, rest);
        let committed = self.log.append(group).unwrap();
        self.feed(Input::Committed(committed));
    }

    /// The log forgets who was not seen for `time`.
    pub(super) fn forget_unseen(&mut self, time: Duration) {
        let time = i64::try_from(time.as_millis()).unwrap();
        let before = Timestamp(self.now.wall.0 - time);
        self.log.expire(before).unwrap();
    }

    /// The log answers what it was asked. Questions overtake the records that wait behind a
    /// commit under way, so it answers without them.
    pub(super) fn answer(&mut self) {
        for (ticket, query) in std::mem::take(&mut self.asked) {
            let answer = self.log.answer(query);
            self.feed(Input::Answered(ticket, answer));
        }
    }

    fn store(&mut self, group: Vec<Record>) {
        if group.is_empty() {
            return;
        }
        let outcome = match self.disk {
            Disk::Full => Err((group, LogError::Full)),
            Disk::Quick | Disk::Held => self.log.append(group),
        };
        match outcome {
            Ok(committed) => self.feed(Input::Committed(committed)),
            Err((group, _)) => self.feed(Input::CommitFailed(group)),
        }
        // What is owed and on its way is not stored yet.
        let owes = self.chat.counts().owed > 0;
        self.is_behind = owes || (self.is_behind && !self.held.is_empty());
    }

    fn feed(&mut self, input: Input) {
        let mut effects = Effects::new();
        self.chat.handle(input, self.now, &mut effects);
        self.carry_out(effects);
    }

    /// All that the chat wants done while this happens.
    pub(super) fn effects_of(&mut self, act: impl FnOnce(&mut Self)) -> Effects {
        self.watched = Some(Effects::new());
        act(self);
        self.watched.take().unwrap_or_default()
    }

    fn carry_out(&mut self, effects: Effects) {
        if let Some(watched) = &mut self.watched {
            watched.extend(effects.iter().cloned());
        }
        for effect in effects {
            match effect {
                Effect::Send(lane, event) => self.heard.entry(lane).or_default().push(event),
                Effect::Broadcast(room, event) => {
                    for lane in self.attached.get(&room).into_iter().flatten() {
                        self.heard.entry(*lane).or_default().push(event.clone());
                    }
                }
                Effect::Attach(room, lane) => self.attached.entry(room).or_default().push(lane),
                Effect::Detach(room, lane) => {
                    let lanes = self.attached.entry(room).or_default();
                    lanes.retain(|it| *it != lane);
                    if lanes.is_empty() {
                        self.attached.remove(&room);
                    }
                }
                Effect::EndLane(lane) => self.ended.push(lane),
                Effect::Close(conn, bye) => self.closed.push((conn, Event::Bye(bye))),
                Effect::Append(record) => self.held.push(record),
                Effect::Ask(ticket, query) => self.asked.push((ticket, query)),
            }
        }
    }

    /// What was heard on a lane since the last call.
    pub(super) fn take(&mut self, lane: LaneRef) -> Vec<Event> {
        self.heard.remove(&lane).unwrap_or_default()
    }

    /// The texts of the entries heard on a lane since the last call.
    pub(super) fn take_texts(&mut self, lane: LaneRef) -> Vec<String> {
        texts(&self.take(lane))
    }

    pub(super) fn counts(&self) -> Counts {
        self.chat.counts()
    }

    pub(super) fn lanes_attached(&self) -> usize {
        self.attached.values().map(Vec::len).sum()
    }
}

/// The texts of the entries among some events, pages included, in order.
pub(super) fn texts(events: &[Event]) -> Vec<String> {
    let mut texts = Vec::new();
    for event in events {
        let entries = match event {
            Event::Entry(entry) => std::slice::from_ref(entry),
            Event::Joined(joined) => &joined.page.entries,
            Event::History(page) => &page.entries,
            _ => &[],
        };
        for entry in entries {
            if let Content::Text { body, .. } = &entry.content {
                texts.push(body.to_string());
            }
        }
    }
    texts
}

pub(super) fn ack(n: u64) -> Event {
    Event::Ack { number: Number(n) }
}
