//! When sessions that were not seen for long are forgotten.
//!
//! Decides what "long" is counted from. Sessions are stored with the time of the wall clock,
//! which may be set while the server runs; the other clock only counts. Invariant: however
//! far the wall clock jumps ahead, nobody is forgotten who was seen within [`REMEMBERED`] of
//! this process's own count; and if it jumps back, they are remembered for longer. Nobody is
//! forgotten at the start: the clock may be wrong until the network has set it, and the
//! members of before, whom the chat holds again, must not lose what the log knows of them.

use std::time::{Duration, Instant};

use crate::clock::Now;
use crate::ids::Timestamp;

/// How long a session is remembered after it was last seen.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How often sessions that are no longer remembered are removed.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// The clocks may disagree by so much before it is told: adjustments are smaller, and a
/// machine that slept is told as well.
const DISAGREEMENT: Duration = Duration::from_secs(60 * 60);

/// The next time to look, and what both clocks said at the start.
#[derive(Debug)]
pub(super) struct Expiry {
    start: Now,
    next: Instant,
    has_warned: bool,
}

impl Expiry {
    pub(super) fn new(now: Now) -> Self {
        Self {
            start: now,
            next: now.instant + EVERY,
            has_warned: false,
        }
    }

    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// Who was last seen before the time returned is to be forgotten now, if it is time.
    pub(super) fn look(&mut self, now: Now) -> Option<Timestamp> {
        if now.instant < self.next {
            return None;
        }
        self.next = now.instant + EVERY;
        self.warn_of_jump(now);
        let trusted = counted(self.start, now).min(now.wall);
        Some(Timestamp(trusted.0.saturating_sub(millis(REMEMBERED))))
    }

    fn warn_of_jump(&mut self, now: Now) {
        let jumped = has_jumped(self.start, now);
        if jumped && !self.has_warned {
            tracing::warn!(
                "the clock was set by more than an hour, or the machine slept; sessions are \
                 remembered by the time that has passed here"
            );
        }
        self.has_warned = jumped;
    }
}

/// What the wall clock would say had nobody set it since `start`.
fn counted(start: Now, now: Now) -> Timestamp {
    let passed = now.instant.saturating_duration_since(start.instant);
    Timestamp(start.wall.0.saturating_add(millis(passed)))
}

fn has_jumped(start: Now, now: Now) -> bool {
    let apart = now.wall.0.abs_diff(counted(start, now).0);
    u128::from(apart) > DISAGREEMENT.as_millis()
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    const MINUTE: Duration = Duration::from_secs(60);

    fn start() -> Now {
        Now {
            instant: Instant::now(),
            wall: Timestamp(1_700_000_000_000),
        }
    }

    /// So much later by both clocks, the wall clock set by so much.
    fn later(start: Now, passed: Duration, set: i64) -> Now {
        Now {
            instant: start.instant + passed,
            wall: Timestamp(start.wall.0 + millis(passed) + set),
        }
    }

    fn before(start: Now, time: Duration) -> Timestamp {
        Timestamp(start.wall.0 - millis(time))
    }

    #[test]
    fn sessions_not_seen_for_thirty_days_are_forgotten_every_hour_but_not_at_the_start() {
        let start = start();
        let mut expiry = Expiry::new(start);
        assert_eq!(expiry.look(start), None);
        let soon = later(start, EVERY - MINUTE, 0);
        assert_eq!(expiry.look(soon), None);
        assert_eq!(expiry.next(), start.instant + EVERY);
        let hour = later(start, EVERY, 0);
        assert_eq!(expiry.look(hour), Some(before(start, 30 * DAY - EVERY)));
        assert_eq!(expiry.next(), start.instant + 2 * EVERY);
        let next = later(start, 2 * DAY, 0);
        assert_eq!(expiry.look(next), Some(before(start, 28 * DAY)));
    }

    #[test]
    fn a_clock_that_was_set_ahead_forgets_nobody_however_often_it_is_looked_at() {
        let start = start();
        let mut expiry = Expiry::new(start);
        let years = millis(40 * 365 * DAY);
        for days in 1..=3 {
            let now = later(start, days * DAY, years);
            let expected = before(start, (30 - days) * DAY);
            assert_eq!(expiry.look(now), Some(expected), "after {days} days");
            assert!(expiry.has_warned);
        }
    }

    #[test]
    fn a_clock_that_was_set_back_remembers_for_longer() {
        let start = start();
        let mut expiry = Expiry::new(start);
        let now = later(start, DAY, -millis(10 * DAY));
        assert_eq!(expiry.look(now), Some(before(start, 39 * DAY)));
    }

    #[test]
    fn clocks_that_differ_by_an_adjustment_have_not_jumped() {
        let start = start();
        let hour = millis(DISAGREEMENT);
        for (set, jumped) in [
            (0, false),
            (hour, false),
            (-hour, false),
            (hour + 1, true),
            (-hour - 1, true),
        ] {
            assert_eq!(has_jumped(start, later(start, DAY, set)), jumped, "{set}");
        }
    }
}
