//! Searching the log: what a person seeks in one room, newest first.
//!
//! Decides how a search becomes a range of one room and which hits fit an answer. Changes
//! nothing. Invariant: what is found stands in the room that was asked for.

use std::collections::VecDeque;

use rusqlite::Connection;

use super::index::{self, Wanted};
use super::pages::{entry_at, first_since};
use super::reading::find_room;
use super::words::Sought;
use crate::ids::{Nick, RoomName, Seq};
use crate::record::{Found, HITS, LogError, PAGE_BYTES, entry_bytes};
use crate::wire::command::Search;
use crate::wire::event::{Content, Entry};

/// Entries of the log in memory that one search looks at: some 50 ms. There is no index there,
/// and what is older is not found.
const LOOKED_AT: usize = 20_000;

/// Searches the database.
pub(super) fn find(
    connection: &Connection,
    room: &RoomName,
    search: &Search,
) -> Result<Found, LogError> {
    let Some(row) = find_room(connection, room)? else {
        return Ok(Found::default());
    };
    let first_since = |time| first_since(connection, (row.id, row.head), time);
    let first = search.after.map_or(Ok(Seq(1)), first_since)?;
    let end = search.before.map_or(Ok(row.head.next()), first_since)?;
    let wanted = Wanted {
        room: row.id,
        sought: &Sought::parse(search.text.as_str()),
        from: search.from.as_ref(),
        first,
        end: end.min(search.below),
    };
    let limit = limit_of(search);
    let seqs = index::find(connection, &wanted, limit + 1)?;
    let hits = seqs.iter().map(|seq| entry_at(connection, row.id, *seq));
    let hits = hits.collect::<Result<Option<_>, LogError>>()?;
    hits.map(|hits| found(hits, limit))
        .ok_or_else(|| LogError::Unusable("the index names an entry that is not there".to_owned()))
}

/// Searches entries in memory, oldest first.
pub(super) fn find_among(entries: &VecDeque<Entry>, search: &Search) -> Found {
    let sought = Sought::parse(search.text.as_str());
    if sought.0.is_empty() && search.from.is_none() {
        return Found::default();
    }
    let limit = limit_of(search);
    let hits = entries
        .iter()
        .rev()
        .skip_while(|entry| entry.seq >= search.below)
        .take(LOOKED_AT)
        .filter(|entry| is_within(entry, search) && holds(entry, &sought))
        .take(limit + 1);
    found(hits.cloned().collect(), limit)
}

fn is_within(entry: &Entry, search: &Search) -> bool {
    let name = |from: &Nick| Nick::parse(&entry.nick).is_ok_and(|nick| nick.key() == from.key());
    search.from.as_ref().is_none_or(name)
        && search.after.is_none_or(|time| entry.at >= time)
        && search.before.is_none_or(|time| entry.at < time)
}

fn holds(entry: &Entry, sought: &Sought) -> bool {
    match &entry.content {
        Content::Text { body, .. } => sought.is_in(body),
        Content::Location { .. }
        | Content::Edit { .. }
        | Content::Delete { .. }
        | Content::React { .. }
        | Content::Topic { .. }
        | Content::Deleted
        | Content::Emptied => false,
    }
}

fn limit_of(search: &Search) -> usize {
    usize::from(search.limit).clamp(1, HITS)
}

/// Keeps as many of the newest `hits` as an answer holds.
fn found(mut hits: Vec<Entry>, limit: usize) -> Found {
    let mut bytes = 0;
    let fits = |entry: &&Entry| {
        bytes += entry_bytes(entry);
        bytes <= PAGE_BYTES
    };
    let fits = hits.iter().take(limit).take_while(fits).count();
    let more = fits < hits.len();
    hits.truncate(fits);
    Found { hits, more }
}
