//! Connections and the sessions behind them.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::limits::{EARLY_COMMANDS, NUMBERS_KEPT, SEEN_AGAIN_MS, USED_TOKENS};
use super::numbers::Numbers;
use super::rate::Bucket;
use super::{LaneRef, Ticket};
use crate::clock::Now;
use crate::ids::{ConnId, LaneId, RoomId, SessionId, Timestamp, TokenHash};
use crate::record::StoredSession;
use crate::wire::command::{Command, Greeting};

/// One connection that has said `Hello`.
#[derive(Debug)]
pub(super) struct Conn {
    phase: Phase,
    /// In order: what is done to all of them is done in one order in every run.
    lanes: BTreeMap<LaneId, Lane>,
}

/// How far a connection has come.
#[derive(Debug)]
enum Phase {
    /// Its session is being found or its token stored; commands wait.
    Greeting(Early),
    /// It speaks for a session.
    Live(SessionId),
}

#[derive(Debug)]
struct Early {
    greeting: Greeting,
    fresh: SessionId,
    commands: Vec<(LaneRef, Command)>,
}

/// What a lane is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    /// A join waits for this answer of the log.
    Joining(Ticket),
    /// It carries a room.
    Room(RoomId),
}

impl Conn {
    pub(super) fn new(greeting: Greeting, fresh: SessionId) -> Self {
        Self {
            phase: Phase::Greeting(Early {
                greeting,
                fresh,
                commands: Vec::new(),
            }),
            lanes: BTreeMap::new(),
        }
    }

    /// The session it speaks for, once it is welcomed.
    pub(super) fn session(&self) -> Option<SessionId> {
        match &self.phase {
            Phase::Greeting(_) => None,
            Phase::Live(session) => Some(*session),
        }
    }

    /// What it said and the identity drawn for it, until it is welcomed.
    pub(super) fn greeting(&self) -> Option<(Greeting, SessionId)> {
        match &self.phase {
            Phase::Greeting(early) => Some((early.greeting.clone(), early.fresh)),
            Phase::Live(_) => None,
        }
    }

    /// Keeps a command until the welcome; false when too many wait already.
    pub(super) fn keep(&mut self, from: LaneRef, command: Command) -> bool {
        match &mut self.phase {
            Phase::Greeting(early) if early.commands.len() < EARLY_COMMANDS => {
                early.commands.push((from, command));
                true
            }
            Phase::Greeting(_) | Phase::Live(_) => false,
        }
    }

    /// Drops what waits from a lane that is closed.
    pub(super) fn drop_early(&mut self, lane: LaneRef) {
        match &mut self.phase {
            Phase::Greeting(early) => early.commands.retain(|(from, _)| *from != lane),
            Phase::Live(_) => {}
        }
    }

    /// From now on it speaks for `session`; returns the commands that waited.
    pub(super) fn go_live(&mut self, session: SessionId) -> Vec<(LaneRef, Command)> {
        match std::mem::replace(&mut self.phase, Phase::Live(session)) {
            Phase::Greeting(early) => early.commands,
            Phase::Live(_) => Vec::new(),
        }
    }

    pub(super) fn room(&self, lane: LaneId) -> Option<RoomId> {
        match self.lanes.get(&lane)? {
            Lane::Joining(_) => None,
            Lane::Room(room) => Some(*room),
        }
    }

    pub(super) fn is_used(&self, lane: LaneId) -> bool {
        lane == LaneId::CONTROL || self.lanes.contains_key(&lane)
    }

    pub(super) fn lanes_in_use(&self) -> usize {
        self.lanes.len()
    }

    pub(super) fn start_joining(&mut self, lane: LaneId, ticket: Ticket) {
        self.lanes.insert(lane, Lane::Joining(ticket));
    }

    pub(super) fn is_joining(&self, lane: LaneId) -> bool {
        match self.lanes.get(&lane) {
            Some(Lane::Joining(_)) => true,
            Some(Lane::Room(_)) | None => false,
        }
    }

    /// Whether the lane waits for this answer: another join may have taken it meanwhile.
    pub(super) fn waits_for(&self, lane: LaneId, ticket: Ticket) -> bool {
        self.lanes.get(&lane) == Some(&Lane::Joining(ticket))
    }

    pub(super) fn seat(&mut self, lane: LaneId, room: RoomId) {
        self.lanes.insert(lane, Lane::Room(room));
    }

    pub(super) fn free(&mut self, lane: LaneId) {
        self.lanes.remove(&lane);
    }

    /// Rooms that it has a lane for.
    pub(super) fn seats_taken(&self) -> usize {
        let taken = self.lanes.values().filter(|used| match used {
            Lane::Joining(_) => false,
            Lane::Room(_) => true,
        });
        taken.count()
    }

    /// Every lane with its room.
    pub(super) fn seats(&self) -> Vec<(LaneId, RoomId)> {
        self.lanes
            .iter()
            .filter_map(|(lane, used)| match used {
                Lane::Joining(_) => None,
                Lane::Room(room) => Some((*lane, *room)),
            })
            .collect()
    }
}

/// One session, connected or within its grace.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) current: TokenHash,
    pub(super) previous: Option<TokenHash>,
    /// Those before the previous one, the newest last: whoever still uses one has a copy.
    pub(super) used: VecDeque<TokenHash>,
    /// When the log was last told of it, if ever: only then is there anything to remember.
    pub(super) stored: Option<Timestamp>,
    /// Whether its current token is on its way to the log, and whoever resumes with it waits.
    pub(super) awaits_token: bool,
    pub(super) conn: Option<ConnId>,
    pub(super) bucket: Bucket,
    /// What its searches are charged to.
    pub(super) searches: Bucket,
    /// What it asks the directory.
    pub(super) asking: Bucket,
    /// Its invitations.
    pub(super) inviting: Bucket,
    /// Whether it is away, as it said last.
    pub(super) away: bool,
    /// What its rooms are told of that.
    pub(super) telling_away: Bucket,
    /// Where it is a member, in order, as its lanes are.
    pub(super) rooms: BTreeSet<RoomId>,
    numbers: HashMap<RoomId, Numbers>,
}

impl Session {
    pub(super) fn fresh(id: SessionId, current: TokenHash, now: Now) -> Self {
        Self {
            id,
            current,
            previous: None,
            used: VecDeque::new(),
            stored: None,
            awaits_token: false,
            conn: None,
            bucket: Bucket::full(now.instant),
            searches: Bucket::full(now.instant),
            asking: Bucket::full(now.instant),
            inviting: Bucket::full(now.instant),
            away: false,
            telling_away: Bucket::full(now.instant),
            rooms: BTreeSet::new(),
            numbers: HashMap::new(),
        }
    }

    pub(super) fn restore(stored: StoredSession, now: Now) -> Self {
        Self {
            previous: stored.previous,
            stored: Some(stored.seen),
            ..Self::fresh(stored.session, stored.current, now)
        }
    }

    pub(super) fn as_stored(&self, now: Now) -> StoredSession {
        StoredSession {
            session: self.id,
            current: self.current,
            previous: self.previous,
            seen: now.wall,
        }
    }

    /// Makes `next` its token. Returns one that is remembered no more.
    pub(super) fn rotate(&mut self, next: TokenHash) -> Option<TokenHash> {
        let used_up = std::mem::replace(&mut self.current, next);
        self.used.extend(self.previous.replace(used_up));
        let forgotten = (self.used.len() > USED_TOKENS).then(|| self.used.pop_front());
        forgotten.flatten()
    }

    /// Whether the log has to be told of it, for the first time or again, so that a session
    /// that stays for long is not forgotten as one that has not been seen for long.
    pub(super) fn is_to_be_stored(&self, now: Now) -> bool {
        self.stored
            .is_none_or(|stored| now.wall.0.saturating_sub(stored.0) >= SEEN_AGAIN_MS)
    }

    /// The log could not take it: it is due again, but an earlier time may have been stored.
    pub(super) fn store_again(&mut self) {
        self.stored = Some(Timestamp(i64::MIN));
    }

    pub(super) fn knows_numbers(&self, room: RoomId) -> bool {
        self.numbers.contains_key(&room)
    }

    /// The session's numbers in a room, if they are in memory.
    pub(super) fn numbers(&mut self, room: RoomId) -> Option<&mut Numbers> {
        self.numbers.get_mut(&room)
    }

    /// Takes the numbers that the log remembers, unless newer ones are in memory.
    pub(super) fn remember(&mut self, room: RoomId, numbers: Numbers) {
        self.numbers.entry(room).or_insert(numbers);
    }

    /// Forgets numbers of rooms that `keep` does not name and that the log knows by now.
    pub(super) fn trim_numbers(&mut self, keep: impl Fn(RoomId) -> bool) {
        if self.numbers.len() > NUMBERS_KEPT {
            self.numbers
                .retain(|room, numbers| keep(*room) || numbers.under_way() > 0);
        }
    }

    pub(super) fn has_records_under_way(&self) -> bool {
        self.numbers.values().any(|numbers| numbers.under_way() > 0)
    }
}
