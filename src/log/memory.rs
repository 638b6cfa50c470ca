//! The log in memory: for rooms that end with the process, and for tests.
//!
//! Decides what is dropped when memory runs out. Invariants: the same answers as the log on
//! disk for as long as nothing was dropped; a room's numbers are never given twice, not
//! even after its entries were dropped.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::members::{Member, Members};
use super::room::Room;
use super::search::find_among;
use super::{Log, committed, mark};
use crate::ids::{Epoch, MemberId, Number, RoomName, Seq, SessionId, Timestamp, TokenHash};
use crate::record::{
    Answer, Committed, Draft, Found, LogError, Query, Record, StoredMember, StoredRoom,
    StoredSession, entry_bytes,
};
use crate::wire::command::Search;
use crate::wire::event::{Mark, Page, RefusalCode};
use crate::wire::raw::Range;

/// Bytes of entries kept over all rooms; beyond that the oldest go. A small machine's share.
const ENTRIES_BYTES: usize = 256 * 1024 * 1024;

/// Rooms, sessions, marks, members and what they have read together. They cost some 200 bytes each, and beyond this many
/// the log is full until sessions are forgotten; a full house has a tenth of them.
const KEYS: usize = 1_000_000;

/// Rooms, sessions, marks and members that one record adds at most: an entry makes a room and
/// a mark.
const KEYS_PER_RECORD: usize = 2;

/// A log that ends with the process.
pub struct MemoryLog {
    epoch: Epoch,
    rooms: HashMap<Arc<str>, Room>,
    sessions: HashMap<SessionId, StoredSession>,
    by_current: HashMap<TokenHash, SessionId>,
    by_previous: HashMap<TokenHash, SessionId>,
    marks: HashMap<SessionId, HashMap<Arc<str>, Mark>>,
    mark_count: usize,
    members: Members,
    /// How far members have read, and when that was said.
    reads: HashMap<(Arc<str>, MemberId), (Seq, Timestamp)>,
    /// The rooms of all entries kept, oldest entry first: what is dropped next.
    oldest: VecDeque<Arc<str>>,
    bytes: usize,
    bounds: Bounds,
}

#[derive(Clone, Copy)]
struct Bounds {
    entries_bytes: usize,
    keys: usize,
}

impl MemoryLog {
    /// An empty log.
    #[must_use]
    pub fn new(epoch: Epoch) -> Self {
        let bounds = Bounds {
            entries_bytes: ENTRIES_BYTES,
            keys: KEYS,
        };
        Self::bounded(epoch, bounds)
    }

    fn bounded(epoch: Epoch, bounds: Bounds) -> Self {
        Self {
            epoch,
            rooms: HashMap::new(),
            sessions: HashMap::new(),
            by_current: HashMap::new(),
            by_previous: HashMap::new(),
            marks: HashMap::new(),
            mark_count: 0,
            members: Members::default(),
            reads: HashMap::new(),
            oldest: VecDeque::new(),
            bytes: 0,
            bounds,
        }
    }

    fn has_room_for(&self, records: usize) -> bool {
        let known = self.sessions.len() + self.members.len() + self.reads.len();
        let keys = self.rooms.len() + self.mark_count + known;
        keys + records * KEYS_PER_RECORD <= self.bounds.keys
    }

    fn store(&mut self, record: &Record) -> Option<Seq> {
        match record {
            Record::Session(session) => self.store_session(*session),
            Record::Entry(draft) => return Some(self.store_entry(draft)),
            Record::Refused {
                session,
                room,
                number,
                code,
            } => self.settle((*session, room), *number, Some(*code)),
            Record::Forget(session) => self.forget(*session),
            Record::Lapsed(session) => self.lapse(*session),
            Record::Joined {
                session,
                room,
                member,
                nick,
            } => self.join(Member {
                session: *session,
                room: room.clone(),
                id: *member,
                nick: nick.clone(),
            }),
            Record::Left { session, room } => self.members.leave(*session, room),
            Record::Read {
                room,
                member,
                upto,
                at,
            } => self.advance((room, *member), (*upto, *at)),
        }
        None
    }

    fn store_session(&mut self, session: StoredSession) {
        self.drop_session(session.session);
        self.by_current.insert(session.current, session.session);
        if let Some(previous) = session.previous {
            self.by_previous.insert(previous, session.session);
        }
        self.sessions.insert(session.session, session);
    }

    fn drop_session(&mut self, session: SessionId) {
        let Some(known) = self.sessions.remove(&session) else {
            return;
        };
        drop_if_it_is(&mut self.by_current, known.current, session);
        if let Some(previous) = known.previous {
            drop_if_it_is(&mut self.by_previous, previous, session);
        }
    }

    fn store_entry(&mut self, draft: &Draft) -> Seq {
        self.settle((draft.session, &draft.room), draft.number, None);
        let key: Arc<str> = draft.room.key().into();
        let room = self.rooms.entry(key.clone());
        let room = room.or_insert_with(|| Room::new(draft.room.shown()));
        self.bytes = self.bytes.saturating_add_signed(room.add(draft));
        let seq = room.head();
        self.oldest.push_back(key);
        self.drop_oldest();
        seq
    }

    fn drop_oldest(&mut self) {
        while self.bytes > self.bounds.entries_bytes {
            let dropped = self
                .oldest
                .pop_front()
                .and_then(|key| self.rooms.get_mut(&key)?.drop_oldest())
                .expect("whatever has bytes is an entry in a room");
            self.bytes -= entry_bytes(&dropped);
        }
    }

    fn settle(
        &mut self,
        (session, room): (SessionId, &RoomName),
        number: Number,
        refused: Option<RefusalCode>,
    ) {
        if !self.sessions.contains_key(&session) {
            return; // Nobody would ever remove its mark.
        }
        let marks = self.marks.entry(session).or_default();
        let before = marks.len();
        let settled = marks.entry(room.key().into()).or_default();
        mark::settle(settled, number, refused);
        self.mark_count += marks.len() - before;
    }

    fn join(&mut self, member: Member) {
        // Nobody would ever remove the membership of a session that is not known.
        if self.sessions.contains_key(&member.session) {
            self.members.join(member);
        }
    }

    fn advance(&mut self, (room, member): (&RoomName, MemberId), said: (Seq, Timestamp)) {
        let read = self.reads.entry((room.key().into(), member));
        let read = read.or_insert(said);
        *read = (read.0.max(said.0), read.1.max(said.1));
    }

    fn lapse(&mut self, session: SessionId) {
        if self.marks.contains_key(&session) {
            self.members.leave_all(session);
        } else {
            self.forget(session);
        }
    }

    fn forget(&mut self, session: SessionId) {
        self.drop_session(session);
        self.members.leave_all(session);
        let marks = self.marks.remove(&session);
        self.mark_count -= marks.map_or(0, |marks| marks.len());
    }

    fn find_session(&self, token: Option<TokenHash>, next: TokenHash) -> Option<StoredSession> {
        let resumed = token.and_then(|hash| {
            self.by_current
                .get(&hash)
                .or_else(|| self.by_previous.get(&hash))
        });
        let session = resumed
            .or_else(|| self.by_current.get(&next))
            .or_else(|| self.by_previous.get(&next))?;
        self.sessions.get(session).copied()
    }

    fn read_room(&self, name: &RoomName, (session, member): (SessionId, MemberId)) -> StoredRoom {
        let marks = self.marks.get(&session);
        let mark = marks.and_then(|marks| marks.get(name.key()));
        let room = self.rooms.get(name.key());
        let head = room.map_or(Seq(0), Room::head);
        let read = self.reads.get(&(name.key().into(), member));
        StoredRoom {
            read: read.map_or(Seq(0), |(upto, _)| *upto).min(head),
            shown: room.map(Room::shown),
            head,
            tail: room.map_or_else(Vec::new, Room::tail),
            topic: room.map_or_else(Arc::default, Room::topic),
            mark: mark.cloned().unwrap_or_default(),
        }
    }

    fn read_page(&self, name: &RoomName, part: (Range, usize)) -> Result<Page, LogError> {
        let room = self.rooms.get(name.key());
        room.map_or_else(|| Ok(Page::default()), |room| room.page(part))
    }

    fn search(&self, name: &RoomName, search: &Search) -> Found {
        let room = self.rooms.get(name.key());
        room.map_or_else(Found::default, |room| find_among(&room.entries, search))
    }

    fn look(&self, name: &RoomName, seqs: Vec<Seq>) -> Result<Page, LogError> {
        let room = self.rooms.get(name.key());
        room.map_or_else(|| Ok(Page::default()), |room| room.look(seqs))
    }
}

impl Log for MemoryLog {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    fn append(&mut self, group: Vec<Record>) -> Result<Vec<Committed>, (Vec<Record>, LogError)> {
        if !self.has_room_for(group.len()) {
            return Err((group, LogError::Full));
        }
        let seqs = group.iter().filter_map(|record| self.store(record));
        let seqs = seqs.collect();
        Ok(committed(group, seqs))
    }

    fn answer(&mut self, query: Query) -> Result<Answer, LogError> {
        Ok(match query {
            Query::Session { token, next } => Answer::Session(self.find_session(token, next)),
            Query::Room {
                room,
                session,
                member,
            } => Answer::Room(self.read_room(&room, (session, member))),
            Query::Page { room, range, limit } => {
                Answer::Page(self.read_page(&room, (range, limit))?)
            }
            Query::Search { room, search } => Answer::Found(self.search(&room, &search)),
            Query::Look { room, seqs } => Answer::Page(self.look(&room, seqs)?),
        })
    }

    fn members(&mut self) -> Result<Vec<StoredMember>, LogError> {
        let stored = |member: &Member| {
            Some(StoredMember {
                session: *self.sessions.get(&member.session)?,
                room: member.room.clone(),
                member: member.id,
                nick: member.nick.clone(),
            })
        };
        Ok(self.members.in_order().filter_map(stored).collect())
    }

    fn expire(&mut self, before: Timestamp) -> Result<(), LogError> {
        let sessions = self.sessions.values();
        let expired: Vec<SessionId> = sessions
            .filter(|session| session.seen < before)
            .map(|session| session.session)
            .collect();
        for session in expired {
            self.forget(session);
        }
        self.reads.retain(|_, (_, at)| *at >= before);
        Ok(())
    }
}

fn drop_if_it_is(index: &mut HashMap<TokenHash, SessionId>, hash: TokenHash, session: SessionId) {
    if index.get(&hash) == Some(&session) {
        index.remove(&hash);
    }
}

#[cfg(test)]
mod tests {
    use super::super::suite::{draft, join, page, room, say, session};
    use super::*;

    impl MemoryLog {
        pub(in crate::log) fn bytes(&self) -> usize {
            self.bytes
        }

        /// As if there were room for so many bytes and no more.
        pub(in crate::log) fn shrink_to(&mut self, bytes: usize) {
            self.bounds.entries_bytes = bytes;
            self.drop_oldest();
        }
    }

    const SMALL: Bounds = Bounds {
        entries_bytes: 1_000,
        keys: 10,
    };

    #[test]
    fn the_oldest_entries_go_when_memory_runs_out_and_numbers_go_on() {
        let mut log = MemoryLog::bounded(Epoch(1), SMALL);
        for number in 1..=40 {
            log.append(vec![say(1, "lobby", number)]).unwrap();
            assert!(log.bytes <= SMALL.entries_bytes);
        }
        let kept = page(&mut log, "lobby", 41, 100);
        assert_eq!(kept.entries.last().unwrap().seq, Seq(40));
        assert!(kept.entries[0].seq > Seq(1) && !kept.more);
        assert_eq!(log.oldest.len(), kept.entries.len());
    }

    #[test]
    fn a_room_whose_entries_are_all_gone_never_gives_a_number_twice() {
        let mut log = MemoryLog::bounded(Epoch(1), SMALL);
        log.append(vec![say(1, "den", 1)]).unwrap();
        for number in 1..=40 {
            log.append(vec![say(1, "lobby", number)]).unwrap();
        }
        assert_eq!(page(&mut log, "den", 9, 9).entries, []);
        let entry = Record::Entry(draft(1, "den", 2));
        let seqs = log.append(vec![entry]).unwrap();
        assert!(matches!(seqs[..], [Committed::Entry(_, Seq(2))]));
    }

    #[test]
    fn too_many_rooms_and_marks_make_it_full_until_sessions_are_forgotten() {
        let mut log = MemoryLog::bounded(Epoch(1), SMALL);
        for n in 0..5 {
            let token = u8::try_from(n).unwrap();
            log.store_session(session(n, token, None));
            log.store(&say(n, "lobby", 1));
        }
        let group = vec![say(9, "one more", 1)];
        assert_eq!(log.append(group.clone()), Err((group, LogError::Full)));
        assert_eq!(
            log.read_room(&room("one more"), (SessionId(9), MemberId(9)))
                .head,
            Seq(0)
        );
        for n in 0..5 {
            log.forget(SessionId(n));
        }
        assert_eq!(log.mark_count, 0);
        assert!(log.append(vec![say(9, "one more", 1)]).is_ok());
    }

    #[test]
    fn forgetting_a_session_leaves_nothing_of_it_in_any_index() {
        let mut log = MemoryLog::new(Epoch(1));
        for token in 1..9 {
            log.store_session(StoredSession {
                session: SessionId(1),
                current: TokenHash([token; 32]),
                previous: Some(TokenHash([token - 1; 32])),
                seen: Timestamp(0),
            });
        }
        assert_eq!((log.by_current.len(), log.by_previous.len()), (1, 1));
        log.forget(SessionId(1));
        assert!(log.sessions.is_empty() && log.marks.is_empty());
        assert!(log.by_current.is_empty() && log.by_previous.is_empty());
    }

    #[test]
    fn members_count_against_the_bound() {
        let mut log = MemoryLog::bounded(Epoch(1), SMALL);
        log.append(vec![Record::Session(session(1, 1, None))])
            .unwrap();
        let rooms = (0..).map(|n| vec![join(1, &format!("room {n}"), "Ann")]);
        let stored = rooms.take_while(|group| log.append(group.clone()).is_ok());
        assert!(stored.count() < SMALL.keys);
        log.forget(SessionId(1));
        assert_eq!(log.members.len(), 0);
    }
}
