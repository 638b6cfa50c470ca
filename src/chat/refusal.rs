//! What clients are told when something is not to be: a code, a sentence, whether to retry.

use std::time::Duration;

use super::limits::{AGAIN_RETRY, BUSY_RETRY, DRAIN_RETRY, ROOMS_PER_SESSION};
use crate::ids::{BODY_CHARS, BYTES_PER_GRAPHEME, Flaw, NICK_GRAPHEMES, ROOM_GRAPHEMES};
use crate::wire::command::Kind;
use crate::wire::event::{Bye, ByeCode, Refusal, RefusalCode, Retry};

const ELSEWHERE: &str = "This session goes on in another place.";

/// A refusal that no retry will change.
pub(super) fn refuse(code: RefusalCode) -> Refusal {
    Refusal {
        code,
        text: sentence(code).into(),
        retry: false,
        retry_after_ms: 0,
    }
}

/// A refusal that lasts for a while.
pub(super) fn refuse_for(code: RefusalCode, wait: Duration) -> Refusal {
    Refusal {
        retry: true,
        retry_after_ms: millis(wait),
        ..refuse(code)
    }
}

/// What is wrong with a message or a position.
pub(super) fn content_code(kind: Kind, flaw: Flaw) -> RefusalCode {
    match (kind, flaw) {
        (Kind::Location, Flaw::Blank | Flaw::TooLong | Flaw::Unprintable) => {
            RefusalCode::NotOnGlobe
        }
        (Kind::Reaction, Flaw::Blank | Flaw::TooLong | Flaw::Unprintable) => {
            RefusalCode::NotAnEmoji
        }
        (Kind::Text, Flaw::Blank) => RefusalCode::Blank,
        (Kind::Text, Flaw::TooLong) => RefusalCode::TooLong,
        (Kind::Text, Flaw::Unprintable) => RefusalCode::Unprintable,
    }
}

pub(super) fn draining() -> Bye {
    bye(
        ByeCode::Draining,
        "The server is restarting.",
        after(DRAIN_RETRY),
    )
}

pub(super) fn replaced() -> Bye {
    bye(ByeCode::Replaced, ELSEWHERE, Retry::Stop)
}

/// The other place may be an attempt that the same client has given up: should it be the
/// one that is replaced, it comes back.
pub(super) fn replaced_by_itself() -> Bye {
    bye(ByeCode::Replaced, ELSEWHERE, after(AGAIN_RETRY))
}

pub(super) fn full() -> Bye {
    bye(ByeCode::Full, "The server is full.", after(BUSY_RETRY))
}

pub(super) fn unavailable() -> Bye {
    bye(
        ByeCode::Draining,
        "The server cannot read its history right now.",
        after(BUSY_RETRY),
    )
}

pub(super) fn goodbye() -> Bye {
    bye(ByeCode::Goodbye, "Goodbye.", Retry::Stop)
}

pub(super) fn token_reused() -> Bye {
    bye(
        ByeCode::TokenReused,
        "This session was resumed with a token that was used up; it is over.",
        Retry::Stop,
    )
}

pub(super) fn second_hello() -> Bye {
    bye(
        ByeCode::Malformed,
        "Hello is said once, first.",
        Retry::Stop,
    )
}

pub(super) fn too_eager() -> Bye {
    bye(
        ByeCode::Malformed,
        "Too many commands before the welcome.",
        Retry::Stop,
    )
}

fn bye(code: ByeCode, text: &str, retry: Retry) -> Bye {
    Bye {
        code,
        text: text.into(),
        retry,
    }
}

fn after(wait: Duration) -> Retry {
    Retry::After(millis(wait))
}

fn millis(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().max(1)).unwrap_or(u32::MAX)
}

/// Both bounds: a name of few characters can be too long by its bytes alone.
fn invalid(what: &str, most: usize) -> String {
    let bytes = most * BYTES_PER_GRAPHEME;
    format!(
        "{what} has at most {most} characters in at most {bytes} bytes, and none that cannot be seen."
    )
}

fn sentence(code: RefusalCode) -> String {
    match code {
        RefusalCode::NameOrRoomMissing => "Username and room are required!".into(),
        RefusalCode::NameInvalid => invalid("A name", NICK_GRAPHEMES),
        RefusalCode::RoomInvalid => invalid("A room's name", ROOM_GRAPHEMES),
        RefusalCode::NameInUse => "Username is in use!".into(),
        RefusalCode::NameReserved => "This name is reserved.".into(),
        RefusalCode::RoomFull => "The room is full.".into(),
        RefusalCode::TooManyRooms => {
            format!("You can be in at most {ROOMS_PER_SESSION} rooms at a time.")
        }
        RefusalCode::ServerFull => "The server is full.".into(),
        RefusalCode::NotJoined => "Join a room first.".into(),
        RefusalCode::AlreadyJoined => "This lane already has a room.".into(),
        RefusalCode::Profanity => "Profanity is not allowed!".into(),
        RefusalCode::Blank => "A message cannot be blank.".into(),
        RefusalCode::TooLong => format!("A message has at most {BODY_CHARS} characters."),
        RefusalCode::Unprintable => "The message holds characters that cannot be shown.".into(),
        RefusalCode::NotOnGlobe => "This position is not on the globe.".into(),
        RefusalCode::NumberSkipped => "A message before this one is missing.".into(),
        RefusalCode::TooFast => "You are sending too fast.".into(),
        RefusalCode::LogUnavailable => "The message cannot be stored right now.".into(),
        RefusalCode::Busy => "The question before this one is not answered yet.".into(),
        RefusalCode::NotYours => "This message is somebody else's.".into(),
        RefusalCode::NotThere => "This message is not there any more.".into(),
        RefusalCode::TooManyReactions => "This message bears as many reactions as it may.".into(),
        RefusalCode::NotAnEmoji => "A reaction is one emoji.".into(),
        RefusalCode::NotHere => "There is nobody of that name here any more.".into(),
    }
}
