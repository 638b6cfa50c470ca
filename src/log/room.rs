//! One room in memory: its newest entries, as they were said, and what came after.
//!
//! Decides nothing that the log on disk does not. Invariant: the text of a message stands in
//! its own entry and in no other.

use std::collections::VecDeque;
use std::sync::Arc;

use super::span::{Extent, Span, those_that_fit};
use crate::ids::{Seq, Timestamp};
use crate::record::{Draft, LogError, TAIL_ENTRIES, entry_bytes};
use crate::wire::event::{Content, Entry, Page};
use crate::wire::raw::Range;

/// The newest entries of a room that had at least one.
pub(super) struct Room {
    shown: Arc<str>,
    head: Seq,
    topic: Arc<str>,
    pub(super) entries: VecDeque<Entry>,
}

impl Room {
    pub(super) fn new(shown: Arc<str>) -> Self {
        Self {
            shown,
            head: Seq(0),
            topic: Arc::default(),
            entries: VecDeque::new(),
        }
    }

    pub(super) fn shown(&self) -> Arc<str> {
        self.shown.clone()
    }

    pub(super) fn head(&self) -> Seq {
        self.head
    }

    pub(super) fn topic(&self) -> Arc<str> {
        self.topic.clone()
    }

    /// Adds an entry and does what it does to others. Returns by how many bytes that makes
    /// the room larger.
    pub(super) fn add(&mut self, draft: &Draft) -> isize {
        self.head = self.head.next();
        let mut entry = draft.clone().into_entry(self.head);
        let growth = self.amend(&entry);
        if let Content::Topic { text } = &entry.content {
            self.topic = text.clone();
        }
        if let Content::Edit { body, .. } = &mut entry.content {
            *body = Arc::default(); // It stands with its message.
        }
        let bytes = entry_bytes(&entry).cast_signed();
        self.entries.push_back(entry);
        growth + bytes
    }

    fn amend(&mut self, later: &Entry) -> isize {
        let target = later.content.of().and_then(|of| self.index_of(of));
        let Some(target) = target.and_then(|at| self.entries.get_mut(at)) else {
            return 0;
        };
        let before = entry_bytes(target).cast_signed();
        target.amend(later);
        entry_bytes(target).cast_signed() - before
    }

    pub(super) fn drop_oldest(&mut self) -> Option<Entry> {
        self.entries.pop_front()
    }

    /// Numbers have no gaps.
    fn index_of(&self, seq: Seq) -> Option<usize> {
        let first = self.entries.front()?.seq;
        usize::try_from(seq.0.checked_sub(first.0)?).ok()
    }

    fn at(&self, seq: Seq) -> Option<&Entry> {
        self.entries.get(self.index_of(seq)?)
    }

    /// An entry as it stands: an edit with the text that its message has.
    pub(super) fn shown_now(&self, entry: &Entry) -> Entry {
        let mut entry = entry.clone();
        if let Content::Edit { of, .. } = entry.content {
            entry.content = match self.at(of).map(|target| &target.content) {
                Some(Content::Text { body, .. }) => Content::Edit {
                    of,
                    body: body.clone(),
                },
                Some(_) | None => Content::Emptied,
            };
        }
        entry
    }

    pub(super) fn tail(&self) -> Vec<Entry> {
        let newest = (Range::Before(self.head.next()), TAIL_ENTRIES);
        self.page(newest)
            .expect("what is in memory can be read")
            .entries
    }

    pub(super) fn page(&self, part: (Range, usize)) -> Result<Page, LogError> {
        let span = Span::of(part, self.head, |time| Ok(self.first_since(time)))?;
        let oldest = self.entries.front().map(|entry| entry.seq);
        let extent = Extent {
            oldest: oldest.unwrap_or(self.head.next()),
            head: self.head,
        };
        let middle = self.entries.partition_point(|it| it.seq < span.anchor);
        let shown = |entry| Ok(self.shown_now(entry));
        let newer = self.entries.range(middle..).map(shown);
        let older = self.entries.range(..middle).rev().map(shown);
        span.page(extent, newer, older)
    }

    fn first_since(&self, time: Timestamp) -> Seq {
        let first = self.entries.partition_point(|entry| entry.at < time);
        let found = self.entries.get(first);
        found.map_or(self.head.next(), |entry| entry.seq)
    }

    /// Those of the entries that exist.
    pub(super) fn look(&self, mut seqs: Vec<Seq>) -> Result<Page, LogError> {
        seqs.sort_unstable();
        seqs.dedup();
        let found = seqs.iter().filter_map(|seq| self.at(*seq));
        those_that_fit(found.map(|entry| Ok(self.shown_now(entry))), self.head)
    }
}
