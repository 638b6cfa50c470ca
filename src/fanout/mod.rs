//! The fan-out: one frame to the many who get it.
//!
//! Decides which shard serves a connection, and that a reader who is too slow is closed.
//! Does not decide who is in a room nor what is sent: it is told. Invariants: frames for
//! one lane go out in the order of the orders; a frame is shared, never copied; whoever
//! gives orders waits for the shards at most, and the shards wait for nobody.

#[cfg(test)]
mod model;
mod outbox;
mod parcel;
mod room;
mod shard;

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

pub use outbox::{Budget, OUTBOX_BYTES, Outbox, Pushed};
pub use parcel::{Parcel, Run};

use crate::ids::{ConnId, LaneId, RoomId};
use crate::metrics::Metrics;
use shard::Shard;

/// Batches of orders that may wait for one shard: enough that a shard is never idle while
/// the next batch is prepared, few enough that a frame does not grow old in here.
const INBOX_BATCHES: usize = 16;

/// What the fan-out can be told. Every frame is whole, its header included.
#[derive(Debug)]
pub enum Order {
    /// A lane is there; the control lane comes first and makes the connection known.
    Open {
        /// Whose lane.
        conn: ConnId,
        /// Which lane.
        lane: LaneId,
        /// Where its frames go; may be shared with other lanes of the connection.
        outbox: Arc<Outbox>,
    },
    /// A frame for one lane.
    Send {
        /// Whose lane.
        conn: ConnId,
        /// Which lane.
        lane: LaneId,
        /// What is written.
        frame: Bytes,
    },
    /// A lane gets the room's broadcasts from here on. It gets those of one room at most.
    Attach {
        /// Which room.
        room: RoomId,
        /// Whose lane.
        conn: ConnId,
        /// Which lane.
        lane: LaneId,
    },
    /// A lane gets the room's broadcasts no more.
    Detach {
        /// Which room.
        room: RoomId,
        /// Whose lane.
        conn: ConnId,
        /// Which lane.
        lane: LaneId,
    },
    /// A frame for every attached lane.
    Broadcast {
        /// Which room.
        room: RoomId,
        /// What is written.
        frame: Bytes,
    },
    /// A lane is over: what waits is written, then its outbox ends, if it has one of its own.
    EndLane {
        /// Whose lane.
        conn: ConnId,
        /// Which lane.
        lane: LaneId,
    },
    /// A connection is over: what waits is written, `bye` last, then its outboxes end.
    Close {
        /// Which connection.
        conn: ConnId,
        /// The last frame on the control lane.
        bye: Bytes,
    },
    /// A connection is gone: everything of it is forgotten.
    Gone {
        /// Which connection.
        conn: ConnId,
    },
}

/// Gives orders to the shards that they concern. Dropped, the shards finish what they were
/// told, end every outbox and end themselves.
#[derive(Debug)]
pub struct Fanout {
    inboxes: Vec<mpsc::Sender<Vec<Order>>>,
    /// What is to be sent to each shard, empty between two calls.
    batches: Vec<Vec<Order>>,
    attached: Attached,
}

impl Fanout {
    /// Starts `shards` tasks (one a worker thread is right, none counts as one) on the
    /// current tokio runtime. `slow_bye` is the last frame of a reader that is too slow, who is
    /// counted in `metrics`.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn spawn(shards: usize, slow_bye: Bytes, metrics: &Metrics) -> Self {
        let shards = shards.max(1);
        let start = |_| {
            let (sender, inbox) = mpsc::channel(INBOX_BATCHES);
            tokio::spawn(Shard::new(slow_bye.clone(), metrics.clone()).run(inbox));
            sender
        };
        Self {
            inboxes: (0..shards).map(start).collect(),
            batches: (0..shards).map(|_| Vec::new()).collect(),
            attached: Attached::new(shards),
        }
    }

    /// Hands out all `orders`, in order, and leaves the vector empty. Waits only while a
    /// shard has [`INBOX_BATCHES`] batches before it. Not cancel-safe.
    pub async fn apply(&mut self, orders: &mut Vec<Order>) {
        for order in orders.drain(..) {
            self.sort(order);
        }
        for (inbox, batch) in self.inboxes.iter().zip(&mut self.batches) {
            if batch.is_empty() {
                continue;
            }
            if inbox.send(std::mem::take(batch)).await.is_err() {
                // It ends before its orders do only with the runtime itself.
                tracing::error!("a fan-out shard is gone");
            }
        }
    }

    fn sort(&mut self, order: Order) {
        match order {
            Order::Broadcast { room, frame } => self.broadcast(room, &frame),
            Order::Attach { room, conn, lane } => {
                self.attached.attach(room, (conn, lane));
                self.put(conn, order);
            }
            Order::Detach { room, conn, lane } => {
                self.attached.detach(room, (conn, lane));
                self.put(conn, order);
            }
            Order::EndLane { conn, lane } => {
                self.attached.end((conn, lane));
                self.put(conn, order);
            }
            Order::Close { conn, .. } | Order::Gone { conn } => {
                self.attached.forget(conn);
                self.put(conn, order);
            }
            Order::Open { conn, .. } | Order::Send { conn, .. } => self.put(conn, order),
        }
    }

    fn put(&mut self, conn: ConnId, order: Order) {
        let shard = shard_of(conn, self.inboxes.len());
        self.batches[shard].push(order);
    }

    fn broadcast(&mut self, room: RoomId, frame: &Bytes) {
        for shard in self.attached.shards(room) {
            let frame = frame.clone();
            self.batches[shard].push(Order::Broadcast { room, frame });
        }
    }
}

fn shard_of(conn: ConnId, shards: usize) -> usize {
    let shards = u64::try_from(shards).expect("a count of shards fits u64");
    usize::try_from(conn.0 % shards).expect("smaller than a usize")
}

/// Which shards hold members of a room: for each, how many.
#[derive(Debug)]
struct Attached {
    shards: usize,
    rooms: HashMap<RoomId, Box<[usize]>>,
    /// The room of every attached lane; bounded by the lanes that connections may open.
    lanes: HashMap<ConnId, Vec<(LaneId, RoomId)>>,
}

impl Attached {
    fn new(shards: usize) -> Self {
        Self {
            shards,
            rooms: HashMap::new(),
            lanes: HashMap::new(),
        }
    }

    fn attach(&mut self, room: RoomId, (conn, lane): (ConnId, LaneId)) {
        self.end((conn, lane));
        self.lanes.entry(conn).or_default().push((lane, room));
        let counts = self.rooms.entry(room);
        let counts = counts.or_insert_with(|| vec![0; self.shards].into());
        counts[shard_of(conn, self.shards)] += 1;
    }

    fn detach(&mut self, room: RoomId, (conn, lane): (ConnId, LaneId)) {
        self.remove(conn, |attached| attached == (lane, room));
    }

    fn end(&mut self, (conn, lane): (ConnId, LaneId)) {
        self.remove(conn, |(attached, _)| attached == lane);
    }

    fn forget(&mut self, conn: ConnId) {
        self.remove(conn, |_| true);
    }

    fn remove(&mut self, conn: ConnId, mut which: impl FnMut((LaneId, RoomId)) -> bool) {
        let Some(lanes) = self.lanes.get_mut(&conn) else {
            return;
        };
        let removed: Vec<_> = lanes.extract_if(.., |lane| which(*lane)).collect();
        if lanes.is_empty() {
            self.lanes.remove(&conn);
        }
        for (_, room) in removed {
            self.count_down(room, conn);
        }
    }

    fn count_down(&mut self, room: RoomId, conn: ConnId) {
        let Some(counts) = self.rooms.get_mut(&room) else {
            return;
        };
        counts[shard_of(conn, self.shards)] -= 1;
        if counts.iter().all(|count| *count == 0) {
            self.rooms.remove(&room);
        }
    }

    fn shards(&self, room: RoomId) -> impl Iterator<Item = usize> {
        let counts = self.rooms.get(&room).into_iter().flatten().enumerate();
        counts
            .filter(|(_, count)| **count > 0)
            .map(|(shard, _)| shard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId(5);
    const LANE: LaneId = LaneId(1);

    /// A connection in the manner of WebTransport: every lane has an outbox of its own.
    struct Reader {
        conn: ConnId,
        control: Arc<Outbox>,
        lane: Arc<Outbox>,
    }

    impl Reader {
        fn new(conn: u64) -> Self {
            let budget = Arc::new(Budget::new());
            Self {
                conn: ConnId(conn),
                control: Outbox::new(budget.clone()),
                lane: Outbox::new(budget),
            }
        }

        fn join(&self, orders: &mut Vec<Order>) {
            orders.extend([
                open(self.conn, LaneId::CONTROL, &self.control),
                open(self.conn, LANE, &self.lane),
                attach(self.conn),
            ]);
        }
    }

    fn open(conn: ConnId, lane: LaneId, outbox: &Arc<Outbox>) -> Order {
        Order::Open {
            conn,
            lane,
            outbox: outbox.clone(),
        }
    }

    fn attach(conn: ConnId) -> Order {
        Order::Attach {
            room: ROOM,
            conn,
            lane: LANE,
        }
    }

    fn broadcast(frame: impl Into<Bytes>) -> Order {
        Order::Broadcast {
            room: ROOM,
            frame: frame.into(),
        }
    }

    fn fanout(shards: usize) -> Fanout {
        Fanout::spawn(shards, Bytes::from_static(b"slow"), &Metrics::new())
    }

    async fn take(outbox: &Outbox) -> Vec<Bytes> {
        let mut batch = Vec::new();
        outbox.take(&mut batch).await;
        let frames = batch.into_iter().flat_map(Parcel::frames);
        frames.map(|(_, frame)| frame).collect()
    }

    async fn take_until_end(outbox: &Outbox) -> Vec<Bytes> {
        let mut all = Vec::new();
        loop {
            let frames = take(outbox).await;
            if frames.is_empty() {
                return all;
            }
            all.extend(frames);
        }
    }

    // A18
    #[tokio::test]
    async fn every_attached_lane_of_every_shard_gets_the_very_same_bytes() {
        let mut fanout = fanout(3);
        let readers: Vec<_> = (0..9).map(Reader::new).collect();
        let mut orders = Vec::new();
        for reader in &readers {
            reader.join(&mut orders);
        }
        let frame = Bytes::from(vec![7; 100]);
        orders.push(broadcast(frame.clone()));
        fanout.apply(&mut orders).await;
        assert!(orders.is_empty());
        for reader in &readers {
            let got = take(&reader.lane).await;
            assert_eq!(got.len(), 1);
            assert_eq!(got[0].as_ptr(), frame.as_ptr());
        }
    }

    #[tokio::test]
    async fn a_lane_gets_its_frames_in_the_order_of_the_orders() {
        let mut fanout = fanout(2);
        let reader = Reader::new(1);
        let mut orders = Vec::new();
        reader.join(&mut orders);
        for n in 0..100_u8 {
            let frame = Bytes::from(vec![n]);
            orders.push(match n % 2 {
                0 => broadcast(frame),
                _ => Order::Send {
                    conn: reader.conn,
                    lane: LANE,
                    frame,
                },
            });
            fanout.apply(&mut orders).await;
        }
        drop(fanout);
        let expected: Vec<_> = (0..100_u8).map(|n| Bytes::from(vec![n])).collect();
        assert_eq!(take_until_end(&reader.lane).await, expected);
        assert_eq!(take_until_end(&reader.control).await, [""; 0]);
    }

    // A20
    #[tokio::test]
    async fn a_broadcast_reaches_nobody_else() {
        let mut fanout = fanout(2);
        let (inside, outside) = (Reader::new(1), Reader::new(2));
        let mut orders = Vec::new();
        inside.join(&mut orders);
        orders.push(open(outside.conn, LaneId::CONTROL, &outside.control));
        orders.push(open(outside.conn, LANE, &outside.lane));
        orders.push(Order::Attach {
            room: RoomId(6),
            conn: outside.conn,
            lane: LANE,
        });
        orders.push(broadcast("for the room"));
        fanout.apply(&mut orders).await;
        drop(fanout);
        assert_eq!(take_until_end(&inside.lane).await, ["for the room"]);
        assert_eq!(take_until_end(&inside.control).await, [""; 0]);
        assert_eq!(take_until_end(&outside.lane).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_detached_lane_gets_no_broadcasts_but_what_is_sent_to_it() {
        let mut fanout = fanout(1);
        let reader = Reader::new(1);
        let mut orders = Vec::new();
        reader.join(&mut orders);
        orders.push(broadcast("before"));
        orders.push(Order::Detach {
            room: ROOM,
            conn: reader.conn,
            lane: LANE,
        });
        orders.push(broadcast("after"));
        orders.push(Order::Send {
            conn: reader.conn,
            lane: LANE,
            frame: Bytes::from_static(b"left"),
        });
        fanout.apply(&mut orders).await;
        drop(fanout);
        assert_eq!(take_until_end(&reader.lane).await, ["before", "left"]);
    }

    #[tokio::test]
    async fn a_slow_reader_is_told_and_closed_while_others_get_everything() {
        let metrics = Metrics::new();
        let mut fanout = Fanout::spawn(1, Bytes::from_static(b"slow"), &metrics);
        let (slow, quick) = (Reader::new(1), Reader::new(2));
        let mut orders = Vec::new();
        slow.join(&mut orders);
        quick.join(&mut orders);
        let frames = 3 * OUTBOX_BYTES / 60_000;
        for _ in 0..frames {
            orders.push(broadcast(vec![0; 60_000]));
            fanout.apply(&mut orders).await;
            assert_eq!(take(&quick.lane).await.len(), 1);
        }
        assert_eq!(take_until_end(&slow.control).await, ["slow"]);
        assert_eq!(take_until_end(&slow.lane).await, [""; 0]);
        assert!(
            metrics
                .text()
                .contains("chinwag_slow_readers_closed_total 1")
        );
        assert_eq!(slow.lane.push(LANE, Bytes::new()), Pushed::Closed);
        orders.push(broadcast("still there"));
        fanout.apply(&mut orders).await;
        assert_eq!(take(&quick.lane).await, ["still there"]);
    }

    #[tokio::test]
    async fn a_closed_connection_gets_what_waits_and_the_bye_last() {
        let mut fanout = fanout(2);
        let reader = Reader::new(1);
        let mut orders = Vec::new();
        reader.join(&mut orders);
        orders.push(broadcast("hello"));
        orders.push(Order::Close {
            conn: reader.conn,
            bye: Bytes::from_static(b"bye"),
        });
        orders.push(broadcast("too late"));
        fanout.apply(&mut orders).await;
        assert_eq!(take_until_end(&reader.lane).await, ["hello"]);
        assert_eq!(take_until_end(&reader.control).await, ["bye"]);
    }

    #[tokio::test]
    async fn what_is_told_of_attached_lanes_is_forgotten_with_them() {
        let mut fanout = fanout(2);
        let mut orders = Vec::new();
        for conn in 0..6 {
            Reader::new(conn).join(&mut orders);
            orders.push(attach(ConnId(conn)));
        }
        fanout.apply(&mut orders).await;
        assert_eq!(*fanout.attached.rooms[&ROOM], [3, 3]);
        orders.push(Order::Gone { conn: ConnId(0) });
        orders.push(Order::Gone { conn: ConnId(2) });
        orders.push(Order::EndLane {
            conn: ConnId(4),
            lane: LANE,
        });
        fanout.apply(&mut orders).await;
        assert_eq!(fanout.attached.shards(ROOM).collect::<Vec<_>>(), [1]);
        for conn in [1, 3, 5, 1].map(ConnId) {
            orders.push(Order::Gone { conn });
        }
        fanout.apply(&mut orders).await;
        assert!(fanout.attached.rooms.is_empty());
        assert!(fanout.attached.lanes.is_empty());
    }
}
