//! Spin's key-value store behind the port.
//!
//! Plain reads and writes are asynchronous (`spin:key-value`). Compare-and-swap, counters and batches exist only as
//! synchronous calls (`wasi:keyvalue`): while one runs, the whole instance waits, other requests included.

use crate::full::says_full;
use spin_sdk::experimental::wasi::keyvalue::atomics::{self, Cas, CasError};
use spin_sdk::experimental::wasi::keyvalue::{batch, store as sync};
use spin_sdk::key_value as plain;
use std::cell::RefCell;
use std::rc::Rc;
use tierline_store::{Store, StoreError, Swap, Sweep};

/// The store of the manifest that the desk lives in.
const LABEL: &str = "default";

/// Both handles to the same store, opened when first wanted and kept while the instance lives.
#[derive(Default)]
struct Handles {
    plain: RefCell<Option<Rc<plain::Store>>>,
    bucket: RefCell<Option<Rc<sync::Bucket>>>,
}

thread_local! {
    static HANDLES: Handles = Handles::default();
}

/// The component's `default` store.
#[derive(Debug, Clone, Copy, Default)]
pub struct SpinStore;

/// What `load` learned: the host's handle, dropped if it is not spent.
pub struct SpinCas(Cas);

impl SpinStore {
    /// Two requests may open at the same time; the second's handle stays, the first's goes when it is done.
    async fn plain(self) -> Result<Rc<plain::Store>, StoreError> {
        if let Some(open) = HANDLES.with(|handles| handles.plain.borrow().clone()) {
            return Ok(open);
        }
        let open = Rc::new(plain::Store::open(LABEL).await.map_err(plain_error)?);
        HANDLES.with(|handles| handles.plain.replace(Some(open.clone())));
        Ok(open)
    }

    fn bucket(self) -> Result<Rc<sync::Bucket>, StoreError> {
        if let Some(open) = HANDLES.with(|handles| handles.bucket.borrow().clone()) {
            return Ok(open);
        }
        let open = Rc::new(sync::open(LABEL).map_err(sync_error)?);
        HANDLES.with(|handles| handles.bucket.replace(Some(open.clone())));
        Ok(open)
    }
}

impl Store for SpinStore {
    type Cas = SpinCas;

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.plain().await?.get(key).await.map_err(plain_error)
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.plain().await?.set(key, value).await.map_err(plain_error)
    }

    async fn set_many(&self, entries: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        let bucket = self.bucket()?;
        batch::set_many(&bucket, entries).map_err(sync_error)
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.plain().await?.delete(key).await.map_err(plain_error)
    }

    async fn load(&self, key: &str) -> Result<(Option<Vec<u8>>, SpinCas), StoreError> {
        let bucket = self.bucket()?;
        let cas = Cas::new(&bucket, key).map_err(sync_error)?;
        // Always read through the handle: a swap without `current` before it is a plain write on some stores.
        let found = cas.current().map_err(sync_error)?;
        Ok((found, SpinCas(cas)))
    }

    async fn swap(&self, cas: SpinCas, value: &[u8]) -> Result<Swap, StoreError> {
        match atomics::swap(cas.0, value) {
            Ok(()) => Ok(Swap::Done),
            Err(CasError::CasFailed(_)) => Ok(Swap::Conflict),
            Err(CasError::StoreError(error)) => Err(sync_error(error)),
        }
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        let bucket = self.bucket()?;
        atomics::increment(&bucket, key, delta).map_err(sync_error)
    }
}

impl Sweep for SpinStore {
    /// In one synchronous call. `spin:key-value` would stream the keys instead, and Spin's SQLite store holds its
    /// lock while it streams: anything else that this instance asks of the store meanwhile never ends.
    async fn list_keys(&self) -> Result<Vec<String>, StoreError> {
        let bucket = self.bucket()?;
        let mut page = bucket.list_keys(None).map_err(sync_error)?;
        let mut keys = std::mem::take(&mut page.keys);
        while let Some(cursor) = page.cursor {
            page = bucket.list_keys(Some(&cursor)).map_err(sync_error)?;
            keys.append(&mut page.keys);
        }
        Ok(keys)
    }
}

fn plain_error(error: plain::Error) -> StoreError {
    match error {
        plain::Error::StoreTableFull => StoreError::Unavailable("too many stores are open".to_owned()),
        plain::Error::NoSuchStore => no_such_store(),
        plain::Error::AccessDenied => access_denied(),
        plain::Error::Other(reason) => other(reason),
    }
}

fn sync_error(error: sync::Error) -> StoreError {
    match error {
        sync::Error::NoSuchStore => no_such_store(),
        sync::Error::AccessDenied => access_denied(),
        sync::Error::Other(reason) => other(reason),
    }
}

fn no_such_store() -> StoreError {
    StoreError::Denied(format!("there is no store {LABEL}"))
}

fn access_denied() -> StoreError {
    StoreError::Denied(format!("the manifest does not give this component the store {LABEL}"))
}

fn other(reason: String) -> StoreError {
    if says_full(&reason) { StoreError::Full(reason) } else { StoreError::Unavailable(reason) }
}
