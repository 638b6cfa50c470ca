//! Who somebody is in a room: a person, and the sessions that the person is there with.
//!
//! Decides how ids that others may see are derived from what they must not. Invariant: an id
//! cannot be linked across rooms, and nobody gets from it back to what it is derived from.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{RoomName, SAFE_INTEGER, SessionId};

/// What proves that several sessions are one person: 32 random bytes that they share. Never
/// stored, never logged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MemberSecret(pub [u8; 32]);

impl fmt::Debug for MemberSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemberSecret(..)")
    }
}

/// What a server mixes into the ids of members, and tells nobody: without it whoever sees an id,
/// which is short, could search for another secret that gives the same one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pepper(pub [u8; 32]);

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(..)")
    }
}

/// A member as others see it: stable for one person in one room, over sessions, and not
/// linkable across rooms. Below 2^53.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct MemberId(pub u64);

impl MemberId {
    /// Derives the id of whoever has `secret` in `room` (SHA-256, first 53 bits).
    #[must_use]
    pub fn derive(pepper: &Pepper, secret: &MemberSecret, room: &RoomName) -> Self {
        Self(derived(&[&pepper.0, &secret.0], room))
    }
}

/// One session of a member in one room, as others see it: it tells apart what several of a
/// person's sessions have numbered. Below 2^53.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct SeatId(pub u64);

impl SeatId {
    /// Derives the id of `session` in `room` (SHA-256, first 53 bits).
    #[must_use]
    pub fn derive(session: SessionId, room: &RoomName) -> Self {
        Self(derived(&[&session.0.to_le_bytes()], room))
    }
}

fn derived(secrets: &[&[u8]], room: &RoomName) -> u64 {
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    secrets.iter().for_each(|secret| hash.update(secret));
    hash.update(room.key().as_bytes());
    let digest = hash.finish();
    let first: [u8; 8] = digest.as_ref()[..8]
        .try_into()
        .expect("a SHA-256 digest has 32 bytes");
    u64::from_le_bytes(first) % SAFE_INTEGER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_and_a_session_are_not_linkable_across_rooms() {
        let room = |name| RoomName::parse(name).unwrap();
        let pepper = Pepper([1; 32]);
        let member = |name| MemberId::derive(&pepper, &MemberSecret([7; 32]), &room(name));
        let seat = |name| SeatId::derive(SessionId(7), &room(name));
        assert_eq!(member("Lobby"), member("lobby "));
        assert_ne!(member("Lobby"), member("den"));
        assert_eq!(seat("Lobby"), seat("lobby "));
        assert_ne!(seat("Lobby"), seat("den"));
        let other = MemberId::derive(&pepper, &MemberSecret([8; 32]), &room("Lobby"));
        assert_ne!(member("Lobby"), other);
        let elsewhere = Pepper([2; 32]);
        let elsewhere = MemberId::derive(&elsewhere, &MemberSecret([7; 32]), &room("Lobby"));
        assert_ne!(member("Lobby"), elsewhere);
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(format!("{:?}", Pepper([7; 32])), "Pepper(..)");
        assert_eq!(format!("{:?}", MemberSecret([7; 32])), "MemberSecret(..)");
    }
}
