//! One member's connection: how a message is said, and how what is heard is taken apart.
//!
//! Whatever the protocol, what comes out is messages of [`peer_bytes`] bytes, side by side; everything
//! else that a server says is dropped here.

use bytes::{Bytes, BytesMut};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;

use super::dial::{Dialer, Socket};
use super::order::Protocol;
use crate::Outcome;
use crate::scene::peer_bytes;

/// Bytes taken at once.
const READ: usize = 64 * 1024;
/// Around a message in an event of Socket.IO.
const EVENT: (&str, &str) = ("42[\"message\",\"", "\"]");

/// Where what is to be said goes. Bounded by the windows of those who speak.
pub(super) type Mouth = mpsc::UnboundedSender<Bytes>;

/// The way to the server.
pub(super) enum Voice {
    Tls(WriteHalf<TlsStream<TcpStream>>),
    /// With what would close the connection when dropped.
    Quic(quinn::SendStream, #[allow(dead_code)] quinn::Connection),
    WebTransport(
        wtransport::SendStream,
        #[allow(dead_code)] wtransport::Connection,
    ),
    Socket(SplitSink<Socket, Message>),
}

/// The way back.
pub(super) enum Ears {
    Tls(ReadHalf<TlsStream<TcpStream>>, BytesMut),
    Quic(quinn::RecvStream, BytesMut),
    WebTransport(wtransport::RecvStream, BytesMut),
    /// A WebSocket, and where a ping of Socket.IO is answered.
    Socket(SplitStream<Socket>, Mouth),
}

/// Opens a connection and waits until the server has let it in; what it says from then on goes through
/// the mouth.
pub(super) async fn open(
    dialer: &Dialer,
    (member, protocol): (usize, Protocol),
) -> Outcome<(Mouth, Ears)> {
    let (mouth, said) = mpsc::unbounded_channel();
    let (mut voice, mut ears) = dial(dialer, (member, protocol), mouth.clone()).await?;
    greet(&mut voice, &mut ears, (member, protocol)).await?;
    tokio::spawn(speak(voice, said));
    Ok((mouth, ears))
}

async fn dial(
    dialer: &Dialer,
    (member, protocol): (usize, Protocol),
    mouth: Mouth,
) -> Outcome<(Voice, Ears)> {
    match protocol {
        Protocol::Tls => {
            let (reader, writer) = tokio::io::split(dialer.tls().await?);
            Ok((Voice::Tls(writer), Ears::Tls(reader, BytesMut::new())))
        }
        Protocol::Quic => {
            let connection = dialer.quic(member).await?;
            let (send, receive) = connection.open_bi().await?;
            let voice = Voice::Quic(send, connection);
            Ok((voice, Ears::Quic(receive, BytesMut::new())))
        }
        Protocol::WebTransport => {
            let session = dialer.webtransport(member).await?;
            let (send, receive) = session.open_bi().await?.await?;
            let voice = Voice::WebTransport(send, session);
            Ok((voice, Ears::WebTransport(receive, BytesMut::new())))
        }
        Protocol::Axum => socket(dialer, "/websocket", mouth).await,
        Protocol::SocketIo => socket(dialer, "/socket.io/?EIO=4&transport=websocket", mouth).await,
    }
}

async fn socket(dialer: &Dialer, path: &str, mouth: Mouth) -> Outcome<(Voice, Ears)> {
    let (sink, stream) = dialer.websocket(path).await?.split();
    Ok((Voice::Socket(sink), Ears::Socket(stream, mouth)))
}

/// Asks to be let in, and waits until it is so.
async fn greet(
    voice: &mut Voice,
    ears: &mut Ears,
    (member, protocol): (usize, Protocol),
) -> Outcome<()> {
    let name = format!("m{member}");
    let (asked, answered) = match protocol {
        Protocol::Tls | Protocol::Quic | Protocol::WebTransport => ("h".into(), "w".into()),
        Protocol::Axum => (name.clone(), format!("{name} joined.")),
        Protocol::SocketIo => ("40".into(), "40{".into()),
    };
    voice.say(&mut vec![asked.into()]).await?;
    ears.wait_for(&answered).await
}

/// Says what comes until nobody has anything to say.
async fn speak(mut voice: Voice, mut said: mpsc::UnboundedReceiver<Bytes>) -> Outcome<()> {
    let mut batch = Vec::new();
    while said.recv_many(&mut batch, 64).await > 0 {
        voice.say(&mut batch).await?;
    }
    Ok(())
}

/// A message as this protocol has it.
pub(super) fn frame(protocol: Protocol, text: String) -> Bytes {
    match protocol {
        Protocol::Tls | Protocol::Quic | Protocol::WebTransport | Protocol::Axum => text.into(),
        Protocol::SocketIo => format!("{}{text}{}", EVENT.0, EVENT.1).into(),
    }
}

impl Voice {
    async fn say(&mut self, batch: &mut Vec<Bytes>) -> Outcome<()> {
        match self {
            Self::Tls(writer) => {
                writer.write_all(&batch.concat()).await?;
                writer.flush().await?;
            }
            Self::Quic(stream, _) => stream.write_all_chunks(batch).await?,
            Self::WebTransport(stream, _) => {
                stream.quic_stream_mut().write_all_chunks(batch).await?;
            }
            Self::Socket(sink) => {
                for text in batch.drain(..) {
                    sink.feed(Message::Text(text.try_into()?)).await?;
                }
                sink.flush().await?;
            }
        }
        batch.clear();
        Ok(())
    }
}

impl Ears {
    /// Waits for messages and returns all that are there, side by side.
    pub(super) async fn hear(&mut self) -> Outcome<Bytes> {
        match self {
            Self::Tls(reader, read) => whole(reader, read).await,
            Self::Quic(stream, read) => whole(stream, read).await,
            Self::WebTransport(stream, read) => whole(stream, read).await,
            Self::Socket(stream, mouth) => loop {
                let text = text(stream).await?;
                if text.as_ref() == b"2" {
                    // Without a mouth the run is over.
                    mouth.send("3".into()).ok();
                }
                if let Some(message) = message(&text) {
                    return Ok(message);
                }
            },
        }
    }

    /// Drops what comes until it begins like this.
    async fn wait_for(&mut self, beginning: &str) -> Outcome<()> {
        match self {
            Self::Tls(reader, _) => drop(reader.read_u8().await?),
            Self::Quic(stream, _) => drop(stream.read_u8().await?),
            Self::WebTransport(stream, _) => drop(stream.read_u8().await?),
            Self::Socket(stream, _) => {
                while !text(stream).await?.starts_with(beginning.as_bytes()) {}
            }
        }
        Ok(())
    }
}

/// At least one message from a stream.
async fn whole(reader: &mut (impl AsyncRead + Unpin), read: &mut BytesMut) -> Outcome<Bytes> {
    while read.len() < peer_bytes() {
        read.reserve(READ);
        if reader.read_buf(read).await? == 0 {
            return Err("the server ended the connection".into());
        }
    }
    let whole = read.len() - read.len() % peer_bytes();
    Ok(read.split_to(whole).freeze())
}

async fn text(stream: &mut SplitStream<Socket>) -> Outcome<Bytes> {
    let message = stream
        .next()
        .await
        .ok_or("the server ended the connection")?;
    Ok(message?.into_data())
}

/// The message in a text: behind a name (axum's example) or within an event (Socket.IO).
fn message(text: &Bytes) -> Option<Bytes> {
    let behind = if text.starts_with(EVENT.0.as_bytes()) {
        EVENT.1.len()
    } else {
        0
    };
    let end = text.len() - behind;
    let start = end.checked_sub(peer_bytes())?;
    Some(text.slice(start..end))
}
