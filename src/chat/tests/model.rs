//! Random histories against a naive model: every client keeps what it heard the way a real
//! one does, and in the end all of them must have the same log, whole and in order.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::world::{Disk, World};
use crate::chat::limits::GRACE;
use crate::chat::{Counts, Input, LaneRef};
use crate::ids::{ConnId, LaneId};
use crate::wire::event::{Content, Entry, Event, Joined};
use crate::wire::raw::RawCommand;

const CLIENTS: usize = 4;
const ROOMS: [&str; 2] = ["lobby", "den"];

#[derive(Clone, Debug)]
enum Step {
    Connect(usize),
    Say(usize),
    SayTwice(usize),
    Cut(usize),
    CloseLane(usize),
    Leave(usize),
    Wait(u64),
    Disk(u8),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..CLIENTS;
    prop_oneof![
        4 => who.clone().prop_map(Step::Connect),
        8 => who.clone().prop_map(Step::Say),
        2 => who.clone().prop_map(Step::SayTwice),
        2 => who.clone().prop_map(Step::Cut),
        1 => who.clone().prop_map(Step::CloseLane),
        1 => who.prop_map(Step::Leave),
        2 => (1..20_u64).prop_map(Step::Wait),
        3 => (0..3_u8).prop_map(Step::Disk),
        1 => Just(Step::Restart),
    ]
}

/// What a careful client keeps.
struct Client {
    nick: String,
    room: &'static str,
    token: Option<u64>,
    next: u64,
    conn: Option<ConnId>,
    lane: Option<LaneRef>,
    joined: bool,
    /// Everything up to here is held.
    seq: u64,
    said: u64,
    /// Makes every text one of a kind, also when the numbers start anew.
    texts: u64,
    /// Sent, or to be sent, and not acknowledged.
    outbox: BTreeMap<u64, String>,
    acknowledged: Vec<String>,
    entries: BTreeMap<u64, Entry>,
}

impl Client {
    fn new(index: usize) -> Self {
        Self {
            nick: format!("client {index}"),
            room: ROOMS[index % ROOMS.len()],
            token: None,
            next: 0,
            conn: None,
            lane: None,
            joined: false,
            seq: 0,
            said: 0,
            texts: 0,
            outbox: BTreeMap::new(),
            acknowledged: Vec::new(),
            entries: BTreeMap::new(),
        }
    }

    fn connect(&mut self, world: &mut World) {
        if self.conn.is_some() {
            return;
        }
        if self.next == 0 {
            self.next = 10_000 + world.fresh_id();
        }
        let conn = world.hello(self.token, self.next);
        self.conn = Some(conn);
        self.lane = Some(world.join_on(conn, (&self.nick, self.room), Some(self.seq)));
    }

    fn say(&mut self, world: &mut World) {
        self.said += 1;
        self.texts += 1;
        let text = format!("{} says {}", self.nick, self.texts);
        self.outbox.insert(self.said, text);
        self.send_outbox(world);
    }

    fn send_outbox(&mut self, world: &mut World) {
        let Some(lane) = self.lane.filter(|_| self.joined) else {
            return;
        };
        for (number, text) in self.outbox.clone() {
            world.say(lane, number, &text);
        }
    }

    fn cut(&mut self, world: &mut World) {
        if let Some(conn) = self.conn {
            self.listen(world);
            world.input(Input::Closed(conn));
            self.lost();
        }
    }

    fn lost(&mut self) {
        self.conn = None;
        self.lane = None;
        self.joined = false;
    }

    /// Hears everything that has come.
    fn listen(&mut self, world: &mut World) {
        let Some(conn) = self.conn else { return };
        for event in world.take(LaneRef {
            conn,
            lane: LaneId::CONTROL,
        }) {
            if let Event::Welcome(welcome) = event {
                self.welcomed(welcome.resumed);
            }
        }
        let Some(lane) = self.lane else { return };
        for event in world.take(lane) {
            self.hear(event);
        }
    }

    fn welcomed(&mut self, resumed: bool) {
        self.token = Some(self.next);
        self.next = 0;
        if !resumed {
            // A new session counts from 1; what was not acknowledged is said again.
            let texts: Vec<_> = std::mem::take(&mut self.outbox).into_values().collect();
            self.said = texts.len() as u64;
            self.outbox = (1..).zip(texts).collect();
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Joined(joined) => self.hear_joined(joined),
            Event::Entry(entry) => self.hear_entry(entry),
            Event::Ack { number } => self.acknowledge(number.0),
            Event::Refused { refusal, .. } => assert!(refusal.retry, "{refusal:?}"),
            Event::JoinRefused { refusal, .. } => panic!("{refusal:?}"),
            Event::Left => self.joined = false,
            _ => {}
        }
    }

    fn hear_joined(&mut self, joined: Joined) {
        self.joined = true;
        for number in 1..=joined.mark.number.0 {
            self.acknowledge(number);
        }
        if joined.continues {
            let first = joined.page.entries.first();
            assert!(
                first.is_none_or(|entry| entry.seq.0 == self.seq + 1),
                "a gap"
            );
        } else {
            assert!(
                self.seq == 0 || joined.page.more,
                "a page that neither continues nor says there is more"
            );
            self.seq = joined.head.0 - joined.page.entries.len() as u64;
        }
        for entry in joined.page.entries {
            self.hear_entry(entry);
        }
        assert_eq!(self.seq, joined.head.0);
    }

    fn hear_entry(&mut self, entry: Entry) {
        assert!(self.joined, "an entry for someone who is not in the room");
        assert_eq!(entry.seq.0, self.seq + 1, "a gap or a repeat");
        self.seq = entry.seq.0;
        self.entries.insert(self.seq, entry);
    }

    fn acknowledge(&mut self, number: u64) {
        self.acknowledged.extend(self.outbox.remove(&number));
    }
}

fn perform(step: &Step, world: &mut World, clients: &mut [Client]) {
    match step {
        Step::Connect(who) => clients[*who].connect(world),
        Step::Say(who) => clients[*who].say(world),
        Step::SayTwice(who) => {
            clients[*who].say(world);
            clients[*who].send_outbox(world);
        }
        Step::Cut(who) => clients[*who].cut(world),
        Step::CloseLane(who) => close_lane(&mut clients[*who], world),
        Step::Leave(who) => leave(&mut clients[*who], world),
        Step::Wait(seconds) => world.advance(Duration::from_secs(*seconds)),
        Step::Disk(state) => {
            world.disk = [Disk::Quick, Disk::Held, Disk::Full][usize::from(*state)];
            if world.disk != Disk::Held {
                world.commit();
            }
        }
        Step::Restart => {
            world.restart();
            clients.iter_mut().for_each(Client::lost);
        }
    }
    for client in clients {
        client.listen(world);
    }
}

fn close_lane(client: &mut Client, world: &mut World) {
    client.listen(world);
    if let Some(lane) = client.lane.take() {
        client.joined = false;
        world.input(Input::LaneClosed(lane));
    }
}

fn leave(client: &mut Client, world: &mut World) {
    if let Some(lane) = client.lane.filter(|_| client.joined) {
        world.raw(lane, RawCommand::Leave);
        client.cut(world);
    }
}

/// Everybody comes back and says what is still unsaid.
fn settle(world: &mut World, clients: &mut [Client]) {
    world.disk = Disk::Quick;
    world.commit();
    for client in clients.iter_mut() {
        client.listen(world);
        if !client.joined {
            client.cut(world);
            client.connect(world);
        }
        client.listen(world);
        assert!(client.joined, "{} is not in", client.nick);
        client.send_outbox(world);
    }
    for client in clients {
        client.listen(world);
        assert!(
            client.outbox.is_empty(),
            "{:?} was never answered",
            client.outbox
        );
    }
}

fn text_of(entry: &Entry) -> &str {
    match &entry.content {
        Content::Text { body } => body,
        Content::Location { .. } => panic!("nobody sent a location"),
    }
}

/// One history for all, and every acknowledged message in it exactly once.
fn compare(world: &mut World, clients: &[Client]) {
    for room in ROOMS {
        let truth = whole_log(world, room);
        let members = clients.iter().filter(|client| client.room == room);
        for client in members {
            for (seq, entry) in &client.entries {
                assert_eq!(&truth[seq], entry, "two contents at one place");
            }
            for said in &client.acknowledged {
                let times = truth
                    .values()
                    .filter(|entry| text_of(entry) == said)
                    .count();
                assert_eq!(times, 1, "{said:?} is there {times} times");
            }
        }
    }
}

fn whole_log(world: &mut World, room: &str) -> BTreeMap<u64, Entry> {
    let reader = world.join("reader", room);
    let mut truth = BTreeMap::new();
    let mut before = u64::MAX;
    loop {
        world.raw(reader, RawCommand::History { before, limit: 100 });
        let page = world
            .take(reader)
            .into_iter()
            .find_map(|event| match event {
                Event::History(page) => Some(page),
                _ => None,
            });
        let page = page.expect("a page is answered");
        truth.extend(page.entries.into_iter().map(|entry| (entry.seq.0, entry)));
        before = truth.keys().next().copied().unwrap_or(0);
        if !page.more {
            break;
        }
    }
    assert!(
        truth.keys().copied().eq(1..=truth.len() as u64),
        "a gap in the log"
    );
    truth
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn all_have_the_same_gap_free_history_and_nothing_is_lost_or_doubled(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::new();
        let mut clients: Vec<Client> = (0..CLIENTS).map(Client::new).collect();
        for step in &steps {
            perform(step, &mut world, &mut clients);
        }
        settle(&mut world, &mut clients);
        compare(&mut world, &clients);
        world.close_all();
        world.advance(2 * GRACE);
        prop_assert_eq!(world.counts(), Counts::default());
    }
}
