//! A shard: one task that owns the outboxes of its share of the connections.
//!
//! Decides nothing but to close a reader that is too slow. Invariants: it waits for its
//! orders and for nothing else; a connection it has closed or forgotten leaves nothing
//! behind, and orders for it are passed over; broadcasts are gathered within a batch of
//! orders, yet each lane gets its frames in the order of the orders.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::room::Room;
use super::{Order, Outbox, Pushed};
use crate::ids::{ConnId, LaneId, RoomId};
use crate::metrics::Metrics;

/// Frames put into outboxes before other tasks of the worker get a turn: some 100
/// microseconds.
const FRAMES_PER_TURN: usize = 1_024;

/// The outboxes of the connections that this shard serves, and who of them is where.
#[derive(Debug)]
pub(super) struct Shard {
    conns: HashMap<ConnId, Conn>,
    /// Those with members.
    rooms: HashMap<RoomId, Room>,
    /// Rooms whose members have not been told everything; empty between two batches.
    due: Vec<RoomId>,
    slow_bye: Bytes,
    metrics: Metrics,
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
    seat: Option<Seat>,
}

/// Where a lane stands among the members of its room.
#[derive(Clone, Copy, Debug)]
struct Seat {
    room: RoomId,
    place: usize,
}

impl Shard {
    /// A shard that serves nobody yet.
    pub(super) fn new(slow_bye: Bytes, metrics: Metrics) -> Self {
        Self {
            conns: HashMap::new(),
            rooms: HashMap::new(),
            due: Vec::new(),
            slow_bye,
            metrics,
            pushed: 0,
        }
    }

    /// Follows orders until there will be none, then ends every outbox.
    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Vec<Order>>) {
        while let Some(orders) = inbox.recv().await {
            for order in orders {
                self.follow(order).await;
            }
            self.tell_all().await;
        }
        for conn in self.conns.into_values() {
            conn.close(None);
        }
    }

    /// Whatever changes who is where comes after all that was said before. A frame for one
    /// lane only needs that lane to be told, or every acknowledgement would end a run.
    async fn follow(&mut self, order: Order) {
        match order {
            Order::Broadcast { room, frame } => self.broadcast(room, frame).await,
            Order::Send { conn, lane, frame } => self.send(conn, lane, frame).await,
            Order::Open { .. }
            | Order::Attach { .. }
            | Order::Detach { .. }
            | Order::EndLane { .. }
            | Order::Close { .. }
            | Order::Gone { .. } => {
                self.tell_all().await;
                self.rearrange(order);
            }
        }
    }

    fn rearrange(&mut self, order: Order) {
        match order {
            Order::Open { conn, lane, outbox } => self.open(conn, lane, outbox),
            Order::Attach { room, conn, lane } => self.attach(room, conn, lane),
            Order::Detach { room, conn, lane } => self.detach(room, conn, lane),
            Order::EndLane { conn, lane } => self.end_lane(conn, lane),
            Order::Close { conn, bye } => self.close(conn, bye),
            Order::Gone { conn } => self.gone(conn),
            Order::Broadcast { .. } | Order::Send { .. } => {} // They move nobody.
        }
    }

    async fn give_others_a_turn(&mut self) {
        if self.pushed >= FRAMES_PER_TURN {
            self.pushed = 0;
            tokio::task::yield_now().await;
        }
    }

    async fn broadcast(&mut self, id: RoomId, frame: Bytes) {
        let Some(room) = self.rooms.get_mut(&id) else {
            return;
        };
        if room.run_len() == 0 {
            self.due.push(id);
        }
        if room.gather(frame) {
            self.tell(id).await;
        }
    }

    /// Tells everyone what was broadcast so far.
    async fn tell_all(&mut self) {
        while let Some(room) = self.due.pop() {
            self.tell(room).await;
        }
    }

    /// Tells the members of a room what was broadcast so far, in turns.
    async fn tell(&mut self, id: RoomId) {
        let mut slow = Vec::new();
        let mut next = 0;
        while let Some(room) = self.rooms.get_mut(&id)
            && next < room.len()
            && room.run_len() > 0
        {
            let members = FRAMES_PER_TURN.div_ceil(room.run_len());
            let end = room.len().min(next + members);
            room.tell(next..end, &mut slow);
            self.pushed += (end - next) * room.run_len();
            next = end;
            self.give_others_a_turn().await;
        }
        if let Some(room) = self.rooms.get_mut(&id) {
            room.end_run();
        }
        for conn in slow {
            self.note(conn, Pushed::Slow);
        }
    }

    async fn send(&mut self, conn: ConnId, lane: LaneId, frame: Bytes) {
        self.catch_up(conn, lane);
        let Some(known) = self.lane(conn, lane) else {
            return;
        };
        let pushed = known.outbox.push(lane, frame);
        self.pushed += 1;
        self.note(conn, pushed);
        self.give_others_a_turn().await;
    }

    fn catch_up(&mut self, conn: ConnId, lane: LaneId) {
        let Some(seat) = self.lane(conn, lane).and_then(|lane| lane.seat) else {
            return;
        };
        let Some(room) = self
            .rooms
            .get_mut(&seat.room)
            .filter(|room| room.run_len() > 0)
        else {
            return;
        };
        let pushed = room.catch_up(seat.place);
        self.note(conn, pushed);
    }

    fn open(&mut self, conn: ConnId, lane: LaneId, outbox: Arc<Outbox>) {
        self.stand_up(conn, lane);
        let known = match self.conns.entry(conn) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) if lane == LaneId::CONTROL => new.insert(Conn::new(outbox.clone())),
            // Its connection was closed in the meantime: nobody will write to it.
            Entry::Vacant(_) => return outbox.close(None),
        };
        known.lanes.insert(lane, Lane { outbox, seat: None });
    }

    fn attach(&mut self, id: RoomId, conn: ConnId, lane: LaneId) {
        self.stand_up(conn, lane);
        let Some(known) = self.conns.get_mut(&conn) else {
            return;
        };
        let Some(known) = known.lanes.get_mut(&lane) else {
            return;
        };
        let room = self.rooms.entry(id).or_default();
        let place = room.enter(conn, lane, known.outbox.clone());
        known.seat = Some(Seat { room: id, place });
    }

    fn detach(&mut self, room: RoomId, conn: ConnId, lane: LaneId) {
        let seat = self.lane(conn, lane).and_then(|lane| lane.seat);
        if seat.is_some_and(|seat| seat.room == room) {
            self.stand_up(conn, lane);
        }
    }

    /// Takes a lane out of its room, if it is in one.
    fn stand_up(&mut self, conn: ConnId, lane: LaneId) {
        let seat = self.lane(conn, lane).and_then(|lane| lane.seat.take());
        let Some(Seat { room: id, place }) = seat else {
            return;
        };
        let Some(room) = self.rooms.get_mut(&id) else {
            return;
        };
        let moved = room.leave(place);
        if room.len() == 0 {
            self.rooms.remove(&id);
        }
        if let Some((conn, lane)) = moved
            && let Some(lane) = self.lane(conn, lane)
        {
            lane.seat = Some(Seat { room: id, place });
        }
    }

    fn end_lane(&mut self, conn: ConnId, lane: LaneId) {
        self.stand_up(conn, lane);
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
    }

    fn note(&mut self, conn: ConnId, pushed: Pushed) {
        match pushed {
            Pushed::Slow => self.part(conn),
            // Who closed the outbox will say that the lane or the connection is gone.
            Pushed::Ok | Pushed::Closed => {}
        }
    }

    /// Closes the connection of a reader that is too slow.
    fn part(&mut self, conn: ConnId) {
        self.metrics.slow_reader_closed();
        self.close(conn, self.slow_bye.clone());
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
        let lanes: Vec<LaneId> = self.conns.get(&conn)?.lanes.keys().copied().collect();
        for lane in lanes {
            self.stand_up(conn, lane);
        }
        self.conns.remove(&conn)
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
    use super::super::{Budget, OUTBOX_BYTES, Parcel};
    use super::*;

    const ROOM: RoomId = RoomId(5);

    fn shard() -> Shard {
        Shard::new(Bytes::from_static(b"slow"), Metrics::new())
    }

    fn outbox() -> Arc<Outbox> {
        Outbox::new(Arc::new(Budget::new()))
    }

    async fn broadcast(shard: &mut Shard, text: &'static str) {
        shard
            .broadcast(ROOM, Bytes::from_static(text.as_bytes()))
            .await;
        shard.tell_all().await;
    }

    /// Connections, lanes, rooms and members that are known.
    fn sizes(shard: &Shard) -> (usize, usize, usize, usize) {
        let lanes = shard.conns.values().map(|conn| conn.lanes.len()).sum();
        let members = shard.rooms.values().map(Room::len).sum();
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
        batch.into_iter().flat_map(Parcel::frames).collect()
    }

    #[test]
    fn a_connection_that_is_gone_leaves_nothing_behind() {
        let mut shard = shard();
        for conn in 1..=3 {
            join_over_one_outbox(&mut shard, ConnId(conn), 4);
        }
        assert_eq!(sizes(&shard), (3, 15, 4, 12));
        let outbox = join_over_one_outbox(&mut shard, ConnId(4), 4);
        shard.rearrange(Order::Gone { conn: ConnId(1) });
        shard.rearrange(Order::Gone { conn: ConnId(1) });
        assert_eq!(sizes(&shard), (3, 15, 4, 12));
        shard.rearrange(Order::Gone { conn: ConnId(4) });
        assert_eq!(outbox.push(LaneId(1), Bytes::new()), Pushed::Closed);
        shard.close(ConnId(2), Bytes::from_static(b"bye"));
        shard.rearrange(Order::Gone { conn: ConnId(3) });
        assert_eq!(sizes(&shard), (0, 0, 0, 0));
    }

    #[tokio::test]
    async fn a_reader_closed_for_being_slow_leaves_nothing_behind() {
        let mut shard = shard();
        join_over_one_outbox(&mut shard, ConnId(1), 4);
        let large = Bytes::from(vec![0; OUTBOX_BYTES]);
        shard.send(ConnId(1), LaneId(2), large).await;
        assert_eq!(sizes(&shard), (0, 0, 0, 0));
    }

    #[tokio::test]
    async fn a_lane_that_ends_does_not_end_the_outbox_it_shares() {
        let mut shard = shard();
        let outbox = join_over_one_outbox(&mut shard, ConnId(1), 5);
        shard.end_lane(ConnId(1), LaneId(5));
        broadcast(&mut shard, "to nobody").await;
        shard
            .send(ConnId(1), LaneId(5), Bytes::from_static(b"to nobody"))
            .await;
        shard
            .send(ConnId(1), LaneId(4), Bytes::from_static(b"hello"))
            .await;
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
        shard
            .send(ConnId(1), LaneId(1), Bytes::from_static(b"left"))
            .await;
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
        broadcast(&mut shard, "once").await;
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
