//! Who is in which room, in the database: what a join and a leave change.
//!
//! Decides nothing. Invariant: a session is in a room once, and a name is one person's.

use rusqlite::{Connection, params};

use super::reading::session_key;
use crate::ids::{MemberId, Nick, RoomName, SessionId};
use crate::record::LogError;

/// Stores the membership of a session that is known, as the last in its room. Another person
/// who had the name has it no more.
pub(super) fn join(
    connection: &Connection,
    (session, room): (SessionId, &RoomName),
    (member, nick): (MemberId, &Nick),
) -> Result<(), LogError> {
    const KNOWN: &str = "EXISTS (SELECT 1 FROM sessions WHERE session = ?1)";
    let (session, member) = (session_key(session), member.0);
    let namesakes =
        format!("DELETE FROM members WHERE room = ?2 AND name = ?3 AND member <> ?4 AND {KNOWN}");
    connection.prepare_cached(&namesakes)?.execute(params![
        session,
        room.key(),
        nick.key(),
        member
    ])?;
    let last = format!(
        "INSERT OR REPLACE INTO members (session, room, name, member, shown, nick)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE {KNOWN}"
    );
    connection.prepare_cached(&last)?.execute(params![
        session,
        room.key(),
        nick.key(),
        member,
        room.as_str(),
        nick.as_str()
    ])?;
    Ok(())
}

pub(super) fn leave(
    connection: &Connection,
    session: SessionId,
    room: &RoomName,
) -> Result<(), LogError> {
    connection
        .prepare_cached("DELETE FROM members WHERE session = ?1 AND room = ?2")?
        .execute(params![session_key(session), room.key()])?;
    Ok(())
}
