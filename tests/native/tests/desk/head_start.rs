//! Head starts over HTTP: what is proven counts, what is typed does not; what is bought counts once and within its cap.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{
    Answer, Call, DESK, ISSUER, NativeDesk, OPERATOR_TOKEN, customer_token, demo_token, small_file,
};
use tierline_testkit::{Faults, Profile};

fn desk() -> NativeDesk {
    let tables = format!(
        "[desk.customer_tokens]\nissuer = \"{ISSUER}\"\nalgorithm = \"HS256\"\n\n[[packages]]\nid = \"gold\"\nname = \
         \"Gold\"\nhead_start_s = 400\n\n[voice.en]\n"
    );
    let file = small_file().replacen("[voice.en]\n", &tables, 1);
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &file)
}

fn ask(desk: &NativeDesk, customer: &Value) -> Answer {
    let body = json!({"body": "Something nobody has written an answer to.", "customer": customer});
    let call = Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body);
    let asked = desk.send("ask", &call);
    assert_eq!(asked.status, 201, "{asked:?}");
    desk.settle("ask");
    asked
}

fn position(desk: &NativeDesk, asked: &Answer) -> u64 {
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    let read = desk.send("read", &Call::new("GET", path).token(&asked.text("/customer_key")));
    read.body["queue"]["position"].as_u64().unwrap()
}

fn boost(desk: &NativeDesk, asked: &Answer, seconds: i64, payment: &str) -> Answer {
    let path = format!("/v1/tickets/{}/boosts", asked.text("/ticket/id"));
    let body = json!({"seconds": seconds, "payment_reference": payment});
    let answer = desk.send("boost", &Call::new("POST", path).token(OPERATOR_TOKEN).json(&body));
    desk.settle("boost");
    answer
}

#[test]
fn a_proven_customers_standing_and_package_count_and_a_typed_ones_do_not() {
    let desk = desk();
    let record = json!({"since": "2001-01-01", "spend": 2500.0, "package": "gold"});
    let path = format!("/v1/desks/{DESK}/customers/c-1");
    let written = desk.send("x", &Call::new("PUT", path).token(OPERATOR_TOKEN).json(&record));
    assert_eq!(written.status, 201, "{written:?}");
    desk.settle("x");
    let typed = ask(&desk, &json!({"external_id": "c-1"}));
    assert_eq!(typed.body["receipt"]["head_start_s"], json!(0));
    let proven = ask(&desk, &json!({"token": customer_token(&desk, "c-1")}));
    assert_eq!(
        proven.body["receipt"]["head_start"],
        json!({"urgency_s": 0, "standing_s": 300, "package_s": 400, "boost_s": 0}),
        "years alone would give more: standing has its cap"
    );
    assert_eq!(proven.body["receipt"]["head_start_s"], json!(700));
    assert_eq!((position(&desk, &proven), position(&desk, &typed)), (1, 2), "ahead of who came before");
    let stranger = ask(&desk, &json!({"token": customer_token(&desk, "c-2")}));
    assert_eq!(stranger.body["receipt"]["head_start_s"], json!(0), "nobody knows them");
}

#[test]
fn who_seldom_asks_is_a_little_ahead_and_who_asks_often_is_not() {
    let desk = desk();
    let path = format!("/v1/desks/{DESK}/customers/c-3");
    desk.send("x", &Call::new("PUT", path).token(OPERATOR_TOKEN).json(&json!({})));
    desk.settle("x");
    let starts: Vec<_> = (0..4)
        .map(|_| {
            ask(&desk, &json!({"token": customer_token(&desk, "c-3")})).body["receipt"]["head_start_s"]
                .clone()
        })
        .collect();
    assert_eq!(starts, [60, 60, 0, 0].map(|seconds| json!(seconds)));
}

#[test]
fn a_boost_counts_once_and_past_the_cap_nothing_is_to_be_paid() {
    let desk = desk();
    let (first, second) = (ask(&desk, &json!({})), ask(&desk, &json!({})));
    assert_eq!((position(&desk, &first), position(&desk, &second)), (1, 2));
    let boosted = boost(&desk, &second, 500, "inv-1");
    assert_eq!((boosted.status, boosted.body["queue"]["position"].as_u64()), (201, Some(1)), "{boosted:?}");
    assert_eq!((&boosted.body["head_start_s"], &boosted.body["left_s"]), (&json!(500), &json!(100)));
    assert_eq!((position(&desk, &first), position(&desk, &second)), (2, 1));
    let again = boost(&desk, &second, 500, "inv-1");
    assert_eq!((again.status, &again.body["head_start_s"]), (201, &json!(500)), "one payment, one boost");
    let refused = boost(&desk, &second, 101, "inv-2");
    assert_eq!((refused.status, refused.problem().as_str()), (409, "boost-refused"), "{refused:?}");
    assert_eq!(refused.body["left_s"], json!(100));
    assert_eq!(boost(&desk, &second, 100, "inv-2").status, 201, "the payment that was refused was not used");
    for seconds in [0, -60, 31_536_000] {
        let refused = boost(&desk, &first, seconds, "inv-3");
        assert_eq!((refused.status, refused.body["field"].as_str()), (422, Some("seconds")), "{refused:?}");
    }
    // Who gets it next is who stands first.
    let claim = Call::new("POST", format!("/v1/desks/{DESK}/lines/{}/claims", second.text("/ticket/line")));
    let claimed = desk.send("claim", &claim.token(&demo_token("ana")));
    assert_eq!(claimed.text("/ticket/id"), second.text("/ticket/id"), "{claimed:?}");
    desk.settle("claim");
    let held = boost(&desk, &second, 1, "inv-4");
    assert_eq!((held.status, held.problem().as_str()), (409, "state-conflict"), "{held:?}");
}

#[test]
fn desk_files_with_boundless_advantages_are_refused() {
    let desk = desk();
    let publish = |file: &str| {
        let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN).body(file.as_bytes());
        desk.send("x", &call.header("content-type", "application/toml"))
    };
    for (line, at) in [
        ("boost_max_s = 1801", "policy.boost_max_s"),
        ("standing.max_s = 31536000", "policy.standing.max_s"),
        ("standing.spend_step = 0", "policy.standing.spend_step"),
        ("boost_max_s = -1", "policy.boost_max_s"),
        ("head_start_max_s = 31536000", "policy.head_start_max_s"),
    ] {
        let refused = publish(&small_file().replacen("[policy]\n", &format!("[policy]\n{line}\n"), 1));
        assert_eq!((refused.status, refused.problem().as_str()), (422, "invalid-desk-file"), "{line}");
        assert_eq!(refused.body["mistakes"][0]["at"], json!(at), "{line}: {refused:?}");
    }
    let package = "\n[[packages]]\nid = \"x\"\nname = \"X\"\nhead_start_s = 1801\n";
    let refused = publish(&format!("{}{package}", small_file()));
    assert_eq!(refused.body["mistakes"][0]["at"], json!("packages[0].head_start_s"), "{refused:?}");
}
