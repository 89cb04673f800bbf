//! End-to-end tests: the real wasm in the real host over real HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // test support

pub mod browser;
mod desk;
mod disk;
mod host;
mod ledger;
mod load;
mod provider;
mod stream;

pub use desk::{Desk, Reply};
pub use disk::{Disk, Unsynced, library};
pub use host::{Host, HostOptions, binary, component_dir, repository};
pub use ledger::{Ledger, Missing};
pub use load::Crowd;
pub use provider::start_provider;
pub use stream::Stream;
pub use tierline_native::{DESK, demo_file, demo_token as token};
