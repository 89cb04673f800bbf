//! The store port over one connection: for tools that look at a database or fill it, and for tests.
//!
//! The host does not use this: it serves many requests over several connections and one writer.

use std::rc::Rc;

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use tierline_store::{Store, StoreError, Swap, Sweep};

use crate::DEFAULT_STORE;
use crate::statements::{DELETE, INSERT_NEW, REPLACE_SAME, SELECT_VALUE, UPSERT};

const SELECT_KEYS: &str = "SELECT key FROM spin_key_value WHERE store = ?1 ORDER BY key";

/// The default store of a database. Clones share the connection; each call is a transaction of its own unless the
/// connection is in one already.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    connection: Rc<Connection>,
}

/// What `load` found.
#[derive(Debug)]
pub struct SqliteCas {
    key: String,
    found: Option<Vec<u8>>,
}

impl SqliteStore {
    /// Over a connection of [`crate::open_reader`] or [`crate::open_writer`].
    pub fn new(connection: Connection) -> Self {
        Self { connection: Rc::new(connection) }
    }

    /// The connection, to begin and end transactions on: all reads inside one see the same moment.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    fn read(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self.connection.prepare_cached(SELECT_VALUE).map_err(sorted)?;
        statement.query_row([DEFAULT_STORE, key], |row| row.get(0)).optional().map_err(sorted)
    }

    fn write(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(UPSERT).map_err(sorted)?;
        statement.execute(params![DEFAULT_STORE, key, value]).map(drop).map_err(sorted)
    }
}

fn sorted(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(error.to_string()),
        _ => StoreError::Unavailable(error.to_string()),
    }
}

impl Store for SqliteStore {
    type Cas = SqliteCas;

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(key)
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.write(key, value)
    }

    async fn set_many(&self, entries: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        self.connection.execute_batch("SAVEPOINT many").map_err(sorted)?;
        let written = entries.iter().try_for_each(|(key, value)| self.write(key, value));
        let end = if written.is_ok() { "RELEASE many" } else { "ROLLBACK TO many; RELEASE many" };
        let ended = self.connection.execute_batch(end).map_err(sorted);
        written.and(ended)
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(DELETE).map_err(sorted)?;
        statement.execute([DEFAULT_STORE, key]).map(drop).map_err(sorted)
    }

    async fn load(&self, key: &str) -> Result<(Option<Vec<u8>>, SqliteCas), StoreError> {
        let found = self.read(key)?;
        Ok((found.clone(), SqliteCas { key: key.to_owned(), found }))
    }

    async fn swap(&self, cas: SqliteCas, value: &[u8]) -> Result<Swap, StoreError> {
        let changed = match &cas.found {
            Some(found) => {
                let mut statement = self.connection.prepare_cached(REPLACE_SAME).map_err(sorted)?;
                statement.execute(params![DEFAULT_STORE, cas.key, value, found])
            }
            None => {
                let mut statement = self.connection.prepare_cached(INSERT_NEW).map_err(sorted)?;
                statement.execute(params![DEFAULT_STORE, cas.key, value])
            }
        };
        Ok(if changed.map_err(sorted)? == 1 { Swap::Done } else { Swap::Conflict })
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        let before = match self.read(key)? {
            None => 0,
            Some(bytes) => bytes
                .as_slice()
                .try_into()
                .map(i64::from_le_bytes)
                .map_err(|_| StoreError::Unavailable(format!("{key} is no counter")))?,
        };
        let after = before.wrapping_add(delta);
        self.write(key, &after.to_le_bytes())?;
        Ok(after)
    }
}

impl Sweep for SqliteStore {
    /// In order.
    async fn list_keys(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(SELECT_KEYS).map_err(sorted)?;
        let keys = statement.query_map([DEFAULT_STORE], |row| row.get(0)).map_err(sorted)?;
        keys.collect::<Result<_, _>>().map_err(sorted)
    }
}
