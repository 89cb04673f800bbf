//! What can go wrong with the store while it is in use, for the guest.

use rusqlite::ErrorCode;

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
