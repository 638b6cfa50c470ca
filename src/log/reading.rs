//! Reading from the database: sessions, marks, rooms and pages.
//!
//! Decides how a question becomes a statement and rows become types. Changes nothing.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{PAGE_ENTRIES, mark, page_of};
use crate::ids::{MemberId, Number, RoomName, Seq, SessionId, Timestamp, TokenHash};
use crate::record::{LogError, StoredRoom, StoredSession, TAIL_ENTRIES};
use crate::wire::event::{Content, Entry, Mark, Page};

/// What an entry says, in the column `kind`: databases out there hold these numbers.
pub(super) const TEXT: u8 = 1;
pub(super) const LOCATION: u8 = 2;

/// A room that has at least one entry.
pub(super) struct RoomRow {
    pub(super) id: i64,
    shown: Arc<str>,
    pub(super) head: Seq,
}

pub(super) fn find_session(
    connection: &Connection,
    token: Option<TokenHash>,
    next: TokenHash,
) -> Result<Option<StoredSession>, LogError> {
    // A session is found by the token it is resumed with before it is found by the next one:
    // only a `Hello` said twice can match by that.
    let ways = [
        (token, "SELECT * FROM sessions WHERE current = ?1 LIMIT 1"),
        (token, "SELECT * FROM sessions WHERE previous = ?1 LIMIT 1"),
        (
            Some(next),
            "SELECT * FROM sessions WHERE current = ?1 LIMIT 1",
        ),
    ];
    for (hash, statement) in ways {
        let Some(hash) = hash else { continue };
        let found = connection
            .prepare_cached(statement)?
            .query_row([hash.0], session_from_row)
            .optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

pub(super) fn read_room(
    connection: &Connection,
    room: &RoomName,
    session: SessionId,
) -> Result<StoredRoom, LogError> {
    let mark = read_mark(connection, session, room)?;
    let Some(row) = find_room(connection, room)? else {
        return Ok(StoredRoom {
            mark,
            ..StoredRoom::default()
        });
    };
    let page = read_page(connection, &row, row.head.next(), TAIL_ENTRIES)?;
    Ok(StoredRoom {
        shown: Some(row.shown),
        head: row.head,
        tail: page.entries,
        mark,
    })
}

pub(super) fn find_room(
    connection: &Connection,
    room: &RoomName,
) -> Result<Option<RoomRow>, LogError> {
    let found = connection
        .prepare_cached(
            "SELECT id, shown, (SELECT max(seq) FROM entries WHERE room = rooms.id)
             FROM rooms WHERE key = ?1",
        )?
        .query_row([room.key()], |row| {
            Ok(RoomRow {
                id: row.get(0)?,
                shown: row.get(1)?,
                head: Seq(row.get(2)?),
            })
        })
        .optional()?;
    Ok(found)
}

pub(super) fn read_mark(
    connection: &Connection,
    session: SessionId,
    room: &RoomName,
) -> Result<Mark, LogError> {
    let found = connection
        .prepare_cached("SELECT number, refused FROM marks WHERE session = ?1 AND room = ?2")?
        .query_row(params![session_key(session), room.key()], |row| {
            let number = Number(row.get(0)?);
            Ok(mark::decode(number, row.get_ref(1)?.as_blob()?))
        })
        .optional()?;
    match found {
        None => Ok(Mark::default()),
        Some(Some(mark)) => Ok(mark),
        Some(None) => Err(LogError::Broken("a mark makes no sense".to_owned())),
    }
}

pub(super) fn find_page(
    connection: &Connection,
    room: &RoomName,
    before: Seq,
    limit: usize,
) -> Result<Page, LogError> {
    match find_room(connection, room)? {
        Some(row) => read_page(connection, &row, before, limit),
        None => Ok(Page::default()),
    }
}

fn read_page(
    connection: &Connection,
    room: &RoomRow,
    before: Seq,
    limit: usize,
) -> Result<Page, LogError> {
    let limit = limit.clamp(1, PAGE_ENTRIES);
    // A client may ask for any number; SQLite's integers are signed.
    let capped = i64::try_from(before.0).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(
        "SELECT seq, at, author, number, nick, kind, body, latitude, longitude
         FROM entries WHERE room = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(params![room.id, capped, limit], entry_from_row)?;
    let mut entries = rows.collect::<Result<Vec<_>, _>>()?;
    entries.reverse();
    // Numbers start at 1 and have no gaps, so the first one says whether others came before.
    let older = entries.first().is_some_and(|first| first.seq > Seq(1));
    Ok(page_of(entries, limit, older))
}

fn session_from_row(row: &Row<'_>) -> rusqlite::Result<StoredSession> {
    let previous: Option<[u8; 32]> = row.get("previous")?;
    Ok(StoredSession {
        session: SessionId(u128::from_be_bytes(row.get("session")?)),
        current: TokenHash(row.get("current")?),
        previous: previous.map(TokenHash),
        seen: Timestamp(row.get("seen")?),
    })
}

fn entry_from_row(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        seq: Seq(row.get(0)?),
        at: Timestamp(row.get(1)?),
        author: MemberId(row.get(2)?),
        number: Number(row.get(3)?),
        nick: row.get(4)?,
        content: content_from_row(row)?,
    })
}

fn content_from_row(row: &Row<'_>) -> rusqlite::Result<Content> {
    match row.get(5)? {
        TEXT => Ok(Content::Text { body: row.get(6)? }),
        LOCATION => Ok(Content::Location {
            latitude: row.get(7)?,
            longitude: row.get(8)?,
        }),
        unknown => Err(rusqlite::Error::IntegralValueOutOfRange(5, unknown.into())),
    }
}

pub(super) fn session_key(session: SessionId) -> [u8; 16] {
    session.0.to_be_bytes()
}
