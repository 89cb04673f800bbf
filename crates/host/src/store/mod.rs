//! The key-value store: one SQLite file in Spin's own schema and place.
//!
//! Reads go over a few read-only connections and see committed values only. Writes go to one writer thread,
//! which takes whatever waits, puts it in one transaction (a savepoint for each operation), commits once, and
//! only then answers: an acknowledged write is on the disk, and many writers share one sync.

mod error;
mod reader;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

pub use error::StoreError;
use reader::Readers;
pub use tierline_sqlite::{DATABASE_FILE, OpenError};
use tierline_sqlite::{InUse, StateLock, create_state_dir, open_writer};
use writer::Writer;

use crate::limits::{STORE_KEY_BYTES_MAX, STORE_READERS, STORE_VALUE_BYTES_MAX, STORE_WALKERS};

/// Pages of the database in a mebibyte: SQLite's have 4,096 bytes unless a file was made otherwise.
pub const PAGES_PER_MIB: u32 = 256;

/// How to open a store.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The directory that holds the database.
    pub state_dir: PathBuf,
    /// Caps the file's size in pages: more is refused as on a full disk.
    pub pages_max: Option<u32>,
}

impl StoreOptions {
    /// The usual options for a state directory.
    pub fn new(state_dir: impl Into<PathBuf>) -> Self {
        Self { state_dir: state_dir.into(), pages_max: None }
    }
}

/// One write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Sets a key.
    Set(Vec<u8>),
    /// Removes a key.
    Delete,
    /// Adds to an eight-byte little-endian counter; a missing one is zero.
    Increment(i64),
    /// Replaces the value if it is still the expected one; `None` expects that there is none.
    Swap {
        /// What the caller read.
        expected: Option<Vec<u8>>,
        /// What to put in its place.
        value: Vec<u8>,
    },
}

/// What is written: one operation on one key, or several at once, all or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// One operation on a key.
    One {
        /// The key.
        key: String,
        /// What to do with it.
        operation: Operation,
    },
    /// Sets several keys.
    SetMany(Vec<(String, Vec<u8>)>),
    /// Removes several keys.
    DeleteMany(Vec<String>),
}

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is durable.
    Done,
    /// It is durable, and this is the counter's new value.
    Counter(i64),
    /// The value was not the expected one; nothing was written.
    Mismatch,
}

/// A handle on the store; clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    readers: Readers,
    walkers: Readers,
    writer: Writer,
    syncs: Arc<AtomicU64>,
    /// Who is told how long a write took.
    stopwatch: OnceLock<Stopwatch>,
    /// Nobody replaces the database while this process has it.
    _lock: StateLock,
}

type Stopwatch = Box<dyn Fn(Duration) + Send + Sync>;

impl std::fmt::Debug for Inner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A restore or an import is at work in the directory.
fn refused(in_use: InUse) -> OpenError {
    match in_use {
        InUse::Yes { path, .. } => {
            OpenError::Other { path, detail: "another process is replacing the database".to_owned() }
        }
        InUse::Unwritable { path, detail } => OpenError::Unwritable { path, detail },
    }
}

impl Store {
    /// Opens (or creates) the store, checks it and starts the writer.
    pub fn open(options: &StoreOptions) -> Result<Self, OpenError> {
        let path = options.state_dir.join(DATABASE_FILE);
        create_state_dir(&options.state_dir)?;
        let lock = StateLock::share(&options.state_dir).map_err(refused)?;
        let connection = open_writer(&path, options.pages_max)?;
        let readers = Readers::open(&path, STORE_READERS)?;
        let walkers = Readers::open(&path, STORE_WALKERS)?;
        let syncs = Arc::new(AtomicU64::new(0));
        let writer = Writer::start(connection, syncs.clone())?;
        Ok(Self {
            inner: Arc::new(Inner {
                path,
                readers,
                walkers,
                writer,
                syncs,
                stopwatch: OnceLock::new(),
                _lock: lock,
            }),
        })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Commits made so far, each of them one sync however many operations it carried.
    pub fn syncs(&self) -> u64 {
        self.inner.syncs.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// The committed value of a key.
    pub fn get(&self, store: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.readers.with(|reader| reader.get(store, key))
    }

    /// Whether a key has a committed value.
    pub fn exists(&self, store: &str, key: &str) -> Result<bool, StoreError> {
        self.inner.readers.with(|reader| reader.exists(store, key))
    }

    /// The committed values of several keys as of one moment, in the order asked.
    pub fn get_many(&self, store: &str, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.inner.readers.with(|reader| reader.get_many(store, keys))
    }

    /// All keys of a store, in no promised order. This walks the whole table: run it off the async threads.
    pub fn list_keys(&self, store: &str) -> Result<Vec<String>, StoreError> {
        self.inner.walkers.with(|reader| reader.list_keys(store))
    }

    /// Writes, and answers once the write is durable.
    pub async fn write(&self, store: &str, write: Write) -> Result<Written, StoreError> {
        check_sizes(&write)?;
        let start = Instant::now();
        let written = self.inner.writer.write(store.to_owned(), write).await?;
        if let Some(stopwatch) = self.inner.stopwatch.get() {
            stopwatch(start.elapsed());
        }
        Ok(written)
    }

    /// Tells `stopwatch` how long each write took that was done; the first one given is told.
    pub fn measure_writes(&self, stopwatch: impl Fn(Duration) + Send + Sync + 'static) {
        _ = self.inner.stopwatch.set(Box::new(stopwatch));
    }

    /// Lets the writer finish what waits, folds the log into the database and closes it.
    pub fn close(&self) {
        self.inner.writer.stop();
    }
}

fn check_sizes(write: &Write) -> Result<(), StoreError> {
    let check_key = |key: &str| match key.len() > STORE_KEY_BYTES_MAX {
        true => Err(StoreError::KeyTooLong { bytes: key.len() }),
        false => Ok(()),
    };
    let check_value = |value: &[u8]| match value.len() > STORE_VALUE_BYTES_MAX {
        true => Err(StoreError::ValueTooLong { bytes: value.len() }),
        false => Ok(()),
    };
    match write {
        Write::One { key, operation } => {
            check_key(key)?;
            match operation {
                Operation::Set(value) | Operation::Swap { value, .. } => check_value(value),
                Operation::Delete | Operation::Increment(_) => Ok(()),
            }
        }
        Write::SetMany(pairs) => pairs.iter().try_for_each(|(key, value)| {
            check_key(key)?;
            check_value(value)
        }),
        Write::DeleteMany(keys) => keys.iter().try_for_each(|key| check_key(key)),
    }
}

#[cfg(test)]
mod tests;
