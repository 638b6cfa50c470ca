//! What the process counts about itself.
//!
//! Decides the names and kinds of the metrics; when something counts is decided where it
//! happens. Knows no other module. Invariant: label values are fixed in the program, never
//! taken from a client, so the number of series is bounded.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// The media type of [`Metrics::text`] (`OpenMetrics` 1.0, which Prometheus reads).
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// One label, its name and its value.
type Label = [(&'static str, &'static str); 1];

/// The labels of a move: `from`, `to` and `reason`.
type MoveLabels = [(&'static str, &'static str); 3];

/// What a session travels over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// QUIC.
    WebTransport,
    /// TCP.
    WebSocket,
}

impl Transport {
    fn label(self) -> Label {
        [("transport", self.name())]
    }

    fn name(self) -> &'static str {
        match self {
            Self::WebTransport => "webtransport",
            Self::WebSocket => "websocket",
        }
    }
}

/// All metrics; clones count together.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Registry>,
    sessions: Family<Label, Gauge>,
    rooms: Gauge,
    members: Gauge,
    inbox_depth: Gauge,
    messages: Counter,
    refusals: Family<Label, Counter>,
    commits: Histogram,
    searches: Histogram,
    slow_readers: Counter,
    handshakes_refused: Family<Label, Counter>,
    handshakes_retried: Counter,
    moves: Family<MoveLabels, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Everything at zero.
    #[must_use]
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Arc::default(),
            sessions: Family::default(),
            rooms: Gauge::default(),
            members: Gauge::default(),
            inbox_depth: Gauge::default(),
            messages: Counter::default(),
            refusals: Family::default(),
            // From 50 us, a good disk's commit, to 0.8 s, a stuck one's.
            commits: Histogram::new(exponential_buckets(0.000_05, 2.0, 15)),
            // From 100 us to 1.6 s, with the wait for the commits before it.
            searches: Histogram::new(exponential_buckets(0.000_1, 2.0, 15)),
            slow_readers: Counter::default(),
            handshakes_refused: Family::default(),
            handshakes_retried: Counter::default(),
            moves: Family::default(),
        };
        metrics.registry = Arc::new(metrics.register());
        // Both series exist from the start, so that a rate has a first value.
        for transport in [Transport::WebTransport, Transport::WebSocket] {
            metrics.sessions.get_or_create(&transport.label()).set(0);
        }
        metrics
    }

    fn register(&self) -> Registry {
        let mut names = Registry::with_prefix("chinwag");
        names.register(
            "sessions",
            "Connections with a session",
            self.sessions.clone(),
        );
        names.register("rooms", "Rooms with a member", self.rooms.clone());
        names.register(
            "members",
            "Members, summed over rooms",
            self.members.clone(),
        );
        names.register(
            "hub_inbox_depth",
            "Arrivals that wait for the hub",
            self.inbox_depth.clone(),
        );
        names.register(
            "messages_committed",
            "Messages that the log has taken",
            self.messages.clone(),
        );
        names.register("refusals", "Commands refused", self.refusals.clone());
        names.register(
            "commit_seconds",
            "How long the log took to commit a group",
            self.commits.clone(),
        );
        names.register(
            "search_seconds",
            "How long a search took, its wait for the log included",
            self.searches.clone(),
        );
        names.register(
            "slow_readers_closed",
            "Connections closed because they read too slowly",
            self.slow_readers.clone(),
        );
        names.register(
            "handshakes_refused",
            "Connections refused before a session",
            self.handshakes_refused.clone(),
        );
        names.register(
            "handshakes_retried",
            "First packets whose sender was asked to prove its address",
            self.handshakes_retried.clone(),
        );
        names.register(
            "moves",
            "Sessions that went on over another connection, as their clients say",
            self.moves.clone(),
        );
        names
    }

    /// A connection has a session now.
    pub fn session_opened(&self, over: Transport) {
        self.sessions.get_or_create(&over.label()).inc();
    }

    /// A connection that had a session is gone.
    pub fn session_closed(&self, over: Transport) {
        self.sessions.get_or_create(&over.label()).dec();
    }

    /// How many rooms have a member.
    pub fn set_rooms(&self, rooms: usize) {
        self.rooms.set(gauge(rooms));
    }

    /// How many members there are, summed over rooms.
    pub fn set_members(&self, members: usize) {
        self.members.set(gauge(members));
    }

    /// How many arrivals wait for the hub.
    pub fn set_inbox_depth(&self, arrivals: usize) {
        self.inbox_depth.set(gauge(arrivals));
    }

    /// The log took a group of this many messages in this time.
    pub fn committed(&self, messages: usize, took: Duration) {
        self.messages
            .inc_by(u64::try_from(messages).unwrap_or(u64::MAX));
        self.commits.observe(took.as_secs_f64());
    }

    /// A search was answered in this time.
    pub fn searched(&self, took: Duration) {
        self.searches.observe(took.as_secs_f64());
    }

    /// A command was refused for this reason.
    pub fn refused(&self, code: &'static str) {
        self.refusals.get_or_create(&[("code", code)]).inc();
    }

    /// A connection was closed because it read too slowly.
    pub fn slow_reader_closed(&self) {
        self.slow_readers.inc();
    }

    /// A connection was refused before it had a session, for this reason.
    pub fn handshake_refused(&self, reason: &'static str) {
        self.handshakes_refused
            .get_or_create(&[("reason", reason)])
            .inc();
    }

    /// Who sent a first packet was asked to prove its address.
    pub fn handshake_retried(&self) {
        self.handshakes_retried.inc();
    }

    /// A session went on over another connection, for this reason.
    pub fn moved(&self, from: Transport, to: Transport, reason: &'static str) {
        let labels = [("from", from.name()), ("to", to.name()), ("reason", reason)];
        self.moves.get_or_create(&labels).inc();
    }

    /// Everything in the `OpenMetrics` text format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("writing to a string cannot fail");
        text
    }
}

fn gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_line(metrics: &Metrics, line: &str) -> bool {
        metrics.text().lines().any(|l| l == line)
    }

    // C: metrics
    #[test]
    fn sessions_are_counted_by_transport() {
        let metrics = Metrics::new();
        metrics.session_opened(Transport::WebTransport);
        metrics.session_opened(Transport::WebTransport);
        metrics.session_closed(Transport::WebTransport);
        metrics.session_opened(Transport::WebSocket);
        assert!(has_line(
            &metrics,
            r#"chinwag_sessions{transport="webtransport"} 1"#
        ));
        assert!(has_line(
            &metrics,
            r#"chinwag_sessions{transport="websocket"} 1"#
        ));
    }

    #[test]
    fn clones_count_together() {
        let metrics = Metrics::new();
        let clone = metrics.clone();
        clone.committed(3, Duration::from_micros(70));
        clone.searched(Duration::from_millis(3));
        clone.refused("too_fast");
        clone.slow_reader_closed();
        clone.handshake_refused("origin");
        clone.handshake_retried();
        clone.moved(Transport::WebSocket, Transport::WebTransport, "better");
        for line in [
            "chinwag_messages_committed_total 3",
            "chinwag_commit_seconds_count 1",
            "chinwag_search_seconds_count 1",
            r#"chinwag_commit_seconds_bucket{le="0.0001"} 1"#,
            r#"chinwag_refusals_total{code="too_fast"} 1"#,
            "chinwag_slow_readers_closed_total 1",
            r#"chinwag_handshakes_refused_total{reason="origin"} 1"#,
            "chinwag_handshakes_retried_total 1",
            r#"chinwag_moves_total{from="websocket",to="webtransport",reason="better"} 1"#,
        ] {
            assert!(
                has_line(&metrics, line),
                "{line} not in\n{}",
                metrics.text()
            );
        }
    }

    #[test]
    fn gauges_show_the_last_value() {
        let metrics = Metrics::new();
        metrics.set_rooms(4);
        metrics.set_members(9);
        metrics.set_members(8);
        metrics.set_inbox_depth(2);
        for line in [
            "chinwag_rooms 4",
            "chinwag_members 8",
            "chinwag_hub_inbox_depth 2",
        ] {
            assert!(
                has_line(&metrics, line),
                "{line} not in\n{}",
                metrics.text()
            );
        }
    }
}
