//! Commands after parsing: every text has become its newtype or the flaw that kept it
//! from becoming one, so that `chat` decides what the client is told.

use crate::ids::{Body, Flaw, Nick, Number, Position, RoomName, Seq, TokenHash};

use super::event::{Content, Cursor};
use super::raw::{Hello, RawCommand};

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
    /// Asks for entries older than `before`.
    History {
        /// Only entries with a smaller sequence number.
        before: Seq,
        /// At most so many.
        limit: u16,
    },
    /// The member is writing.
    Typing,
}

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
}

/// What a member says, checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Saying {
    /// A message.
    Text(Body),
    /// A position.
    Location(Position),
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
    /// A message.
    Text,
    /// A position.
    Location,
}

/// Longest client name that is kept for the operator's log.
const CLIENT_CHARS: usize = 64;

impl From<RawCommand> for Command {
    fn from(raw: RawCommand) -> Self {
        match raw {
            RawCommand::Hello(hello) => Self::Hello(hello.into()),
            RawCommand::Bye => Self::Bye,
            RawCommand::Ping { nonce } => Self::Ping { nonce },
            RawCommand::Join { room, nick, cursor } => Self::Join(Join {
                room: RoomName::parse(&room),
                nick: Nick::parse(&nick),
                cursor,
            }),
            RawCommand::Leave => Self::Leave,
            RawCommand::Send { number, content } => Self::Send {
                number: Number(number),
                content: Saying::parse(&content),
                tone: Tone::Unknown,
            },
            RawCommand::History { before, limit } => Self::History {
                before: Seq(before),
                limit,
            },
            RawCommand::Typing => Self::Typing,
        }
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
            Content::Text { body } => Body::parse(body)
                .map(Self::Text)
                .map_err(|flaw| (Kind::Text, flaw)),
            Content::Location {
                latitude,
                longitude,
            } => Position::parse(*latitude, *longitude)
                .map(Self::Location)
                .map_err(|flaw| (Kind::Location, flaw)),
        }
    }

    /// The saying as it stands in an entry.
    #[must_use]
    pub fn into_content(self) -> Content {
        match self {
            Self::Text(body) => Content::Text {
                body: body.shared(),
            },
            Self::Location(position) => Content::Location {
                latitude: position.latitude(),
                longitude: position.longitude(),
            },
        }
    }
}

fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(CLIENT_CHARS)
        .collect()
}
