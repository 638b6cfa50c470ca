//! Inviting a member of a room to a private one.
//!
//! Decides who is told, and when. An invitation is passed on and not kept: it goes to a member
//! who is here, and waits only for one whose connection is lost, as long as the name is held.
//! Invariant: what opens a private room is in memory only while it waits here, and goes to
//! nobody but the one who is invited.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::limits::{BUSY_RETRY, INVITATIONS_EACH, INVITATIONS_HELD, INVITE_RATE};
use super::refusal::{refuse, refuse_for};
use super::{LaneRef, Turn};
use crate::ids::{Flaw, MemberId, RoomId, RoomName, RoomSecret, SessionId};
use crate::wire::event::{Event, Member, Refusal, RefusalCode};

/// What one member sends another.
#[derive(Clone, Debug, PartialEq)]
struct Invitation {
    from: Member,
    key: RoomSecret,
    name: Arc<str>,
}

/// Those that wait for members whose connections are lost, by seat.
#[derive(Debug, Default)]
pub(super) struct Invitations {
    held: BTreeMap<(SessionId, RoomId), Vec<Invitation>>,
    count: usize,
}

impl Invitations {
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Keeps it, once, if there is a place.
    fn hold(&mut self, seat: (SessionId, RoomId), invitation: Invitation) -> bool {
        let waiting = self.held.get(&seat).map_or(&[][..], Vec::as_slice);
        if waiting.contains(&invitation) {
            return true;
        }
        if waiting.len() >= INVITATIONS_EACH || self.count >= INVITATIONS_HELD {
            return false;
        }
        self.held.entry(seat).or_default().push(invitation);
        self.count += 1;
        true
    }

    fn take(&mut self, seat: (SessionId, RoomId)) -> Vec<Invitation> {
        let taken = self.held.remove(&seat).unwrap_or_default();
        self.count -= taken.len();
        taken
    }

    /// The seat is gone, and what waited for it.
    pub(super) fn drop_for(&mut self, session: SessionId, room: RoomId) {
        self.take((session, room));
    }
}

impl Turn<'_> {
    pub(super) fn invite(
        &mut self,
        from: LaneRef,
        to: MemberId,
        room: (RoomSecret, Result<RoomName, Flaw>),
    ) {
        if let Err(refusal) = self.pass_on(from, to, room) {
            self.reject(from, refusal);
        }
    }

    fn pass_on(
        &mut self,
        from: LaneRef,
        to: MemberId,
        (key, name): (RoomSecret, Result<RoomName, Flaw>),
    ) -> Result<(), Refusal> {
        let seat = self.seat(from);
        let (session, room_id) = seat.ok_or_else(|| refuse(RefusalCode::NotJoined))?;
        let name = name.map_err(|_| refuse(RefusalCode::RoomInvalid))?;
        let now = self.now.instant;
        let inviting = &mut self.session_mut(session).inviting;
        let slow_down = |wait| refuse_for(RefusalCode::TooFast, wait);
        inviting.take(INVITE_RATE, now).map_err(slow_down)?;
        let room = self.room_mut(room_id);
        let from = room.people.person_of(session);
        let invitation = Invitation {
            from: from.expect("a seat is somebody's who is here").shown(),
            key,
            name: name.shown(),
        };
        match &room.people.sessions_of(to)[..] {
            [] => Err(refuse(RefusalCode::NotHere)),
            sessions => self.deliver_to(sessions, room_id, &invitation),
        }
    }

    /// All sessions of a member are told, at once or when they are back; one is enough.
    fn deliver_to(
        &mut self,
        sessions: &[SessionId],
        room: RoomId,
        invitation: &Invitation,
    ) -> Result<(), Refusal> {
        let mut is_told = false;
        for session in sessions {
            is_told |= self.deliver((*session, room), invitation.clone());
        }
        match is_told {
            true => Ok(()),
            false => Err(refuse_for(RefusalCode::Busy, BUSY_RETRY)),
        }
    }

    /// Whether the invitation was passed on or is kept.
    fn deliver(&mut self, seat: (SessionId, RoomId), invitation: Invitation) -> bool {
        let there = self.room_mut(seat.1).people.seat(seat.0);
        match there.and_then(|there| there.lane) {
            Some(lane) => {
                self.send(lane, invited(invitation));
                true
            }
            None => self.chat.invitations.hold(seat, invitation),
        }
    }

    /// Tells whoever takes its seat again what has come meanwhile.
    pub(super) fn tell_invitations(&mut self, to: LaneRef, seat: (SessionId, RoomId)) {
        for invitation in self.chat.invitations.take(seat) {
            self.send(to, invited(invitation));
        }
    }
}

fn invited(invitation: Invitation) -> Event {
    Event::Invited {
        from: invitation.from,
        key: invitation.key,
        name: invitation.name,
    }
}
