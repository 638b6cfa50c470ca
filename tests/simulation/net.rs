//! The network and the order of things: links between clients and the server, and what happens when.
//!
//! Modelled, not real. A link has a pipe for each direction. Over WebTransport each lane is in order
//! for itself and lanes overtake one another; over WebSocket all share one order. A pipe may hold what
//! is in it for long, lose what is in it, or die without a word.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use bytes::Bytes;
use chinwag::wire::raw::RawCommand;

use crate::random::Random;
use crate::trace::Trace;

/// Virtual time in microseconds since the start of the run.
pub(crate) type Micros = u64;

pub(crate) const MS: Micros = 1_000;
pub(crate) const SECOND: Micros = 1_000_000;

/// After so much silence the server gives a connection up (`transport/limits.rs`, `IDLE`).
pub(crate) const IDLE: Micros = 10 * SECOND;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LinkId(pub(crate) u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    WebTransport,
    WebSocket,
}

/// What a client puts on the wire.
#[derive(Debug)]
pub(crate) enum Up {
    Command(u32, RawCommand),
    /// Over WebTransport: the client has finished its half of a lane.
    Finish(u32),
    Close,
}

/// What the server puts on the wire; lanes are numbered as the client numbers them.
#[derive(Debug)]
pub(crate) enum Down {
    Frame(u32, Bytes),
    Finish(u32),
    Close,
}

/// What happens, to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Happening {
    Up(LinkId, u32),
    Down(LinkId, u32),
    /// The server notices that a link is dead.
    LostByServer(LinkId),
    LostByClient(LinkId),
    /// A reader that stalled reads on.
    Writable(LinkId),
    Hub(u64),
    Deadline(u64),
    LogWorks(u64),
    LogReplies(u64),
    /// Everybody was told and has had time to go.
    Drained(u64),
    Start,
    Tick(usize),
    Act(usize),
    Fault,
}

/// One direction of a link.
#[derive(Debug)]
struct Pipe<T> {
    orders: BTreeMap<u32, VecDeque<(Micros, T)>>,
    last: BTreeMap<u32, Micros>,
    held_until: Micros,
    dead: bool,
}

impl<T> Pipe<T> {
    fn new() -> Self {
        Self {
            orders: BTreeMap::new(),
            last: BTreeMap::new(),
            held_until: 0,
            dead: false,
        }
    }

    fn push(&mut self, order: u32, at: Micros, item: T) -> Option<Micros> {
        if self.dead {
            return None;
        }
        let last = self.last.entry(order).or_default();
        let at = at.max(*last + 1);
        *last = at;
        self.orders.entry(order).or_default().push_back((at, item));
        Some(at)
    }

    fn pop(&mut self, order: u32) -> Option<T> {
        Some(self.orders.get_mut(&order)?.pop_front()?.1)
    }

    /// What is in flight is lost, but for a random part that was ahead of the cut.
    fn lose(&mut self, random: &mut Random) {
        for queue in self.orders.values_mut() {
            let kept = random.index(queue.len() + 1);
            queue.truncate(kept);
        }
    }
}

/// One connection, or the attempt at one.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) carrier: Carrier,
    pub(crate) client: usize,
    /// The client does not listen any more.
    pub(crate) left_by_client: bool,
    /// The server does not listen any more.
    pub(crate) left_by_server: bool,
    pub(crate) stalled_until: Micros,
    latency: Micros,
    up: Pipe<Up>,
    down: Pipe<Down>,
}

/// On WebTransport the end of a connection overtakes what is in flight.
const CLOSE_ORDER: u32 = u32::MAX;

impl Link {
    fn order(&self, lane: u32) -> u32 {
        match self.carrier {
            Carrier::WebTransport => lane,
            Carrier::WebSocket => 0,
        }
    }
}

/// Links, what is due when, chance, and the trace.
pub(crate) struct Net {
    pub(crate) now: Micros,
    pub(crate) random: Random,
    pub(crate) trace: Trace,
    pub(crate) links: BTreeMap<LinkId, Link>,
    /// Nothing new goes wrong.
    pub(crate) calm: bool,
    due: BinaryHeap<Reverse<(Micros, u64, Happening)>>,
    last: u64,
}

impl Net {
    pub(crate) fn new(seed: u64, trace: Trace) -> Self {
        Self {
            now: 0,
            random: Random::new(seed),
            trace,
            links: BTreeMap::new(),
            calm: false,
            due: BinaryHeap::new(),
            last: 0,
        }
    }

    pub(crate) fn after(&mut self, wait: Micros, what: Happening) {
        self.last += 1;
        self.due.push(Reverse((self.now + wait, self.last, what)));
    }

    /// Moves the clock to what happens next.
    pub(crate) fn next(&mut self) -> Option<Happening> {
        let Reverse((at, _, what)) = self.due.pop()?;
        self.now = self.now.max(at);
        Some(what)
    }

    pub(crate) fn next_at(&self) -> Option<Micros> {
        self.due.peek().map(|Reverse((at, _, _))| *at)
    }

    pub(crate) fn open(&mut self, client: usize, carrier: Carrier) -> LinkId {
        self.last += 1;
        let id = LinkId(self.last);
        let latency = match self.random.below(10) {
            0 => self.random.between(100 * MS, 400 * MS),
            1..=5 => self.random.between(10 * MS, 60 * MS),
            _ => self.random.between(200, 5 * MS),
        };
        let link = Link {
            carrier,
            client,
            left_by_client: false,
            left_by_server: false,
            stalled_until: 0,
            latency,
            up: Pipe::new(),
            down: Pipe::new(),
        };
        self.links.insert(id, link);
        id
    }

    fn travel(&mut self, latency: Micros) -> Micros {
        let jitter = self.random.below(latency / 2 + 1);
        let lost = !self.calm && self.random.chance(2);
        self.now + latency + jitter + if lost { latency * 3 } else { 0 }
    }

    pub(crate) fn send_up(&mut self, id: LinkId, lane: u32, item: Up) {
        let Some(link) = self.links.get(&id) else {
            return;
        };
        let order = match item {
            Up::Close if link.carrier == Carrier::WebTransport => CLOSE_ORDER,
            Up::Close | Up::Command(..) | Up::Finish(_) => link.order(lane),
        };
        let at = self.travel(link.latency);
        let link = self.links.get_mut(&id).expect("it was there");
        if let Some(at) = link.up.push(order, at, item) {
            self.after(at - self.now, Happening::Up(id, order));
        }
    }

    pub(crate) fn send_down(&mut self, id: LinkId, lane: u32, item: Down) {
        let Some(link) = self.links.get(&id) else {
            return;
        };
        let order = match item {
            Down::Close => link.order(0),
            Down::Frame(..) | Down::Finish(_) => link.order(lane),
        };
        let at = self.travel(link.latency);
        let link = self.links.get_mut(&id).expect("it was there");
        if let Some(at) = link.down.push(order, at, item) {
            self.after(at - self.now, Happening::Down(id, order));
        }
    }

    pub(crate) fn take_up(&mut self, id: LinkId, order: u32) -> Option<Up> {
        let link = self.links.get_mut(&id)?;
        if self.now < link.up.held_until {
            let wait = link.up.held_until - self.now;
            self.after(wait, Happening::Up(id, order));
            return None;
        }
        link.up.pop(order).filter(|_| !link.left_by_server)
    }

    pub(crate) fn take_down(&mut self, id: LinkId, order: u32) -> Option<Down> {
        let link = self.links.get_mut(&id)?;
        if self.now < link.down.held_until {
            let wait = link.down.held_until - self.now;
            self.after(wait, Happening::Down(id, order));
            return None;
        }
        link.down.pop(order).filter(|_| !link.left_by_client)
    }

    /// The client gives a link up: it says so, or its bytes go astray for long, or it is just gone.
    pub(crate) fn abandon(&mut self, id: LinkId) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        link.left_by_client = true;
        let manner = if self.calm { 0 } else { self.random.below(4) };
        match manner {
            0 | 1 => self.send_up(id, 0, Up::Close),
            2 => {
                let late = self.random.between(SECOND, 14 * SECOND);
                let link = self.links.get_mut(&id).expect("it was there");
                link.up.held_until = self.now + late;
                self.send_up(id, 0, Up::Close);
            }
            _ => {
                let link = self.links.get_mut(&id).expect("it was there");
                link.up.lose(&mut self.random);
                link.up.dead = true;
                self.noticed_by_server(id);
            }
        }
    }

    fn noticed_by_server(&mut self, id: LinkId) {
        let wait = self.random.between(IDLE * 6 / 10, IDLE);
        self.after(wait, Happening::LostByServer(id));
    }

    /// The connection breaks and both ends are told.
    pub(crate) fn cut(&mut self, id: LinkId) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        link.up.lose(&mut self.random);
        link.down.lose(&mut self.random);
        (link.up.dead, link.down.dead) = (true, true);
        let told = self.random.below(300 * MS);
        self.after(told, Happening::LostByServer(id));
        let told = self.random.below(300 * MS);
        self.after(told, Happening::LostByClient(id));
    }

    /// One or both directions die and nobody is told.
    pub(crate) fn silence(&mut self, id: LinkId) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        let which = self.random.below(3);
        if which != 0 {
            link.up.lose(&mut self.random);
            link.up.dead = true;
        }
        if which != 1 {
            link.down.lose(&mut self.random);
            link.down.dead = true;
        }
        if which != 0 {
            self.noticed_by_server(id);
        }
    }

    /// Nothing comes through for a while, then all of it.
    pub(crate) fn hold(&mut self, id: LinkId) {
        let until = self.now + self.random.between(100 * MS, 8 * SECOND);
        let which = self.random.below(3);
        if let Some(link) = self.links.get_mut(&id) {
            if which != 0 {
                link.up.held_until = until;
            }
            if which != 1 {
                link.down.held_until = until;
            }
        }
    }

    /// The client reads nothing for a while.
    pub(crate) fn stall(&mut self, id: LinkId) {
        let wait = self.random.between(SECOND, 6 * SECOND);
        if let Some(link) = self.links.get_mut(&id) {
            link.stalled_until = self.now + wait;
            self.after(wait, Happening::Writable(id));
        }
    }

    /// The server's process is gone: what it had sent may still arrive.
    pub(crate) fn server_gone(&mut self) {
        let ids: Vec<LinkId> = self.links.keys().copied().collect();
        for id in ids {
            let link = self.links.get_mut(&id).expect("it was there");
            if link.left_by_server {
                continue;
            }
            link.left_by_server = true;
            link.down.lose(&mut self.random);
            link.down.dead = true;
            // A dead process says nothing over QUIC; the system speaks for it over TCP.
            let told = link.carrier == Carrier::WebSocket || self.random.chance(50);
            if told {
                let wait = self.random.below(200 * MS);
                self.after(wait, Happening::LostByClient(id));
            }
        }
    }

    /// Nobody listens there.
    pub(crate) fn refused(&mut self, id: LinkId) {
        if let Some(link) = self.links.get_mut(&id) {
            link.left_by_server = true;
            self.ended_by_server(id);
        }
    }

    /// The server has ended a link; the client learns of it unless nothing comes through.
    pub(crate) fn ended_by_server(&mut self, id: LinkId) {
        let hears = self.links.get(&id).is_some_and(|link| !link.down.dead);
        if hears {
            let told = self.random.below(400 * MS);
            self.after(told, Happening::LostByClient(id));
        }
    }

    /// Links that a client listens to, in order.
    pub(crate) fn open_links(&self) -> Vec<LinkId> {
        let open = self.links.iter().filter(|(_, link)| !link.left_by_client);
        open.map(|(id, _)| *id).collect()
    }

    /// Links that nobody holds any more are dropped.
    pub(crate) fn sweep(&mut self) {
        self.links
            .retain(|_, link| !(link.left_by_client && link.left_by_server));
    }
}
