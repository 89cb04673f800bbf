//! A new secret for customers' keys locks nobody out: keys of the one before still open, new ones are of the new one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use tierline_domain::ids::TicketId;
use tierline_domain::secrets::customer_key;
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
