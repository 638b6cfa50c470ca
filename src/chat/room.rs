//! One room with members: who is here, and the end of its log.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use indexmap::IndexMap;

use super::LaneRef;
use super::limits::MEMBERS_PER_ROOM;
use super::names::NameTable;
use crate::ids::{Epoch, MemberId, Nick, RoomName, Seq, SessionId, Timestamp};
use crate::record::{PAGE_BYTES, StoredRoom, TAIL_ENTRIES, entry_bytes};
use crate::wire::event::{self, Cursor, Entry, Page};

/// A room that somebody is in or about to be in.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) name: RoomName,
    shown: Arc<str>,
    /// Joins that wait for the log.
    pub(super) joining: usize,
    /// Numbered records on their way to the log. While there are any the room stays in
    /// memory, because the log's marks are behind.
    pub(super) under_way: usize,
    log: LogEnd,
    members: IndexMap<SessionId, Member>,
    names: NameTable,
}

/// What is known of the room's log.
#[derive(Debug)]
enum LogEnd {
    /// The log is being asked; nobody is in the room yet.
    Unknown,
    Known(Tail),
}

/// The newest entries, in memory so that a joiner gets them at the instant it is attached.
#[derive(Debug, Default)]
struct Tail {
    head: Seq,
    entries: VecDeque<Entry>,
    bytes: usize,
}

/// Someone in the room, in the order of joining.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: MemberId,
    pub(super) nick: Nick,
    /// Where it hears the room; none while the connection is lost and the name is held.
    pub(super) lane: Option<LaneRef>,
    pub(super) last_typing: Option<Instant>,
    /// Whether a page of history is on its way to it.
    pub(super) reads_history: bool,
}

impl Member {
    pub(super) fn new(id: MemberId, nick: Nick) -> Self {
        Self {
            id,
            nick,
            lane: None,
            last_typing: None,
            reads_history: false,
        }
    }

    pub(super) fn shown(&self) -> event::Member {
        event::Member {
            id: self.id,
            nick: self.nick.shown(),
        }
    }
}

impl Room {
    pub(super) fn new(name: RoomName) -> Self {
        Self {
            shown: name.shown(),
            name,
            joining: 0,
            under_way: 0,
            log: LogEnd::Unknown,
            members: IndexMap::new(),
            names: NameTable::default(),
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
        let mut tail = Tail {
            head: stored.head,
            ..Tail::default()
        };
        for entry in stored.tail {
            tail.push(entry);
        }
        self.log = LogEnd::Known(tail);
    }

    pub(super) fn shown(&self) -> Arc<str> {
        self.shown.clone()
    }

    pub(super) fn is_deserted(&self) -> bool {
        self.members.is_empty() && self.joining == 0 && self.under_way == 0
    }

    pub(super) fn is_full(&self) -> bool {
        self.members.len() >= MEMBERS_PER_ROOM
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    pub(super) fn names(&self) -> &NameTable {
        &self.names
    }

    pub(super) fn member(&self, session: SessionId) -> Option<&Member> {
        self.members.get(&session)
    }

    pub(super) fn member_mut(&mut self, session: SessionId) -> Option<&mut Member> {
        self.members.get_mut(&session)
    }

    pub(super) fn enter(&mut self, session: SessionId, member: Member) {
        self.names.insert(&member.nick);
        self.members.insert(session, member);
    }

    /// Removes a member; those after it keep their order.
    pub(super) fn remove(&mut self, session: SessionId) -> Option<Member> {
        let member = self.members.shift_remove(&session)?;
        self.names.remove(&member.nick);
        Some(member)
    }

    /// Everyone, in the order of joining.
    pub(super) fn roster(&self) -> Vec<event::Member> {
        self.members.values().map(Member::shown).collect()
    }

    pub(super) fn head(&self) -> Seq {
        match &self.log {
            LogEnd::Unknown => Seq::default(),
            LogEnd::Known(tail) => tail.head,
        }
    }

    /// The time of the newest entry: entries of one room never go back in time.
    pub(super) fn newest_at(&self) -> Option<Timestamp> {
        match &self.log {
            LogEnd::Unknown => None,
            LogEnd::Known(tail) => tail.entries.back().map(|entry| entry.at),
        }
    }

    /// Adds a committed entry. Before the log has answered it is part of the answer.
    pub(super) fn push(&mut self, entry: Entry) {
        match &mut self.log {
            LogEnd::Unknown => {}
            LogEnd::Known(tail) => tail.push(entry),
        }
    }

    /// What a joiner with this cursor gets, and whether it continues from there.
    pub(super) fn page_after(&self, cursor: Option<Seq>) -> (bool, Page) {
        match &self.log {
            LogEnd::Unknown => (false, Page::default()),
            LogEnd::Known(tail) => tail.page_after(cursor),
        }
    }
}

impl Tail {
    fn push(&mut self, entry: Entry) {
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

    fn page_after(&self, cursor: Option<Seq>) -> (bool, Page) {
        let first = self.entries.front().map_or(self.head.next(), |it| it.seq);
        let reached = cursor.filter(|seq| seq.next() >= first && *seq <= self.head);
        let from = reached.map_or(first, Seq::next);
        let page = Page {
            entries: self
                .entries
                .iter()
                .filter(|it| it.seq >= from)
                .cloned()
                .collect(),
            more: from > Seq(1),
        };
        (reached.is_some(), page)
    }
}

/// The sequence number of a cursor, if it belongs to this history.
pub(super) fn same_history(cursor: Option<Cursor>, epoch: Epoch) -> Option<Seq> {
    cursor.filter(|it| it.epoch == epoch).map(|it| it.seq)
}
