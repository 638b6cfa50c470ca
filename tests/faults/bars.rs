//! What a fault must not exceed: a row whose bar is missed is wrong, and with it the whole run.

use crate::is_quick;
use crate::table::Outcome;
use crate::verdict::Verdict;

/// The bars that were missed.
#[derive(Default)]
pub struct Bars(Vec<String>);

impl Bars {
    /// Something that must be so on any machine.
    pub fn must(&mut self, holds: bool, bar: impl Into<String>) {
        if !holds {
            self.0.push(bar.into());
        }
    }

    /// A time or a size, which says something about an optimised server on a machine that has time for it only.
    pub fn measured(&mut self, holds: bool, bar: impl Into<String>) {
        self.must(holds || is_quick(), bar);
    }

    pub fn outcome(self, verdict: Verdict) -> Outcome {
        match self.0.is_empty() {
            true => Outcome::Measured(verdict),
            false => Outcome::Wrong(verdict, self.0.join("; ")),
        }
    }
}

/// Of a hundred sorted values, the one that so many of them do not exceed.
pub fn percentile<T: Ord + Copy>(values: &mut [T], percent: usize) -> T {
    assert!(!values.is_empty(), "nothing was measured");
    values.sort_unstable();
    values[((values.len() - 1) * percent).div_ceil(100)]
}
