//! What all members together have heard, and when.
//!
//! Messages begin with when they were to be sent, in nanoseconds since time zero, and who sent them, in
//! hexadecimal digits. Only who has to reads them: at saturation the senders, at a pace everybody.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::sync::Notify;

use crate::scene::peer_bytes;

/// Digits of the time, and of the sender behind it.
const TIME: usize = 16;
const SENDER: usize = 4;
/// An hour, in microseconds, and three digits: as `chinwag load` has it.
const LONGEST: u64 = 3_600_000_000;
const PRECISION: u8 = 3;
const WARM_UP: Duration = Duration::from_secs(1);

/// What is measured, from when to when.
#[derive(Clone, Copy)]
pub(super) struct Window {
    zero: Instant,
    length: Duration,
}

/// The sums.
pub(super) struct Tally {
    window: OnceLock<Window>,
    /// Whether it matters how long messages took.
    times: bool,
    /// Messages heard, ever and within the window.
    heard: AtomicU64,
    delivered: AtomicU64,
    broken: AtomicU64,
    latencies: Mutex<Histogram<u64>>,
    changed: Notify,
}

impl Window {
    pub(super) fn opens_now(length: Duration) -> Self {
        Self {
            zero: Instant::now(),
            length,
        }
    }

    pub(super) fn begin(&self) -> tokio::time::Instant {
        self.at(WARM_UP)
    }

    pub(super) fn end(&self) -> tokio::time::Instant {
        self.at(WARM_UP + self.length)
    }

    pub(super) fn at(&self, time: Duration) -> tokio::time::Instant {
        (self.zero + time).into()
    }

    pub(super) fn now(&self) -> Duration {
        self.zero.elapsed()
    }

    pub(super) fn is_over(&self, time: Duration) -> bool {
        time >= WARM_UP + self.length
    }

    fn holds(&self, time: Duration) -> bool {
        time >= WARM_UP && !self.is_over(time)
    }
}

impl Tally {
    pub(super) fn new(times: bool) -> Self {
        let histogram = Histogram::new_with_bounds(1, LONGEST, PRECISION);
        Self {
            window: OnceLock::new(),
            times,
            heard: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            broken: AtomicU64::new(0),
            latencies: Mutex::new(histogram.expect("the bounds are in order")),
            changed: Notify::new(),
        }
    }

    pub(super) fn open(&self, window: Window) {
        // It is opened once.
        self.window.set(window).ok();
    }

    /// A member has heard these messages now.
    pub(super) fn hear(&self, messages: &[u8]) {
        let count = (messages.len() / peer_bytes()) as u64;
        self.heard.fetch_add(count, Ordering::Relaxed);
        let Some(window) = self.window.get() else {
            return self.changed.notify_one();
        };
        let now = window.now();
        if window.holds(now) {
            self.delivered.fetch_add(count, Ordering::Relaxed);
        }
        if self.times {
            self.time(messages, (window, now));
        }
    }

    fn time(&self, messages: &[u8], (window, now): (&Window, Duration)) {
        let mut latencies = lock(&self.latencies);
        let sent = messages.chunks(peer_bytes()).filter_map(sent);
        for sent in sent.filter(|sent| window.holds(*sent)) {
            let micros = now.saturating_sub(sent).as_micros();
            latencies.saturating_record(u64::try_from(micros).unwrap_or(LONGEST));
        }
    }

    pub(super) fn broke(&self) {
        self.broken.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until so many have been heard, before the window opens.
    pub(super) async fn until(&self, heard: u64) {
        while self.heard() < heard {
            self.changed.notified().await;
        }
    }

    pub(super) fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    pub(super) fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    pub(super) fn broken(&self) -> u64 {
        self.broken.load(Ordering::Relaxed)
    }

    /// In milliseconds, how long so large a share of the deliveries took at most.
    pub(super) fn within(&self, share: f64) -> Option<f64> {
        let latencies = lock(&self.latencies);
        let micros = latencies.value_at_quantile(share) as f64;
        (!latencies.is_empty()).then_some(micros / 1_000.0)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A message of this sender, to be sent at this time.
pub(super) fn write(sent: Duration, sender: usize) -> String {
    let head = format!("{:0TIME$x}{:0SENDER$x}", sent.as_nanos(), sender % 0x1_0000);
    format!("{head:-<width$}", width = peer_bytes())
}

/// Who sent a message.
pub(super) fn sender(message: &[u8]) -> Option<usize> {
    hexadecimal(message.get(TIME..TIME + SENDER)?).and_then(|it| usize::try_from(it).ok())
}

fn sent(message: &[u8]) -> Option<Duration> {
    hexadecimal(message.get(..TIME)?).map(Duration::from_nanos)
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
