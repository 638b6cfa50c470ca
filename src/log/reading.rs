//! Reading from the database: sessions, marks and rooms; `pages` reads their entries.
//!
//! Decides how a question becomes a statement and rows become types. Changes nothing.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::pages::read_page;
use super::{mark, reads};
use crate::ids::{MemberId, Nick, Number, RoomName, Seq, SessionId, Timestamp, TokenHash};
use crate::record::{LogError, StoredMember, StoredRoom, StoredSession, TAIL_ENTRIES};
use crate::wire::event::Mark;
use crate::wire::raw::Range;

/// A room that has at least one entry.
pub(super) struct RoomRow {
    pub(super) id: i64,
    shown: Arc<str>,
    pub(super) head: Seq,
    topic: Arc<str>,
}

pub(super) fn find_session(
    connection: &Connection,
    token: Option<TokenHash>,
    next: TokenHash,
) -> Result<Option<StoredSession>, LogError> {
    const CURRENT: &str = "SELECT * FROM sessions WHERE current = ?1 LIMIT 1";
    const PREVIOUS: &str = "SELECT * FROM sessions WHERE previous = ?1 LIMIT 1";
    // A session is found by the token it is resumed with before it is found by the next one:
    // only a `Hello` said twice can match by that.
    let next = Some(next);
    for (hash, statement) in [
        (token, CURRENT),
        (token, PREVIOUS),
        (next, CURRENT),
        (next, PREVIOUS),
    ] {
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
    (session, member): (SessionId, MemberId),
) -> Result<StoredRoom, LogError> {
    let mark = read_mark(connection, session, room)?;
    let Some(row) = find_room(connection, room)? else {
        return Ok(StoredRoom {
            mark,
            ..StoredRoom::default()
        });
    };
    let newest = (Range::Before(row.head.next()), TAIL_ENTRIES);
    let page = read_page(connection, &row, newest)?;
    Ok(StoredRoom {
        shown: Some(row.shown),
        head: row.head,
        tail: page.entries,
        mark,
        topic: row.topic,
        // A backup may have been restored in between.
        read: reads::upto(connection, room, member)?.min(row.head),
    })
}

/// Everyone in every room, in the order of joining. A name or a room that the rules for
/// names do not allow any more is left out.
pub(super) fn read_members(connection: &Connection) -> Result<Vec<StoredMember>, LogError> {
    let mut statement = connection.prepare(
        "SELECT sessions.*, room, member, shown, nick FROM members
         JOIN sessions USING (session) ORDER BY members.id",
    )?;
    let rows = statement.query_map([], member_from_row)?;
    let members = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(members.into_iter().flatten().collect())
}

fn member_from_row(row: &Row<'_>) -> rusqlite::Result<Option<StoredMember>> {
    let session = session_from_row(row)?;
    let (key, shown): (Arc<str>, Arc<str>) = (row.get("room")?, row.get("shown")?);
    let nick: Arc<str> = row.get("nick")?;
    let room = RoomName::stored(&key, &shown).ok();
    let names = room.zip(Nick::parse(&nick).ok());
    let member = MemberId(row.get("member")?);
    Ok(names.map(|(room, nick)| StoredMember {
        session,
        room,
        member,
        nick,
    }))
}

pub(super) fn find_room(
    connection: &Connection,
    room: &RoomName,
) -> Result<Option<RoomRow>, LogError> {
    let found = connection
        .prepare_cached(
            "SELECT id, shown, (SELECT max(seq) FROM entries WHERE room = rooms.id), topic
             FROM rooms WHERE key = ?1",
        )?
        .query_row([room.key()], |row| {
            Ok(RoomRow {
                id: row.get(0)?,
                shown: row.get(1)?,
                head: Seq(row.get(2)?),
                topic: row.get(3)?,
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

fn session_from_row(row: &Row<'_>) -> rusqlite::Result<StoredSession> {
    let previous: Option<[u8; 32]> = row.get("previous")?;
    Ok(StoredSession {
        session: SessionId(u128::from_be_bytes(row.get("session")?)),
        current: TokenHash(row.get("current")?),
        previous: previous.map(TokenHash),
        seen: Timestamp(row.get("seen")?),
    })
}

pub(super) fn session_key(session: SessionId) -> [u8; 16] {
    session.0.to_be_bytes()
}
