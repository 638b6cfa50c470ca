//! Stands in for the server: pages, health and metrics, but no chat.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use chinwag::config::{Config, SideListener};
use chinwag::http::{Files, Hosts, Site, Trust, metrics_router, router};
use chinwag::metrics::Metrics;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::banner::Listening;

/// Why the server does not run: one sentence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    #[error("cannot listen on {address} ({setting}): {reason}")]
    Listen {
        address: SocketAddr,
        setting: &'static str,
        reason: std::io::Error,
    },
}

pub(crate) struct Server {
    listening: Listening,
    sockets: Vec<(TcpListener, Router)>,
    draining: CancellationToken,
}

impl Server {
    pub(crate) async fn bind(config: &Config) -> Result<Self, ServerError> {
        let draining = CancellationToken::new();
        let site = Site {
            tls: false,
            trust: Trust::SelfSigned(Arc::new(Vec::new)),
            hosts: Hosts::of(&config.origins),
            webtransport: None,
            map_url: config.map_url.clone(),
            draining: draining.clone(),
            files: Files::embedded(),
        };
        let mut server = Self {
            listening: Listening::default(),
            sockets: Vec::new(),
            draining,
        };
        server.listening.plain = server
            .add(&config.http, "--http", &router(site, None))
            .await?;
        let metrics = metrics_router(Metrics::new(), Hosts::Named(Vec::new()));
        server.listening.metrics = server.add(&config.metrics, "--metrics", &metrics).await?;
        Ok(server)
    }

    async fn add(
        &mut self,
        at: &SideListener,
        setting: &'static str,
        router: &Router,
    ) -> Result<Vec<SocketAddr>, ServerError> {
        let mut bound = Vec::new();
        for address in at.addresses() {
            match (TcpListener::bind(address).await, at) {
                (Ok(socket), _) => {
                    bound.push(socket.local_addr().unwrap_or(*address));
                    self.sockets.push((socket, router.clone()));
                }
                (Err(reason), SideListener::At(_)) => {
                    let address = *address;
                    return Err(ServerError::Listen {
                        address,
                        setting,
                        reason,
                    });
                }
                (Err(reason), SideListener::Off | SideListener::IfFree(_)) => {
                    tracing::warn!(%address, setting, %reason, "not served");
                }
            }
        }
        Ok(bound)
    }

    pub(crate) fn listening(&self) -> &Listening {
        &self.listening
    }

    pub(crate) async fn serve(self, shutdown: CancellationToken) -> Result<(), ServerError> {
        for (socket, router) in self.sockets {
            tokio::spawn(async { axum::serve(socket, router).await });
        }
        shutdown.cancelled().await;
        self.draining.cancel();
        Ok(())
    }
}
