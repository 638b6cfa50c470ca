//! The public rooms that somebody is in.
//!
//! Decides what the directory shows. A private room is not hidden in it: it never comes in.
//! Invariant: a public room with members stands here once, in the place of its size.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::limits::{DIRECTORY_RATE, DIRECTORY_ROOMS, DIRECTORY_SCAN};
use super::refusal::{refuse, refuse_for};
use super::room::Room;
use super::{LaneRef, Turn};
use crate::ids::{Flaw, LaneId, RoomId, fold};
use crate::record::PAGE_BYTES;
use crate::wire::event::{Event, RefusalCode, RoomCard};
use crate::wire::text::SearchText;

/// Those with most members first, then by name. Bounded by the rooms in memory.
#[derive(Debug, Default)]
pub(super) struct Directory {
    places: BTreeSet<Place>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    members: Reverse<usize>,
    key: Arc<str>,
    room: RoomId,
}

impl Place {
    fn new(members: usize, id: RoomId, room: &Room) -> Self {
        Self {
            members: Reverse(members),
            key: room.name.key().into(),
            room: id,
        }
    }
}

impl Directory {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The room has changed from `before` members to those that it has now.
    fn resize(&mut self, id: RoomId, room: &Room, before: usize) {
        if room.name.is_private() {
            return;
        }
        self.places.remove(&Place::new(before, id, room));
        if room.len() > 0 {
            self.places.insert(Place::new(room.len(), id, room));
        }
    }

    /// The rooms with this in their names, in order, among the largest.
    fn like<'a>(&'a self, part: &'a str) -> impl Iterator<Item = RoomId> + 'a {
        self.places
            .iter()
            .take(DIRECTORY_SCAN)
            .filter(move |place| place.key.contains(part))
            .map(|place| place.room)
    }
}

/// What the answer holds so far.
#[derive(Default)]
struct Listing {
    rooms: Vec<RoomCard>,
    bytes: usize,
}

impl Listing {
    /// Adds a room if there is a place for it.
    fn add(&mut self, room: &Room, limit: usize) -> bool {
        let card = card_of(room);
        self.bytes += 20 + card.name.len() + card.topic.len();
        let fits = self.rooms.len() < limit && self.bytes <= PAGE_BYTES;
        if fits {
            self.rooms.push(card);
        }
        fits
    }
}

impl Turn<'_> {
    /// Answers from memory, so there is no question under way: who asks too often is told
    /// to wait instead.
    pub(super) fn rooms(&mut self, from: LaneRef, like: Result<SearchText, Flaw>, limit: u16) {
        let session = self.chat.conns.get(&from.conn).and_then(|it| it.session());
        let Some(session) = session.filter(|_| from.lane == LaneId::CONTROL) else {
            return self.reject(from, refuse(RefusalCode::NotJoined));
        };
        let now = self.now.instant;
        let asking = &mut self.session_mut(session).asking;
        if let Err(wait) = asking.take(DIRECTORY_RATE, now) {
            return self.reject(from, refuse_for(RefusalCode::Busy, wait));
        }
        let answer = match like {
            Ok(like) => self.list(&like, limit),
            Err(_) => list_of(Listing::default(), false), // No name is as long as that.
        };
        self.send(from, answer);
    }

    fn list(&self, like: &SearchText, limit: u16) -> Event {
        let part = fold(like.as_str());
        let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
        let limit = usize::from(limit.clamp(1, DIRECTORY_ROOMS));
        let mut listing = Listing::default();
        let directory = &self.chat.directory;
        let all_fit = directory
            .like(&part)
            .filter_map(|id| self.chat.rooms.get(&id))
            .all(|room| listing.add(room, limit));
        list_of(listing, !all_fit || directory.len() > DIRECTORY_SCAN)
    }

    /// Gives the room its place by the number of its members, which was `before`.
    pub(super) fn resized(&mut self, id: RoomId, before: usize) {
        if let Some(room) = self.chat.rooms.get(&id) {
            self.chat.directory.resize(id, room, before);
        }
    }
}

fn list_of(listing: Listing, more: bool) -> Event {
    Event::Rooms {
        rooms: listing.rooms,
        more,
    }
}

fn card_of(room: &Room) -> RoomCard {
    RoomCard {
        name: room.shown(),
        topic: room.topic(),
        members: u32::try_from(room.len()).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_largest_rooms_are_looked_through() {
        let place = |n: usize| Place {
            members: Reverse(2 * DIRECTORY_SCAN - n),
            key: format!("room {n}").into(),
            room: RoomId(n as u64),
        };
        let places = (0..=DIRECTORY_SCAN).map(place).collect();
        let directory = Directory { places };
        let found = |n: usize| directory.like(&format!("room {n}")).count();
        assert_eq!(found(DIRECTORY_SCAN - 1), 1);
        assert_eq!(found(DIRECTORY_SCAN), 0);
        assert_eq!(directory.like("").count(), DIRECTORY_SCAN);
    }
}
