//! What a room's log holds, as clients see it: entries and the pages they come in.
//!
//! The order of variants and fields *is* the protocol (see `docs/protocol.md`): append
//! only, and only with a new version.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::event::Member;
use crate::ids::{MemberId, Number, SeatId, Seq, Timestamp};

/// A run of entries without gaps, oldest first, each in the state that it had when `as_of`
/// was the newest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Whether there are older ones.
    pub more: bool,
    /// Whether there are newer ones.
    pub newer: bool,
    /// The room's newest sequence number when the page was put together.
    pub as_of: Seq,
}

/// One entry of a room's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the room's log.
    pub seq: Seq,
    /// When the server took it.
    pub at: Timestamp,
    /// The member who wrote it.
    pub author: MemberId,
    /// The number that the author's session gave it, by which that session knows it again.
    pub number: Number,
    /// The author's name at that time.
    pub nick: Arc<str>,
    /// What was said; on a page, as it stands by then.
    pub content: Content,
    /// On a page: when the message was edited last, if ever.
    pub edited: Option<Timestamp>,
    /// On a page: who has reacted, in the order in which each emoji came first.
    pub reactions: Vec<Reaction>,
    /// Which session of its author wrote it.
    pub seat: SeatId,
}

/// One emoji on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// One emoji.
    pub emoji: Arc<str>,
    /// Who reacted with it, in the order of reacting, under the names of that time.
    pub by: Vec<Member>,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// A message, shown as text and never as markup.
    Text {
        /// As written.
        body: Arc<str>,
        /// The message that it answers, if any.
        reply: Option<Seq>,
    },
    /// A position on the globe, in degrees.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    },
    /// The text of the author's own earlier message is another one.
    Edit {
        /// Which message.
        of: Seq,
        /// Its text from now on; on a page, its text by then.
        body: Arc<str>,
    },
    /// The author's own earlier message is no more.
    Delete {
        /// Which message.
        of: Seq,
    },
    /// The author reacts to a message, or takes it back.
    React {
        /// Which message.
        of: Seq,
        /// One emoji.
        emoji: Arc<str>,
        /// Whether it is there from now on.
        on: bool,
    },
    /// What the room is about from now on.
    Topic {
        /// At most 200 characters; empty for nothing.
        text: Arc<str>,
    },
    /// Only from the server: in the place of a message that was deleted.
    Deleted,
    /// Only from the server: in the place of an edit of a message that was deleted.
    Emptied,
}

impl Content {
    /// A message that answers no other.
    #[must_use]
    pub fn text(body: impl Into<Arc<str>>) -> Self {
        Self::Text {
            body: body.into(),
            reply: None,
        }
    }

    /// The text of a message or of an edit.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        match self {
            Self::Text { body, .. } | Self::Edit { body, .. } => Some(body),
            Self::Location { .. }
            | Self::Delete { .. }
            | Self::React { .. }
            | Self::Topic { .. }
            | Self::Deleted
            | Self::Emptied => None,
        }
    }
}
