//! The hand-over from replay to live, over interleavings: what the log was asked and told is
//! carried out late and answered later still, connections and lanes are lost in between,
//! groups fail, the server restarts, and cursors point anywhere. Whatever a lane is told after that is
//! one run of the room's log: the page and what follows it live, without gap or repeat.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::world::{settings, token};
use crate::chat::limits::GRACE;
use crate::chat::{Chat, Effect, Effects, Input, LaneRef, Ticket};
use crate::clock::Now;
use crate::ids::{
    ConnId, Epoch, LaneId, MemberId, MemberSecret, Number, RoomId, RoomName, SeatId, Seq,
    SessionId, Timestamp,
};
use crate::log::{Log, MemoryLog};
use crate::record::{Answer, Committed, Draft, LogError, Query, Record};
use crate::wire::command::{Command, Greeting};
use crate::wire::event::{Content, Cursor, Entry, Event, Joined};
use crate::wire::raw::RawCommand;

const PEOPLE: usize = 4;
const ROOMS: [&str; 2] = ["lobby", "den"];
const EPOCH: Epoch = Epoch(7);

/// Records in a group: few, so that there are many groups.
const GROUP: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    Connect(usize),
    Join(usize, usize, Held),
    Say(usize, usize),
    CloseLane(usize, usize),
    Leave(usize, usize),
    Cut(usize),
    /// The log does so many of the things it was asked.
    LogWorks(usize),
    /// So many of its replies arrive.
    Replies(usize),
    Full(bool),
    Wait(u64),
    Restart,
}

/// What a joiner says it holds.
#[derive(Clone, Debug)]
enum Held {
    Nothing,
    UpTo(u64),
    /// So many before the end of the log, which may have grown when the answer comes.
    Behind(u64),
    Beyond(u64),
    OfAnotherEpoch(u64),
}

fn held() -> impl Strategy<Value = Held> {
    prop_oneof![
        1 => Just(Held::Nothing),
        2 => (0..130_u64).prop_map(Held::UpTo),
        4 => (0..60_u64).prop_map(Held::Behind),
        1 => prop_oneof![1..5_u64, Just(u64::MAX - 300)].prop_map(Held::Beyond),
        1 => (0..130_u64).prop_map(Held::OfAnotherEpoch),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let (who, room) = (0..PEOPLE, 0..ROOMS.len());
    let seat = (who.clone(), room.clone());
    prop_oneof![
        2 => who.clone().prop_map(Step::Connect),
        8 => (who.clone(), room, held()).prop_map(|(who, room, held)| Step::Join(who, room, held)),
        8 => seat.clone().prop_map(|(who, room)| Step::Say(who, room)),
        1 => seat.clone().prop_map(|(who, room)| Step::CloseLane(who, room)),
        1 => seat.prop_map(|(who, room)| Step::Leave(who, room)),
        1 => who.prop_map(Step::Cut),
        10 => (1..4_usize).prop_map(Step::LogWorks),
        10 => (1..4_usize).prop_map(Step::Replies),
        1 => any::<bool>().prop_map(Step::Full),
        1 => (1..20_u64).prop_map(Step::Wait),
        1 => Just(Step::Restart),
    ]
}

/// One session, as far as its numbers go: what it said in each room and what was answered.
#[derive(Default)]
struct Person {
    token: u64,
    next: u64,
    conn: Option<ConnId>,
    lanes: [Option<LaneRef>; ROOMS.len()],
    said: [Vec<String>; ROOMS.len()],
    acked: [usize; ROOMS.len()],
}

/// What one lane was told.
struct Ear {
    who: usize,
    room: usize,
    cursor: Option<Cursor>,
    /// The newest that it holds, once it has joined.
    seq: Option<Seq>,
}

enum Request {
    Append(Vec<Record>),
    Read(Ticket, Query),
}

enum Reply {
    Appended(Vec<Committed>),
    Failed(Vec<Record>),
    Answer(Ticket, Result<Answer, LogError>),
}

/// The hub and the log's thread, in slow motion: one group at a time, everything in order.
struct Lab {
    chat: Chat,
    log: MemoryLog,
    is_full: bool,
    now: Now,
    pending: Vec<Record>,
    is_committing: bool,
    requests: VecDeque<Request>,
    replies: VecDeque<Reply>,
    attached: HashMap<RoomId, Vec<LaneRef>>,
    ears: HashMap<LaneRef, Ear>,
    people: Vec<Person>,
    truth: [BTreeMap<u64, Entry>; ROOMS.len()],
    last_id: u64,
    /// How often a page continued where a cursor stood, and how often it did not.
    continued: [usize; 2],
}

/// Does it so often, or until there is nothing to do.
fn while_true(times: usize, mut act: impl FnMut() -> bool) {
    for _ in 0..times {
        if !act() {
            return;
        }
    }
}

fn text_of(entry: &Entry) -> &str {
    entry.content.body().expect("nobody sent anything else")
}

fn room_index(name: &RoomName) -> usize {
    let found = ROOMS.iter().position(|room| *room == name.key());
    found.expect("there are no other rooms")
}

impl Lab {
    /// The rooms hold so many entries of so many bytes already.
    fn new(stored: [(u64, usize); ROOMS.len()]) -> Self {
        let instant = Instant::now();
        let wall = Timestamp(1_000_000);
        let mut lab = Self {
            chat: Chat::new(settings()),
            log: MemoryLog::new(EPOCH),
            is_full: false,
            now: Now { instant, wall },
            pending: Vec::new(),
            is_committing: false,
            requests: VecDeque::new(),
            replies: VecDeque::new(),
            attached: HashMap::new(),
            ears: HashMap::new(),
            people: (0..PEOPLE).map(|_| Person::default()).collect(),
            truth: Default::default(),
            last_id: 0,
            continued: [0; 2],
        };
        for (room, (count, bytes)) in stored.into_iter().enumerate() {
            lab.prefill(room, count, bytes);
        }
        lab
    }

    fn prefill(&mut self, room: usize, count: u64, bytes: usize) {
        for number in 1..=count {
            let draft = Draft {
                session: SessionId(9),
                room: RoomName::parse(ROOMS[room]).unwrap(),
                number: Number(number),
                author: MemberId(9),
                seat: SeatId(9),
                nick: "before".into(),
                at: self.now.wall,
                content: Content::text("x".repeat(bytes)),
            };
            let done = self.log.append(vec![Record::Entry(draft)]).unwrap();
            self.note_truth(&done);
        }
    }

    fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn head(&self, room: usize) -> u64 {
        self.truth[room].len() as u64
    }

    // --- the hub and the log ---

    fn input(&mut self, input: Input) {
        let mut effects = Effects::new();
        self.chat.handle(input, self.now, &mut effects);
        for effect in effects {
            self.carry_out(effect);
        }
        self.submit();
    }

    fn submit(&mut self) {
        if self.is_committing || self.pending.is_empty() {
            return;
        }
        let rest = self.pending.split_off(self.pending.len().min(GROUP));
        let group = std::mem::replace(&mut self.pending, rest);
        self.is_committing = true;
        self.requests.push_back(Request::Append(group));
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send(lane, event) => self.hear(lane, event),
            Effect::Broadcast(room, event) => {
                for lane in self.attached.get(&room).cloned().unwrap_or_default() {
                    self.hear(lane, event.clone());
                }
            }
            Effect::Attach(room, lane) => self.attached.entry(room).or_default().push(lane),
            Effect::Detach(room, lane) => {
                let lanes = self.attached.get_mut(&room).expect("it was attached");
                lanes.retain(|it| *it != lane);
            }
            Effect::EndLane(lane) => drop(self.ears.remove(&lane)),
            Effect::Close(conn, _) => self.lost(conn),
            Effect::Append(record) => self.pending.push(record),
            Effect::Ask(ticket, query) => self.requests.push_back(Request::Read(ticket, query)),
        }
    }

    fn log_works(&mut self) -> bool {
        let Some(request) = self.requests.pop_front() else {
            return false;
        };
        let reply = match request {
            Request::Append(group) if self.is_full => Reply::Failed(group),
            Request::Append(group) => Reply::Appended(self.log.append(group).unwrap()),
            Request::Read(ticket, query) => Reply::Answer(ticket, self.log.answer(query)),
        };
        if let Reply::Appended(done) = &reply {
            let done = done.clone();
            self.note_truth(&done);
        }
        self.replies.push_back(reply);
        true
    }

    fn note_truth(&mut self, done: &[Committed]) {
        for committed in done {
            if let Committed::Entry(draft, seq) = committed {
                let truth = &mut self.truth[room_index(&draft.room)];
                truth.insert(seq.0, draft.clone().into_entry(*seq));
            }
        }
    }

    fn reply_arrives(&mut self) -> bool {
        let Some(reply) = self.replies.pop_front() else {
            return false;
        };
        match reply {
            Reply::Appended(done) => {
                self.is_committing = false;
                self.input(Input::Committed(done));
            }
            Reply::Failed(mut group) => {
                self.is_committing = false;
                group.append(&mut self.pending);
                self.input(Input::CommitFailed(group));
            }
            Reply::Answer(ticket, answer) => self.input(Input::Answered(ticket, answer)),
        }
        true
    }

    fn settle(&mut self) {
        while self.log_works() || self.reply_arrives() {}
    }

    fn wait(&mut self, time: Duration) {
        self.now.instant += time;
        self.now.wall.0 += i64::try_from(time.as_millis()).unwrap();
        self.input(Input::DeadlineReached);
    }

    /// What was not carried out yet is lost, and so are replies.
    fn restart(&mut self) {
        for who in 0..PEOPLE {
            self.people[who].go_offline();
        }
        self.chat = Chat::new(settings());
        self.pending.clear();
        self.is_committing = false;
        self.requests.clear();
        self.replies.clear();
        self.attached.clear();
        self.ears.clear();
        let members = self.log.members().unwrap();
        self.input(Input::Restored(members));
    }

    // --- people ---

    fn perform(&mut self, step: &Step) {
        match step {
            Step::Connect(who) => self.connect(*who),
            Step::Join(who, room, held) => self.join(*who, *room, held),
            Step::Say(who, room) => self.say(*who, *room),
            Step::CloseLane(who, room) => self.close_lane(*who, *room),
            Step::Leave(who, room) => self.leave(*who, *room),
            Step::Cut(who) => self.cut(*who),
            Step::LogWorks(times) => while_true(*times, || self.log_works()),
            Step::Replies(times) => while_true(*times, || self.reply_arrives()),
            Step::Full(is_full) => self.is_full = *is_full,
            Step::Wait(seconds) => self.wait(Duration::from_secs(*seconds)),
            Step::Restart => self.restart(),
        }
    }

    fn connect(&mut self, who: usize) {
        if self.people[who].conn.is_some() {
            return;
        }
        let conn = ConnId(self.fresh_id());
        let fresh = SessionId(u128::from(self.fresh_id()) << 64);
        if self.people[who].next == 0 {
            self.people[who].next = 1_000_000 + self.fresh_id();
        }
        let person = &mut self.people[who];
        person.conn = Some(conn);
        let greeting = Greeting {
            token: (person.token > 0).then(|| token(person.token)),
            next: token(person.next),
            client: "test".into(),
        };
        self.input(Input::Connected {
            conn,
            greeting,
            fresh,
        });
    }

    fn join(&mut self, who: usize, room: usize, held: &Held) {
        self.connect(who);
        let Some(conn) = self.people[who].conn else {
            return; // It was turned away.
        };
        let lane = LaneRef {
            conn,
            lane: LaneId(u32::try_from(self.fresh_id()).unwrap()),
        };
        let cursor = self.cursor(room, held);
        let ear = Ear {
            who,
            room,
            cursor,
            seq: None,
        };
        self.ears.insert(lane, ear);
        self.people[who].lanes[room] = Some(lane);
        let join = RawCommand::Join {
            room: ROOMS[room].into(),
            nick: format!("person {who}"),
            cursor,
            member: MemberSecret([u8::try_from(who).unwrap(); 32]),
        };
        self.command(lane, join);
    }

    fn cursor(&self, room: usize, held: &Held) -> Option<Cursor> {
        let head = self.head(room);
        let (epoch, seq) = match held {
            Held::Nothing => return None,
            Held::UpTo(seq) => (EPOCH, *seq),
            Held::Behind(count) => (EPOCH, head.saturating_sub(*count)),
            Held::Beyond(count) => (EPOCH, head + count),
            Held::OfAnotherEpoch(seq) => (Epoch(8), *seq),
        };
        let seq = Seq(seq);
        Some(Cursor { epoch, seq })
    }

    /// Says something new, and again whatever was not acknowledged.
    fn say(&mut self, who: usize, room: usize) {
        let text = format!("text {}", self.fresh_id());
        let person = &mut self.people[who];
        let Some(lane) = person.lanes[room] else {
            return;
        };
        person.said[room].push(text);
        self.say_again(who, room, lane);
    }

    fn say_again(&mut self, who: usize, room: usize, lane: LaneRef) {
        let acked = self.people[who].acked[room];
        let unanswered = self.people[who].said[room].clone().into_iter().enumerate();
        for (index, text) in unanswered.skip(acked) {
            let number = index as u64 + 1;
            let content = Content::text(text);
            self.command(lane, RawCommand::Send { number, content });
        }
    }

    fn command(&mut self, from: LaneRef, raw: RawCommand) {
        let command = Command::from(raw);
        self.input(Input::Command { from, command });
    }

    fn close_lane(&mut self, who: usize, room: usize) {
        if let Some(lane) = self.people[who].lanes[room].take() {
            self.ears.remove(&lane);
            self.input(Input::LaneClosed(lane));
        }
    }

    fn leave(&mut self, who: usize, room: usize) {
        if let Some(lane) = self.people[who].lanes[room].take() {
            self.command(lane, RawCommand::Leave);
        }
    }

    fn cut(&mut self, who: usize) {
        if let Some(conn) = self.people[who].conn {
            self.lost(conn);
            self.input(Input::Closed(conn));
        }
    }

    fn lost(&mut self, conn: ConnId) {
        self.ears.retain(|lane, _| lane.conn != conn);
        let whose = self.people.iter_mut().find(|it| it.conn == Some(conn));
        if let Some(person) = whose {
            person.go_offline();
        }
    }

    // --- what a lane is told ---

    fn hear(&mut self, lane: LaneRef, event: Event) {
        if let Event::Welcome(welcome) = &event {
            return self.welcomed(lane.conn, welcome.resumed);
        }
        let Some(ear) = self.ears.get(&lane) else {
            return; // Its client has ended it: what comes now is lost.
        };
        let (who, room) = (ear.who, ear.room);
        match event {
            Event::Joined(joined) => self.hear_joined(lane, &joined),
            Event::Entry(entry) => self.hear_entry(lane, &entry),
            Event::Ack { number } => self.acknowledged((who, room), number.0),
            _ => {}
        }
    }

    fn welcomed(&mut self, conn: ConnId, resumed: bool) {
        let whose = self.people.iter_mut().find(|it| it.conn == Some(conn));
        let person = whose.expect("a lost connection is not welcomed");
        person.token = std::mem::take(&mut person.next);
        if !resumed {
            person.said = Default::default();
            person.acked = Default::default();
        }
    }

    fn hear_joined(&mut self, lane: LaneRef, joined: &Joined) {
        let ear = self.ears.get_mut(&lane).expect("it was looked up");
        assert_eq!(ear.seq, None, "joined twice");
        let (cursor, who, room) = (ear.cursor, ear.who, ear.room);
        let page = &joined.page.entries;
        let first = page.first().map_or(joined.head.next(), |entry| entry.seq);
        let follow = (first.0..).zip(page).all(|(seq, entry)| entry.seq.0 == seq);
        assert!(follow, "a gap or a repeat in the page");
        assert_eq!(first.0 + page.len() as u64, joined.head.next().0);
        assert_eq!(joined.page.more, first > Seq(1));
        let reached = cursor.filter(|it| it.epoch == EPOCH && it.seq <= joined.head);
        let misses_nothing = reached.is_some_and(|it| first <= it.seq.next());
        assert_eq!(joined.continues, misses_nothing, "{cursor:?} {first:?}");
        if let Some(cursor) = reached.filter(|_| joined.continues) {
            assert_eq!(first, cursor.seq.next(), "a repeat of what was held");
        }
        ear.seq = Some(joined.head);
        if cursor.is_some() {
            self.continued[usize::from(joined.continues)] += 1;
        }
        for entry in page {
            assert_eq!(self.truth[room].get(&entry.seq.0), Some(entry));
        }
        for number in 1..=joined.mark.number.0 {
            self.acknowledged((who, room), number);
        }
    }

    fn hear_entry(&mut self, lane: LaneRef, entry: &Entry) {
        let ear = self.ears.get_mut(&lane).expect("it was looked up");
        let held = ear.seq.expect("an entry before `Joined`");
        assert_eq!(entry.seq, held.next(), "a gap or a repeat");
        ear.seq = Some(entry.seq);
        let stored = self.truth[ear.room].get(&entry.seq.0);
        assert_eq!(stored, Some(entry), "shown and not stored");
    }

    /// Whatever is acknowledged is in the log, once.
    fn acknowledged(&mut self, (who, room): (usize, usize), number: u64) {
        let person = &mut self.people[who];
        let index = usize::try_from(number).unwrap();
        let text = &person.said[room][index - 1];
        let entries = self.truth[room].values();
        let times = entries.filter(|entry| text_of(entry) == text).count();
        assert_eq!(times, 1, "{text:?} was acknowledged");
        person.acked[room] = person.acked[room].max(index);
    }

    /// In the end every lane that is joined holds the end of the log, and everything that
    /// was said under a number that counts is there.
    fn check_the_end(&mut self) {
        self.is_full = false;
        self.settle();
        for who in 0..PEOPLE {
            for room in 0..ROOMS.len() {
                self.join(who, room, &Held::Behind(3));
            }
        }
        self.settle();
        for who in 0..PEOPLE {
            self.say_everything(who);
        }
        for ear in self.ears.values() {
            if let Some(seq) = ear.seq {
                assert_eq!(seq.0, self.head(ear.room), "the end was not heard");
            }
        }
    }

    fn say_everything(&mut self, who: usize) {
        for room in 0..ROOMS.len() {
            let Some(lane) = self.people[who].lanes[room] else {
                continue;
            };
            if self.ears.get(&lane).is_none_or(|ear| ear.seq.is_none()) {
                continue; // Its name was held against it: the full log did not know whose it is.
            }
            self.say_again(who, room, lane);
            self.settle();
            let person = &self.people[who];
            assert_eq!(person.acked[room], person.said[room].len());
        }
    }
}

impl Person {
    fn go_offline(&mut self) {
        self.conn = None;
        self.lanes = [None; ROOMS.len()];
    }
}

fn stored() -> impl Strategy<Value = (u64, usize)> {
    // Some rooms fill a page with entries, some with bytes, some do not.
    prop_oneof![
        Just((0, 0)),
        (1..120_u64, Just(20)),
        (1..40_u64, Just(3_000))
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    // X12, law 9
    #[test]
    fn page_and_live_are_one_run_of_the_log_whatever_happens_between(
        stored in [stored(), stored()],
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut lab = Lab::new(stored);
        for step in &steps {
            lab.perform(step);
        }
        lab.check_the_end();
        for who in 0..PEOPLE {
            lab.cut(who);
        }
        lab.wait(2 * GRACE);
        lab.settle();
        lab.wait(2 * GRACE);
        prop_assert_eq!(lab.chat.counts(), crate::chat::Counts::default());
    }
}

/// That the runs above meet what they are about, and not only joins that were refused.
#[test]
fn the_runs_meet_cursors_that_continue_and_cursors_that_do_not() {
    let mut lab = Lab::new([(100, 20), (0, 0)]);
    lab.join(0, 0, &Held::Nothing);
    lab.settle();
    for (who, held) in [(1, Held::Behind(7)), (2, Held::UpTo(1))] {
        lab.join(who, 0, &held);
        lab.say(0, 0);
        lab.settle();
    }
    assert_eq!(lab.continued, [1, 1]);
    lab.check_the_end();
    assert_eq!(lab.head(0), 102);
}
