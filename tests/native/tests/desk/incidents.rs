//! A customer for whom something is broken just now is answered by people, however sure tier 1 is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, ISSUER, NativeDesk, OPERATOR_TOKEN, customer_token, small_file};
use tierline_testkit::{Faults, Profile};

fn ask(desk: &NativeDesk, customer: &Value) -> Answer {
    let body = json!({"body": "I forgot my password", "customer": customer});
    let asked = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    assert_eq!(asked.status, 201, "{asked:?}");
    desk.settle("ask");
    asked
}

fn write(desk: &NativeDesk, record: &Value) {
    let path = format!("/v1/desks/{DESK}/customers/c-1");
    let written = desk.send("x", &Call::new("PUT", path).token(OPERATOR_TOKEN).json(record));
    assert!([200, 201].contains(&written.status), "{written:?}");
}

#[test]
fn an_open_incident_goes_to_people_until_it_is_over() {
    let tokens =
        format!("[desk.customer_tokens]\nissuer = \"{ISSUER}\"\nalgorithm = \"HS256\"\n\n[voice.en]\n");
    let file = small_file().replacen("[voice.en]\n", &tokens, 1);
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &file);
    write(&desk, &json!({"incident": "web-17 has lost its disk"}));
    let proven = json!({"token": customer_token(&desk, "c-1")});
    let asked = ask(&desk, &proven);
    assert_eq!(asked.body["answer"], Value::Null);
    assert_eq!(asked.text("/ticket/state"), "queued");
    assert_eq!(asked.text("/receipt/rule"), "an incident of the customer's is open");
    assert_eq!(
        asked.text("/receipt/candidates/0/label"),
        "password-reset",
        "people see what it would have been"
    );
    assert!(!asked.body.to_string().contains("web-17"), "what is broken is told to people alone");

    let typed = ask(&desk, &json!({"external_id": "c-1"}));
    assert_eq!(typed.text("/answer/answer_id"), "password-reset", "whoever only types the id");

    write(&desk, &json!({"incident": null}));
    assert_eq!(ask(&desk, &proven).text("/answer/answer_id"), "password-reset");
}
