//! Why something is not to be, as clients are told.
//!
//! The order of variants and fields *is* the protocol (see `docs/protocol.md`): append
//! only, and only with a new version.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A refusal: a code for programs, a sentence for people, and whether trying again helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The reason, for programs.
    pub code: RefusalCode,
    /// The reason, for people.
    pub text: Arc<str>,
    /// Whether the same command may succeed later.
    pub retry: bool,
    /// If so, after how many milliseconds at the earliest.
    pub retry_after_ms: u32,
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RefusalCode {
    /// The name or the room is empty.
    NameOrRoomMissing,
    /// The name is too long or holds what cannot be seen.
    NameInvalid,
    /// The room's name is too long or holds what cannot be seen.
    RoomInvalid,
    /// The name is in use in this room, or looks like one that is.
    NameInUse,
    /// The name is kept for the service itself.
    NameReserved,
    /// The room holds as many members as it may.
    RoomFull,
    /// The session is in as many rooms as it may be.
    TooManyRooms,
    /// The server holds as many rooms as it may.
    ServerFull,
    /// The lane has no room, or the command does not belong on this lane.
    NotJoined,
    /// The lane already has a room.
    AlreadyJoined,
    /// The message holds a word on the filter's list.
    Profanity,
    /// The message is blank.
    Blank,
    /// The message is too long.
    TooLong,
    /// The message holds characters that cannot be shown.
    Unprintable,
    /// The position is not on the globe.
    NotOnGlobe,
    /// A number before this one has not arrived, or was not accepted.
    NumberSkipped,
    /// Too many commands in too short a time.
    TooFast,
    /// The log cannot take entries at the moment.
    LogUnavailable,
    /// The previous question of this kind is not answered yet.
    Busy,
    /// The message is somebody else's.
    NotYours,
    /// There is no such message, or it is deleted.
    NotThere,
    /// The message bears as many reactions as it may.
    TooManyReactions,
    /// It is not exactly one emoji.
    NotAnEmoji,
    /// There is no such member here.
    NotHere,
}

impl RefusalCode {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NameOrRoomMissing => "name_or_room_missing",
            Self::NameInvalid => "name_invalid",
            Self::RoomInvalid => "room_invalid",
            Self::NameInUse => "name_in_use",
            Self::NameReserved => "name_reserved",
            Self::RoomFull => "room_full",
            Self::TooManyRooms => "too_many_rooms",
            Self::ServerFull => "server_full",
            Self::NotJoined => "not_joined",
            Self::AlreadyJoined => "already_joined",
            Self::Profanity => "profanity",
            Self::Blank => "blank",
            Self::TooLong => "too_long",
            Self::Unprintable => "unprintable",
            Self::NotOnGlobe => "not_on_globe",
            Self::NumberSkipped => "number_skipped",
            Self::TooFast => "too_fast",
            Self::LogUnavailable => "log_unavailable",
            Self::Busy => "busy",
            Self::NotYours => "not_yours",
            Self::NotThere => "not_there",
            Self::TooManyReactions => "too_many_reactions",
            Self::NotAnEmoji => "not_an_emoji",
            Self::NotHere => "not_here",
        }
    }
}
