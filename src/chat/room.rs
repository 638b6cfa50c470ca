//! One room with members: who is here, and the end of its log.

use std::collections::VecDeque;
use std::sync::Arc;

use super::people::People;
use super::tail::{Place, Tail};
use crate::ids::{Epoch, RoomName, Seq, Timestamp};
use crate::record::{Record, StoredRoom};
use crate::wire::event::{Content, Cursor, Entry, Page};

/// A room that somebody is in or about to be in.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) name: RoomName,
    shown: Arc<str>,
    /// What it is about, by the newest topic that is committed.
    topic: Arc<str>,
    /// Joins that wait for the log.
    pub(super) joining: usize,
    /// Numbered records on their way to the log. While there are any the room stays in
    /// memory, because the log's marks are behind.
    pub(super) under_way: usize,
    /// The time of the newest entry, committed or not.
    newest_at: Timestamp,
    log: LogEnd,
    /// Amendments on their way to the log, in this order.
    coming: VecDeque<Entry>,
    pub(super) people: People,
}

/// What is known of the room's log.
#[derive(Debug)]
enum LogEnd {
    /// The log is to be asked; whoever is in the room is held over a restart and hears nothing.
    Unknown,
    Known(Tail),
}

impl Room {
    pub(super) fn new(name: RoomName) -> Self {
        Self {
            shown: name.shown(),
            topic: Arc::default(),
            name,
            joining: 0,
            under_way: 0,
            newest_at: Timestamp(i64::MIN),
            log: LogEnd::Unknown,
            coming: VecDeque::new(),
            people: People::default(),
        }
    }

    pub(super) fn is_known(&self) -> bool {
        match self.log {
            LogEnd::Unknown => false,
            LogEnd::Known(_) => true,
        }
    }

    /// Takes what the log holds; what is in memory already is at least as new.
    pub(super) fn load(&mut self, stored: StoredRoom) {
        if self.is_known() {
            return;
        }
        if let Some(shown) = stored.shown {
            self.shown = shown;
        }
        self.topic = stored.topic;
        let mut tail = Tail::new(stored.head);
        for entry in stored.tail {
            self.newest_at = self.newest_at.max(entry.at);
            tail.push(entry);
        }
        self.log = LogEnd::Known(tail);
    }

    pub(super) fn shown(&self) -> Arc<str> {
        self.shown.clone()
    }

    pub(super) fn topic(&self) -> Arc<str> {
        self.topic.clone()
    }

    pub(super) fn is_deserted(&self) -> bool {
        self.people.len() == 0 && self.joining == 0 && self.under_way == 0
    }

    /// How many people are here.
    pub(super) fn len(&self) -> usize {
        self.people.len()
    }

    pub(super) fn head(&self) -> Seq {
        match &self.log {
            LogEnd::Unknown => Seq::default(),
            LogEnd::Known(tail) => tail.head(),
        }
    }

    /// The time for one more entry: entries of one room never go back in time, those that are
    /// on their way to the log included.
    pub(super) fn stamp(&mut self, now: Timestamp) -> Timestamp {
        self.newest_at = self.newest_at.max(now);
        self.newest_at
    }

    /// A numbered record is on its way to the log.
    pub(super) fn expect(&mut self, record: &Record) {
        self.under_way += 1;
        match record {
            Record::Entry(draft) if draft.content.of().is_some() => {
                self.coming.push_back(draft.clone().into_entry(Seq(0)));
            }
            Record::Entry(_)
            | Record::Session(_)
            | Record::Refused { .. }
            | Record::Forget(_)
            | Record::Lapsed(_)
            | Record::Joined { .. }
            | Record::Left { .. }
            | Record::Read { .. } => {}
        }
    }

    /// What is on its way will not arrive.
    pub(super) fn expect_nothing(&mut self) {
        self.coming.clear();
    }

    /// The entry as it will be when all that is on its way is committed.
    pub(super) fn foresee(&self, mut entry: Entry) -> Entry {
        for later in &self.coming {
            entry.amend(later);
        }
        entry
    }

    /// An entry, unless only the log has it.
    pub(super) fn find(&self, seq: Seq) -> Place {
        match &self.log {
            LogEnd::Unknown => Place::InTheLog,
            LogEnd::Known(tail) => tail.find(seq),
        }
    }

    /// Adds a committed entry. Before the log has answered it is part of the answer.
    pub(super) fn push(&mut self, entry: Entry) {
        if entry.content.of().is_some() {
            self.coming.pop_front();
        }
        match &mut self.log {
            LogEnd::Unknown => {}
            LogEnd::Known(tail) => {
                if let Content::Topic { text } = &entry.content {
                    self.topic = text.clone();
                }
                tail.push(entry);
            }
        }
    }

    /// What a joiner with this cursor gets, in at most so many bytes, and whether it
    /// continues from there.
    pub(super) fn page_after(&self, cursor: Option<Seq>, most: usize) -> (bool, Page) {
        match &self.log {
            LogEnd::Unknown => (false, Page::default()),
            LogEnd::Known(tail) => tail.page_after(cursor, most),
        }
    }
}

/// The sequence number of a cursor, if it belongs to this history.
pub(super) fn same_history(cursor: Option<Cursor>, epoch: Epoch) -> Option<Seq> {
    cursor.filter(|it| it.epoch == epoch).map(|it| it.seq)
}
