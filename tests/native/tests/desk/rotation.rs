//! A new secret for customers' keys locks nobody out: keys of the one before still open, new ones are of the new one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use tierline_domain::ids::TicketId;
use tierline_domain::secrets::{customer_key, derive, sha256_hex};
use tierline_native::{Call, DESK, NativeDesk, PREVIOUS_SECRET, small_file};
use tierline_testkit::{Faults, Profile};

#[test]
fn keys_of_the_secret_before_still_open_their_ticket() {
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &small_file());
    let body = json!({"body": "My site is down"});
    let asked = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    assert_eq!(asked.status, 201, "{asked:?}");
    let id = TicketId::parse(&asked.text("/ticket/id")).unwrap();
    let open = |key: &str| {
        let call = Call::new("GET", format!("/v1/tickets/{id}")).token(key);
        desk.send("customer", &call).status
    };
    let previous = |version| customer_key(PREVIOUS_SECRET.as_bytes(), id, version);
    assert_ne!(previous(1), asked.text("/customer_key"), "new keys are of the new secret");
    assert_eq!(open(&asked.text("/customer_key")), 200);
    assert_eq!(open(&previous(1)), 200);
    assert_eq!(open(&previous(2)), 404, "another version of the key");
    assert_eq!(open(&customer_key(b"a secret of 32 characters nobody ever set", id, 1)), 404);
    assert_eq!(open(&customer_key(b"", id, 1)), 404, "an unset secret makes no keys");
}

#[test]
fn a_repeated_request_is_known_under_either_secret_and_its_body_cannot_be_guessed() {
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &small_file());
    let body = json!({"body": "My site is down"});
    let ask = |body: &serde_json::Value| {
        let call = Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(body).key("k-1");
        let answer = desk.send("ask", &call);
        desk.settle("ask");
        answer
    };
    let first = ask(&body);
    assert_eq!(first.status, 201, "{first:?}");
    let key = desk.sim.keys().into_iter().find(|key| key.starts_with("request:")).unwrap();
    let record = || -> serde_json::Value { serde_json::from_slice(&desk.sim.value(&key).unwrap()).unwrap() };
    let (bytes, hash) = (body.to_string(), key.rsplit(':').next().unwrap());
    let plain = sha256_hex(&[bytes.as_bytes()]);
    let previous =
        derive(PREVIOUS_SECRET.as_bytes(), "tierline request body 1", &[hash.as_bytes(), bytes.as_bytes()]);
    assert!(record()["body"]["body_sha256"].is_string());
    assert_ne!(record()["body"]["body_sha256"], json!(plain), "no digest that a list of texts gives away");
    for mark in [previous, plain] {
        let mut before = record();
        before["body"]["body_sha256"] = json!(mark);
        desk.sim.put(&key, before.to_string().as_bytes());
        let again = ask(&body);
        assert_eq!((again.status, again.text("/ticket/id")), (201, first.text("/ticket/id")), "{again:?}");
        assert_eq!(ask(&json!({"body": "Another"})).problem(), "idempotency-key-reused");
    }
}
