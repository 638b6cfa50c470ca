//! What all guests share: the way in, the clock, the sums, and how far each has heard.
//!
//! Decides who may enter when. Invariant: nothing here waits for a guest that is gone.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use super::dial::Dialer;
use super::tally::{Tally, Window};

/// Guests on their way in at a time: enough to keep the server busy, few enough that none waits so
/// long for its handshake that it is given up.
const ENTERING: usize = 64;

/// What every guest is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signal {
    /// How often all connections were cut.
    pub(super) storms: u32,
    /// The run is over.
    pub(super) stopped: bool,
}

/// What all guests share.
pub(super) struct Hall {
    pub(super) dialer: Dialer,
    pub(super) tally: Tally,
    window: OnceLock<Window>,
    signal: watch::Sender<Signal>,
    door: Semaphore,
    arrived: watch::Sender<usize>,
    reached: Vec<AtomicU64>,
    random: SystemRandom,
}

impl Hall {
    /// A hall for so many guests.
    pub(super) fn new(dialer: Dialer, guests: usize) -> Self {
        Self {
            dialer,
            tally: Tally::new(),
            window: OnceLock::new(),
            signal: watch::Sender::default(),
            door: Semaphore::new(ENTERING),
            arrived: watch::Sender::default(),
            reached: (0..guests).map(|_| AtomicU64::new(0)).collect(),
            random: SystemRandom::new(),
        }
    }

    /// What guests are told from now on.
    pub(super) fn signal(&self) -> watch::Receiver<Signal> {
        self.signal.subscribe()
    }

    /// Cuts all connections.
    pub(super) fn cut_all(&self) {
        self.signal.send_modify(|signal| signal.storms += 1);
    }

    /// Sends everybody home.
    pub(super) fn stop(&self) {
        self.signal.send_modify(|signal| signal.stopped = true);
    }

    /// A place at the door, for whoever comes for the first time.
    pub(super) async fn door(&self) -> SemaphorePermit<'_> {
        let place = self.door.acquire().await;
        place.expect("the door is never closed")
    }

    /// A guest is in its room for the first time.
    pub(super) fn arrived(&self) {
        self.arrived.send_modify(|guests| *guests += 1);
    }

    /// How many guests have arrived.
    pub(super) fn arrivals(&self) -> watch::Receiver<usize> {
        self.arrived.subscribe()
    }

    /// From now on it is measured.
    pub(super) fn open(&self, window: Window) {
        let opened = self.window.set(window);
        opened.expect("there is one window in a run");
    }

    /// These messages, by when they were to be sent, have been heard.
    pub(super) fn heard(&self, sent: &[Duration]) {
        if let Some(window) = self.window.get() {
            self.tally.heard(window, sent);
        }
    }

    /// So many messages of the flood have been heard.
    pub(super) fn flooded(&self, messages: u64) {
        if messages > 0
            && let Some(window) = self.window.get()
        {
            self.tally.flooded(window, messages);
        }
    }

    /// This guest has heard so far.
    pub(super) fn reached(&self, guest: usize, seq: u64) {
        self.reached[guest].store(seq, Ordering::Relaxed);
    }

    /// How far the guest has heard.
    pub(super) fn position(&self, guest: usize) -> u64 {
        self.reached[guest].load(Ordering::Relaxed)
    }

    /// A secret for a guest's session.
    pub(super) fn draw(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let drawn = self.random.fill(&mut bytes);
        drawn.expect("the system has randomness");
        bytes
    }
}
