//! Who uses a state directory: hosts share it, a command that replaces the database wants it alone.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// The file that is locked. It stays when nobody uses the directory: only the lock on it counts.
const LOCK_FILE: &str = "tierline.lock";

/// Why a state directory could not be had.
#[derive(Debug, thiserror::Error)]
pub enum InUse {
    /// A host, or another command, has it.
    #[error("{path} is in use by another process{}", .pid.map_or_else(String::new, |pid| format!(" ({pid})")))]
    Yes {
        /// The state directory.
        path: PathBuf,
        /// Which process, where that can be told.
        pid: Option<u32>,
    },
    /// The lock file cannot be made.
    #[error("{path}: {detail}")]
    Unwritable {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
}

/// A lock on a state directory; it ends with this value, or with the process however that ends.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

impl StateLock {
    /// For a host: others may serve from the same database, but nobody may replace it meanwhile.
    pub fn share(directory: &Path) -> Result<Self, InUse> {
        let file = open(directory)?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(InUse::Yes { path: directory.to_owned(), pid: None }),
            // A file system without locks: serving is more than being safe from a command nobody runs now.
            Err(TryLockError::Error(_)) => Ok(Self { _file: file }),
        }
    }

    /// For whoever replaces the database `file` in the directory: nobody else may use it, Spin included, which knows
    /// no such lock and is found by its open file, where the system shows that.
    pub fn alone(directory: &Path, file: &str) -> Result<Self, InUse> {
        let lock = open(directory)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(InUse::Yes { path: directory.to_owned(), pid: None });
            }
            Err(TryLockError::Error(error)) => return Err(unwritable(directory, &error)),
        }
        match process_with(&directory.join(file)) {
            Some(pid) => Err(InUse::Yes { path: directory.to_owned(), pid: Some(pid) }),
            None => Ok(Self { _file: lock }),
        }
    }
}

fn open(directory: &Path) -> Result<File, InUse> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(directory.join(LOCK_FILE)).map_err(|error| unwritable(directory, &error))
}

fn unwritable(directory: &Path, error: &std::io::Error) -> InUse {
    InUse::Unwritable { path: directory.join(LOCK_FILE), detail: error.to_string() }
}

/// Another process that has `file` open, among those whose open files this user may see (Linux).
fn process_with(file: &Path) -> Option<u32> {
    let file = file.canonicalize().ok()?;
    let own = std::process::id();
    for process in std::fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let Ok(open_files) = std::fs::read_dir(process.path().join("fd")) else { continue };
        let has_it = |entry: std::fs::DirEntry| std::fs::read_link(entry.path()).is_ok_and(|to| to == file);
        if pid != own && open_files.flatten().any(has_it) {
            return Some(pid);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)] // a test
    use super::*;
    use std::sync::{Mutex, PoisonError};

    /// A process that begins has for a moment what the test beside it holds open, locks too.
    static BESIDE: Mutex<()> = Mutex::new(());

    #[test]
    fn hosts_share_and_a_replacer_is_alone() {
        let _alone = BESIDE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let one = StateLock::share(folder.path()).unwrap();
        let two = StateLock::share(folder.path()).unwrap();
        assert!(matches!(StateLock::alone(folder.path(), "db"), Err(InUse::Yes { .. })));
        drop((one, two));
        let alone = StateLock::alone(folder.path(), "db").unwrap();
        assert!(matches!(StateLock::share(folder.path()), Err(InUse::Yes { .. })));
        drop(alone);
        StateLock::share(folder.path()).unwrap();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_that_knows_no_lock_is_found_by_its_open_file() {
        let _alone = BESIDE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        std::fs::write(&path, "x").unwrap();
        let mut reader =
            std::process::Command::new("sleep").arg("60").stdin(File::open(&path).unwrap()).spawn().unwrap();
        let refused = StateLock::alone(folder.path(), "db");
        reader.kill().unwrap();
        reader.wait().unwrap();
        let Err(InUse::Yes { pid, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(pid, Some(reader.id()));
        StateLock::alone(folder.path(), "db").unwrap();
    }
}
