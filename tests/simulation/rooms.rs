//! The rooms of a run: two public ones, and a private one. Who keeps to no rule tries the private one by
//! its name, or with another secret, too, and is somewhere else then.

use chinwag::ids::{RoomName, RoomSecret};
use chinwag::wire::raw::RoomRef;

use crate::random::Random;

pub(crate) const ROOMS: [&str; 3] = ["Lobby", "Kitchen", "den"];
const PRIVATE: &str = "Kitchen";
const SECRET: RoomSecret = RoomSecret([7; 32]);
const WRONG: RoomSecret = RoomSecret([8; 32]);

/// How those who may be there name it.
pub(crate) fn named(room: &str) -> RoomRef {
    match room {
        PRIVATE => private(SECRET, room),
        public => RoomRef::Named(public.to_owned()),
    }
}

/// How somebody names it who may know nothing but its name.
pub(crate) fn guessed(room: &str, random: &mut Random) -> RoomRef {
    match random.below(3) {
        0 => named(room),
        1 => RoomRef::Named(room.to_owned()),
        _ => private(WRONG, room),
    }
}

fn private(key: RoomSecret, room: &str) -> RoomRef {
    let name = room.to_owned();
    RoomRef::Private { key, name }
}

/// The server's key of it, as the judge writes it.
pub(crate) fn key(room: &str) -> String {
    let name = match named(room) {
        RoomRef::Named(name) => RoomName::parse(&name),
        RoomRef::Private { key, name } => RoomName::private(&key.0, &name),
    };
    let name = name.expect("its name is one that a room may have");
    name.key().to_owned()
}
