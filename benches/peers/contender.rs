//! Who is compared, and what with.

use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::options::Options;
use crate::scene::Figure;

/// A server under the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contender {
    /// Ours over WebTransport, in memory only.
    OursWt,
    /// Ours over WebSocket with TLS, in memory only.
    OursWs,
    /// Ours over WebTransport, with the log on disk.
    LogWt,
    /// Ours over WebSocket with TLS, with the log on disk.
    LogWs,
    /// Socket.IO over TLS, as its documentation says.
    SocketIo,
    /// axum's example of a chat, over TLS.
    Axum,
    /// The same bytes over TLS, without a chat.
    BareTls,
    /// The same bytes over a stream of QUIC each.
    BareQuinn,
    /// The same bytes over a stream of WebTransport each.
    BareWt,
}

/// What the load speaks to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Our own protocol: `chinwag load`, with so many of a hundred sessions over WebTransport.
    Ours(u32),
    /// That of this bench, by its name there.
    Peer(&'static str),
}

impl Contender {
    pub(crate) const ALL: [Self; 9] = [
        Self::OursWt,
        Self::OursWs,
        Self::LogWt,
        Self::LogWs,
        Self::SocketIo,
        Self::Axum,
        Self::BareTls,
        Self::BareQuinn,
        Self::BareWt,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OursWt => "ours-wt",
            Self::OursWs => "ours-ws",
            Self::LogWt => "log-wt",
            Self::LogWs => "log-ws",
            Self::SocketIo => "socketio",
            Self::Axum => "axum",
            Self::BareTls => "bare-tls",
            Self::BareQuinn => "bare-quinn",
            Self::BareWt => "bare-wt",
        }
    }

    /// The limit that it is held against: the same bytes without a chat, and where sessions are opened, also
    /// what is below ours.
    pub(crate) fn limit(self, figure: Figure) -> Self {
        match (self, figure) {
            (Self::OursWt | Self::LogWt | Self::BareWt, Figure::Joins) => Self::BareWt,
            (Self::OursWt | Self::LogWt | Self::BareWt | Self::BareQuinn, _) => Self::BareQuinn,
            (Self::OursWs | Self::LogWs | Self::SocketIo | Self::Axum | Self::BareTls, _) => {
                Self::BareTls
            }
        }
    }

    pub(crate) fn line(self) -> Line {
        match self {
            Self::OursWt | Self::LogWt => Line::Ours(100),
            Self::OursWs | Self::LogWs => Line::Ours(0),
            Self::SocketIo | Self::Axum | Self::BareTls | Self::BareQuinn | Self::BareWt => {
                Line::Peer(self.name())
            }
        }
    }

    /// Whether it has rooms, or groups that come to the same.
    pub(crate) fn has_rooms(self) -> bool {
        !matches!(self, Self::SocketIo | Self::Axum)
    }

    /// The command that starts it, for rooms of `group` members (0: one room), at any port; what it needs
    /// is in `home`.
    pub(crate) fn server(
        self,
        options: &Options,
        (group, home): (usize, &Path),
    ) -> Outcome<Command> {
        match self {
            Self::OursWt | Self::OursWs | Self::LogWt | Self::LogWs => Ok(self.ours(options, home)),
            Self::SocketIo => {
                let mut command = Command::new("node");
                command.arg(SOCKETIO).arg(home);
                Ok(command)
            }
            Self::Axum | Self::BareTls | Self::BareQuinn | Self::BareWt => {
                let mut command = Command::new(std::env::current_exe()?);
                command
                    .args(["serve", self.name(), &group.to_string()])
                    .arg(home);
                Ok(command)
            }
        }
    }

    fn ours(self, options: &Options, home: &Path) -> Command {
        let mut command = Command::new(&options.binary);
        command.args(["serve", "--listen", "127.0.0.1:0", "--http", "off"]);
        command.args(["--metrics", "off", "--rate", "1000", "--burst", "10000"]);
        // 5,000 rooms of three do not fit into the usual 10,000.
        command.args(["--max-sessions", "20000"]);
        command.arg("--cert").arg(home.join("cert.pem"));
        command.arg("--key").arg(home.join("key.pem"));
        if matches!(self, Self::LogWt | Self::LogWs) {
            command.arg("--data").arg(home.join("data"));
        } else {
            command.arg("--ephemeral");
        }
        command.args(&options.ours_flags);
        command
    }

    /// Why it cannot be run here, if it cannot.
    pub(crate) fn obstacle(self) -> Option<String> {
        let is_there = Path::new(SOCKETIO_LIBRARY).exists();
        (self == Self::SocketIo && !is_there)
            .then(|| format!("{SOCKETIO_LIBRARY} is missing (npm ci did not work)"))
    }
}

const SOCKETIO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/benches/peers/socketio/server.js"
);
const SOCKETIO_LIBRARY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/benches/peers/socketio/node_modules/socket.io"
);
