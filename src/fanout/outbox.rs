//! The outbox: what one write loop is to write, and how much of it may wait.
//!
//! Decides when a reader is too slow. Invariants: what waits for one connection, over all
//! its lanes and with what its write loops hold, stays within [`OUTBOX_BYTES`] (but for
//! the last frame of each outbox); frames come out in the order in which they went in;
//! putting one in never waits.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use super::{Parcel, Run};
use crate::ids::LaneId;

/// Bytes that may wait for one connection: eight of the longest frames, or some 2,000
/// messages, which is what a good connection carries away in the blink of an eye and a lost
/// one in no time; ten thousand slow readers at once cost what a server has.
pub const OUTBOX_BYTES: usize = 512 * 1024;

/// What a waiting frame costs beside its bytes, so that tiny ones are bounded, too.
const ITEM_BYTES: usize = size_of::<(LaneId, Bytes)>();

/// Places kept in an idle queue: a usual wake's worth, a run of broadcasts being one parcel. What a
/// burst took beyond is given back, or idle connections would cost what their worst moment did.
const KEPT_PLACES: usize = 4;

/// The bytes that wait for one connection, over all its lanes.
#[derive(Debug, Default)]
pub struct Budget {
    used: AtomicUsize,
    blown: AtomicBool,
}

/// What one write loop is to write: over WebTransport one lane's frames, over WebSocket all.
#[derive(Debug)]
pub struct Outbox {
    budget: Arc<Budget>,
    queue: Mutex<Queue>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    parcels: Vec<Parcel>,
    /// Of `parcels`, as the budget counts.
    waiting: usize,
    /// Of the batch that the write loop holds, as the budget counts.
    taken: usize,
    closed: bool,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It will be written.
    Ok,
    /// It is dropped, because the connection's reader is too slow: close the connection.
    Slow,
    /// It is dropped, because nothing more is written here.
    Closed,
}

impl Budget {
    /// A budget of [`OUTBOX_BYTES`], unused.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes that wait at the moment, with what each frame costs beside its own.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Takes `cost`, unless it is too much; then the budget is blown for good.
    fn take(&self, cost: usize) -> bool {
        let before = self.used.fetch_add(cost, Ordering::Relaxed);
        let fits = !self.is_blown() && before + cost <= OUTBOX_BYTES;
        if !fits {
            self.give_back(cost);
            self.blown.store(true, Ordering::Relaxed);
        }
        fits
    }

    fn give_back(&self, cost: usize) {
        self.used.fetch_sub(cost, Ordering::Relaxed);
    }

    fn is_blown(&self) -> bool {
        self.blown.load(Ordering::Relaxed)
    }
}

impl Outbox {
    /// An empty outbox that draws on its connection's `budget`.
    #[must_use]
    pub fn new(budget: Arc<Budget>) -> Arc<Self> {
        Arc::new(Self {
            budget,
            queue: Mutex::default(),
            filled: Notify::new(),
        })
    }

    /// Puts a whole frame (header included) behind those that wait. Never waits.
    pub fn push(&self, lane: LaneId, frame: Bytes) -> Pushed {
        let cost = cost_of(&frame);
        self.put(cost, |parcels| parcels.push(Parcel::Frame(lane, frame)))
    }

    /// Puts whole frames for one lane behind those that wait: all of them or none. Never
    /// waits; locks, counts and wakes once.
    pub fn push_all(&self, lane: LaneId, frames: &[Bytes]) -> Pushed {
        let cost = frames.iter().map(cost_of).sum();
        let frames = frames
            .iter()
            .map(|frame| Parcel::Frame(lane, frame.clone()));
        self.put(cost, |parcels| parcels.extend(frames))
    }

    /// The same for frames that others get as well.
    pub(super) fn push_run(&self, lane: LaneId, run: &Arc<Run>) -> Pushed {
        self.put(run.cost(), |parcels| {
            parcels.push(Parcel::Run(lane, Arc::clone(run)));
        })
    }

    fn put(&self, cost: usize, put: impl FnOnce(&mut Vec<Parcel>)) -> Pushed {
        let is_news = {
            let mut queue = self.lock();
            if queue.closed {
                return Pushed::Closed;
            }
            if !self.budget.take(cost) {
                return Pushed::Slow;
            }
            queue.put(cost, put)
        };
        // Otherwise somebody has woken the write loop already.
        if is_news {
            self.filled.notify_one();
        }
        Pushed::Ok
    }

    /// Ends the outbox, with a last frame whatever the budget says. What waits is still
    /// written, unless the reader is too slow: then only the last frame is. Whoever
    /// closes first decides.
    pub fn close(&self, last: Option<(LaneId, Bytes)>) {
        {
            let mut queue = self.lock();
            if queue.closed {
                return;
            }
            queue.closed = true;
            if self.budget.is_blown() {
                self.budget.give_back(queue.drop_waiting());
            }
            if let Some((lane, frame)) = last {
                let cost = cost_of(&frame);
                self.budget.used.fetch_add(cost, Ordering::Relaxed);
                queue.put(cost, |parcels| parcels.push(Parcel::Frame(lane, frame)));
            }
        }
        self.filled.notify_one();
    }

    /// Waits for frames and swaps all of them into `batch`; `false` when the outbox is
    /// closed and empty. To ask again says that the batch before is written: what is left
    /// in `batch` is dropped. For one reader. Cancel-safe: no frame is lost.
    pub async fn take(&self, batch: &mut Vec<Parcel>) -> bool {
        batch.clear();
        loop {
            if let Some(more) = self.swap(batch) {
                return more;
            }
            self.filled.notified().await;
        }
    }

    /// Whether there was something; `None` as long as there may be something later.
    fn swap(&self, batch: &mut Vec<Parcel>) -> Option<bool> {
        let mut queue = self.lock();
        self.budget.give_back(std::mem::take(&mut queue.taken));
        if queue.parcels.is_empty() {
            queue.parcels.shrink_to(KEPT_PLACES);
            batch.shrink_to(KEPT_PLACES);
            return queue.closed.then_some(false);
        }
        queue.taken = std::mem::take(&mut queue.waiting);
        std::mem::swap(&mut queue.parcels, batch);
        Some(true)
    }

    /// A panic elsewhere leaves the queue whole: nothing is done to it in steps.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        let queue = self.queue.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.budget.give_back(queue.waiting + queue.taken);
    }
}

impl Queue {
    /// Whether there is something where nothing was.
    fn put(&mut self, cost: usize, put: impl FnOnce(&mut Vec<Parcel>)) -> bool {
        let was_empty = self.parcels.is_empty();
        self.waiting += cost;
        put(&mut self.parcels);
        was_empty && !self.parcels.is_empty()
    }

    /// The bytes that were waiting.
    fn drop_waiting(&mut self) -> usize {
        self.parcels = Vec::new();
        std::mem::take(&mut self.waiting)
    }
}

/// What a frame takes from the budget.
pub(super) fn cost_of(frame: &Bytes) -> usize {
    frame.len() + ITEM_BYTES
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const LANE: LaneId = LaneId(1);

    fn outbox() -> (Arc<Budget>, Arc<Outbox>) {
        let budget = Arc::new(Budget::new());
        (budget.clone(), Outbox::new(budget))
    }

    fn frame(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    fn frames(batch: &[Parcel]) -> Vec<(LaneId, Bytes)> {
        batch.iter().cloned().flat_map(Parcel::frames).collect()
    }

    async fn take_all(outbox: &Outbox) -> Vec<Bytes> {
        let mut all = Vec::new();
        let mut batch = Vec::new();
        while outbox.take(&mut batch).await {
            all.extend(
                batch
                    .drain(..)
                    .flat_map(Parcel::frames)
                    .map(|(_, frame)| frame),
            );
        }
        all
    }

    #[tokio::test]
    async fn frames_come_out_in_order_in_one_batch() {
        let (_, outbox) = outbox();
        for text in ["one", "two", "three"] {
            assert_eq!(outbox.push(LANE, frame(text)), Pushed::Ok);
        }
        let mut batch = Vec::new();
        assert!(outbox.take(&mut batch).await);
        let expected = ["one", "two", "three"].map(|text| (LANE, frame(text)));
        assert_eq!(frames(&batch), expected);
    }

    #[tokio::test]
    async fn a_waiting_reader_is_woken() {
        let (_, outbox) = outbox();
        let reading = outbox.clone();
        let reader = tokio::spawn(async move { take_all(&reading).await });
        tokio::task::yield_now().await;
        outbox.push(LANE, frame("one"));
        tokio::task::yield_now().await;
        outbox.push(LANE, frame("two"));
        outbox.close(None);
        assert_eq!(reader.await.unwrap(), ["one", "two"]);
    }

    #[tokio::test]
    async fn a_closed_outbox_drains_then_ends_and_takes_nothing_more() {
        let (_, outbox) = outbox();
        outbox.push(LANE, frame("one"));
        outbox.close(Some((LaneId::CONTROL, frame("bye"))));
        outbox.close(Some((LaneId::CONTROL, frame("bye again"))));
        assert_eq!(outbox.push(LANE, frame("late")), Pushed::Closed);
        assert_eq!(take_all(&outbox).await, ["one", "bye"]);
        assert!(!outbox.take(&mut Vec::new()).await);
    }

    #[test]
    fn a_reader_is_slow_beyond_the_budget_of_all_its_lanes() {
        let (budget, one) = outbox();
        let two = Outbox::new(budget.clone());
        let half = Bytes::from(vec![0; OUTBOX_BYTES / 2 - ITEM_BYTES]);
        assert_eq!(one.push(LANE, half.clone()), Pushed::Ok);
        assert_eq!(two.push(LANE, half), Pushed::Ok);
        assert_eq!(budget.used(), OUTBOX_BYTES);
        assert_eq!(one.push(LANE, Bytes::new()), Pushed::Slow);
        assert_eq!(two.push(LANE, Bytes::new()), Pushed::Slow);
    }

    #[test]
    fn empty_frames_are_bounded_too() {
        let (_, outbox) = outbox();
        let fits = OUTBOX_BYTES / ITEM_BYTES;
        for _ in 0..fits {
            assert_eq!(outbox.push(LANE, Bytes::new()), Pushed::Ok);
        }
        assert_eq!(outbox.push(LANE, Bytes::new()), Pushed::Slow);
    }

    #[tokio::test]
    async fn a_slow_reader_gets_only_the_last_frame() {
        let (budget, outbox) = outbox();
        let large = Bytes::from(vec![0; 60_000]);
        while outbox.push(LANE, large.clone()) == Pushed::Ok {}
        outbox.close(Some((LaneId::CONTROL, frame("slow"))));
        assert_eq!(take_all(&outbox).await, ["slow"]);
        assert_eq!(budget.used(), 0);
    }

    #[tokio::test]
    async fn what_the_write_loop_holds_counts_until_it_asks_again() {
        let (budget, outbox) = outbox();
        outbox.push(LANE, frame("one"));
        let mut batch = Vec::new();
        outbox.take(&mut batch).await;
        assert_eq!(budget.used(), 3 + ITEM_BYTES);
        outbox.push(LANE, frame("three"));
        outbox.take(&mut batch).await;
        assert_eq!(budget.used(), 5 + ITEM_BYTES);
        assert_eq!(frames(&batch), [(LANE, frame("three"))]);
        drop(outbox);
        assert_eq!(budget.used(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_take_loses_nothing() {
        let (_, outbox) = outbox();
        let mut batch = Vec::new();
        for _ in 0..3 {
            let waited = timeout(Duration::from_secs(1), outbox.take(&mut batch)).await;
            assert!(waited.is_err());
        }
        outbox.push(LANE, frame("one"));
        drop(outbox.take(&mut batch));
        assert!(outbox.take(&mut batch).await);
        assert_eq!(frames(&batch), [(LANE, frame("one"))]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_leaves_no_memory_behind_in_an_idle_connection() {
        let (_, outbox) = outbox();
        let mut batch = Vec::new();
        let burst = || (0..1_000).all(|_| outbox.push(LANE, frame("one")) == Pushed::Ok);
        assert!(burst());
        outbox.take(&mut batch).await;
        assert!(burst());
        outbox.take(&mut batch).await;
        let idle = timeout(Duration::from_secs(1), outbox.take(&mut batch)).await;
        assert!(idle.is_err());
        assert!(batch.capacity() <= KEPT_PLACES);
        assert!(outbox.lock().parcels.capacity() <= KEPT_PLACES);
    }
}
