//! The store port, typed documents with optimistic concurrency, and the in-memory adapter.
