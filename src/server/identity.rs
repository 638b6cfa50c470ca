//! Who the server is: its certificates, the names it answers to, the pages it lets in.
//!
//! Decides which names follow from the settings and from the certificate. Invariant: all
//! three are drawn from the same two sources, so that what one lets in the others know.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;
use tokio::time::{Interval, interval_at};
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::{Certificate, Config};
use crate::http::Hosts;
use crate::origin::Allowed;
use crate::tls::{Certificates, TlsError};

/// How often certificates are looked after: far more often than days.
const ROTATE_EVERY: Duration = Duration::from_secs(60 * 60);

/// Asks a server to look after its certificates now. Clones ask the same server.
#[derive(Clone, Debug, Default)]
pub struct Reload(Arc<Notify>);

impl Reload {
    /// Reads given files again, checks a homemade certificate for its renewal. Several calls
    /// before the server gets to it are one.
    pub fn now(&self) {
        self.0.notify_one();
    }
}

/// Why certificates are looked after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Occasion {
    Hour,
    Asked,
}

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

/// Renews what is due and reads given files again, every hour and when asked.
pub(super) async fn look_after(
    certificates: Arc<Certificates>,
    reload: Reload,
    stop: CancellationToken,
) {
    // What was bound has just been renewed: the first look is an hour away.
    let mut hourly = interval_at((clock::now().instant + ROTATE_EVERY).into(), ROTATE_EVERY);
    while let Some(occasion) = stop
        .run_until_cancelled(occasion(&mut hourly, &reload))
        .await
    {
        let certificates = Arc::clone(&certificates);
        let rotate = move || certificates.rotate(today());
        match tokio::task::spawn_blocking(rotate).await {
            Ok(Ok(true)) => tracing::info!("another certificate is served from now on"),
            Ok(Ok(false)) if occasion == Occasion::Asked => {
                tracing::info!("the certificate was looked at again, and is the same");
            }
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::error!(%error, "the certificate stays the one it was"),
            Err(error) => tracing::error!(%error, "renewing the certificate broke"),
        }
    }
}

/// Waits until there is reason to look. Both are cancel-safe, and neither is lost by the other.
async fn occasion(hourly: &mut Interval, reload: &Reload) -> Occasion {
    tokio::select! {
        _ = hourly.tick() => Occasion::Hour,
        () = reload.0.notified() => Occasion::Asked,
    }
}

/// The wall clock; a clock before 1970 counts as 1970.
pub(super) fn today() -> SystemTime {
    let millis = u64::try_from(clock::now().wall.0).unwrap_or_default();
    UNIX_EPOCH + Duration::from_millis(millis)
}
