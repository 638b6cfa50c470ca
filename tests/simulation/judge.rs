//! The judge: what was committed, what was shown, and every invariant, each a function with its name.
//!
//! It never asks the chat what should be so: it keeps its own account of commits and of who is where.

use std::collections::{BTreeMap, BTreeSet};

use chinwag::chat::limits::{GRACE, ROOMS_PER_SESSION, USED_TOKENS, WINDOW};
use chinwag::chat::{Counts, Effect, Input, LaneRef};
use chinwag::ids::{ConnId, LaneId, MemberId, Nick, SeatId, SessionId};
use chinwag::record::{Committed, Draft, Record, StoredMember};
use chinwag::wire::event::{ByeCode, Content, Entry, Event, Joined, Member, Page, Presence};

use crate::net::{Micros, SECOND};

/// Which history: an epoch's number and a room's key.
pub(crate) type Place = (u64, String);

/// What woke the chat, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Time alone.
    Deadline,
    /// A connection or a lane went, or the server goes: nobody leaves for that.
    Loss,
    /// A client said something, or an answer let through what it had said.
    Word,
}

impl Cause {
    pub(crate) fn of(input: &Input) -> Self {
        match input {
            Input::DeadlineReached => Self::Deadline,
            Input::LaneClosed(_) | Input::Closed(_) | Input::Drain => Self::Loss,
            _ => Self::Word,
        }
    }
}

/// What went wrong.
#[derive(Clone, Debug)]
pub(crate) struct Violation {
    pub(crate) invariant: &'static str,
    pub(crate) what: String,
}

#[derive(Default)]
pub(crate) struct Judge {
    pub(crate) violation: Option<Violation>,
    pub(crate) epoch: u64,
    histories: BTreeMap<Place, Vec<Entry>>,
    /// Which entries amend which, by their numbers.
    amendments: BTreeMap<Place, BTreeMap<u64, Vec<u64>>>,
    /// Where each seat's number stands.
    numbers: BTreeMap<(u64, SeatId, u64), (String, u64)>,
    settled: BTreeSet<(u64, SessionId, String, u64)>,
    /// The highest number settled by each seat.
    tops: BTreeMap<(u64, SeatId), u64>,
    texts: BTreeMap<(u64, String), Vec<SessionId>>,
    /// Who is a member where by the log, and under which name.
    memberships: BTreeMap<(SessionId, String), (MemberId, Nick)>,
    /// Who hears a room where.
    seats: BTreeMap<LaneRef, (MemberId, SeatId)>,
    /// The seats that each session has had.
    seats_of: BTreeMap<SessionId, BTreeSet<SeatId>>,
    closed: BTreeSet<ConnId>,
    /// Members in the order of joining, by what others were told.
    present: Vec<Member>,
    /// Which seats lost their lanes, and when; those that are gone since stay here.
    lost: BTreeMap<(MemberId, SeatId), Micros>,
    pub(crate) acknowledged: u64,
    pub(crate) shown: u64,
    /// Whether the server ended while a full disk had not been told of somebody's newest token.
    pub(crate) forgetful: bool,
}

fn key(content: &Content) -> String {
    match content {
        Content::Text { body, .. } => body.chars().take(40).collect(),
        Content::Location {
            latitude,
            longitude,
        } => format!("{latitude} {longitude}"),
        Content::Edit { .. }
        | Content::Delete { .. }
        | Content::React { .. }
        | Content::Topic { .. }
        | Content::Deleted
        | Content::Emptied => format!("{content:?}"),
    }
}

impl Judge {
    pub(crate) fn fail(&mut self, invariant: &'static str, what: String) {
        self.violation.get_or_insert(Violation { invariant, what });
    }

    fn hold(&mut self, holds: bool, invariant: &'static str, what: impl FnOnce() -> String) {
        if !holds {
            self.fail(invariant, what());
        }
    }

    // --- the log ---

    /// The log starts anew from what a backup held.
    pub(crate) fn rewound(&mut self, epoch: u64) {
        self.epoch = epoch;
        self.memberships.clear();
    }

    pub(crate) fn committed(&mut self, record: &Committed) {
        match record {
            Committed::Entry(draft, seq) => self.entry_committed(draft, seq.0),
            Committed::Other(record) => self.other_committed(record),
        }
    }

    fn other_committed(&mut self, record: &Record) {
        match record {
            Record::Refused {
                session,
                room,
                number,
                ..
            } => {
                self.each_number_settles_once((*session, room.key()), number.0);
                let seat = SeatId::derive(*session, room);
                self.tops.insert((self.epoch, seat), number.0);
            }
            Record::Forget(session) => {
                self.settled.retain(|(_, of, _, _)| of != session);
                self.memberships.retain(|(of, _), _| of != session);
            }
            Record::Lapsed(session) => {
                self.memberships.retain(|(of, _), _| of != session);
            }
            Record::Joined {
                session,
                room,
                member,
                nick,
            } => {
                // Whoever else had the name there has it no more.
                self.memberships.retain(|(_, of), (id, name)| {
                    of != room.key() || name.key() != nick.key() || id == member
                });
                let key = (*session, room.key().to_owned());
                self.memberships.insert(key, (*member, nick.clone()));
            }
            Record::Left { session, room } => {
                let key = (*session, room.key().to_owned());
                self.memberships.remove(&key);
            }
            Record::Session(_) | Record::Entry(_) | Record::Read { .. } => {}
        }
    }

    fn entry_committed(&mut self, draft: &Draft, seq: u64) {
        let room = draft.room.key().to_owned();
        let number = draft.number.0;
        self.each_number_settles_once((draft.session, &room), number);
        self.an_author_keeps_its_order(draft, &room);
        let epoch = self.epoch;
        let entry = draft.clone().into_entry(chinwag::ids::Seq(seq));
        self.a_history_grows_at_its_end(&room, &entry);
        let texts = self.texts.entry((epoch, key(&entry.content))).or_default();
        texts.push(draft.session);
        self.numbers
            .insert((epoch, draft.seat, number), (room.clone(), seq));
        self.tops.insert((epoch, draft.seat), number);
        if let Some(of) = entry.content.of() {
            let amended = self.amendments.entry((epoch, room.clone())).or_default();
            amended.entry(of.0).or_default().push(seq);
        }
        let history = self.histories.entry((epoch, room)).or_default();
        history.push(entry);
    }

    fn each_number_settles_once(&mut self, (session, room): (SessionId, &str), number: u64) {
        let new = self
            .settled
            .insert((self.epoch, session, room.to_owned(), number));
        self.hold(new, "each_number_settles_once", || {
            format!("number {number} of one session in {room} was stored twice")
        });
    }

    fn an_author_keeps_its_order(&mut self, draft: &Draft, room: &str) {
        let epoch = self.epoch;
        let all = (epoch, draft.seat, 0)..=(epoch, draft.seat, u64::MAX);
        let before = self.numbers.range(all).next_back();
        let in_order = before.is_none_or(|((_, _, number), _)| *number < draft.number.0);
        let number = draft.number.0;
        self.hold(in_order, "an_author_keeps_its_order", || {
            format!("{number} in {room} after a later one of the same author")
        });
    }

    fn a_history_grows_at_its_end(&mut self, room: &str, entry: &Entry) {
        let history = self.histories.get(&(self.epoch, room.to_owned()));
        let last = history.and_then(|history| history.last());
        let next = last.map_or(1, |last| last.seq.0 + 1) == entry.seq.0;
        let later = last.is_none_or(|last| last.at <= entry.at);
        self.hold(next && later, "a_history_grows_at_its_end", || {
            format!("{entry:?} in {room}")
        });
    }

    pub(crate) fn head(&self, place: &Place) -> u64 {
        self.histories
            .get(place)
            .map_or(0, |history| history.len() as u64)
    }

    // --- what the chat does ---

    /// A new process: nobody is connected, and whom the log names as members is held.
    pub(crate) fn started(&mut self, stored: &[StoredMember], now: Micros) {
        self.memberships_survive_a_restart(stored);
        let held = stored.iter().map(|it| Member {
            id: it.member,
            nick: it.nick.shown(),
        });
        let held: Vec<Member> = held.collect();
        self.seats.clear();
        self.closed.clear();
        self.lost.clear();
        for it in stored {
            let session = it.session.session;
            let seat = SeatId::derive(session, &it.room);
            self.lost.insert((it.member, seat), now);
            // One that was to be forgotten is there all the same if the log never heard of it.
            self.seats_of.entry(session).or_default().insert(seat);
        }
        self.present.clear();
        for member in held {
            // One person stands there once, under the name that was stored last.
            self.present
                .retain(|it| it.id != member.id || it.nick == member.nick);
            if !self.present.contains(&member) {
                self.present.push(member);
            }
        }
    }

    fn memberships_survive_a_restart(&mut self, stored: &[StoredMember]) {
        let stored: BTreeMap<(SessionId, String), (MemberId, Nick)> = stored
            .iter()
            .map(|it| {
                let key = (it.session.session, it.room.key().to_owned());
                (key, (it.member, it.nick.clone()))
            })
            .collect();
        let same = stored == self.memberships;
        self.hold(same, "memberships_survive_a_restart", || {
            "the log names others than were committed".into()
        });
    }

    pub(crate) fn lost_connection(&mut self, conn: ConnId, now: Micros) {
        let all = control(conn)..=control(ConnId(conn.0 + 1));
        let lanes: Vec<LaneRef> = self.seats.range(all).map(|(lane, _)| *lane).collect();
        for lane in lanes.into_iter().filter(|lane| lane.conn == conn) {
            self.lost_lane(lane, now);
        }
    }

    pub(crate) fn lost_lane(&mut self, lane: LaneRef, now: Micros) {
        if let Some(seat) = self.seats.remove(&lane)
            && !self.seats.values().any(|other| *other == seat)
        {
            self.lost.insert(seat, now);
        }
    }

    pub(crate) fn effect(&mut self, effect: &Effect, cause: Cause, now: Micros) {
        match effect {
            Effect::Send(lane, event) => self.said(*lane, event),
            Effect::Broadcast(_, event) => self.broadcast(event, cause, now),
            Effect::EndLane(lane) => {
                self.seats.remove(lane);
            }
            // A seat that is given up by a word has lost nothing that somebody would wait for.
            Effect::Append(record) if cause == Cause::Word => self.given_up(record),
            Effect::Close(conn, bye) => {
                match bye.code {
                    ByeCode::Goodbye | ByeCode::TokenReused => {
                        self.seats.retain(|lane, _| lane.conn != *conn);
                    }
                    _ => self.lost_connection(*conn, now),
                }
                self.closed.insert(*conn);
            }
            _ => {}
        }
    }

    fn given_up(&mut self, record: &Record) {
        match record {
            Record::Joined { session, room, .. } => {
                let seats = self.seats_of.entry(*session).or_default();
                seats.insert(SeatId::derive(*session, room));
            }
            Record::Left { session, room } => {
                let seat = SeatId::derive(*session, room);
                self.lost.retain(|(_, lost), _| *lost != seat);
            }
            Record::Forget(session) => {
                let seats = self.seats_of.remove(session).unwrap_or_default();
                self.lost.retain(|(_, lost), _| !seats.contains(lost));
            }
            Record::Session(_)
            | Record::Entry(_)
            | Record::Refused { .. }
            | Record::Lapsed(_)
            | Record::Read { .. } => {}
        }
    }

    fn said(&mut self, lane: LaneRef, event: &Event) {
        let closed = self.closed.contains(&lane.conn);
        self.hold(!closed, "nothing_is_said_after_goodbye", || {
            format!("{event:?} on {lane:?}")
        });
        match event {
            Event::Joined(joined) => {
                self.a_page_is_committed(&joined.page);
                self.seats.insert(lane, (joined.you, joined.seat));
                self.lost.remove(&(joined.you, joined.seat));
                self.whoever_has_a_seat_is_a_member(joined.you);
            }
            Event::History(page) | Event::Looked(page) => self.a_page_is_committed(page),
            Event::Ack { number } => self.acknowledged_is_committed(lane, number.0),
            Event::Roster { members, .. } => self.a_roster_is_who_is_there(members),
            _ => {}
        }
    }

    fn broadcast(&mut self, event: &Event, cause: Cause, now: Micros) {
        match event {
            Event::Entry(entry) => self.shown_is_committed(entry, entry.seq.0),
            Event::Presence { change, .. } => match change {
                Presence::Joined(member) => self.someone_joined(member),
                Presence::Left(member) => self.someone_left(member, cause, now),
                Presence::Away { .. } | Presence::Back { .. } => {}
            },
            _ => {}
        }
    }

    pub(crate) fn a_room_is_about_its_newest_topic(&mut self, place: &Place, joined: &Joined) {
        let upto = usize::try_from(joined.head.0).unwrap_or(usize::MAX);
        let history = self.histories.get(place).map_or(&[][..], Vec::as_slice);
        let topic = |entry: &Entry| match &entry.content {
            Content::Topic { text } => Some(text.clone()),
            _ => None,
        };
        let newest = history.iter().take(upto).rev().find_map(topic);
        let same = newest.unwrap_or_default() == joined.topic;
        self.hold(same, "a_room_is_about_its_newest_topic", || {
            format!("{:?} in {place:?}", joined.topic)
        });
    }

    fn a_page_is_committed(&mut self, page: &Page) {
        for entry in &page.entries {
            self.shown_is_committed(entry, page.as_of.0);
        }
    }

    /// An entry as it stands by `as_of`: what the commits up to there come to.
    fn state(&self, place: &Place, seq: u64, as_of: u64) -> Option<Entry> {
        let history = self.histories.get(place)?;
        let at = |seq: u64| history.get(usize::try_from(seq).ok()?.checked_sub(1)?);
        let mut entry = at(seq)?.clone();
        let message = match entry.content {
            Content::Edit { of, .. } => of.0,
            _ => seq,
        };
        let amended = self.amendments.get(place);
        let later = amended.and_then(|amended| amended.get(&message));
        for later in later.into_iter().flatten() {
            if *later > seq && *later <= as_of {
                entry.amend(at(*later)?);
            }
        }
        Some(entry)
    }

    fn shown_is_committed(&mut self, entry: &Entry, as_of: u64) {
        self.shown += 1;
        let at = self.numbers.get(&(self.epoch, entry.seat, entry.number.0));
        let place = |room: &String| (self.epoch, room.clone());
        let stored = at.and_then(|(room, seq)| self.state(&place(room), *seq, as_of));
        let same = stored.as_ref() == Some(entry);
        self.hold(same, "shown_is_committed", || format!("{entry:?}"));
    }

    /// Which of the numbers far back were refused is forgotten.
    fn acknowledged_is_committed(&mut self, lane: LaneRef, number: u64) {
        let seat = self.seats.get(&lane).copied();
        let stored = seat.is_some_and(|(_, seat)| {
            let top = self.tops.get(&(self.epoch, seat));
            let forgotten = top.is_some_and(|top| number + WINDOW <= *top);
            let settled = (self.epoch, seat, number);
            forgotten || self.numbers.contains_key(&settled)
        });
        self.hold(stored, "acknowledged_is_committed", || {
            format!("number {number} on {lane:?}")
        });
    }

    fn whoever_has_a_seat_is_a_member(&mut self, you: MemberId) {
        let member = self.present.iter().any(|member| member.id == you);
        self.hold(member, "whoever_has_a_seat_is_a_member", || {
            format!("{you:?}")
        });
    }

    fn a_roster_is_who_is_there(&mut self, members: &[Member]) {
        let mut rest = self.present.iter();
        let in_order = members.iter().all(|it| rest.any(|there| there == it));
        self.hold(in_order, "a_roster_is_who_is_there", || {
            format!("{members:?} of {:?}", "those present")
        });
        let keys: BTreeSet<String> = members.iter().map(nick_key).collect();
        let unique = keys.len() == members.len();
        self.hold(unique, "names_are_unique_in_a_room", || {
            format!("{members:?}")
        });
    }

    fn someone_joined(&mut self, member: &Member) {
        let there = self.present.iter().any(|it| it.id == member.id);
        self.hold(!there, "nobody_joins_who_is_there", || {
            format!("{member:?}")
        });
        self.present.push(member.clone());
    }

    fn someone_left(&mut self, member: &Member, cause: Cause, now: Micros) {
        let there = self.present.iter().any(|it| it == member);
        self.hold(there, "nobody_leaves_who_is_not_there", || {
            format!("{member:?}")
        });
        self.nobody_leaves_within_the_grace(member, cause, now);
        self.present.retain(|it| it.id != member.id);
    }

    fn nobody_leaves_within_the_grace(&mut self, member: &Member, cause: Cause, now: Micros) {
        let grace = u64::try_from(GRACE.as_micros()).expect("the grace is short");
        let right = match cause {
            Cause::Loss => false,
            Cause::Word => true,
            Cause::Deadline => self
                .lost_since(member.id)
                .is_some_and(|lost| lost + grace <= now),
        };
        self.hold(right, "nobody_leaves_within_the_grace", || {
            format!("{member:?}, because of {cause:?}")
        });
    }

    /// When somebody who has no lane has lost the last one.
    fn lost_since(&self, member: MemberId) -> Option<Micros> {
        if self.seats.values().any(|(seated, _)| *seated == member) {
            return None;
        }
        let all = (member, SeatId(0))..=(member, SeatId(u64::MAX));
        self.lost.range(all).map(|(_, lost)| *lost).max()
    }

    /// No leaks: whatever is counted has an owner.
    pub(crate) fn counts_are_bounded(&mut self, counts: Counts, conns: usize) {
        let bounded = counts.conns <= conns
            && counts.members == self.present.len()
            && counts.tokens <= (2 + USED_TOKENS) * counts.sessions
            && counts.timers <= 2 * counts.sessions + counts.seats + 2 * counts.members + 1
            && counts.listed <= counts.rooms
            && counts.members <= counts.seats
            && counts.seats <= counts.sessions * ROOMS_PER_SESSION;
        self.hold(bounded, "counts_are_bounded", || {
            format!("{counts:?} with {conns} connections")
        });
    }

    /// Nobody is there whose time is over.
    pub(crate) fn there_are_no_ghosts(&mut self, now: Micros) {
        let grace = u64::try_from(GRACE.as_micros()).expect("the grace is short");
        let is_over = |lost: Micros| lost + grace + SECOND < now;
        let ghost = self
            .present
            .iter()
            .map(|member| member.id)
            .find(|member| self.lost_since(*member).is_some_and(is_over));
        self.hold(ghost.is_none(), "there_are_no_ghosts", || {
            format!("{ghost:?} is still there")
        });
    }

    pub(crate) fn everything_is_given_back(&mut self, counts: Counts) {
        self.hold(
            counts == Counts::default(),
            "everything_is_given_back",
            || format!("{counts:?} when everybody is gone"),
        );
        let present = self.present.len();
        self.hold(present == 0, "everything_is_given_back", || {
            format!("{present} members are there when everybody is gone")
        });
    }

    // --- what clients see ---

    pub(crate) fn a_view_equals_the_log(&mut self, place: &Place, entry: &Entry, as_of: u64) {
        let stored = self.state(place, entry.seq.0, as_of);
        let same = stored.as_ref() == Some(entry);
        self.hold(same, "a_view_equals_the_log", || {
            format!("in {place:?}: {entry:?}")
        });
    }

    /// What a client was told is stored has its place, and only one.
    pub(crate) fn acknowledged_is_in_the_log(&mut self, place: &Place, content: &Content) {
        self.acknowledged += 1;
        let times = self
            .texts
            .get(&(place.0, key(content)))
            .map_or(0, |authors| {
                // Whose session was stolen says it again in the next one.
                let sessions: BTreeSet<&SessionId> = authors.iter().collect();
                1 + authors.len() - sessions.len()
            });
        self.hold(times == 1, "acknowledged_is_in_the_log", || {
            format!("{} is {times} times in {place:?}", key(content))
        });
    }

    /// Nothing that one client said is there twice, not even under another session. A session whose
    /// newest token no disk had room for is another one after a restart, which is the one way to say
    /// something again that was stored without an answer.
    pub(crate) fn nothing_is_doubled(&mut self, content: &Content) {
        let texts = self.texts.get(&(self.epoch, key(content)));
        let times = texts.map_or(0, Vec::len);
        self.hold(times <= 1 || self.forgetful, "nothing_is_doubled", || {
            format!("{} is there {times} times", key(content))
        });
    }

    /// The members of one room as all have been told, in the order of joining.
    pub(crate) fn present_among(&self, ids: &BTreeSet<MemberId>) -> Vec<Member> {
        let there = self.present.iter().filter(|it| ids.contains(&it.id));
        there.cloned().collect()
    }

    pub(crate) fn present(&self) -> usize {
        self.present.len()
    }
}

fn control(conn: ConnId) -> LaneRef {
    LaneRef {
        conn,
        lane: LaneId::CONTROL,
    }
}

fn nick_key(member: &Member) -> String {
    let nick = Nick::parse(&member.nick);
    nick.map_or_else(|_| member.nick.to_string(), |nick| nick.key().to_owned())
}
