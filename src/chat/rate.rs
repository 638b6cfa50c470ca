//! How fast one session may send: a token bucket.

use std::time::{Duration, Instant};

/// Messages a second in the long run, and at once after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Messages a second in the long run; at least 1.
    pub per_second: u32,
    /// Messages at once after a pause; at least 1.
    pub burst: u32,
}

/// A bucket that fills with time and is emptied by messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    /// When the bucket will be full again: all that a bucket has to remember.
    full_at: Instant,
}

impl Bucket {
    pub(super) fn full(now: Instant) -> Self {
        Self { full_at: now }
    }

    /// Takes one message's worth, or says how long to wait for it.
    pub(super) fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Duration> {
        let cost = Duration::from_secs(1) / rate.per_second.max(1);
        let depth = cost * rate.burst.max(1);
        let full_at = self.full_at.max(now) + cost;
        let over = full_at.saturating_duration_since(now + depth);
        if over.is_zero() {
            self.full_at = full_at;
            Ok(())
        } else {
            Err(over)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // X9
    #[test]
    fn a_burst_passes_then_messages_are_slowed_to_the_rate() {
        let rate = Rate {
            per_second: 10,
            burst: 3,
        };
        let start = Instant::now();
        let mut bucket = Bucket::full(start);
        for _ in 0..3 {
            assert_eq!(bucket.take(rate, start), Ok(()));
        }
        assert_eq!(bucket.take(rate, start), Err(Duration::from_millis(100)));
        let later = start + Duration::from_millis(100);
        assert_eq!(bucket.take(rate, later), Ok(()));
        assert!(bucket.take(rate, later).is_err());
    }
}
