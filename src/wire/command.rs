//! Commands after parsing: every text has become its newtype or the flaw that kept it
//! from becoming one, so that `chat` decides what the client is told.

use std::sync::Arc;

use crate::ids::{
    Body, Flaw, MemberId, MemberSecret, Nick, Number, Position, RoomName, RoomSecret, Seq,
    Timestamp, TokenHash,
};

use super::event::{Content, Cursor};
use super::raw::{Hello, MoveReason, Range, RawCommand, RoomRef, Transport};
use super::text::{Emoji, SearchText, Topic};

/// A parsed command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// First frame on the control lane.
    Hello(Greeting),
    /// Goodbye for good.
    Bye,
    /// Asks for a pong.
    Ping {
        /// Given back as it is.
        nonce: u64,
    },
    /// First frame on a room's lane.
    Join(Join),
    /// Leaves the lane's room.
    Leave,
    /// Says something in the lane's room.
    Send {
        /// The session's number for it in this room.
        number: Number,
        /// What is said, or what is wrong with it.
        content: Result<Saying, (Kind, Flaw)>,
        /// What the word filter found in it.
        tone: Tone,
    },
    /// Asks for a page.
    History {
        /// Which part of the log.
        range: Range,
        /// At most so many.
        limit: u16,
    },
    /// The member is writing.
    Typing,
    /// The session goes on over this connection after another one. It ends at the connection,
    /// which counts it.
    Moved {
        /// What carried the session before.
        from: Transport,
        /// Why the client left it.
        reason: MoveReason,
    },
    /// Asks for single entries: at most [`LOOK_SEQS`].
    Look {
        /// Which.
        seqs: Vec<Seq>,
    },
    /// Searches the lane's room, unless what is sought is flawed.
    Search(Result<Search, Flaw>),
    /// Asks for public rooms with members.
    Rooms {
        /// A part of the folded name, or what is wrong with it; may be empty.
        like: Result<SearchText, Flaw>,
        /// At most so many.
        limit: u16,
    },
    /// Invites a member of the lane's room to a private room.
    Invite {
        /// Whom.
        to: MemberId,
        /// What opens the room.
        key: RoomSecret,
        /// What the room is called, or what is wrong with that.
        name: Result<RoomName, Flaw>,
    },
    /// Says whether the person is away, in all rooms.
    Away {
        /// Away, or back.
        away: bool,
    },
    /// Says how far the person has read the lane's room.
    Read {
        /// The last entry read.
        seq: Seq,
    },
}

/// A parsed `Search`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// What is sought; may be empty.
    pub text: SearchText,
    /// Only what was said under this name.
    pub from: Option<Nick>,
    /// Only what was said at or after this time.
    pub after: Option<Timestamp>,
    /// Only what was said before this time.
    pub before: Option<Timestamp>,
    /// Only entries with a smaller sequence number.
    pub below: Seq,
    /// At most so many.
    pub limit: u16,
}

/// Entries that one `Look` gives at most: the quotes on a screen.
pub const LOOK_SEQS: usize = 32;

/// A parsed `Hello` of a version that is spoken here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// Hash of the token of the session to resume.
    pub token: Option<TokenHash>,
    /// Hash of the token that will resume the session next time.
    pub next: TokenHash,
    /// The client's software, for the operator; at most 64 characters, printable.
    pub client: String,
}

/// A parsed `Join`.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// The room, or what is wrong with its name.
    pub room: Result<RoomName, Flaw>,
    /// The display name, or what is wrong with it.
    pub nick: Result<Nick, Flaw>,
    /// The last entry that the client holds.
    pub cursor: Option<Cursor>,
    /// What proves who joins.
    pub member: MemberSecret,
}

/// What a member says, checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Saying {
    /// A message.
    Text {
        /// Its text.
        body: Body,
        /// The message that it answers.
        reply: Option<Seq>,
    },
    /// A position.
    Location(Position),
    /// Another text for one's own message.
    Edit {
        /// Which message.
        of: Seq,
        /// Its text from now on.
        body: Body,
    },
    /// One's own message is to go.
    Delete {
        /// Which message.
        of: Seq,
    },
    /// A reaction to a message.
    React {
        /// Which message.
        of: Seq,
        /// With what.
        emoji: Emoji,
        /// Whether it is there from now on.
        on: bool,
    },
    /// What the room is about.
    Topic(Topic),
}

/// What the word filter has found in what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nobody has asked it.
    Unknown,
    /// Nothing.
    Clean,
    /// A word on its list.
    Profane,
}

/// Which kind of content a flaw was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A message, an edit or a topic.
    Text,
    /// A position.
    Location,
    /// A reaction.
    Reaction,
}

/// Longest client name that is kept for the operator's log.
const CLIENT_CHARS: usize = 64;

impl From<RawCommand> for Command {
    fn from(raw: RawCommand) -> Self {
        match raw {
            RawCommand::Hello(hello) => Self::Hello(hello.into()),
            RawCommand::Bye => Self::Bye,
            RawCommand::Ping { nonce } => Self::Ping { nonce },
            RawCommand::Join {
                room,
                nick,
                cursor,
                member,
            } => Self::Join(Join {
                room: room_of(&room),
                nick: Nick::parse(&nick),
                cursor,
                member,
            }),
            RawCommand::Leave => Self::Leave,
            RawCommand::Send { number, content } => Self::Send {
                number: Number(number),
                content: Saying::parse(&content),
                tone: Tone::Unknown,
            },
            RawCommand::History { range, limit } => Self::History { range, limit },
            RawCommand::Typing => Self::Typing,
            RawCommand::Moved { from, reason } => Self::Moved { from, reason },
            RawCommand::Look { seqs } => Self::Look {
                seqs: seqs.into_iter().take(LOOK_SEQS).map(Seq).collect(),
            },
            RawCommand::Search {
                text,
                from,
                after,
                before,
                below,
                limit,
            } => Self::Search(words(&text, from.as_deref()).map(|(text, from)| Search {
                text,
                from,
                after,
                before,
                below: Seq(below),
                limit,
            })),
            RawCommand::Rooms { like, limit } => Self::Rooms {
                like: SearchText::parse(&like),
                limit,
            },
            RawCommand::Invite { to, key, name } => Self::Invite {
                to,
                key,
                name: RoomName::parse(&name),
            },
            RawCommand::Away { away } => Self::Away { away },
            RawCommand::Read { seq } => Self::Read { seq: Seq(seq) },
        }
    }
}

fn words(text: &str, from: Option<&str>) -> Result<(SearchText, Option<Nick>), Flaw> {
    Ok((SearchText::parse(text)?, from.map(Nick::parse).transpose()?))
}

fn room_of(room: &RoomRef) -> Result<RoomName, Flaw> {
    match room {
        RoomRef::Named(name) => RoomName::parse(name),
        RoomRef::Private { key, name } => RoomName::private(&key.0, name),
    }
}

impl From<Hello> for Greeting {
    fn from(hello: Hello) -> Self {
        Self {
            token: hello.token.as_ref().map(TokenHash::of),
            next: TokenHash::of(&hello.next),
            client: printable(&hello.client),
        }
    }
}

impl Saying {
    fn parse(content: &Content) -> Result<Self, (Kind, Flaw)> {
        match content {
            Content::Text { body, reply } => Body::parse(body)
                .map(|body| Self::Text {
                    body,
                    reply: *reply,
                })
                .map_err(|flaw| (Kind::Text, flaw)),
            Content::Location {
                latitude,
                longitude,
            } => Position::parse(*latitude, *longitude)
                .map(Self::Location)
                .map_err(|flaw| (Kind::Location, flaw)),
            Content::Edit { of, body } => Body::parse(body)
                .map(|body| Self::Edit { of: *of, body })
                .map_err(|flaw| (Kind::Text, flaw)),
            Content::Delete { of } => Ok(Self::Delete { of: *of }),
            Content::React { of, emoji, on } => Emoji::parse(emoji)
                .map(|emoji| Self::React {
                    of: *of,
                    emoji,
                    on: *on,
                })
                .map_err(|flaw| (Kind::Reaction, flaw)),
            Content::Topic { text } => Topic::parse(text)
                .map(Self::Topic)
                .map_err(|flaw| (Kind::Text, flaw)),
            // Only the server says these: from a client they say nothing.
            Content::Deleted | Content::Emptied => Err((Kind::Text, Flaw::Blank)),
        }
    }

    /// The saying as it stands in an entry.
    #[must_use]
    pub fn into_content(self) -> Content {
        match self {
            Self::Text { body, reply } => Content::Text {
                body: body.shared(),
                reply,
            },
            Self::Location(position) => Content::Location {
                latitude: position.latitude(),
                longitude: position.longitude(),
            },
            Self::Edit { of, body } => Content::Edit {
                of,
                body: body.shared(),
            },
            Self::Delete { of } => Content::Delete { of },
            Self::React { of, emoji, on } => Content::React {
                of,
                emoji: Arc::from(emoji.as_str()),
                on,
            },
            Self::Topic(topic) => Content::Topic {
                text: topic.shared(),
            },
        }
    }

    /// The text that others will read, if there is one.
    #[must_use]
    pub fn text(&self) -> Option<&Body> {
        match self {
            Self::Text { body, .. } | Self::Edit { body, .. } => Some(body),
            Self::Topic(topic) => topic.body(),
            Self::Location(_) | Self::Delete { .. } | Self::React { .. } => None,
        }
    }
}

fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(CLIENT_CHARS)
        .collect()
}
