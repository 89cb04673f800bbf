//! The in-memory adapter: the honest twin of the real stores, for tests and simulations.

use crate::{Store, StoreError, Swap, Sweep};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Store reads and durable commits so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// `get` and `load`.
    pub reads: u64,
    /// `set`, `set_many`, `delete`, `increment`, and each `swap` that was done.
    pub commits: u64,
    /// `list_keys`.
    pub listings: u64,
}

impl std::ops::Sub for Counts {
    type Output = Self;
    fn sub(self, earlier: Self) -> Self {
        Self {
            reads: self.reads - earlier.reads,
            commits: self.commits - earlier.commits,
            listings: self.listings - earlier.listings,
        }
    }
}

/// Keys and values in this process. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    values: Rc<RefCell<BTreeMap<String, Vec<u8>>>>,
    counts: Rc<Cell<Counts>>,
}

/// What `load` found.
#[derive(Debug)]
pub struct MemoryCas {
    key: String,
    found: Option<Vec<u8>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls so far, by kind.
    pub fn counts(&self) -> Counts {
        self.counts.get()
    }

    fn count(&self, add: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.get();
        add(&mut counts);
        self.counts.set(counts);
    }
}

impl Store for MemoryStore {
    type Cas = MemoryCas;

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.count(|counts| counts.reads += 1);
        Ok(self.values.borrow().get(key).cloned())
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.count(|counts| counts.commits += 1);
        self.values.borrow_mut().insert(key.to_owned(), value.to_vec());
        Ok(())
    }

    async fn set_many(&self, entries: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        self.count(|counts| counts.commits += 1);
        self.values.borrow_mut().extend(entries.iter().cloned());
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.count(|counts| counts.commits += 1);
        self.values.borrow_mut().remove(key);
        Ok(())
    }

    async fn load(&self, key: &str) -> Result<(Option<Vec<u8>>, MemoryCas), StoreError> {
        self.count(|counts| counts.reads += 1);
        let found = self.values.borrow().get(key).cloned();
        Ok((found.clone(), MemoryCas { key: key.to_owned(), found }))
    }

    async fn swap(&self, cas: MemoryCas, value: &[u8]) -> Result<Swap, StoreError> {
        let mut values = self.values.borrow_mut();
        if values.get(&cas.key) != cas.found.as_ref() {
            return Ok(Swap::Conflict);
        }
        values.insert(cas.key, value.to_vec());
        self.count(|counts| counts.commits += 1);
        Ok(Swap::Done)
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        let mut values = self.values.borrow_mut();
        let before = match values.get(key) {
            None => 0,
            Some(bytes) => i64::from_le_bytes(
                bytes
                    .as_slice()
                    .try_into()
                    .map_err(|_| StoreError::Unavailable(format!("{key} is no counter")))?,
            ),
        };
        let after = before.wrapping_add(delta);
        values.insert(key.to_owned(), after.to_le_bytes().to_vec());
        self.count(|counts| counts.commits += 1);
        Ok(after)
    }
}

impl Sweep for MemoryStore {
    async fn list_keys(&self) -> Result<Vec<String>, StoreError> {
        self.count(|counts| counts.listings += 1);
        Ok(self.values.borrow().keys().cloned().collect())
    }
}
