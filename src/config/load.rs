//! What `chinwag load` is asked to do: its flags, turned into a plan.
//!
//! Decides which loads make sense. Invariant: a [`LoadPlan`] is whole and consistent; nobody
//! downstream checks it again.

use std::net::IpAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::ConfigError;
use crate::ids::BODY_CHARS;

/// Bytes of a message's text that say when it was to be sent.
pub const STAMP_BYTES: usize = 16;

/// Most guests of one run: what one address and the usual limits of open files allow.
const MOST_GUESTS: u32 = 50_000;
/// Most messages a second of a flood, as for any sender.
const FASTEST_FLOOD: u32 = 100_000;
/// The longest run, in seconds: a day.
const LONGEST_RUN: u64 = 86_400;
/// Commands that may be unanswered in a room, as the server allows.
const WINDOW: u16 = 64;

/// A load, and what is to be told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadPlan {
    /// Where the server is.
    pub target: LoadTarget,
    /// How its certificate is judged.
    pub trust: Trust,
    /// Who takes part.
    pub guests: Guests,
    /// What they say.
    pub talk: Talk,
    /// For how long it is measured, after everybody is in.
    pub duration: Duration,
    /// How often all connections are cut at once meanwhile.
    pub storms: u32,
    /// The server's process, if it is on this machine; otherwise it is looked for.
    pub pid: Option<u32>,
    /// Threads of the load itself.
    pub threads: usize,
    /// What is made of the outcome.
    pub telling: Telling,
}

/// A server's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadTarget {
    /// Host name or address, without the brackets of IPv6.
    pub host: String,
    /// The port of UDP and TCP.
    pub port: u16,
    /// Whether TCP is under TLS; QUIC always is.
    pub tls: bool,
}

/// How a server's certificate is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// By the authorities that this machine trusts.
    System,
    /// By the authorities in this PEM file.
    File(PathBuf),
    /// Not at all: on loopback, or where somebody said so.
    Anybody,
}

/// Who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guests {
    /// Those who are in a room where something is said.
    pub members: NonZeroU32,
    /// Rooms, over which the members are spread evenly.
    pub rooms: NonZeroU32,
    /// Those who join, say one thing each in a room of their own, and are silent.
    pub idle: u32,
    /// Of a hundred guests, how many are over WebTransport; the others are over WebSocket.
    pub webtransport: u32,
    /// Joins a second at most; as many as go where none is said.
    pub joins: Option<NonZeroU32>,
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Talk {
    /// Members of each room who speak.
    pub senders: NonZeroU32,
    /// When they do.
    pub pace: Pace,
    /// Length of a message, in bytes.
    pub size: usize,
    /// Messages a second, of one more guest, into a room in which every member is as well.
    pub flood: u32,
}

/// When a sender says the next thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// At fixed times, so many a second for each sender, whatever the server does.
    Paced(f64),
    /// As soon as fewer than so many are unanswered.
    Closed(NonZeroU16),
}

/// What is made of the outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Telling {
    /// Print JSON instead of the table.
    pub json: bool,
    /// Draw a plot (SVG) into this file.
    pub plot: Option<PathBuf>,
}

/// What the subcommand is called.
pub(super) const NAME: &str = "load";

/// The subcommand with its flags.
pub(super) fn command() -> Command {
    let flags = [
        flag("members", "N", "100", "Members of all rooms together."),
        flag("rooms", "N", "1", "Rooms."),
        flag("senders", "N", "1", "Members of each room who speak."),
        flag("size", "BYTES", "100", "Length of a message."),
        flag(
            "flood",
            "N",
            "0",
            "Messages a second into a further room that all members are in as well; not measured.",
        ),
        flag("duration", "SECONDS", "10", "Measure for so long."),
        flag(
            "idle",
            "N",
            "0",
            "Further sessions, which say one thing each and are silent.",
        ),
        flag(
            "storms",
            "N",
            "0",
            "Cut all connections at once, so many times.",
        ),
        flag(
            "webtransport",
            "PERCENT",
            "50",
            "So many of a hundred sessions over WebTransport, the others over WebSocket.",
        ),
    ];
    Command::new(NAME)
        .about("Put a load on a server and measure what its members get")
        .after_help(
            "Each message says when it was to be sent, so that a server that falls behind is \
             not spared (coordinated omission). Every member checks that nothing is lost, \
             doubled or out of order. The server's own limit of messages (--rate, --burst) \
             holds for the senders, too.",
        )
        .arg(
            Arg::new("url")
                .value_name("URL")
                .default_value("https://localhost:4433")
                .help("The server"),
        )
        .args(flags)
        .args(choices())
}

fn choices() -> [Arg; 9] {
    [
        optional(
            "rate",
            "N",
            "Messages a second of each sender [default: 1].",
        ),
        optional(
            "closed",
            "N",
            "Instead of a rate: always so many unanswered, at most 64.",
        )
        .conflicts_with("rate"),
        optional("joins", "N", "Joins a second, at most."),
        optional("ca", "FILE", "Trust the authorities in this PEM file."),
        switch("insecure", "Trust any certificate, as is done on loopback."),
        optional(
            "pid",
            "PID",
            "The server's process, for its CPU and memory [default: found].",
        ),
        optional("plot", "FILE", "Draw a plot (SVG) into this file."),
        switch("json", "Print JSON instead of the table."),
        optional("threads", "N", "Threads of the load itself [default: 1].")
            .value_parser(value_parser!(u16).range(1..=64)),
    ]
}

fn flag(name: &'static str, value: &'static str, default: &'static str, help: &'static str) -> Arg {
    optional(name, value, help).default_value(default)
}

fn optional(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    let arg = Arg::new(name).long(name).help(help);
    arg.action(ArgAction::SetTrue)
}

impl LoadPlan {
    /// Reads the subcommand's flags.
    pub(super) fn from_flags(flags: &ArgMatches) -> Result<Self, ConfigError> {
        let target = target(text(flags, "url").unwrap_or_default())?;
        let plan = Self {
            trust: trust(flags, &target)?,
            target,
            guests: guests(flags)?,
            talk: talk(flags)?,
            duration: Duration::from_secs(number(flags, "duration", 1..=LONGEST_RUN)?),
            storms: number(flags, "storms", 0..=1_000)?,
            pid: match text(flags, "pid") {
                Some(_) => Some(number(flags, "pid", 1..=u32::MAX)?),
                None => None,
            },
            threads: threads(flags),
            telling: Telling {
                json: flags.get_flag("json"),
                plot: text(flags, "plot").map(PathBuf::from),
            },
        };
        plan.checked()
    }

    fn checked(self) -> Result<Self, ConfigError> {
        let Guests { members, rooms, .. } = self.guests;
        if rooms > members {
            return Err(flaw("rooms", "is more than --members"));
        }
        if self.talk.senders.get() > members.get() / rooms.get() {
            return Err(flaw("senders", "is more than the members of a room"));
        }
        if !self.target.tls && self.guests.webtransport > 0 {
            return Err(flaw(
                "webtransport",
                "must be 0 for http://, because WebTransport is always under TLS",
            ));
        }
        Ok(self)
    }

    /// Everybody, the silent ones and whoever floods included.
    #[must_use]
    pub fn everybody(&self) -> u32 {
        self.guests.members.get() + self.guests.idle + u32::from(self.talk.flood > 0)
    }
}

fn threads(flags: &ArgMatches) -> usize {
    flags.get_one::<u16>("threads").copied().unwrap_or(1).into()
}

fn target(url: &str) -> Result<LoadTarget, ConfigError> {
    let bad = || {
        ConfigError::Usage(format!(
            "`{url}` is no address such as https://localhost:4433"
        ))
    };
    let (scheme, rest) = url.split_once("://").ok_or_else(bad)?;
    let tls = match scheme {
        "https" => true,
        "http" => false,
        _ => return Err(bad()),
    };
    let authority = rest.trim_end_matches('/');
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| bad())?),
        Some(_) | None => (authority, if tls { 443 } else { 80 }),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() || host.contains('/') {
        return Err(bad());
    }
    let host = host.to_owned();
    Ok(LoadTarget { host, port, tls })
}

/// On loopback there is nobody in between whom a certificate could keep out.
fn trust(flags: &ArgMatches, target: &LoadTarget) -> Result<Trust, ConfigError> {
    let is_loopback = |ip: IpAddr| ip.is_loopback();
    let is_here = target.host == "localhost" || target.host.parse().is_ok_and(is_loopback);
    match (text(flags, "ca"), flags.get_flag("insecure")) {
        (Some(_), true) => Err(flaw("insecure", "contradicts --ca; leave one of them out")),
        (Some(file), false) => Ok(Trust::File(file.into())),
        (None, true) => Ok(Trust::Anybody),
        (None, false) if is_here => Ok(Trust::Anybody),
        (None, false) => Ok(Trust::System),
    }
}

fn guests(flags: &ArgMatches) -> Result<Guests, ConfigError> {
    let idle = number(flags, "idle", 0..=MOST_GUESTS)?;
    Ok(Guests {
        members: number(
            flags,
            "members",
            1..=MOST_GUESTS - idle.min(MOST_GUESTS - 1),
        )
        .and_then(|it| non_zero("members", it))?,
        rooms: number(flags, "rooms", 1..=MOST_GUESTS).and_then(|it| non_zero("rooms", it))?,
        idle,
        webtransport: number(flags, "webtransport", 0..=100)?,
        joins: match text(flags, "joins") {
            Some(_) => NonZeroU32::new(number(flags, "joins", 1..=1_000_000)?),
            None => None,
        },
    })
}

fn talk(flags: &ArgMatches) -> Result<Talk, ConfigError> {
    let longest = u64::try_from(BODY_CHARS).expect("a message's bound is small");
    let shortest = u64::try_from(STAMP_BYTES).expect("a stamp is short");
    let size = number(flags, "size", shortest..=longest)?;
    let senders = number(flags, "senders", 1..=MOST_GUESTS)?;
    Ok(Talk {
        senders: non_zero("senders", senders)?,
        pace: pace(flags)?,
        size: usize::try_from(size).expect("a message's bound is small"),
        flood: number(flags, "flood", 0..=FASTEST_FLOOD)?,
    })
}

fn pace(flags: &ArgMatches) -> Result<Pace, ConfigError> {
    if text(flags, "closed").is_some() {
        let window: u16 = number(flags, "closed", 1..=WINDOW)?;
        let window = NonZeroU16::new(window).expect("the range begins at 1");
        return Ok(Pace::Closed(window));
    }
    let written = text(flags, "rate").unwrap_or("1");
    let rate: Option<f64> = written.parse().ok();
    match rate.filter(|rate| (0.001..=100_000.0).contains(rate)) {
        Some(rate) => Ok(Pace::Paced(rate)),
        None => Err(flaw(
            "rate",
            &format!("is `{written}`, but must be a number from 0.001 to 100000"),
        )),
    }
}

fn text<'a>(flags: &'a ArgMatches, name: &str) -> Option<&'a str> {
    flags.get_one::<String>(name).map(String::as_str)
}

fn number<T>(
    flags: &ArgMatches,
    name: &str,
    range: std::ops::RangeInclusive<T>,
) -> Result<T, ConfigError>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let written = text(flags, name).unwrap_or_default();
    let parsed = written.parse().ok().filter(|it| range.contains(it));
    parsed.ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        flaw(
            name,
            &format!("is `{written}`, but must be a whole number from {least} to {most}"),
        )
    })
}

fn non_zero(name: &str, number: u32) -> Result<NonZeroU32, ConfigError> {
    NonZeroU32::new(number).ok_or_else(|| flaw(name, "must not be 0"))
}

fn flaw(name: &str, flaw: &str) -> ConfigError {
    ConfigError::Value {
        place: format!("--{name}"),
        flaw: flaw.to_owned(),
    }
}
