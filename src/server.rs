//! The whole server: binds, starts what runs, and drains.
//!
//! Decides what listens where and in which order things start and stop. Decides nothing
//! about what is said. Invariant: nothing that was acknowledged is lost by stopping: the hub ends
//! before the process does, and it closes the log.

mod identity;
mod patience;
mod sockets;
mod start;
mod web;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::{Certificate, Config};
use crate::http::{Files, Site, Trust, metrics_router, router};
use crate::metrics::Metrics;
use crate::origin::Allowed;
use crate::record::LogError;
use crate::tls::{Certificates, TlsError};
use crate::transport::{Gate, limits, websocket, webtransport::Door};

pub use identity::Reload;
use identity::{allowed, certificates, hosts, look_after, today};
use patience::Patience;
use sockets::Pair;
use start::{Running, start_hub};
use web::{Secure, Web};

/// How long clients may take to be told that the server goes down.
const DRAIN: Duration = Duration::from_secs(5);

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
    /// Bytes of the UDP receive buffer, that of the socket that was granted least; none
    /// without UDP.
    pub receive_buffer: Option<usize>,
}

/// A server whose addresses are bound and whose log is open. It answers once it is served.
#[derive(Debug)]
pub struct Server {
    listening: Listening,
    certificates: Arc<Certificates>,
    reload: Reload,
    gate: Gate,
    door: Door,
    quic: Vec<quinn::Endpoint>,
    webs: Vec<Web>,
    patience: Patience,
    metrics: Metrics,
    hub: Running,
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
        let certificates = Arc::new(certificates(config, today())?);
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
            reload: Reload::default(),
            quic: Vec::new(),
            webs: Vec::new(),
            patience: Patience::default(),
            metrics: metrics.clone(),
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
        server.add_metrics(metrics_at, config);
        Ok(server)
    }

    /// Where the server listens.
    #[must_use]
    pub fn listening(&self) -> &Listening {
        &self.listening
    }

    /// What asks this server, once it is served, to look after its certificates.
    #[must_use]
    pub fn reload(&self) -> Reload {
        self.reload.clone()
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
        tokio::spawn(look_after(
            certificates,
            self.reload.clone(),
            self.draining.clone(),
        ));
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
        let deadline = Instant::from_std(clock::now().instant) + DRAIN;
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
        let secure = Secure {
            tls: TlsAcceptor::from(self.certificates.tcp()?),
            metrics: self.metrics.clone(),
        };
        self.listening.receive_buffer = sockets::least_receive_buffer(&pairs);
        for pair in pairs {
            self.listening.secure.push(pair.address);
            if let Some(udp) = pair.udp {
                self.quic
                    .push(endpoint(udp.socket, pair.address, &self.certificates)?);
            }
            let router = self.site(pages, true);
            let web = Web::new(pair.tcp, router, self.patience.clone());
            self.webs.push(web.secured(secure.clone()));
        }
        Ok(())
    }

    fn add_plain(&mut self, sockets: Vec<sockets::Tcp>, pages: &Pages<'_>) {
        for (socket, address) in sockets {
            self.listening.plain.push(address);
            let router = self.site(pages, false);
            let web = Web::new(socket, router, self.patience.clone());
            self.webs.push(web);
        }
    }

    fn add_metrics(&mut self, sockets: Vec<sockets::Tcp>, config: &Config) {
        for (socket, address) in sockets {
            self.listening.metrics.push(address);
            let router = metrics_router(self.metrics.clone(), hosts(config, &self.certificates));
            let web = Web::new(socket, router, self.patience.clone());
            self.webs.push(web);
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

#[cfg(test)]
mod tests;
