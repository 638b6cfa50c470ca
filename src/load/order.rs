//! What one member has heard of its room: whether anything is lost, doubled or out of order.
//!
//! Decides by sequence numbers alone, which a room gives without gaps. Invariant: every number
//! from the first on is heard, missing or yet to come.

use std::collections::BTreeSet;

/// Missing numbers that are remembered one by one; further ones are only counted, and a member
/// that has lost so many has shown what there was to show.
const REMEMBERED: usize = 100_000;

/// What a member has heard of its room.
#[derive(Debug, Default)]
pub(super) struct Order {
    next: u64,
    missing: BTreeSet<u64>,
    forgotten: u64,
    faults: Faults,
}

/// What was wrong with what a member was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    /// Never told.
    pub(super) lost: u64,
    /// Told again.
    pub(super) doubled: u64,
    /// Told after a later one.
    pub(super) reordered: u64,
}

impl Faults {
    pub(super) fn add(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.reordered += other.reordered;
    }

    pub(super) fn none(self) -> bool {
        self == Self::default()
    }
}

impl Order {
    /// Of a member that is told everything after `head`.
    pub(super) fn after(head: u64) -> Self {
        Self {
            next: head + 1,
            ..Self::default()
        }
    }

    /// The last number before which nothing is yet to come.
    pub(super) fn heard_to(&self) -> u64 {
        self.next.saturating_sub(1)
    }

    /// The oldest number that is missing.
    pub(super) fn gap(&self) -> Option<u64> {
        self.missing.first().copied()
    }

    /// An entry came by itself. Whether it is new.
    pub(super) fn hear(&mut self, seq: u64) -> bool {
        if seq >= self.next {
            self.miss(self.next..seq);
            self.next = seq + 1;
            return true;
        }
        let is_late = self.missing.remove(&seq);
        if is_late {
            self.faults.reordered += 1;
        } else {
            self.faults.doubled += 1;
        }
        is_late
    }

    /// An entry came on a page, where repetitions are no fault. Whether it is new.
    pub(super) fn read(&mut self, seq: u64) -> bool {
        if seq < self.next {
            return self.missing.remove(&seq);
        }
        self.hear(seq)
    }

    /// What was wrong, when nothing more will come.
    pub(super) fn faults(&self) -> Faults {
        let missing = u64::try_from(self.missing.len()).unwrap_or(u64::MAX);
        let lost = self.forgotten + missing;
        Faults {
            lost,
            ..self.faults
        }
    }

    fn miss(&mut self, skipped: std::ops::Range<u64>) {
        for seq in skipped {
            if self.missing.len() < REMEMBERED {
                self.missing.insert(seq);
            } else {
                self.forgotten += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seqs: &[u64]) -> Order {
        let mut order = Order::after(4);
        for &seq in seqs {
            order.hear(seq);
        }
        order
    }

    fn faults(seqs: &[u64]) -> (u64, u64, u64) {
        let Faults {
            lost,
            doubled,
            reordered,
        } = told(seqs).faults();
        (lost, doubled, reordered)
    }

    #[test]
    fn each_fault_is_counted_as_what_it_is() {
        assert_eq!(faults(&[5, 6, 7]), (0, 0, 0));
        assert_eq!(faults(&[5, 8]), (2, 0, 0));
        assert_eq!(faults(&[5, 5, 6]), (0, 1, 0));
        assert_eq!(faults(&[5, 7, 6, 8]), (0, 0, 1));
        assert_eq!(faults(&[6, 5, 5, 9]), (2, 1, 1));
        assert_eq!(faults(&[4]), (0, 1, 0));
    }

    #[test]
    fn a_page_fills_a_gap_without_a_fault() {
        let mut order = told(&[5, 9, 10]);
        assert_eq!(order.gap(), Some(6));
        for seq in [5, 6, 7, 8, 9] {
            order.read(seq);
        }
        assert_eq!(order.gap(), None);
        assert!(order.faults().none());
        assert_eq!(order.heard_to(), 10);
    }

    #[test]
    fn of_several_gaps_the_oldest_comes_first() {
        let mut order = told(&[7, 9]);
        assert_eq!(order.gap(), Some(5));
        order.read(5);
        order.read(6);
        assert_eq!(order.gap(), Some(8));
    }
}
