//! What is asked of each contender.
//!
//! At saturation eight senders, because our server lets a session send a thousand a second for long, with 32
//! messages on their way each, so that there is always something to put together. axum's example cuts off
//! whoever is a hundred messages behind, so there it is 8.

use std::sync::LazyLock;

use crate::contender::Contender;
use crate::options::{self, Options};

/// Bytes of every message.
pub(crate) const MESSAGE: usize = 100;

/// Bytes that one of a peer's messages has; with who said it, when, and in which order, ours has more than
/// its text. Every process of the bench reads the same.
pub(crate) fn peer_bytes() -> usize {
    static BYTES: LazyLock<usize> = LazyLock::new(|| {
        let bytes = options::number("PEER_BYTES", &MESSAGE.to_string());
        bytes.ok().filter(|&it| it >= MESSAGE).unwrap_or(MESSAGE)
    });
    *BYTES
}

/// Most that may be on its way for a sender to axum's example.
const AXUM_WINDOW: usize = 8;

/// When senders speak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pace {
    /// As soon as fewer than so many of their messages are unheard by themselves.
    Closed(usize),
    /// So many times a second each.
    Paced(f64),
    /// Once, all of them, before anything is measured.
    Once,
}

/// One load.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) title: String,
    pub(crate) members: usize,
    pub(crate) rooms: usize,
    /// Of each room.
    pub(crate) senders: usize,
    pub(crate) pace: Pace,
    /// What is told of it.
    pub(crate) figures: &'static [Figure],
}

/// What is told of a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Figure {
    /// Microseconds of the server's processor for a delivery.
    Cpu,
    /// Deliveries a second.
    Rate,
    /// Milliseconds that half of the deliveries took at most.
    P50,
    /// The same of 99 in a hundred.
    P99,
    /// KiB of the server's memory for a session.
    Memory,
    /// Sessions accepted and joined a second.
    Joins,
}

impl Figure {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Cpu => "server CPU, us a delivery",
            Self::Rate => "deliveries, thousands a second",
            Self::P50 => "latency p50, ms",
            Self::P99 => "latency p99, ms",
            Self::Memory => "server memory, KiB a session",
            Self::Joins => "joined a second",
        }
    }

    /// Where it stands in a load's report, and what it is divided by.
    pub(crate) fn place(self) -> (&'static str, f64) {
        match self {
            Self::Cpu => ("/server/cpu_us_per_delivery", 1.0),
            Self::Rate => ("/delivered_per_second", 1_000.0),
            Self::P50 => ("/latency_ms/p50", 1.0),
            Self::P99 => ("/latency_ms/p99", 1.0),
            Self::Memory => ("/server/memory_bytes_per_session", 1_024.0),
            Self::Joins => ("/joined_per_second", 1.0),
        }
    }
}

impl Scene {
    /// Those that are wanted.
    pub(crate) fn wanted(options: &Options) -> Vec<Self> {
        let is_wanted = |name: &str| options.scenes.iter().any(|it| it == name);
        let mut scenes = Vec::new();
        if is_wanted("full") {
            scenes.extend(options.members.iter().map(|&members| Self::full(members)));
        }
        scenes.extend(is_wanted("paced").then(Self::paced));
        scenes.extend(is_wanted("rooms").then(Self::rooms));
        scenes.extend(is_wanted("rest").then(Self::rest));
        scenes
    }

    pub(crate) fn full(members: usize) -> Self {
        Self {
            title: format!("{members} members, as fast as it goes"),
            members,
            rooms: 1,
            senders: 8.min(members),
            pace: Pace::Closed(32),
            figures: &[Figure::Cpu, Figure::Rate],
        }
    }

    fn paced() -> Self {
        Self {
            title: "40 messages a second to 1000 members".into(),
            members: 1_000,
            rooms: 1,
            senders: 8,
            pace: Pace::Paced(5.0),
            figures: &[Figure::P50, Figure::P99, Figure::Cpu],
        }
    }

    fn rooms() -> Self {
        Self {
            title: "200 rooms of 5, everyone once a second".into(),
            members: 1_000,
            rooms: 200,
            senders: 5,
            pace: Pace::Paced(1.0),
            figures: &[Figure::P50, Figure::P99, Figure::Cpu],
        }
    }

    fn rest() -> Self {
        Self {
            title: "2000 sessions that have each sent and received, at rest".into(),
            members: 2_000,
            rooms: 2_000,
            senders: 1,
            pace: Pace::Once,
            figures: &[Figure::Memory, Figure::Joins],
        }
    }

    /// The pace that this contender can take.
    pub(crate) fn pace_for(&self, contender: Contender) -> Pace {
        match self.pace {
            Pace::Closed(window) if contender == Contender::Axum => {
                Pace::Closed(window.min(AXUM_WINDOW))
            }
            Pace::Closed(_) | Pace::Paced(_) | Pace::Once => self.pace,
        }
    }

    /// Members of a room; 0 where there is one room.
    pub(crate) fn group(&self) -> usize {
        if self.rooms == 1 {
            0
        } else {
            self.members / self.rooms
        }
    }
}
