//! What the operator knows of a customer: written, read, erased; a PIN that nobody reads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, small_file};
use tierline_testkit::{Faults, Profile};

fn desk() -> NativeDesk {
    NativeDesk::with_desk(7, Profile::Honest, Faults::none(), &small_file())
}

fn call(method: &str, id: &str) -> Call {
    Call::new(method, format!("/v1/desks/{DESK}/customers/{id}")).token(OPERATOR_TOKEN)
}

fn send(desk: &NativeDesk, call: Call) -> Answer {
    desk.send("x", &call)
}

fn kind(answer: &Answer) -> (u16, String) {
    (answer.status, answer.text("/type").replace("urn:tierline:problem:", ""))
}

fn refused(status: u16, slug: &str) -> (u16, String) {
    (status, slug.to_owned())
}

fn ada() -> Value {
    json!({"since": "2019-05-31", "spend": 1234.5, "package": "Five in a day", "emails": ["Ada@Example.com"],
           "phones": ["+49 (30) 123-45"], "pin": "4711", "note": "Likes it short.", "incident": "web-17 has lost its disk"})
}

#[test]
fn a_record_is_written_read_changed_and_erased() {
    let desk = desk();
    // Percent-encoded, with what no path can hold.
    let id = "acme%2Fada%3A%C3%A9%20%231";
    assert_eq!(kind(&send(&desk, call("GET", id))), refused(404, "unknown-customer"));
    let created = send(&desk, call("PUT", id).header("if-none-match", "*").json(&ada()));
    assert_eq!(created.status, 201, "{created:?}");
    let mut shown = created.body["customer"].clone();
    assert!(shown["updated_at"].take().is_string());
    assert_eq!(
        shown,
        json!({"external_id": "acme/ada:é #1", "since": "2019-05-31", "spend": 1234.5, "package": "Five in a day",
               "emails": ["ada@example.com"], "phones": ["+493012345"], "has_pin": true, "note": "Likes it short.",
               "incident": "web-17 has lost its disk", "updated_at": null})
    );
    let again = send(&desk, call("PUT", id).header("if-none-match", "*").json(&ada()));
    assert_eq!(kind(&again), refused(412, "stale"));
    let by_agent = Call::new("GET", format!("/v1/desks/{DESK}/customers/{id}")).token(&demo_token("ana"));
    let read = send(&desk, by_agent.clone());
    assert_eq!((read.status, &read.header("etag")), (200, &created.header("etag")));
    assert_eq!(read.before_answer.reads, 3);
    assert_eq!(send(&desk, by_agent.header("if-none-match", &read.header("etag"))).status, 304);

    let stale = call("PUT", id).header("if-match", "\"0\"").json(&json!({}));
    assert_eq!(kind(&send(&desk, stale)), refused(412, "stale"));
    let less = call("PUT", id).header("if-match", &read.header("etag")).json(&json!({"spend": 0}));
    let changed = send(&desk, less);
    assert_eq!(changed.status, 200, "{changed:?}");
    let record = &changed.body["customer"];
    assert_eq!(
        (&record["package"], &record["emails"], &record["has_pin"], &record["spend"]),
        (&Value::Null, &json!([]), &json!(true), &json!(0.0)),
        "the PIN stays unless something is said of it"
    );
    let removed = send(&desk, call("PUT", id).json(&json!({"pin": null})));
    assert_eq!(removed.body["customer"]["has_pin"], json!(false));

    assert_eq!(kind(&send(&desk, call("DELETE", id).header("if-match", "\"0\""))), refused(412, "stale"));
    assert_eq!(send(&desk, call("DELETE", id)).status, 204);
    assert_eq!(kind(&send(&desk, call("GET", id))), refused(404, "unknown-customer"));
    assert_eq!(kind(&send(&desk, call("DELETE", id))), refused(404, "unknown-customer"));
    assert_eq!(
        send(&desk, call("PUT", id).header("if-none-match", "*").json(&ada())).status,
        201,
        "and back"
    );
}

#[test]
fn nothing_personal_is_left_after_erasing_and_no_pin_is_ever_kept() {
    let desk = desk();
    send(&desk, call("PUT", "ada-1").json(&ada()));
    let stored = |desk: &NativeDesk| {
        use tierline_store::{Runtime, Store, Sweep};
        let runtime = tierline_native::runtime_of(desk);
        desk.sim
            .block_on(async {
                let mut all = String::new();
                for key in runtime.store().list_keys().await.unwrap() {
                    let value = runtime.store().get(&key).await.unwrap().unwrap();
                    all += &format!("{key} {}\n", String::from_utf8_lossy(&value));
                }
                all
            })
            .unwrap()
    };
    let before = stored(&desk);
    assert!(before.contains("ada@example.com") && before.contains("customer_changed"));
    assert!(!before.contains("4711"), "no PIN");
    send(&desk, call("DELETE", "ada-1"));
    let after = stored(&desk);
    for text in ["ada@example.com", "ada-1", "4711", "+493012345", "Likes it short"] {
        assert!(!after.contains(text), "{text}");
    }
    assert!(after.contains("customer_erased"));
}

#[test]
fn what_is_no_record_is_refused() {
    let desk = desk();
    for (field, value, at) in [
        ("since", json!("31.05.2019"), "since"),
        ("since", json!("2019-02-29"), "since"),
        ("spend", json!(-1), "spend"),
        ("spend", json!("1"), "spend"),
        ("spend", json!(1e13), "spend"),
        ("incident", json!("x".repeat(121)), "incident"),
        ("package", json!("p".repeat(121)), "package"),
        ("package", json!("\u{7}"), "package"),
        ("emails", json!(["ada"]), "emails[0]"),
        ("emails", json!("ada@example.com"), "emails"),
        ("emails", json!(vec!["a@example.com"; 11]), "emails"),
        ("phones", json!(["030 12345", "call me"]), "phones[1]"),
        ("pin", json!("123"), "pin"),
        ("pin", json!("12a4"), "pin"),
        ("note", json!("n".repeat(2_001)), "note"),
        ("vip", json!(true), "vip"),
    ] {
        let mut body = ada();
        body[field] = value;
        let answer = send(&desk, call("PUT", "ada-1").json(&body));
        assert_eq!((kind(&answer), answer.text("/field")), (refused(422, "invalid-field"), at.to_owned()));
    }
    let long = call("PUT", &"x".repeat(121)).json(&ada());
    assert_eq!(kind(&send(&desk, long)), refused(422, "invalid-field"));
    assert_eq!(kind(&send(&desk, call("GET", "%00"))), refused(422, "invalid-field"));
    assert_eq!(kind(&send(&desk, call("GET", "%20x"))), refused(404, "unknown-customer"));
    for person in ["ana", "bruno", "chen"] {
        for method in ["PUT", "DELETE"] {
            let call =
                Call::new(method, format!("/v1/desks/{DESK}/customers/ada-1")).token(&demo_token(person));
            assert_eq!(kind(&send(&desk, call.json(&ada()))), refused(403, "forbidden"));
        }
    }
    assert_eq!(
        kind(&send(&desk, call("GET", "ada-1"))),
        refused(404, "unknown-customer"),
        "nothing was stored"
    );
}
