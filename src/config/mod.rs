//! The settings: what a person wrote, turned into what the server does.
//!
//! Decides which settings there are, where each may be written (flag, environment, file),
//! which place wins, and what a well-formed value is. Does not touch the process: arguments,
//! environment and files come in as arguments.
//! Invariant: a [`Config`] is whole and consistent; nobody downstream checks it again.

mod layers;
mod load;
mod settings;
mod values;

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use crate::ids::RoomName;

pub use layers::{Environment, unknown_variables};
use layers::{Layers, Place};
pub use load::{Guests, LoadPlan, LoadTarget, Pace, STAMP_BYTES, Talk, Telling, Trust};

/// Everything that `chinwag serve` was told.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where QUIC (UDP) and HTTPS with WebSocket (TCP) are served; at least one, no
    /// duplicates. Where `[::1]` stands beside `127.0.0.1`, a host without IPv6 may skip it.
    pub listen: Vec<SocketAddr>,
    /// Where the page and WebSocket are served without TLS: loopback only.
    pub http: SideListener,
    /// Where metrics are served.
    pub metrics: SideListener,
    /// Where the history is kept.
    pub storage: Storage,
    /// Whether the history begins a new epoch, because a backup was restored.
    pub new_epoch: bool,
    /// Who vouches for the server.
    pub certificate: Certificate,
    /// Which carriers are offered; at least one.
    pub transports: Transports,
    /// Web origins that may connect besides the server's own pages.
    pub origins: Vec<Origin>,
    /// The filter of profane words.
    pub filter: Filter,
    /// How many messages a session may send.
    pub rate: Rate,
    /// Where a location's link leads.
    pub map_url: MapUrl,
    /// What is logged and how.
    pub logging: Logging,
    /// Sessions that may be live at a time.
    pub max_sessions: NonZeroU32,
}

/// A listener that the server can do without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SideListener {
    /// Not served.
    Off,
    /// The default: left out, with a warning, where the port is taken.
    IfFree(Vec<SocketAddr>),
    /// Asked for: a port that is taken is an error.
    At(Vec<SocketAddr>),
}

impl SideListener {
    /// The addresses, none when it is off.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        match self {
            Self::Off => &[],
            Self::IfFree(addresses) | Self::At(addresses) => addresses,
        }
    }
}

/// Where the history is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In memory: gone when the server stops.
    Memory,
    /// In this folder.
    Folder(PathBuf),
}

/// Who vouches for the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Nobody: certificates are made here and kept in this folder.
    SelfSigned {
        /// Where they are kept.
        folder: PathBuf,
    },
    /// An authority, by these PEM files.
    Files {
        /// The chain, the server's own certificate first.
        cert: PathBuf,
        /// The private key.
        key: PathBuf,
    },
}

/// Which carriers are offered; at least one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transports {
    /// WebTransport over QUIC, on UDP.
    pub webtransport: bool,
    /// WebSocket, on TCP.
    pub websocket: bool,
}

/// A web origin, as browsers write it: scheme, host, and the port unless it is the
/// scheme's own; in lower case (RFC 6454).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// `https://chat.example.org`
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host alone, without the port; an IPv6 address in its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let port = authority
            .rfind(':')
            .filter(|at| !authority[*at..].contains(']'));
        &authority[..port.unwrap_or(authority.len())]
    }
}

/// The filter of profane words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Whether rooms are filtered.
    pub on: bool,
    /// Rooms that are not filtered even so.
    pub off_rooms: Vec<RoomName>,
    /// Words that pass everywhere although they are on its list.
    pub allowed: Vec<String>,
}

/// How many messages a session may send: a bucket of `burst`, filled by `per_second`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Sustained messages a second.
    pub per_second: NonZeroU32,
    /// Messages at once after a pause.
    pub burst: NonZeroU32,
}

/// A template of a link to a map, with `{lat}` and `{lon}` where degrees go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapUrl(String);

impl MapUrl {
    /// The template as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is logged and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logging {
    /// The shape of a line.
    pub format: LogFormat,
    /// The least important level that is logged.
    pub level: LogLevel,
}

/// The shape of a line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// How important a line in the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// Only what broke.
    Error,
    /// And what should not be.
    Warn,
    /// And what happens now and then.
    Info,
    /// And what helps to find a fault.
    Debug,
    /// And everything else.
    Trace,
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Serve, until told to stop.
    Serve(Box<Config>),
    /// Put a load on a server.
    Load(Box<LoadPlan>),
    /// Print this text (help, version) and end well.
    Print(String),
}

/// Why there is no configuration: one sentence that names the setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The arguments make no sense.
    #[error("{0}")]
    Usage(String),
    /// The file cannot be read or is no TOML.
    #[error("the file {path} (--config) {flaw}")]
    File {
        /// The file, as it was named.
        path: String,
        /// What is wrong with it.
        flaw: String,
    },
    /// The file holds a key that is no setting.
    #[error("the file {path} holds `{key}`, which is no setting{}", did_you_mean(.suggestion))]
    UnknownKey {
        /// The file, as it was named.
        path: String,
        /// The key.
        key: String,
        /// The setting that it resembles.
        suggestion: Option<&'static str>,
    },
    /// A setting has a value that it cannot have.
    #[error("{place} {flaw}")]
    Value {
        /// The setting, by the name of where it was written.
        place: String,
        /// What is wrong with its value.
        flaw: String,
    },
}

fn did_you_mean(suggestion: &Option<&'static str>) -> String {
    suggestion.map_or_else(String::new, |key| format!("; did you mean `{key}`?"))
}

/// Reads the arguments (the program's name first), the environment and, by `read`, the file.
///
/// # Errors
/// [`ConfigError`], one sentence that names the setting.
pub fn parse<R>(args: &[String], env: &Environment, read: R) -> Result<Request, ConfigError>
where
    R: Fn(&Path) -> std::io::Result<String>,
{
    let matches = match settings::read_arguments(args)? {
        settings::Asked::Serve(matches) => matches,
        settings::Asked::Load(flags) => {
            let plan = LoadPlan::from_flags(&flags)?;
            return Ok(Request::Load(Box::new(plan)));
        }
        settings::Asked::Print(text) => return Ok(Request::Print(text)),
    };
    let layers = Layers::new(&matches, env, read)?;
    Ok(Request::Serve(Box::new(Config::from_layers(&layers)?)))
}

impl Default for Config {
    /// What `chinwag serve` does when nothing else is said.
    fn default() -> Self {
        Self::from_layers(&Layers::default()).expect("the defaults are well-formed")
    }
}

impl Config {
    fn from_layers(layers: &Layers) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: layers.value("listen", values::addresses)?,
            http: layers.side("http", values::loopback_or_off)?,
            metrics: layers.side("metrics", values::addresses_or_off)?,
            storage: storage(layers)?,
            new_epoch: layers.value("new_epoch", values::switch)?,
            certificate: certificate(layers)?,
            transports: layers.value("transports", values::transports)?,
            origins: layers.value("origin", values::origins)?,
            filter: Filter {
                on: layers.value("filter", values::switch)?,
                off_rooms: layers.value("filter_off_rooms", values::rooms)?,
                allowed: layers.value("filter_allow", values::words)?,
            },
            rate: Rate {
                per_second: layers.value("rate", |raw| values::count(raw, 1_000))?,
                burst: layers.value("burst", |raw| values::count(raw, 10_000))?,
            },
            map_url: layers.value("map_url", values::map_url)?,
            logging: Logging {
                format: layers.value("log_format", values::log_format)?,
                level: layers.value("log_level", values::log_level)?,
            },
            max_sessions: layers.value("max_sessions", |raw| values::count(raw, 1_000_000))?,
        })
    }
}

/// A folder that was named in a stronger place than "ephemeral" wins; in the same place
/// the two contradict each other, and nobody's history shall be lost to a guess.
fn storage(layers: &Layers) -> Result<Storage, ConfigError> {
    let folder = layers.value("data", values::path)?;
    let ephemeral = layers.value("ephemeral", values::switch)?;
    let (of_folder, of_ephemeral) = (layers.place("data"), layers.place("ephemeral"));
    if !ephemeral || of_folder.rank() > of_ephemeral.rank() {
        return Ok(Storage::Folder(folder));
    }
    if of_folder != Place::Default && of_folder.rank() == of_ephemeral.rank() {
        let flaw = format!("contradicts {}; leave one of them out", layers.name("data"));
        return Err(layers.error("ephemeral", flaw));
    }
    Ok(Storage::Memory)
}

fn certificate(layers: &Layers) -> Result<Certificate, ConfigError> {
    let cert = layers.optional("cert", values::path)?;
    let key = layers.optional("key", values::path)?;
    match (cert, key) {
        (Some(cert), Some(key)) => Ok(Certificate::Files { cert, key }),
        (None, None) => Ok(Certificate::SelfSigned {
            folder: layers.value("certs", values::path)?,
        }),
        (Some(_), None) => Err(layers.error("cert", "is set, but --key is missing".into())),
        (None, Some(_)) => Err(layers.error("key", "is set, but --cert is missing".into())),
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        })
    }
}

#[cfg(test)]
mod tests;
