//! Opening a data folder: the file, its lock, its settings and its schema.
//!
//! Decides how the database is laid out and brought up to date. Invariants: one process at
//! a time has the folder open; a database that a newer version has written is left as it is.

use std::fs::{self, File};
use std::io;
use std::path::Path;

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
/// after a checkpoint: a burst's worth.
const SETTINGS: &str = "
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = OFF;
    PRAGMA journal_size_limit = 16777216;
";

/// What each version of the schema changed; `PRAGMA user_version` counts those applied.
/// Append only: databases out there have run the ones before.
///
/// Entries are only ever appended, and found by room and place. Marks name the room by its
/// key, because a refusal may come before the room's first entry makes the room.
const MIGRATIONS: [&str; 1] = ["
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
"];

/// Opens the database in `dir`, making what is missing and bringing its schema up to date.
pub(super) fn open(dir: &Path) -> Result<Connection, LogError> {
    make_folder(dir).map_err(|error| in_folder("cannot make the data folder", dir, &error))?;
    make_file(&dir.join(FILE))
        .map_err(|error| in_folder("cannot write to the data folder", dir, &error))?;
    let mut connection = connect(dir).map_err(|error| explain(dir, error))?;
    migrate(&mut connection, dir)?;
    Ok(connection)
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
