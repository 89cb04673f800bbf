//! Packages: so many problems a month, and what of them is used up is said; past the last one nobody is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::time::Duration;
use tierline_native::{
    Answer, Call, DESK, ISSUER, NativeDesk, OPERATOR_TOKEN, customer_token, runtime_of, small_file,
};
use tierline_store::Runtime;
use tierline_testkit::{Faults, Profile};

const PACKAGE: &str = "[[packages]]\nid = \"five\"\nname = \"Five a month\"\nhead_start_s = 400\nproblems_per_month = 2\nanswered_within_s = 86400\n";

fn file(package: &str) -> String {
    let tables = format!(
        "[desk.customer_tokens]\nissuer = \"{ISSUER}\"\nalgorithm = \"HS256\"\n\n{package}\n[voice.en]\n"
    );
    small_file().replacen("[voice.en]\n", &tables, 1)
}

/// A desk where `c-1` pays for the package.
fn desk() -> NativeDesk {
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &file(PACKAGE));
    let path = format!("/v1/desks/{DESK}/customers/c-1");
    let written =
        desk.send("x", &Call::new("PUT", path).token(OPERATOR_TOKEN).json(&json!({"package": "five"})));
    assert_eq!(written.status, 201, "{written:?}");
    desk.settle("x");
    desk
}

fn call(customer: &Value) -> Call {
    let body = json!({"body": "Something nobody has written an answer to.", "customer": customer});
    Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body)
}

fn send(desk: &NativeDesk, call: &Call) -> Answer {
    let asked = desk.send("ask", call);
    assert_eq!(asked.status, 201, "{asked:?}");
    desk.settle("ask");
    asked
}

fn ask_proven(desk: &NativeDesk) -> Answer {
    send(desk, &call(&json!({"token": customer_token(desk, "c-1")})))
}

fn used(asked: &Answer) -> (u64, u64, bool) {
    let package = &asked.body["receipt"]["package"];
    (
        package["used"].as_u64().unwrap(),
        package["of"].as_u64().unwrap(),
        package["covered"].as_bool().unwrap(),
    )
}

fn days(desk: &NativeDesk, days: u64) {
    let runtime = runtime_of(desk);
    let wait = async move { runtime.sleep(Duration::from_secs(days * 86_400)).await };
    desk.sim.block_on(wait).unwrap();
}

fn shown(desk: &NativeDesk, asked: &Answer) -> Value {
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    desk.send("read", &Call::new("GET", path).token(&asked.text("/customer_key"))).body
}

fn page(desk: &NativeDesk, asked: &Answer, language: &str) -> String {
    let cookie = format!("tierline_key={}", asked.text("/customer_key"));
    let call = Call::new("GET", format!("/t/{}", asked.text("/ticket/id")));
    let call = call.header("cookie", &cookie).header("accept-language", language);
    String::from_utf8(desk.send("page", &call).raw).unwrap()
}

#[test]
fn what_a_package_covers_is_counted_and_past_it_the_general_terms_hold() {
    let desk = desk();
    // Before the month's last days, so that all of them fall into one.
    let day = |asked: &Answer| asked.text("/ticket/created_at")[8..10].parse::<u64>().unwrap();
    let probe = send(&desk, &call(&json!({})));
    days(&desk, (33 - day(&probe)).min(31));
    let first = ask_proven(&desk);
    assert_eq!(used(&first), (1, 2, true));
    assert_eq!(first.body["receipt"]["head_start"]["package_s"], json!(400));
    let level = shown(&desk, &first)["service_level"].clone();
    assert_eq!(
        (&level["name"], &level["first_response"]["state"]),
        (&json!("Five a month"), &json!("running"))
    );
    let second = ask_proven(&desk);
    assert_eq!(used(&second), (2, 2, true));
    let third = ask_proven(&desk);
    assert_eq!(used(&third), (3, 2, false), "helped all the same");
    assert_eq!(third.body["receipt"]["head_start"].get("package_s").unwrap_or(&json!(0)), &json!(0));
    assert_eq!(shown(&desk, &third).get("service_level"), None);
    assert_eq!(shown(&desk, &third)["receipt"]["package"], third.body["receipt"]["package"]);
    for (language, within, over) in [
        ("en", "request 2 of 2 this month", "We help you all the same"),
        ("de", "Anfrage 2 von 2", "Wir helfen Ihnen trotzdem"),
        ("es", "solicitud 2 de 2", "Le ayudamos igualmente"),
        ("ja", "今月 2 件のうち 2 件目", "使い切りました"),
        ("ru", "запрос 2 из 2", "Мы всё равно поможем"),
    ] {
        let (second, third) = (page(&desk, &second, language), page(&desk, &third, language));
        assert!(second.contains(within) && second.contains("Five a month"), "{second}");
        assert!(third.contains(over) && third.contains("Five a month"), "{third}");
    }
    let renews = third.text("/receipt/package/renews_at");
    assert!(renews.ends_with("-01T00:00:00Z") || renews.ends_with("-01T00:00:00.000Z"), "{renews}");
    days(&desk, 31);
    assert_eq!(used(&ask_proven(&desk)), (1, 2, true), "a new month");
}

#[test]
fn what_is_typed_counts_for_nobody_and_a_repeated_request_once() {
    let desk = desk();
    days(&desk, 5);
    for _ in 0..4 {
        let typed = send(&desk, &call(&json!({"external_id": "c-1"})));
        assert_eq!(typed.body["receipt"].get("package"), None);
    }
    let first = send(&desk, &call(&json!({"token": customer_token(&desk, "c-1")})).key("k-1"));
    assert_eq!((used(&first).0, &first.body["receipt"]["head_start"]["standing_s"]), (1, &json!(60)));
    let again = send(&desk, &call(&json!({"token": customer_token(&desk, "c-1")})).key("k-1"));
    assert_eq!((again.text("/ticket/id"), used(&again)), (first.text("/ticket/id"), used(&first)));
    assert_eq!(used(&ask_proven(&desk)).0, 2);
    let stranger = send(&desk, &call(&json!({"token": customer_token(&desk, "c-2")})));
    assert_eq!(stranger.body["receipt"].get("package"), None, "no record, no package");
}

#[test]
fn a_package_costs_an_intake_no_commit() {
    let desk = desk();
    let asked = desk.send("dearest", &call(&json!({"token": customer_token(&desk, "c-1")})).key("k-1"));
    assert_eq!((asked.status, asked.before_answer.commits), (201, 3), "{asked:?}");
    assert_eq!(desk.settle("dearest").commits, 6);
}

#[test]
fn odd_packages_are_refused_by_their_field() {
    let desk = desk();
    for (from, to, at) in [
        ("problems_per_month = 2", "problems_per_month = 0", "packages[0].problems_per_month"),
        ("problems_per_month = 2", "problems_per_month = 10001", "packages[0].problems_per_month"),
        ("answered_within_s = 86400", "answered_within_s = 0", "packages[0].answered_within_s"),
    ] {
        let file = file(&PACKAGE.replacen(from, to, 1));
        let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN).body(file.as_bytes());
        let refused = desk.send("x", &call.header("content-type", "application/toml"));
        assert_eq!((refused.status, refused.problem().as_str()), (422, "invalid-desk-file"), "{to}");
        assert_eq!(refused.body["mistakes"][0]["at"], json!(at), "{refused:?}");
    }
}
