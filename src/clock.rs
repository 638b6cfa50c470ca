//! The only place that asks the machine what time it is.
//!
//! Invariant: whoever decides gets the time as an argument.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::ids::Timestamp;

/// One reading of both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Never goes back: for deadlines.
    pub instant: Instant,
    /// What people call the time: for display.
    pub wall: Timestamp,
}

/// Reads both clocks.
#[must_use]
pub fn now() -> Now {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Now {
        instant: Instant::now(),
        wall: Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)),
    }
}
