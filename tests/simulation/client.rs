//! An honest client: who it is, how it is connected, and what its user does, by the rules of
//! `docs/protocol.md`.
//!
//! Modelled after the web client, faithful to the letter of the protocol and careless in everything
//! that the protocol leaves open.

use std::collections::BTreeMap;

use chinwag::ids::LaneId;
use chinwag::wire::event::{Bye, ByeCode, Content, Event, Retry, Welcome};
use chinwag::wire::raw::{Hello, RawCommand};

use crate::judge::Judge;
use crate::net::{Carrier, Down, LinkId, MS, Micros, Net, SECOND, Up};
use crate::stay::{State, Stay};

/// No welcome for so long: the attempt is given up.
const PATIENCE: Micros = 3 * SECOND;
/// Nothing heard for so long: ping; nothing after the ping for as long again: lost.
const HEARTBEAT: Micros = 5 * SECOND;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Not connected; comes back at that time.
    Away(Micros),
    Connecting(LinkId, Micros),
    Live(LinkId),
    /// Told not to come back; its user comes at that time, as somebody new.
    Stopped(Micros),
}

/// The pair of tokens, drawn by the client.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) token: Option<[u8; 32]>,
    pub(crate) next: [u8; 32],
    /// Said, and not welcomed yet.
    said: bool,
}

pub(crate) struct Client {
    index: usize,
    phase: Phase,
    /// A second connection that is to become the one.
    moving: Option<(LinkId, Micros)>,
    pub(crate) identity: Identity,
    /// Tokens that it had before, for thieves.
    pub(crate) used: Vec<[u8; 32]>,
    /// Nobody else has its tokens.
    pub(crate) clean: bool,
    pub(crate) stays: Vec<Stay>,
    carrier: Carrier,
    last_lane: BTreeMap<LinkId, u32>,
    /// What came on rooms' lanes before the welcome: it tells whose session this is.
    early: Vec<((LinkId, u32), Event)>,
    last_heard: Micros,
    pinged: Option<Micros>,
    backoff: Micros,
    said: u64,
    left_to_say: u64,
    saying_goodbye: bool,
    /// Whether its user is away.
    pub(crate) away: bool,
}

impl Client {
    pub(crate) fn new(index: usize, stays: Vec<Stay>, net: &mut Net) -> Self {
        let identity = Identity {
            token: None,
            next: net.random.token(),
            said: false,
        };
        let start = net.random.below(SECOND);
        Self {
            index,
            phase: Phase::Away(start),
            moving: None,
            identity,
            used: Vec::new(),
            clean: true,
            stays,
            carrier: carrier(net),
            last_lane: BTreeMap::new(),
            early: Vec::new(),
            last_heard: 0,
            pinged: None,
            backoff: 500 * MS,
            said: 0,
            left_to_say: net.random.pick(&[10, 20, 40, 100]),
            saying_goodbye: false,
            away: false,
        }
    }

    pub(crate) fn is_settled(&self) -> bool {
        matches!(self.phase, Phase::Live(_))
            && self.moving.is_none()
            && !self.saying_goodbye
            && self.stays.iter().all(Stay::is_settled)
    }

    pub(crate) fn describe(&self) -> String {
        let stays: Vec<String> = self.stays.iter().map(Stay::describe).collect();
        format!("client {}: {:?}, {stays:#?}", self.index, self.phase)
    }

    fn note(&self, net: &mut Net, what: std::fmt::Arguments<'_>) {
        let index = self.index;
        net.trace
            .note(net.now, format_args!("CLIENT {index} {what}"));
    }

    pub(crate) fn link(&self) -> Option<LinkId> {
        match self.phase {
            Phase::Connecting(link, _) | Phase::Live(link) => Some(link),
            Phase::Away(_) | Phase::Stopped(_) => None,
        }
    }

    // --- coming and going ---

    fn connect(&mut self, net: &mut Net) {
        let link = self.hello(self.carrier, net);
        self.phase = Phase::Connecting(link, net.now + PATIENCE);
        self.pinged = None;
        if net.random.chance(50) {
            self.join_all(link, net); // Without waiting for the welcome.
        }
    }

    fn hello(&mut self, over: Carrier, net: &mut Net) -> LinkId {
        let link = net.open(self.index, over);
        self.note(net, format_args!("says hello on {link:?} over {over:?}"));
        self.identity.said = true;
        let hello = Hello {
            version: chinwag::wire::VERSION,
            token: self.identity.token,
            next: self.identity.next,
            client: "simulated".into(),
        };
        net.send_up(link, 0, Up::Command(0, RawCommand::Hello(hello)));
        link
    }

    fn join_all(&mut self, link: LinkId, net: &mut Net) {
        for index in 0..self.stays.len() {
            let stay = &self.stays[index];
            let joins = stay.wanted && stay.state == State::Out && net.now >= stay.wait_until;
            if joins {
                self.join(index, link, net);
            }
        }
    }

    fn join(&mut self, index: usize, link: LinkId, net: &mut Net) {
        let last = self.last_lane.entry(link).or_default();
        *last += 1;
        self.stays[index].join((link, *last), net);
    }

    fn lose_lanes(&mut self) {
        self.early.clear();
        self.stays.iter_mut().for_each(Stay::lose_lane);
    }

    /// Back after a while, or at once over the other carrier.
    fn lost(&mut self, net: &mut Net) {
        self.lose_lanes();
        self.pinged = None;
        let wait = net.random.between(self.backoff / 2, self.backoff);
        self.backoff = (self.backoff * 2).min(10 * SECOND);
        self.phase = Phase::Away(net.now + wait);
        if net.random.chance(30) {
            self.carrier = carrier(net);
        }
        if let Some((link, until)) = self.moving.take() {
            self.phase = Phase::Connecting(link, until);
        }
        if std::mem::take(&mut self.saying_goodbye) {
            self.become_somebody_new(net);
        }
    }

    /// Gives up what it is connected by, and comes back.
    fn abandon(&mut self, net: &mut Net) {
        if let Some(link) = self.link() {
            self.note(net, format_args!("gives up {link:?}"));
            net.abandon(link);
        }
        self.lost(net);
    }

    fn drop_all(&mut self, net: &mut Net) {
        let both = [self.link(), self.moving.take().map(|(link, _)| link)];
        for link in both.into_iter().flatten() {
            net.abandon(link);
        }
        self.lose_lanes();
        self.pinged = None;
    }

    fn become_somebody_new(&mut self, net: &mut Net) {
        self.identity = Identity {
            token: None,
            next: net.random.token(),
            said: false,
        };
        for stay in &mut self.stays {
            stay.new_session = true;
        }
    }

    /// Leaves for good, with a word or without.
    pub(crate) fn end(&mut self, net: &mut Net) {
        if let Phase::Live(link) = self.phase
            && net.random.chance(50)
        {
            net.send_up(link, 0, Up::Command(0, RawCommand::Bye));
        }
        self.drop_all(net);
        self.phase = Phase::Stopped(Micros::MAX);
    }

    // --- what comes ---

    pub(crate) fn link_lost(&mut self, link: LinkId, net: &mut Net) {
        if let Some(it) = net.links.get_mut(&link) {
            it.left_by_client = true;
        }
        if self.moving.is_some_and(|(moving, _)| moving == link) {
            self.moving = None;
        } else if self.link() == Some(link) {
            self.note(net, format_args!("has lost {link:?}"));
            self.lost(net);
        }
    }

    pub(crate) fn hear(&mut self, link: LinkId, item: Down, (net, judge): (&mut Net, &mut Judge)) {
        self.last_heard = net.now;
        self.pinged = None;
        match item {
            Down::Frame(lane, frame) => {
                let event = chinwag::wire::decode_event(&frame[4..]);
                let event = event.expect("what the server says decodes");
                let note = format_args!("hears on {link:?} {lane}: {event:?}");
                self.note(net, note);
                if lane == LaneId::CONTROL.0 {
                    self.hear_control(link, event, (net, judge));
                } else {
                    self.hear_lane((link, lane), event, (net, judge));
                }
            }
            Down::Finish(lane) => self.lane_finished((link, lane)),
            Down::Close => {
                net.abandon(link);
                self.link_lost(link, net);
            }
        }
    }

    fn lane_finished(&mut self, lane: (LinkId, u32)) {
        if self.early.iter().any(|(early, _)| *early == lane) {
            return; // Why will be known with the welcome.
        }
        let stay = self.stays.iter_mut().find(|stay| stay.lane == Some(lane));
        if let Some(stay) = stay {
            stay.lose_lane();
        }
    }

    fn hear_lane(&mut self, lane: (LinkId, u32), event: Event, at: (&mut Net, &mut Judge)) {
        if matches!(self.phase, Phase::Connecting(link, _) if link == lane.0) {
            return self.early.push((lane, event));
        }
        let stay = self.stays.iter_mut().find(|stay| stay.has(lane));
        if let Some(stay) = stay {
            stay.strict &= self.clean;
            stay.hear(lane, event, at);
        }
    }

    fn hear_control(&mut self, link: LinkId, event: Event, at: (&mut Net, &mut Judge)) {
        match event {
            Event::Welcome(welcome) => self.welcomed(link, &welcome, at),
            Event::Bye(bye) => self.told_goodbye(link, &bye, at),
            _ => {}
        }
    }

    fn welcomed(&mut self, link: LinkId, welcome: &Welcome, at: (&mut Net, &mut Judge)) {
        let (net, judge) = at;
        let moved = self.moving.is_some_and(|(moving, _)| moving == link);
        let expected = moved || matches!(self.phase, Phase::Connecting(it, _) if it == link);
        if !expected {
            return;
        }
        if moved {
            self.moving = None;
            if let Some(before) = self.link() {
                net.abandon(before);
                self.lose_lanes();
            }
        }
        self.used.extend(self.identity.token);
        self.identity = Identity {
            token: Some(self.identity.next),
            next: net.random.token(),
            said: false,
        };
        for stay in &mut self.stays {
            stay.new_session |= !welcome.resumed;
        }
        self.phase = Phase::Live(link);
        self.backoff = 500 * MS;
        for (lane, event) in std::mem::take(&mut self.early) {
            self.hear_lane(lane, event, (&mut *net, &mut *judge));
        }
        self.join_all(link, net);
        self.say_whether_away(net);
    }

    /// The session may be another one, or may have been told otherwise by the page before.
    fn say_whether_away(&self, net: &mut Net) {
        if let Phase::Live(link) = self.phase {
            let away = self.away;
            net.send_up(link, 0, Up::Command(0, RawCommand::Away { away }));
        }
    }

    fn told_goodbye(&mut self, link: LinkId, bye: &Bye, (net, judge): (&mut Net, &mut Judge)) {
        if self.link() != Some(link) {
            return; // Of a connection that is given up, or not the one yet.
        }
        // Its own late hello may have replaced it: it does not take that for somebody else.
        let own = bye.code == ByeCode::Replaced && self.identity.said;
        match bye.retry {
            Retry::After(ms) => {
                self.abandon(net);
                let ms = u64::from(ms);
                let wait = net.random.between(ms / 2, ms) * MS;
                if matches!(self.phase, Phase::Away(_)) {
                    self.phase = Phase::Away(net.now + wait);
                }
            }
            Retry::Stop if own => self.abandon(net),
            Retry::Stop => self.stopped(bye, (net, judge)),
        }
    }

    fn stopped(&mut self, bye: &Bye, (net, judge): (&mut Net, &mut Judge)) {
        let asked_for = bye.code == ByeCode::Goodbye && self.saying_goodbye;
        if self.clean && !asked_for {
            let what = format!("{bye:?} for client {}", self.index);
            judge.fail("nobody_honest_is_sent_away", what);
        }
        self.saying_goodbye = false;
        self.drop_all(net);
        self.become_somebody_new(net);
        self.phase = Phase::Stopped(net.now + net.random.between(SECOND, 4 * SECOND));
    }

    // --- time ---

    pub(crate) fn tick(&mut self, net: &mut Net) {
        match self.phase {
            Phase::Away(until) | Phase::Stopped(until) if net.now >= until => self.connect(net),
            Phase::Connecting(_, until) if net.now >= until => self.abandon(net),
            Phase::Live(link) => self.look_after(link, net),
            Phase::Away(_) | Phase::Stopped(_) | Phase::Connecting(..) => {}
        }
        if let Some((link, until)) = self.moving
            && net.now >= until
        {
            net.abandon(link);
            self.moving = None;
        }
    }

    fn look_after(&mut self, link: LinkId, net: &mut Net) {
        if self.pinged.is_some_and(|at| at + HEARTBEAT <= net.now) {
            return self.abandon(net);
        }
        if self.pinged.is_none() && self.last_heard + HEARTBEAT <= net.now {
            self.pinged = Some(net.now);
            let nonce = net.now;
            net.send_up(link, 0, Up::Command(0, RawCommand::Ping { nonce }));
        }
        if !self.saying_goodbye {
            self.join_all(link, net);
            self.stays.iter_mut().for_each(|stay| stay.tick(net));
        }
    }

    // --- its user ---

    pub(crate) fn act(&mut self, net: &mut Net) {
        if self.saying_goodbye {
            return; // Whatever is said after it may overtake it.
        }
        let index = net.random.index(self.stays.len());
        match net.random.below(100) {
            0..=34 => self.say(index, 1, net),
            35..=43 => self.amend(index, net),
            44 => self.stays[index].look(net),
            45..=46 => {
                let count = net.random.between(5, 90);
                self.say(index, count, net);
            }
            47..=55 => self.stays[index].repeat(net),
            56..=57 => {
                self.away = !self.away;
                self.say_whether_away(net);
            }
            58..=59 => self.stays[index].command(RawCommand::Typing, net),
            60..=61 => self.stays[index].invite(net),
            62..=66 => self.ask(index, net),
            67..=69 => self.leave(index, net),
            70..=75 => self.come(index),
            76..=78 => self.rejoin(index, net),
            79..=80 => self.rename(index, net),
            81..=83 => self.finish_lane(index, net),
            84..=86 => self.abandon(net),
            87..=89 => self.reload(net),
            90..=91 => self.crash(net),
            92..=95 => self.move_over(net),
            96 => self.say_goodbye(net),
            97..=98 => self.sleep(net),
            _ => self.stall(net),
        }
    }

    fn say(&mut self, index: usize, count: u64, net: &mut Net) {
        for _ in 0..count.min(self.left_to_say) {
            self.left_to_say -= 1;
            self.said += 1;
            let name = format!("client {} says {}", self.index, self.said);
            let doomed = net.random.chance(6);
            let content = self.content(name, doomed, net);
            self.stays[index].say(content, doomed);
        }
        self.stays[index].flush(net);
    }

    fn amend(&mut self, index: usize, net: &mut Net) {
        if self.left_to_say > 0 {
            self.left_to_say -= 1;
            self.said += 1;
            let text = format!("client {} edits {}", self.index, self.said);
            self.stays[index].amend(text, net);
            self.stays[index].flush(net);
        }
    }

    fn content(&self, name: String, doomed: bool, net: &mut Net) -> Content {
        let body = match (doomed, net.random.below(40)) {
            (true, 0..=19) => " \n\t".into(),
            (true, 20..=24) => "x".repeat(4_001),
            (true, _) => format!("{name}\0"),
            (false, 0) => {
                return Content::Location {
                    latitude: self.index as f64,
                    longitude: self.said as f64 / 1_000.0,
                };
            }
            (false, 1) => format!("{name} {}", "long ".repeat(700)),
            (false, _) => name,
        };
        Content::text(body)
    }

    fn ask(&mut self, index: usize, net: &mut Net) {
        let limit = net.random.pick(&[0, 1, 2, 50, 100, 101, u16::MAX]);
        self.stays[index].ask(limit, net);
    }

    fn leave(&mut self, index: usize, net: &mut Net) {
        if self.stays[index].outbox.is_empty() {
            self.stays[index].leave(net);
        }
    }

    fn come(&mut self, index: usize) {
        let stay = &mut self.stays[index];
        stay.wanted |= stay.state == State::Out;
    }

    /// Another join while in the room, on another lane.
    fn rejoin(&mut self, index: usize, net: &mut Net) {
        let idle = self.stays[index].state == State::In && !self.saying_goodbye;
        if let (Phase::Live(link), true) = (self.phase, idle) {
            self.join(index, link, net);
        }
    }

    fn rename(&mut self, index: usize, net: &mut Net) {
        let idle = self.stays[index].state == State::In && !self.saying_goodbye;
        if let (Phase::Live(link), true) = (self.phase, idle) {
            let nick = match net.random.chance(40) {
                true => format!("client {}", net.random.below(4)),
                false => format!("client {} called {}", self.index, net.random.below(9)),
            };
            self.stays[index].rename(nick);
            self.join(index, link, net);
        }
    }

    fn finish_lane(&mut self, index: usize, net: &mut Net) {
        let stay = &mut self.stays[index];
        let Some((link, lane)) = stay.lane.filter(|_| stay.state == State::In) else {
            return;
        };
        if net.links.get(&link).map(|link| link.carrier) == Some(Carrier::WebTransport) {
            net.send_up(link, lane, Up::Finish(lane));
            stay.lose_lane();
            stay.wait_until = net.now + net.random.below(2 * SECOND);
        }
    }

    /// What is kept in the tab is kept.
    fn reload(&mut self, net: &mut Net) {
        self.note(net, format_args!("reloads"));
        self.drop_all(net);
        self.saying_goodbye = false;
        let wait = net.random.between(50 * MS, SECOND);
        self.phase = Phase::Away(net.now + wait);
    }

    /// Only the tokens and the outbox are kept.
    fn crash(&mut self, net: &mut Net) {
        self.reload(net);
        self.stays.iter_mut().for_each(Stay::forget_view);
    }

    fn move_over(&mut self, net: &mut Net) {
        if let (Phase::Live(_), None) = (self.phase, self.moving) {
            self.carrier = match self.carrier {
                Carrier::WebTransport => Carrier::WebSocket,
                Carrier::WebSocket => Carrier::WebTransport,
            };
            let link = self.hello(self.carrier, net);
            self.moving = Some((link, net.now + PATIENCE));
        }
    }

    fn say_goodbye(&mut self, net: &mut Net) {
        let done = self.stays.iter().all(|stay| stay.outbox.is_empty());
        if let (Phase::Live(link), true, None) = (self.phase, done, self.moving) {
            self.note(net, format_args!("says goodbye"));
            self.saying_goodbye = true;
            net.send_up(link, 0, Up::Command(0, RawCommand::Bye));
        }
    }

    /// Gone for longer than the grace.
    fn sleep(&mut self, net: &mut Net) {
        self.reload(net);
        let wait = net.random.between(5 * SECOND, 25 * SECOND);
        self.phase = Phase::Away(net.now + wait);
    }

    fn stall(&mut self, net: &mut Net) {
        if let Some(link) = self.link() {
            net.stall(link);
        }
    }
}

fn carrier(net: &mut Net) -> Carrier {
    net.random
        .pick(&[Carrier::WebTransport, Carrier::WebSocket])
}
