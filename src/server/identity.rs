//! Who the server is: its certificates, the names it answers to, the pages it lets in.
//!
//! Decides which names follow from the settings and from the certificate. Invariant: all
//! three are drawn from the same two sources, so that what one lets in the others know.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::{Certificate, Config};
use crate::http::Hosts;
use crate::origin::Allowed;
use crate::tls::{Certificates, TlsError};

/// How often certificates are looked after: far more often than days.
const ROTATE_EVERY: Duration = Duration::from_secs(60 * 60);

pub(super) fn certificates(config: &Config, now: SystemTime) -> Result<Certificates, TlsError> {
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

pub(super) fn allowed(config: &Config, certificates: &Certificates) -> Allowed {
    let origins = config
        .origins
        .iter()
        .map(|origin| origin.as_str().to_owned());
    Allowed {
        origins: origins.collect(),
        names: certificates.names(),
    }
}

pub(super) fn hosts(config: &Config, certificates: &Certificates) -> Hosts {
    let origins = config.origins.iter().map(|origin| origin.host().to_owned());
    Hosts::Named(origins.chain(certificates.names()).collect())
}

/// Renews what is due and reads given files again, every hour.
pub(super) async fn look_after(certificates: Arc<Certificates>, stop: CancellationToken) {
    let mut hourly = tokio::time::interval(ROTATE_EVERY);
    while stop.run_until_cancelled(hourly.tick()).await.is_some() {
        let certificates = Arc::clone(&certificates);
        let rotate = move || certificates.rotate(today());
        match tokio::task::spawn_blocking(rotate).await {
            Ok(Ok(false)) => {}
            Ok(Ok(true)) => tracing::info!("another certificate is served from now on"),
            Ok(Err(error)) => tracing::error!(%error, "the certificate stays the one it was"),
            Err(error) => tracing::error!(%error, "renewing the certificate broke"),
        }
    }
}

/// The wall clock; a clock before 1970 counts as 1970.
pub(super) fn today() -> SystemTime {
    let millis = u64::try_from(clock::now().wall.0).unwrap_or_default();
    UNIX_EPOCH + Duration::from_millis(millis)
}
