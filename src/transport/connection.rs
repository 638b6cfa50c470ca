//! The two loops that every connection is made of, whatever carries it.
//!
//! Decides when a connection has begun (a `Hello` that is understood), which frames end
//! it, and what is said before it ends. Does not decide what a command means. Invariant:
//! what is said last reaches the peer or the peer does not read; either way both loops end.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use super::limits::{BYE_DEADLINE, HELLO_DEADLINE};
use super::{CarrierError, FrameSink, FrameSource, Gate, Standing};
use crate::fanout::{Budget, Outbox};
use crate::hub::{Arrival, Carrier, Handle, HubGone, Place};
use crate::ids::{ConnId, LaneId};
use crate::metrics::Metrics;
use crate::wire::event::{Bye, ByeCode, Retry};
use crate::wire::raw::{MoveReason, Transport};
use crate::wire::{self, Command, Event, WireError};

/// Why the server ends a connection by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Ending {
    /// The peer is gone: nothing can be said.
    #[error("the connection is lost")]
    Lost,
    /// The frames make no sense.
    #[error("the frames make no sense")]
    Malformed,
    /// The protocol version is not spoken here.
    #[error("the protocol version is not spoken here")]
    Version,
    /// `Hello` did not come in time.
    #[error("no greeting came in time")]
    Timeout,
    /// The hub is gone: the server is going down.
    #[error("the server is going down")]
    Draining,
}

/// A future of its own size: a task is as large as the largest of what it may wait for, so what happens
/// once in a connection's life takes its memory only then.
pub(super) type Rare<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One connection as its loops see it.
#[derive(Debug)]
pub(super) struct Link {
    conn: ConnId,
    hub: Handle,
    metrics: Metrics,
    carrier: Carrier,
    budget: Arc<Budget>,
    outbox: Arc<Outbox>,
    connected: AtomicBool,
    moved: AtomicBool,
}

impl Link {
    /// A connection that has not greeted yet.
    pub(super) fn new(gate: &Gate, carrier: Carrier) -> Self {
        let budget = Arc::new(Budget::default());
        Self {
            conn: gate.hub.next_conn(),
            hub: gate.hub.clone(),
            metrics: gate.metrics.clone(),
            carrier,
            outbox: Outbox::new(Arc::clone(&budget)),
            budget,
            connected: AtomicBool::new(false),
            moved: AtomicBool::new(false),
        }
    }

    /// The control lane's outbox.
    pub(super) fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// An outbox for one lane, within the connection's budget.
    pub(super) fn lane_outbox(&self) -> Arc<Outbox> {
        Outbox::new(Arc::clone(&self.budget))
    }

    /// Reads the greeting and tells the hub of the connection.
    pub(super) fn greet<'a>(
        &'a self,
        source: &'a mut impl FrameSource,
    ) -> Rare<'a, Result<(), Ending>> {
        Box::pin(self.take_greeting(source))
    }

    async fn take_greeting(&self, source: &mut impl FrameSource) -> Result<(), Ending> {
        let first = timeout(HELLO_DEADLINE, source.next()).await;
        let (lane, payload) = first.map_err(|_| Ending::Timeout)??.ok_or(Ending::Lost)?;
        let greeting = parse_hello(lane, &payload)?;
        // What people are told under the connection's details ends in the same digits.
        tracing::debug!(conn = self.conn.0, carrier = ?self.carrier, client = greeting.client, "greeted");
        let arrival = Arrival::Connected {
            conn: self.conn,
            greeting,
            outbox: Arc::clone(&self.outbox),
            carrier: self.carrier,
        };
        self.hub.send(arrival).await?;
        self.connected.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Tells the hub of a new lane, before the lane's first command.
    pub(super) async fn open_lane(&self, lane: LaneId, outbox: Arc<Outbox>) -> Result<(), Ending> {
        let conn = self.conn;
        let place = self.hub.place().await?;
        place.send(Arrival::Lane { conn, lane, outbox });
        Ok(())
    }

    /// Tells the hub that the client has closed a lane.
    pub(super) async fn close_lane(&self, lane: LaneId) -> Result<(), Ending> {
        let conn = self.conn;
        let place = self.hub.place().await?;
        place.send(Arrival::LaneClosed { conn, lane });
        Ok(())
    }

    /// Says goodbye on the control lane, if there is anything to say; the connection ends
    /// as soon as that is written.
    pub(super) fn end(&self, ending: Ending) {
        let last = ending.bye().map(|bye| (LaneId::CONTROL, bye));
        self.outbox.close(last);
    }

    /// Tells the hub that the connection is over, if it ever heard of it. The last call.
    pub(super) async fn leave(&self) {
        if self.connected.load(Ordering::Relaxed) {
            // A hub that is gone needs no telling.
            if let Ok(place) = self.hub.place().await {
                place.send(Arrival::Closed { conn: self.conn });
            }
        }
    }

    /// Hands one frame on. What waits for a place in the hub's inbox is the frame as it came: what is
    /// made of it is larger, and a connection must not keep room for that all its life.
    async fn deliver(
        &self,
        source: &mut impl FrameSource,
        frame: (LaneId, Bytes),
    ) -> Result<(), Ending> {
        let place = self.hub.place().await?;
        match self.hand_in(place, source, frame)? {
            None => Ok(()),
            Some((lane, command)) => self.begin_lane(lane, command).await,
        }
    }

    /// Parses a frame and hands it in; a command that opens its lane comes back.
    fn hand_in(
        &self,
        place: Place<'_>,
        source: &mut impl FrameSource,
        (lane, payload): (LaneId, Bytes),
    ) -> Result<Option<(LaneId, Box<Command>)>, Ending> {
        let command = wire::decode_command(&payload)?;
        if matches!(command, Command::Hello(_)) {
            return Err(Ending::Malformed);
        }
        if let Command::Moved { from, reason } = command {
            return self.count_move(lane, (from, reason)).map(|()| None);
        }
        match source.standing(lane, &command) {
            Standing::Open => {
                place.send(self.command(lane, command));
                Ok(None)
            }
            Standing::New => Ok(Some((lane, Box::new(command)))),
            Standing::Over => Ok(None),
            Standing::TooMany => Err(Ending::Malformed),
        }
    }

    /// Boxed, because it is seldom.
    fn begin_lane(&self, lane: LaneId, command: Box<Command>) -> Rare<'_, Result<(), Ending>> {
        Box::pin(async move {
            self.open_lane(lane, Arc::clone(&self.outbox)).await?;
            self.hub.place().await?.send(self.command(lane, *command));
            Ok(())
        })
    }

    fn command(&self, lane: LaneId, command: Command) -> Arrival {
        let conn = self.conn;
        Arrival::Command {
            conn,
            lane,
            command,
        }
    }

    /// It is said once, so that nobody counts more moves than connections.
    fn count_move(
        &self,
        lane: LaneId,
        (from, reason): (Transport, MoveReason),
    ) -> Result<(), Ending> {
        if lane != LaneId::CONTROL || self.moved.swap(true, Ordering::Relaxed) {
            return Err(Ending::Malformed);
        }
        self.metrics
            .moved(carrier_of(from), self.carrier, reason_label(reason));
        Ok(())
    }
}

/// Hands over every frame until the peer sends no more (`Ok`) or the connection must end.
/// A full hub makes this wait, and flow control then slows the sender.
pub(super) async fn read_loop(link: &Link, source: &mut impl FrameSource) -> Result<(), Ending> {
    while let Some(frame) = source.next().await? {
        link.deliver(source, frame).await?;
    }
    Ok(())
}

/// Writes what the outbox holds, a batch at a time, until it is closed and empty.
async fn write_loop(outbox: Arc<Outbox>, mut sink: impl FrameSink) -> Result<(), CarrierError> {
    let mut batch = Vec::new();
    loop {
        // Both are cancel-safe; the probe stands first, so that a busy outbox cannot starve it.
        let more = tokio::select! {
            biased;
            () = sink.probe_due() => None,
            more = outbox.take(&mut batch) => Some(more),
        };
        match more {
            None => sink.probe().await?,
            Some(true) => sink.write(&mut batch).await?,
            Some(false) => return sink.finish().await,
        }
    }
}

/// A write loop on a task of its own: what is to be written wakes that and nothing else. Dropped, it is given up.
pub(super) type Writing = AbortOnDropHandle<Result<(), CarrierError>>;

/// Starts to write what `outbox` holds and will hold.
pub(super) fn begin_writing(outbox: &Arc<Outbox>, sink: impl FrameSink + 'static) -> Writing {
    AbortOnDropHandle::new(tokio::spawn(write_loop(Arc::clone(outbox), sink)))
}

/// Lets both loops run until the connection is over: when reading ends, what is to be said is
/// still written within [`BYE_DEADLINE`]; when writing ends, there is nothing left to do.
///
/// Reading is boxed before there is a future, or it would keep room for it as well.
pub(super) fn run<'a>(
    link: &'a Link,
    reading: impl Future<Output = Result<(), Ending>> + Send + 'a,
    writing: Writing,
) -> impl Future<Output = ()> + Send + 'a {
    see_through(link, Box::pin(reading), writing)
}

async fn see_through(link: &Link, reading: Rare<'_, Result<(), Ending>>, mut writing: Writing) {
    // Reading that is left over is dropped together with its connection, so nothing is lost by dropping it.
    let ending = tokio::select! {
        biased;
        written = &mut writing => {
            tracing::debug!(conn = link.conn.0, ?written, "closed by the server");
            return;
        }
        ended = reading => ended.err().unwrap_or(Ending::Lost),
    };
    tracing::debug!(conn = link.conn.0, %ending, "ended by the reader");
    link.end(ending);
    // A peer that takes nothing of the goodbye does not need it.
    timeout(BYE_DEADLINE, writing).await.ok();
}

impl Ending {
    fn bye(self) -> Option<Bytes> {
        let (code, retry) = match self {
            Self::Lost => return None,
            Self::Malformed => (ByeCode::Malformed, Retry::Stop),
            Self::Version => (ByeCode::Version, Retry::Stop),
            Self::Timeout => (ByeCode::Timeout, Retry::After(RETRY_MS)),
            Self::Draining => (ByeCode::Draining, Retry::After(RETRY_MS)),
        };
        let text = self.to_string().into();
        let bye = Event::Bye(Bye { code, text, retry });
        Some(wire::encode_event(&bye).expect("a goodbye fits a frame"))
    }
}

/// When a client may come back, at the latest, in milliseconds: long enough to spread a
/// crowd, short enough for a person to wait.
const RETRY_MS: u32 = 5_000;

impl From<WireError> for Ending {
    fn from(_: WireError) -> Self {
        Self::Malformed
    }
}

impl From<HubGone> for Ending {
    fn from(_: HubGone) -> Self {
        Self::Draining
    }
}

impl From<CarrierError> for Ending {
    fn from(error: CarrierError) -> Self {
        match error {
            CarrierError::Lost | CarrierError::Stalled => Self::Lost,
            CarrierError::Wire(_) | CarrierError::NotSpoken => Self::Malformed,
        }
    }
}

fn parse_hello(lane: LaneId, payload: &[u8]) -> Result<wire::command::Greeting, Ending> {
    if lane != LaneId::CONTROL {
        return Err(Ending::Malformed);
    }
    match wire::hello_version(payload) {
        Some(wire::VERSION) => {}
        Some(_) => return Err(Ending::Version),
        None => return Err(Ending::Malformed),
    }
    match wire::decode_command(payload)? {
        Command::Hello(greeting) => Ok(greeting),
        Command::Bye
        | Command::Ping { .. }
        | Command::Join(_)
        | Command::Leave
        | Command::Send { .. }
        | Command::History { .. }
        | Command::Typing
        | Command::Moved { .. }
        | Command::Look { .. }
        | Command::Search(_)
        | Command::Rooms { .. }
        | Command::Invite { .. }
        | Command::Away { .. }
        | Command::Read { .. } => Err(Ending::Malformed),
    }
}

fn carrier_of(transport: Transport) -> Carrier {
    match transport {
        Transport::WebTransport => Carrier::WebTransport,
        Transport::WebSocket => Carrier::WebSocket,
    }
}

fn reason_label(reason: MoveReason) -> &'static str {
    match reason {
        MoveReason::Lost => "lost",
        MoveReason::Stalled => "stalled",
        MoveReason::Better => "better",
        MoveReason::Told => "told",
        MoveReason::Network => "network",
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn};
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;
    use std::task::Poll;
    use std::time::Duration;

    use tokio::sync::mpsc;
    use tokio::time::{Instant, Interval, interval};

    use super::*;
    use crate::chat::{Rate, Settings, WordFilter};
    use crate::fanout::{Fanout, Parcel};
    use crate::hub::{Hub, Parts};
    use crate::ids::{Epoch, Pepper};
    use crate::log::{self, MemoryLog};
    use crate::transport::limits::PROBE;

    /// A gate to a hub that nobody runs: it takes what arrives and says nothing.
    fn gate() -> (Gate, Hub) {
        let (sender, replies) = mpsc::unbounded_channel();
        let epoch = Epoch(1);
        let parts = Parts {
            settings: Settings {
                epoch,
                pepper: Pepper([9; 32]),
                server: "test".into(),
                rate: Rate {
                    per_second: 1,
                    burst: 1,
                },
                max_sessions: 1,
                filter: WordFilter::off(),
            },
            members: Vec::new(),
            writer: log::spawn(MemoryLog::new(epoch), sender),
            replies,
            fanout: Fanout::spawn(1, Bytes::new(), &Metrics::new()),
            metrics: Metrics::new(),
        };
        let (hub, handle) = Hub::new(parts, crate::clock::now());
        (Gate::new(handle, Metrics::new()), hub)
    }

    /// A peer that says nothing.
    struct Silence;

    impl FrameSource for Silence {
        async fn next(&mut self) -> Result<Option<(LaneId, Bytes)>, CarrierError> {
            pending().await
        }

        fn standing(&mut self, _: LaneId, _: &Command) -> Standing {
            Standing::Open
        }
    }

    /// What a peer was told, and how often it was probed.
    #[derive(Clone, Default)]
    struct Told(Arc<Mutex<(Vec<Bytes>, usize)>>);

    impl Told {
        fn note(&self, note: impl FnOnce(&mut Vec<Bytes>, &mut usize)) {
            let (told, probed) = &mut *self.0.lock().unwrap();
            note(told, probed);
        }

        fn take(&self) -> (Vec<Bytes>, usize) {
            std::mem::take(&mut self.0.lock().unwrap())
        }
    }

    /// A peer that keeps what it is told, if it reads at all.
    struct Peer {
        told: Told,
        reads: bool,
        probes: Interval,
    }

    impl Peer {
        fn new(told: &Told, reads: bool) -> Self {
            Self {
                told: told.clone(),
                reads,
                probes: interval(PROBE),
            }
        }
    }

    impl FrameSink for Peer {
        async fn write(&mut self, batch: &mut Vec<Parcel>) -> Result<(), CarrierError> {
            if !self.reads {
                pending::<()>().await;
            }
            let frames = batch.drain(..).flat_map(Parcel::frames);
            self.told
                .note(|told, _| told.extend(frames.map(|(_, frame)| frame)));
            Ok(())
        }

        async fn probe_due(&mut self) {
            self.probes.tick().await;
        }

        async fn probe(&mut self) -> Result<(), CarrierError> {
            self.told.note(|_, probed| *probed += 1);
            Ok(())
        }

        async fn finish(self) -> Result<(), CarrierError> {
            Ok(())
        }
    }

    async fn meet(reads: bool) -> (Vec<Bytes>, usize, Duration) {
        let (gate, _hub) = gate();
        let link = Link::new(&gate, Carrier::WebSocket);
        let (told, start) = (Told::default(), Instant::now());
        let writing = begin_writing(link.outbox(), Peer::new(&told, reads));
        let reading = async { link.greet(&mut Silence).await };
        run(&link, reading, writing).await;
        let (told, probed) = told.take();
        (told, probed, start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn who_never_greets_is_probed_then_told_so() {
        let (told, probed, took) = meet(true).await;
        let goodbye = Ending::Timeout.bye().unwrap();
        assert_eq!(told, [goodbye]);
        assert!(probed >= 2);
        assert!(took >= HELLO_DEADLINE);
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_take_the_goodbye_is_left_without_it() {
        let (told, _, took) = meet(false).await;
        assert!(told.is_empty());
        assert!(took >= HELLO_DEADLINE + BYE_DEADLINE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_outbox_does_not_starve_the_probes() {
        let (gate, _hub) = gate();
        let link = Link::new(&gate, Carrier::WebSocket);
        let told = Told::default();
        let writing = begin_writing(link.outbox(), Peer::new(&told, true));
        let busy = async {
            for _ in 0..30 {
                link.outbox()
                    .push(LaneId::CONTROL, Bytes::from_static(b"x"));
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            link.outbox().close(None);
        };
        busy.await;
        assert_eq!(writing.await.unwrap(), Ok(()));
        let (told, probed) = told.take();
        assert_eq!(told.len(), 30);
        assert!(probed >= 7);
    }

    #[tokio::test]
    async fn what_is_to_be_written_does_not_wake_the_reader() {
        let (gate, _hub) = gate();
        let link = Arc::new(Link::new(&gate, Carrier::WebSocket));
        let told = Told::default();
        let writing = begin_writing(link.outbox(), Peer::new(&told, true));
        let looks = Arc::new(AtomicUsize::new(0));
        let (looking, own) = (looks.clone(), link.clone());
        let running = tokio::spawn(async move {
            let reading = poll_fn(|_| {
                looking.fetch_add(1, Ordering::Relaxed);
                Poll::Pending
            });
            run(&own, reading, writing).await;
        });
        for _ in 0..100 {
            link.outbox()
                .push(LaneId::CONTROL, Bytes::from_static(b"x"));
            tokio::task::yield_now().await;
        }
        link.outbox().close(None);
        running.await.unwrap();
        assert_eq!(told.take().0.len(), 100);
        assert_eq!(looks.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_connection_keeps_room_for_its_loops_once() {
        const LOOP: usize = 4_096;
        let (gate, _hub) = gate();
        let link = Link::new(&gate, Carrier::WebSocket);
        let reading = async {
            let kept = [0_u8; LOOP];
            tokio::task::yield_now().await;
            std::hint::black_box(&kept);
            Ok(())
        };
        assert!(size_of_val(&reading) < LOOP * 3 / 2);
        let writing = begin_writing(link.outbox(), Peer::new(&Told::default(), true));
        assert!(size_of_val(&run(&link, reading, writing)) < LOOP / 2);
    }

    #[test]
    fn only_a_hello_of_this_version_on_the_control_lane_greets() {
        let hello = [&[0; 4][..], &wire::VERSION.to_le_bytes()].concat();
        let later = [&[0; 4][..], &(wire::VERSION + 1).to_le_bytes()].concat();
        let greet = |lane, payload: &[u8]| parse_hello(LaneId(lane), payload).unwrap_err();
        assert_eq!(greet(1, &hello), Ending::Malformed);
        assert_eq!(greet(0, &hello), Ending::Malformed, "cut short");
        assert_eq!(greet(0, &later), Ending::Version);
        assert_eq!(greet(0, b"\x02\0\0\0\0\0"), Ending::Malformed);
        assert_eq!(greet(0, b""), Ending::Malformed);
    }
}
