//! Random histories against a naive model: every client keeps what it heard the way a real
//! one does, and in the end all of them must have the same log, whole and in order.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;

use super::world::{Disk, World, texts};
use crate::chat::limits::GRACE;
use crate::chat::{Counts, Input, LaneRef};
use crate::ids::{ConnId, LaneId, MemberId, RoomSecret, Seq};
use crate::wire::event::{Content, Entry, Event, Joined, Member, Presence, Refusal, RefusalCode};
use crate::wire::raw::RawCommand;

const CLIENTS: usize = 7;
/// Fewer than clients: some of these have several sessions in one room.
const PERSONS: usize = 4;
const ROOMS: [&str; 2] = ["lobby", PRIVATE];
/// Has a secret, which an outsider does not know.
const PRIVATE: &str = "den";

fn enter(world: &mut World, conn: ConnId, who: (&str, &str), cursor: Option<u64>) -> LaneRef {
    match who {
        (nick, PRIVATE) => world.join_secret(conn, (nick, [7; 32], PRIVATE), cursor),
        public => world.join_on(conn, public, cursor),
    }
}

#[derive(Clone, Debug)]
enum Step {
    Connect(usize),
    Say(usize),
    SayTwice(usize),
    Amend(usize, u64, Change),
    Cut(usize),
    CloseLane(usize),
    Leave(usize),
    Goodbye(usize),
    Rename(usize),
    Read(usize),
    Away(usize, bool),
    Invite(usize),
    Wait(u64),
    Disk(u8),
    Restart,
}

/// What is done to an entry, whatever it is.
#[derive(Clone, Copy, Debug)]
enum Change {
    Edit,
    Delete,
    React(bool),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => Just(Change::Edit),
        1 => Just(Change::Delete),
        2 => prop::bool::ANY.prop_map(Change::React),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..CLIENTS;
    prop_oneof![
        4 => who.clone().prop_map(Step::Connect),
        8 => who.clone().prop_map(Step::Say),
        2 => who.clone().prop_map(Step::SayTwice),
        5 => (who.clone(), 0..9_u64, change()).prop_map(|(who, back, what)| Step::Amend(who, back, what)),
        2 => who.clone().prop_map(Step::Cut),
        1 => who.clone().prop_map(Step::CloseLane),
        1 => who.clone().prop_map(Step::Leave),
        1 => who.clone().prop_map(Step::Goodbye),
        2 => who.clone().prop_map(Step::Rename),
        2 => who.clone().prop_map(Step::Read),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, away)| Step::Away(who, away)),
        1 => who.prop_map(Step::Invite),
        2 => (1..20_u64).prop_map(Step::Wait),
        3 => (0..3_u8).prop_map(Step::Disk),
        1 => Just(Step::Restart),
    ]
}

/// What a careful client keeps.
struct Client {
    index: usize,
    nick: String,
    room: &'static str,
    token: Option<u64>,
    next: u64,
    conn: Option<ConnId>,
    lane: Option<LaneRef>,
    joined: bool,
    was_refused: bool,
    /// Everything up to here is held.
    seq: u64,
    said: u64,
    /// Makes every text one of a kind, also when the numbers start anew.
    texts: u64,
    /// Sent, or to be sent, and not acknowledged.
    outbox: BTreeMap<u64, Content>,
    acknowledged: Vec<Content>,
    /// Each as it stands, and the number up to which it does.
    entries: BTreeMap<u64, (Entry, u64)>,
    /// Who is there, in the order of joining.
    roster: Vec<Member>,
    /// How far it knows that its person has read.
    read: u64,
}

impl Client {
    fn new(index: usize) -> Self {
        Self {
            index,
            nick: format!("person {}", index % PERSONS),
            room: ROOMS[index % ROOMS.len()],
            token: None,
            next: 0,
            conn: None,
            lane: None,
            joined: false,
            was_refused: false,
            seq: 0,
            said: 0,
            texts: 0,
            outbox: BTreeMap::new(),
            acknowledged: Vec::new(),
            entries: BTreeMap::new(),
            roster: Vec::new(),
            read: 0,
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
        world.be_person(conn, 700_000 + (self.index % PERSONS) as u64);
        self.conn = Some(conn);
        self.lane = Some(enter(world, conn, (&self.nick, self.room), Some(self.seq)));
    }

    fn say(&mut self, world: &mut World) {
        self.said += 1;
        self.texts += 1;
        let text = format!("client {} says {}", self.index, self.texts);
        self.outbox.insert(self.said, Content::text(text));
        self.send_outbox(world);
    }

    /// Amends the entry that is so far behind the newest one.
    fn amend(&mut self, (back, what): (u64, Change), world: &mut World) {
        let of = Seq(self.seq.saturating_sub(back));
        self.said += 1;
        self.texts += 1;
        let content = match what {
            Change::Edit => Content::Edit {
                of,
                body: format!("client {} edits {}", self.index, self.texts).into(),
            },
            Change::Delete => Content::Delete { of },
            Change::React(on) => Content::React {
                of,
                emoji: "👍".into(),
                on,
            },
        };
        self.outbox.insert(self.said, content);
        self.send_outbox(world);
    }

    /// Joins under its other name.
    fn rename(&mut self, world: &mut World) {
        self.listen(world);
        let (Some(conn), true) = (self.conn, self.joined) else {
            return;
        };
        self.nick = match self.nick.strip_suffix(" too") {
            Some(nick) => nick.to_owned(),
            None => format!("{} too", self.nick),
        };
        self.joined = false;
        self.lane = Some(enter(world, conn, (&self.nick, self.room), Some(self.seq)));
    }

    fn read(&mut self, world: &mut World) {
        if let Some(lane) = self.lane.filter(|_| self.joined) {
            self.read = self.read.max(self.seq);
            world.raw(lane, RawCommand::Read { seq: self.seq });
        }
    }

    fn send_outbox(&mut self, world: &mut World) {
        let Some(lane) = self.lane.filter(|_| self.joined) else {
            return;
        };
        for (number, content) in self.outbox.clone() {
            world.raw(lane, RawCommand::Send { number, content });
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
            Event::Refused { number, refusal } => self.hear_refused(number.0, &refusal),
            Event::JoinRefused { refusal, .. } => {
                assert_eq!(refusal.code, RefusalCode::NameInUse);
                self.was_refused = true;
            }
            Event::Left => self.joined = false,
            Event::Roster { members, .. } => self.roster = members,
            Event::Presence { change, .. } => self.hear_presence(change),
            Event::Read { seq } => {
                assert!(seq.0 > self.read, "a mark that is no news");
                self.read = seq.0;
            }
            _ => {}
        }
    }

    fn hear_presence(&mut self, change: Presence) {
        match change {
            Presence::Joined(member) => {
                let is_there = self.roster.iter().any(|it| it.id == member.id);
                assert!(!is_there, "{member:?} is there twice");
                self.roster.push(member);
            }
            Presence::Left(member) => {
                assert!(self.roster.contains(&member), "{member:?} was not there");
                self.roster.retain(|it| it.id != member.id);
            }
            Presence::Away { member } | Presence::Back { member } => {
                assert!(self.roster.iter().any(|it| it.id == member));
            }
        }
    }

    /// Only what is said of a message can be refused for good.
    fn hear_refused(&mut self, number: u64, refusal: &Refusal) {
        if refusal.retry {
            return;
        }
        let of_a_message = matches!(refusal.code, RefusalCode::NotYours | RefusalCode::NotThere);
        assert!(of_a_message, "{refusal:?}");
        let refused = self.outbox.remove(&number);
        assert!(refused.is_none_or(|content| content.of().is_some()));
    }

    fn hear_joined(&mut self, joined: Joined) {
        self.joined = true;
        self.was_refused = false;
        self.read = joined.read.0;
        assert!(joined.read <= joined.head);
        for refused in &joined.mark.refused {
            self.outbox.remove(&refused.number.0);
        }
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
            // What lies between may have amended what is held.
            self.entries.clear();
        }
        let as_of = joined.page.as_of.0;
        assert_eq!(as_of, joined.head.0);
        for entry in joined.page.entries {
            self.take_entry(entry, as_of);
        }
        assert_eq!(self.seq, joined.head.0);
    }

    fn hear_entry(&mut self, entry: Entry) {
        let as_of = entry.seq.0;
        self.take_entry(entry, as_of);
    }

    fn take_entry(&mut self, entry: Entry, as_of: u64) {
        assert!(self.joined, "an entry for someone who is not in the room");
        assert_eq!(entry.seq.0, self.seq + 1, "a gap or a repeat");
        self.seq = entry.seq.0;
        for (held, as_of) in self.entries.values_mut() {
            if entry.seq.0 > *as_of {
                held.amend(&entry);
            }
        }
        self.entries.insert(self.seq, (entry, as_of));
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
        Step::Amend(who, back, what) => clients[*who].amend((*back, *what), world),
        Step::Cut(who) => clients[*who].cut(world),
        Step::CloseLane(who) => close_lane(&mut clients[*who], world),
        Step::Leave(who) => leave(&mut clients[*who], world),
        Step::Goodbye(who) => say_goodbye(&mut clients[*who], world),
        Step::Rename(who) => clients[*who].rename(world),
        Step::Read(who) => clients[*who].read(world),
        Step::Away(who, away) => {
            if let Some(conn) = clients[*who].conn {
                world.raw(LaneRef::control(conn), RawCommand::Away { away: *away });
            }
        }
        Step::Invite(who) => invite(&clients[*who], world),
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
        // Its own name is held against it only if the log could not be told whose it is.
        assert!(
            !client.was_refused || world.has_forgotten,
            "{}",
            client.nick
        );
    }
}

fn close_lane(client: &mut Client, world: &mut World) {
    client.listen(world);
    if let Some(lane) = client.lane.take() {
        client.joined = false;
        world.input(Input::LaneClosed(lane));
    }
}

/// Invites everybody who was ever heard, members or not.
fn invite(client: &Client, world: &mut World) {
    let Some(lane) = client.lane else { return };
    let known: BTreeSet<MemberId> = client.entries.values().map(|(it, _)| it.author).collect();
    for to in known {
        let (key, name) = (RoomSecret([9; 32]), "elsewhere".into());
        world.raw(lane, RawCommand::Invite { to, key, name });
    }
}

fn leave(client: &mut Client, world: &mut World) {
    if let Some(lane) = client.lane.filter(|_| client.joined) {
        world.raw(lane, RawCommand::Leave);
        client.cut(world);
    }
}

/// The session is over; whatever it has not said is said in the next one.
fn say_goodbye(client: &mut Client, world: &mut World) {
    client.listen(world);
    if let Some(conn) = client
        .conn
        .filter(|_| client.joined && client.outbox.is_empty())
    {
        world.raw(LaneRef::control(conn), RawCommand::Bye);
        client.lost();
    }
}

/// Everybody comes back and says what is still unsaid.
fn settle(world: &mut World, clients: &mut [Client]) {
    world.disk = Disk::Quick;
    world.commit();
    if world.has_forgotten {
        world.advance(GRACE);
    }
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
        assert!(client.joined, "{} is in no more", client.nick);
        assert!(
            client.outbox.is_empty(),
            "{:?} was never answered",
            client.outbox
        );
    }
}

/// One history for all, and every acknowledged message in it exactly once.
fn compare(world: &mut World, clients: &[Client]) {
    for room in ROOMS {
        let truth = whole_log(world, room);
        for client in members_of(clients, room) {
            for (seq, (entry, _)) in &client.entries {
                assert_eq!(&truth[seq], entry, "another state at one place");
            }
        }
        let said = members_of(clients, room).flat_map(|client| &client.acknowledged);
        let said: Vec<&Content> = said.collect();
        everybody_sees_the_same_people(clients, room);
        everything_acknowledged_is_there_once(&said, &truth);
        deletions_hold(&said, &truth);
    }
}

fn members_of<'a>(clients: &'a [Client], room: &str) -> impl Iterator<Item = &'a Client> {
    clients.iter().filter(move |client| client.room == room)
}

/// Each person once, and all sessions of one know how far it has read.
fn everybody_sees_the_same_people(clients: &[Client], room: &str) {
    let here: Vec<&Client> = members_of(clients, room).collect();
    let persons: BTreeSet<usize> = here.iter().map(|it| it.index % PERSONS).collect();
    for client in &here {
        assert_eq!(client.roster, here[0].roster);
        let seen = client
            .roster
            .iter()
            .filter(|it| it.nick.starts_with("person"));
        assert_eq!(seen.count(), persons.len());
        let mut siblings = here
            .iter()
            .filter(|it| it.index % PERSONS == client.index % PERSONS);
        assert!(siblings.all(|it| it.read == client.read), "another mark");
    }
}

/// A text is there once, or it was edited or deleted; so is the text of an edit, which stands
/// with its message and with every edit of that.
fn everything_acknowledged_is_there_once(said: &[&Content], truth: &BTreeMap<u64, Entry>) {
    let texts = truth
        .values()
        .filter(|it| matches!(it.content, Content::Text { .. }));
    let texts: Vec<&str> = texts.filter_map(|it| it.content.body()).collect();
    let amended = truth.values().filter_map(|entry| entry.content.of());
    let amended: BTreeSet<Seq> = amended.collect();
    let changed = truth
        .values()
        .filter(|it| it.edited.is_some() || it.content == Content::Deleted);
    assert!(changed.clone().all(|entry| amended.contains(&entry.seq)));
    let mut hidden = changed.count();
    for content in said {
        let Content::Text { body, .. } = content else {
            continue;
        };
        match texts.iter().filter(|text| ***text == **body).count() {
            0 => hidden = hidden.checked_sub(1).expect("a text is lost"),
            times => assert_eq!(times, 1, "{body:?} is there {times} times"),
        }
    }
}

fn deletions_hold(said: &[&Content], truth: &BTreeMap<u64, Entry>) {
    for content in said {
        let target = content.of().and_then(|of| truth.get(&of.0));
        if let (Content::Delete { .. }, Some(target)) = (content, target) {
            assert_eq!(target.content, Content::Deleted);
            assert_eq!(target.reactions, []);
        }
    }
}

fn whole_log(world: &mut World, room: &str) -> BTreeMap<u64, Entry> {
    let conn = world.hello(None, 9_000);
    let reader = enter(world, conn, ("reader", room), None);
    let mut truth = BTreeMap::new();
    let mut before = u64::MAX;
    loop {
        world.raw(reader, RawCommand::older(before, 100));
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
        let outside = [
            world.join("eve", PRIVATE),
            world.join_private("eve", [8; 32], PRIVATE),
        ];
        for step in &steps {
            perform(step, &mut world, &mut clients);
        }
        for lane in outside {
            let heard = world.take(lane);
            prop_assert!(texts(&heard).is_empty(), "an outsider hears {:?}", heard);
        }
        settle(&mut world, &mut clients);
        world.advance(Duration::from_secs(1));
        clients.iter_mut().for_each(|client| client.listen(&mut world));
        compare(&mut world, &clients);
        world.close_all();
        world.advance(2 * GRACE);
        prop_assert_eq!(world.counts(), Counts::default());
    }
}
