//! Entries in the database: how one becomes a row and a row becomes one.
//!
//! Decides what stands in which column. Invariant: the text of a message stands in its own row
//! and in no other.

use rusqlite::{Connection, Row, params};

use super::amending::stored;
use crate::ids::{MemberId, Number, SeatId, Seq, Timestamp};
use crate::record::{Draft, LogError};
use crate::wire::event::{Content, Entry};

/// What an entry says, in the column `kind`: databases out there hold these numbers.
pub(super) const TEXT: u8 = 1;
pub(super) const LOCATION: u8 = 2;
const EDIT: u8 = 3;
const DELETE: u8 = 4;
const REACT: u8 = 5;
const UNREACT: u8 = 6;
const TOPIC: u8 = 7;
pub(super) const DELETED: u8 = 8;
const EMPTIED: u8 = 9;

/// What an entry says, as it is stored.
#[derive(Default)]
struct Columns<'a> {
    kind: u8,
    /// The text, the emoji or the topic.
    body: Option<&'a str>,
    position: Option<(f64, f64)>,
    of: Option<Seq>,
    reply: Option<Seq>,
}

impl<'a> From<&'a Content> for Columns<'a> {
    fn from(content: &'a Content) -> Self {
        let kind = |kind| Self {
            kind,
            ..Self::default()
        };
        match content {
            Content::Text { body, reply } => Self {
                body: Some(body),
                reply: *reply,
                ..kind(TEXT)
            },
            Content::Location {
                latitude,
                longitude,
            } => Self {
                position: Some((*latitude, *longitude)),
                ..kind(LOCATION)
            },
            // Its text goes to its message.
            Content::Edit { of, body: _ } => Self {
                of: Some(*of),
                ..kind(EDIT)
            },
            Content::Delete { of } => Self {
                of: Some(*of),
                ..kind(DELETE)
            },
            Content::React { of, emoji, on } => Self {
                body: Some(emoji),
                of: Some(*of),
                ..kind(if *on { REACT } else { UNREACT })
            },
            Content::Topic { text } => Self {
                body: Some(text),
                ..kind(TOPIC)
            },
            Content::Deleted => kind(DELETED),
            Content::Emptied => kind(EMPTIED),
        }
    }
}

pub(super) fn insert_entry(
    connection: &Connection,
    (room, seq): (i64, Seq),
    draft: &Draft,
) -> Result<(), LogError> {
    let columns = Columns::from(&draft.content);
    connection
        .prepare_cached(
            "INSERT INTO entries (room, seq, at, author, number, nick, kind, body,
             latitude, longitude, of, reply, seat)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            room,
            seq.0,
            draft.at.0,
            draft.author.0,
            draft.number.0,
            &*draft.nick,
            columns.kind,
            columns.body,
            columns.position.map(|(latitude, _)| latitude),
            columns.position.map(|(_, longitude)| longitude),
            columns.of.map(stored),
            columns.reply.map(stored),
            draft.seat.0,
        ])?;
    Ok(())
}

/// What [`entry_from_row`] reads, of `entries` under its own name, and of the message that an
/// edit is of as `target`.
pub(super) const ENTRY: &str = "
    SELECT entries.seq, entries.at, entries.author, entries.number, entries.nick,
    entries.kind, entries.body, entries.latitude, entries.longitude, entries.of,
    entries.reply, entries.edited, target.body, coalesce(entries.seat, entries.author)
    FROM entries LEFT JOIN entries AS target
    ON entries.kind = 3 AND target.kind = 1
    AND target.room = entries.room AND target.seq = entries.of ";

pub(super) fn entry_from_row(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let edited: Option<i64> = row.get(11)?;
    Ok(Entry {
        seq: Seq(row.get(0)?),
        at: Timestamp(row.get(1)?),
        author: MemberId(row.get(2)?),
        number: Number(row.get(3)?),
        nick: row.get(4)?,
        content: content_from_row(row)?,
        edited: edited.map(Timestamp),
        reactions: Vec::new(),
        seat: SeatId(row.get(13)?),
    })
}

fn content_from_row(row: &Row<'_>) -> rusqlite::Result<Content> {
    let of = || row.get(9).map(Seq);
    let reply: Option<u64> = row.get(10)?;
    Ok(match row.get(5)? {
        TEXT => Content::Text {
            body: row.get(6)?,
            reply: reply.map(Seq),
        },
        LOCATION => Content::Location {
            latitude: row.get(7)?,
            longitude: row.get(8)?,
        },
        EDIT => match row.get(12)? {
            Some(body) => Content::Edit { of: of()?, body },
            None => Content::Emptied,
        },
        DELETE => Content::Delete { of: of()? },
        kind @ (REACT | UNREACT) => Content::React {
            of: of()?,
            emoji: row.get(6)?,
            on: kind == REACT,
        },
        TOPIC => Content::Topic { text: row.get(6)? },
        DELETED => Content::Deleted,
        EMPTIED => Content::Emptied,
        unknown => return Err(rusqlite::Error::IntegralValueOutOfRange(5, unknown.into())),
    })
}
