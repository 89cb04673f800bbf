//! The desk's operations: domain decisions carried to the store.
