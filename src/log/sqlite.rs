//! The log in a SQLite database, embedded: what a server keeps between its lives.
//!
//! Decides how records become statements; `reading` does so for questions. Invariants: a
//! group is one transaction and durable (fdatasync of the write-ahead log) when it is
//! answered; after a write failed for any reason but a full disk nothing is written
//! again, because a later success could not be trusted.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, TransactionBehavior, params};

use super::amending::amend;
use super::entries::insert_entry;
use super::pages::{find_page, look};
use super::persons::{join, leave};
use super::reading::{find_room, find_session, read_mark, read_members, read_room, session_key};
use super::{Chore, Log, committed, index, mark, reads, schema, search};
use crate::ids::{Epoch, Number, Pepper, RoomName, Seq, SessionId, Timestamp};
use crate::record::{
    Answer, Committed, Draft, Found, LogError, Query, Record, StoredMember, StoredSession,
};
use crate::wire::command::Search;
use crate::wire::event::{Content, RefusalCode};

/// A log in `chinwag.db` inside a data folder.
pub struct SqliteLog {
    connection: Connection,
    epoch: Epoch,
    broken: Option<String>,
    chores: Chores,
}

/// What can wait.
#[derive(Default)]
struct Chores {
    /// Whether entries are to be indexed.
    index: bool,
    /// Whether a text that was taken away may still stand in the write-ahead log.
    purge: bool,
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
        let mut log = Self {
            connection,
            epoch: Epoch(epoch),
            broken: None,
            chores: Chores::default(),
        };
        match log.write(index::prepare) {
            Err(LogError::Full) => {} // It serves without, until the next start.
            done => done?,
        }
        log.chores.index = index::is_behind(&log.connection)?;
        Ok(log)
    }

    /// The secret that goes into the ids of members, for good; `fresh` is used only if there is
    /// none yet.
    ///
    /// # Errors
    /// [`LogError`] as for [`Log::append`].
    pub fn pepper(&mut self, fresh: Pepper) -> Result<Pepper, LogError> {
        let kept = |connection: &Connection| -> rusqlite::Result<Option<[u8; 32]>> {
            connection.query_row("SELECT pepper FROM meta", [], |row| row.get(0))
        };
        if let Some(pepper) = kept(&self.connection)? {
            return Ok(Pepper(pepper));
        }
        self.write(|connection| Ok(connection.execute("UPDATE meta SET pepper = ?1", [fresh.0])?))?;
        Ok(fresh)
    }

    /// Begins the epoch `fresh`, for good: what clients hold of the one before may differ from
    /// what is stored, because a backup was restored.
    ///
    /// # Errors
    /// [`LogError`] as for [`Log::append`]; the epoch is the old one then.
    pub fn begin_epoch(&mut self, fresh: Epoch) -> Result<(), LogError> {
        self.write(|connection| Ok(connection.execute("UPDATE meta SET epoch = ?1", [fresh.0])?))?;
        self.epoch = fresh;
        Ok(())
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
            self.leave_files_alone();
        }
        result
    }

    /// Notes what a stored group leaves to be done.
    fn note_chores(&mut self, group: &[Committed]) {
        for record in group {
            let Committed::Entry(draft, _) = record else {
                continue;
            };
            self.chores.index = true;
            self.chores.purge |= takes_text_away(&draft.content);
        }
    }

    /// Indexes a batch. For want of room it waits for the next entry.
    fn index(&mut self) {
        self.chores.index = self.write(index::advance).unwrap_or(false);
    }

    /// Copies the write-ahead log into the database and empties it: what was deleted has been
    /// overwritten there and is nowhere then.
    fn purge(&mut self) {
        self.chores.purge = false;
        if let Err(error) = schema::settle(&self.connection) {
            self.broken = Some(error.to_string());
            self.leave_files_alone();
        }
    }

    /// Finds what is sought, the newest included unless too many wait to be indexed.
    fn search(&mut self, room: &RoomName, search: &Search) -> Result<Found, LogError> {
        if self.chores.index {
            self.index();
        }
        let found = search::find(&self.connection, room, search);
        if let Err(why @ LogError::Unusable(_)) = &found
            && index::is_there(&self.connection)?
        {
            self.write(|connection| index::give_up(connection, why))?;
        }
        found
    }

    /// Closing would copy the write-ahead log into the database and delete it, on the word of
    /// a page cache that may have forgotten what it could not write. The next start does that,
    /// and writes everything anew.
    fn leave_files_alone(&self) {
        let set = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        // It only sets a flag of the connection.
        self.connection.set_db_config(set, true).ok();
    }
}

impl Log for SqliteLog {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    fn append(&mut self, group: Vec<Record>) -> Result<Vec<Committed>, (Vec<Record>, LogError)> {
        match self.write(|connection| store(connection, &group)) {
            Ok(seqs) => {
                let group = committed(group, seqs);
                self.note_chores(&group);
                Ok(group)
            }
            Err(error) => Err((group, error)),
        }
    }

    fn answer(&mut self, query: Query) -> Result<Answer, LogError> {
        let connection = &self.connection;
        Ok(match query {
            Query::Session { token, next } => {
                Answer::Session(find_session(connection, token, next)?)
            }
            Query::Room {
                room,
                session,
                member,
            } => Answer::Room(read_room(connection, &room, (session, member))?),
            Query::Page { room, range, limit } => {
                Answer::Page(find_page(connection, &room, (range, limit))?)
            }
            Query::Search { room, search } => Answer::Found(self.search(&room, &search)?),
            Query::Look { room, seqs } => Answer::Page(look(connection, &room, seqs)?),
        })
    }

    fn members(&mut self) -> Result<Vec<StoredMember>, LogError> {
        read_members(&self.connection)
    }

    fn expire(&mut self, before: Timestamp) -> Result<(), LogError> {
        self.write(|connection| {
            for statement in [
                "DELETE FROM marks WHERE session IN (SELECT session FROM sessions WHERE seen < ?1)",
                "DELETE FROM members WHERE session IN (SELECT session FROM sessions WHERE seen < ?1)",
                "DELETE FROM sessions WHERE seen < ?1",
                "DELETE FROM reads WHERE at < ?1",
            ] {
                connection.execute(statement, [before.0])?;
            }
            Ok(())
        })
    }

    fn chore(&self) -> Option<Chore> {
        let index = self.chores.index.then_some(Chore::Index);
        let purge = || self.chores.purge.then_some(Chore::Purge);
        index.or_else(purge).filter(|_| self.broken.is_none())
    }

    fn tidy(&mut self) {
        match self.chore() {
            Some(Chore::Index) => self.index(),
            Some(Chore::Purge) => self.purge(),
            None => {}
        }
    }
}

/// Whether content, once stored, leaves a text behind that nobody is to read any more.
fn takes_text_away(content: &Content) -> bool {
    match content {
        Content::Edit { .. } | Content::Delete { .. } => true,
        Content::Text { .. }
        | Content::Location { .. }
        | Content::React { .. }
        | Content::Topic { .. }
        | Content::Deleted
        | Content::Emptied => false,
    }
}

impl From<rusqlite::Error> for LogError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            // SQLite says this for ENOSPC of a write, too. Of an fsync it does not, which is as
            // well: what a failed fsync leaves on the disk nobody knows, and another one that
            // succeeds says nothing about what the first should have written.
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
            Record::Lapsed(session) => lapse(connection, *session)?,
            Record::Joined {
                session,
                room,
                member,
                nick,
            } => join(connection, (*session, room), (*member, nick))?,
            Record::Left { session, room } => leave(connection, *session, room)?,
            Record::Read {
                room,
                member,
                upto,
                at,
            } => reads::advance(connection, (room, *member), *upto, *at)?,
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
    amend(connection, room, draft)?;
    settle(connection, (draft.session, &draft.room), draft.number, None)?;
    Ok(seq)
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

fn lapse(connection: &Connection, session: SessionId) -> Result<(), LogError> {
    for statement in [
        "DELETE FROM members WHERE session = ?1",
        "DELETE FROM sessions WHERE session = ?1
         AND NOT EXISTS (SELECT 1 FROM marks WHERE session = ?1)",
    ] {
        connection
            .prepare_cached(statement)?
            .execute([session_key(session)])?;
    }
    Ok(())
}

fn forget(connection: &Connection, session: SessionId) -> Result<(), LogError> {
    for statement in [
        "DELETE FROM members WHERE session = ?1",
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
        pub(in crate::log) fn limit_pages(&self, pages: u32) {
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
    fn a_new_epoch_is_kept_and_takes_nothing_of_the_history() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = SqliteLog::open(folder.path(), Epoch(7)).unwrap();
        log.append(vec![say(1, "lobby", 1)]).unwrap();
        log.begin_epoch(Epoch(8)).unwrap();
        assert_eq!(log.epoch(), Epoch(8));
        drop(log);
        let mut log = SqliteLog::open(folder.path(), Epoch(9)).unwrap();
        assert_eq!(log.epoch(), Epoch(8));
        assert_eq!(end_of(&mut log, "lobby", 1).head, Seq(1));
    }

    #[test]
    fn the_secret_of_members_ids_is_drawn_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = Pepper([1; 32]);
        assert_eq!(open(folder.path()).pepper(first), Ok(first));
        let mut log = open(folder.path());
        assert_eq!(log.pepper(Pepper([2; 32])), Ok(first));
        log.begin_epoch(Epoch(9)).unwrap();
        assert_eq!(log.pepper(Pepper([3; 32])), Ok(first));
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
    fn only_want_of_room_is_worth_another_try() {
        use rusqlite::ffi;
        let meaning =
            |code| LogError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert_eq!(meaning(ffi::SQLITE_FULL), LogError::Full);
        for code in [
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_IOERR_DIR_FSYNC,
            ffi::SQLITE_IOERR_WRITE,
            ffi::SQLITE_IOERR_TRUNCATE,
            ffi::SQLITE_IOERR_READ,
            ffi::SQLITE_IOERR_NOMEM,
            ffi::SQLITE_CORRUPT,
            ffi::SQLITE_READONLY,
            ffi::SQLITE_CANTOPEN,
        ] {
            let meant = meaning(code);
            assert!(matches!(meant, LogError::Broken(_)), "{code}: {meant:?}");
        }
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
        let ahead = |name: &str| std::fs::metadata(folder.path().join(name)).map(|it| it.len());
        let left = ahead("chinwag.db-wal").unwrap();
        assert!(left > 0, "closing has left the write-ahead log alone");
        let mut log = open(folder.path());
        let left = ahead("chinwag.db-wal").unwrap();
        assert_eq!(left, 0, "the next start has written anew what it held");
        assert_eq!(end_of(&mut log, "lobby", 1).head, Seq(1));
        assert_eq!(find(&mut log, Some(11), 99), None);
    }
}
