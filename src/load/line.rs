//! One guest's connection: what it says and what it hears, whatever carries it.
//!
//! Decides nothing about what is said. A guest is in one room and may be in the flooded one, so there
//! are a control lane and at most two more. Invariant: payloads are heard in the order of their lane,
//! each whole.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::either::Either;
use wtransport::{Connection, RecvStream, SendStream};

use super::LoadError;
use super::dial::Dialer;
use crate::hub::Carrier;
use crate::ids::LaneId;
use crate::wire::FrameCutter;
use crate::wire::frame::{LANE_TAG, take_tagged};

/// A TCP connection, with or without TLS.
pub(super) type Stream = Either<TcpStream, TlsStream<TcpStream>>;
/// A WebSocket over either.
pub(super) type Socket = WebSocketStream<Stream>;

/// The room's lane.
pub(super) const ROOM: LaneId = LaneId(1);
/// That of the flooded room, for those who are in another one as well.
pub(super) const FLOOD: LaneId = LaneId(2);
/// All of them, by their number.
const LANES: usize = 3;
/// For the other side to close.
const FAREWELL: Duration = Duration::from_secs(1);
/// Bytes taken off a stream at once.
const READ_CHUNK: usize = 64 * 1024;

/// What a guest says.
pub(super) enum Voice {
    /// A connection, and the streams of its lanes.
    WebTransport {
        /// Closed when this is dropped.
        connection: Connection,
        /// Those that are open.
        lanes: [Option<SendStream>; LANES],
    },
    /// A socket for all lanes.
    WebSocket(SplitSink<Socket, Message>),
}

/// What a guest hears.
pub(super) enum Ears {
    /// A stream for each lane.
    WebTransport(Box<[Option<Lane>; LANES]>),
    /// A socket for all lanes.
    WebSocket(SplitStream<Socket>),
}

/// What was heard, and where.
pub(super) type Payload = (LaneId, Bytes);

/// One stream of frames.
pub(super) struct Lane {
    id: LaneId,
    stream: RecvStream,
    cutter: FrameCutter,
}

/// Opens a connection with its control lane.
pub(super) async fn open(
    dialer: &Dialer,
    (guest, carrier): (usize, Carrier),
) -> Result<(Voice, Ears), LoadError> {
    match carrier {
        Carrier::WebTransport => {
            let connection = dialer.webtransport(guest).await?;
            let (send, lane) = stream(&connection, LaneId::CONTROL).await?;
            let lanes = [Some(send), None, None];
            let voice = Voice::WebTransport { connection, lanes };
            let lanes = Box::new([Some(lane), None, None]);
            Ok((voice, Ears::WebTransport(lanes)))
        }
        Carrier::WebSocket => {
            let (sink, stream) = dialer.websocket().await?.split();
            Ok((Voice::WebSocket(sink), Ears::WebSocket(stream)))
        }
    }
}

async fn stream(connection: &Connection, id: LaneId) -> Result<(SendStream, Lane), LoadError> {
    let opening = connection.open_bi().await.map_err(LoadError::lost)?;
    let (send, stream) = opening.await.map_err(LoadError::lost)?;
    let cutter = FrameCutter::default();
    Ok((send, Lane { id, stream, cutter }))
}

impl Voice {
    /// Opens a room's lane.
    pub(super) async fn open_lane(&mut self, id: LaneId, ears: &mut Ears) -> Result<(), LoadError> {
        match (self, ears) {
            (Self::WebTransport { connection, lanes }, Ears::WebTransport(heard)) => {
                let (send, lane) = stream(connection, id).await?;
                lanes[place(id)] = Some(send);
                heard[place(id)] = Some(lane);
                Ok(())
            }
            (Self::WebTransport { .. } | Self::WebSocket(_), _) => Ok(()),
        }
    }

    /// Says this on the control lane.
    pub(super) async fn control(&mut self, frame: Bytes) -> Result<(), LoadError> {
        self.say(LaneId::CONTROL, vec![frame]).await
    }

    /// Waits until everything has been taken, and ends the connection.
    pub(super) async fn finish(self) {
        // Whether the other side still listens makes no difference any more.
        match self {
            Self::WebTransport { connection, lanes } => {
                for mut stream in lanes.into_iter().flatten() {
                    stream.finish().await.ok();
                }
                timeout(FAREWELL, connection.closed()).await.ok();
            }
            Self::WebSocket(mut sink) => {
                timeout(FAREWELL, sink.close()).await.ok();
            }
        }
    }

    /// Says these on a lane, in one write.
    pub(super) async fn say(
        &mut self,
        lane: LaneId,
        mut frames: Vec<Bytes>,
    ) -> Result<(), LoadError> {
        match self {
            Self::WebTransport { lanes, .. } => {
                let stream = lanes[place(lane)].as_mut().ok_or(LoadError::Lost(None))?;
                let quic = stream.quic_stream_mut();
                let written = quic.write_all_chunks(&mut frames).await;
                written.map_err(LoadError::lost)
            }
            Self::WebSocket(sink) => {
                let message = Message::Binary(tagged(lane, &frames));
                sink.send(message).await.map_err(LoadError::lost)
            }
        }
    }
}

fn place(lane: LaneId) -> usize {
    usize::try_from(lane.0).expect("lanes are numbered from 0 to 2")
}

fn tagged(lane: LaneId, frames: &[Bytes]) -> Bytes {
    let length = frames.iter().map(|frame| LANE_TAG + frame.len()).sum();
    let mut packed = BytesMut::with_capacity(length);
    for frame in frames {
        packed.put_u32_le(lane.0);
        packed.extend_from_slice(frame);
    }
    packed.freeze()
}

impl Ears {
    /// Waits for payloads and puts all that are there behind those in `heard`. Cancel-safe.
    ///
    /// # Errors
    /// [`LoadError::Lost`] when the connection or a room's lane is over.
    pub(super) async fn hear(&mut self, heard: &mut Vec<Payload>) -> Result<(), LoadError> {
        match self {
            Self::WebTransport(lanes) => {
                let [control, room, flood] = lanes.as_mut();
                // Reading a chunk is cancel-safe. The room comes first: the control lane is nearly silent, and
                // a flood must not keep others waiting.
                tokio::select! {
                    biased;
                    read = Lane::read(room.as_mut()) => read?.cut_into(heard),
                    read = Lane::read(control.as_mut()) => read?.cut_into(heard),
                    read = Lane::read(flood.as_mut()) => read?.cut_into(heard),
                }
            }
            Self::WebSocket(stream) => match stream.next().await {
                Some(Ok(Message::Binary(message))) => untag(message, heard),
                Some(Ok(_)) => Ok(()),
                Some(Err(error)) => Err(LoadError::lost(error)),
                None => Err(LoadError::Lost(None)),
            },
        }
    }
}

fn untag(mut message: Bytes, heard: &mut Vec<Payload>) -> Result<(), LoadError> {
    while !message.is_empty() {
        heard.push(take_tagged(&mut message)?);
    }
    Ok(())
}

impl Lane {
    /// Reads the next bytes of the lane, if it is open; otherwise for ever.
    async fn read(lane: Option<&mut Self>) -> Result<&mut Self, LoadError> {
        let Some(lane) = lane else {
            return std::future::pending().await;
        };
        let quic = lane.stream.quic_stream_mut();
        match quic.read_chunk(READ_CHUNK, true).await {
            Ok(Some(chunk)) => {
                lane.cutter.buffer().extend_from_slice(&chunk.bytes);
                Ok(lane)
            }
            Ok(None) => Err(LoadError::Lost(None)),
            Err(error) => Err(LoadError::lost(error)),
        }
    }

    fn cut_into(&mut self, heard: &mut Vec<Payload>) -> Result<(), LoadError> {
        while let Some(payload) = self.cutter.cut()? {
            heard.push((self.id, payload));
        }
        Ok(())
    }
}
