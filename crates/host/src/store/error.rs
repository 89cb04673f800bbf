//! What can go wrong with the store: at the start, for the operator; later, for the guest.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::exit::{ExitKind, Failure};
use crate::limits::{STORE_KEY_BYTES_MAX, STORE_RESULT_BYTES_MAX, STORE_VALUE_BYTES_MAX};

/// Why an operation failed. The texts reach guests and logs and never hold keys or values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room is left on the disk.
    #[error("store full: no room is left for the database; free some disk space and try again")]
    Full,
    /// The disk answered with an error.
    #[error("store input/output error ({0}); nothing was written")]
    InputOutput(String),
    /// Another process held the database for too long.
    #[error("store busy: another process holds the database; try again")]
    Busy,
    /// The key is over the limit.
    #[error("a key of {bytes} bytes is over the limit of {STORE_KEY_BYTES_MAX} bytes")]
    KeyTooLong {
        /// Its length.
        bytes: usize,
    },
    /// The value is over the limit.
    #[error("a value of {bytes} bytes is over the limit of {STORE_VALUE_BYTES_MAX} bytes")]
    ValueTooLong {
        /// Its length.
        bytes: usize,
    },
    /// A read would return too much.
    #[error("the result is over the limit of {STORE_RESULT_BYTES_MAX} bytes")]
    ResultTooLong,
    /// `increment` on something that is not a counter.
    #[error(
        "not a counter: the value has {bytes} bytes, a counter has 8; increment only keys nothing else writes"
    )]
    NotACounter {
        /// The value's length.
        bytes: usize,
    },
    /// `increment` past the largest or smallest number.
    #[error("the counter would overflow a signed 64-bit number")]
    CounterOverflow,
    /// The store is shutting down.
    #[error("the store is closing; nothing was written")]
    Closing,
    /// The database answered something unforeseen.
    #[error("store error: {0}")]
    Other(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error_code() else {
            return Self::Other(error.to_string());
        };
        match code {
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::SystemIoFailure | ErrorCode::ReadOnly | ErrorCode::CannotOpen => {
                Self::InputOutput(error.to_string())
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made or written.
    #[error("{path}: {detail}")]
    Unwritable {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// There is no room on the disk.
    #[error("no room is left on the disk of {path}")]
    Full {
        /// The database file.
        path: PathBuf,
    },
    /// The file is damaged, or is no database of ours.
    #[error("{path}: {detail}")]
    Corrupt {
        /// The database file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// Anything else.
    #[error("{path}: {detail}")]
    Other {
        /// The database file.
        path: PathBuf,
        /// What happened.
        detail: String,
    },
}

impl OpenError {
    /// Sorts a SQLite error met while opening `path`.
    pub fn from_sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let detail = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Corrupt { path, detail },
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::SystemIoFailure,
            ) => Self::Unwritable { path, detail },
            _ => Self::Other { path, detail },
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let (kind, problem, advice) = match &error {
            OpenError::Unwritable { .. } => (
                ExitKind::StateUnwritable,
                format!("the state directory cannot be written: {error}"),
                "see that its disk has room and that this user may write there, or name another with --state-dir",
            ),
            OpenError::Full { .. } => {
                (ExitKind::StateUnwritable, error.to_string(), "free some space, then start again")
            }
            OpenError::Corrupt { .. } => (
                ExitKind::CorruptDatabase,
                format!("the database is damaged or not Tierline's: {error}"),
                "restore it from a backup, or move the file away to start with an empty store",
            ),
            OpenError::Other { .. } => (
                ExitKind::Internal,
                format!("the database cannot be opened: {error}"),
                "check that no other process keeps it locked, then start again",
            ),
        };
        Failure::new(kind, problem, advice)
    }
}
