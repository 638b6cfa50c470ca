//! Random orders against a model that does one thing at a time: every lane gets the same
//! frames in the same order, however orders are cut into batches and shards.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;

use super::{Budget, Fanout, Order, Outbox, Parcel};
use crate::ids::{ConnId, LaneId, RoomId};
use crate::metrics::Metrics;

/// What may happen; which connection, lane and room are drawn from few, so that they meet.
#[derive(Clone, Copy, Debug)]
enum Step {
    Open(u64, u32),
    Send(u64, u32),
    Attach(u64, u64, u32),
    Detach(u64, u64, u32),
    Broadcast(u64),
    EndLane(u64, u32),
    Close(u64),
    Gone(u64),
    /// What was ordered so far is handed out as one batch.
    Apply,
}

fn step() -> impl Strategy<Value = Step> {
    let (conn, lane, room) = (0..4_u64, 0..4_u32, 0..3_u64);
    prop_oneof![
        4 => (conn.clone(), lane.clone()).prop_map(|(c, l)| Step::Open(c, l)),
        6 => (conn.clone(), lane.clone()).prop_map(|(c, l)| Step::Send(c, l)),
        4 => (room.clone(), conn.clone(), lane.clone()).prop_map(|(r, c, l)| Step::Attach(r, c, l)),
        1 => (room.clone(), conn.clone(), lane.clone()).prop_map(|(r, c, l)| Step::Detach(r, c, l)),
        12 => room.prop_map(Step::Broadcast),
        1 => (conn.clone(), lane).prop_map(|(c, l)| Step::EndLane(c, l)),
        1 => conn.clone().prop_map(Step::Close),
        1 => conn.prop_map(Step::Gone),
        4 => Just(Step::Apply),
    ]
}

/// One outbox with what is expected of it.
struct Reader {
    outbox: Arc<Outbox>,
    expected: BTreeMap<LaneId, Vec<Bytes>>,
}

#[derive(Default)]
struct Model {
    readers: Vec<Reader>,
    /// The reader and the room of every open lane.
    lanes: BTreeMap<(ConnId, LaneId), (usize, Option<RoomId>)>,
    frames: u64,
}

impl Model {
    /// Does a step at once and says what to order; nothing if it makes no sense.
    fn take(&mut self, step: Step) -> Option<Order> {
        match step {
            Step::Open(conn, lane) => return self.open(ConnId(conn), LaneId(lane)),
            Step::Send(conn, lane) => {
                let (conn, lane, frame) = (ConnId(conn), LaneId(lane), self.frame());
                self.expect((conn, lane), &frame);
                return Some(Order::Send { conn, lane, frame });
            }
            Step::Attach(room, conn, lane) => {
                let (room, conn, lane) = (RoomId(room), ConnId(conn), LaneId(lane));
                if let Some(open) = self.lanes.get_mut(&(conn, lane)) {
                    open.1 = Some(room);
                }
                return Some(Order::Attach { room, conn, lane });
            }
            Step::Detach(room, conn, lane) => {
                let (room, conn, lane) = (RoomId(room), ConnId(conn), LaneId(lane));
                let open = self.lanes.get_mut(&(conn, lane));
                if let Some(open) = open.filter(|open| open.1 == Some(room)) {
                    open.1 = None;
                }
                return Some(Order::Detach { room, conn, lane });
            }
            Step::Broadcast(room) => return Some(self.broadcast(RoomId(room))),
            Step::EndLane(_, 0) | Step::Apply => {}
            Step::EndLane(conn, lane) => {
                let (conn, lane) = (ConnId(conn), LaneId(lane));
                self.lanes.remove(&(conn, lane));
                return Some(Order::EndLane { conn, lane });
            }
            Step::Close(conn) => {
                let (conn, bye) = (ConnId(conn), self.frame());
                self.expect((conn, LaneId::CONTROL), &bye);
                self.lanes.retain(|(it, _), _| *it != conn);
                return Some(Order::Close { conn, bye });
            }
            Step::Gone(conn) => {
                let conn = ConnId(conn);
                self.lanes.retain(|(it, _), _| *it != conn);
                return Some(Order::Gone { conn });
            }
        }
        None
    }

    /// Odd connections have one outbox for all lanes, even ones have one for each.
    fn open(&mut self, conn: ConnId, lane: LaneId) -> Option<Order> {
        if self.lanes.contains_key(&(conn, lane)) {
            return None;
        }
        let control = self.lanes.get(&(conn, LaneId::CONTROL)).copied();
        let reader = match control {
            Some((shared, _)) if conn.0 % 2 == 1 => shared,
            _ => self.reader(),
        };
        if control.is_some() || lane == LaneId::CONTROL {
            self.lanes.insert((conn, lane), (reader, None));
        }
        let outbox = self.readers[reader].outbox.clone();
        Some(Order::Open { conn, lane, outbox })
    }

    fn reader(&mut self) -> usize {
        self.readers.push(Reader {
            outbox: Outbox::new(Arc::new(Budget::new())),
            expected: BTreeMap::new(),
        });
        self.readers.len() - 1
    }

    fn broadcast(&mut self, room: RoomId) -> Order {
        let frame = self.frame();
        let is_there = |(_, open): &(&_, &(usize, Option<RoomId>))| open.1 == Some(room);
        let there = self.lanes.iter().filter(is_there);
        for lane in there.map(|(lane, _)| *lane).collect::<Vec<_>>() {
            self.expect(lane, &frame);
        }
        Order::Broadcast { room, frame }
    }

    fn expect(&mut self, lane: (ConnId, LaneId), frame: &Bytes) {
        if let Some((reader, _)) = self.lanes.get(&lane) {
            let expected = &mut self.readers[*reader].expected;
            expected.entry(lane.1).or_default().push(frame.clone());
        }
    }

    fn frame(&mut self) -> Bytes {
        self.frames += 1;
        Bytes::from(self.frames.to_string())
    }
}

async fn read_to_the_end(outbox: &Outbox) -> BTreeMap<LaneId, Vec<Bytes>> {
    let mut all: BTreeMap<LaneId, Vec<Bytes>> = BTreeMap::new();
    let mut batch = Vec::new();
    while outbox.take(&mut batch).await {
        for (lane, frame) in batch.drain(..).flat_map(Parcel::frames) {
            all.entry(lane).or_default().push(frame);
        }
    }
    all
}

/// Every lane's frames as they were written and as the model has them.
async fn compare(shards: usize, steps: &[Step]) {
    let mut model = Model::default();
    let mut fanout = Fanout::spawn(shards, Bytes::new(), &Metrics::new());
    let mut orders = Vec::new();
    for step in steps {
        if matches!(step, Step::Apply) {
            fanout.apply(&mut orders).await;
        }
        orders.extend(model.take(*step));
    }
    fanout.apply(&mut orders).await;
    drop(fanout);
    for (index, reader) in model.readers.iter().enumerate() {
        let got = read_to_the_end(&reader.outbox).await;
        assert_eq!(got, reader.expected, "outbox {index}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_lane_gets_what_a_plain_model_gives_it(
        shards in 1..4_usize,
        steps in prop::collection::vec(step(), 1..200),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.build().unwrap();
        runtime.block_on(compare(shards, &steps));
    }
}
