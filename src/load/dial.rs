//! Opening connections to the server under load.
//!
//! Decides how the server is found and believed. Does not speak: what comes out is an open
//! connection that has said nothing yet.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use socket2::{Domain, Protocol, Socket as SystemSocket, Type};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use wtransport::config::{DnsLookupFuture, DnsResolver, QuicTransportConfig};
use wtransport::endpoint::endpoint_side::Client;
use wtransport::tls::build_native_cert_store;
use wtransport::tls::client::{NoServerVerification, build_default_tls_config};
use wtransport::{ClientConfig, Connection, Endpoint};

use super::LoadError;
use super::line::{Socket, Stream};
use crate::config::{LoadTarget, Trust};
use crate::http::{WEBSOCKET_PATH, WEBTRANSPORT_PATH};
use crate::transport::udp::widen;

/// Guests that use one UDP socket: a socket for each of thousands would be measured, and not the
/// server.
const ON_A_SOCKET: usize = 50;
/// Keeps a silent session alive; the server's own limit is longer.
const KEEP_ALIVE: Duration = Duration::from_secs(4);
/// Bytes of a WebSocket's buffers; the default is made for files.
const BUFFER: usize = 16 * 1024;

/// Opens connections to one server.
pub(super) struct Dialer {
    target: LoadTarget,
    address: SocketAddr,
    sockets: Vec<Endpoint<Client>>,
    tls: TlsConnector,
}

impl Dialer {
    /// A dialer for so many guests.
    ///
    /// # Errors
    /// [`LoadError`] when the server's name or the file of authorities leads nowhere.
    pub(super) async fn new(
        target: &LoadTarget,
        trust: &Trust,
        guests: usize,
    ) -> Result<Self, LoadError> {
        let address = find(target).await?;
        let judge = Judge::new(trust)?;
        let sockets = (0..guests.div_ceil(ON_A_SOCKET)).map(|_| udp_socket(address, &judge));
        Ok(Self {
            target: target.clone(),
            address,
            sockets: sockets
                .collect::<io::Result<_>>()
                .map_err(LoadError::Socket)?,
            tls: TlsConnector::from(Arc::new(judge.tls(&[]))),
        })
    }

    /// A WebTransport session for this guest.
    pub(super) async fn webtransport(&self, guest: usize) -> Result<Connection, LoadError> {
        let url = format!("https://{}{WEBTRANSPORT_PATH}", self.authority());
        let socket = &self.sockets[guest % self.sockets.len()];
        socket.connect(url).await.map_err(LoadError::dialling)
    }

    /// A WebSocket.
    pub(super) async fn websocket(&self) -> Result<Socket, LoadError> {
        let stream = self.stream().await.map_err(LoadError::dialling)?;
        let scheme = if self.target.tls { "wss" } else { "ws" };
        let url = format!("{scheme}://{}{WEBSOCKET_PATH}", self.authority());
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0);
        let opened = client_async_with_config(url, stream, Some(config)).await;
        Ok(opened.map_err(LoadError::dialling)?.0)
    }

    async fn stream(&self) -> io::Result<Stream> {
        let tcp = TcpStream::connect(self.address).await?;
        tcp.set_nodelay(true)?;
        if !self.target.tls {
            return Ok(Stream::Left(tcp));
        }
        let name = ServerName::try_from(self.target.host.clone()).map_err(io::Error::other)?;
        let tls = self.tls.connect(name, tcp).await?;
        Ok(Stream::Right(tls))
    }

    fn authority(&self) -> String {
        let LoadTarget { host, port, .. } = &self.target;
        if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        }
    }
}

/// The first of the server's addresses where somebody listens: `localhost` has two of them.
async fn find(target: &LoadTarget) -> Result<SocketAddr, LoadError> {
    let found = lookup_host((target.host.as_str(), target.port)).await;
    let addresses: Vec<SocketAddr> = found.map_err(LoadError::dialling)?.collect();
    let mut failure = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(_) => return Ok(address),
            Err(error) => failure = error,
        }
    }
    Err(LoadError::dialling(failure))
}

/// Who is believed.
struct Judge {
    roots: Arc<RootCertStore>,
    instead: Option<Arc<dyn ServerCertVerifier>>,
}

impl Judge {
    fn new(trust: &Trust) -> Result<Self, LoadError> {
        let roots = match trust {
            Trust::System => build_native_cert_store(),
            Trust::File(path) => roots_in(path).map_err(|error| LoadError::Authorities {
                path: path.clone(),
                error,
            })?,
            Trust::Anybody => RootCertStore::empty(),
        };
        let instead = match trust {
            Trust::System | Trust::File(_) => None,
            Trust::Anybody => Some(Arc::new(NoServerVerification::new()) as Arc<_>),
        };
        let roots = Arc::new(roots);
        Ok(Self { roots, instead })
    }

    fn tls(&self, protocols: &[&[u8]]) -> rustls::ClientConfig {
        let mut config = build_default_tls_config(self.roots.clone(), self.instead.clone());
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        config
    }
}

fn roots_in(
    path: &std::path::Path,
) -> Result<RootCertStore, Box<dyn std::error::Error + Send + Sync>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path)? {
        roots.add(certificate?)?;
    }
    Ok(roots)
}

fn udp_socket(address: SocketAddr, judge: &Judge) -> io::Result<Endpoint<Client>> {
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (std::net::Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = SystemSocket::new(Domain::for_address(any), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    // Many guests share it, and what one of them does not read in time is lost for all.
    widen(&socket)?;
    socket.bind(&any.into())?;
    let mut quic = QuicTransportConfig::default();
    quic.keep_alive_interval(Some(KEEP_ALIVE));
    let config = ClientConfig::builder()
        .with_bind_socket(socket.into())
        .with_custom_tls_and_transport(judge.tls(&[b"h3"]), quic)
        .dns_resolver(Found(address))
        .build();
    Endpoint::client(config)
}

/// Says what `find` has found.
#[derive(Debug)]
struct Found(SocketAddr);

impl DnsResolver for Found {
    fn resolve(&self, _: &str) -> Pin<Box<dyn DnsLookupFuture>> {
        let address = self.0;
        Box::pin(async move { Ok(Some(address)) })
    }
}
