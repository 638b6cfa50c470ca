//! The log in a SQLite database, embedded: what a server keeps between its lives.
//!
//! Decides how records and questions become statements. Invariants: a group is one
//! transaction and durable (fdatasync of the write-ahead log) when it is answered; after
//! a write failed for any reason but a full disk nothing is written again, because a
//! later success could not be trusted.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, TransactionBehavior, params};

use super::{Log, PAGE_ENTRIES, committed, mark, page_of, schema};
use crate::ids::{Epoch, MemberId, Number, RoomName, Seq, SessionId, Timestamp, TokenHash};
use crate::record::{
    Answer, Committed, Draft, LogError, Query, Record, StoredRoom, StoredSession, TAIL_ENTRIES,
};
use crate::wire::event::{Content, Entry, Mark, Page, RefusalCode};

/// What an entry says, in the column `kind`: databases out there hold these numbers.
const TEXT: u8 = 1;
const LOCATION: u8 = 2;

/// A log in `chinwag.db` inside a data folder.
pub struct SqliteLog {
    connection: Connection,
    epoch: Epoch,
    broken: Option<String>,
}

impl SqliteLog {
    /// Opens the log in the folder `dir`, making both if they are not there, and takes the
    /// folder for this process alone. `fresh_epoch` is used only if the log is new.
    ///
    /// # Errors
    /// [`LogError`] when the folder cannot be used, another process is using it, or a newer
    /// version has written it.
    pub fn open(dir: &Path, fresh_epoch: Epoch) -> Result<Self, LogError> {
        let connection = schema::open(dir)?;
        connection.execute(
            "INSERT OR IGNORE INTO meta (id, epoch) VALUES (1, ?1)",
            [fresh_epoch.0],
        )?;
        let epoch = connection.query_row("SELECT epoch FROM meta", [], |row| row.get(0))?;
        Ok(Self {
            connection,
            epoch: Epoch(epoch),
            broken: None,
        })
    }

    /// Runs `write` as one transaction, unless a write has failed for good before.
    fn write<T>(
        &mut self,
        write: impl FnOnce(&Connection) -> Result<T, LogError>,
    ) -> Result<T, LogError> {
        if let Some(why) = &self.broken {
            return Err(LogError::Broken(why.clone()));
        }
        let result = in_transaction(&mut self.connection, write);
        if let Err(LogError::Broken(why)) = &result {
            self.broken = Some(why.clone());
        }
        result
    }
}

impl Log for SqliteLog {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    fn append(&mut self, group: Vec<Record>) -> Result<Vec<Committed>, (Vec<Record>, LogError)> {
        match self.write(|connection| store(connection, &group)) {
            Ok(seqs) => Ok(committed(group, seqs)),
            Err(error) => Err((group, error)),
        }
    }

    fn answer(&mut self, query: Query) -> Result<Answer, LogError> {
        let connection = &self.connection;
        match query {
            Query::Session { token, next } => {
                find_session(connection, token, next).map(Answer::Session)
            }
            Query::Room { room, session } => {
                read_room(connection, &room, session).map(Answer::Room)
            }
            Query::Page {
                room,
                before,
                limit,
            } => match find_room(connection, &room)? {
                Some(stored) => read_page(connection, &stored, before, limit),
                None => Ok(Page::default()),
            }
            .map(Answer::Page),
        }
    }

    fn expire(&mut self, before: Timestamp) -> Result<(), LogError> {
        self.write(|connection| {
            connection.execute(
                "DELETE FROM marks WHERE session IN (SELECT session FROM sessions WHERE seen < ?1)",
                [before.0],
            )?;
            connection.execute("DELETE FROM sessions WHERE seen < ?1", [before.0])?;
            Ok(())
        })
    }
}

impl From<rusqlite::Error> for LogError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            // SQLite says this for ENOSPC, too.
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(_) | None => Self::Broken(error.to_string()),
        }
    }
}

/// A room that has at least one entry.
struct RoomRow {
    id: i64,
    shown: Arc<str>,
    head: Seq,
}

fn in_transaction<T>(
    connection: &mut Connection,
    write: impl FnOnce(&Connection) -> Result<T, LogError>,
) -> Result<T, LogError> {
    // Dropped before its commit, for whatever reason, it is rolled back.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let result = write(&transaction)?;
    transaction.commit()?;
    Ok(result)
}

/// Stores the records and returns the numbers given to the entries among them.
fn store(connection: &Connection, group: &[Record]) -> Result<Vec<Seq>, LogError> {
    let mut seqs = Vec::with_capacity(group.len());
    for record in group {
        match record {
            Record::Session(session) => store_session(connection, session)?,
            Record::Entry(draft) => seqs.push(store_entry(connection, draft)?),
            Record::Refused {
                session,
                room,
                number,
                code,
            } => settle(connection, (*session, room), *number, Some(*code))?,
            Record::Forget(session) => forget(connection, *session)?,
        }
    }
    Ok(seqs)
}

fn store_session(connection: &Connection, session: &StoredSession) -> Result<(), LogError> {
    connection
        .prepare_cached(
            "INSERT INTO sessions (session, current, previous, seen) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (session) DO UPDATE SET
             current = excluded.current, previous = excluded.previous, seen = excluded.seen",
        )?
        .execute(params![
            session_key(session.session),
            session.current.0,
            session.previous.map(|hash| hash.0),
            session.seen.0
        ])?;
    Ok(())
}

fn store_entry(connection: &Connection, draft: &Draft) -> Result<Seq, LogError> {
    let (room, head) = match find_room(connection, &draft.room)? {
        Some(row) => (row.id, row.head),
        None => (make_room(connection, &draft.room)?, Seq(0)),
    };
    let seq = head.next();
    insert_entry(connection, (room, seq), draft)?;
    settle(connection, (draft.session, &draft.room), draft.number, None)?;
    Ok(seq)
}

fn insert_entry(
    connection: &Connection,
    (room, seq): (i64, Seq),
    draft: &Draft,
) -> Result<(), LogError> {
    let (kind, body, position) = match &draft.content {
        Content::Text { body } => (TEXT, Some(&**body), None),
        Content::Location {
            latitude,
            longitude,
        } => (LOCATION, None, Some((*latitude, *longitude))),
    };
    connection
        .prepare_cached(
            "INSERT INTO entries
             (room, seq, at, author, number, nick, kind, body, latitude, longitude)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            room,
            seq.0,
            draft.at.0,
            draft.author.0,
            draft.number.0,
            &*draft.nick,
            kind,
            body,
            position.map(|(latitude, _)| latitude),
            position.map(|(_, longitude)| longitude),
        ])?;
    Ok(())
}

fn make_room(connection: &Connection, room: &RoomName) -> Result<i64, LogError> {
    connection
        .prepare_cached("INSERT INTO rooms (key, shown) VALUES (?1, ?2)")?
        .execute([room.key(), room.as_str()])?;
    Ok(connection.last_insert_rowid())
}

fn settle(
    connection: &Connection,
    (session, room): (SessionId, &RoomName),
    number: Number,
    refused: Option<RefusalCode>,
) -> Result<(), LogError> {
    let mut settled = read_mark(connection, session, room)?;
    mark::settle(&mut settled, number, refused);
    connection
        .prepare_cached(
            "INSERT INTO marks (session, room, number, refused) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (session, room) DO UPDATE SET
             number = excluded.number, refused = excluded.refused",
        )?
        .execute(params![
            session_key(session),
            room.key(),
            settled.number.0,
            mark::encode(&settled)
        ])?;
    Ok(())
}

fn forget(connection: &Connection, session: SessionId) -> Result<(), LogError> {
    for statement in [
        "DELETE FROM marks WHERE session = ?1",
        "DELETE FROM sessions WHERE session = ?1",
    ] {
        connection
            .prepare_cached(statement)?
            .execute([session_key(session)])?;
    }
    Ok(())
}

fn find_session(
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

fn read_room(
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

fn find_room(connection: &Connection, room: &RoomName) -> Result<Option<RoomRow>, LogError> {
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

fn read_mark(
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

fn session_key(session: SessionId) -> [u8; 16] {
    session.0.to_be_bytes()
}

#[cfg(test)]
impl SqliteLog {
    /// As if the disk had room for so many pages and no more.
    pub(super) fn limit_pages(&self, pages: u32) {
        let limit = format!("PRAGMA max_page_count = {pages}");
        self.connection
            .query_row(&limit, [], |_| Ok(()))
            .expect("a pragma that answers");
    }

    /// Makes every write of a mark fail, or work again.
    pub(super) fn break_marks(&self, broken: bool) {
        let (from, to) = if broken {
            ("marks", "broken")
        } else {
            ("broken", "marks")
        };
        self.connection
            .execute_batch(&format!("ALTER TABLE {from} RENAME TO {to}"))
            .expect("a table is renamed");
    }
}
