//! The database file: Spin's table, our settings, and the check at the start.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::OpenError;
use crate::limits::{BUSY_WAIT, CACHE_KIB, FAULTS_MAX};

/// Spin's table, column for column, so that either host can open the other's file.
const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL,
    key   TEXT NOT NULL,
    value BLOB NOT NULL,

    PRIMARY KEY (store, key)
)";

/// Makes the state directory, readable by its owner only, and proves that it can be written.
pub fn create_state_dir(directory: &Path) -> Result<(), OpenError> {
    let unwritable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::StorageFull => OpenError::Full { path: directory.to_owned() },
        _ => OpenError::Unwritable { path: directory.to_owned(), detail: error.to_string() },
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(unwritable)?;
    let probe = directory.join(format!(".write-probe-{}", std::process::id()));
    std::fs::write(&probe, b"tierline").map_err(unwritable)?;
    std::fs::remove_file(&probe).map_err(unwritable)
}

/// Opens the writing connection: creates the table, sets the journal, checks the file.
pub fn open_writer(path: &Path, pages_max: Option<u32>) -> Result<Connection, OpenError> {
    let sorted = |error: rusqlite::Error| OpenError::from_sqlite(path, &error);
    keep_private(path)?;
    let connection = Connection::open(path).map_err(sorted)?;
    connection.busy_timeout(BUSY_WAIT).map_err(sorted)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(sorted)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(sorted)?;
    connection.pragma_update(None, "cache_size", -i64::from(CACHE_KIB)).map_err(sorted)?;
    if let Some(pages) = pages_max {
        connection.pragma_update(None, "max_page_count", pages).map_err(sorted)?;
    }
    check_integrity(path, &connection)?;
    connection.execute(CREATE_TABLE, []).map_err(sorted)?;
    check_table(path, &connection)?;
    Ok(connection)
}

/// Creates the database file for its owner alone, before SQLite would for everybody; it holds what customers write.
/// SQLite gives the files beside it the same mode. One that is there keeps the mode its owner gave it.
fn keep_private(path: &Path) -> Result<(), OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(OpenError::Unwritable { path: path.to_owned(), detail: error.to_string() })
        }
        _ => Ok(()),
    }
}

/// Opens one reading connection on a database that is there already. Waits for nobody who writes in write-ahead mode,
/// and at most [`BUSY_WAIT`] for one who does not.
pub fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    if !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    let sorted = |error: rusqlite::Error| OpenError::from_sqlite(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sorted)?;
    connection.busy_timeout(BUSY_WAIT).map_err(sorted)?;
    connection.pragma_update(None, "cache_size", -i64::from(CACHE_KIB)).map_err(sorted)?;
    Ok(connection)
}

fn check_integrity(path: &Path, connection: &Connection) -> Result<(), OpenError> {
    let verdict: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| OpenError::from_sqlite(path, &error))?;
    match verdict.as_str() {
        "ok" => Ok(()),
        _ => Err(OpenError::Corrupt { path: path.to_owned(), detail: one_line(&verdict) }),
    }
}

/// Looks at every page and index of the file, which takes a while for a large one, and gives what is wrong with it:
/// the first [`FAULTS_MAX`] faults. That the table is Spin's is checked too.
pub fn check_whole(path: &Path, connection: &Connection) -> Result<Vec<String>, OpenError> {
    let sorted = |error: rusqlite::Error| OpenError::from_sqlite(path, &error);
    let mut statement =
        connection.prepare(&format!("PRAGMA integrity_check({FAULTS_MAX})")).map_err(sorted)?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0)).map_err(sorted)?;
    let lines: Vec<String> = lines.collect::<Result<_, _>>().map_err(sorted)?;
    check_table(path, connection)?;
    Ok(lines.iter().filter(|line| *line != "ok").map(|line| one_line(line)).collect())
}

fn check_table(path: &Path, connection: &Connection) -> Result<(), OpenError> {
    match connection.prepare("SELECT store, key, value FROM spin_key_value") {
        Ok(_) => Ok(()),
        Err(error) => Err(OpenError::Corrupt {
            path: path.to_owned(),
            detail: format!("its table spin_key_value is not Spin's ({})", one_line(&error.to_string())),
        }),
    }
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
