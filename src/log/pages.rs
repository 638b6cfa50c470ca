//! Pages from the database: entries in their present state.
//!
//! Decides how a range becomes statements. Changes nothing.

use rusqlite::{Connection, OptionalExtension, Statement, params};

use super::entries::{ENTRY, entry_from_row};
use super::reading::{RoomRow, find_room};
use super::span::{Extent, Span, those_that_fit};
use crate::ids::{MemberId, RoomName, Seq, Timestamp};
use crate::record::LogError;
use crate::wire::event::{Entry, Member, Page, Reaction};
use crate::wire::raw::Range;

pub(super) fn find_page(
    connection: &Connection,
    room: &RoomName,
    part: (Range, usize),
) -> Result<Page, LogError> {
    match find_room(connection, room)? {
        Some(row) => read_page(connection, &row, part),
        None => Ok(Page::default()),
    }
}

pub(super) fn read_page(
    connection: &Connection,
    room: &RoomRow,
    part: (Range, usize),
) -> Result<Page, LogError> {
    let since = |time| first_since(connection, (room.id, room.head), time);
    let span = Span::of(part, room.head, since)?;
    let extent = Extent {
        oldest: Seq(1),
        head: room.head,
    };
    let mut newer = connection.prepare_cached(&format!(
        "{ENTRY} WHERE entries.room = ?1 AND entries.seq >= ?2 ORDER BY entries.seq LIMIT ?3"
    ))?;
    let mut older = connection.prepare_cached(&format!(
        "{ENTRY} WHERE entries.room = ?1 AND entries.seq < ?2
         ORDER BY entries.seq DESC LIMIT ?3"
    ))?;
    let newer = rows(&mut newer, (room.id, &span, span.newer))?;
    let older = rows(&mut older, (room.id, &span, span.older))?;
    let whole = |entry| with_reactions(connection, room.id, entry);
    span.page(extent, newer.map(whole), older.map(whole))
}

fn rows<'a>(
    statement: &'a mut Statement<'_>,
    (room, span, limit): (i64, &Span, usize),
) -> Result<impl Iterator<Item = rusqlite::Result<Entry>> + 'a, LogError> {
    Ok(statement.query_map(params![room, span.anchor.0, limit], entry_from_row)?)
}

/// Those of the entries that exist.
pub(super) fn look(
    connection: &Connection,
    room: &RoomName,
    mut seqs: Vec<Seq>,
) -> Result<Page, LogError> {
    let Some(row) = find_room(connection, room)? else {
        return Ok(Page::default());
    };
    seqs.sort_unstable();
    seqs.dedup();
    let entries = seqs.iter().map(|seq| entry_at(connection, row.id, *seq));
    those_that_fit(entries.filter_map(Result::transpose), row.head)
}

/// One entry of a room in its present state.
pub(super) fn entry_at(
    connection: &Connection,
    room: i64,
    seq: Seq,
) -> Result<Option<Entry>, LogError> {
    // A client may ask for any number; SQLite's integers are signed.
    let Ok(stored) = i64::try_from(seq.0) else {
        return Ok(None);
    };
    let statement = format!("{ENTRY} WHERE entries.room = ?1 AND entries.seq = ?2");
    let entry = connection
        .prepare_cached(&statement)?
        .query_row(params![room, stored], entry_from_row)
        .optional()?;
    entry
        .map(|entry| with_reactions(connection, room, Ok(entry)))
        .transpose()
}

fn with_reactions(
    connection: &Connection,
    room: i64,
    entry: rusqlite::Result<Entry>,
) -> Result<Entry, LogError> {
    let mut entry = entry?;
    if !entry.content.is_message() {
        return Ok(entry);
    }
    let mut statement = connection.prepare_cached(
        "SELECT emoji, author, nick FROM reactions
         WHERE room = ?1 AND seq = ?2 ORDER BY place, id",
    )?;
    let mut rows = statement.query(params![room, entry.seq.0])?;
    while let Some(row) = rows.next()? {
        let member = Member {
            id: MemberId(row.get(1)?),
            nick: row.get(2)?,
        };
        add(&mut entry.reactions, row.get(0)?, member);
    }
    Ok(entry)
}

/// Adds a reaction; those with one emoji come one after the other.
fn add(reactions: &mut Vec<Reaction>, emoji: std::sync::Arc<str>, member: Member) {
    match reactions.last_mut().filter(|last| last.emoji == emoji) {
        Some(last) => last.by.push(member),
        None => reactions.push(Reaction {
            emoji,
            by: vec![member],
        }),
    }
}

/// The first entry of a room at that time or later; the number behind the newest if there is
/// none. Times never go back within a room, so halving finds it.
pub(super) fn first_since(
    connection: &Connection,
    (room, head): (i64, Seq),
    time: Timestamp,
) -> Result<Seq, LogError> {
    let mut statement =
        connection.prepare_cached("SELECT at FROM entries WHERE room = ?1 AND seq = ?2")?;
    let mut range = 1..head.0 + 1;
    while range.start < range.end {
        let middle = range.start.midpoint(range.end);
        let at: i64 = statement.query_row(params![room, middle], |row| row.get(0))?;
        if at < time.0 {
            range.start = middle + 1;
        } else {
            range.end = middle;
        }
    }
    Ok(Seq(range.start))
}
