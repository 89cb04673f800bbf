//! Why a database could not be opened, in the operator's words.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

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
    /// There is no database there.
    #[error("{path} is not there")]
    Missing {
        /// The database file.
        path: PathBuf,
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
