//! Every call by everybody who might try it, through the handlers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use http::Method;
use std::collections::BTreeSet;
use tierline_native::every_call::{Scene, matrix, operations};
use tierline_native::{Call, NativeDesk};
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

/// Whoever hosts the components tells desks apart by what goes well there. So nothing may at a desk that is none, but for what is
/// told of any (which methods there are) and signing out.
#[test]
fn nothing_goes_well_at_a_desk_that_is_none() {
    let door = NativeDesk::new(1, Profile::Honest, Faults::none());
    let manifest: toml::Table = include_str!("../../../../spin.toml").parse().unwrap();
    let triggers = manifest["trigger"]["http"].as_array().unwrap();
    let routes = triggers.iter().filter_map(|trigger| trigger["route"].as_str());
    let word = |segment: &str| match segment {
        ":desk" => "made-up".to_owned(),
        ":language" => "en".to_owned(),
        ":answer" => "feed.xml".to_owned(),
        ":version" => "1".to_owned(),
        other => other.trim_start_matches(':').to_owned(),
    };
    let paths: Vec<_> = routes
        .filter(|route| route.contains("/:desk"))
        .map(|route| route.split('/').map(word).collect::<Vec<_>>().join("/"))
        .collect();
    assert!(paths.len() > 25, "{paths:?}");
    for path in paths {
        for method in ["GET", "POST", "PUT"] {
            let call =
                Call::new(method, path.clone()).header("content-type", "application/x-www-form-urlencoded");
            let answer = door.send("x", &call.body(b"body=My+website+is+down"));
            assert!(answer.status >= 400, "{method} {path}: {answer:?}");
        }
    }
}

#[test]
fn every_post_keeps_what_its_key_promises() {
    let door = NativeDesk::new(1, Profile::Honest, Faults::none());
    let scene = Scene::set(&door);
    let mut surprises = vec![];
    let mut tried = 0;
    for row in matrix() {
        let Some((who, status)) = row.cells.iter().find(|(_, status)| *status < 300) else { continue };
        let call = scene.call(row.operation, who).key(&format!("{}-1", row.operation));
        if call.request().method() != Method::POST {
            continue;
        }
        tried += 1;
        let send = |call| {
            let answer = door.send("x", call);
            door.settle("x");
            answer
        };
        let first = send(&call);
        let again = send(&call);
        if (first.status, first.status, &first.body) != (*status, again.status, &again.body) {
            surprises.push(format!(
                "{}: {} {} and then {} {}",
                row.operation, first.status, first.body, again.status, again.body
            ));
        }
        let body = call.request().body().clone();
        if body.is_empty() {
            continue;
        }
        let other = send(&call.clone().body(&[&body[..], b" "].concat()));
        if other.status != 422 || other.problem() != "idempotency-key-reused" {
            surprises.push(format!("{}: {} to another body", row.operation, other.status));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    assert_eq!(tried, 25);
}
