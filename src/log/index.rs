//! The index of words, behind the commit: what makes a million messages searchable.
//!
//! Decides how an entry becomes words in an FTS5 table and a search becomes its query.
//! Each word carries its room, so a search reads what its own room holds and nothing else.
//! Entries are indexed in the order of commits up to a mark, which is kept in the same
//! transaction as their words: after a crash indexing goes on where it ended. The words of
//! an entry below the mark are amended in the commit that amends the entry. Invariants: nothing
//! that a client has typed is read as query language; what was removed leaves no word behind.

use std::fmt::Write;

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::entries::TEXT;
use super::words::{Run, Sought, each_word};
use crate::ids::{Nick, Seq};
use crate::record::LogError;

/// Counts how texts were ever cut into words; an index of another version is made anew.
const VERSION: i64 = 2;

/// Entries indexed by one transaction: a few milliseconds, which a commit may have to wait.
const BATCH: usize = 64;

/// Bytes of texts after which a transaction takes no further entry: as long as the usual ones
/// of a batch are together, so that long ones take no longer.
const BATCH_BYTES: usize = 8 * 1024;

/// Pages of the index, of 4 KB each, that are merged before a batch is indexed: what most
/// batches leave to be merged, and a millisecond or two.
const MERGED: i64 = 64;

/// Digits of a room before each word, to the base of 36: as many rooms as 31 bits have. They
/// are always as many, because the index of beginnings counts characters.
const ROOM_DIGITS: usize = 6;

/// A place in the index is the room's number, shifted by so many bits, and the sequence number.
const SEQ_BITS: u32 = 32;

/// Words alone, without the texts. Beginnings of two to five letters are indexed, because what
/// was typed last is sought as a beginning: gathering all that it begins takes as long as it is
/// often said, and the commonest words are short. They stand behind the room and a sign.
/// What is deleted is to be gone at once, not with the next merge. Merging is done in steps of
/// our own, because FTS5's are hundreds of pages now and then.
const WORDS: &str = "
    CREATE VIRTUAL TABLE words USING fts5 (
        word, content = '', columnsize = 0, prefix = '9 10 11 12',
        tokenize = \"ascii tokenchars '_@'\"
    );
    INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
    INSERT INTO words (words, rank) VALUES ('automerge', 0);
    UPDATE indexed SET version = ?1, upto = 0;
";

/// What takes a table away that FTS5 itself does not open any more.
const TEAR_OUT: &str = "
    PRAGMA writable_schema = ON;
    DELETE FROM sqlite_schema WHERE name = 'words';
    PRAGMA writable_schema = RESET;
    DROP TABLE IF EXISTS words_data;
    DROP TABLE IF EXISTS words_idx;
    DROP TABLE IF EXISTS words_config;
";

/// A text in the log: where it stands and who said what.
pub(super) struct Text<'a> {
    pub(super) room: i64,
    pub(super) seq: Seq,
    pub(super) nick: &'a str,
    pub(super) body: &'a str,
}

/// What to look for, and between which sequence numbers: from `first`, before `end`.
pub(super) struct Wanted<'a> {
    pub(super) room: i64,
    pub(super) sought: &'a Sought,
    pub(super) from: Option<&'a Nick>,
    pub(super) first: Seq,
    pub(super) end: Seq,
}

/// Makes the index if it is not there or of another version; it is empty then.
pub(super) fn prepare(connection: &Connection) -> Result<(), LogError> {
    if !is_there(connection)? {
        remove(connection)?;
        connection.execute_batch(&WORDS.replace("?1", &VERSION.to_string()))?;
    }
    Ok(())
}

/// Whether there is an index.
pub(super) fn is_there(connection: &Connection) -> Result<bool, LogError> {
    Ok(version(connection)? == VERSION)
}

/// Takes the index away, because it is broken: `why`. The next start makes it anew.
pub(super) fn give_up(connection: &Connection, why: &LogError) -> Result<(), LogError> {
    tracing::error!(%why, "nothing can be searched until the next start");
    connection.execute_batch("UPDATE indexed SET version = 0")?;
    remove(connection)
}

fn remove(connection: &Connection) -> Result<(), LogError> {
    let removed = connection.execute_batch("DROP TABLE IF EXISTS words");
    match removed.map_err(meaning) {
        Err(LogError::Unusable(_)) => Ok(connection.execute_batch(TEAR_OUT)?),
        removed => removed,
    }
}

/// Indexes the next entries. Returns whether others are left; none are if the index is broken.
pub(super) fn advance(connection: &Connection) -> Result<bool, LogError> {
    if !is_there(connection)? {
        return Ok(false);
    }
    guarded(connection, add_batch).map(|left| left.unwrap_or(false))
}

/// Does what changes the index; if that is broken, takes it away instead, and what else the
/// transaction has done stays.
fn guarded<T>(
    connection: &Connection,
    change: impl FnOnce(&Connection) -> Result<T, LogError>,
) -> Result<Option<T>, LogError> {
    connection.execute_batch("SAVEPOINT indexing")?;
    let changed = change(connection).and_then(|changed| {
        // The index keeps what is new until the transaction goes on to another savepoint, and
        // only then finds that it is broken.
        let flushed = connection.execute_batch("SAVEPOINT flush; RELEASE flush");
        flushed.map(|()| changed).map_err(meaning)
    });
    let changed = match changed {
        Err(why @ LogError::Unusable(_)) => {
            connection.execute_batch("ROLLBACK TO indexing")?;
            give_up(connection, &why)?;
            None
        }
        changed => Some(changed?),
    };
    connection.execute_batch("RELEASE indexing")?;
    Ok(changed)
}

fn add_batch(connection: &Connection) -> Result<bool, LogError> {
    merge(connection)?;
    let upto = upto(connection)?;
    let (mut last, mut count, mut bytes) = (upto, 0, 0);
    let mut texts = Vec::with_capacity(BATCH);
    let mut statement = connection.prepare_cached(
        "SELECT rowid, room, seq, nick, kind, body FROM entries
         WHERE rowid > ?1 ORDER BY rowid LIMIT ?2",
    )?;
    let mut rows = statement.query(params![upto, BATCH])?;
    while bytes < BATCH_BYTES
        && let Some(row) = rows.next()?
    {
        (last, count) = (row.get(0)?, count + 1);
        if row.get::<_, u8>(4)? == TEXT {
            let place = place_of(row.get(1)?, Seq(row.get(2)?));
            let (nick, body): (String, String) = (row.get(3)?, row.get(5)?);
            bytes += body.len();
            texts.push((place, tokens(row.get(1)?, &nick, &body)));
        }
    }
    connection
        .prepare_cached("UPDATE indexed SET upto = ?1")?
        .execute([last])?;
    // In the order of places the index grows by one piece, otherwise by one for each room.
    texts.sort_unstable();
    for (place, tokens) in texts {
        insert(connection, place, &tokens)?;
    }
    Ok(count == BATCH || bytes >= BATCH_BYTES)
}

/// Merges a little of what earlier batches have left in pieces: each search looks into all.
fn merge(connection: &Connection) -> Result<(), LogError> {
    connection
        .prepare_cached("INSERT INTO words (words, rank) VALUES ('merge', ?1)")
        .and_then(|mut merge| merge.execute([MERGED]))
        .map_err(meaning)?;
    Ok(())
}

/// Whether any entry waits for being indexed.
pub(super) fn is_behind(connection: &Connection) -> Result<bool, LogError> {
    let behind = "SELECT version <> 0 AND upto < (SELECT max(rowid) FROM entries) FROM indexed";
    let behind: Option<bool> = connection.query_row(behind, [], |row| row.get(0))?;
    Ok(behind.unwrap_or(false))
}

/// Puts `body` in the place of a text's words, or nothing, if they are in the index already.
pub(super) fn amend(
    connection: &Connection,
    old: &Text<'_>,
    body: Option<&str>,
) -> Result<(), LogError> {
    if !is_indexed(connection, old)? {
        return Ok(()); // It will be, as it stands by then.
    }
    guarded(connection, |connection| {
        let place = place_of(old.room, old.seq);
        connection
            .prepare_cached("INSERT INTO words (words, rowid, word) VALUES ('delete', ?1, ?2)")
            .and_then(|mut delete| {
                delete.execute(params![place, tokens(old.room, old.nick, old.body)])
            })
            .map_err(meaning)?;
        body.map_or(Ok(()), |body| {
            insert(connection, place, &tokens(old.room, old.nick, body))
        })
    })?;
    Ok(())
}

/// Finds at most `limit` entries, newest first.
pub(super) fn find(
    connection: &Connection,
    wanted: &Wanted<'_>,
    limit: usize,
) -> Result<Vec<Seq>, LogError> {
    let Some(query) = query_of(wanted) else {
        return Ok(Vec::new());
    };
    let places = place_of(wanted.room, wanted.first)..place_of(wanted.room, wanted.end);
    if !is_there(connection)? {
        return Err(LogError::Unusable("there is no index of words".to_owned()));
    }
    let mut statement = connection
        .prepare_cached(
            "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid >= ?2 AND rowid < ?3
             ORDER BY rowid DESC LIMIT ?4",
        )
        .map_err(meaning)?;
    let range = params![query, places.start, places.end, limit];
    let found = statement.query_map(range, |row| row.get(0).map(seq_at));
    found.and_then(|found| found.collect()).map_err(meaning)
}

/// Says of an error of a statement on the index whether that is at fault, `Unusable`, or the log.
fn meaning(error: rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::Unknown) => {
            LogError::Unusable(format!("the index of words is broken: {error}"))
        }
        Some(_) | None => error.into(),
    }
}

const SEQ_MASK: u64 = (1 << SEQ_BITS) - 1;

/// Where an entry stands in the index. Numbers beyond the bits end where the room ends.
fn place_of(room: i64, seq: Seq) -> i64 {
    (room << SEQ_BITS) | seq.0.min(SEQ_MASK).cast_signed()
}

fn seq_at(place: i64) -> Seq {
    Seq(place.cast_unsigned() & SEQ_MASK)
}

fn version(connection: &Connection) -> Result<i64, LogError> {
    let mut statement = connection.prepare_cached("SELECT version FROM indexed")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

fn upto(connection: &Connection) -> Result<i64, LogError> {
    let mut statement = connection.prepare_cached("SELECT upto FROM indexed")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

fn is_indexed(connection: &Connection, text: &Text<'_>) -> Result<bool, LogError> {
    let found = connection
        .prepare_cached(
            "SELECT 1 FROM entries, indexed
             WHERE room = ?1 AND seq = ?2 AND entries.rowid <= upto AND version <> 0",
        )?
        .query_row(params![text.room, text.seq.0], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

fn insert(connection: &Connection, place: i64, tokens: &str) -> Result<(), LogError> {
    connection
        .prepare_cached("INSERT INTO words (rowid, word) VALUES (?1, ?2)")
        .and_then(|mut insert| insert.execute(params![place, tokens]))
        .map_err(meaning)?;
    Ok(())
}

/// What the index holds of a text: its author, then its words, each behind its room.
fn tokens(room: i64, nick: &str, body: &str) -> String {
    let room = digits(room);
    let mut tokens = format!("{room}@{}", author(nick));
    each_word(body, |word| {
        write!(tokens, " {room}_{word}").expect("writing to a string cannot fail");
    });
    tokens
}

/// The query for what is wanted, made of words and names that mean nothing in the query
/// language; `None` if nothing is.
fn query_of(wanted: &Wanted<'_>) -> Option<String> {
    let room = digits(wanted.room);
    let author = wanted
        .from
        .map(|nick| format!("\"{room}@{}\"", author(nick.as_str())));
    let runs = wanted.sought.0.iter().map(|run| quoted(&room, run));
    let terms: Vec<String> = author.into_iter().chain(runs).collect();
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

fn quoted(room: &str, run: &Run) -> String {
    let words = run.words.iter().map(|word| format!("{room}_{word}"));
    let words: Vec<String> = words.collect();
    let open = if run.is_open { "*" } else { "" };
    format!("\"{}\"{open}", words.join(" "))
}

/// A name as one word: its letters and digits, and the bytes of all else in hexadecimal.
fn author(nick: &str) -> String {
    let mut name = String::new();
    for c in Nick::parse(nick)
        .map_or_else(|_| nick.to_owned(), |nick| nick.key().to_owned())
        .chars()
    {
        if c.is_alphanumeric() {
            name.push(c);
        } else {
            write!(name, "_{:x}", u32::from(c)).expect("writing to a string cannot fail");
        }
    }
    name
}

fn digits(room: i64) -> String {
    let mut rest = room;
    let mut digits = [b'0'; ROOM_DIGITS];
    for digit in digits.iter_mut().rev() {
        let value = u32::try_from(rest % 36).expect("a remainder of 36");
        *digit = char::from_digit(value, 36).expect("below the base") as u8;
        rest /= 36;
    }
    digits.iter().copied().map(char::from).collect()
}
