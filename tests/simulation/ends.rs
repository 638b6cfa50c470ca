//! The server's ends of the links: lanes, and the real outboxes, as the read and write loops of
//! `src/transport` hold them.
//!
//! Modelled: what a connection's two tasks do, with the real `Outbox` and `Budget` between them and the
//! shards. Over WebTransport lanes are numbered by arrival and each has its own outbox; over WebSocket
//! the client's numbers are taken and there is one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chinwag::chat::LaneRef;
use chinwag::fanout::{Budget, Outbox, Parcel};
use chinwag::ids::{ConnId, LaneId};
use chinwag::wire::raw::RawCommand;
use chinwag::wire::{self, Command};
use futures_util::FutureExt;

use crate::net::{Carrier, Down, Happening, LinkId, MS, Net, SECOND, Up};
use crate::server::{Around, Arrival, Server};

/// As in `src/transport/limits.rs`.
const ROOM_LANES: usize = 65;

struct End {
    conn: ConnId,
    carrier: Carrier,
    budget: Arc<Budget>,
    /// By the client's number: the server's number and the outbox.
    lanes: BTreeMap<u32, (LaneId, Arc<Outbox>)>,
    /// Over WebTransport: the number of lanes so far. Over WebSocket: the highest number so far.
    highest: u32,
    /// Over WebSocket: lanes that are not over.
    open: BTreeSet<u32>,
    /// Over WebTransport: lanes whose outbox has ended; the client may still say something there.
    ended: BTreeSet<u32>,
    /// Everything was written, the goodbye included.
    finished: bool,
}

#[derive(Default)]
pub(crate) struct Ends {
    ends: BTreeMap<LinkId, End>,
}

/// What a frame's lane is to the server.
enum Standing {
    Open(LaneId),
    New(LaneId, Arc<Outbox>),
    Over,
    TooMany,
}

impl Ends {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn remove(&mut self, link: LinkId) -> Option<ConnId> {
        self.ends.remove(&link).map(|end| end.conn)
    }

    /// What the write loops do when their outboxes are filled.
    pub(crate) fn write(&mut self, net: &mut Net) {
        for (id, end) in &mut self.ends {
            let stalled = net
                .links
                .get(id)
                .is_none_or(|it| net.now < it.stalled_until);
            if !stalled && !end.finished {
                end.write(*id, net);
            }
        }
    }
}

impl End {
    fn new(conn: ConnId, carrier: Carrier) -> Self {
        let budget = Arc::new(Budget::new());
        let control = Outbox::new(budget.clone());
        Self {
            conn,
            carrier,
            budget,
            lanes: BTreeMap::from([(0, (LaneId::CONTROL, control))]),
            highest: 0,
            open: BTreeSet::new(),
            ended: BTreeSet::new(),
            finished: false,
        }
    }

    fn control(&self) -> Arc<Outbox> {
        self.lanes[&0].1.clone()
    }

    fn standing(&mut self, lane: u32, command: &Command) -> Standing {
        match self.carrier {
            Carrier::WebTransport => self.stream_standing(lane),
            Carrier::WebSocket => self.tag_standing(lane, command),
        }
    }

    fn stream_standing(&mut self, lane: u32) -> Standing {
        if let Some((known, _)) = self.lanes.get(&lane) {
            return Standing::Open(*known);
        }
        if self.lanes.len() - self.ended.len() > ROOM_LANES {
            return Standing::TooMany;
        }
        self.highest += 1;
        let (number, outbox) = (LaneId(self.highest), Outbox::new(self.budget.clone()));
        self.lanes.insert(lane, (number, outbox.clone()));
        Standing::New(number, outbox)
    }

    /// As `Lanes::standing` in `src/transport/websocket.rs`.
    fn tag_standing(&mut self, lane: u32, command: &Command) -> Standing {
        if lane == 0 || self.open.contains(&lane) {
            return Standing::Open(LaneId(lane));
        }
        if lane <= self.highest && !matches!(command, Command::Join(_)) {
            return Standing::Over;
        }
        if self.open.len() >= ROOM_LANES {
            return Standing::TooMany;
        }
        self.open.insert(lane);
        self.highest = self.highest.max(lane);
        Standing::New(LaneId(lane), self.control())
    }

    fn write(&mut self, id: LinkId, net: &mut Net) {
        let mut ended = Vec::new();
        let open = self.lanes.iter().filter(|(it, _)| !self.ended.contains(it));
        for (number, (_, outbox)) in open {
            let mut batch = Vec::new();
            while let Some(more) = outbox.take(&mut batch).now_or_never() {
                if !more {
                    ended.push(*number);
                    break;
                }
                for (lane, frame) in batch.drain(..).flat_map(Parcel::frames) {
                    let lane = match self.carrier {
                        Carrier::WebTransport => *number,
                        Carrier::WebSocket => lane.0,
                    };
                    if self.carrier == Carrier::WebSocket && wire::ends_lane(&frame) {
                        self.open.remove(&lane);
                    }
                    net.send_down(id, lane, Down::Frame(lane, frame));
                }
            }
        }
        for lane in ended {
            self.end_of_lane((id, lane), net);
        }
    }

    fn end_of_lane(&mut self, (id, lane): (LinkId, u32), net: &mut Net) {
        if lane == 0 {
            self.finished = true;
            net.send_down(id, 0, Down::Close);
            // The client closes first, or a second passes.
            let wait = net.random.between(100 * MS, SECOND);
            net.after(wait, Happening::LostByServer(id));
        } else {
            self.ended.insert(lane);
            net.send_down(id, lane, Down::Finish(lane));
        }
    }
}

impl Server {
    /// What a connection's read loop does with what comes in.
    pub(crate) fn receive(&mut self, link: LinkId, item: Up, around: &mut Around<'_>) {
        match item {
            Up::Command(lane, raw) => self.receive_command((link, lane), raw, around),
            Up::Finish(lane) => self.receive_finish((link, lane), around),
            Up::Close => self.lost(link, around),
        }
    }

    /// The connection is over for the server, however it came to know.
    pub(crate) fn lost(&mut self, link: LinkId, around: &mut Around<'_>) {
        if let Some(it) = around.net.links.get_mut(&link)
            && !std::mem::replace(&mut it.left_by_server, true)
        {
            around.net.ended_by_server(link);
            self.forget_link(link, around);
        }
    }

    fn receive_command(&mut self, from: (LinkId, u32), raw: RawCommand, around: &mut Around<'_>) {
        let (link, lane) = from;
        let Some(process) = &self.process else { return };
        if !process.ends.ends.contains_key(&link) {
            return self.receive_hello(link, raw, around);
        }
        let command = through_the_wire(raw);
        if matches!(command, Command::Hello(_)) {
            return self.malformed(link, around);
        }
        let Some(process) = &mut self.process else {
            return;
        };
        let Some(end) = process.ends.ends.get_mut(&link) else {
            return;
        };
        let conn = end.conn;
        match end.standing(lane, &command) {
            Standing::Open(lane) => {
                self.arrive(Arrival::Command(LaneRef { conn, lane }, command), around);
            }
            Standing::New(lane, outbox) => {
                self.arrive(Arrival::Lane(LaneRef { conn, lane }, outbox), around);
                self.arrive(Arrival::Command(LaneRef { conn, lane }, command), around);
            }
            Standing::Over => {}
            Standing::TooMany => self.malformed(link, around),
        }
    }

    fn receive_hello(&mut self, link: LinkId, raw: RawCommand, around: &mut Around<'_>) {
        let Command::Hello(greeting) = through_the_wire(raw) else {
            return self.lost(link, around);
        };
        let carrier = around.net.links[&link].carrier;
        let conn = self.next_conn();
        let end = End::new(conn, carrier);
        let control = end.control();
        if let Some(process) = &mut self.process {
            process.ends.ends.insert(link, end);
        }
        self.arrive(Arrival::Connected(conn, greeting, control), around);
    }

    /// The reader ends the connection: a goodbye, then it is over.
    fn malformed(&mut self, link: LinkId, around: &mut Around<'_>) {
        self.lost(link, around);
    }

    fn receive_finish(&mut self, (link, lane): (LinkId, u32), around: &mut Around<'_>) {
        let Some(process) = &mut self.process else {
            return;
        };
        let Some(end) = process.ends.ends.get_mut(&link) else {
            return;
        };
        let conn = end.conn;
        if let Some((lane, _)) = end.lanes.get(&lane) {
            let lane = LaneRef { conn, lane: *lane };
            self.arrive(Arrival::LaneClosed(lane), around);
        }
    }
}

/// Encoded and decoded, as on a real connection.
fn through_the_wire(raw: RawCommand) -> Command {
    let frame = wire::encode_command(&raw).expect("clients say nothing longer than a frame");
    wire::decode_command(&frame[4..]).expect("what was encoded decodes")
}
