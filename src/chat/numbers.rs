//! How a session's numbered commands in one room settle, each exactly once.
//!
//! Invariant: `settled <= assigned`; what lies between is on its way to the log. Only what
//! the log has committed is settled.

use std::collections::VecDeque;

use super::limits::WINDOW;
use crate::ids::Number;
use crate::wire::event::{Mark, RefusalCode, RefusedNumber};

/// Refused numbers are remembered this far back: as far as a client can be behind.
const REFUSED_KEPT: u64 = WINDOW;

/// The numbers of one session in one room.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    settled: Number,
    assigned: Number,
    refused: VecDeque<RefusedNumber>,
}

/// What a number that comes in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The next one: it may be assigned.
    Next,
    /// The next one, but too many are under way.
    Full,
    /// Assigned before; its answer will come.
    UnderWay,
    /// Settled before as accepted.
    Accepted,
    /// Settled before as refused.
    Refused(RefusalCode),
    /// One before it is missing.
    Skipped,
}

impl Numbers {
    pub(super) fn restore(mark: Mark) -> Self {
        Self {
            settled: mark.number,
            assigned: mark.number,
            refused: mark.refused.into(),
        }
    }

    pub(super) fn place(&self, number: Number) -> Place {
        if number == self.assigned.next() {
            return if self.under_way() < WINDOW {
                Place::Next
            } else {
                Place::Full
            };
        }
        if number > self.assigned || number == Number(0) {
            return Place::Skipped;
        }
        if number > self.settled {
            return Place::UnderWay;
        }
        match self.refused.iter().find(|refused| refused.number == number) {
            Some(refused) => Place::Refused(refused.code),
            None => Place::Accepted,
        }
    }

    pub(super) fn assign(&mut self, number: Number) {
        debug_assert_eq!(number, self.assigned.next());
        self.assigned = number;
    }

    pub(super) fn settle(&mut self, number: Number, refused: Option<RefusalCode>) {
        self.settled = self.settled.max(number);
        self.assigned = self.assigned.max(number);
        if let Some(code) = refused {
            self.refused.push_back(RefusedNumber { number, code });
        }
        let oldest = self.settled.0.saturating_sub(REFUSED_KEPT);
        while self.refused.front().is_some_and(|it| it.number.0 <= oldest) {
            self.refused.pop_front();
        }
    }

    /// Forgets what was assigned and could not be stored.
    pub(super) fn roll_back(&mut self) {
        self.assigned = self.settled;
    }

    pub(super) fn under_way(&self) -> u64 {
        self.assigned.0 - self.settled.0
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            number: self.settled,
            refused: self.refused.iter().copied().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_assigned_once_and_answered_alike_ever_after() {
        let mut numbers = Numbers::default();
        assert_eq!(numbers.place(Number(1)), Place::Next);
        assert_eq!(numbers.place(Number(2)), Place::Skipped);
        assert_eq!(numbers.place(Number(0)), Place::Skipped);
        numbers.assign(Number(1));
        assert_eq!(numbers.place(Number(1)), Place::UnderWay);
        numbers.settle(Number(1), None);
        assert_eq!(numbers.place(Number(1)), Place::Accepted);
        numbers.assign(Number(2));
        numbers.settle(Number(2), Some(RefusalCode::Profanity));
        assert_eq!(
            numbers.place(Number(2)),
            Place::Refused(RefusalCode::Profanity)
        );
        let restored = Numbers::restore(numbers.mark());
        assert_eq!(
            restored.place(Number(2)),
            Place::Refused(RefusalCode::Profanity)
        );
        assert_eq!(restored.place(Number(3)), Place::Next);
    }

    #[test]
    fn the_window_and_the_memory_of_refusals_are_bounded() {
        let mut numbers = Numbers::default();
        for n in 1..=WINDOW {
            numbers.assign(Number(n));
        }
        assert_eq!(numbers.place(Number(WINDOW + 1)), Place::Full);
        for n in 1..=1_000 {
            numbers.settle(Number(n), Some(RefusalCode::Blank));
        }
        assert_eq!(numbers.mark().refused.len() as u64, REFUSED_KEPT);
    }
}
