//! `wasi:keyvalue`: the synchronous interface, and the only one with compare-and-swap.
//!
//! By the component model, the whole instance waits while one of these calls runs.

use wasmtime::AsContextMut;
use wasmtime::component::{Access, Accessor, Resource};

use crate::bindings::wasi::keyvalue::atomics::{self, CasError};
use crate::bindings::wasi::keyvalue::batch;
use crate::bindings::wasi::keyvalue::store::{self, Error, KeyResponse};
use crate::guest::{GuestState, HostApi, request_behind};
use crate::limits::STORE_HANDLES_MAX;
use crate::request::RequestContext;
use crate::store::{Operation, Store, StoreError, Write, Written};

/// An open store, for both key-value interfaces.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// The store's name.
    pub name: String,
}

/// A compare-and-swap under way: the key, and the value it was when last read.
#[derive(Debug, Clone)]
pub struct Cas {
    bucket: Bucket,
    key: String,
    expected: Option<Vec<u8>>,
}

type Guest<'a> = Access<'a, GuestState, HostApi>;
type Answer<T> = wasmtime::Result<Result<T, Error>>;

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Other(error.to_string())
    }
}

/// What a call needs besides its arguments.
struct Call {
    store: Store,
    bucket: Bucket,
    request: RequestContext,
}

impl Call {
    fn on(guest: &mut Guest<'_>, bucket: &Resource<Bucket>) -> wasmtime::Result<Self> {
        let bucket = guest.get().table.get(bucket)?.clone();
        Ok(Self::with(guest, bucket))
    }

    fn with(guest: &mut Guest<'_>, bucket: Bucket) -> Self {
        let request = request_behind(guest.as_context_mut());
        Self { store: guest.get().store.clone(), bucket, request }
    }

    /// Counts a read and runs it.
    fn read<T>(&self, read: impl FnOnce(&Store, &str) -> Result<T, StoreError>) -> Result<T, Error> {
        self.request.counters.read();
        Ok(read(&self.store, &self.bucket.name)?)
    }

    /// Writes; counts the commit if there was one.
    async fn write(&self, write: Write) -> Result<Written, Error> {
        let written = self.store.write(&self.bucket.name, write).await?;
        if written != Written::Mismatch {
            self.request.counters.commit();
        }
        Ok(written)
    }
}

/// Puts a handle into the table, if there is room for one more.
fn keep<T: Send + 'static>(state: &mut GuestState, handle: T) -> Result<Resource<T>, Error> {
    if state.handles >= STORE_HANDLES_MAX {
        return Err(Error::Other(format!(
            "store table full: {STORE_HANDLES_MAX} handles are open; drop some"
        )));
    }
    let resource = state.table.push(handle).map_err(|error| Error::Other(error.to_string()))?;
    state.handles += 1;
    Ok(resource)
}

/// Takes a handle out of the table.
pub fn release<T: 'static>(state: &mut GuestState, handle: Resource<T>) -> wasmtime::Result<()> {
    state.table.delete(handle)?;
    state.handles = state.handles.saturating_sub(1);
    Ok(())
}

impl store::Host for GuestState {}

impl store::HostWithStore<GuestState> for HostApi {
    async fn open(mut guest: Guest<'_>, name: String) -> Answer<Resource<Bucket>> {
        let state = guest.get();
        if !state.component.key_value_stores.contains(&name) {
            return Ok(Err(Error::AccessDenied));
        }
        Ok(keep(state, Bucket { name }))
    }
}

impl store::HostBucket for GuestState {}

impl store::HostBucketWithStore<GuestState> for HostApi {
    async fn get(mut guest: Guest<'_>, bucket: Resource<Bucket>, key: String) -> Answer<Option<Vec<u8>>> {
        let call = Call::on(&mut guest, &bucket)?;
        Ok(call.read(|store, name| store.get(name, &key)))
    }

    async fn set(mut guest: Guest<'_>, bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Answer<()> {
        let call = Call::on(&mut guest, &bucket)?;
        Ok(call.write(Write::One { key, operation: Operation::Set(value) }).await.map(drop))
    }

    async fn delete(mut guest: Guest<'_>, bucket: Resource<Bucket>, key: String) -> Answer<()> {
        let call = Call::on(&mut guest, &bucket)?;
        Ok(call.write(Write::One { key, operation: Operation::Delete }).await.map(drop))
    }

    async fn exists(mut guest: Guest<'_>, bucket: Resource<Bucket>, key: String) -> Answer<bool> {
        let call = Call::on(&mut guest, &bucket)?;
        Ok(call.read(|store, name| store.exists(name, &key)))
    }

    async fn list_keys(
        mut guest: Guest<'_>,
        bucket: Resource<Bucket>,
        cursor: Option<String>,
    ) -> Answer<KeyResponse> {
        if cursor.is_some() {
            return Ok(Err(Error::Other("list-keys: cursor not supported".to_owned())));
        }
        let call = Call::on(&mut guest, &bucket)?;
        call.request.counters.read();
        Ok(list_keys(call.store, call.bucket.name)
            .await
            .map(|keys| KeyResponse { keys, cursor: None })
            .map_err(Error::from))
    }

    async fn drop(guest: &Accessor<GuestState, Self>, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        guest.with(|mut access| release(access.get(), bucket))
    }
}

/// Walks all keys, away from the async threads.
pub async fn list_keys(store: Store, name: String) -> Result<Vec<String>, StoreError> {
    let walk = tokio::task::spawn_blocking(move || store.list_keys(&name));
    walk.await.unwrap_or_else(|error| Err(StoreError::Other(error.to_string())))
}

impl batch::Host for GuestState {}

impl batch::HostWithStore<GuestState> for HostApi {
    async fn get_many(
        mut guest: Guest<'_>,
        bucket: Resource<Bucket>,
        keys: Vec<String>,
    ) -> Answer<Vec<(String, Option<Vec<u8>>)>> {
        if keys.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        let call = Call::on(&mut guest, &bucket)?;
        let values = call.read(|store, name| store.get_many(name, &keys));
        Ok(values.map(|values| keys.into_iter().zip(values).collect()))
    }

    async fn set_many(
        mut guest: Guest<'_>,
        bucket: Resource<Bucket>,
        pairs: Vec<(String, Vec<u8>)>,
    ) -> Answer<()> {
        if pairs.is_empty() {
            return Ok(Ok(()));
        }
        let call = Call::on(&mut guest, &bucket)?;
        Ok(call.write(Write::SetMany(pairs)).await.map(drop))
    }

    async fn delete_many(mut guest: Guest<'_>, bucket: Resource<Bucket>, keys: Vec<String>) -> Answer<()> {
        if keys.is_empty() {
            return Ok(Ok(()));
        }
        let call = Call::on(&mut guest, &bucket)?;
        Ok(call.write(Write::DeleteMany(keys)).await.map(drop))
    }
}

impl atomics::HostCas for GuestState {}

impl atomics::HostCasWithStore<GuestState> for HostApi {
    /// Reads the value at once, so that a `swap` without `current` compares with it. This read is the host's
    /// own and is not counted.
    async fn new(mut guest: Guest<'_>, bucket: Resource<Bucket>, key: String) -> Answer<Resource<Cas>> {
        let bucket = guest.get().table.get(&bucket)?.clone();
        Ok(fresh_cas(guest.get(), bucket, key))
    }

    async fn current(mut guest: Guest<'_>, cas: Resource<Cas>) -> Answer<Option<Vec<u8>>> {
        let Cas { bucket, key, .. } = guest.get().table.get(&cas)?.clone();
        let call = Call::with(&mut guest, bucket);
        let value = match call.read(|store, name| store.get(name, &key)) {
            Ok(value) => value,
            Err(error) => return Ok(Err(error)),
        };
        guest.get().table.get_mut(&cas)?.expected.clone_from(&value);
        Ok(Ok(value))
    }

    async fn drop(guest: &Accessor<GuestState, Self>, cas: Resource<Cas>) -> wasmtime::Result<()> {
        guest.with(|mut access| release(access.get(), cas))
    }
}

fn fresh_cas(state: &mut GuestState, bucket: Bucket, key: String) -> Result<Resource<Cas>, Error> {
    let expected = state.store.get(&bucket.name, &key)?;
    keep(state, Cas { bucket, key, expected })
}

impl atomics::Host for GuestState {}

impl atomics::HostWithStore<GuestState> for HostApi {
    async fn increment(
        mut guest: Guest<'_>,
        bucket: Resource<Bucket>,
        key: String,
        delta: i64,
    ) -> Answer<i64> {
        let call = Call::on(&mut guest, &bucket)?;
        Ok(match call.write(Write::One { key, operation: Operation::Increment(delta) }).await {
            Ok(Written::Counter(value)) => Ok(value),
            Ok(_) => Err(Error::Other("the store did not return the counter".to_owned())),
            Err(error) => Err(error),
        })
    }

    async fn swap(
        mut guest: Guest<'_>,
        cas: Resource<Cas>,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), CasError>> {
        let state = guest.get();
        let Cas { bucket, key, expected } = state.table.delete(cas)?;
        state.handles = state.handles.saturating_sub(1);
        let call = Call::with(&mut guest, bucket);
        let operation = Operation::Swap { expected, value };
        Ok(match call.write(Write::One { key: key.clone(), operation }).await {
            Ok(Written::Mismatch) => Err(match fresh_cas(guest.get(), call.bucket, key) {
                Ok(cas) => CasError::CasFailed(cas),
                Err(error) => CasError::StoreError(error),
            }),
            Ok(_) => Ok(()),
            Err(error) => Err(CasError::StoreError(error)),
        })
    }
}
