//! How far members have read, in the database.
//!
//! Decides nothing. Invariant: a mark never goes back.

use rusqlite::{Connection, OptionalExtension, params};

use crate::ids::{MemberId, RoomName, Seq, Timestamp};
use crate::record::LogError;

pub(super) fn advance(
    connection: &Connection,
    (room, member): (&RoomName, MemberId),
    upto: Seq,
    at: Timestamp,
) -> Result<(), LogError> {
    connection
        .prepare_cached(
            "INSERT INTO reads (room, member, upto, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (room, member) DO UPDATE SET
             upto = max(upto, excluded.upto), at = max(at, excluded.at)",
        )?
        .execute(params![room.key(), member.0, upto.0, at.0])?;
    Ok(())
}

/// 0 if nobody has said.
pub(super) fn upto(
    connection: &Connection,
    room: &RoomName,
    member: MemberId,
) -> Result<Seq, LogError> {
    let found = connection
        .prepare_cached("SELECT upto FROM reads WHERE room = ?1 AND member = ?2")?
        .query_row(params![room.key(), member.0], |row| row.get(0))
        .optional()?;
    Ok(Seq(found.unwrap_or_default()))
}
