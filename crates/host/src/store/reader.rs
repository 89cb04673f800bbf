//! Reading connections: committed values only, never waiting for the writer.

use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension};
use tierline_sqlite::statements::SELECT_VALUE;

use super::{OpenError, StoreError};
use tierline_sqlite::open_reader;

use crate::limits::STORE_RESULT_BYTES_MAX;

const SELECT_EXISTS: &str = "SELECT 1 FROM spin_key_value WHERE store = ?1 AND key = ?2";
const SELECT_KEYS: &str = "SELECT key FROM spin_key_value WHERE store = ?1";

/// A small pool; a caller holds a connection for one statement.
#[derive(Debug)]
pub struct Readers {
    free: Mutex<Vec<Reader>>,
    returned: Condvar,
}

impl Readers {
    /// Opens a pool of `count` connections.
    pub fn open(path: &Path, count: usize) -> Result<Self, OpenError> {
        let readers = (0..count).map(|_| open_reader(path).map(Reader)).collect::<Result<_, _>>()?;
        Ok(Self { free: Mutex::new(readers), returned: Condvar::new() })
    }

    /// Runs `read` on a free connection, waiting for one if all are in use.
    pub fn with<T>(&self, read: impl FnOnce(&Reader) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut free = self.lock();
        let reader = loop {
            match free.pop() {
                Some(reader) => break reader,
                None => free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(free);
        let lease = Lease { readers: self, reader: Some(reader) };
        match &lease.reader {
            Some(reader) => read(reader),
            None => Err(StoreError::Closing),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the connection back, whatever happened while it was used.
struct Lease<'a> {
    readers: &'a Readers,
    reader: Option<Reader>,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some(reader) = self.reader.take() {
            self.readers.lock().push(reader);
            self.readers.returned.notify_one();
        }
    }
}

/// One read-only connection.
#[derive(Debug)]
pub struct Reader(Connection);

impl Reader {
    /// The value of a key.
    pub fn get(&self, store: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self.0.prepare_cached(SELECT_VALUE)?;
        Ok(statement.query_row([store, key], |row| row.get(0)).optional()?)
    }

    /// Whether a key has a value.
    pub fn exists(&self, store: &str, key: &str) -> Result<bool, StoreError> {
        Ok(self.0.prepare_cached(SELECT_EXISTS)?.exists([store, key])?)
    }

    /// Several values out of one snapshot, in the order asked.
    pub fn get_many(&self, store: &str, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let snapshot = self.0.unchecked_transaction()?;
        let mut bytes = 0;
        let values = keys
            .iter()
            .map(|key| {
                let value = self.get(store, key)?;
                bytes += value.as_ref().map_or(0, Vec::len);
                if bytes > STORE_RESULT_BYTES_MAX { Err(StoreError::ResultTooLong) } else { Ok(value) }
            })
            .collect::<Result<Vec<_>, _>>();
        snapshot.finish()?;
        values
    }

    /// All keys.
    pub fn list_keys(&self, store: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.0.prepare_cached(SELECT_KEYS)?;
        let mut rows = statement.query([store])?;
        let mut keys = Vec::new();
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            let key: String = row.get(0)?;
            bytes += key.len() + size_of::<String>();
            if bytes > STORE_RESULT_BYTES_MAX {
                return Err(StoreError::ResultTooLong);
            }
            keys.push(key);
        }
        Ok(keys)
    }
}
