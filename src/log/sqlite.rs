//! The log in a SQLite database, embedded: what a server keeps between its lives.
//!
//! Decides how records become statements; `reading` does so for questions. Invariants: a
//! group is one transaction and durable (fdatasync of the write-ahead log) when it is
//! answered; after a write failed for any reason but a full disk nothing is written
//! again, because a later success could not be trusted.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, TransactionBehavior, params};

use super::reading::{
    LOCATION, TEXT, find_page, find_room, find_session, read_mark, read_room, session_key,
};
use super::{Log, committed, mark, schema};
use crate::ids::{Epoch, Number, RoomName, Seq, SessionId, Timestamp};
use crate::record::{Answer, Committed, Draft, LogError, Query, Record, StoredSession};
use crate::wire::event::{Content, RefusalCode};

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
        Ok(match query {
            Query::Session { token, next } => {
                Answer::Session(find_session(connection, token, next)?)
            }
            Query::Room { room, session } => Answer::Room(read_room(connection, &room, session)?),
            Query::Page {
                room,
                before,
                limit,
            } => Answer::Page(find_page(connection, &room, before, limit)?),
        })
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

/// Advances the mark of a session that is known: nobody would ever remove another's.
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
            "INSERT INTO marks (session, room, number, refused) SELECT ?1, ?2, ?3, ?4
             WHERE EXISTS (SELECT 1 FROM sessions WHERE session = ?1)
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

#[cfg(test)]
mod tests {
    use super::super::suite::{end_of, find, know, long, mark, refuse, say, seqs, session};
    use super::*;
    use crate::record::StoredRoom;

    fn open(dir: &Path) -> SqliteLog {
        SqliteLog::open(dir, Epoch(1)).unwrap()
    }

    impl SqliteLog {
        /// As if the disk had room for so many pages and no more.
        fn limit_pages(&self, pages: u32) {
            let limit = format!("PRAGMA max_page_count = {pages}");
            self.connection
                .query_row(&limit, [], |_| Ok(()))
                .expect("a pragma that answers");
        }

        /// Makes every write of a mark fail, or work again.
        fn break_marks(&self, broken: bool) {
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

    // A33, X12
    #[test]
    fn what_is_stored_is_there_after_the_log_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let open = |epoch| SqliteLog::open(folder.path(), Epoch(epoch)).unwrap();
        let mut log = open(7);
        let group = vec![
            Record::Session(session(1, 11, Some(10))),
            say(1, "Lobby", 1),
            refuse(1, "lobby", 2),
        ];
        log.append(group).unwrap();
        let before = end_of(&mut log, "lobby", 1);
        drop(log);
        let mut log = open(8);
        assert_eq!(log.epoch(), Epoch(7));
        assert_eq!(end_of(&mut log, "lobby", 1), before);
        assert_eq!(find(&mut log, Some(10), 99), Some(SessionId(1)));
        assert_eq!(seqs(&log.append(vec![say(1, "lobby", 3)]).unwrap()), [2]);
    }

    #[test]
    fn a_full_disk_takes_nothing_of_a_group_and_is_usable_again_later() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        know(&mut log, &[1]);
        log.append(vec![say(1, "lobby", 1)]).unwrap();
        log.limit_pages(30);
        let mut group = vec![Record::Session(session(1, 11, None)), say(1, "den", 1)];
        group.extend((2..=40).map(|number| long(1, "lobby", number)));
        assert_eq!(
            log.append(group.clone()),
            Err((group.clone(), LogError::Full))
        );
        assert_eq!(end_of(&mut log, "lobby", 1).head, Seq(1));
        assert_eq!(mark(&mut log, "lobby", 1).number, Number(1));
        assert_eq!(end_of(&mut log, "den", 1), StoredRoom::default());
        assert_eq!(find(&mut log, Some(11), 99), None);
        assert_eq!(seqs(&log.append(vec![say(2, "lobby", 1)]).unwrap()), [2]);
        log.limit_pages(100_000);
        assert_eq!(seqs(&log.append(group).unwrap())[39], 41);
    }

    #[test]
    fn a_broken_log_keeps_nothing_of_the_group_and_takes_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        log.append(vec![say(1, "lobby", 1)]).unwrap();
        log.break_marks(true);
        let group = vec![Record::Session(session(1, 11, None)), say(1, "lobby", 2)];
        let (returned, error) = log.append(group.clone()).unwrap_err();
        assert!(matches!(error, LogError::Broken(_)));
        assert_eq!(returned, group);
        log.break_marks(false);
        assert_eq!(log.append(group.clone()), Err((group, error.clone())));
        assert_eq!(log.expire(Timestamp(0)), Err(error));
        drop(log);
        let mut log = open(folder.path());
        assert_eq!(end_of(&mut log, "lobby", 1).head, Seq(1));
        assert_eq!(find(&mut log, Some(11), 99), None);
    }
}
