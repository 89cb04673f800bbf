//! End-to-end tests: the real wasm in the real host over real HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // test support

pub mod browser;
mod desk;
mod host;
mod provider;

pub use desk::{Desk, Reply};
pub use host::{Host, HostOptions, component_dir, repository};
pub use provider::start_provider;
pub use tierline_native::{DESK, demo_token as token};
