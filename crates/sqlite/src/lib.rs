//! The database file: Spin's own SQLite schema in Spin's own place, so that either host can open the other's.
//!
//! What is here is shared by the host, which serves from it, and by the operator's commands, which look at it, copy
//! it and fill it. [`SqliteStore`] is the store port over one connection, for tools and tests.

mod adapter;
mod error;
pub mod limits;
mod lock;
mod schema;
pub mod statements;

pub use adapter::{SqliteCas, SqliteStore};
pub use error::OpenError;
pub use lock::{InUse, StateLock};
pub use schema::{check_whole, create_state_dir, open_reader, open_writer};

/// The file's name inside the state directory; the same as Spin's.
pub const DATABASE_FILE: &str = "sqlite_key_value.db";

/// The name of the store that the manifest's components use.
pub const DEFAULT_STORE: &str = "default";
