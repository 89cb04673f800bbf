//! Every call by everybody who might try it, through the handlers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::collections::BTreeSet;
use tierline_native::NativeDesk;
use tierline_native::every_call::{Scene, matrix, operations};
use tierline_testkit::{Faults, Profile};

#[test]
fn everybody_gets_what_the_table_says() {
    let door = NativeDesk::new(1, Profile::Honest, Faults::none());
    let scene = Scene::set(&door);
    let surprises: Vec<_> = matrix().iter().flat_map(|row| scene.surprises(row)).collect();
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn the_table_has_every_call() {
    let document = serde_json::from_str(tierline_native::OPENAPI).unwrap();
    let known: BTreeSet<_> = matrix().iter().map(|row| row.operation.to_owned()).collect();
    assert_eq!(known, operations(&document));
}
