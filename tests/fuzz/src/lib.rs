//! Garbage for everything that reads what others wrote: requests of every kind, desk files, documents in the store, tokens, keys.
//!
//! An input begins as a good one and is then broken in a few places, at random from a seed. A [`Target`] must bear any input:
//! no panic, and no answer that blames the desk. `cargo xtask fuzz --seconds N` goes on as long as it is told, a test run a fixed
//! number of inputs; what was ever found is kept in `found/` and tried each time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // test support

mod garbage;
mod targets;

pub use garbage::Garbage;
pub use targets::TARGETS;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Something that reads.
pub struct Target {
    /// What it is called.
    pub name: &'static str,
    /// Inputs in a test run: as many as it manages in a few seconds.
    pub inputs: u64,
    /// Makes what the inputs are tried on, with the good inputs to begin from.
    pub prepare: fn() -> Prepared,
}

type Bear = Box<dyn Fn(&[u8]) -> Result<(), String>>;

/// A target that is ready.
pub struct Prepared {
    /// Good inputs.
    pub seeds: Vec<Vec<u8>>,
    /// Tries one. Panics, or says what is wrong.
    pub bear: Bear,
}

/// An input that was not borne.
#[derive(Debug)]
pub struct Found {
    /// The input.
    pub input: Vec<u8>,
    /// What happened.
    pub what: String,
}

/// Tries one input.
pub fn bear(prepared: &Prepared, input: &[u8]) -> Option<Found> {
    let outcome = catch_unwind(AssertUnwindSafe(|| (prepared.bear)(input)));
    let what = match outcome {
        Ok(Ok(())) => return None,
        Ok(Err(what)) => what,
        Err(panic) => {
            let words = panic.downcast_ref::<String>().cloned();
            let words = words.or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()));
            format!("it panicked: {}", words.unwrap_or_default())
        }
    };
    Some(Found { input: input.to_vec(), what })
}
