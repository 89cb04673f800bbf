//! `tierline backup` and `tierline restore`: the database as one file, taken while the desk runs.

use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode};
use serde::Serialize;
use tempfile::TempPath;
use tierline_domain::time::Time;
use tierline_sqlite::{DATABASE_FILE, OpenError, StateLock, check_whole, create_state_dir, open_reader};

use crate::exit::{ExitKind, Failure};
use crate::limits::{COPY_ATTEMPTS_MAX, COPY_PAUSE};
use crate::place::{NewFile, sync_directory, unwritable};
use crate::{now, output};

/// What came of a copy.
#[derive(Debug, Serialize)]
struct Copied {
    from: PathBuf,
    to: PathBuf,
    bytes: u64,
    keys: u64,
    /// Where what was there before is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<PathBuf>,
}

/// Copies the database of `state_dir` as of one moment to the new file `to`, and verifies the copy.
pub fn backup(state_dir: &Path, to: &Path, json: bool) -> Result<(), Failure> {
    let from = state_dir.join(DATABASE_FILE);
    let file = NewFile::begin(to)?;
    let keys = copy(&from, file.temporary(), to)?;
    let bytes = file.temporary().metadata().map_or(0, |metadata| metadata.len());
    file.place()?;
    let copied = Copied { from, to: to.to_owned(), bytes, keys, kept: None };
    match json {
        true => output::json(&copied),
        false => {
            output::line(&format!("{}: {keys} keys, {} KiB, verified", copied.to.display(), bytes / 1024))
        }
    }
}

/// Puts the backup `from` where a desk will find it. What is there is kept beside it, if `replace` allows to move it.
pub fn restore(from: &Path, state_dir: &Path, replace: bool, json: bool) -> Result<(), Failure> {
    if !from.is_file() {
        return Err(Failure::new(
            ExitKind::MissingInput,
            format!("{} is not there", from.display()),
            "check the name of the backup",
        ));
    }
    create_state_dir(state_dir)?;
    let _lock = StateLock::alone(state_dir, DATABASE_FILE)?;
    let to = state_dir.join(DATABASE_FILE);
    let is_there = to.symlink_metadata().is_ok();
    if is_there && !replace {
        return Err(Failure::new(
            ExitKind::StateUnwritable,
            format!("{} is there already", to.display()),
            "repeat with --replace to put the backup in its place; what is there is kept beside it",
        ));
    }
    let file = NewFile::begin_replacing(&to)?;
    let keys = copy(from, file.temporary(), &to)?;
    let bytes = file.temporary().metadata().map_or(0, |metadata| metadata.len());
    give_to_owner_of(state_dir, file.temporary());
    let kept = if is_there { Some(keep(&to)?) } else { None };
    file.replace()?;
    let copied = Copied { from: from.to_owned(), to, bytes, keys, kept };
    if json {
        return output::json(&copied);
    }
    output::line(&format!("{}: {keys} keys, {} KiB, verified", copied.to.display(), bytes / 1024))?;
    match &copied.kept {
        Some(kept) => output::line(&format!("What was there is now {}", kept.display())),
        None => Ok(()),
    }
}

/// Copies one database to the empty file `to`, checks the copy whole, and counts its keys. `name` is what `to` will be.
fn copy(from: &Path, to: &Path, name: &Path) -> Result<u64, Failure> {
    let source = open_reader(from)?;
    let faults = check_whole(from, &source)?;
    if let Some(fault) = faults.first() {
        return Err(Failure::new(
            ExitKind::BadData,
            format!("{} is damaged: {fault}", from.display()),
            "copy the file itself and keep it, then restore an earlier backup",
        ));
    }
    let failed = |error: rusqlite::Error| writing(name, &error);
    let mut target = Connection::open(to).map_err(failed)?;
    run(&source, &mut target).map_err(failed)?;
    // One file, that needs none beside it: the desk turns the log on again when it opens it.
    target.pragma_update(None, "journal_mode", "DELETE").map_err(failed)?;
    let faults = check_whole(to, &target)?;
    if let Some(fault) = faults.first() {
        return Err(Failure::new(
            ExitKind::StateUnwritable,
            format!("the copy {} came out damaged: {fault}", name.display()),
            "check the disk it was written to",
        ));
    }
    let count = "SELECT count(*) FROM spin_key_value";
    let keys: i64 = target.query_row(count, [], |row| row.get(0)).map_err(failed)?;
    target.close().map_err(|(_, error)| failed(error))?;
    Ok(u64::try_from(keys).unwrap_or(0))
}

/// All pages in one step, so that they are of one moment; who writes in write-ahead mode does not notice.
fn run(source: &Connection, target: &mut Connection) -> rusqlite::Result<()> {
    let backup = Backup::new(source, target)?;
    for _ in 0..COPY_ATTEMPTS_MAX {
        match backup.step(-1)? {
            StepResult::Done => return Ok(()),
            _ => std::thread::sleep(COPY_PAUSE),
        }
    }
    Err(rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
        Some("the database was locked all the time".to_owned()),
    ))
}

/// A connection that sees the database as of one moment, however long it is used, and keeps no desk from writing.
///
/// In write-ahead mode, which our host uses, that is a read transaction. Otherwise, as under Spin, a reader would hold
/// writers up: then it is a private copy, gone with the second value.
pub fn moment(path: &Path) -> Result<(Connection, Option<TempPath>), Failure> {
    let connection = open_reader(path)?;
    let sorted = |error: rusqlite::Error| OpenError::from_sqlite(path, &error);
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).map_err(sorted)?;
    if mode.eq_ignore_ascii_case("wal") {
        connection.execute_batch("BEGIN").map_err(sorted)?;
        return Ok((connection, None));
    }
    let copy = tempfile::NamedTempFile::new().map_err(|error| unwritable(path, &error))?.into_temp_path();
    let mut target = Connection::open(&copy).map_err(|error| writing(&copy, &error))?;
    run(&connection, &mut target).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => sorted(error).into(),
        _ => writing(&copy, &error),
    })?;
    Ok((target, Some(copy)))
}

fn writing(path: &Path, error: &rusqlite::Error) -> Failure {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Failure::new(
            ExitKind::StateUnwritable,
            format!("no room is left on the disk of {}", path.display()),
            "free some space, then repeat: nothing was left half done",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Failure::new(ExitKind::Busy, format!("the database is busy: {error}"), "repeat in a moment")
        }
        _ => Failure::new(
            ExitKind::StateUnwritable,
            format!("{} cannot be written: {error}", path.display()),
            "see that its disk is well and has room",
        ),
    }
}

/// Gives the database at `path` a second name, so that replacing the first loses nothing, and takes its log away: SQLite
/// would apply that to whatever comes in its place.
fn keep(path: &Path) -> Result<PathBuf, Failure> {
    let moment = Time(now()).to_rfc3339().replace([':', '.'], "-");
    let kept = beside(path, &format!(".before-{moment}"));
    // A healthy database takes its log in; of a damaged one, which SQLite must not write to, the log is kept too.
    let is_healthy =
        |database: Connection| check_whole(path, &database).is_ok_and(|faults| faults.is_empty());
    if open_reader(path).is_ok_and(is_healthy) {
        _ = fold(path);
    }
    std::fs::hard_link(path, &kept)
        .or_else(|_| std::fs::copy(path, &kept).map(drop))
        .map_err(|error| unwritable(&kept, &error))?;
    for suffix in ["-wal", "-shm", "-journal"] {
        let log = beside(path, suffix);
        if log.exists() {
            let to = beside(&kept, suffix);
            std::fs::rename(&log, &to).map_err(|error| unwritable(&to, &error))?;
        }
    }
    sync_directory(path)?;
    Ok(kept)
}

fn fold(path: &Path) -> Result<(), OpenError> {
    let sorted = |error: rusqlite::Error| OpenError::from_sqlite(path, &error);
    let connection = Connection::open(path).map_err(sorted)?;
    connection.pragma_update(None, "journal_mode", "DELETE").map_err(sorted)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A restore by root must leave a file that the desk's own user can write.
fn give_to_owner_of(directory: &Path, file: &Path) {
    #[cfg(unix)]
    if let Ok(metadata) = directory.metadata() {
        use std::os::unix::fs::MetadataExt;
        // Not root, or on a system that does not allow it: the file is ours, as the directory is.
        _ = std::os::unix::fs::chown(file, Some(metadata.uid()), Some(metadata.gid()));
    }
}

#[cfg(test)]
mod tests;
