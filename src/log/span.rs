//! Which entries a page takes: a range of a room's log, cut where a frame ends.
//!
//! Decides it for every log alike. Invariant: a page whose range holds any entries holds at
//! least one, and never more than fit a frame.

use std::collections::VecDeque;

use super::PAGE_ENTRIES;
use crate::ids::{Seq, Timestamp};
use crate::record::{LogError, PAGE_BYTES, entry_bytes};
use crate::wire::event::{Entry, Page};
use crate::wire::raw::Range;

/// What is there of a room's log: all from `oldest` to `head`.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub(super) oldest: Seq,
    pub(super) head: Seq,
}

/// At most so many entries before `anchor`, and so many from there on.
pub(super) struct Span {
    pub(super) anchor: Seq,
    pub(super) older: usize,
    pub(super) newer: usize,
}

impl Span {
    /// What of a log a range asks for. `since` finds the first entry at or after a time, or
    /// the number behind the newest.
    pub(super) fn of(
        (range, limit): (Range, usize),
        head: Seq,
        since: impl FnOnce(Timestamp) -> Result<Seq, LogError>,
    ) -> Result<Self, LogError> {
        let limit = limit.clamp(1, PAGE_ENTRIES);
        Ok(match range {
            Range::Before(seq) => Self {
                anchor: seq.min(head.next()),
                older: limit,
                newer: 0,
            },
            Range::After(seq) => Self {
                anchor: seq.min(head).next(),
                older: 0,
                newer: limit,
            },
            Range::Around(seq) => Self::around(seq, limit, head),
            Range::At(time) => Self::around(since(time)?, limit, head),
        })
    }

    /// Half of them before the entry, and as many more as there are none behind it.
    fn around(seq: Seq, limit: usize, head: Seq) -> Self {
        let anchor = seq.min(head).max(Seq(1));
        let count = |entries: u64| usize::try_from(entries).unwrap_or(usize::MAX);
        let (before, behind) = (count(anchor.0 - 1), count(head.0 + 1 - anchor.0));
        let older = before.min((limit / 2).max(limit.saturating_sub(behind)));
        Self {
            anchor,
            older,
            newer: limit - older,
        }
    }

    /// Takes entries from the anchor on (`newer`) and then those before it, newest first
    /// (`older`), until a frame is full.
    pub(super) fn page(
        &self,
        extent: Extent,
        newer: impl Iterator<Item = Result<Entry, LogError>>,
        older: impl Iterator<Item = Result<Entry, LogError>>,
    ) -> Result<Page, LogError> {
        let mut filling = Filling::default();
        // What is before the anchor shall have its half of the page, too.
        let most = if self.older > 0 {
            PAGE_BYTES / 2
        } else {
            PAGE_BYTES
        };
        for entry in newer.take(self.newer) {
            if !filling.add(entry?, most, VecDeque::push_back) {
                break;
            }
        }
        for entry in older.take(self.older) {
            if !filling.add(entry?, PAGE_BYTES, VecDeque::push_front) {
                break;
            }
        }
        Ok(self.bounded(filling.entries.into(), extent))
    }

    fn bounded(&self, entries: Vec<Entry>, extent: Extent) -> Page {
        let first = entries.first().map_or(self.anchor, |entry| entry.seq);
        let end = entries.last().map_or(self.anchor, |entry| entry.seq.next());
        Page {
            entries,
            more: first > extent.oldest,
            newer: end <= extent.head,
            as_of: extent.head,
        }
    }
}

/// A page that is being put together.
#[derive(Default)]
struct Filling {
    entries: VecDeque<Entry>,
    bytes: usize,
}

impl Filling {
    /// Adds an entry unless the page is `most` bytes long by that; the first always fits.
    fn add(
        &mut self,
        entry: Entry,
        most: usize,
        push: impl FnOnce(&mut VecDeque<Entry>, Entry),
    ) -> bool {
        let bytes = self.bytes + entry_bytes(&entry);
        let fits = bytes <= most || self.entries.is_empty();
        if fits {
            self.bytes = bytes;
            push(&mut self.entries, entry);
        }
        fits
    }
}

/// As many of these entries as fit a page, oldest first; `newer` says whether some did not.
pub(super) fn those_that_fit(
    entries: impl Iterator<Item = Result<Entry, LogError>>,
    head: Seq,
) -> Result<Page, LogError> {
    let mut filling = Filling::default();
    let mut page = Page {
        as_of: head,
        ..Page::default()
    };
    for entry in entries {
        if !filling.add(entry?, PAGE_BYTES, VecDeque::push_back) {
            page.newer = true;
            break;
        }
    }
    page.entries = filling.entries.into();
    Ok(page)
}
