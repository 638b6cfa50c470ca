//! Amendments in the database: what an entry makes of an earlier one, in the same commit.
//!
//! Decides which rows change. Invariant: the text that an edit or a deletion takes away stands
//! in no row any more.

use rusqlite::{Connection, OptionalExtension, params};

use super::entries::{DELETED, LOCATION, TEXT};
use super::index::{self, Text};
use crate::ids::Seq;
use crate::record::{Draft, LogError};
use crate::wire::event::Content;

/// Does what `draft`, stored in `room`, does to other rows.
pub(super) fn amend(connection: &Connection, room: i64, draft: &Draft) -> Result<(), LogError> {
    match &draft.content {
        Content::Edit { of, body } => edit(connection, (room, *of), (body, draft)),
        Content::Delete { of } => delete(connection, (room, *of)),
        Content::React { of, emoji, on } => match on {
            true => react(connection, (room, *of), (emoji, draft)),
            false => take_back(connection, (room, *of), (emoji, draft)),
        },
        Content::Topic { text } => {
            connection
                .prepare_cached("UPDATE rooms SET topic = ?2 WHERE id = ?1")?
                .execute(params![room, &**text])?;
            Ok(())
        }
        Content::Text { .. } | Content::Location { .. } | Content::Deleted | Content::Emptied => {
            Ok(())
        }
    }
}

/// One entry of one room.
type Place = (i64, Seq);

fn edit(
    connection: &Connection,
    (room, seq): Place,
    (body, draft): (&str, &Draft),
) -> Result<(), LogError> {
    reindex(connection, (room, seq), Some(body))?;
    connection
        .prepare_cached(
            "UPDATE entries SET body = ?3, edited = ?4
             WHERE room = ?1 AND seq = ?2 AND kind = ?5",
        )?
        .execute(params![room, stored(seq), body, draft.at.0, TEXT])?;
    Ok(())
}

fn delete(connection: &Connection, (room, seq): Place) -> Result<(), LogError> {
    reindex(connection, (room, seq), None)?;
    connection
        .prepare_cached(
            "UPDATE entries SET kind = ?3, body = NULL, latitude = NULL, longitude = NULL,
             reply = NULL, edited = NULL
             WHERE room = ?1 AND seq = ?2 AND kind IN (?4, ?5)",
        )?
        .execute(params![room, stored(seq), DELETED, TEXT, LOCATION])?;
    connection
        .prepare_cached("DELETE FROM reactions WHERE room = ?1 AND seq = ?2")?
        .execute(params![room, stored(seq)])?;
    Ok(())
}

/// Puts the words of `body` in the place of a text's, before that changes.
fn reindex(
    connection: &Connection,
    (room, seq): Place,
    body: Option<&str>,
) -> Result<(), LogError> {
    let old = connection
        .prepare_cached(
            "SELECT nick, body FROM entries WHERE room = ?1 AND seq = ?2 AND kind = ?3",
        )?
        .query_row(params![room, stored(seq), TEXT], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let Some((nick, said)) = old else {
        return Ok(());
    };
    let old = Text {
        room,
        seq,
        nick: &nick,
        body: &said,
    };
    index::amend(connection, &old, body)
}

/// An emoji that is there already keeps its place, and so does who has reacted with it.
fn react(
    connection: &Connection,
    (room, seq): Place,
    (emoji, draft): (&str, &Draft),
) -> Result<(), LogError> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO reactions (room, seq, emoji, author, nick, place)
             SELECT ?1, ?2, ?3, ?4, ?5, coalesce(
                (SELECT place FROM reactions WHERE room = ?1 AND seq = ?2 AND emoji = ?3),
                (SELECT max(place) + 1 FROM reactions WHERE room = ?1 AND seq = ?2), 1)
             FROM entries WHERE room = ?1 AND seq = ?2 AND kind IN (?6, ?7)",
        )?
        .execute(params![
            room,
            stored(seq),
            emoji,
            draft.author.0,
            &*draft.nick,
            TEXT,
            LOCATION
        ])?;
    Ok(())
}

fn take_back(
    connection: &Connection,
    (room, seq): Place,
    (emoji, draft): (&str, &Draft),
) -> Result<(), LogError> {
    connection
        .prepare_cached(
            "DELETE FROM reactions WHERE room = ?1 AND seq = ?2 AND emoji = ?3 AND author = ?4",
        )?
        .execute(params![room, stored(seq), emoji, draft.author.0])?;
    Ok(())
}

/// SQLite's integers are signed; there is no entry of such a number anyhow.
pub(super) fn stored(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}
