//! The limit of what a WebSocket could be: TLS over TCP, and nothing on it.

use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncWriteExt, WriteHalf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::hall::{Hall, Way};
use crate::Outcome;

pub(super) async fn serve(home: &Path, hall: Arc<Hall>) -> Outcome<()> {
    let acceptor = TlsAcceptor::from(Arc::new(super::tls(home, b"http/1.1")?));
    let listener = super::listen()?;
    super::say(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let (acceptor, hall) = (acceptor.clone(), hall.clone());
        tokio::spawn(async move {
            stream.set_nodelay(true)?;
            let (reader, writer) = tokio::io::split(acceptor.accept(stream).await?);
            let joined = Vec::new();
            hall.attend(reader, Records { writer, joined }).await
        });
    }
}

/// Puts what is queued into as few TLS records and writes as it takes.
struct Records {
    writer: WriteHalf<TlsStream<TcpStream>>,
    joined: Vec<u8>,
}

impl Way for Records {
    async fn write(&mut self, queue: &mut Vec<Bytes>) -> io::Result<()> {
        for bytes in queue.drain(..) {
            self.joined.extend_from_slice(&bytes);
        }
        self.writer.write_all(&self.joined).await?;
        self.joined.clear();
        self.writer.flush().await
    }
}
