//! Service levels over HTTP: what was promised at arrival stays promised, and how it stands follows from what happened.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, small_file};
use tierline_testkit::{Faults, Profile};

const LEVEL: &str = "\n[[service_levels]]\nname = \"Everybody\"\nfirst_response_s = 3600\nnext_response_s = 1800\nresolution_s = 14400\n";

fn desk(tables: &str) -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &format!("{}{tables}", small_file()))
}

fn publish(desk: &NativeDesk, tables: &str) -> Answer {
    let file = format!("{}{tables}", small_file());
    let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN).body(file.as_bytes());
    let answer = desk.send("publish", &call.header("content-type", "application/toml"));
    desk.settle("publish");
    answer
}

fn ask(desk: &NativeDesk) -> Answer {
    let body = json!({"body": "Something nobody has written an answer to."});
    let asked = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    assert_eq!(asked.status, 201, "{asked:?}");
    desk.settle("ask");
    asked
}

/// As its customer sees it; as people do, it is the same.
fn level(desk: &NativeDesk, asked: &Answer) -> Value {
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    let own = desk.send("own", &Call::new("GET", &path).token(&asked.text("/customer_key")));
    let peoples = desk.send("people", &Call::new("GET", &path).token(&demo_token("ana")));
    assert_eq!(own.body.get("service_level"), peoples.body.get("service_level"));
    own.body["service_level"].clone()
}

fn states(level: &Value) -> [&str; 3] {
    ["first_response", "next_response", "resolution"].map(|part| level[part]["state"].as_str().unwrap())
}

fn act(desk: &NativeDesk, asked: &Answer, method: &str, rest: &str, body: &Value) {
    let path = format!("/v1/tickets/{}{rest}", asked.text("/ticket/id"));
    let token = if rest == "/messages" { asked.text("/customer_key") } else { demo_token("ana") };
    let call = Call::new(method, path).token(&token);
    let answer = desk.send("act", &if method == "POST" { call.json(body) } else { call });
    assert!(matches!(answer.status, 200 | 201), "{answer:?}");
    desk.settle("act");
}

#[test]
fn clocks_run_stand_and_are_kept_or_missed() {
    let desk = desk(LEVEL);
    let asked = ask(&desk);
    assert_eq!(states(&level(&desk, &asked)), ["running", "paused", "running"]);
    desk.minutes(50);
    act(&desk, &asked, "PUT", "/claim", &Value::Null);
    act(&desk, &asked, "POST", "/replies", &json!({"body": "Which page?", "then": "wait"}));
    assert_eq!(states(&level(&desk, &asked)), ["kept", "paused", "paused"]);
    desk.minutes(2_000);
    assert_eq!(
        states(&level(&desk, &asked)),
        ["kept", "paused", "paused"],
        "the customer's turn costs nothing"
    );
    act(&desk, &asked, "POST", "/messages", &json!({"body": "The first one."}));
    assert_eq!(states(&level(&desk, &asked)), ["kept", "running", "running"]);
    desk.minutes(31);
    let missed = level(&desk, &asked);
    assert_eq!(states(&missed), ["kept", "missed", "running"]);
    act(&desk, &asked, "PUT", "/claim", &Value::Null);
    act(&desk, &asked, "POST", "/replies", &json!({"body": "Done.", "then": "solve"}));
    let ended = level(&desk, &asked);
    assert_eq!(states(&ended), ["kept", "missed", "kept"], "late stays late");
    assert_eq!(ended["next_response"]["due_at"], missed["next_response"]["due_at"]);
}

#[test]
fn what_was_promised_at_arrival_stays_promised() {
    let desk = desk(LEVEL);
    let before = ask(&desk);
    let due = level(&desk, &before)["first_response"]["due_at"].clone();
    assert_eq!(publish(&desk, &LEVEL.replace("3600", "60").replace("Everybody", "Hasty")).status, 200);
    let after = ask(&desk);
    assert_eq!(level(&desk, &after)["name"], json!("Hasty"));
    let kept = level(&desk, &before);
    assert_eq!((&kept["name"], &kept["first_response"]["due_at"]), (&json!("Everybody"), &due));
}

#[test]
fn without_a_level_nothing_is_promised_and_odd_levels_are_refused() {
    let desk = desk("");
    assert_eq!(level(&desk, &ask(&desk)), Value::Null);
    for (from, to, at) in [
        ("3600", "0", "service_levels[0].first_response_s"),
        ("14400", "31536001", "service_levels[0].resolution_s"),
        ("first_response_s", "package = \"gold\"\nfirst_response_s", "service_levels[0].package"),
        ("first_response_s", "last_response_s", "service_levels[0]"),
    ] {
        let refused = publish(&desk, &LEVEL.replacen(from, to, 1));
        assert_eq!((refused.status, refused.problem().as_str()), (422, "invalid-desk-file"), "{to}");
        let found = refused.body["mistakes"][0]["at"].as_str().unwrap();
        assert!(found.starts_with(at), "{to}: {refused:?}");
    }
}

#[test]
fn other_hours_change_no_clock_that_runs_and_cost_its_reader_one_read() {
    let desk = desk(LEVEL);
    let before = ask(&desk);
    let due = level(&desk, &before)["first_response"]["due_at"].clone();
    let path = format!("/v1/tickets/{}", before.text("/ticket/id"));
    let reads = |name: &str| {
        let call = Call::new("GET", &path).token(&before.text("/customer_key"));
        assert_eq!(desk.send(name, &call).status, 200);
        let counts = desk.settle(name);
        assert_eq!(counts.commits, 0);
        counts.reads
    };
    let first = reads("first");
    assert!(first <= 5);
    // Open for a minute a week from now on, at every line but the administrators'.
    let hours = "\n[hours.weekly]\nmonday = [\"00:00-00:01\"]\n";
    assert_eq!(publish(&desk, &format!("{LEVEL}{hours}")).status, 200);
    assert_eq!(level(&desk, &before)["first_response"]["due_at"], due);
    let after = ask(&desk);
    assert_ne!(level(&desk, &after)["first_response"]["due_at"], due);
    assert_eq!(reads("later"), first + 1);
    // Not the file's every change is one of its hours.
    let voice = format!("{LEVEL}{hours}").replace("Everybody", "All");
    assert_eq!(publish(&desk, &voice).status, 200);
    let kept = desk.sim.keys().iter().filter(|key| key.starts_with("hours:")).count();
    assert_eq!(kept, 2);
    desk.minutes(61);
    assert_eq!(states(&level(&desk, &before))[0], "missed");
    assert_eq!(states(&level(&desk, &after))[0], "running");
    let ticked = desk.send("tick", &Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
    assert_eq!((&ticked.body["missed"], &ticked.body["warned"]), (&json!(1), &json!(0)), "{ticked:?}");
    desk.settle("tick");
    // Back to what was: the clock of who came meanwhile stays as it was, too.
    let due = level(&desk, &after)["first_response"]["due_at"].clone();
    assert_eq!(publish(&desk, LEVEL).status, 200);
    assert_eq!(level(&desk, &after)["first_response"]["due_at"], due);
}
