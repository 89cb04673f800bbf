//! A line with a thousand tickets: the same costs, the same order, and nobody at its head who stops it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use tierline_native::{Answer, Call, DESK, NativeDesk, demo_token, small_file};
use tierline_testkit::{Faults, Profile};

fn desk() -> NativeDesk {
    // Every call takes time, so that no two tickets come in the same millisecond.
    NativeDesk::with_desk(3, Profile::Honest, Faults::latency(1..=1), &small_file())
}

fn ask(desk: &NativeDesk, name: &str) -> Answer {
    let call =
        Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&json!({"body": "My site is down"}));
    let answer = desk.send(name, &call);
    assert_eq!((answer.status, answer.text("/queue/line").as_str()), (201, "consultants"), "{answer:?}");
    answer
}

fn claim(desk: &NativeDesk, name: &str) -> Answer {
    let path = format!("/v1/desks/{DESK}/lines/consultants/claims");
    desk.send(name, &Call::new("POST", path).token(&demo_token("bruno")))
}

fn solve(desk: &NativeDesk, ticket: &str) -> Answer {
    let call = Call::new("POST", format!("/v1/tickets/{ticket}/replies")).token(&demo_token("bruno"));
    desk.send("solve", &call.json(&json!({"body": "Done.", "then": "solve"})))
}

fn read(desk: &NativeDesk, name: &str, asked: &Answer) -> Answer {
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    desk.send(name, &Call::new("GET", path).token(&asked.text("/customer_key")))
}

/// Reads and commits of entering, claiming and reading, before the answer.
fn costs(desk: &NativeDesk, name: &str) -> [(u64, u64); 3] {
    let asked = ask(desk, &format!("ask-{name}"));
    desk.sim.run_until_idle().unwrap();
    let shown = read(desk, &format!("read-{name}"), &asked);
    let claimed = claim(desk, &format!("claim-{name}"));
    assert_eq!(claimed.status, 201);
    desk.sim.run_until_idle().unwrap();
    [asked, claimed, shown].map(|answer| (answer.before_answer.reads, answer.before_answer.commits))
}

#[test]
fn entering_claiming_and_reading_cost_the_same_at_ten_and_at_a_thousand() {
    let desk = desk();
    for _ in 0..10 {
        ask(&desk, "fill");
    }
    desk.sim.run_until_idle().unwrap();
    let at_ten = costs(&desk, "ten");
    for _ in 0..1_000 {
        ask(&desk, "fill");
        desk.sim.run_until_idle().unwrap();
    }
    assert_eq!(costs(&desk, "thousand"), at_ten);
    assert_eq!(at_ten.map(|(_, commits)| commits), [2, 2, 0]);
}

#[test]
fn a_thousand_are_served_in_order_past_one_that_lingers() {
    let desk = desk();
    let asked: Vec<_> = (0..1_000).map(|_| ask(&desk, "fill").text("/ticket/id")).collect();
    desk.sim.run_until_idle().unwrap();
    // The first stays claimed at the head of the line while everything behind it comes and goes.
    assert_eq!(claim(&desk, "first").text("/ticket/id"), asked[0]);
    for (number, ticket) in asked.iter().enumerate().skip(1) {
        let claimed = claim(&desk, "claim");
        assert_eq!(claimed.status, 201, "number {number}: {claimed:?}");
        assert_eq!(&claimed.text("/ticket/id"), ticket, "number {number}");
        assert_eq!(solve(&desk, ticket).status, 201);
        desk.sim.run_until_idle().unwrap();
    }
    assert_eq!(claim(&desk, "last").status, 204);
    let latest = ask(&desk, "late");
    assert_eq!(claim(&desk, "late").text("/ticket/id"), latest.text("/ticket/id"));
}

#[test]
fn a_word_goes_once_under_one_key_and_other_words_are_refused() {
    let desk = desk();
    let asked = ask(&desk, "ask");
    let path = format!("/v1/tickets/{}/messages", asked.text("/ticket/id"));
    let say = |words: &str| {
        let call = Call::new("POST", &path).token(&asked.text("/customer_key")).key("the-same-key");
        desk.send("say", &call.json(&json!({"body": words}))).status
    };
    assert_eq!((say("one"), say("one"), say("two")), (201, 201, 422));
    assert_eq!(read(&desk, "read", &asked).body["thread"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_line_in_force_cannot_be_dropped_from_the_desk_file() {
    let desk = desk();
    let with_more = format!(
        "{}\n[[lines]]\nid = \"billing\"\nname = \"Billing\"\ndepartment = \"finance\"\n",
        small_file()
    );
    let put = |file: &str| {
        let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(tierline_native::OPERATOR_TOKEN);
        desk.send("put", &call.header("content-type", "application/toml").body(file.as_bytes()))
    };
    assert_eq!(put(&with_more).status, 200);
    let refused = put(&small_file());
    assert_eq!(
        (refused.status, refused.text("/type").as_str()),
        (422, "urn:tierline:problem:invalid-desk-file")
    );
}
