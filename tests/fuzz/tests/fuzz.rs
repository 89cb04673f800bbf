//! A fixed number of inputs for each target, the same each time, and whatever was found before.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::path::Path;
use tierline_fuzz::{Garbage, TARGETS, Target, bear};

/// Where the garbage begins; `cargo xtask fuzz` begins elsewhere if it is told to.
const SEED: u64 = 1;

fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).expect("a target")
}

fn bears_garbage(name: &str) {
    let target = target(name);
    let (prepared, mut garbage) = ((target.prepare)(), Garbage::new(SEED));
    for seed in &prepared.seeds {
        let found = bear(&prepared, seed);
        assert!(found.is_none(), "a good input: {found:?}");
    }
    for number in 0..target.inputs {
        let input = garbage.next(&prepared.seeds);
        if let Some(found) = bear(&prepared, &input) {
            panic!("input {number}: {}\n{}", found.what, String::from_utf8_lossy(&found.input));
        }
    }
}

#[test]
fn requests() {
    bears_garbage("requests");
}

#[test]
fn desk_files() {
    bears_garbage("desk_files");
}

#[test]
fn documents_in_the_store() {
    bears_garbage("stored");
}

#[test]
fn documents_that_are_shown() {
    bears_garbage("shown");
}

#[test]
fn holidays() {
    bears_garbage("holidays");
}

#[test]
fn tokens() {
    bears_garbage("tokens");
}

/// `found/TARGET-whatever`.
#[test]
fn what_was_found_is_borne_now() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("found");
    for file in std::fs::read_dir(folder).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        let Some((target_name, _)) = name.split_once('-') else { continue };
        let prepared = (target(target_name).prepare)();
        let found = bear(&prepared, &std::fs::read(file.path()).unwrap());
        assert!(found.is_none(), "{name}: {found:?}");
    }
}

/// A target that could not fail would be none.
#[test]
fn a_panic_and_a_wrong_answer_are_found() {
    let panics =
        tierline_fuzz::Prepared { seeds: vec![vec![1]], bear: Box::new(|input| panic!("{}", input.len())) };
    assert_eq!(bear(&panics, &[1]).unwrap().what, "it panicked: 1");
    let refuses =
        tierline_fuzz::Prepared { seeds: vec![vec![1]], bear: Box::new(|_| Err("wrong".to_owned())) };
    assert_eq!(bear(&refuses, &[1]).unwrap().what, "wrong");
    let mut garbage = (Garbage::new(7), Garbage::new(7), Garbage::new(8));
    let inputs =
        |garbage: &mut Garbage| (0..9).map(|_| garbage.next(&[b"hello".to_vec()])).collect::<Vec<_>>();
    assert_eq!(inputs(&mut garbage.0), inputs(&mut garbage.1));
    assert_ne!(inputs(&mut garbage.0), inputs(&mut garbage.2));
}
