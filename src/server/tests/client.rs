//! A client of each carrier, behind one face.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::fmt::Debug;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use wtransport::endpoint::ConnectOptions;
use wtransport::tls::Sha256Digest;
use wtransport::{ClientConfig, Connection, Endpoint, RecvStream, SendStream};

use super::*;
use crate::wire::frame::take_tagged;
use crate::wire::{FrameCutter, decode_event, encode_command};

/// Long enough for a loaded machine; nothing waits for it when all is well.
const DEADLINE: Duration = Duration::from_secs(20);

pub(super) async fn in_time<F: Future>(future: F) -> F::Output {
    let done = tokio::time::timeout(DEADLINE, future).await;
    done.expect("what is waited for does not come")
}

/// Any stream of bytes below a WebSocket.
pub(super) trait Bytestream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytestream for T {}

type Socket = WebSocketStream<Box<dyn Bytestream>>;

pub(super) enum Client {
    WebTransport {
        session: Connection,
        lanes: HashMap<LaneId, Stream>,
    },
    WebSocket {
        socket: Box<Socket>,
        received: VecDeque<(LaneId, Event)>,
    },
}

pub(super) struct Stream {
    send: SendStream,
    recv: RecvStream,
    cutter: FrameCutter,
}

pub(super) fn text(text: &str) -> Message {
    Message::text(text)
}

pub(super) fn binary(bytes: Vec<u8>) -> Message {
    Message::binary(bytes)
}

pub(super) async fn webtransport(world: &World, origin: Option<&str>) -> Option<Client> {
    connect(world, "/wt", origin).await
}

pub(super) async fn webtransport_at(world: &World, path: &str) -> Option<Client> {
    connect(world, path, None).await
}

async fn connect(world: &World, path: &str, origin: Option<&str>) -> Option<Client> {
    let hashes = world
        .certificates
        .hashes()
        .into_iter()
        .map(Sha256Digest::new);
    let config = ClientConfig::builder()
        .with_bind_default()
        .with_server_certificate_hashes(hashes)
        .build();
    let mut asked = ConnectOptions::builder(format!("https://{}{path}", world.at.secure[0]));
    if let Some(origin) = origin {
        asked = asked.add_header("origin", origin);
    }
    let endpoint = Endpoint::client(config).unwrap();
    let session = in_time(endpoint.connect(asked.build())).await.ok()?;
    let lanes = HashMap::new();
    Some(Client::WebTransport { session, lanes })
}

pub(super) async fn websocket(world: &World, origin: Option<&str>) -> Option<Client> {
    let stream = TcpStream::connect(world.at.plain[0]).await.unwrap();
    open(Box::new(stream), origin).await
}

pub(super) async fn secure_websocket(world: &World) -> Client {
    let pem = world.folder.path().join("certs/current.pem");
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(pem).unwrap())
        .unwrap();
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = TcpStream::connect(world.at.secure[0]).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = in_time(connector.connect(name, stream)).await.unwrap();
    open(Box::new(stream), None).await.unwrap()
}

async fn open(stream: Box<dyn Bytestream>, origin: Option<&str>) -> Option<Client> {
    let mut request = "ws://localhost/ws".into_client_request().unwrap();
    if let Some(origin) = origin {
        let origin = origin.parse().unwrap();
        request.headers_mut().insert("origin", origin);
    }
    let opened = in_time(tokio_tungstenite::client_async(request, stream)).await;
    let (socket, _) = opened.ok()?;
    Some(Client::WebSocket {
        socket: Box::new(socket),
        received: VecDeque::new(),
    })
}

impl Client {
    pub(super) async fn send(&mut self, lane: LaneId, command: &RawCommand) {
        let frame = encode_command(command).unwrap();
        self.send_frame(lane, &frame).await;
    }

    /// A frame with any payload.
    pub(super) async fn send_raw(&mut self, lane: LaneId, payload: &[u8]) {
        let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
        self.send_frame(lane, &[&length, payload].concat()).await;
    }

    pub(super) async fn send_message(&mut self, message: Message) {
        match self {
            Self::WebSocket { socket, .. } => in_time(socket.send(message)).await.unwrap(),
            Self::WebTransport { .. } => panic!("streams have no messages"),
        }
    }

    async fn send_frame(&mut self, lane: LaneId, frame: &[u8]) {
        match self {
            Self::WebSocket { socket, .. } => {
                let message = [&lane.0.to_le_bytes(), frame].concat();
                // The server may have said goodbye already.
                in_time(socket.send(Message::binary(message))).await.ok();
            }
            Self::WebTransport { session, lanes } => {
                let stream = in_time(stream(session, lanes, lane)).await;
                in_time(stream.send.write_all(frame)).await.unwrap();
            }
        }
    }

    /// The next event on this lane; over WebSocket nothing may come on another before it.
    pub(super) async fn receive(&mut self, lane: LaneId) -> Event {
        let (on, event) = in_time(self.receive_any(lane)).await.expect("it has ended");
        assert_eq!(on, lane, "{event:?}");
        event
    }

    pub(super) async fn skip_to(&mut self, lane: LaneId, wanted: impl Fn(&Event) -> bool) {
        while !wanted(&self.receive(lane).await) {}
    }

    pub(super) async fn skip_to_bye(&mut self, code: ByeCode) {
        let is_it = |event: &Event| matches!(event, Event::Bye(bye) if bye.code == code);
        while let Some((_, event)) = in_time(self.receive_any(LaneId::CONTROL)).await {
            if is_it(&event) {
                return;
            }
        }
        panic!("no goodbye");
    }

    /// Waits until the server has closed.
    pub(super) async fn ended(&mut self) {
        assert!(in_time(self.receive_any(LaneId::CONTROL)).await.is_none());
        if let Self::WebTransport { session, .. } = self {
            in_time(session.closed()).await;
        }
    }

    /// Whether no further stream can be opened for now.
    pub(super) async fn is_out_of_streams(&self) -> bool {
        match self {
            Self::WebTransport { session, .. } => {
                let opening = session.quic_connection().open_bi();
                let briefly = Duration::from_millis(100);
                tokio::time::timeout(briefly, opening).await.is_err()
            }
            Self::WebSocket { .. } => false,
        }
    }

    pub(super) async fn close(self) {
        match self {
            Self::WebTransport { session, .. } => {
                session.close(wtransport::VarInt::from_u32(0), b"");
                session.closed().await;
            }
            Self::WebSocket { mut socket, .. } => socket.close().await.unwrap(),
        }
    }

    async fn receive_any(&mut self, lane: LaneId) -> Option<(LaneId, Event)> {
        match self {
            Self::WebTransport { session, lanes } => {
                let stream = stream(session, lanes, lane).await;
                Some((lane, stream.receive().await?))
            }
            Self::WebSocket { socket, received } => {
                while received.is_empty() {
                    let message = socket.next().await?.ok()?;
                    unpack(message, received)?;
                }
                received.pop_front()
            }
        }
    }
}

/// Nothing when the server has closed.
fn unpack(message: Message, received: &mut VecDeque<(LaneId, Event)>) -> Option<()> {
    let mut frames = match message {
        Message::Binary(frames) => frames,
        Message::Close(_) => return None,
        _ => Bytes::new(),
    };
    while !frames.is_empty() {
        let (lane, payload) = take_tagged(&mut frames).unwrap();
        received.push_back((lane, decode_event(&payload).unwrap()));
    }
    Some(())
}

async fn stream<'a>(
    session: &Connection,
    lanes: &'a mut HashMap<LaneId, Stream>,
    lane: LaneId,
) -> &'a mut Stream {
    match lanes.entry(lane) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => {
            let (send, recv) = session.open_bi().await.unwrap().await.unwrap();
            let cutter = FrameCutter::default();
            new.insert(Stream { send, recv, cutter })
        }
    }
}

impl Stream {
    async fn receive(&mut self) -> Option<Event> {
        loop {
            if let Some(payload) = self.cutter.cut().unwrap() {
                return Some(decode_event(&payload).unwrap());
            }
            let chunk = self.recv.quic_stream_mut().read_chunk(4_096, true).await;
            let chunk = chunk.unwrap_or_else(|error| broken(&error))?;
            self.cutter.buffer().extend_from_slice(&chunk.bytes);
        }
    }
}

fn broken<T>(error: &impl Debug) -> T {
    panic!("the stream broke before its end: {error:?}")
}
