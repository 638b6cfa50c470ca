//! TCP connections: TLS, HTTP/1.1, and the way to a WebSocket.
//!
//! Decides how many connections there are before they become WebSockets, and how long each
//! step of one may take. Decides nothing about what is answered. Invariant: a slow client
//! costs one place for a bounded time, and the accept loop waits for nobody but for places.

use std::net::TcpListener as BoundListener;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::patience::Patience;
use crate::clock;
use crate::metrics::Metrics;
use crate::transport::limits::HANDSHAKE_DEADLINE;

/// Connections of one listener that are no WebSockets (yet). One costs up to 80 KB while
/// it shakes hands. Beyond that they wait in the system's backlog.
const CONNECTIONS: usize = 2_048;

/// For the head of each request, idle time before it included.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);

/// For everything that comes over one connection that is no WebSocket: the whole client at
/// 10 KB a second.
const HTTP_DEADLINE: Duration = Duration::from_secs(120);

/// The head of a request: hyper's least, and more than any browser sends here.
const HEAD_BYTES: usize = 16 * 1024;

/// One listener and what answers behind it.
#[derive(Debug)]
pub(super) struct Web {
    socket: BoundListener,
    served: Served,
    patience: Patience,
}

/// How a connection is answered.
#[derive(Clone)]
struct Served {
    router: Router,
    secure: Option<Secure>,
}

/// TLS, and where handshakes that fail are counted.
#[derive(Clone)]
pub(super) struct Secure {
    pub(super) tls: TlsAcceptor,
    pub(super) metrics: Metrics,
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tls = self.secure.is_some();
        f.debug_struct("Served").field("tls", &tls).finish()
    }
}

impl Web {
    /// A listener that is served in the clear.
    pub(super) fn new(socket: BoundListener, router: Router, patience: Patience) -> Self {
        Self {
            socket,
            served: Served {
                router,
                secure: None,
            },
            patience,
        }
    }

    /// The same over TLS.
    pub(super) fn secured(mut self, secure: Secure) -> Self {
        self.served.secure = Some(secure);
        self
    }

    /// Accepts connections until `stop`, which also ends those that are no WebSockets.
    pub(super) async fn accept_loop(self, stop: CancellationToken) {
        let listener = match TcpListener::from_std(self.socket) {
            Ok(listener) => listener,
            Err(error) => return tracing::error!(%error, "a listener is lost"),
        };
        let accepting = accept_all((listener, self.patience), &self.served, &stop);
        stop.run_until_cancelled(accepting).await;
    }
}

async fn accept_all(
    (listener, patience): (TcpListener, Patience),
    served: &Served,
    stop: &CancellationToken,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let Some(stream) = accept(&listener, &patience).await else {
            continue;
        };
        let (served, stop) = (served.clone(), stop.clone());
        tokio::spawn(async move {
            let serving = timeout(HTTP_DEADLINE, served.serve(stream));
            // Neither an end of the server's nor of the client's patience is news.
            stop.run_until_cancelled(serving).await;
            drop(place);
        });
    }
}

async fn accept(listener: &TcpListener, patience: &Patience) -> Option<TcpStream> {
    match listener.accept().await {
        Ok((stream, _)) => Some(stream),
        Err(error) => {
            sleep(patience.after(&error, clock::now().instant)).await;
            None
        }
    }
}

impl Served {
    async fn serve(self, stream: TcpStream) {
        // Frames are small and packed already; a socket without the option is only slower.
        stream.set_nodelay(true).ok();
        let Some(Secure { tls, metrics }) = &self.secure else {
            return self.answer(stream).await;
        };
        match timeout(HANDSHAKE_DEADLINE, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.answer(stream).await,
            Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
            Err(_) => {
                tracing::debug!("TLS handshake not done in time");
                metrics.handshake_refused("deadline");
            }
        }
    }

    async fn answer(self, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
        let answered = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_DEADLINE)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(self.router))
            .with_upgrades()
            .await;
        if let Err(error) = answered {
            tracing::debug!(%error, "an HTTP connection broke");
        }
    }
}
