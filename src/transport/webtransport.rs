//! WebTransport over HTTP/3: a lane is a bidirectional stream that the client opens.
//!
//! Decides who may shake hands, and which streams become lanes: the first is the control
//! lane, every other a room's, numbered by arrival. Invariant: the accept loop never waits
//! for a client, and no task of a connection outlives it.
//!
//! The close code of a session never reaches a browser, so what is to be said is said in
//! band, the stream finished, and only then is the connection closed.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use quinn::{Incoming, RecvStream, SendStream, VarInt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use wtransport::Connection;
use wtransport::endpoint::{IncomingSessionFuture, SessionRequest};

use super::connection::{self, Ending, Link, Rare, Writing, begin_writing, read_loop};
use super::limits::{
    BIDI_STREAMS, BYE_LINGER, HANDSHAKE_DEADLINE, HANDSHAKES, HELLO_DEADLINE, LANE_LINGER,
    MANY_LANES, READ_CHUNK, RETRY_ABOVE,
};
use super::{CarrierError, FrameSink, FrameSource, Gate, Standing};
use crate::fanout::{Outbox, Parcel};
use crate::hub::Carrier;
use crate::ids::LaneId;
use crate::origin::{Allowed, origin_allowed};
use crate::wire::{Command, FrameCutter, WireError};

/// The path that answers a WebTransport request.
pub const PATH: &str = "/wt";

/// HTTP/3's `H3_NO_ERROR` (RFC 9114, section 8.1).
const NO_ERROR: u32 = 0x100;

/// The control lane's priority over the rooms' (0).
const CONTROL_PRIORITY: i32 = 1;

/// Who is let in over QUIC. Clones share the same bounds, so one serves every endpoint.
#[derive(Clone, Debug)]
pub struct Door {
    gate: Gate,
    allowed: Arc<Allowed>,
    handshakes: Arc<Semaphore>,
    closing: CancellationToken,
}

impl Door {
    /// A door that leads to `gate` until `closing`, which breaks off handshakes, too.
    #[must_use]
    pub fn new(gate: Gate, allowed: Arc<Allowed>, closing: CancellationToken) -> Self {
        Self {
            gate,
            allowed,
            handshakes: Arc::new(Semaphore::new(HANDSHAKES)),
            closing,
        }
    }

    /// Accepts connections as long as the door is open. The endpoint must not be closed
    /// before this has returned.
    pub async fn accept_loop(self, endpoint: quinn::Endpoint) {
        let closing = &self.closing;
        while let Some(Some(incoming)) = closing.run_until_cancelled(endpoint.accept()).await {
            self.admit(incoming);
        }
    }

    /// Never waits: the handshake runs on the connection's own task.
    fn admit(&self, incoming: Incoming) {
        let under_way = HANDSHAKES - self.handshakes.available_permits();
        if under_way >= RETRY_ABOVE && incoming.may_retry() {
            return self.ask_to_retry(incoming);
        }
        match Arc::clone(&self.handshakes).try_acquire_owned() {
            Ok(permit) => {
                let entering = Box::pin(self.clone().let_in(incoming, permit));
                self.gate.open.spawn(serve(entering, self.gate.clone()));
            }
            Err(_) => {
                self.gate.metrics.handshake_refused("flood");
                incoming.refuse();
            }
        }
    }

    /// Costs one packet and nothing that is kept.
    fn ask_to_retry(&self, incoming: Incoming) {
        match incoming.retry() {
            Ok(()) => self.gate.metrics.handshake_retried(),
            Err(_) => tracing::debug!("a first packet could not be answered with a retry"),
        }
    }

    /// From the first packet to a session and its place.
    async fn let_in(self, incoming: Incoming, _handshake: OwnedSemaphorePermit) -> Option<Guest> {
        let remote = incoming.remote_address();
        let Some(place) = self.gate.place() else {
            incoming.refuse();
            return None;
        };
        let shaking = self.closing.run_until_cancelled(self.shake_hands(incoming));
        match timeout(HANDSHAKE_DEADLINE, shaking).await {
            Ok(session) => Some((session??, place)),
            Err(_) => {
                tracing::debug!(%remote, "handshake not done in time");
                self.gate.metrics.handshake_refused("deadline");
                None
            }
        }
    }

    async fn shake_hands(&self, incoming: Incoming) -> Option<Connection> {
        let request = IncomingSessionFuture::with_quic_incoming(incoming);
        let request = request.await.map_err(log_failure).ok()?;
        match self.judge(&request) {
            Verdict::Welcome => request.accept().await.map_err(log_failure).ok(),
            Verdict::Foreign => {
                self.gate
                    .refuse_origin(request.origin(), request.authority());
                request.forbidden().await;
                None
            }
            Verdict::Lost => {
                request.not_found().await;
                None
            }
        }
    }

    fn judge(&self, request: &SessionRequest) -> Verdict {
        let path = request.path().split('?').next();
        if path != Some(PATH) {
            return Verdict::Lost;
        }
        if origin_allowed(request.origin(), request.authority(), &self.allowed) {
            Verdict::Welcome
        } else {
            Verdict::Foreign
        }
    }
}

/// A session and the place that it holds.
type Guest = (Connection, OwnedSemaphorePermit);

/// The handshake is boxed, because a session is longer: what it took is given back when it is done.
async fn serve(entering: Rare<'static, Option<Guest>>, gate: Gate) {
    let entered = entering.await;
    if let Some((session, place)) = entered {
        converse(session, &gate).await;
        drop(place);
    }
}

/// What a request is answered with.
enum Verdict {
    Welcome,
    /// A page of somebody else's: 403.
    Foreign,
    /// Another path: 404.
    Lost,
}

fn log_failure(error: wtransport::error::ConnectionError) {
    tracing::debug!(%error, "handshake failed");
}

/// From the first stream to the last word.
async fn converse(session: Connection, gate: &Gate) {
    // A client that opens no stream has nowhere to be told so.
    if let Ok(Ok((send, recv))) = timeout(HELLO_DEADLINE, session.accept_bi()).await {
        send.set_priority(CONTROL_PRIORITY);
        let control = LaneStream::new(LaneId::CONTROL, recv);
        greet_and_run(&session, gate, (control, LaneSink::new(send))).await;
    }
    // Chromium throws away what it has acknowledged but not yet handed to its page when the
    // connection closes: the goodbye. So the client, having read it, closes first.
    timeout(BYE_LINGER, session.closed()).await.ok();
    session.close(wtransport::VarInt::from_u32(NO_ERROR), b"");
}

async fn greet_and_run(session: &Connection, gate: &Gate, control: (LaneStream, LaneSink)) {
    let (mut source, sink) = control;
    let link = Arc::new(Link::new(gate, Carrier::WebTransport));
    let mut lanes = JoinSet::new();
    let reading = async {
        link.greet(&mut source).await?;
        // Whichever ends first ends the connection, so nothing is lost by dropping the other.
        tokio::select! {
            ended = read_loop(&link, &mut source) => ended,
            ended = accept_lanes(session, &link, &mut lanes) => ended,
        }
    };
    let writing = begin_writing(link.outbox(), sink);
    connection::run(&link, reading, writing).await;
    lanes.shutdown().await;
    link.leave().await;
}

/// Makes every further stream a lane. QUIC's own limit bounds how many are open at a time.
async fn accept_lanes(
    session: &Connection,
    link: &Arc<Link>,
    lanes: &mut JoinSet<()>,
) -> Result<(), Ending> {
    let mut last = LaneId::CONTROL;
    loop {
        let (send, recv) = session.accept_bi().await.map_err(|_| Ending::Lost)?;
        // Those that have ended must not pile up.
        while lanes.try_join_next().is_some() {}
        last = LaneId(last.0.checked_add(1).ok_or(Ending::Malformed)?);
        if last.0 == MANY_LANES {
            let quic = session.quic_connection();
            quic.set_max_concurrent_bi_streams(VarInt::from_u32(BIDI_STREAMS));
        }
        let outbox = link.lane_outbox();
        link.open_lane(last, Arc::clone(&outbox)).await?;
        let source = LaneStream::new(last, recv);
        let lane = Lane {
            link: Arc::clone(link),
            outbox,
            id: last,
        };
        lanes.spawn(lane.run(source, LaneSink::new(send)));
    }
}

/// A room's lane.
struct Lane {
    link: Arc<Link>,
    outbox: Arc<Outbox>,
    id: LaneId,
}

impl Lane {
    async fn run(self, mut source: LaneStream, sink: LaneSink) {
        let mut writing = begin_writing(&self.outbox, sink);
        let ended = tokio::select! {
            biased;
            // A read that is dropped half-way belongs to a lane that is over.
            _ = &mut writing => None,
            ended = read_loop(&self.link, &mut source) => Some(ended),
        };
        match ended {
            Some(Ok(()) | Err(Ending::Lost)) => self.finish(writing).await,
            Some(Err(ending)) => self.link.end(ending),
            None => source.discard().await,
        }
    }

    /// The client has closed its half: the hub ends the lane, which ends the writing.
    async fn finish(&self, writing: Writing) {
        if self.link.close_lane(self.id).await.is_ok() {
            // A lane that cannot be written to the end is over all the same.
            writing.await.ok();
        }
    }
}

/// A stream's receiving half, as frames.
struct LaneStream {
    lane: LaneId,
    stream: wtransport::RecvStream,
    cutter: FrameCutter,
}

impl LaneStream {
    fn new(lane: LaneId, stream: wtransport::RecvStream) -> Self {
        Self {
            lane,
            stream,
            cutter: FrameCutter::default(),
        }
    }

    fn quic(&mut self) -> &mut RecvStream {
        self.stream.quic_stream_mut()
    }

    async fn fill(&mut self) -> Result<bool, CarrierError> {
        let chunk = self.quic().read_chunk(READ_CHUNK, true).await;
        match chunk.map_err(|_| CarrierError::Lost)? {
            Some(chunk) => {
                self.cutter.buffer().extend_from_slice(&chunk.bytes);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Gives the client [`LANE_LINGER`] to close its half, so that it does not meet an error.
    fn discard(mut self) -> Rare<'static, ()> {
        let drain = async move {
            while let Ok(Some(_)) = self.quic().read_chunk(READ_CHUNK, true).await {}
        };
        // Dropping the stream asks the client to stop.
        Box::pin(timeout(LANE_LINGER, drain).map(drop))
    }
}

impl FrameSource for LaneStream {
    async fn next(&mut self) -> Result<Option<(LaneId, Bytes)>, CarrierError> {
        loop {
            if let Some(payload) = self.cutter.cut()? {
                return Ok(Some((self.lane, payload)));
            }
            if self.fill().await? {
                continue;
            }
            return if self.cutter.is_mid_frame() {
                Err(WireError::Truncated.into())
            } else {
                Ok(None)
            };
        }
    }

    fn standing(&mut self, _: LaneId, _: &Command) -> Standing {
        Standing::Open
    }
}

/// Places kept for what is written next: a usual wake's worth.
const KEPT_CHUNKS: usize = 4;

/// A stream's sending half.
struct LaneSink {
    stream: wtransport::SendStream,
    chunks: Vec<Bytes>,
}

impl LaneSink {
    fn new(stream: wtransport::SendStream) -> Self {
        Self {
            stream,
            chunks: Vec::new(),
        }
    }

    fn quic(&mut self) -> &mut SendStream {
        self.stream.quic_stream_mut()
    }
}

impl FrameSink for LaneSink {
    async fn write(&mut self, batch: &mut Vec<Parcel>) -> Result<(), CarrierError> {
        let mut chunks = std::mem::take(&mut self.chunks);
        chunks.extend(batch.drain(..).map(Parcel::joined));
        let written = self.quic().write_all_chunks(&mut chunks).await;
        chunks.clear();
        chunks.shrink_to(KEPT_CHUNKS);
        self.chunks = chunks;
        written.map_err(|_| CarrierError::Lost)
    }

    async fn finish(mut self) -> Result<(), CarrierError> {
        self.stream.finish().await.map_err(|_| CarrierError::Lost)
    }
}
