//! The one table of settings, and the command line that is made from it.
//!
//! Invariant: flag, environment variable and key in the file of a setting are one name in
//! three spellings.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{ConfigError, load};

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    /// The key in the file.
    pub(super) key: &'static str,
    /// What follows the flag.
    pub(super) takes: Takes,
    /// The value when nobody says anything; empty for none.
    pub(super) default: &'static str,
    /// One sentence for people.
    pub(super) meaning: &'static str,
}

/// What follows a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing: it is there or not.
    Nothing,
    /// One value, called so.
    One(&'static str),
    /// Values, each called so: the flag again, or a list with commas.
    Many(&'static str),
}

impl Setting {
    /// `--log-level`
    pub(super) fn flag(&self) -> String {
        format!("--{}", self.key.replace('_', "-"))
    }

    /// `CHINWAG_LOG_LEVEL`
    pub(super) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.key.to_uppercase())
    }
}

/// What every variable of ours begins with.
pub(super) const PREFIX: &str = "CHINWAG_";

/// The setting with this key.
pub(super) fn setting(key: &str) -> &'static Setting {
    SETTINGS
        .iter()
        .chain([&NEW_EPOCH])
        .find(|setting| setting.key == key)
        .expect("settings are asked for by keys of the table")
}

/// Names the file itself, so it is no key in it.
pub(super) const CONFIG: Setting = Setting {
    key: "config",
    takes: Takes::One("FILE"),
    default: "",
    meaning: "Read settings from this TOML file.",
};

/// Said for one start, so it is no key in the file either.
pub(super) const NEW_EPOCH: Setting = Setting {
    key: "new_epoch",
    takes: Takes::Nothing,
    default: "off",
    meaning: "Begin a new epoch: for the first start after a backup was restored.",
};

/// Every setting that can be written in all three places.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        key: "listen",
        takes: Takes::Many("ADDR"),
        default: "127.0.0.1:4433,[::1]:4433",
        meaning: "Serve QUIC, HTTPS and WebSocket here; a port alone means loopback.",
    },
    Setting {
        key: "http",
        takes: Takes::Many("ADDR|off"),
        default: "127.0.0.1:4480,[::1]:4480",
        meaning: "Serve plain HTTP here, on loopback only.",
    },
    Setting {
        key: "data",
        takes: Takes::One("DIR"),
        default: "data",
        meaning: "Keep the history in this folder.",
    },
    Setting {
        key: "ephemeral",
        takes: Takes::Nothing,
        default: "off",
        meaning: "Keep the history in memory only.",
    },
    Setting {
        key: "certs",
        takes: Takes::One("DIR"),
        default: "certs",
        meaning: "Keep self-signed certificates in this folder.",
    },
    Setting {
        key: "cert",
        takes: Takes::One("FILE"),
        default: "",
        meaning: "Certificate chain of an authority, in PEM; needs --key.",
    },
    Setting {
        key: "key",
        takes: Takes::One("FILE"),
        default: "",
        meaning: "Private key of that certificate, in PEM; needs --cert.",
    },
    Setting {
        key: "transports",
        takes: Takes::Many("NAME"),
        default: "webtransport,websocket",
        meaning: "Offer these transports.",
    },
    Setting {
        key: "origin",
        takes: Takes::Many("URL"),
        default: "",
        meaning: "Web origin under which the chat is reached, such as https://chat.example.org.",
    },
    Setting {
        key: "metrics",
        takes: Takes::Many("ADDR|off"),
        default: "127.0.0.1:4490",
        meaning: "Serve Prometheus metrics here.",
    },
    Setting {
        key: "filter",
        takes: Takes::One("on|off"),
        default: "on",
        meaning: "Refuse messages with profane words.",
    },
    Setting {
        key: "filter_off_rooms",
        takes: Takes::Many("ROOM"),
        default: "",
        meaning: "Rooms where the filter is off.",
    },
    Setting {
        key: "filter_allow",
        takes: Takes::Many("WORD"),
        default: "",
        meaning: "Words that the filter lets pass.",
    },
    Setting {
        key: "rate",
        takes: Takes::One("N"),
        default: "5",
        meaning: "Messages a second that a session may keep up.",
    },
    Setting {
        key: "burst",
        takes: Takes::One("N"),
        default: "20",
        meaning: "Messages that a session may send at once after a pause.",
    },
    Setting {
        key: "map_url",
        takes: Takes::One("URL"),
        default: "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=16/{lat}/{lon}",
        meaning: "Link to a map for shared locations, with {lat} and {lon}.",
    },
    Setting {
        key: "log_format",
        takes: Takes::One("text|json"),
        default: "text",
        meaning: "Shape of a line in the log.",
    },
    Setting {
        key: "log_level",
        takes: Takes::One("LEVEL"),
        default: "info",
        meaning: "Log error, warn, info, debug or trace, and what is more important.",
    },
    Setting {
        key: "max_sessions",
        takes: Takes::One("N"),
        default: "10000",
        meaning: "Sessions that may be live at a time.",
    },
];

/// What the arguments ask for.
#[derive(Debug)]
pub(super) enum Asked {
    /// Serve, with these flags.
    Serve(ArgMatches),
    /// Put a load on a server, with these flags.
    Load(ArgMatches),
    /// Print this text.
    Print(String),
}

/// Reads the arguments, the program's name first.
pub(super) fn read_arguments(args: &[String]) -> Result<Asked, ConfigError> {
    match command().try_get_matches_from(args) {
        Ok(mut matches) => match matches.remove_subcommand() {
            Some((name, flags)) if name == load::NAME => Ok(Asked::Load(flags)),
            Some((_, serve)) => Ok(Asked::Serve(serve)),
            None => Err(ConfigError::Usage(NO_COMMAND.into())),
        },
        Err(error) => explain(&error),
    }
}

const NO_COMMAND: &str =
    "no command is given; `chinwag serve` starts the server, `chinwag help` explains it";

/// The whole command line.
fn command() -> Command {
    let serve = Command::new("serve")
        .about("Start the server")
        .after_help(
            "Each option can also be set by CHINWAG_<OPTION> in the environment or by its \
             name in the TOML file. A flag beats the environment, which beats the file.",
        )
        .args(
            [&CONFIG, &NEW_EPOCH]
                .into_iter()
                .chain(SETTINGS)
                .map(argument),
        );
    Command::new("chinwag")
        .about("A chat server for the web: WebTransport first, WebSocket where QUIC cannot pass.")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand(serve)
        .subcommand(load::command())
}

fn argument(setting: &'static Setting) -> Arg {
    let arg = Arg::new(setting.key).long(setting.key.replace('_', "-"));
    let arg = match setting.takes {
        Takes::Nothing => arg.action(ArgAction::SetTrue),
        Takes::One(name) => arg.value_name(name),
        Takes::Many(name) => arg.value_name(name).action(ArgAction::Append),
    };
    let help = match (setting.default, setting.takes) {
        ("", _) | (_, Takes::Nothing) => setting.meaning.to_owned(),
        (default, _) => format!("{} [default: {default}]", setting.meaning),
    };
    arg.help(help)
}

/// Help and version are no errors; everything else becomes one sentence.
fn explain(error: &clap::Error) -> Result<Asked, ConfigError> {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return Ok(Asked::Print(error.render().to_string()));
    }
    let rendered = error.render().to_string();
    let first = rendered.lines().next().unwrap_or_default();
    let mut sentence = first.trim_start_matches("error: ").to_owned();
    for hint in [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand] {
        if let Some(name) = error.get(hint).and_then(first_name) {
            sentence = format!("{sentence}; did you mean `{name}`?");
        }
    }
    Err(ConfigError::Usage(sentence))
}

fn first_name(value: &ContextValue) -> Option<&str> {
    match value {
        ContextValue::String(name) => Some(name),
        ContextValue::Strings(names) => names.first().map(String::as_str),
        // clap's enum is open to additions; these hold no name
        _ => None,
    }
}
