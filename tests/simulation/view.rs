//! What a client holds of a room's history: a run without gaps, and what lies ahead of a gap.

use chinwag::wire::event::{Cursor, Entry, Joined, Page};

use crate::judge::{Judge, Place};

/// Sequence numbers from `first` up to but without `next`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    first: u64,
    next: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct View {
    epoch: u64,
    run: Run,
    ahead: Option<Run>,
}

impl View {
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            epoch: chinwag::ids::Epoch(self.epoch),
            seq: chinwag::ids::Seq(self.run.next - 1),
        }
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(crate) fn has_gap(&self) -> bool {
        self.ahead.is_some()
    }

    pub(crate) fn next(&self) -> u64 {
        self.ahead.unwrap_or(self.run).next
    }

    /// What to ask the history for: what closes the gap, or what is older than everything held.
    pub(crate) fn wants_before(&self) -> Option<u64> {
        let first = self.ahead.unwrap_or(self.run).first;
        (first > 1).then_some(first)
    }

    /// What a join has brought.
    pub(crate) fn joined(
        held: Option<Self>,
        (cursor, joined): (Option<Cursor>, &Joined),
        (place, judge): (&Place, &mut Judge),
    ) -> Self {
        let head = joined.head.0;
        let start = head + 1 - (joined.page.entries.len() as u64).min(head);
        a_page_is_a_run(&joined.page, start, (place, judge));
        let page = Run {
            first: start,
            next: head + 1,
        };
        let epoch = joined.epoch.0;
        let held = held.filter(|view| view.epoch == epoch);
        if joined.continues {
            let right =
                cursor.is_some_and(|it| it.epoch == joined.epoch && it.seq.0 + 1 == page.first);
            if !right {
                let what = format!("{cursor:?} continues with {page:?} in {place:?}");
                judge.fail("a_hand_over_has_no_gap", what);
            }
        }
        let Some(mut view) = held else {
            return Self {
                epoch,
                run: page,
                ahead: None,
            };
        };
        if view.run.next > page.next {
            let what = format!("{view:?} and then {page:?} in {place:?}");
            judge.fail("an_epoch_never_goes_back", what);
        }
        if page.first <= view.run.next {
            view.run.next = view.run.next.max(page.next);
            view.ahead = None;
        } else {
            view.ahead = Some(page);
        }
        view
    }

    pub(crate) fn entry(&mut self, entry: &Entry, (place, judge): (&Place, &mut Judge)) {
        judge.a_view_equals_the_log(place, entry, entry.seq.0);
        let run = self.ahead.as_mut().unwrap_or(&mut self.run);
        if entry.seq.0 != run.next {
            let what = format!("{:?} after {run:?} in {place:?}", entry.seq);
            judge.fail("live_entries_follow_each_other", what);
        }
        run.next = entry.seq.0 + 1;
    }

    pub(crate) fn page(&mut self, page: &Page, before: u64, at: (&Place, &mut Judge)) {
        let start = before - (page.entries.len() as u64).min(before);
        let (place, judge) = at;
        a_page_is_a_run(page, start, (place, judge));
        if page.entries.is_empty() || page.more != (start > 1) {
            let what = format!("before {before} in {place:?}: {page:?}");
            judge.fail("a_gap_can_be_filled", what);
        }
        let run = self.ahead.as_mut().unwrap_or(&mut self.run);
        if run.first == before {
            run.first = start;
        }
        if let Some(ahead) = self.ahead.filter(|ahead| ahead.first <= self.run.next) {
            self.run.next = self.run.next.max(ahead.next);
            self.ahead = None;
        }
    }
}

/// A page is as it is in the log, without a gap.
pub(crate) fn a_page_is_a_run(page: &Page, start: u64, (place, judge): (&Place, &mut Judge)) {
    for (entry, seq) in page.entries.iter().zip(start..) {
        if entry.seq.0 != seq {
            let what = format!("{:?} at the place of {seq} in {place:?}", entry.seq);
            judge.fail("a_page_is_a_run", what);
        }
        judge.a_view_equals_the_log(place, entry, page.as_of.0);
    }
}
