//! A new secret for customers' keys locks nobody out: keys of the one before still open, new ones are of the new one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use tierline_domain::ids::TicketId;
use tierline_domain::secrets::{customer_key, derive, sha256_hex};
use tierline_native::{Answer, Call, DESK, NativeDesk, PREVIOUS_SECRET, demo_token, small_file};
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

/// What is stored, but for the desk file's own text.
fn stored(desk: &NativeDesk) -> Vec<(String, String)> {
    let value = |key: String| {
        let text = String::from_utf8_lossy(&desk.sim.value(&key).unwrap()).into_owned();
        (key, text)
    };
    desk.sim.keys().into_iter().map(value).collect()
}

#[test]
fn what_was_done_under_a_key_is_known_under_either_secret_and_its_body_cannot_be_guessed() {
    let with_elif = format!(
        "{}\n[[people]]\nid = \"elif\"\nname = \"Elif\"\nrole = \"operator\"\ntoken_sha256 = \"{}\"\n",
        small_file(),
        tierline_domain::secrets::token_sha256(&demo_token("elif"))
    );
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &with_elif);
    let ask =
        Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&json!({"body": "My site is down"}));
    let asked = desk.send("ask", &ask);
    desk.settle("ask");
    let note = format!("/v1/tickets/{}/notes", asked.text("/ticket/id"));
    let cases = [
        (note, "bruno", json!({"body": "PIN 4711"}), json!({"body": "PIN 4712"})),
        (
            format!("/v1/desks/{DESK}/people"),
            "elif",
            json!({"id": "zoe", "name": "Zoe", "role": "care", "lines": ["care"]}),
            json!({"id": "zoe", "name": "Zoa", "role": "care", "lines": ["care"]}),
        ),
    ];
    for (path, who, body, other) in cases {
        let send = |body: &serde_json::Value| -> Answer {
            let answer = desk
                .send("x", &Call::new("POST", path.as_str()).json(body).token(&demo_token(who)).key("k-1"));
            desk.settle("x");
            answer
        };
        let first = send(&body);
        assert_eq!(first.status, 201, "{first:?}");
        let plain = &sha256_hex(&[body.to_string().as_bytes()])[..12];
        let found = stored(&desk).into_iter().find(|(_, text)| text.contains(plain));
        assert_eq!(found, None, "no digest that a list of texts gives away");
        let name = sha256_hex(&[who.as_bytes(), b"POST", path.as_bytes(), b"k-1"]);
        let name = &name[..32];
        let mark = |secret: &str| -> String {
            let parts = [name.as_bytes(), body.to_string().into_bytes().leak()];
            derive(secret.as_bytes(), "tierline operation content 1", &parts)[..12].to_owned()
        };
        let present = mark("a-ticket-secret-for-tests-of-32-characters");
        let known = |mark: &str| format!("{name}.{mark}");
        assert!(stored(&desk).iter().any(|(_, text)| text.contains(&known(&present))));
        let mut last = present;
        for mark in [mark(PREVIOUS_SECRET), plain.to_owned()] {
            for (key, text) in stored(&desk).iter().filter(|(_, text)| text.contains(&known(&last))) {
                desk.sim.put(key, text.replace(&known(&last), &known(&mark)).as_bytes());
            }
            let before = desk.sim.counts().commits;
            assert_eq!(send(&body).body, first.body, "the same again");
            assert_eq!(desk.sim.counts().commits, before, "nothing is done twice");
            assert_eq!(send(&other).problem(), "idempotency-key-reused");
            last = mark;
        }
    }
}
