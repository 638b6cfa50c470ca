//! The limit over QUIC: one bidirectional stream a connection, with or without WebTransport below it.
//!
//! quinn as it is by default, but for the socket's receive buffer, which is as large as ours.

use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use chinwag::transport::udp::widen;
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Endpoint, Incoming, SendStream, TokioRuntime};
use socket2::{Domain, Protocol, Socket, Type};
use wtransport::endpoint::IncomingSessionFuture;

use super::hall::{Hall, Way};
use crate::Outcome;

/// What the stream is one of.
#[derive(Clone, Copy)]
pub(super) enum Layer {
    Stream,
    WebTransport,
}

pub(super) async fn serve(home: &Path, hall: Arc<Hall>, layer: Layer) -> Outcome<()> {
    let endpoint = endpoint(home, layer)?;
    super::say(endpoint.local_addr()?);
    while let Some(incoming) = endpoint.accept().await {
        let hall = hall.clone();
        tokio::spawn(async move {
            match layer {
                Layer::Stream => bare(incoming, &hall).await,
                Layer::WebTransport => webtransport(incoming, &hall).await,
            }
        });
    }
    Ok(())
}

fn endpoint(home: &Path, layer: Layer) -> Outcome<Endpoint> {
    let protocol: &[u8] = match layer {
        Layer::Stream => b"bare",
        Layer::WebTransport => b"h3",
    };
    let crypto = QuicServerConfig::try_from(super::tls(home, protocol)?)?;
    let config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    widen(&socket)?;
    socket.bind(&std::net::SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    let runtime = Arc::new(TokioRuntime);
    Ok(Endpoint::new(
        Default::default(),
        Some(config),
        socket.into(),
        runtime,
    )?)
}

async fn bare(incoming: Incoming, hall: &Hall) -> Outcome<()> {
    let connection = incoming.await?;
    let (send, receive) = connection.accept_bi().await?;
    Ok(hall.attend(receive, send).await?)
}

async fn webtransport(incoming: Incoming, hall: &Hall) -> Outcome<()> {
    let request = IncomingSessionFuture::with_quic_incoming(incoming).await?;
    let session = request.accept().await?;
    let (send, receive) = session.accept_bi().await?;
    Ok(hall.attend(receive, Lane(send)).await?)
}

/// A stream of WebTransport.
struct Lane(wtransport::SendStream);

impl Way for Lane {
    async fn write(&mut self, queue: &mut Vec<Bytes>) -> io::Result<()> {
        Way::write(self.0.quic_stream_mut(), queue).await
    }
}

impl Way for SendStream {
    async fn write(&mut self, queue: &mut Vec<Bytes>) -> io::Result<()> {
        self.write_all_chunks(queue).await?;
        queue.clear();
        Ok(())
    }
}
