//! One connection, whatever carries it: lanes of frames out and events in.

use std::collections::HashMap;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chinwag::ids::LaneId;
use chinwag::wire::frame::take_tagged;
use chinwag::wire::raw::RawCommand;
use chinwag::wire::{self, Event, FrameCutter};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use wtransport::config::QuicTransportConfig;
use wtransport::tls::Sha256Digest;
use wtransport::tls::client::{ServerHashVerification, build_default_tls_config};
use wtransport::{ClientConfig, Connection, Endpoint, RecvStream, SendStream};

use super::{Server, within};

/// What carries the frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    WebTransport,
    WebSocket,
}

impl Carrier {
    pub fn other(self) -> Self {
        match self {
            Self::WebTransport => Self::WebSocket,
            Self::WebSocket => Self::WebTransport,
        }
    }
}

type Socket = WebSocketStream<TlsStream<TcpStream>>;
type Writer = Arc<tokio::sync::Mutex<SplitSink<Socket, Message>>>;
type Routes = Arc<Mutex<HashMap<u32, mpsc::UnboundedSender<Bytes>>>>;

/// Where a server is met, and by which certificates it is known.
#[derive(Clone, Debug)]
pub struct Target {
    pub quic: SocketAddr,
    pub tcp: SocketAddr,
    pub hashes: Vec<Sha256Digest>,
}

/// A UDP socket that any number of connections go through.
pub type QuicSocket = Arc<Endpoint<wtransport::endpoint::endpoint_side::Client>>;

/// Why there is no connection.
pub type Failure = Box<dyn Error + Send + Sync>;

/// A connection that has said nothing yet.
pub struct Link {
    carried: Carried,
    /// Whether what comes in is read.
    reads: watch::Sender<bool>,
    next_lane: u32,
    tasks: Vec<AbortHandle>,
}

enum Carried {
    WebTransport {
        connection: Connection,
        // The connection lives no longer than the endpoint.
        _endpoint: QuicSocket,
    },
    WebSocket {
        writer: Writer,
        routes: Routes,
    },
}

impl Link {
    pub async fn open(carrier: Carrier, server: &Server) -> Self {
        let target = Target {
            quic: server.listen,
            tcp: server.listen,
            hashes: server.hashes().await,
        };
        let opened = within("a connection", Self::try_open(carrier, &target)).await;
        opened.unwrap_or_else(|failure| panic!("no {carrier:?}: {failure}"))
    }

    /// Opens a connection where there may be none to be had.
    pub async fn try_open(carrier: Carrier, target: &Target) -> Result<Self, Failure> {
        match carrier {
            Carrier::WebTransport => Self::through(quic_socket(target)?, target).await,
            Carrier::WebSocket => websocket(target).await,
        }
    }

    /// Opens a WebTransport connection through a socket that others use, too.
    pub async fn through(socket: QuicSocket, target: &Target) -> Result<Self, Failure> {
        let connection = socket
            .connect(format!("https://{}/wt", target.quic))
            .await?;
        Ok(Self {
            carried: Carried::WebTransport {
                connection,
                _endpoint: socket,
            },
            reads: watch::Sender::new(true),
            next_lane: 0,
            tasks: Vec::new(),
        })
    }

    /// Stops reading, so that the server's queues fill, or goes on.
    pub fn read(&self, reads: bool) {
        self.reads.send_replace(reads);
    }

    /// A new lane; the first is the control lane.
    pub async fn lane(&mut self) -> Lane {
        within("a lane", self.try_lane()).await.unwrap()
    }

    /// A new lane of a connection that may be lost.
    pub async fn try_lane(&mut self) -> Result<Lane, Failure> {
        let id = self.next_lane;
        self.next_lane += 1;
        let (frames, payloads) = mpsc::unbounded_channel();
        let out = match &self.carried {
            Carried::WebTransport { connection, .. } => {
                let (send, receive) = connection.open_bi().await?.await?;
                let task = tokio::spawn(read_stream(receive, frames, self.reads.subscribe()));
                self.tasks.push(task.abort_handle());
                Out::Stream(Box::new(send))
            }
            Carried::WebSocket { writer, routes } => {
                routes.lock().unwrap().insert(id, frames);
                Out::Socket(writer.clone())
            }
        };
        Ok(Lane { id, out, payloads })
    }

    /// Sends a WebSocket message as it is. Nothing like it exists over WebTransport.
    pub async fn message(&self, message: Message) {
        match &self.carried {
            Carried::WebTransport { .. } => panic!("WebTransport has no messages"),
            Carried::WebSocket { writer, .. } => {
                // The server may have closed it already.
                writer.lock().await.send(message).await.ok();
            }
        }
    }

    pub fn webtransport(&self) -> Option<&Connection> {
        match &self.carried {
            Carried::WebTransport { connection, .. } => Some(connection),
            Carried::WebSocket { .. } => None,
        }
    }

    /// Ends the connection without a word.
    pub fn cut(self) {
        if let Carried::WebTransport { connection, .. } = &self.carried {
            connection.close(0_u32.into(), b"");
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// One lane of a link.
pub struct Lane {
    pub id: u32,
    out: Out,
    payloads: mpsc::UnboundedReceiver<Bytes>,
}

enum Out {
    Stream(Box<SendStream>),
    Socket(Writer),
}

impl Lane {
    pub async fn send(&mut self, command: &RawCommand) {
        self.frame(&wire::encode_command(command).unwrap()).await;
    }

    /// Sends a frame, header included, whatever is in it.
    pub async fn frame(&mut self, frame: &[u8]) {
        match &mut self.out {
            Out::Stream(stream) => {
                // The server may have ended the lane already.
                stream.write_all(frame).await.ok();
            }
            Out::Socket(writer) => {
                let tagged = [&self.id.to_le_bytes()[..], frame].concat();
                let message = Message::Binary(tagged.into());
                writer.lock().await.send(message).await.ok();
            }
        }
    }

    /// The next event, whatever it is; `None` when the lane is over.
    pub async fn next(&mut self) -> Option<Event> {
        let payload = within("an event", self.payloads.recv()).await?;
        Some(wire::decode_event(&payload).expect("the server speaks the protocol"))
    }

    /// Waits until the server has ended the lane, and returns what it said before.
    pub async fn rest(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

/// A socket for connections to servers with the certificates of `target`.
pub fn quic_socket(target: &Target) -> Result<QuicSocket, Failure> {
    let verifier = Arc::new(ServerHashVerification::new(target.hashes.clone()));
    let tls = build_default_tls_config(Arc::new(rustls::RootCertStore::empty()), Some(verifier));
    let mut quic = QuicTransportConfig::default();
    // Small, so that a client that does not read is noticed soon.
    quic.stream_receive_window(16_384_u32.into())
        .receive_window(65_536_u32.into());
    let config = ClientConfig::builder()
        .with_bind_address((Ipv4Addr::UNSPECIFIED, 0).into())
        .with_custom_tls_and_transport(tls, quic)
        .build();
    Ok(Arc::new(Endpoint::client(config)?))
}

async fn read_stream(
    mut stream: RecvStream,
    frames: mpsc::UnboundedSender<Bytes>,
    mut reads: watch::Receiver<bool>,
) {
    let mut cutter = FrameCutter::default();
    let mut chunk = vec![0; 16 * 1024];
    while reads.wait_for(|reads| *reads).await.is_ok() {
        let Ok(Some(read)) = stream.read(&mut chunk).await else {
            return;
        };
        cutter.buffer().extend_from_slice(&chunk[..read]);
        while let Some(payload) = cutter.cut().expect("the server sends whole frames") {
            // Nobody listens to a lane that the test has dropped.
            frames.send(payload).ok();
        }
    }
}

/// TLS to the server, for WebSocket or plain HTTPS.
pub async fn tls(target: &Target) -> Result<TlsStream<TcpStream>, Failure> {
    let verifier = Arc::new(ServerHashVerification::new(target.hashes.clone()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let tcp = TcpSocket::new_v4()?;
    // Small, so that a client that does not read is noticed soon.
    tcp.set_recv_buffer_size(16 * 1024)?;
    let tcp = tcp.connect(target.tcp).await?;
    // As browsers do.
    tcp.set_nodelay(true)?;
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let name = "localhost".try_into().unwrap();
    Ok(connector.connect(name, tcp).await?)
}

async fn websocket(target: &Target) -> Result<Link, Failure> {
    let tls = tls(target).await?;
    let url = format!("wss://localhost:{}/ws", target.tcp.port());
    let (socket, _) = tokio_tungstenite::client_async(url, tls).await?;
    let (writer, reader) = socket.split();
    let writer = Arc::new(tokio::sync::Mutex::new(writer));
    let routes = Routes::default();
    let reads = watch::Sender::new(true);
    let task = tokio::spawn(read_socket(reader, routes.clone(), reads.subscribe()));
    Ok(Link {
        carried: Carried::WebSocket { writer, routes },
        reads,
        next_lane: 0,
        tasks: vec![task.abort_handle()],
    })
}

async fn read_socket(
    mut socket: SplitStream<Socket>,
    routes: Routes,
    mut reads: watch::Receiver<bool>,
) {
    while reads.wait_for(|reads| *reads).await.is_ok() {
        let Some(Ok(message)) = socket.next().await else {
            break;
        };
        if let Message::Binary(mut rest) = message {
            while !rest.is_empty() {
                let (LaneId(lane), payload) = take_tagged(&mut rest).expect("whole frames");
                deliver(&routes, lane, payload);
            }
        }
    }
    // What waits for an event now knows that there will be none.
    routes.lock().unwrap().clear();
}

/// Hands a payload to its lane; the lane is over after an event that says so.
fn deliver(routes: &Routes, lane: u32, payload: Bytes) {
    let event = wire::decode_event(&payload).expect("the server speaks the protocol");
    let is_last = matches!(event, Event::Left | Event::JoinRefused { .. });
    let mut routes = routes.lock().unwrap();
    if let Some(route) = routes.get(&lane) {
        // Nobody listens to a lane that the test has dropped.
        route.send(payload).ok();
    }
    if is_last {
        routes.remove(&lane);
    }
}
