//! Documents as earlier builds wrote them still open, and the desk goes on from them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tierline_desk::kept::read_kept;
use tierline_native::{Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, small_file};
use tierline_testkit::{Faults, Profile};

/// One file a build whose documents are kept: `key`, a tab, the value as base64, one a line; first what a client was told.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stored")
}

fn agent(method: &str, path: String) -> Call {
    Call::new(method, path).token(&demo_token("bruno"))
}

/// The desk as a build left it, and what clients were told.
fn as_it_was(text: &str) -> (NativeDesk, Value) {
    let (told, documents) = text.split_once('\n').unwrap();
    let desk = NativeDesk::new(1, Profile::Honest, Faults::none());
    for line in documents.lines() {
        let (key, value) = line.split_once('\t').unwrap();
        let value = STANDARD.decode(value).unwrap();
        if let Err(error) = read_kept(key, &value) {
            panic!("{key}: {error:?}");
        }
        desk.sim.put(key, &value);
    }
    (desk, serde_json::from_str(told).unwrap())
}

#[test]
fn what_earlier_builds_stored_opens_and_goes_on() {
    let files: Vec<_> = std::fs::read_dir(folder()).unwrap().flatten().collect();
    assert!(!files.is_empty());
    for file in files {
        let text = std::fs::read_to_string(file.path()).unwrap();
        let (desk, told) = as_it_was(&text);
        let word = |name: &str| told[name].as_str().unwrap().to_owned();
        let ticket = |name: &str| format!("/v1/tickets/{}", word(name));

        // Taken, with a note, a message, a draft.
        let shown = desk.send("x", &agent("GET", ticket("taken")));
        let bodies: Vec<&str> = shown.body["thread"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|message| message["body"].as_str())
            .collect();
        assert_eq!(bodies, ["My site is down", "Looks like DNS", "Still down"], "{shown:?}");
        let draft = desk.send("x", &agent("GET", format!("{}/draft", ticket("taken"))));
        assert_eq!(draft.text("/draft/body"), "Dear Ada", "{draft:?}");
        let own = desk.send("x", &Call::new("GET", ticket("taken")).token(&word("taken_key")));
        assert_eq!(own.status, 200, "{own:?}");

        // Its page, and the desk's: they read less of the desk than programs do.
        let page = Call::new("GET", format!("/t/{}", word("taken")))
            .header("cookie", &format!("tierline_key={}", word("taken_key")));
        for page in
            [page, Call::new("GET", format!("/d/{DESK}")), Call::new("GET", format!("/d/{DESK}/chat"))]
        {
            let shown = desk.send("x", &page);
            assert_eq!(shown.status, 200, "{shown:?}");
        }

        // Waiting: it is next, and is solved and liked.
        let next = desk.send("x", &agent("POST", format!("/v1/desks/{DESK}/lines/consultants/claims")));
        assert_eq!((next.status, next.text("/ticket/id")), (201, word("waiting")), "{next:?}");
        let solved = json!({"body": "Mended.", "then": "solve"});
        let solved = desk.send("x", &agent("POST", format!("{}/replies", ticket("waiting"))).json(&solved));
        assert_eq!((solved.status, solved.text("/ticket/state").as_str()), (201, "solved"), "{solved:?}");
        let liked = Call::new("POST", format!("{}/rating", ticket("waiting"))).token(&word("waiting_key"));
        assert_eq!(desk.send("x", &liked.json(&json!({"verdict": "like"}))).status, 200);

        // The same request again is the same ticket.
        let again =
            Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&json!({"body": "My site is down"}));
        assert_eq!(desk.send("x", &again.key("taken")).text("/ticket/id"), word("taken"));

        desk.settle("x");
        let tick = Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN).json(&json!({"limit": 100}));
        let swept = desk.send("x", &tick);
        assert_eq!((swept.status, &swept.body["failed"]), (200, &json!(0)), "{swept:?}");
        let path = format!("/v1/desks/{DESK}/audit/verification");
        let verified = desk.send("x", &Call::new("GET", path).token(OPERATOR_TOKEN));
        let chains = verified.body["chains"].as_array().unwrap();
        assert!(chains.len() > 1 && chains.iter().all(|chain| chain["holds"] == true), "{verified:?}");
    }
}

/// Before documents change their form: `cargo test -p tierline-native -- --ignored writes_down`, and a new name for the file.
#[test]
#[ignore = "writes a file that is kept"]
fn writes_down_what_this_build_stores() {
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &small_file());
    let ask = |body: &str, key: &str| {
        let call = Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&json!({"body": body}));
        desk.send("x", &call.key(key))
    };
    let taken = ask("My site is down", "taken");
    let id = taken.text("/ticket/id");
    assert_eq!(
        desk.send("x", &agent("POST", format!("/v1/desks/{DESK}/lines/consultants/claims"))).status,
        201
    );
    let say = |path: &str, body: &str| {
        agent("POST", format!("/v1/tickets/{id}/{path}")).json(&json!({"body": body}))
    };
    assert_eq!(desk.send("x", &say("notes", "Looks like DNS")).status, 201);
    let said = Call::new("POST", format!("/v1/tickets/{id}/messages")).token(&taken.text("/customer_key"));
    assert_eq!(desk.send("x", &said.json(&json!({"body": "Still down"}))).status, 201);
    let draft = agent("PUT", format!("/v1/tickets/{id}/draft")).json(&json!({"body": "Dear Ada"}));
    assert_eq!(desk.send("x", &draft).status, 200);
    let waiting = ask("My shop is down", "waiting");
    desk.settle("x");
    let told = json!({
        "taken": id, "taken_key": taken.text("/customer_key"),
        "waiting": waiting.text("/ticket/id"), "waiting_key": waiting.text("/customer_key"),
    });
    let mut text = format!("{told}\n");
    for key in desk.sim.keys() {
        text.push_str(&format!("{key}\t{}\n", STANDARD.encode(desk.sim.value(&key).unwrap())));
    }
    std::fs::write(folder().join("latest.tsv"), text).unwrap();
}
