//! What one sender has said and not heard back: its numbers, over any number of connections.
//!
//! Decides nothing about when to speak. Invariant: numbers go out in their order, each again after
//! a lost connection until it is settled, so that nothing is lost or doubled by the load itself.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc};

use crate::ids::Number;
use crate::wire::encode_command;
use crate::wire::event::Content;
use crate::wire::raw::RawCommand;

/// Where frames for the room go while there is a connection. Unbounded is bounded by the window.
pub(super) type Line = mpsc::UnboundedSender<Bytes>;

/// A sender's desk.
#[derive(Debug)]
pub(super) struct Desk {
    /// How many more may be said before one is answered.
    window: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    unanswered: VecDeque<(u64, Bytes)>,
    line: Option<Line>,
    /// The server wants a pause.
    pauses: bool,
    refused: u64,
}

impl Desk {
    /// A desk at which so many may be unanswered.
    pub(super) fn new(window: usize) -> Self {
        Self {
            window: Semaphore::new(window),
            state: Mutex::default(),
        }
    }

    /// Waits for a place in the window, takes it and says this.
    pub(super) async fn say(&self, text: impl FnOnce() -> String) {
        let place = self.window.acquire().await;
        place.expect("a window is never closed").forget();
        let mut state = self.lock();
        state.last += 1;
        let number = state.last;
        let content = Content::text(text());
        let frame = encode_command(&RawCommand::Send { number, content });
        let frame = frame.expect("a message fits a frame");
        state.unanswered.push_back((number, frame.clone()));
        state.send(frame);
    }

    /// The member is in its room, on this line, with everything up to `settled` answered: what is
    /// not is said again.
    pub(super) fn seated(&self, line: Line, settled: Number) {
        let mut state = self.lock();
        state.line = Some(line);
        self.settle(&mut state, settled);
        state.repeat();
    }

    /// There is no connection.
    pub(super) fn unseated(&self) {
        self.lock().line = None;
    }

    /// Numbers are answered in their order.
    pub(super) fn acknowledged(&self, number: Number) {
        let mut state = self.lock();
        self.settle(&mut state, number);
    }

    /// The server will not have this one.
    pub(super) fn refused(&self, number: Number) {
        let mut state = self.lock();
        state.refused += 1;
        self.settle(&mut state, number);
    }

    /// The server wants to be asked again later. Whether this begins a pause, which `repeat` ends.
    pub(super) fn postponed(&self) -> bool {
        let mut state = self.lock();
        state.refused += 1;
        !std::mem::replace(&mut state.pauses, true)
    }

    /// Ends a pause: says again what is not answered.
    pub(super) fn repeat(&self) {
        self.lock().repeat();
    }

    /// How many are not answered yet.
    pub(super) fn unanswered(&self) -> usize {
        self.lock().unanswered.len()
    }

    /// How often the server refused something, for good or for a while.
    pub(super) fn refusals(&self) -> u64 {
        self.lock().refused
    }

    fn settle(&self, state: &mut State, number: Number) {
        while state
            .unanswered
            .front()
            .is_some_and(|(first, _)| *first <= number.0)
        {
            state.unanswered.pop_front();
            self.window.add_permits(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that is held here is left half done by a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn repeat(&mut self) {
        self.pauses = false;
        let again: Vec<Bytes> = self
            .unanswered
            .iter()
            .map(|(_, frame)| frame.clone())
            .collect();
        for frame in again {
            self.send(frame);
        }
    }

    fn send(&mut self, frame: Bytes) {
        if self.pauses {
            return;
        }
        if let Some(line) = &self.line
            && line.send(frame).is_err()
        {
            self.line = None; // said again on the next one
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(line: &mut mpsc::UnboundedReceiver<Bytes>) -> Vec<u64> {
        let mut numbers = Vec::new();
        while let Ok(frame) = line.try_recv() {
            // Behind the frame's length and the command's tag.
            let number = frame[8..16].try_into().unwrap();
            numbers.push(u64::from_le_bytes(number));
        }
        numbers
    }

    async fn say(desk: &Desk, times: usize) {
        for _ in 0..times {
            desk.say(|| "hello".to_owned()).await;
        }
    }

    #[tokio::test]
    async fn what_was_not_answered_is_said_again_on_the_next_connection_and_no_more() {
        let desk = Desk::new(8);
        let (line, mut first) = mpsc::unbounded_channel();
        desk.seated(line, Number(0));
        say(&desk, 3).await;
        assert_eq!(numbers(&mut first), [1, 2, 3]);
        desk.unseated();
        say(&desk, 1).await;
        let (line, mut second) = mpsc::unbounded_channel();
        desk.seated(line, Number(2));
        assert_eq!(numbers(&mut second), [3, 4]);
        desk.acknowledged(Number(4));
        assert_eq!(desk.unanswered(), 0);
    }

    #[tokio::test]
    async fn nothing_is_said_during_a_pause_and_everything_after_it_in_order() {
        let desk = Desk::new(8);
        let (line, mut out) = mpsc::unbounded_channel();
        desk.seated(line, Number(0));
        say(&desk, 2).await;
        numbers(&mut out);
        assert!(desk.postponed());
        assert!(!desk.postponed(), "it has begun already");
        say(&desk, 1).await;
        assert!(numbers(&mut out).is_empty());
        desk.repeat();
        assert_eq!(numbers(&mut out), [1, 2, 3]);
        desk.refused(Number(1));
        assert_eq!((desk.unanswered(), desk.refusals()), (2, 3));
    }

    #[tokio::test]
    async fn a_full_window_waits_for_an_answer() {
        let desk = Desk::new(2);
        say(&desk, 2).await;
        let third = say(&desk, 1);
        tokio::pin!(third);
        assert!(futures_util::poll!(&mut third).is_pending());
        desk.acknowledged(Number(1));
        third.await;
    }
}
