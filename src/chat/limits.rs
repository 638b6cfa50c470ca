//! Every bound of the chat, each beside its reason.

use std::time::Duration;

use crate::ids::{BODY_CHARS, NICK_GRAPHEMES, ROOM_GRAPHEMES};
use crate::wire::MAX_FRAME;
use crate::wire::event::Limits;

/// Rooms one session may be in at a time: more than a person can follow, and the number of
/// streams that the transport allows beside the control lane.
pub const ROOMS_PER_SESSION: usize = 64;

/// Members of one room: beyond this the list itself is a flood for whoever joins.
pub const MEMBERS_PER_ROOM: usize = 10_000;

/// Numbered commands that may be unanswered for one session in one room: fills a link of
/// 100 ms at 640 messages a second, and bounds what a crash can leave open.
pub const WINDOW: u64 = 64;

/// How long a name is held for a lost connection: outlasts a reload, a change of network and
/// a server's restart, without keeping a name from others for long.
pub const GRACE: Duration = Duration::from_secs(15);

/// Commands that may wait on a connection until its session is found: a resume of every room
/// in one round trip, with a full window of messages in one of them.
pub const EARLY_COMMANDS: usize = ROOMS_PER_SESSION + 2 * WINDOW as usize;

/// Rooms whose numbers a session keeps in memory after it has left them; older ones are read
/// back from the log.
pub const NUMBERS_KEPT: usize = 2 * ROOMS_PER_SESSION;

/// Members in one part of the list: 200 of the longest names fit a frame.
pub const ROSTER_PART: usize = 200;

/// Larger rooms are not told who is writing: it would be a flood and help nobody.
pub const TYPING_MEMBERS: usize = 100;

/// A member's writing is told at most once in this time.
pub const TYPING_EVERY: Duration = Duration::from_secs(2);

/// Entries in one page of history.
pub const PAGE_ENTRIES: u16 = 100;

/// Names offered instead of one that is taken.
pub const SUGGESTIONS: usize = 2;

/// Names tried for these: who fills a room with all the obvious ones gains nothing.
pub const SUGGESTIONS_TRIED: usize = 16;

/// When clients shall come back after a drain, at the latest; they spread themselves over
/// the second half of it.
pub const DRAIN_RETRY: Duration = Duration::from_secs(2);

/// When a client shall try again if the server is full or its log is.
pub const BUSY_RETRY: Duration = Duration::from_secs(5);

/// How soon a session that ended its grace with records under way is looked at again.
pub const LINGER: Duration = Duration::from_secs(1);

/// A session that goes on sending is stored as seen once a day, in milliseconds: often enough
/// to be remembered, and too rarely to cost anything.
pub const SEEN_AGAIN_MS: i64 = 24 * 60 * 60 * 1_000;

/// What clients are told of all this.
pub(super) fn told() -> Limits {
    Limits {
        frame_bytes: small(MAX_FRAME),
        body_chars: small(BODY_CHARS),
        nick_graphemes: small(NICK_GRAPHEMES),
        room_graphemes: small(ROOM_GRAPHEMES),
        rooms: small(ROOMS_PER_SESSION),
        window: u32::try_from(WINDOW).expect("the window fits u32"),
        grace_ms: u32::try_from(GRACE.as_millis()).expect("the grace fits u32"),
    }
}

fn small(bound: usize) -> u32 {
    u32::try_from(bound).expect("bounds fit u32")
}
