//! A shard: one task that owns the outboxes of its share of the connections.
//!
//! Decides nothing but to close a reader that is too slow. Invariants: it waits for its
//! orders and for nothing else; a connection it has closed or forgotten leaves nothing
//! behind, and orders for it are passed over.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{Order, Outbox, Pushed};
use crate::ids::{ConnId, LaneId, RoomId};

/// Frames put into outboxes before other tasks of the worker get a turn: some 100
/// microseconds.
const FRAMES_PER_TURN: usize = 1_024;

/// The outboxes of the connections that this shard serves, and who of them is where.
#[derive(Debug)]
pub(super) struct Shard {
    conns: HashMap<ConnId, Conn>,
    rooms: HashMap<RoomId, Vec<Member>>,
    slow_bye: Bytes,
    /// Since the last turn of the others.
    pushed: usize,
}

/// An open connection; bounded by the lanes that a connection may open.
#[derive(Debug)]
struct Conn {
    control: Arc<Outbox>,
    lanes: HashMap<LaneId, Lane>,
}

#[derive(Debug)]
struct Lane {
    outbox: Arc<Outbox>,
    room: Option<RoomId>,
}

/// A lane in its room, with its outbox at hand: a broadcast looks nothing up.
#[derive(Debug)]
struct Member {
    conn: ConnId,
    lane: LaneId,
    outbox: Arc<Outbox>,
}

impl Shard {
    /// A shard that serves nobody yet.
    pub(super) fn new(slow_bye: Bytes) -> Self {
        Self {
            conns: HashMap::new(),
            rooms: HashMap::new(),
            slow_bye,
            pushed: 0,
        }
    }

    /// Follows orders until there will be none, then ends every outbox.
    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Vec<Order>>) {
        while let Some(orders) = inbox.recv().await {
            for order in orders {
                self.follow(order);
                self.give_others_a_turn().await;
            }
        }
        for conn in self.conns.into_values() {
            conn.close(None);
        }
    }

    async fn give_others_a_turn(&mut self) {
        if self.pushed >= FRAMES_PER_TURN {
            self.pushed = 0;
            tokio::task::yield_now().await;
        }
    }

    fn follow(&mut self, order: Order) {
        match order {
            Order::Open { conn, lane, outbox } => self.open(conn, lane, outbox),
            Order::Send { conn, lane, frame } => self.send(conn, lane, frame),
            Order::Attach { room, conn, lane } => self.attach(room, conn, lane),
            Order::Detach { room, conn, lane } => self.detach(room, conn, lane),
            Order::Broadcast { room, frame } => self.broadcast(room, &frame),
            Order::EndLane { conn, lane } => self.end_lane(conn, lane),
            Order::Close { conn, bye } => self.close(conn, bye),
            Order::Gone { conn } => self.gone(conn),
        }
    }

    fn open(&mut self, conn: ConnId, lane: LaneId, outbox: Arc<Outbox>) {
        let known = match self.conns.entry(conn) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) if lane == LaneId::CONTROL => new.insert(Conn::new(outbox.clone())),
            // Its connection was closed in the meantime: nobody will write to it.
            Entry::Vacant(_) => return outbox.close(None),
        };
        let replaced = known.lanes.insert(lane, Lane { outbox, room: None });
        if let Some(room) = replaced.and_then(|lane| lane.room) {
            self.leave(room, conn, lane);
        }
    }

    fn send(&mut self, conn: ConnId, lane: LaneId, frame: Bytes) {
        let Some(known) = self.lane(conn, lane) else {
            return;
        };
        let pushed = known.outbox.push(lane, frame);
        self.pushed += 1;
        self.note(conn, pushed);
    }

    fn attach(&mut self, room: RoomId, conn: ConnId, lane: LaneId) {
        let Some(known) = self.lane(conn, lane) else {
            return;
        };
        let before = known.room.replace(room);
        let outbox = known.outbox.clone();
        if let Some(before) = before {
            self.leave(before, conn, lane);
        }
        let members = self.rooms.entry(room).or_default();
        members.push(Member { conn, lane, outbox });
    }

    fn detach(&mut self, room: RoomId, conn: ConnId, lane: LaneId) {
        let Some(known) = self.lane(conn, lane) else {
            return;
        };
        if known.room == Some(room) {
            known.room = None;
            self.leave(room, conn, lane);
        }
    }

    fn broadcast(&mut self, room: RoomId, frame: &Bytes) {
        let Some(members) = self.rooms.get(&room) else {
            return;
        };
        self.pushed += members.len();
        let is_slow = |member: &&Member| {
            let pushed = member.outbox.push(member.lane, frame.clone());
            pushed == Pushed::Slow
        };
        let slow = members.iter().filter(is_slow);
        let slow: Vec<ConnId> = slow.map(|member| member.conn).collect();
        for conn in slow {
            self.note(conn, Pushed::Slow);
        }
    }

    fn end_lane(&mut self, conn: ConnId, lane: LaneId) {
        let Some(known) = self.conns.get_mut(&conn) else {
            return;
        };
        let Some(ended) = known.lanes.remove(&lane) else {
            return;
        };
        // Over WebSocket all lanes share one outbox, which outlives them.
        if !Arc::ptr_eq(&ended.outbox, &known.control) {
            ended.outbox.close(None);
        }
        if let Some(room) = ended.room {
            self.leave(room, conn, lane);
        }
    }

    fn note(&mut self, conn: ConnId, pushed: Pushed) {
        match pushed {
            Pushed::Slow => self.close(conn, self.slow_bye.clone()),
            // Who closed the outbox will say that the lane or the connection is gone.
            Pushed::Ok | Pushed::Closed => {}
        }
    }

    fn close(&mut self, conn: ConnId, bye: Bytes) {
        if let Some(known) = self.forget(conn) {
            known.close(Some((LaneId::CONTROL, bye)));
        }
    }

    /// Its outboxes end, too: a write loop that still waits must not wait for ever.
    fn gone(&mut self, conn: ConnId) {
        if let Some(known) = self.forget(conn) {
            known.close(None);
        }
    }

    fn forget(&mut self, conn: ConnId) -> Option<Conn> {
        let known = self.conns.remove(&conn)?;
        for (lane, open) in &known.lanes {
            if let Some(room) = open.room {
                self.leave(room, conn, *lane);
            }
        }
        Some(known)
    }

    fn leave(&mut self, room: RoomId, conn: ConnId, lane: LaneId) {
        let Some(members) = self.rooms.get_mut(&room) else {
            return;
        };
        let is_it = |member: &Member| (member.conn, member.lane) == (conn, lane);
        if let Some(place) = members.iter().position(is_it) {
            members.swap_remove(place);
        }
        if members.is_empty() {
            self.rooms.remove(&room);
        }
    }

    fn lane(&mut self, conn: ConnId, lane: LaneId) -> Option<&mut Lane> {
        self.conns.get_mut(&conn)?.lanes.get_mut(&lane)
    }
}

impl Conn {
    fn new(control: Arc<Outbox>) -> Self {
        Self {
            control,
            lanes: HashMap::new(),
        }
    }

    /// The control lane first: over WebSocket its outbox is that of all lanes.
    fn close(self, last: Option<(LaneId, Bytes)>) {
        self.control.close(last);
        for lane in self.lanes.into_values() {
            lane.outbox.close(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Budget, OUTBOX_BYTES};
    use super::*;

    const ROOM: RoomId = RoomId(5);

    fn shard() -> Shard {
        Shard::new(Bytes::from_static(b"slow"))
    }

    fn outbox() -> Arc<Outbox> {
        Outbox::new(Arc::new(Budget::new()))
    }

    fn broadcast(shard: &mut Shard, text: &'static str) {
        shard.broadcast(ROOM, &Bytes::from_static(text.as_bytes()));
    }

    /// Connections, lanes, rooms and members that are known.
    fn sizes(shard: &Shard) -> (usize, usize, usize, usize) {
        let lanes = shard.conns.values().map(|conn| conn.lanes.len()).sum();
        let members = shard.rooms.values().map(Vec::len).sum();
        (shard.conns.len(), lanes, shard.rooms.len(), members)
    }

    /// A connection in the manner of WebSocket: one outbox for the control lane and `rooms`
    /// lanes, attached to the rooms 1, 2, 3, ...
    fn join_over_one_outbox(shard: &mut Shard, conn: ConnId, rooms: u32) -> Arc<Outbox> {
        let outbox = outbox();
        shard.open(conn, LaneId::CONTROL, outbox.clone());
        for lane in 1..=rooms {
            shard.open(conn, LaneId(lane), outbox.clone());
            shard.attach(RoomId(lane.into()), conn, LaneId(lane));
        }
        outbox
    }

    async fn take(outbox: &Outbox) -> Vec<(LaneId, Bytes)> {
        let mut batch = Vec::new();
        outbox.take(&mut batch).await;
        batch
    }

    #[test]
    fn a_connection_that_is_gone_leaves_nothing_behind() {
        let mut shard = shard();
        for conn in 1..=3 {
            join_over_one_outbox(&mut shard, ConnId(conn), 4);
        }
        assert_eq!(sizes(&shard), (3, 15, 4, 12));
        let outbox = join_over_one_outbox(&mut shard, ConnId(4), 4);
        shard.follow(Order::Gone { conn: ConnId(1) });
        shard.follow(Order::Gone { conn: ConnId(1) });
        assert_eq!(sizes(&shard), (3, 15, 4, 12));
        shard.follow(Order::Gone { conn: ConnId(4) });
        assert_eq!(outbox.push(LaneId(1), Bytes::new()), Pushed::Closed);
        shard.close(ConnId(2), Bytes::from_static(b"bye"));
        shard.follow(Order::Gone { conn: ConnId(3) });
        assert_eq!(sizes(&shard), (0, 0, 0, 0));
    }

    #[test]
    fn a_reader_closed_for_being_slow_leaves_nothing_behind() {
        let mut shard = shard();
        join_over_one_outbox(&mut shard, ConnId(1), 4);
        let large = Bytes::from(vec![0; OUTBOX_BYTES]);
        shard.send(ConnId(1), LaneId(2), large);
        assert_eq!(sizes(&shard), (0, 0, 0, 0));
    }

    #[tokio::test]
    async fn a_lane_that_ends_does_not_end_the_outbox_it_shares() {
        let mut shard = shard();
        let outbox = join_over_one_outbox(&mut shard, ConnId(1), 5);
        shard.end_lane(ConnId(1), LaneId(5));
        broadcast(&mut shard, "to nobody");
        shard.send(ConnId(1), LaneId(5), Bytes::from_static(b"to nobody"));
        shard.send(ConnId(1), LaneId(4), Bytes::from_static(b"hello"));
        let hello = (LaneId(4), Bytes::from_static(b"hello"));
        assert_eq!(take(&outbox).await, [hello]);
        assert_eq!(sizes(&shard), (1, 5, 4, 4));
    }

    #[tokio::test]
    async fn a_lane_with_an_outbox_of_its_own_ends_it_after_what_waits() {
        let mut shard = shard();
        let own = outbox();
        shard.open(ConnId(1), LaneId::CONTROL, outbox());
        shard.open(ConnId(1), LaneId(1), own.clone());
        shard.send(ConnId(1), LaneId(1), Bytes::from_static(b"left"));
        shard.end_lane(ConnId(1), LaneId(1));
        assert_eq!(take(&own).await.len(), 1);
        assert_eq!(take(&own).await, []);
        assert_eq!(sizes(&shard), (1, 1, 0, 0));
    }

    #[test]
    fn a_lane_of_a_connection_that_was_closed_in_the_meantime_is_ended() {
        let mut shard = shard();
        let late = outbox();
        shard.open(ConnId(1), LaneId(1), late.clone());
        assert_eq!(late.push(LaneId(1), Bytes::new()), Pushed::Closed);
        shard.attach(ROOM, ConnId(1), LaneId(1));
        assert_eq!(sizes(&shard), (0, 0, 0, 0));
    }

    #[test]
    fn a_lane_number_that_is_used_again_leaves_the_room_it_was_in() {
        let mut shard = shard();
        join_over_one_outbox(&mut shard, ConnId(1), 1);
        shard.open(ConnId(1), LaneId(1), outbox());
        assert_eq!(sizes(&shard), (1, 2, 0, 0));
    }

    #[tokio::test]
    async fn a_lane_is_in_one_room_at_a_time_and_gets_each_broadcast_once() {
        let mut shard = shard();
        let outbox = join_over_one_outbox(&mut shard, ConnId(1), 1);
        shard.attach(ROOM, ConnId(1), LaneId(1));
        shard.attach(ROOM, ConnId(1), LaneId(1));
        broadcast(&mut shard, "once");
        assert_eq!(take(&outbox).await.len(), 1);
        shard.detach(RoomId(1), ConnId(1), LaneId(1));
        assert_eq!(sizes(&shard), (1, 2, 1, 1));
        shard.detach(ROOM, ConnId(1), LaneId(1));
        assert_eq!(sizes(&shard), (1, 2, 0, 0));
    }

    #[tokio::test]
    async fn a_shared_outbox_ends_with_the_bye_on_the_control_lane() {
        let mut shard = shard();
        let outbox = join_over_one_outbox(&mut shard, ConnId(1), 3);
        shard.close(ConnId(1), Bytes::from_static(b"bye"));
        let bye = (LaneId::CONTROL, Bytes::from_static(b"bye"));
        assert_eq!(take(&outbox).await, [bye]);
        assert_eq!(take(&outbox).await, []);
    }
}
