#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use super::*;
use crate::check::{Severity, check_file};
use crate::testing::sqlite_bench;

fn folders() -> (tempfile::TempDir, PathBuf, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    (folder, path.join("state"), path.join("backup.db"), path.join("other"))
}

fn tickets(state_dir: &Path) -> usize {
    let report = check_file(&state_dir.join(DATABASE_FILE)).unwrap();
    assert_eq!(report.count(Severity::Error), 0, "{:?}", report.findings);
    report.counts.tickets
}

#[test]
fn a_backup_taken_while_the_desk_works_restores_elsewhere() {
    let (_folder, state, file, other) = folders();
    let bench = sqlite_bench(&state);
    let _host = StateLock::share(&state).unwrap();
    let desk = bench.a_days_work("harborline");
    backup(&state, &file, false).unwrap();
    bench.ask(&desk, "Later than the backup", "care", false);
    bench.finish();
    restore(&file, &other, false, true).unwrap();
    assert_eq!((tickets(&state), tickets(&other)), (7, 6));
    sqlite_bench(&other).publish("harborline");
}

#[test]
#[cfg(unix)]
fn a_backup_is_one_private_file() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, state, file, _) = folders();
    sqlite_bench(&state).a_days_work("harborline");
    backup(&state, &file, false).unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn nothing_is_overwritten() {
    let (_folder, state, file, _) = folders();
    sqlite_bench(&state).a_days_work("harborline");
    std::fs::write(&file, "mine").unwrap();
    assert_eq!(backup(&state, &file, false).unwrap_err().kind, ExitKind::StateUnwritable);
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    std::fs::remove_file(&file).unwrap();
    backup(&state, &file, false).unwrap();
    let failure = restore(&file, &state, false, false).unwrap_err();
    assert_eq!(failure.kind, ExitKind::StateUnwritable);
    assert!(failure.advice.contains("--replace"), "{failure}");
}

#[test]
fn replacing_keeps_what_was_there() {
    let (_folder, state, file, _) = folders();
    let bench = sqlite_bench(&state);
    let desk = bench.a_days_work("harborline");
    backup(&state, &file, false).unwrap();
    bench.ask(&desk, "Later than the backup", "care", false);
    bench.finish();
    drop(bench);
    restore(&file, &state, true, false).unwrap();
    assert_eq!(tickets(&state), 6);
    let kept = std::fs::read_dir(&state).unwrap().flatten().map(|entry| entry.path());
    let kept: Vec<_> = kept.filter(|path| path.to_string_lossy().contains(".before-")).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let again = state.join("again");
    std::fs::create_dir(&again).unwrap();
    std::fs::rename(&kept[0], again.join(DATABASE_FILE)).unwrap();
    assert_eq!(tickets(&again), 7, "with what its log had");
}

#[test]
fn a_damaged_database_is_kept_with_its_log() {
    let (_folder, state, file, _) = folders();
    sqlite_bench(&state).a_days_work("harborline");
    backup(&state, &file, false).unwrap();
    let path = state.join(DATABASE_FILE);
    std::fs::write(&path, vec![0x55; 8192]).unwrap();
    std::fs::write(state.join(format!("{DATABASE_FILE}-wal")), "log").unwrap();
    restore(&file, &state, true, false).unwrap();
    assert_eq!(tickets(&state), 6);
    let names: Vec<_> = std::fs::read_dir(&state).unwrap().flatten().map(|entry| entry.file_name()).collect();
    let log = |name: &std::ffi::OsString| {
        let name = name.to_string_lossy();
        name.contains(".before-") && name.ends_with("-wal")
    };
    assert!(names.iter().any(log), "{names:?}");
}

#[test]
fn a_running_host_keeps_its_database() {
    let (_folder, state, file, _) = folders();
    sqlite_bench(&state).a_days_work("harborline");
    backup(&state, &file, false).unwrap();
    let host = StateLock::share(&state).unwrap();
    let failure = restore(&file, &state, true, false).unwrap_err();
    assert_eq!(failure.kind, ExitKind::Busy, "{failure}");
    drop(host);
    restore(&file, &state, true, false).unwrap();
}

#[test]
fn what_is_no_backup_is_refused_and_changes_nothing() {
    let (_folder, state, file, other) = folders();
    sqlite_bench(&state).a_days_work("harborline");
    std::fs::write(&file, "not a database, not at all").unwrap();
    assert_eq!(restore(&file, &state, true, false).unwrap_err().kind, ExitKind::BadData);
    assert_eq!(tickets(&state), 6);
    assert_eq!(restore(&other, &state, true, false).unwrap_err().kind, ExitKind::MissingInput);
    assert_eq!(backup(&other, &file.with_extension("2"), false).unwrap_err().kind, ExitKind::MissingInput);
    rusqlite::Connection::open(file.with_extension("3"))
        .unwrap()
        .execute_batch("CREATE TABLE x (y)")
        .unwrap();
    let failure = restore(&file.with_extension("3"), &state, true, false).unwrap_err();
    assert_eq!(failure.kind, ExitKind::BadData, "{failure}");
}

#[test]
fn a_directory_that_is_not_there_is_named() {
    let (_folder, state, file, _) = folders();
    sqlite_bench(&state).a_days_work("harborline");
    let failure = backup(&state, &file.join("no").join("such"), false).unwrap_err();
    assert_eq!(failure.kind, ExitKind::StateUnwritable);
}

#[test]
fn looking_for_long_keeps_no_desk_from_writing() {
    let (_folder, state, file, _) = folders();
    let bench = sqlite_bench(&state);
    let desk = bench.a_days_work("harborline");
    let count = |connection: &Connection| -> i64 {
        connection.query_row("SELECT count(*) FROM spin_key_value", [], |row| row.get(0)).unwrap()
    };
    let (connection, copy) = moment(&state.join(DATABASE_FILE)).unwrap();
    assert!(copy.is_none(), "in write-ahead mode");
    let before = count(&connection);
    bench.ask(&desk, "While it is looked at", "care", false);
    bench.finish();
    assert_eq!(count(&connection), before, "of one moment");

    // As Spin keeps it: a reader in a transaction would make this writer wait, and then fail.
    backup(&state, &file, false).unwrap();
    let (connection, copy) = moment(&file).unwrap();
    assert!(copy.is_some());
    let before = count(&connection);
    let spin = Connection::open(&file).unwrap();
    spin.busy_timeout(std::time::Duration::ZERO).unwrap();
    spin.execute_batch("DELETE FROM spin_key_value").unwrap();
    assert_eq!(count(&connection), before);
}
