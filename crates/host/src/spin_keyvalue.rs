//! `spin:key-value`: the asynchronous interface. Its calls do not block the instance.

use wasmtime::AsContextMut;
use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

use crate::bindings::spin::key_value::key_value::{self, Error};
use crate::guest::{GuestState, HostApi, request_behind};
use crate::keyvalue::{Bucket, list_keys, release};
use crate::limits::STORE_HANDLES_MAX;
use crate::request::RequestContext;
use crate::store::{Operation, Store, StoreError, Write};

type Guest = Accessor<GuestState, HostApi>;
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
    fn on(guest: &Guest, bucket: &Resource<Bucket>) -> wasmtime::Result<Self> {
        guest.with(|mut access| {
            let request = request_behind(access.as_context_mut());
            let state = access.get();
            Ok(Self { store: state.store.clone(), bucket: state.table.get(bucket)?.clone(), request })
        })
    }

    fn read<T>(&self, read: impl FnOnce(&Store, &str) -> Result<T, StoreError>) -> Result<T, Error> {
        self.request.counters.read();
        Ok(read(&self.store, &self.bucket.name)?)
    }

    async fn write(&self, key: String, operation: Operation) -> Result<(), Error> {
        self.store.write(&self.bucket.name, Write::One { key, operation }).await?;
        self.request.counters.commit();
        Ok(())
    }
}

impl key_value::Host for GuestState {}

impl key_value::HostStore for GuestState {}

impl key_value::HostStoreWithStore<GuestState> for HostApi {
    async fn open(guest: &Guest, label: String) -> Answer<Resource<Bucket>> {
        guest.with(|mut access| {
            let state = access.get();
            if !state.component.key_value_stores.contains(&label) {
                return Ok(Err(Error::AccessDenied));
            }
            if state.handles >= STORE_HANDLES_MAX {
                return Ok(Err(Error::StoreTableFull));
            }
            state.handles += 1;
            Ok(Ok(state.table.push(Bucket { name: label })?))
        })
    }

    async fn get(guest: &Guest, bucket: Resource<Bucket>, key: String) -> Answer<Option<Vec<u8>>> {
        let call = Call::on(guest, &bucket)?;
        Ok(call.read(|store, name| store.get(name, &key)))
    }

    async fn set(guest: &Guest, bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Answer<()> {
        let call = Call::on(guest, &bucket)?;
        Ok(call.write(key, Operation::Set(value)).await)
    }

    async fn delete(guest: &Guest, bucket: Resource<Bucket>, key: String) -> Answer<()> {
        let call = Call::on(guest, &bucket)?;
        Ok(call.write(key, Operation::Delete).await)
    }

    async fn exists(guest: &Guest, bucket: Resource<Bucket>, key: String) -> Answer<bool> {
        let call = Call::on(guest, &bucket)?;
        Ok(call.read(|store, name| store.exists(name, &key)))
    }

    /// The keys are read first and streamed then: nothing is held in the store while the guest takes its time.
    async fn get_keys(
        guest: &Guest,
        bucket: Resource<Bucket>,
    ) -> wasmtime::Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let call = Call::on(guest, &bucket)?;
        call.request.counters.read();
        let (keys, outcome) = match list_keys(call.store, call.bucket.name).await {
            Ok(keys) => (keys, Ok(())),
            Err(error) => (Vec::new(), Err(Error::from(error))),
        };
        guest.with(|mut access| {
            let keys = StreamReader::new(&mut access, keys)?;
            let outcome = async move { wasmtime::Result::<_, wasmtime::Error>::Ok(outcome) };
            Ok((keys, FutureReader::new(&mut access, outcome)?))
        })
    }

    async fn drop(guest: &Guest, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        guest.with(|mut access| release(access.get(), bucket))
    }
}
