//! What all guests together have measured.
//!
//! Decides what counts: a latency by when its message was to be sent, a delivery by when it came,
//! both only within the window that is measured. Invariant: nothing is counted twice.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::order::Faults;

/// The longest latency that is told apart: an hour, in microseconds.
const LONGEST: u64 = 3_600_000_000;
/// Digits that hold: a thousandth is finer than any clock here.
const DIGITS: u8 = 3;

/// What is measured, from when to when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// Time zero: stamps and `from` count from here.
    pub(super) zero: Instant,
    /// When measuring begins.
    pub(super) from: Duration,
    /// For how long.
    pub(super) length: Duration,
}

impl Window {
    pub(super) fn now(&self) -> Duration {
        self.zero.elapsed()
    }

    pub(super) fn end(&self) -> Duration {
        self.from + self.length
    }

    fn holds(&self, time: Duration) -> bool {
        (self.from..self.end()).contains(&time)
    }

    /// The instant of a time since zero.
    pub(super) fn at(&self, time: Duration) -> tokio::time::Instant {
        (self.zero + time).into()
    }
}

/// The sums; shared by all guests.
#[derive(Debug)]
pub(super) struct Tally {
    sums: Mutex<Sums>,
}

/// The sums as they stand.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    /// From when a message was to be sent until it was heard, in microseconds.
    pub(super) latencies: Histogram<u64>,
    /// From the cut of all connections until a guest was back, in microseconds.
    pub(super) returns: Histogram<u64>,
    /// Messages heard within the window.
    pub(super) delivered: u64,
    /// Those of the flood, which are not among them.
    pub(super) flooded: u64,
    /// By whole seconds of the window.
    pub(super) by_second: Vec<u64>,
    /// Connections that were lost or refused without having been cut here.
    pub(super) broken: u64,
    /// The first of what broke them.
    pub(super) first_failure: Option<String>,
    /// What was wrong with what was told.
    pub(super) faults: Faults,
    /// Messages that the server refused.
    pub(super) refused: u64,
}

impl Tally {
    pub(super) fn new() -> Self {
        let histogram = || Histogram::new_with_bounds(1, LONGEST, DIGITS);
        let sums = Sums {
            latencies: histogram().expect("the bounds are in order"),
            returns: histogram().expect("the bounds are in order"),
            delivered: 0,
            flooded: 0,
            by_second: Vec::new(),
            broken: 0,
            first_failure: None,
            faults: Faults::default(),
            refused: 0,
        };
        let sums = Mutex::new(sums);
        Self { sums }
    }

    /// These messages, by when they were to be sent, are heard now.
    pub(super) fn heard(&self, window: &Window, sent: &[Duration]) {
        let now = window.now();
        let mut sums = self.lock();
        for sent in sent.iter().filter(|sent| window.holds(**sent)) {
            sums.latencies
                .saturating_record(micros(now.saturating_sub(*sent)));
        }
        if window.holds(now) {
            sums.deliver((now - window.from).as_secs(), sent.len());
        }
    }

    /// So many messages of the flood are heard now.
    pub(super) fn flooded(&self, window: &Window, messages: u64) {
        if window.holds(window.now()) {
            self.lock().flooded += messages;
        }
    }

    /// A guest is back, so long after all connections were cut.
    pub(super) fn returned(&self, after: Duration) {
        self.lock().returns.saturating_record(micros(after));
    }

    /// A connection broke by itself.
    pub(super) fn broke(&self, failure: &dyn std::error::Error) {
        let mut sums = self.lock();
        sums.broken += 1;
        sums.first_failure
            .get_or_insert_with(|| failure.to_string());
    }

    /// A guest has left, and this is what it was told wrongly.
    pub(super) fn judged(&self, faults: Faults) {
        self.lock().faults.add(faults);
    }

    /// So many messages of one sender were refused.
    pub(super) fn refused(&self, messages: u64) {
        self.lock().refused += messages;
    }

    /// What stands so far.
    pub(super) fn sums(&self) -> Sums {
        self.lock().clone()
    }

    /// Messages heard so far.
    pub(super) fn delivered(&self) -> u64 {
        self.lock().delivered
    }

    fn lock(&self) -> MutexGuard<'_, Sums> {
        // Sums that a panic left half done belong to a run that has failed.
        self.sums.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sums {
    fn deliver(&mut self, second: u64, messages: usize) {
        let messages = u64::try_from(messages).unwrap_or(u64::MAX);
        self.delivered += messages;
        let second = usize::try_from(second).unwrap_or(usize::MAX);
        if self.by_second.len() <= second {
            self.by_second.resize(second + 1, 0);
        }
        self.by_second[second] += messages;
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(age: Duration) -> Window {
        let second = Duration::from_secs(1);
        let zero = Instant::now().checked_sub(age).unwrap();
        Window {
            zero,
            from: second,
            length: 10 * second,
        }
    }

    #[test]
    fn only_what_was_to_be_sent_within_the_window_has_a_latency() {
        let (tally, window) = (Tally::new(), window(Duration::from_secs(5)));
        let before = Duration::from_millis(999);
        let within = Duration::from_secs(3);
        let after = Duration::from_secs(11);
        tally.heard(&window, &[before, within, after]);
        let sums = tally.sums();
        assert_eq!(sums.latencies.len(), 1);
        assert!(sums.latencies.max() >= 1_900_000, "two seconds late");
        assert_eq!(sums.delivered, 3);
        assert_eq!(sums.by_second.len(), 5);
    }

    #[test]
    fn what_comes_before_or_after_the_window_is_no_delivery() {
        for age in [Duration::ZERO, Duration::from_secs(12)] {
            let tally = Tally::new();
            tally.heard(&window(age), &[Duration::from_secs(2)]);
            tally.flooded(&window(age), 1);
            assert_eq!(tally.delivered(), 0);
            assert_eq!(tally.sums().flooded, 0);
        }
    }
}
