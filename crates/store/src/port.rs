//! What the desk needs of a key-value store, and nothing that some store cannot give.

use std::future::Future;
use std::time::Duration;

/// Why a call on the store gave no answer. After any of these on a write, the write may or may not have happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store could not be reached, was busy past its limit, or refused for a passing reason.
    #[error("the store did not answer: {0}")]
    Unavailable(String),
    /// No room for the write: waiting does not help, an operator must act.
    #[error("the store is full: {0}")]
    Full(String),
    /// The store refused access: the manifest does not list it for this component.
    #[error("the store refused access: {0}")]
    Denied(String),
}

/// How a compare-and-swap ended, as far as the store says. `Conflict` can be a lie: look for your operation id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// The value is ours now.
    Done,
    /// Another value was there, says the store.
    Conflict,
}

/// A key-value store as the weakest real one is.
///
/// No method lists keys: requests must not scan. [`Sweep`] does, and only the sweeper and the exporter get it.
#[allow(async_fn_in_trait)] // Components and simulations run on one thread; no `Send` is wanted.
pub trait Store {
    /// What `load` learned about a key, to be spent in one `swap`.
    type Cas;

    /// The value of `key`. One store read.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Writes `key` whatever was there. One durable commit. Only for keys that one writer owns.
    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError>;

    /// Writes several keys, in order. One durable commit where the store can (SQLite, Redis); elsewhere a crash
    /// may leave a prefix written, so put what must exist first at the front.
    async fn set_many(&self, entries: &[(String, Vec<u8>)]) -> Result<(), StoreError>;

    /// Removes `key`; nothing happens if it is not there. One durable commit.
    async fn delete(&self, key: &str) -> Result<(), StoreError>;

    /// Reads `key` for a change. One store read.
    async fn load(&self, key: &str) -> Result<(Option<Vec<u8>>, Self::Cas), StoreError>;

    /// Writes if nobody else did since `load`. One durable commit if done.
    ///
    /// Where `load` found nothing this may be a plain write (Spin's SQLite store): take a [`Store::increment`]
    /// guard before creating a key that two could create.
    async fn swap(&self, cas: Self::Cas, value: &[u8]) -> Result<Swap, StoreError>;

    /// Adds `delta` to a counter that nothing else writes and returns the new value. One durable commit.
    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError>;
}

/// Listing keys: for the sweeper and the exporter, never on a request's path.
#[allow(async_fn_in_trait)]
pub trait Sweep: Store {
    /// Every key, in no order.
    async fn list_keys(&self) -> Result<Vec<String>, StoreError>;
}

/// What an operation runs on: a store, a clock, chance. The real ones in wasm, virtual ones in a simulation.
pub trait Runtime: Clone + 'static {
    /// The adapter in use.
    type Store: Store;

    /// The store.
    fn store(&self) -> &Self::Store;

    /// Wall clock, milliseconds since 1970 UTC.
    fn now_ms(&self) -> i64;

    /// Sixteen fresh random bytes, good enough for keys.
    fn random(&self) -> [u8; 16];

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;
}
