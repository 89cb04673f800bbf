//! `guided`: one target under libFuzzer, which keeps what reaches code that nothing reached before. The target's name is in
//! `TIERLINE_FUZZ_TARGET`, and good inputs are written into the folder `TIERLINE_FUZZ_SEEDS`.

#![no_main]
#![allow(unsafe_code)] // what libFuzzer calls
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test's program

use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use std::path::PathBuf;
use tierline_fuzz::{Prepared, TARGETS};

/// Inputs that one simulated desk gets: it remembers all that it did, and may do only so much.
const INPUTS_A_DESK: u32 = 2_000;

thread_local! {
    static PREPARED: RefCell<(u32, Prepared)> = RefCell::new((0, prepare()));
}

fn prepare() -> Prepared {
    let name = std::env::var("TIERLINE_FUZZ_TARGET").expect("TIERLINE_FUZZ_TARGET names a target");
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of that name");
    (target.prepare)()
}

fn write_seeds() {
    let folder =
        PathBuf::from(std::env::var_os("TIERLINE_FUZZ_SEEDS").expect("TIERLINE_FUZZ_SEEDS is a folder"));
    PREPARED.with_borrow(|(_, prepared)| {
        for (number, seed) in prepared.seeds.iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number}")), seed).unwrap();
        }
    });
}

fuzz_target!(init: write_seeds(), |input: &[u8]| {
    PREPARED.with_borrow_mut(|(inputs, prepared)| {
        if *inputs == INPUTS_A_DESK {
            (*inputs, *prepared) = (0, prepare());
        }
        *inputs += 1;
        if let Err(what) = (prepared.bear)(input) {
            panic!("{what}");
        }
    });
});
