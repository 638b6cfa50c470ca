//! The outcome of a run, for people and for programs.
//!
//! Decides how it is told, and what counts as sound. Invariant: a value that was not measured is not
//! there.

use std::fmt::{self, Write as _};
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use super::order::Faults;
use super::tally::Sums;
use super::usage::Usage;
use crate::config::{LoadPlan, Pace};

/// What else was seen in a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// How long it took until everybody was in.
    pub(super) joining: Duration,
    /// What the server used before anybody came, if it can be seen.
    pub(super) before: Option<Usage>,
    /// What it used when everybody was in and nothing had been said.
    pub(super) joined: Option<Usage>,
    /// What it had used when the window began, and when it ended.
    pub(super) window: Option<(Usage, Usage)>,
    /// Messages that were said and in the end neither stored nor refused.
    pub(super) unanswered: u64,
}

/// The outcome of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    sessions: u32,
    members: u32,
    rooms: u32,
    webtransport_percent: u32,
    message_bytes: usize,
    load: String,
    seconds: f64,
    joined_per_second: f64,
    delivered: u64,
    delivered_per_second: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    flood: Option<Flood>,
    latency_ms: Option<Spread>,
    return_ms: Option<Spread>,
    lost: u64,
    unanswered: u64,
    doubled: u64,
    reordered: u64,
    refused: u64,
    broken_connections: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_failure: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<Server>,
    #[serde(skip)]
    pub(super) sums: Sums,
}

/// What went through the flooded room.
#[derive(Clone, Copy, Debug, Serialize)]
struct Flood {
    per_second: u32,
    delivered_per_second: f64,
}

/// How values are spread, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
struct Spread {
    p50: f64,
    p90: f64,
    p99: f64,
    p99_9: f64,
    max: f64,
}

/// What the server's process used.
#[derive(Clone, Copy, Debug, Serialize)]
struct Server {
    cpu_us_per_delivery: Option<f64>,
    cpu_percent: f64,
    memory_bytes: u64,
    memory_bytes_per_session: Option<f64>,
}

impl Report {
    pub(super) fn new(plan: &LoadPlan, sums: Sums, seen: Seen) -> Self {
        let Faults {
            lost,
            doubled,
            reordered,
        } = sums.faults;
        let seconds = plan.duration.as_secs_f64();
        Self {
            sessions: plan.everybody(),
            members: plan.guests.members.get(),
            rooms: plan.guests.rooms.get(),
            webtransport_percent: plan.guests.webtransport,
            message_bytes: plan.talk.size,
            load: load(plan),
            seconds,
            joined_per_second: f64::from(plan.everybody()) / seen.joining.as_secs_f64(),
            delivered: sums.delivered,
            delivered_per_second: real(sums.delivered) / seconds,
            flood: (plan.talk.flood > 0).then(|| Flood {
                per_second: plan.talk.flood,
                delivered_per_second: real(sums.flooded) / seconds,
            }),
            latency_ms: Spread::of(&sums.latencies),
            return_ms: Spread::of(&sums.returns),
            lost,
            unanswered: seen.unanswered,
            doubled,
            reordered,
            refused: sums.refused,
            broken_connections: sums.broken,
            first_failure: sums.first_failure.clone(),
            server: server(plan, &sums, seen),
            sums,
        }
    }

    /// Whether everything that was said was answered, and every member told it, once, and in order.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.sums.faults.none() && self.unanswered == 0
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("numbers and texts can be written")
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let per_second = format!("{:.0} a second", self.delivered_per_second);
        let mut rows = vec![
            (
                "sessions",
                format!(
                    "{} ({} members of {} rooms, {} % over WebTransport)",
                    self.sessions, self.members, self.rooms, self.webtransport_percent
                ),
            ),
            (
                "load",
                format!(
                    "{}, {} bytes each, for {:.0} s",
                    self.load, self.message_bytes, self.seconds
                ),
            ),
            ("joined", format!("{:.0} a second", self.joined_per_second)),
            ("delivered", format!("{} ({per_second})", self.delivered)),
        ];
        rows.extend(self.flood.map(|flood| ("flood", flood.to_string())));
        let spreads = [
            ("latency", self.latency_ms),
            ("back after a cut", self.return_ms),
        ];
        rows.extend(
            spreads
                .into_iter()
                .filter_map(|(name, it)| Some((name, it?.to_string()))),
        );
        rows.push(("lost", self.lost.to_string()));
        rows.push(("unanswered", self.unanswered.to_string()));
        rows.push(("doubled", self.doubled.to_string()));
        rows.push(("out of order", self.reordered.to_string()));
        rows.push(("refused", self.refused.to_string()));
        rows.push(("connections broken", self.broken()));
        if let Some(server) = self.server {
            rows.extend(server.rows());
        }
        rows
    }

    fn broken(&self) -> String {
        match &self.first_failure {
            Some(first) => format!("{} (the first: {first})", self.broken_connections),
            None => self.broken_connections.to_string(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.rows() {
            writeln!(f, "{name:<22}{value}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Flood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (said, delivered) = (self.per_second, self.delivered_per_second);
        write!(f, "{said} said, {delivered:.0} delivered a second")
    }
}

impl Spread {
    fn of(micros: &Histogram<u64>) -> Option<Self> {
        let at = |quantile| real(micros.value_at_quantile(quantile)) / 1_000.0;
        (!micros.is_empty()).then(|| Self {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p99_9: at(0.999),
            max: real(micros.max()) / 1_000.0,
        })
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            p50,
            p90,
            p99,
            p99_9,
            max,
        } = self;
        write!(
            f,
            "p50 {p50:.2} ms, p90 {p90:.2}, p99 {p99:.2}, p99.9 {p99_9:.2}, max {max:.2}"
        )
    }
}

impl Server {
    fn rows(self) -> Vec<(&'static str, String)> {
        let mut processor = format!("{:.0} % of one processor", self.cpu_percent);
        if let Some(each) = self.cpu_us_per_delivery {
            // Writing to a text cannot fail.
            write!(processor, ", {each:.2} us a delivery").ok();
        }
        let mut memory = format!("{:.1} MiB", real(self.memory_bytes) / MIB);
        if let Some(each) = self.memory_bytes_per_session {
            write!(memory, ", {:.1} KiB a session", each / 1_024.0).ok();
        }
        vec![
            ("server's processor", processor),
            ("server's memory", memory),
        ]
    }
}

const MIB: f64 = 1_048_576.0;

/// Memory is that of sessions which have sent and received, where the idle ones are; otherwise of
/// those that have joined.
fn server(plan: &LoadPlan, sums: &Sums, seen: Seen) -> Option<Server> {
    let (first, last) = seen.window?;
    let spent = last.cpu.saturating_sub(first.cpu).as_secs_f64();
    let grown = seen.joined.zip(seen.before);
    let each = grown.map(|(joined, before)| {
        real(joined.memory.saturating_sub(before.memory)) / f64::from(plan.everybody())
    });
    let delivered = sums.delivered + sums.flooded;
    Some(Server {
        cpu_us_per_delivery: (delivered > 0).then(|| spent * 1e6 / real(delivered)),
        cpu_percent: 100.0 * spent / plan.duration.as_secs_f64(),
        memory_bytes: last.memory,
        memory_bytes_per_session: each,
    })
}

fn load(plan: &LoadPlan) -> String {
    let senders = plan.talk.senders;
    match plan.talk.pace {
        Pace::Paced(rate) => format!("{senders} in each room say {rate} a second"),
        Pace::Closed(window) => format!("{senders} in each room with {window} unanswered"),
    }
}

/// Counts of a run are far below what a float holds exactly.
#[allow(clippy::cast_precision_loss)]
fn real(count: u64) -> f64 {
    count as f64
}
