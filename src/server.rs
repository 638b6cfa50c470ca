//! The whole server: binds, starts what runs, and drains.
//!
//! Decides what listens where and in which order things start and stop. Decides nothing
//! about what is said. Invariant: nothing that was acknowledged is lost by stopping: the hub ends
//! before the process does, and it closes the log.

mod sockets;
mod web;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use bytes::Bytes;
use ring::rand::SystemRandom;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::chat::{Rate, Settings, WordFilter};
use crate::clock;
use crate::config::{Certificate, Config, Storage};
use crate::fanout::Fanout;
use crate::http::{Files, Hosts, Site, Trust, metrics_router, router};
use crate::hub::{Handle, Hub, Parts};
use crate::ids::{Epoch, SAFE_INTEGER};
use crate::log::{self, MemoryLog, SqliteLog};
use crate::metrics::Metrics;
use crate::origin::Allowed;
use crate::record::LogError;
use crate::tls::{Certificates, TlsError};
use crate::transport::{Gate, limits, websocket, webtransport::Door};
use crate::wire::event::{Bye, ByeCode, Retry};
use crate::wire::{self, Event};

use sockets::Pair;
use web::Web;

/// How long clients may take to be told that the server goes down.
const DRAIN: Duration = Duration::from_secs(5);

/// How often certificates are looked after: far more often than days.
const ROTATE_EVERY: Duration = Duration::from_secs(60 * 60);

/// When a reader that was too slow may come back, at the latest, in milliseconds.
const SLOW_RETRY_MS: u32 = 2_000;

/// Why the server does not run, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// An address cannot be had.
    #[error("cannot listen on {address} ({setting}): {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The flag that asks for it.
        setting: &'static str,
        /// What is wrong with it.
        reason: std::io::Error,
    },
    /// There is no certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The history cannot be opened or no longer be written.
    #[error("the history (--data) cannot be used: {0}")]
    Log(#[from] LogError),
    /// A part of the server has broken.
    #[error("a part of the server has broken: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

impl ServerError {
    /// Whether a setting is to be changed before it is worth trying again.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        match self {
            Self::Tls(error) => matches!(
                error,
                TlsError::File { .. } | TlsError::Mismatch { .. } | TlsError::Folder { .. }
            ),
            Self::Listen { .. } | Self::Log(_) | Self::Broken(_) => false,
        }
    }
}

/// Where the server listens: what was asked for, less what could not be had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listening {
    /// QUIC (UDP), HTTPS and WSS (TCP); the ports of both are the same.
    pub secure: Vec<SocketAddr>,
    /// Plain HTTP and WS.
    pub plain: Vec<SocketAddr>,
    /// Metrics.
    pub metrics: Vec<SocketAddr>,
}

/// A server whose addresses are bound and whose log is open. It answers once it is served.
#[derive(Debug)]
pub struct Server {
    listening: Listening,
    certificates: Arc<Certificates>,
    gate: Gate,
    door: Door,
    quic: Vec<quinn::Endpoint>,
    webs: Vec<Web>,
    hub: JoinHandle<Result<(), LogError>>,
    stop_hub: CancellationToken,
    draining: CancellationToken,
}

/// Serves until `shutdown`, then drains.
///
/// # Errors
/// [`ServerError`] when something cannot be had, or the log breaks.
pub async fn run(config: Config, shutdown: CancellationToken) -> Result<(), ServerError> {
    Server::bind(&config).await?.serve(shutdown).await
}

impl Server {
    /// Binds every address, opens the log and starts the hub.
    ///
    /// # Errors
    /// [`ServerError`] when something cannot be had.
    pub async fn bind(config: &Config) -> Result<Self, ServerError> {
        let pairs = sockets::pairs(&config.listen, config.transports.webtransport)?;
        let plain = sockets::side(&config.http, "--http")?;
        let metrics_at = sockets::side(&config.metrics, "--metrics")?;
        let certificates = Arc::new(certificates(config, SystemTime::now())?);
        let metrics = Metrics::new();
        let stop_hub = CancellationToken::new();
        let (hub, handle) = start_hub(config, &metrics, stop_hub.clone()).await?;
        let gate = Gate::new(handle, metrics.clone());
        let allowed = Arc::new(allowed(config, &certificates));
        let draining = CancellationToken::new();
        let mut server = Self {
            listening: Listening::default(),
            door: Door::new(gate.clone(), allowed.clone(), draining.clone()),
            gate,
            certificates,
            quic: Vec::new(),
            webs: Vec::new(),
            hub,
            stop_hub,
            draining,
        };
        let pages = Pages {
            config,
            allowed,
            port: pairs.first().and_then(Pair::udp_port),
        };
        server.add_secure(pairs, &pages)?;
        server.add_plain(plain, &pages);
        server.add_metrics(metrics_at, &metrics, config);
        Ok(server)
    }

    /// Where the server listens.
    #[must_use]
    pub fn listening(&self) -> &Listening {
        &self.listening
    }

    /// Serves until `shutdown`, then tells every client, closes the log and returns.
    ///
    /// # Errors
    /// [`ServerError::Log`] when the log broke; clients are told then as well.
    pub async fn serve(mut self, shutdown: CancellationToken) -> Result<(), ServerError> {
        let stop_web = CancellationToken::new();
        let _stop_web_at_the_end = stop_web.clone().drop_guard();
        for web in self.webs.drain(..) {
            tokio::spawn(web.accept_loop(stop_web.clone()));
        }
        for endpoint in &self.quic {
            let door = self.door.clone();
            tokio::spawn(door.accept_loop(endpoint.clone()));
        }
        let certificates = Arc::clone(&self.certificates);
        tokio::spawn(look_after(certificates, self.draining.clone()));
        let outcome = tokio::select! {
            () = shutdown.cancelled() => None,
            outcome = &mut self.hub => Some(outcome),
        };
        self.drain(outcome).await
    }

    /// The web server goes on meanwhile, to say that it drains.
    async fn drain(
        mut self,
        ended: Option<Result<Result<(), LogError>, tokio::task::JoinError>>,
    ) -> Result<(), ServerError> {
        let deadline = Instant::now() + DRAIN;
        tracing::info!(connections = self.gate.connections(), "draining");
        self.draining.cancel();
        self.gate.close();
        for endpoint in &self.quic {
            endpoint.set_server_config(None);
        }
        self.stop_hub.cancel();
        let outcome = match ended {
            Some(outcome) => outcome,
            None => (&mut self.hub).await,
        };
        if timeout_at(deadline, self.gate.emptied()).await.is_err() {
            tracing::warn!(
                connections = self.gate.connections(),
                "left without an answer"
            );
        }
        for endpoint in &self.quic {
            // What is not acknowledged by now never will be.
            timeout_at(deadline, endpoint.wait_idle()).await.ok();
        }
        Ok(outcome??)
    }

    fn add_secure(&mut self, pairs: Vec<Pair>, pages: &Pages<'_>) -> Result<(), ServerError> {
        let tls = TlsAcceptor::from(self.certificates.tcp()?);
        for pair in pairs {
            self.listening.secure.push(pair.address);
            if let Some(udp) = pair.udp {
                self.quic
                    .push(endpoint(udp, pair.address, &self.certificates)?);
            }
            let router = self.site(pages, true);
            self.webs
                .push(Web::new(pair.tcp, router, Some(tls.clone())));
        }
        Ok(())
    }

    fn add_plain(&mut self, sockets: Vec<sockets::Tcp>, pages: &Pages<'_>) {
        for (socket, address) in sockets {
            self.listening.plain.push(address);
            let router = self.site(pages, false);
            self.webs.push(Web::new(socket, router, None));
        }
    }

    fn add_metrics(&mut self, sockets: Vec<sockets::Tcp>, metrics: &Metrics, config: &Config) {
        for (socket, address) in sockets {
            self.listening.metrics.push(address);
            let router = metrics_router(metrics.clone(), hosts(config, &self.certificates));
            self.webs.push(Web::new(socket, router, None));
        }
    }

    fn site(&self, pages: &Pages<'_>, tls: bool) -> Router {
        let config = pages.config;
        let site = Site {
            tls,
            trust: trust(config, &self.certificates),
            hosts: hosts(config, &self.certificates),
            webtransport: pages.port,
            map_url: config.map_url.clone(),
            draining: self.draining.clone(),
            files: Files::embedded(),
        };
        let allowed = Arc::clone(&pages.allowed);
        let offered = config.transports.websocket;
        router(
            site,
            offered.then(|| websocket::endpoint(self.gate.clone(), allowed)),
        )
    }
}

/// What every listener that serves pages needs to know.
struct Pages<'a> {
    config: &'a Config,
    allowed: Arc<Allowed>,
    /// Of QUIC, if it is offered.
    port: Option<u16>,
}

fn certificates(config: &Config, now: SystemTime) -> Result<Certificates, TlsError> {
    match &config.certificate {
        Certificate::Files { cert, key } => Certificates::given(cert, key),
        Certificate::SelfSigned { folder } => {
            Certificates::homemade(folder, certificate_names(config), now)
        }
    }
}

/// What a homemade certificate is for, beyond this machine.
fn certificate_names(config: &Config) -> Vec<String> {
    let addresses = config.listen.iter().map(SocketAddr::ip);
    let specific = addresses.filter(|ip| !ip.is_loopback() && !ip.is_unspecified());
    let origins = config.origins.iter().map(|origin| origin.host());
    let hosts = origins.map(|host| host.trim_matches(['[', ']']).to_owned());
    specific
        .map(|ip: IpAddr| ip.to_string())
        .chain(hosts)
        .collect()
}

fn allowed(config: &Config, certificates: &Certificates) -> Allowed {
    let origins = config
        .origins
        .iter()
        .map(|origin| origin.as_str().to_owned());
    Allowed {
        origins: origins.collect(),
        names: certificates.names(),
    }
}

fn hosts(config: &Config, certificates: &Certificates) -> Hosts {
    let origins = config.origins.iter().map(|origin| origin.host().to_owned());
    Hosts::Named(origins.chain(certificates.names()).collect())
}

fn trust(config: &Config, certificates: &Arc<Certificates>) -> Trust {
    match config.certificate {
        Certificate::Files { .. } => Trust::Vouched,
        Certificate::SelfSigned { .. } => {
            let certificates = Arc::clone(certificates);
            Trust::SelfSigned(Arc::new(move || certificates.hashes()))
        }
    }
}

fn endpoint(
    socket: std::net::UdpSocket,
    address: SocketAddr,
    certificates: &Certificates,
) -> Result<quinn::Endpoint, ServerError> {
    let mut server = quinn::ServerConfig::with_crypto(Arc::new(certificates.quic()?));
    limits::bound_handshakes(&mut server);
    let runtime = Arc::new(quinn::TokioRuntime);
    let endpoint = quinn::Endpoint::new(Default::default(), Some(server), socket, runtime);
    endpoint.map_err(|reason| sockets::refused(address, "--listen", reason))
}

/// Renews what is due and reads given files again, every hour.
async fn look_after(certificates: Arc<Certificates>, stop: CancellationToken) {
    let mut hourly = tokio::time::interval(ROTATE_EVERY);
    while stop.run_until_cancelled(hourly.tick()).await.is_some() {
        let certificates = Arc::clone(&certificates);
        let rotate = move || certificates.rotate(SystemTime::now());
        match tokio::task::spawn_blocking(rotate).await {
            Ok(Ok(false)) => {}
            Ok(Ok(true)) => tracing::info!("another certificate is served from now on"),
            Ok(Err(error)) => tracing::error!(%error, "the certificate stays the one it was"),
            Err(error) => tracing::error!(%error, "renewing the certificate broke"),
        }
    }
}

type Running = JoinHandle<Result<(), LogError>>;

/// Opens the log and starts the hub over it.
async fn start_hub(
    config: &Config,
    metrics: &Metrics,
    stop: CancellationToken,
) -> Result<(Running, Handle), ServerError> {
    let (sender, replies) = mpsc::unbounded_channel();
    let storage = config.storage.clone();
    let open = move || open_log(&storage, sender);
    let (epoch, writer) = tokio::task::spawn_blocking(open).await??;
    let shards = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let parts = Parts {
        settings: settings(config, epoch),
        writer,
        replies,
        fanout: Fanout::spawn(shards, slow_bye()),
        metrics: metrics.clone(),
    };
    let (hub, handle) = Hub::new(parts, clock::now());
    Ok((tokio::spawn(hub.run(stop)), handle))
}

fn open_log(
    storage: &Storage,
    replies: mpsc::UnboundedSender<log::Reply>,
) -> Result<(Epoch, log::Writer), LogError> {
    fn start(
        log: impl log::Log,
        replies: mpsc::UnboundedSender<log::Reply>,
    ) -> (Epoch, log::Writer) {
        (log.epoch(), log::spawn(log, replies))
    }
    let fresh = fresh_epoch();
    Ok(match storage {
        Storage::Memory => start(MemoryLog::new(fresh), replies),
        Storage::Folder(folder) => start(SqliteLog::open(folder, fresh)?, replies),
    })
}

fn fresh_epoch() -> Epoch {
    let drawn = ring::rand::generate::<[u8; 8]>(&SystemRandom::new());
    let bytes = drawn.expect("the system gives random bytes").expose();
    Epoch(u64::from_le_bytes(bytes) % SAFE_INTEGER)
}

fn settings(config: &Config, epoch: Epoch) -> Settings {
    let filter = &config.filter;
    Settings {
        epoch,
        server: concat!("chinwag ", env!("CARGO_PKG_VERSION")).into(),
        rate: Rate {
            per_second: config.rate.per_second.get(),
            burst: config.rate.burst.get(),
        },
        max_sessions: usize::try_from(config.max_sessions.get()).unwrap_or(usize::MAX),
        filter: match filter.on {
            true => WordFilter::on(filter.off_rooms.iter().cloned()),
            false => WordFilter::off(),
        },
    }
}

fn slow_bye() -> Bytes {
    let bye = Event::Bye(Bye {
        code: ByeCode::Slow,
        text: "You read too slowly; what you missed is in the history.".into(),
        retry: Retry::After(SLOW_RETRY_MS),
    });
    wire::encode_event(&bye).expect("a goodbye fits a frame")
}

#[cfg(test)]
mod tests;
