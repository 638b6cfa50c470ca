//! Memberships in memory: who is in which room, in the order of joining.
//!
//! Decides nothing. Invariant: a session is in a room once, and a name is one person's.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::ids::{MemberId, Nick, RoomName, SessionId};

/// All members of all rooms. Keyed by when they joined, and found by who and by name.
#[derive(Default)]
pub(super) struct Members {
    by_order: BTreeMap<u64, Member>,
    by_session: BTreeMap<(SessionId, Arc<str>), u64>,
    by_name: HashMap<(Arc<str>, Arc<str>), BTreeSet<u64>>,
    last: u64,
}

/// One session in one room, and the person that it is there.
pub(super) struct Member {
    pub(super) session: SessionId,
    pub(super) room: RoomName,
    pub(super) id: MemberId,
    pub(super) nick: Nick,
}

impl Members {
    pub(super) fn len(&self) -> usize {
        self.by_order.len()
    }

    /// Everyone, in the order of joining.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &Member> {
        self.by_order.values()
    }

    /// Adds a member as the last; its earlier membership, and another person who had its name,
    /// goes.
    pub(super) fn join(&mut self, member: Member) {
        let room: Arc<str> = member.room.key().into();
        let whose = (member.session, room.clone());
        let name = (room, member.nick.key().into());
        let earlier = self.by_session.get(&whose).copied();
        for order in self
            .others_called(&name, member.id)
            .into_iter()
            .chain(earlier)
        {
            self.remove(order);
        }
        self.last += 1;
        self.by_session.insert(whose, self.last);
        self.by_name.entry(name).or_default().insert(self.last);
        self.by_order.insert(self.last, member);
    }

    /// The places of other persons than this one with that name in that room.
    fn others_called(&self, name: &(Arc<str>, Arc<str>), id: MemberId) -> Vec<u64> {
        let called = self.by_name.get(name).into_iter().flatten().copied();
        called
            .filter(|order| self.by_order[order].id != id)
            .collect()
    }

    pub(super) fn leave(&mut self, session: SessionId, room: &RoomName) {
        let found = self.by_session.get(&(session, room.key().into()));
        if let Some(order) = found.copied() {
            self.remove(order);
        }
    }

    pub(super) fn leave_all(&mut self, session: SessionId) {
        let first = (session, Arc::from(""));
        let rooms = self.by_session.range(first..);
        let orders: Vec<u64> = rooms
            .take_while(|((whose, _), _)| *whose == session)
            .map(|(_, order)| *order)
            .collect();
        for order in orders {
            self.remove(order);
        }
    }

    fn remove(&mut self, order: u64) {
        let Some(member) = self.by_order.remove(&order) else {
            return;
        };
        let room: Arc<str> = member.room.key().into();
        self.by_session.remove(&(member.session, room.clone()));
        let name = (room, member.nick.key().into());
        if let Some(orders) = self.by_name.get_mut(&name) {
            orders.remove(&order);
            if orders.is_empty() {
                self.by_name.remove(&name);
            }
        }
    }
}
