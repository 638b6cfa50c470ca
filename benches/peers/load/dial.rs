//! Opening connections: as `chinwag load` does it, for other protocols.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chinwag::transport::udp::widen;
use quinn::crypto::rustls::QuicClientConfig;
use rustls::RootCertStore;
use rustls::pki_types::ServerName;
use socket2::{Domain, Socket as SystemSocket, Type};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use wtransport::config::{DnsLookupFuture, DnsResolver};
use wtransport::endpoint::endpoint_side::Client;
use wtransport::tls::client::{NoServerVerification, build_default_tls_config};

use super::order::{Order, Protocol};
use crate::Outcome;

/// A WebSocket over TLS.
pub(super) type Socket = WebSocketStream<TlsStream<TcpStream>>;

/// These three as in `chinwag load`: connections on a UDP socket, the pause after which a silent one says
/// that it is there, and bytes of a WebSocket's buffer.
const ON_A_SOCKET: usize = 50;
const KEEP_ALIVE: Duration = Duration::from_secs(4);
const BUFFER: usize = 16 * 1024;

/// Opens connections to one server.
pub(super) struct Dialer {
    address: SocketAddr,
    tls: TlsConnector,
    quic: Vec<quinn::Endpoint>,
    webtransport: Vec<wtransport::Endpoint<Client>>,
}

impl Dialer {
    pub(super) fn new(order: &Order) -> Outcome<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, order.port));
        let sockets = 0..order.members.div_ceil(ON_A_SOCKET);
        let wanted = |protocol| {
            if order.protocol == protocol {
                sockets.clone()
            } else {
                0..0
            }
        };
        Ok(Self {
            address,
            tls: TlsConnector::from(Arc::new(tls(b"http/1.1"))),
            quic: wanted(Protocol::Quic)
                .map(|_| quic())
                .collect::<Outcome<_>>()?,
            webtransport: wanted(Protocol::WebTransport)
                .map(|_| webtransport(address))
                .collect::<Outcome<_>>()?,
        })
    }

    pub(super) async fn tls(&self) -> Outcome<TlsStream<TcpStream>> {
        let tcp = TcpStream::connect(self.address).await?;
        tcp.set_nodelay(true)?;
        Ok(self
            .tls
            .connect(ServerName::try_from("localhost")?, tcp)
            .await?)
    }

    pub(super) async fn quic(&self, member: usize) -> Outcome<quinn::Connection> {
        let endpoint = &self.quic[member % self.quic.len()];
        Ok(endpoint.connect(self.address, "localhost")?.await?)
    }

    pub(super) async fn webtransport(&self, member: usize) -> Outcome<wtransport::Connection> {
        let endpoint = &self.webtransport[member % self.webtransport.len()];
        let url = format!("https://localhost:{}/", self.address.port());
        Ok(endpoint.connect(url).await?)
    }

    pub(super) async fn websocket(&self, path: &str) -> Outcome<Socket> {
        let url = format!("wss://localhost:{}{path}", self.address.port());
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0);
        let opened = client_async_with_config(url, self.tls().await?, Some(config)).await?;
        Ok(opened.0)
    }
}

/// On loopback any certificate is taken.
fn tls(protocol: &[u8]) -> rustls::ClientConfig {
    let anybody = Arc::new(NoServerVerification::new());
    let nobody = Arc::new(RootCertStore::empty());
    let mut config = build_default_tls_config(nobody, Some(anybody));
    config.alpn_protocols = vec![protocol.to_vec()];
    config
}

fn transport() -> quinn::TransportConfig {
    let mut transport = quinn::TransportConfig::default();
    transport.keep_alive_interval(Some(KEEP_ALIVE));
    transport
}

/// As wide as that of `chinwag load`.
fn socket() -> io::Result<UdpSocket> {
    let socket = SystemSocket::new(Domain::IPV4, Type::DGRAM, Some(socket2::Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    widen(&socket)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)).into())?;
    Ok(socket.into())
}

fn quic() -> Outcome<quinn::Endpoint> {
    let crypto = QuicClientConfig::try_from(tls(b"bare"))?;
    let mut config = quinn::ClientConfig::new(Arc::new(crypto));
    config.transport_config(Arc::new(transport()));
    let runtime = Arc::new(quinn::TokioRuntime);
    let mut endpoint = quinn::Endpoint::new(Default::default(), None, socket()?, runtime)?;
    endpoint.set_default_client_config(config);
    Ok(endpoint)
}

fn webtransport(address: SocketAddr) -> Outcome<wtransport::Endpoint<Client>> {
    let config = wtransport::ClientConfig::builder()
        .with_bind_socket(socket()?)
        .with_custom_tls_and_transport(tls(b"h3"), transport())
        .dns_resolver(Found(address))
        .build();
    Ok(wtransport::Endpoint::client(config)?)
}

/// Says what is known.
#[derive(Debug)]
struct Found(SocketAddr);

impl DnsResolver for Found {
    fn resolve(&self, _: &str) -> Pin<Box<dyn DnsLookupFuture>> {
        let address = self.0;
        Box::pin(async move { Ok(Some(address)) })
    }
}
