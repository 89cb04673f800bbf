//! The desk's rules as pure functions over values: no clock, no store, no randomness of its own.
