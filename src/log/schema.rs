//! Opening a data folder: the file, its lock, its settings and its schema.
//!
//! Decides how the database is laid out and brought up to date. Invariants: one process at
//! a time has the folder open; a database that a newer version has written is left as it is.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::record::LogError;

/// The database inside the data folder.
pub(super) const FILE: &str = "chinwag.db";

/// Statements kept prepared: more than there are in the code.
const STATEMENTS: usize = 32;

/// How the database is used. The locking mode comes first: set before the first access the
/// lock is taken with that and kept, and the index of the write-ahead log stays in
/// memory instead of in a mapped file. It is unquoted, because for a quoted value SQLite
/// accesses the file before it sets the mode. The write-ahead log keeps 16 MiB on disk
/// after a checkpoint: a burst's worth. Nothing temporary goes to a file: for want of a file
/// handle that would fail, and a failed write is the end of the server.
/// What is deleted is overwritten with zeros.
const SETTINGS: &str = "
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = OFF;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_size_limit = 16777216;
    PRAGMA secure_delete = ON;
";

/// What each version of the schema changed; `PRAGMA user_version` counts those applied.
/// Append only: databases out there have run the ones before.
///
/// Entries are only ever appended, and found by room and place. Marks name the room by its
/// key, because a refusal may come before the room's first entry makes the room.
const MIGRATIONS: [&str; 5] = [ENTRIES_AND_SESSIONS, MEMBERS, AMENDMENTS, INDEXED, PERSONS];

const ENTRIES_AND_SESSIONS: &str = "
    CREATE TABLE meta (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        epoch INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE rooms (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        shown TEXT NOT NULL
    ) STRICT;
    CREATE TABLE entries (
        room INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL,
        author INTEGER NOT NULL,
        number INTEGER NOT NULL,
        nick TEXT NOT NULL,
        kind INTEGER NOT NULL,
        body TEXT,
        latitude REAL,
        longitude REAL,
        UNIQUE (room, seq)
    ) STRICT;
    CREATE TABLE marks (
        session BLOB NOT NULL,
        room TEXT NOT NULL,
        number INTEGER NOT NULL,
        refused BLOB NOT NULL,
        PRIMARY KEY (session, room)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sessions (
        session BLOB NOT NULL PRIMARY KEY,
        current BLOB NOT NULL,
        previous BLOB,
        seen INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sessions_by_current ON sessions (current);
    CREATE INDEX sessions_by_previous ON sessions (previous) WHERE previous IS NOT NULL;
    CREATE INDEX sessions_by_seen ON sessions (seen);
";

/// Who is in which room, in the order of `id`; [`PERSONS`] lays it out anew.
const MEMBERS: &str = "
    CREATE TABLE members (
        id INTEGER PRIMARY KEY,
        session BLOB NOT NULL,
        room TEXT NOT NULL,
        shown TEXT NOT NULL,
        name TEXT NOT NULL,
        nick TEXT NOT NULL,
        UNIQUE (session, room),
        UNIQUE (room, name)
    ) STRICT;
";

/// What amends an entry: `of` names the one it amends, `reply` the one that a message answers.
/// An edit's text stands with its message alone, so that there is one place to change and one
/// to blank. An emoji stands on a message in the order
/// of `place`, and who has reacted with it in the order of `id`.
const AMENDMENTS: &str = "
    ALTER TABLE entries ADD COLUMN of INTEGER;
    ALTER TABLE entries ADD COLUMN reply INTEGER;
    ALTER TABLE entries ADD COLUMN edited INTEGER;
    ALTER TABLE rooms ADD COLUMN topic TEXT NOT NULL DEFAULT '';
    CREATE TABLE reactions (
        id INTEGER PRIMARY KEY,
        room INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        emoji TEXT NOT NULL,
        place INTEGER NOT NULL,
        author INTEGER NOT NULL,
        nick TEXT NOT NULL,
        UNIQUE (room, seq, emoji, author)
    ) STRICT;
";

/// How far the index of words has come, by the rows of entries. Version 0 is no index at all:
/// whoever opens the database makes it, and it catches up behind what is going on.
const INDEXED: &str = "
    CREATE TABLE indexed (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        version INTEGER NOT NULL,
        upto INTEGER NOT NULL
    ) STRICT;
    INSERT INTO indexed VALUES (1, 0, 0);
";

/// A member is a person with several sessions: `member` is the person, `seat` the session that
/// wrote an entry. Entries from before have none; there the author was the session, so the
/// author is read for it. Who was a member before is let go, because nobody knows as whom. A name is a
/// person's, so it may be there more than once. `reads` says how far a person has read.
const PERSONS: &str = "
    ALTER TABLE meta ADD COLUMN pepper BLOB;
    ALTER TABLE entries ADD COLUMN seat INTEGER;
    DROP TABLE members;
    CREATE TABLE members (
        id INTEGER PRIMARY KEY,
        session BLOB NOT NULL,
        room TEXT NOT NULL,
        member INTEGER NOT NULL,
        shown TEXT NOT NULL,
        name TEXT NOT NULL,
        nick TEXT NOT NULL,
        UNIQUE (session, room)
    ) STRICT;
    CREATE INDEX members_by_name ON members (room, name);
    CREATE TABLE reads (
        room TEXT NOT NULL,
        member INTEGER NOT NULL,
        upto INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (room, member)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reads_by_time ON reads (at);
";

/// Opens the database in `dir`, making what is missing and bringing its schema up to date.
pub(super) fn open(dir: &Path) -> Result<Connection, LogError> {
    make_folder(dir).map_err(|error| in_folder("cannot make the data folder", dir, &error))?;
    make_file(&dir.join(FILE))
        .map_err(|error| in_folder("cannot write to the data folder", dir, &error))?;
    let mut connection = connect(dir).map_err(|error| explain(dir, error))?;
    migrate(&mut connection, dir)?;
    settle(&connection).map_err(|error| explain(dir, error))?;
    Ok(connection)
}

/// Copies what the write-ahead log of the last run holds into the database, and empties it.
/// If that run ended because an fsync failed, the system may show pages that are not on disk
/// and never will be; written anew, they are on disk when this returns, or it fails.
pub(super) fn settle(connection: &Connection) -> rusqlite::Result<()> {
    let settled = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    match settled {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
            tracing::warn!("the disk is full: the write-ahead log stays as it is");
            Ok(())
        }
        settled => settled,
    }
}

fn in_folder(what: &str, dir: &Path, error: &dyn std::fmt::Display) -> LogError {
    LogError::Unusable(format!("{what} {}: {error}", dir.display()))
}

fn explain(dir: &Path, error: rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => in_folder(
            "cannot use the data folder",
            dir,
            &"another process is using it",
        ),
        Some(_) | None => match LogError::from(error) {
            LogError::Full => LogError::Full,
            LogError::Broken(why) | LogError::Unusable(why) => {
                in_folder("cannot open the database in", dir, &why)
            }
        },
    }
}

/// Makes the folder for its owner alone and sees to it that it is still there after a
/// power cut.
fn make_folder(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    match dir.canonicalize()?.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// Makes the file for its owner alone; SQLite gives the same mode to those beside it.
fn make_file(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn connect(dir: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.join(FILE), flags)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Otherwise SQLite plans a statement anew each time that other values are bound to it: that
    // took more than half of the time of a search.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Who holds the lock holds it until it ends: there is nothing to wait for.
    connection.busy_timeout(std::time::Duration::ZERO)?;
    connection.execute_batch(SETTINGS)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection, dir: &Path) -> Result<(), LogError> {
    // A write transaction even if there is nothing to do: it takes the lock for good.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| explain(dir, error))?;
    let version = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let Some(missing) = MIGRATIONS.get(version..) else {
        return Err(in_folder(
            "cannot use the data folder",
            dir,
            &format!(
                "a newer version wrote it (schema {version}, this one knows {})",
                MIGRATIONS.len()
            ),
        ));
    };
    for script in missing {
        transaction.execute_batch(script)?;
    }
    // Unchanged, nothing is written: a server must be able to start on a full disk.
    if !missing.is_empty() {
        transaction.pragma_update(None, "user_version", MIGRATIONS.len())?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pragma(connection: &Connection, name: &str) -> String {
        connection
            .pragma_query_value(None, name, |row| {
                row.get_ref(0).map(|value| match value.as_i64() {
                    Ok(number) => number.to_string(),
                    Err(_) => value.as_str().unwrap().to_owned(),
                })
            })
            .unwrap()
    }

    #[test]
    fn a_commit_waits_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open(folder.path()).unwrap();
        assert_eq!(pragma(&connection, "journal_mode"), "wal");
        assert_eq!(pragma(&connection, "synchronous"), "2");
        assert_eq!(pragma(&connection, "foreign_keys"), "0");
        assert_eq!(pragma(&connection, "locking_mode"), "exclusive");
    }

    #[test]
    fn the_index_of_the_write_ahead_log_is_never_a_mapped_file() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let connection = open(folder.path()).unwrap();
            assert!(folder.path().join("chinwag.db-wal").exists());
            assert!(!folder.path().join("chinwag.db-shm").exists());
            drop(connection);
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_data_folder_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("deep/data");
        let _connection = open(&dir).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir), 0o700);
        assert_eq!(mode(&dir.join(FILE)), 0o600);
        assert_eq!(mode(&dir.join("chinwag.db-wal")), 0o600);
    }

    #[test]
    fn a_folder_in_use_is_refused_with_a_clear_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let first = open(folder.path()).unwrap();
        let refused = open(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("another process is using it"), "{refused}");
        drop(first);
        assert!(open(folder.path()).is_ok());
    }

    #[test]
    fn what_was_written_when_a_session_was_a_member_stays_and_its_author_is_its_seat() {
        let folder = tempfile::tempdir().unwrap();
        make_folder(folder.path()).unwrap();
        let old = Connection::open(folder.path().join(FILE)).unwrap();
        MIGRATIONS[..4]
            .iter()
            .for_each(|it| old.execute_batch(it).unwrap());
        old.pragma_update(None, "user_version", 4).unwrap();
        old.execute_batch(
            "INSERT INTO meta VALUES (1, 7);
             INSERT INTO rooms (id, key, shown) VALUES (1, 'lobby', 'Lobby');
             INSERT INTO members VALUES (1, x'00', 'lobby', 'Lobby', 'ann', 'Ann');
             INSERT INTO entries (room, seq, at, author, number, nick, kind, body)
             VALUES (1, 1, 5, 42, 1, 'Ann', 1, 'Hello');",
        )
        .unwrap();
        drop(old);
        let connection = open(folder.path()).unwrap();
        let entry = super::super::pages::entry_at(&connection, 1, crate::ids::Seq(1));
        let entry = entry.unwrap().unwrap();
        assert_eq!((entry.author.0, entry.seat.0), (42, 42));
        assert_eq!(entry.content.body(), Some("Hello"));
        let held = super::super::reading::read_members(&connection).unwrap();
        assert_eq!(held, []);
    }

    #[test]
    fn a_database_from_a_newer_version_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let newer = MIGRATIONS.len() + 1;
        let connection = open(folder.path()).unwrap();
        connection
            .pragma_update(None, "user_version", newer)
            .unwrap();
        drop(connection);
        let refused = open(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("newer version"), "{refused}");
        let plain = Connection::open(folder.path().join(FILE)).unwrap();
        assert_eq!(pragma(&plain, "user_version"), newer.to_string());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named_in_the_refusal() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let refused = open(&file.join("data")).unwrap_err().to_string();
        assert!(refused.contains("cannot make the data folder"), "{refused}");
    }
}
