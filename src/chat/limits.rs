//! Every bound of the chat, each beside its reason.

use std::time::Duration;

use super::rate::Rate;
use crate::ids::{BODY_CHARS, NICK_GRAPHEMES, ROOM_GRAPHEMES};
use crate::wire::MAX_FRAME;
use crate::wire::event::Limits;

/// Rooms one session may be in at a time: more than a person can follow, and the number of
/// streams that the transport allows beside the control lane.
pub const ROOMS_PER_SESSION: usize = 64;

/// Members of one room: beyond this the list itself is a flood for whoever joins.
pub const MEMBERS_PER_ROOM: usize = 10_000;

/// Sessions that one person may be in a room with: the tabs and devices that somebody has open at
/// a time, twice over. Each one is a lane for every message, so they are not free.
pub const SEATS_PER_MEMBER: usize = 16;

/// Numbered commands that may be unanswered for one session in one room: fills a link of
/// 100 ms at 640 messages a second, and bounds what a crash can leave open.
pub const WINDOW: u64 = 64;

/// How long a name is held for a lost connection: outlasts a reload, a change of network and
/// a server's restart, without keeping a name from others for long.
pub const GRACE: Duration = Duration::from_secs(15);

/// Commands that may wait on a connection until its session is found: a resume of every room
/// in one round trip, with a full window of messages in one of them.
pub const EARLY_COMMANDS: usize = ROOMS_PER_SESSION + 2 * WINDOW as usize;

/// Tokens that a session remembers beside its current and its previous one, while it is in
/// memory: a copy is noticed although its owner has come back so often meanwhile.
pub const USED_TOKENS: usize = 16;

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

/// Searches of one session: over all of its rooms twice in a row, and then a few rooms' worth each
/// second. A search takes the log up to some ten milliseconds.
pub(super) const SEARCHES: Rate = Rate {
    per_second: 32,
    burst: 2 * ROOMS_PER_SESSION as u32,
};

/// Rooms in one answer of the directory: more than a person reads before typing a part of
/// the name. Fewer, if their names and topics do not fit a frame.
pub const DIRECTORY_ROOMS: u16 = 100;

/// Rooms that are looked through for a part of a name, the largest first: some 1 ms. What is
/// beyond is found by its whole name, by joining it.
pub const DIRECTORY_SCAN: usize = 10_000;

/// How often one session may ask for rooms: once for each key that is typed, for a while.
pub(super) const DIRECTORY_RATE: Rate = Rate {
    per_second: 4,
    burst: 12,
};

/// How often one session may invite: whoever comes back to all its rooms may invite in each
/// of them at once.
pub(super) const INVITE_RATE: Rate = Rate {
    per_second: 1,
    burst: ROOMS_PER_SESSION as u32,
};

/// Invitations that wait for one lost member in one room.
pub const INVITATIONS_EACH: usize = 8;

/// Invitations that wait for lost members over all rooms: some 4 MiB with the longest names.
pub const INVITATIONS_HELD: usize = 4_096;

/// Larger rooms are not told who is away: in a room of a thousand, where everybody goes and
/// comes back every five minutes, that is already seven changes a second for everybody.
pub const AWAY_MEMBERS: usize = 1_000;

/// How often the rooms of one session are told that it is away or back.
pub(super) const AWAY_RATE: Rate = Rate {
    per_second: 1,
    burst: 4,
};

/// How often a member's other sessions are told how far it has read, so that they know it within a
/// quarter of a second.
pub(super) const READ_RATE: Rate = Rate {
    per_second: 4,
    burst: 2,
};

/// How long the log waits for how far somebody has read: a record for each screenful would be as
/// many as there are messages.
pub const READ_KEPT_EVERY: Duration = Duration::from_secs(10);

/// Different emoji on one message: what a line below it holds.
pub const REACTION_EMOJI: usize = 20;

/// Reactions to one message: all of them are told by name.
pub const REACTIONS: usize = 200;

/// Most bytes of reactions to one message, so that it fits a page with the longest text there
/// is: 200 of names of a usual length come to a third of it.
pub const REACTIONS_BYTES: usize = 30_000;

/// Names offered instead of one that is taken.
pub const SUGGESTIONS: usize = 2;

/// Names tried for these: who fills a room with all the obvious ones gains nothing.
pub const SUGGESTIONS_TRIED: usize = 16;

/// When clients shall come back after a drain, at the latest; they spread themselves over
/// the second half of it.
pub const DRAIN_RETRY: Duration = Duration::from_secs(2);

/// When a client shall try again if the server is full or its log is.
pub const BUSY_RETRY: Duration = Duration::from_secs(5);

/// When a client shall come back whose connection was replaced by an older `Hello` of its own.
pub const AGAIN_RETRY: Duration = Duration::from_secs(1);

/// How soon a session that ended its grace with records under way is looked at again.
pub const LINGER: Duration = Duration::from_secs(1);

/// Sessions and memberships that a full log is told of later: every member of a busy server.
/// For those beyond, a restart holds a name that is free, or lets one go.
pub const OWED: usize = 20_000;

/// How many of those follow one commit that succeeded: a part of one group, because messages
/// go first.
pub const REPAID: usize = 64;

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
