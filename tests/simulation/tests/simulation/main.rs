//! A budget of histories in each test run, every one that ever failed, and that each checker can fail.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

mod checkers_can_fail;
mod histories;
