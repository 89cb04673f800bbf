//! The simulator itself, the queue's guarantee, and what days come to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // tests

mod crowd;
mod forecast;
mod guarantee;
mod history;
mod theory;
