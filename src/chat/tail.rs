//! The end of a room's log, in memory.
//!
//! Decides how much of it is kept. Invariant: what is kept is in its present state, without
//! gaps up to the newest entry, and fits a page.

use std::collections::VecDeque;

use crate::ids::Seq;
use crate::record::{PAGE_BYTES, TAIL_ENTRIES, entry_bytes, newest_that_fit};
use crate::wire::event::{Entry, Page};

/// The newest entries, in memory so that a joiner gets them at the instant it is attached.
#[derive(Debug, Default)]
pub(super) struct Tail {
    head: Seq,
    entries: VecDeque<Entry>,
    bytes: usize,
}

/// Where an entry stands.
#[derive(Debug)]
pub(super) enum Place {
    /// In memory, and so it stands.
    Here(Entry),
    /// The log has to be asked.
    InTheLog,
    /// It does not exist.
    Nowhere,
}

impl Tail {
    pub(super) fn new(head: Seq) -> Self {
        Self {
            head,
            ..Self::default()
        }
    }

    pub(super) fn head(&self) -> Seq {
        self.head
    }

    /// An entry, unless only the log has it.
    pub(super) fn find(&self, seq: Seq) -> Place {
        if seq == Seq(0) || seq > self.head {
            return Place::Nowhere;
        }
        let behind = usize::try_from(self.head.0 - seq.0).unwrap_or(usize::MAX);
        let index = self.entries.len().checked_sub(behind.saturating_add(1));
        match index.and_then(|index| self.entries.get(index)) {
            Some(entry) => Place::Here(entry.clone()),
            None => Place::InTheLog,
        }
    }

    /// Adds a committed entry, after what it does to those before it.
    pub(super) fn push(&mut self, entry: Entry) {
        if entry.content.of().is_some() {
            self.amend(&entry);
        }
        self.head = entry.seq;
        self.bytes += entry_bytes(&entry);
        self.entries.push_back(entry);
        while self.entries.len() > TAIL_ENTRIES || self.bytes > PAGE_BYTES {
            let Some(oldest) = self.entries.pop_front() else {
                return;
            };
            self.bytes -= entry_bytes(&oldest);
        }
    }

    fn amend(&mut self, later: &Entry) {
        for entry in &mut self.entries {
            let before = entry_bytes(entry);
            entry.amend(later);
            self.bytes = self.bytes - before + entry_bytes(entry);
        }
    }

    /// As many of the newest as fit; none, if the newest alone is larger than that.
    pub(super) fn page_after(&self, cursor: Option<Seq>, most: usize) -> (bool, Page) {
        let fits = newest_that_fit(self.entries.iter(), TAIL_ENTRIES, most);
        let left_out = self.entries.len() - fits;
        let first = match self.entries.get(left_out) {
            Some(entry) => entry.seq,
            None => self.head.next(),
        };
        let reached = cursor.filter(|seq| seq.next() >= first && *seq <= self.head);
        let from = reached.map_or(first, Seq::next);
        let entries = self.entries.iter().skip(left_out);
        let page = Page {
            entries: entries.filter(|it| it.seq >= from).cloned().collect(),
            more: from > Seq(1),
            newer: false,
            as_of: self.head,
        };
        (reached.is_some(), page)
    }
}
