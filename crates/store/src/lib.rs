//! The store port, typed documents with optimistic concurrency, and the in-memory adapter.
//!
//! A key-value store promises little, and less than it says (`docs/decisions/0002-store-port.md`). So everything
//! above this crate sees only [`Store`], whose every method may fail, may be applied and still report failure,
//! and may conflict without cause; [`change`] turns that into one bounded load-decide-swap.

mod change;
mod document;
pub mod limits;
mod memory;
mod port;

pub use change::{ChangeError, Changed, Decision, change, pause};
pub use document::{
    Document, DocumentError, Old, OperationId, Part, ReadError, Stored, read, read_now, read_part,
};
pub use memory::{Counts, MemoryCas, MemoryStore};
pub use port::{Runtime, Store, StoreError, Swap, Sweep};
