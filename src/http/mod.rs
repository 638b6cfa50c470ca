//! The web server: the client's pages and files, what programs ask for, and the headers.
//!
//! Decides which address answers what. Does not listen, does not speak TLS and does not
//! know the chat: the WebSocket endpoint is handed in. Invariant: every path that is not
//! listed in [`router`] is a 404, and every answer has passed the guard.

mod files;
mod guard;

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::config::MapUrl;
use crate::metrics::{self, Metrics};
use crate::wire;

pub use files::Files;
pub use guard::Hosts;

/// Where a WebTransport session is opened, on the QUIC port.
pub const WEBTRANSPORT_PATH: &str = "/wt";
/// Where a WebSocket is opened.
pub const WEBSOCKET_PATH: &str = "/ws";
/// What opens a private room stands behind a `#` there, and is never sent.
const INVITATION_PATH: &str = "/i";
/// What makes another device the same person stands behind a `#` there, likewise.
const DEVICE_PATH: &str = "/d";

const NEVER_KEPT: (axum::http::HeaderName, HeaderValue) =
    (CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// What one listener's web server knows.
#[derive(Clone, Debug)]
pub struct Site {
    /// Whether this listener speaks TLS.
    pub tls: bool,
    /// Who vouches for the server's certificate.
    pub trust: Trust,
    /// The names it answers to.
    pub hosts: Hosts,
    /// The UDP port for WebTransport, if that is offered.
    pub webtransport: Option<u16>,
    /// Where a location's link leads.
    pub map_url: MapUrl,
    /// Cancelled when the server begins to drain.
    pub draining: CancellationToken,
    /// The web client.
    pub files: Files,
}

/// The SHA-256 of each certificate that may be met now, asked for anew each time because
/// certificates are renewed while the server runs.
pub type Hashes = Arc<dyn Fn() -> Vec<[u8; 32]> + Send + Sync>;

/// Who vouches for the server's certificate.
#[derive(Clone)]
pub enum Trust {
    /// An authority that browsers know.
    Vouched,
    /// Nobody: browsers accept it by its hash only.
    SelfSigned(Hashes),
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vouched => "Vouched",
            Self::SelfSigned(_) => "SelfSigned(..)",
        })
    }
}

/// The web server of one listener; `websocket` answers at [`WEBSOCKET_PATH`] if offered.
pub fn router(site: Site, websocket: Option<MethodRouter>) -> Router {
    let site = Arc::new(site);
    let offers_websocket = websocket.is_some();
    let discovery = move |State(site): State<Arc<Site>>| async move {
        ([NEVER_KEPT], Json(describe(&site, offers_websocket)))
    };
    let pages = Router::new()
        .route("/", get(page))
        .route("/r/{room}", get(page))
        .route(INVITATION_PATH, get(page))
        .route(DEVICE_PATH, get(page))
        .route("/.well-known/chinwag", get(discovery))
        .route("/healthz", get(async || ([NEVER_KEPT], "ok\n")))
        .route("/readyz", get(ready))
        .fallback(file)
        .with_state(site.clone());
    let all = match websocket {
        Some(endpoint) => pages.route(WEBSOCKET_PATH, endpoint),
        None => pages,
    };
    all.layer(from_fn_with_state(site, guard::guard))
}

/// The web server of the metrics' listener.
pub fn metrics_router(metrics: Metrics, hosts: Hosts) -> Router {
    let text = move || async move { ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], metrics.text()) };
    Router::new()
        .route("/metrics", get(text))
        .layer(from_fn_with_state(Arc::new(hosts), guard::guard_plain))
}

/// The one page there is; the client sees by the address what to show.
async fn page(State(site): State<Arc<Site>>, asked: HeaderMap) -> Response {
    site.files
        .respond("index.html", &asked)
        .unwrap_or_else(not_built)
}

/// Everything else is a file of the client or nothing.
async fn file(State(site): State<Arc<Site>>, request: Request) -> Response {
    let path = file_path(request.uri());
    let found = path.and_then(|path| site.files.respond(path, request.headers()));
    match found {
        None => not_found(),
        Some(answer) if matches!(*request.method(), Method::GET | Method::HEAD) => answer,
        Some(_) => (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET,HEAD")]).into_response(),
    }
}

/// A file at the top or in the folder of assets. The page itself has other addresses.
fn file_path(uri: &Uri) -> Option<&str> {
    let path = uri.path().strip_prefix('/')?;
    let served = !path.contains('/') || path.starts_with("assets/");
    (served && path != "index.html").then_some(path)
}

fn not_found() -> Response {
    let page = Html(include_str!("not_found.html"));
    (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-cache")], page).into_response()
}

fn not_built() -> Response {
    let page = Html(include_str!("not_built.html"));
    (StatusCode::SERVICE_UNAVAILABLE, [NEVER_KEPT], page).into_response()
}

async fn ready(State(site): State<Arc<Site>>) -> Response {
    if site.draining.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, [NEVER_KEPT], "draining\n").into_response()
    } else {
        ([NEVER_KEPT], "ready\n").into_response()
    }
}

/// What a client must know before it can connect.
fn describe(site: &Site, offers_websocket: bool) -> Value {
    let hashes: Vec<String> = match &site.trust {
        Trust::Vouched => Vec::new(),
        Trust::SelfSigned(hashes) => hashes().iter().map(|h| STANDARD.encode(h)).collect(),
    };
    let webtransport = site
        .webtransport
        .map(|port| json!({ "port": port, "path": WEBTRANSPORT_PATH, "hashes": hashes }));
    let websocket = offers_websocket.then(|| json!({ "path": WEBSOCKET_PATH }));
    json!({
        "server": concat!("chinwag ", env!("CARGO_PKG_VERSION")),
        "protocols": [wire::VERSION],
        "webtransport": webtransport,
        "websocket": websocket,
        "map_url": site.map_url.as_str(),
    })
}

#[cfg(test)]
mod tests;
