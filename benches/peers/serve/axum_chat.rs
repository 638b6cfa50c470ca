//! A chat as axum's own example shows it (examples/chat of its repository), over TLS.
//!
//! A name first; then every message, with the name before it, through a broadcast channel of a hundred
//! to one task a member, which writes each by itself. Whoever falls a hundred behind is cut off.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use axum::serve::Listener;
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::Outcome;

/// Messages that a member may be behind.
const BEHIND: usize = 100;
/// Handshakes that are done and wait to be served.
const DONE: usize = 64;

struct Chat {
    names: Mutex<HashSet<String>>,
    sender: broadcast::Sender<String>,
}

type Accepted = (TlsStream<TcpStream>, SocketAddr);

/// Shakes hands beside accepting, so that one client does not hold up the next.
struct Doorway {
    accepted: mpsc::Receiver<Accepted>,
    address: SocketAddr,
}

pub(super) async fn serve(home: &Path) -> Outcome<()> {
    let (sender, _) = broadcast::channel(BEHIND);
    let names = Mutex::default();
    let chat = Arc::new(Chat { names, sender });
    let router = Router::new()
        .route("/websocket", get(upgrade))
        .with_state(chat);
    let acceptor = TlsAcceptor::from(Arc::new(super::tls(home, b"http/1.1")?));
    let listener = super::listen()?;
    let address = listener.local_addr()?;
    let (done, accepted) = mpsc::channel(DONE);
    tokio::spawn(accept_loop(listener, acceptor, done));
    super::say(address);
    Ok(axum::serve(Doorway { accepted, address }, router).await?)
}

async fn accept_loop(listener: TcpListener, acceptor: TlsAcceptor, done: mpsc::Sender<Accepted>) {
    while let Ok((stream, address)) = listener.accept().await {
        let (acceptor, done) = (acceptor.clone(), done.clone());
        tokio::spawn(async move {
            // As the documentation of `axum::serve` shows it; without it every message waits for Nagle.
            stream.set_nodelay(true).ok();
            if let Ok(stream) = acceptor.accept(stream).await {
                // Only at the end is there nobody to serve it.
                done.send((stream, address)).await.ok();
            }
        });
    }
}

impl Listener for Doorway {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Accepted {
        match self.accepted.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}

async fn upgrade(socket: WebSocketUpgrade, State(chat): State<Arc<Chat>>) -> Response {
    socket.on_upgrade(|socket| converse(socket, chat))
}

async fn converse(socket: WebSocket, chat: Arc<Chat>) {
    let (mut sink, mut stream) = socket.split();
    let Some(name) = name(&mut stream, &chat).await else {
        return;
    };
    let mut heard = chat.sender.subscribe();
    // Nobody may be there to hear it.
    chat.sender.send(format!("{name} joined.")).ok();
    let mut telling = tokio::spawn(async move {
        while let Ok(text) = heard.recv().await {
            if sink.send(Message::text(text)).await.is_err() {
                break;
            }
        }
    });
    let sender = chat.sender.clone();
    let mut hearing = tokio::spawn(async move {
        while let Some(Ok(Message::Text(text))) = stream.next().await {
            sender.send(format!("{name}: {text}")).ok();
        }
    });
    tokio::select! {
        _ = &mut telling => hearing.abort(),
        _ = &mut hearing => telling.abort(),
    }
}

/// The first text, if it is nobody's name yet.
async fn name(
    stream: &mut (impl StreamExt<Item = Result<Message, axum::Error>> + Unpin),
    chat: &Chat,
) -> Option<String> {
    while let Some(Ok(message)) = stream.next().await {
        if let Message::Text(name) = message {
            let mut names = chat.names.lock().unwrap_or_else(PoisonError::into_inner);
            return names.insert(name.to_string()).then(|| name.to_string());
        }
    }
    None
}
