//! What an accept loop does when the system gives it no connection.
//!
//! Decides whether the next attempt has to wait, and how often anybody hears of it.
//! Invariants: a loop that fails over and over neither spins nor stops, and says so at most
//! once a minute, however many loops fail together.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After an accept that failed for want of file handles or memory: long enough for one to be
/// freed, short enough for newcomers to notice nothing else once it is.
pub(super) const PAUSE: Duration = Duration::from_millis(100);

/// How often an operator is told of what goes on.
const SAY_EVERY: Duration = Duration::from_secs(60);

/// The patience of all listeners together. Clones share what was said last.
#[derive(Clone, Debug, Default)]
pub(super) struct Patience(Arc<Mutex<Complaints>>);

#[derive(Debug, Default)]
struct Complaints {
    said: Option<Instant>,
    unsaid: u64,
}

impl Patience {
    /// Takes note of a failure at `now`; returns how long to wait before the next attempt.
    pub(super) fn after(&self, error: &io::Error, now: Instant) -> Duration {
        if concerns_one_peer(error) {
            tracing::debug!(%error, "a connection was gone before it was accepted");
            return Duration::ZERO;
        }
        if let Some(unsaid) = self.lock().raise(now) {
            tracing::warn!(
                %error,
                unsaid,
                "no connection can be accepted; those that are open go on (too many open files? \
                 see LimitNOFILE of systemd, or ulimit -n)"
            );
        }
        PAUSE
    }

    /// Never held across an await.
    fn lock(&self) -> std::sync::MutexGuard<'_, Complaints> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Complaints {
    /// How many failures were not told of before this one, if this one is to be told.
    fn raise(&mut self, now: Instant) -> Option<u64> {
        let due = |said: Instant| now.saturating_duration_since(said) >= SAY_EVERY;
        if self.said.is_none_or(due) {
            self.said = Some(now);
            return Some(std::mem::take(&mut self.unsaid));
        }
        self.unsaid += 1;
        None
    }
}

/// Errors of the connection that was to be accepted, not of the listener (accept(2)).
fn concerns_one_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `EMFILE`.
    const TOO_MANY_FILES: i32 = 24;

    #[test]
    fn want_of_file_handles_is_waited_for_and_told_once_a_minute() {
        let patience = Patience::default();
        let error = io::Error::from_raw_os_error(TOO_MANY_FILES);
        let start = crate::clock::now().instant;
        // Two listeners, three minutes.
        for attempt in 0..1_800 {
            let now = start + PAUSE * attempt;
            assert_eq!(patience.clone().after(&error, now), PAUSE);
            assert_eq!(patience.after(&error, now), PAUSE);
        }
        let said = patience.lock();
        assert_eq!(said.said, Some(start + SAY_EVERY * 2));
        assert_eq!(said.unsaid, 2 * 600 - 1);
    }

    #[test]
    fn each_line_tells_how_much_was_not_told_before_it() {
        let mut complaints = Complaints::default();
        let start = crate::clock::now().instant;
        assert_eq!(complaints.raise(start), Some(0));
        assert_eq!(complaints.raise(start), None);
        assert_eq!(complaints.raise(start + SAY_EVERY), Some(1));
        assert_eq!(complaints.raise(start + SAY_EVERY), None);
    }

    #[test]
    fn a_peer_that_has_gone_away_holds_up_nobody() {
        let patience = Patience::default();
        let error = io::Error::from(io::ErrorKind::ConnectionAborted);
        let now = crate::clock::now().instant;
        assert_eq!(patience.after(&error, now), Duration::ZERO);
        assert_eq!(patience.lock().said, None);
    }
}
