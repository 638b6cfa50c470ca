//! What one delivery costs between the hub and the write loops: bursts of broadcasts into
//! rooms of several sizes, every member's write loop a task that takes and drops.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use chinwag::fanout::{Budget, Fanout, Order, Outbox, Parcel};
use chinwag::ids::{ConnId, LaneId, RoomId};
use chinwag::metrics::Metrics;
use tokio::runtime::{Builder, Runtime};

const ROOM: RoomId = RoomId(1);
const LANE: LaneId = LaneId(1);

/// Messages that one wake of the hub brings.
const BURST: u64 = 16;

/// Deliveries measured for each size.
const DELIVERIES: u64 = 2_000_000;

fn main() {
    for members in [1, 100, 1_000] {
        let runtime = Builder::new_current_thread()
            .build()
            .expect("a runtime without I/O can be built");
        let mut room = runtime.block_on(Room::new(members));
        let bursts = (DELIVERIES / members / BURST).max(1);
        let measured = common::measure(|| room.run(&runtime, bursts));
        let what = format!("delivery to {members} members, bursts of {BURST}");
        measured.print(&what, bursts * BURST * members);
    }
}

struct Room {
    members: u64,
    fanout: Fanout,
    delivered: Arc<AtomicU64>,
    due: u64,
}

impl Room {
    async fn new(members: u64) -> Self {
        let mut fanout = Fanout::spawn(1, Bytes::new(), &Metrics::new());
        let delivered = Arc::new(AtomicU64::new(0));
        let mut orders = Vec::new();
        for conn in 0..members {
            let outbox = Outbox::new(Arc::new(Budget::new()));
            orders.extend(join(ConnId(conn), &outbox));
            tokio::spawn(write_loop(outbox, delivered.clone()));
        }
        fanout.apply(&mut orders).await;
        Self {
            members,
            fanout,
            delivered,
            due: 0,
        }
    }

    fn run(&mut self, runtime: &Runtime, bursts: u64) {
        runtime.block_on(async {
            for _ in 0..bursts {
                self.burst().await;
            }
        });
    }

    async fn burst(&mut self) {
        let frame = Bytes::from(vec![7; 100]);
        let broadcast = |_| Order::Broadcast {
            room: ROOM,
            frame: frame.clone(),
        };
        let mut orders = (0..BURST).map(broadcast).collect();
        self.fanout.apply(&mut orders).await;
        self.due += BURST * self.members;
        while self.delivered.load(Ordering::Relaxed) < self.due {
            tokio::task::yield_now().await;
        }
    }
}

fn join(conn: ConnId, outbox: &Arc<Outbox>) -> [Order; 3] {
    let open = |lane| Order::Open {
        conn,
        lane,
        outbox: outbox.clone(),
    };
    let attach = Order::Attach {
        room: ROOM,
        conn,
        lane: LANE,
    };
    [open(LaneId::CONTROL), open(LANE), attach]
}

async fn write_loop(outbox: Arc<Outbox>, delivered: Arc<AtomicU64>) {
    let mut batch = Vec::new();
    while outbox.take(&mut batch).await {
        let frames = batch.drain(..).flat_map(Parcel::frames);
        let count = frames.map(std::hint::black_box).count();
        delivered.fetch_add(count as u64, Ordering::Relaxed);
    }
}
