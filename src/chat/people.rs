//! Who is in a room: people, and the seats that they have there, one for each of their sessions.
//!
//! Decides in which order people stand and whose a name is. Invariant: whoever is here has a
//! seat, every seat is somebody's who is here, and a name is one person's.

use std::collections::HashMap;
use std::time::Instant;

use indexmap::IndexMap;

use super::amend::Held;
use super::limits::{MEMBERS_PER_ROOM, SEATS_PER_MEMBER};
use super::names::NameTable;
use super::read::Reading;
use super::{LaneRef, Ticket};
use crate::ids::{MemberId, Nick, SeatId, Seq, SessionId};
use crate::wire::event;

/// Everybody in one room, in the order of joining.
#[derive(Debug, Default)]
pub(super) struct People {
    persons: IndexMap<MemberId, Person>,
    seats: HashMap<SessionId, Seat>,
    names: NameTable,
}

/// Somebody in the room, however many sessions it is here with.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: MemberId,
    pub(super) nick: Nick,
    /// The sessions that it is here with, in the order of joining: at least one, and at most
    /// [`SEATS_PER_MEMBER`].
    sessions: Vec<SessionId>,
    pub(super) last_typing: Option<Instant>,
    /// Whether the others were told that it is away.
    pub(super) away: bool,
    /// How far it has read.
    pub(super) reading: Reading,
}

/// One session of somebody in the room.
#[derive(Debug)]
pub(super) struct Seat {
    /// Whose it is.
    pub(super) member: MemberId,
    /// The session as others see it.
    pub(super) id: SeatId,
    /// Where it hears the room; none while the connection is lost and the name is held.
    pub(super) lane: Option<LaneRef>,
    /// The page of history that is on its way to it.
    pub(super) reads_history: Option<Ticket>,
    /// What it has said of a message that the log is asked for.
    pub(super) held: Option<Held>,
    /// How far it knows that its person has read.
    pub(super) told_read: Seq,
}

/// What is left of a seat that was given up.
pub(super) struct Gone {
    pub(super) lane: Option<LaneRef>,
    /// Whose it was.
    pub(super) member: MemberId,
    /// Whoever has left with it, because it was the last.
    pub(super) person: Option<Person>,
}

impl Person {
    pub(super) fn shown(&self) -> event::Member {
        event::Member {
            id: self.id,
            nick: self.nick.shown(),
        }
    }
}

impl People {
    /// Everyone, in the order of joining.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &Person> {
        self.persons.values()
    }

    pub(super) fn len(&self) -> usize {
        self.persons.len()
    }

    pub(super) fn seats(&self) -> usize {
        self.seats.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.persons.len() >= MEMBERS_PER_ROOM
    }

    pub(super) fn person(&self, member: MemberId) -> Option<&Person> {
        self.persons.get(&member)
    }

    pub(super) fn person_mut(&mut self, member: MemberId) -> Option<&mut Person> {
        self.persons.get_mut(&member)
    }

    pub(super) fn seat(&self, session: SessionId) -> Option<&Seat> {
        self.seats.get(&session)
    }

    pub(super) fn seat_mut(&mut self, session: SessionId) -> Option<&mut Seat> {
        self.seats.get_mut(&session)
    }

    /// Who is behind a session, the lost ones within their grace included.
    pub(super) fn person_of(&self, session: SessionId) -> Option<&Person> {
        self.persons.get(&self.seats.get(&session)?.member)
    }

    /// The sessions that somebody is here with, in the order of joining.
    pub(super) fn sessions_of(&self, member: MemberId) -> Vec<SessionId> {
        let person = self.persons.get(&member);
        person.map_or_else(Vec::new, |person| person.sessions.clone())
    }

    /// Whether this session is here as `member`, under this name.
    pub(super) fn is_here(&self, session: SessionId, (member, nick): (MemberId, &Nick)) -> bool {
        let person = self.person_of(session);
        person.is_some_and(|it| it.id == member && it.nick.key() == nick.key())
    }

    /// Whoever would leave if this session gave its seat up.
    pub(super) fn hangs_on(&self, session: SessionId) -> Option<MemberId> {
        let person = self.person_of(session)?;
        (person.sessions.len() == 1).then_some(person.id)
    }

    /// Whether a name is nobody's but of those named.
    pub(super) fn is_free(&mut self, nick: &Nick, but: &[MemberId]) -> bool {
        let theirs = but.iter().filter_map(|it| self.persons.get(it));
        let theirs: Vec<Nick> = theirs.map(|it| it.nick.clone()).collect();
        theirs.iter().for_each(|name| self.names.remove(name));
        let is_free = !self.names.is_taken(nick);
        theirs.iter().for_each(|name| self.names.insert(name));
        is_free
    }

    /// Free names close to one that is taken.
    pub(super) fn suggest(&self, nick: &Nick) -> Vec<String> {
        self.names.suggest(nick)
    }

    /// Adds somebody as the last, still without a seat: that follows at once.
    pub(super) fn enter(&mut self, id: MemberId, nick: Nick) {
        self.names.insert(&nick);
        let person = Person {
            id,
            nick,
            sessions: Vec::new(),
            last_typing: None,
            away: false,
            reading: Reading::default(),
        };
        self.persons.insert(id, person);
    }

    /// Gives a session of somebody who is here a seat.
    pub(super) fn sit(&mut self, session: SessionId, (member, id): (MemberId, SeatId)) {
        let person = self.persons.get_mut(&member);
        let person = person.expect("whoever takes a seat is here");
        person.sessions.push(session);
        let seat = Seat {
            member,
            id,
            lane: None,
            reads_history: None,
            held: None,
            told_read: Seq(0),
        };
        self.seats.insert(session, seat);
    }

    /// Takes a session's seat away, and its person if it was the last; those after it keep
    /// their order.
    pub(super) fn stand_up(&mut self, session: SessionId) -> Option<Gone> {
        let Seat { member, lane, .. } = self.seats.remove(&session)?;
        let person = self.persons.get_mut(&member);
        let person = person.expect("a seat is somebody's who is here");
        person.sessions.retain(|it| *it != session);
        let person = match person.sessions.is_empty() {
            true => self.persons.shift_remove(&member),
            false => None,
        };
        if let Some(person) = &person {
            self.names.remove(&person.nick);
        }
        Some(Gone {
            lane,
            member,
            person,
        })
    }

    /// Gives somebody another name, as if it had left and come again: the last in the order.
    pub(super) fn rename(&mut self, member: MemberId, nick: &Nick) {
        let Some(mut person) = self.persons.shift_remove(&member) else {
            return;
        };
        self.names.remove(&person.nick);
        self.names.insert(nick);
        person.nick = nick.clone();
        person.last_typing = None;
        person.away = false;
        self.persons.insert(member, person);
    }

    /// What a session is told when it takes its seat: the seat, and how far its person has read.
    pub(super) fn catch_up(&mut self, session: SessionId) -> (SeatId, Seq) {
        let read = self.person_of(session).map(|it| it.reading.upto());
        let read = read.unwrap_or_default();
        let seat = self.seats.get_mut(&session);
        let seat = seat.expect("whoever is let in has a seat");
        seat.told_read = read;
        (seat.id, read)
    }

    /// Which session of somebody with as many as it may have gives way to another one: the first
    /// that is lost, if one is.
    pub(super) fn gives_way(&self, member: MemberId) -> Result<Option<SessionId>, TooMany> {
        let sessions = match self.persons.get(&member) {
            Some(person) if person.sessions.len() >= SEATS_PER_MEMBER => &person.sessions,
            Some(_) | None => return Ok(None),
        };
        let is_lost = |it: &&SessionId| self.seats.get(it).is_some_and(|it| it.lane.is_none());
        sessions
            .iter()
            .find(is_lost)
            .copied()
            .map(Some)
            .ok_or(TooMany)
    }
}

/// Somebody has as many sessions here as it may have, and all of them are connected.
#[derive(Debug)]
pub(super) struct TooMany;
