//! End-to-end tests: the real wasm in the real host over real HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // test support

mod desk;
mod host;

pub use desk::{DESK, Desk, OPERATOR_TOKEN, Reply, token};
pub use host::{Host, HostOptions, component_dir, repository};
