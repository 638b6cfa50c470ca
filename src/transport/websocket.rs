//! WebSocket: all lanes share one socket, each frame tagged with its lane.
//!
//! Decides how frames are packed into messages, which lanes are open, and when a silent
//! peer is dead. Invariant: a socket never holds more unwritten than
//! [`WS_WRITE_BUFFER_MAX`], and at most [`ROOM_LANES`] room lanes are open.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use super::connection::{self, Link, Rare, begin_writing, read_loop};
use super::limits::{
    BYE_LINGER, IDLE, PROBE, ROOM_LANES, WRITE_DEADLINE, WS_MESSAGE, WS_PACK, WS_READ_BUFFER,
    WS_WRITE_BUFFER, WS_WRITE_BUFFER_MAX,
};
use super::{CarrierError, FrameSink, FrameSource, Gate, Standing};
use crate::fanout::{Parcel, Run};
use crate::hub::Carrier;
use crate::ids::LaneId;
use crate::origin::{Allowed, origin_allowed};
use crate::wire::frame::{LANE_TAG, take_tagged};
use crate::wire::{self, Command};

/// Answers requests for a WebSocket from pages that are allowed; each socket is then
/// served on a task of its own.
pub fn endpoint(gate: Gate, allowed: Arc<Allowed>) -> MethodRouter {
    get(async move |asked: HeaderMap, request: WebSocketUpgrade| {
        let origin = text(&asked, ORIGIN);
        let host = text(&asked, HOST).unwrap_or_default();
        if origin_allowed(origin, host, &allowed) {
            return upgrade(request, gate);
        }
        gate.refuse_origin(origin, host);
        StatusCode::FORBIDDEN.into_response()
    })
}

/// A header as text; what is no text is no origin either, but it is there.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let value = headers.get(name)?;
    Some(value.to_str().unwrap_or_default())
}

fn upgrade(request: WebSocketUpgrade, gate: Gate) -> Response {
    let Some(place) = gate.place() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    request
        .read_buffer_size(WS_READ_BUFFER)
        .write_buffer_size(WS_WRITE_BUFFER)
        .max_write_buffer_size(WS_WRITE_BUFFER_MAX)
        .max_message_size(WS_MESSAGE)
        .max_frame_size(WS_MESSAGE)
        .on_upgrade(move |socket| serve(socket, gate, place))
}

/// Serves one socket until it is over, and holds its place. What the future needs no more is not in it:
/// the socket as it was before it had two halves.
fn serve(socket: WebSocket, gate: Gate, place: OwnedSemaphorePermit) -> Rare<'static, ()> {
    let halves = socket.split();
    Box::pin(async move {
        gate.open.track_future(converse(halves, &gate)).await;
        drop(place);
    })
}

async fn converse(
    (sink, stream): (SplitSink<WebSocket, Message>, SplitStream<WebSocket>),
    gate: &Gate,
) {
    let link = Link::new(gate, Carrier::WebSocket);
    let lanes = SharedLanes::default();
    let mut source = Source::new(stream, lanes.clone());
    let reading = async {
        link.greet(&mut source).await?;
        read_loop(&link, &mut source).await
    };
    let writing = begin_writing(link.outbox(), Sink::new(sink, lanes));
    connection::run(&link, reading, writing).await;
    // A socket that is closed over unread bytes is reset, and the goodbye lost with it.
    timeout(BYE_LINGER, source.discard()).await.ok();
    link.leave().await;
}

/// The room lanes of one connection.
///
/// A lane opens with its first frame and is over when the server has said so. What is still under way
/// for it then is dropped: only a `Join` opens a number at or below one that was used before.
#[derive(Debug, Default)]
struct Lanes {
    open: HashSet<LaneId>,
    highest: u32,
}

impl Lanes {
    fn standing(&mut self, lane: LaneId, command: &Command) -> Standing {
        if lane == LaneId::CONTROL || self.open.contains(&lane) {
            return Standing::Open;
        }
        if lane.0 <= self.highest && !matches!(command, Command::Join(_)) {
            return Standing::Over;
        }
        if self.open.len() >= ROOM_LANES as usize {
            return Standing::TooMany;
        }
        self.open.insert(lane);
        self.highest = self.highest.max(lane.0);
        Standing::New
    }

    fn end(&mut self, lane: LaneId) {
        self.open.remove(&lane);
    }
}

/// The lanes as both loops see them. The lock is never held across an await.
#[derive(Clone, Debug, Default)]
struct SharedLanes(Arc<Mutex<Lanes>>);

impl SharedLanes {
    fn lock(&self) -> MutexGuard<'_, Lanes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Messages in, as frames.
struct Source {
    stream: SplitStream<WebSocket>,
    message: Bytes,
    lanes: SharedLanes,
    /// Whether what comes can no longer be read as messages, although the socket works.
    lost_thread: bool,
}

impl Source {
    fn new(stream: SplitStream<WebSocket>, lanes: SharedLanes) -> Self {
        Self {
            stream,
            message: Bytes::new(),
            lanes,
            lost_thread: false,
        }
    }

    /// The next binary message that is not empty. Pongs count as signs of life.
    async fn receive(&mut self) -> Result<Option<Bytes>, CarrierError> {
        loop {
            let received = timeout(IDLE, self.stream.next()).await;
            let message = match received.map_err(|_| CarrierError::Lost)? {
                None => return Ok(None),
                Some(Ok(message)) => message,
                Some(Err(error)) => {
                    let flaw = flaw(&error);
                    self.lost_thread = flaw == CarrierError::NotSpoken;
                    return Err(flaw);
                }
            };
            match message {
                Message::Binary(bytes) if bytes.is_empty() => {}
                Message::Binary(bytes) => return Ok(Some(bytes)),
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Text(_) => return Err(CarrierError::NotSpoken),
                Message::Close(_) => return Ok(None),
            }
        }
    }

    /// Reads until the peer has closed as well. What cannot be read (the rest of a message that
    /// is too long) gives the peer the whole time to read the goodbye.
    async fn discard(&mut self) {
        // After an error the stream says that it is over, which the peer is not.
        while !self.lost_thread {
            match self.stream.next().await {
                None => return,
                Some(read) => self.lost_thread = read.is_err(),
            }
        }
        std::future::pending().await
    }
}

impl FrameSource for Source {
    async fn next(&mut self) -> Result<Option<(LaneId, Bytes)>, CarrierError> {
        if self.message.is_empty() {
            match self.receive().await? {
                Some(message) => self.message = message,
                None => return Ok(None),
            }
        }
        Ok(Some(take_tagged(&mut self.message)?))
    }

    fn standing(&mut self, lane: LaneId, command: &Command) -> Standing {
        self.lanes.lock().standing(lane, command)
    }
}

/// Frames out, packed into messages.
struct Sink {
    sink: SplitSink<WebSocket, Message>,
    lanes: SharedLanes,
    probes: Interval,
}

impl Sink {
    fn new(sink: SplitSink<WebSocket, Message>, lanes: SharedLanes) -> Self {
        let mut probes = interval(PROBE);
        probes.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            sink,
            lanes,
            probes,
        }
    }

    fn feed(&mut self, message: Message) -> impl Future<Output = Result<(), CarrierError>> {
        in_time(self.sink.feed(message))
    }

    fn flush(&mut self) -> impl Future<Output = Result<(), CarrierError>> {
        in_time(self.sink.flush())
    }

    /// Frees the numbers of lanes that end with this batch, before the client can know.
    fn end_lanes(&self, batch: &[Parcel]) {
        for parcel in batch {
            if let Parcel::Frame(lane, frame) = parcel
                && wire::ends_lane(frame)
            {
                self.lanes.lock().end(*lane);
            }
        }
    }

    /// Writes what many get, as it was packed for the first of them.
    async fn write_run(&mut self, lane: LaneId, run: &Run) -> Result<(), CarrierError> {
        for message in run.packed(lane, pack).iter() {
            self.feed(Message::Binary(message.clone())).await?;
        }
        self.flush().await
    }

    /// Packs what one write loop holds, message by message.
    async fn write_all(&mut self, batch: &mut Vec<Parcel>) -> Result<(), CarrierError> {
        let length: usize = batch.iter().map(Parcel::bytes).sum();
        let mut message = BytesMut::with_capacity(length.min(WS_PACK));
        for parcel in batch.drain(..) {
            match parcel {
                Parcel::Frame(lane, frame) => {
                    self.make_room(&mut message, LANE_TAG + frame.len()).await?;
                    put_tagged(&mut message, (lane, &frame));
                }
                Parcel::Run(lane, run) => {
                    for packed in run.packed(lane, pack).iter() {
                        self.make_room(&mut message, packed.len()).await?;
                        message.extend_from_slice(packed);
                    }
                }
            }
        }
        self.feed(Message::Binary(message.freeze())).await?;
        self.flush().await
    }

    /// Sends the message as it is if so much more does not go into it.
    async fn make_room(&mut self, message: &mut BytesMut, more: usize) -> Result<(), CarrierError> {
        if fits(message, more) {
            return Ok(());
        }
        let full = std::mem::take(message).freeze();
        self.feed(Message::Binary(full)).await
    }
}

/// Frames for one lane as messages of at most [`WS_PACK`] bytes, unless a frame is longer.
fn pack(lane: LaneId, frames: &[Bytes]) -> Vec<Bytes> {
    let tagged: usize = frames.iter().map(|frame| LANE_TAG + frame.len()).sum();
    let mut message = BytesMut::with_capacity(tagged.min(WS_PACK));
    let mut messages = Vec::with_capacity(1);
    for frame in frames {
        if !fits(&message, LANE_TAG + frame.len()) {
            messages.push(std::mem::take(&mut message).freeze());
        }
        put_tagged(&mut message, (lane, frame));
    }
    messages.push(message.freeze());
    messages
}

/// A message that is begun takes no more than [`WS_PACK`] bytes.
fn fits(message: &BytesMut, more: usize) -> bool {
    message.is_empty() || message.len() + more <= WS_PACK
}

fn put_tagged(message: &mut BytesMut, (lane, frame): (LaneId, &[u8])) {
    message.put_u32_le(lane.0);
    message.put(frame);
}

impl FrameSink for Sink {
    async fn write(&mut self, batch: &mut Vec<Parcel>) -> Result<(), CarrierError> {
        self.end_lanes(batch);
        match batch.pop() {
            Some(Parcel::Run(lane, run)) if batch.is_empty() => self.write_run(lane, &run).await,
            last => {
                batch.extend(last);
                self.write_all(batch).await
            }
        }
    }

    async fn probe_due(&mut self) {
        self.probes.tick().await;
    }

    async fn probe(&mut self) -> Result<(), CarrierError> {
        self.feed(Message::Ping(Bytes::new())).await?;
        self.flush().await
    }

    async fn finish(mut self) -> Result<(), CarrierError> {
        in_time(self.sink.close()).await
    }
}

/// A write that does not get on for [`WRITE_DEADLINE`] has no reader. Every connection has room for this
/// future, so it is no async function, which would keep the write twice.
fn in_time(
    write: impl Future<Output = Result<(), axum::Error>>,
) -> impl Future<Output = Result<(), CarrierError>> {
    timeout(WRITE_DEADLINE, write).map(|written| match written {
        Ok(written) => written.map_err(|_| CarrierError::Lost),
        Err(_) => Err(CarrierError::Stalled),
    })
}

/// A broken socket is lost; a socket that works but carries no such messages is malformed.
fn flaw(error: &axum::Error) -> CarrierError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<std::io::Error>() {
            return CarrierError::Lost;
        }
        cause = error.source();
    }
    CarrierError::NotSpoken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{MemberSecret, Nick, RoomName};
    use crate::wire::command::Join;

    fn join() -> Command {
        Command::Join(Join {
            room: RoomName::parse("lobby"),
            nick: Nick::parse("ann"),
            cursor: None,
            member: MemberSecret([7; 32]),
        })
    }

    #[test]
    fn a_lane_is_new_once_and_again_after_it_was_over() {
        let mut lanes = Lanes::default();
        assert_eq!(lanes.standing(LaneId(5), &join()), Standing::New);
        assert_eq!(lanes.standing(LaneId(5), &Command::Typing), Standing::Open);
        lanes.end(LaneId(5));
        assert_eq!(lanes.standing(LaneId(5), &Command::Typing), Standing::Over);
        assert_eq!(lanes.standing(LaneId(5), &join()), Standing::New);
        assert_eq!(lanes.standing(LaneId(3), &join()), Standing::New);
    }

    // X2
    #[test]
    fn a_command_before_any_join_opens_its_lane_so_that_it_can_be_refused() {
        let mut lanes = Lanes::default();
        assert_eq!(lanes.standing(LaneId(1), &Command::Leave), Standing::New);
    }

    #[test]
    fn the_control_lane_is_open_and_does_not_count() {
        let mut lanes = Lanes::default();
        for lane in 0..=ROOM_LANES {
            lanes.standing(LaneId(lane), &join());
        }
        let control = lanes.standing(LaneId::CONTROL, &Command::Typing);
        assert_eq!(control, Standing::Open);
        let beyond = LaneId(ROOM_LANES + 1);
        assert_eq!(lanes.standing(beyond, &join()), Standing::TooMany);
        lanes.end(LaneId(1));
        assert_eq!(lanes.standing(beyond, &join()), Standing::New);
    }

    #[test]
    fn frames_are_packed_in_order_and_only_a_long_one_makes_a_long_message() {
        let long = vec![7; 2 * WS_PACK];
        let mut frames: Vec<Bytes> = Vec::new();
        for length in [1, WS_PACK / 2, WS_PACK / 2, 100, 2 * WS_PACK, 5] {
            let mut frame = u32::try_from(length).unwrap().to_le_bytes().to_vec();
            frame.extend(&long[..length]);
            frames.push(frame.into());
        }
        let messages = pack(LaneId(3), &frames);
        assert_eq!(messages.len(), 4);
        let mut unpacked = Vec::new();
        for mut message in messages {
            assert!(message.len() <= WS_PACK || message.len() > 2 * WS_PACK);
            while !message.is_empty() {
                let (lane, payload) = take_tagged(&mut message).unwrap();
                assert_eq!(lane, LaneId(3));
                unpacked.push(payload.len());
            }
        }
        let lengths: Vec<_> = frames.iter().map(|frame| frame.len() - 4).collect();
        assert_eq!(unpacked, lengths);
    }

    #[test]
    fn a_broken_socket_is_told_from_a_peer_that_talks_nonsense() {
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert_eq!(flaw(&axum::Error::new(broken)), CarrierError::Lost);
        let nonsense = axum::Error::new("a frame is too long");
        assert_eq!(flaw(&nonsense), CarrierError::NotSpoken);
    }
}
