//! One seed, from the first hello to the last goodbye: trouble, then calm, then nobody.

use std::collections::BTreeSet;

use chinwag::chat::{Rate, Settings, WordFilter};
use chinwag::ids::{Epoch, MemberId, MemberSecret, Pepper};

use crate::client::Client;
use crate::judge::{Judge, Violation};
use crate::net::{Happening, LinkId, MS, Micros, Net, SECOND};
use crate::rogue::Rogue;
use crate::rooms::{ROOMS, key};
use crate::server::{Around, Server};
use crate::stay::Stay;
use crate::trace::{Level, Trace};
use crate::view::View;

const TICK: Micros = 250 * MS;
/// After the trouble everything must be settled within this time.
const CALM: Micros = 120 * SECOND;
/// Grace, idle timeouts and what may still be on its way.
const AFTER: Micros = 60 * SECOND;
/// More happenings than any run needs: it runs in circles.
const MOST: u64 = 2_000_000;

/// What became of a run.
pub(crate) struct Outcome {
    pub(crate) violation: Option<Violation>,
    pub(crate) hash: u64,
    pub(crate) acknowledged: u64,
    pub(crate) shown: u64,
    pub(crate) happenings: u64,
    pub(crate) forgetful: bool,
    pub(crate) lines: Vec<String>,
}

/// How much of what goes wrong in this run.
struct Weather {
    /// Mean time between two faults.
    faults_every: Micros,
    acts_every: Micros,
    trouble: Micros,
    crashes: bool,
    disk: bool,
    rewinds: bool,
}

struct World {
    net: Net,
    judge: Judge,
    server: Server,
    clients: Vec<Client>,
    rogues: Vec<Rogue>,
    rooms: usize,
    weather: Weather,
    happenings: u64,
}

fn settings(epoch: Epoch, kind: u64) -> Settings {
    let (per_second, burst) = match kind % 3 {
        0 => (5, 20),
        _ => (200, 400),
    };
    Settings {
        epoch,
        pepper: Pepper([9; 32]),
        server: "chinwag/simulated".into(),
        rate: Rate { per_second, burst },
        max_sessions: if kind.is_multiple_of(5) { 9 } else { 100 },
        filter: WordFilter::off(),
    }
}

/// Runs one seed.
pub(crate) fn run(seed: u64, level: Level) -> Outcome {
    let mut world = World::new(seed, Trace::new(level));
    world.run();
    Outcome {
        violation: world.judge.violation.take(),
        hash: world.net.trace.hash(),
        acknowledged: world.judge.acknowledged,
        shown: world.judge.shown,
        happenings: world.happenings,
        forgetful: world.judge.forgetful,
        lines: world.net.trace.lines().map(str::to_owned).collect(),
    }
}

impl World {
    fn new(seed: u64, trace: Trace) -> Self {
        let mut net = Net::new(seed, trace);
        let rooms = net.random.index(ROOMS.len()) + 1;
        let count = net.random.between(2, 5);
        let clients = clients(usize::try_from(count).expect("few"), rooms, &mut net);
        let rogues = net.random.index(3);
        let rogues = (0..rogues).map(|index| Rogue::new(100 + index)).collect();
        let weather = Weather::of(&mut net);
        let kind = net.random.next();
        Self {
            judge: Judge::default(),
            server: Server::new(settings, kind),
            clients,
            rogues,
            rooms,
            weather,
            net,
            happenings: 0,
        }
    }

    fn run(&mut self) {
        self.judge.epoch = 1;
        self.net.after(0, Happening::Start);
        for index in 0..self.clients.len() {
            self.net.after(0, Happening::Tick(index));
        }
        for index in 0..self.clients.len() {
            self.act_again(index);
        }
        for index in 0..self.rogues.len() {
            self.act_again(100 + index);
        }
        self.fault_again();
        self.run_until(self.weather.trouble, |_| false);
        self.calm_down();
        let end = self.net.now + CALM;
        self.run_until(end, |world| world.is_settled());
        self.everything_is_settled();
        self.say_goodbye();
        self.judge.everything_is_given_back(self.server.counts());
    }

    /// Runs to a time, or until it is `done`, or something is wrong.
    fn run_until(&mut self, end: Micros, done: fn(&Self) -> bool) {
        while self.judge.violation.is_none() && self.net.next_at().is_some_and(|at| at <= end) {
            let Some(what) = self.net.next() else { return };
            self.happenings += 1;
            if self.happenings > MOST {
                self.judge
                    .fail("a_run_ends", format!("{what:?} at {}", self.net.now));
            }
            self.happens(what);
            if matches!(what, Happening::Tick(_)) && done(self) {
                return;
            }
        }
    }

    fn happens(&mut self, what: Happening) {
        let mut around = Around {
            net: &mut self.net,
            judge: &mut self.judge,
        };
        match what {
            Happening::Up(link, order) => {
                if let Some(item) = around.net.take_up(link, order) {
                    if self.server.process.is_none() {
                        return around.net.refused(link);
                    }
                    self.server.receive(link, item, &mut around);
                }
            }
            Happening::Down(link, order) => self.down(link, order),
            Happening::LostByServer(link) => self.server.lost(link, &mut around),
            Happening::LostByClient(link) => self.lost_by_client(link),
            Happening::Writable(_) => self.server.write(&mut self.net),
            Happening::Tick(index) => {
                self.clients[index].tick(&mut self.net);
                self.net.after(TICK, Happening::Tick(index));
                self.net.sweep();
            }
            Happening::Act(index) => self.act(index),
            Happening::Fault => self.fault(),
            Happening::Hub(_)
            | Happening::Deadline(_)
            | Happening::LogWorks(_)
            | Happening::LogReplies(_)
            | Happening::Drained(_)
            | Happening::Start => self.server.happens(what, &mut around),
        }
    }

    fn down(&mut self, link: LinkId, order: u32) {
        let Some(index) = self.net.links.get(&link).map(|it| it.client) else {
            return;
        };
        let Some(item) = self.net.take_down(link, order) else {
            return;
        };
        if let Some(client) = self.clients.get_mut(index) {
            client.hear(link, item, (&mut self.net, &mut self.judge));
        } else if matches!(item, crate::net::Down::Close) {
            self.rogues[index - 100].link_lost(link, &mut self.net);
        }
    }

    fn lost_by_client(&mut self, link: LinkId) {
        let Some(it) = self.net.links.get(&link) else {
            return;
        };
        if it.left_by_client {
            return;
        }
        let index = it.client;
        match self.clients.get_mut(index) {
            Some(client) => client.link_lost(link, &mut self.net),
            None => self.rogues[index - 100].link_lost(link, &mut self.net),
        }
    }

    // --- trouble ---

    fn act_again(&mut self, index: usize) {
        let wait = self.net.random.below(2 * self.weather.acts_every);
        self.net.after(wait, Happening::Act(index));
    }

    fn act(&mut self, index: usize) {
        if self.net.calm {
            return;
        }
        match self.clients.get_mut(index) {
            Some(client) => client.act(&mut self.net),
            None => self.rogue_acts(index - 100),
        }
        self.act_again(index);
    }

    fn rogue_acts(&mut self, index: usize) {
        if self.rogues[index].is_connected() {
            return self.rogues[index].act(&ROOMS[..self.rooms], &mut self.net);
        }
        let token = match self.net.random.below(4) {
            0 => self.steal(),
            _ => None,
        };
        self.rogues[index].connect(token, &mut self.net);
    }

    /// Somebody's token, from its tab or from an old copy of it.
    fn steal(&mut self) -> Option<[u8; 32]> {
        let victim = self.net.random.index(self.clients.len());
        let victim = &mut self.clients[victim];
        let old = self.net.random.chance(50);
        let token = match victim.used.last().filter(|_| old) {
            Some(used) => *used,
            None => victim.identity.token?,
        };
        victim.clean = false;
        Some(token)
    }

    fn fault_again(&mut self) {
        let wait = self.net.random.below(2 * self.weather.faults_every);
        self.net.after(wait, Happening::Fault);
    }

    fn fault(&mut self) {
        if self.net.calm {
            return;
        }
        let which = self.net.random.below(100);
        match which {
            0..=69 => self.link_fault(which),
            70..=79 if self.weather.disk => self.disk_fault(),
            80..=89 if self.weather.crashes => self.kill(),
            90..=94 if self.weather.crashes => self.drain(),
            95 if self.weather.rewinds => self.rewind(),
            _ => {}
        }
        self.fault_again();
    }

    fn link_fault(&mut self, which: u64) {
        let open = self.net.open_links();
        if open.is_empty() {
            return;
        }
        let link = open[self.net.random.index(open.len())];
        let what = match which {
            0..=24 => "cut",
            25..=44 => "silenced",
            45..=64 => "held",
            _ => "stalled",
        };
        let note = format_args!("FAULT {link:?} is {what}");
        self.net.trace.note(self.net.now, note);
        match what {
            "cut" => self.net.cut(link),
            "silenced" => self.net.silence(link),
            "held" => self.net.hold(link),
            _ => self.net.stall(link),
        }
    }

    fn disk_fault(&mut self) {
        let until = self.net.now + self.net.random.between(100 * MS, 10 * SECOND);
        let which = self.net.random.below(5);
        let note = format_args!("FAULT disk: {which} until {until}");
        self.net.trace.note(self.net.now, note);
        match which {
            0 | 1 => self.server.disk.fill(until),
            2 | 3 => self.server.disk.slow(until),
            _ => self.server.disk.garble(until),
        }
    }

    fn kill(&mut self) {
        let (net, judge) = (&mut self.net, &mut self.judge);
        self.server.kill(&mut Around { net, judge });
    }

    fn drain(&mut self) {
        let (net, judge) = (&mut self.net, &mut self.judge);
        self.server.drain(&mut Around { net, judge });
    }

    fn rewind(&mut self) {
        self.kill();
        self.weather.rewinds = false;
        self.server.disk.rewind(&mut self.net, &mut self.judge);
        for client in &mut self.clients {
            client.stays.iter_mut().for_each(|stay| stay.strict = false);
        }
    }

    // --- calm ---

    fn calm_down(&mut self) {
        let note = format_args!("CALM");
        self.net.trace.note(self.net.now, note);
        self.net.calm = true;
        self.server.disk.heal();
        for rogue in &mut self.rogues {
            rogue.end(&mut self.net);
        }
    }

    fn is_settled(&self) -> bool {
        self.server.idle() && self.unsettled().is_none()
    }

    /// What is not as it must be in the end, if anything: an invariant, and what breaks it.
    fn unsettled(&self) -> Option<(&'static str, String)> {
        self.who_is_not_settled()
            .or_else(|| self.who_is_a_ghost())
            .or_else(|| ROOMS.iter().find_map(|room| self.who_sees_others(room)))
            .or_else(|| {
                ROOMS
                    .iter()
                    .find_map(|room| self.who_takes_others_for_away(room))
            })
            .or_else(|| ROOMS.iter().find_map(|room| self.who_is_behind(room)))
    }

    fn who_is_not_settled(&self) -> Option<(&'static str, String)> {
        let waits = self.clients.iter().find(|client| !client.is_settled())?;
        Some(("everybody_honest_is_settled", waits.describe()))
    }

    fn who_is_a_ghost(&self) -> Option<(&'static str, String)> {
        let (present, members) = (self.judge.present(), self.members().len());
        let what = || format!("{present} members are there, {members} should be");
        (present != members).then(|| ("there_are_no_ghosts_in_the_end", what()))
    }

    fn stays<'a>(&'a self, room: &str) -> Vec<&'a Stay> {
        let stays = self.clients.iter().flat_map(|client| &client.stays);
        stays.filter(|it| it.wanted && it.room == room).collect()
    }

    fn who_sees_others(&self, room: &str) -> Option<(&'static str, String)> {
        let there = self.stays(room);
        let ids = there.iter().filter_map(|stay| stay.you).collect();
        let present = self.judge.present_among(&ids);
        let stay = there.iter().find(|stay| stay.roster() != present)?;
        let what = format!("{:?}, not {present:?}: {room}", stay.roster());
        Some(("all_see_the_same_members", what))
    }

    fn who_takes_others_for_away(&self, room: &str) -> Option<(&'static str, String)> {
        let there = self.stays(room);
        let those = |away| {
            let clients = self
                .clients
                .iter()
                .filter(move |client| client.away == away);
            let stays = clients.flat_map(|client| &client.stays);
            let stays = stays.filter(|stay| stay.wanted && stay.room == room);
            stays
                .filter_map(|stay| stay.you)
                .collect::<BTreeSet<MemberId>>()
        };
        // Whoever is here with a session that is not away is not.
        let away = &those(true) - &those(false);
        let stay = there.iter().find(|stay| *stay.away() != away)?;
        let what = format!("{:?}, not {away:?}: {room}", stay.away());
        Some(("all_see_who_is_away", what))
    }

    fn who_is_behind(&self, room: &str) -> Option<(&'static str, String)> {
        let place = (self.judge.epoch, key(room));
        let next = self.judge.head(&place) + 1;
        let holds_all = |stay: &&&Stay| stay.view.as_ref().map(View::next) == Some(next);
        let there = self.stays(room);
        let behind = there.iter().find(|stay| !holds_all(stay))?;
        let what = format!("{next} is to come next: {}", behind.describe());
        Some(("all_hold_the_newest", what))
    }

    /// Those who say that they are in a room.
    fn members(&self) -> BTreeSet<MemberId> {
        let stays = self.clients.iter().flat_map(|client| &client.stays);
        let joined = stays.filter(|stay| stay.wanted);
        joined.filter_map(|stay| stay.you).collect()
    }

    fn everything_is_settled(&mut self) {
        if self.judge.violation.is_some() {
            return;
        }
        if let Some((invariant, what)) = self.unsettled() {
            self.judge.fail(invariant, what);
        } else if !self.server.idle() {
            let what = format!("{:?}", self.server.counts());
            self.judge.fail("the_server_comes_to_rest", what);
        }
    }

    fn say_goodbye(&mut self) {
        if self.judge.violation.is_some() {
            return;
        }
        for client in &mut self.clients {
            client.end(&mut self.net);
        }
        let end = self.net.now + AFTER;
        self.run_until(end, |_| false);
    }
}

/// Some are one person with the one before them: another tab or another device.
fn clients(count: usize, rooms: usize, net: &mut Net) -> Vec<Client> {
    let mut clients: Vec<Client> = Vec::new();
    let mut person = 0;
    for index in 0..count {
        let is_shared = index > 0 && net.random.chance(30);
        if !is_shared {
            person = index;
        }
        let mut next = client((index, person), rooms, net);
        if is_shared {
            let before = clients.last_mut().into_iter();
            let both = before.chain([&mut next]);
            both.flat_map(|it| &mut it.stays)
                .for_each(|it| it.is_shared = true);
        }
        clients.push(next);
    }
    clients
}

fn client((index, person): (usize, usize), rooms: usize, net: &mut Net) -> Client {
    let mut stays = Vec::new();
    for room in &ROOMS[..rooms] {
        if stays.is_empty() || net.random.chance(60) {
            let nick = match net.random.chance(20) {
                true => "Somebody".to_owned(),
                false => format!("client {person}"),
            };
            let member = MemberSecret([u8::try_from(person).expect("few clients"); 32]);
            stays.push(Stay::new(room, nick, member));
        }
    }
    Client::new(index, stays, net)
}

impl Weather {
    fn of(net: &mut Net) -> Self {
        Self {
            faults_every: net.random.between(200 * MS, 4 * SECOND),
            acts_every: net.random.between(150 * MS, 900 * MS),
            trouble: net.random.between(5 * SECOND, 25 * SECOND),
            crashes: net.random.chance(60),
            disk: net.random.chance(50),
            rewinds: net.random.chance(10),
        }
    }
}
