//! Desk files that are refused: by the place of every mistake, as strictly in JSON as in TOML.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_file, small_file};
use tierline_testkit::{Faults, Profile};

fn desk() -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &small_file())
}

fn put(desk: &NativeDesk, kind: &str, file: &str) -> Answer {
    let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN).body(file.as_bytes());
    desk.send("x", &call.header("content-type", kind))
}

/// The line, from 1, that has `text`.
fn line_with(file: &str, text: &str) -> u64 {
    u64::try_from(file.lines().position(|line| line.contains(text)).unwrap()).unwrap() + 1
}

/// The first mistake of the file with `from` put for `to`, and the line `to` is in.
fn mistake(desk: &NativeDesk, from: &str, to: &str) -> (String, u64, u64) {
    let file = small_file().replacen(from, to, 1);
    assert_ne!(file, small_file(), "{from}");
    let refused = put(desk, "application/toml", &file);
    assert_eq!((refused.status, refused.problem().as_str()), (422, "invalid-desk-file"), "{to}: {refused:?}");
    let first = &refused.body["mistakes"][0];
    let line = first["line"].as_u64().unwrap();
    assert_eq!(refused.body["line"].as_u64(), Some(line));
    (first["at"].as_str().unwrap().to_owned(), line, line_with(&file, to.lines().next().unwrap()))
}

fn field(name: &str) -> String {
    let file = small_file();
    file.lines().find(|line| line.starts_with(&format!("{name} ="))).unwrap().to_owned()
}

#[test]
fn what_makes_no_sense_is_told_with_its_line() {
    let desk = desk();
    let zone = small_file().lines().find(|line| line.starts_with("time_zone")).map(ToOwned::to_owned);
    let zone = zone.unwrap_or_else(|| field("default_language"));
    let with_zone = |name: &str| match zone.starts_with("time_zone") {
        true => format!("time_zone = \"{name}\""),
        false => format!("{zone}\ntime_zone = \"{name}\""),
    };
    for name in ["Europe/Madird", "utc", "+01:00", "", "Europe/Madrid\\n"] {
        let (at, line, _) = mistake(&desk, &zone, &with_zone(name));
        let file = small_file().replacen(&zone, &with_zone(name), 1);
        assert_eq!((at.as_str(), line), ("desk.time_zone", line_with(&file, "time_zone")));
    }
    let name = field("name");
    for bad in ["a\\u0007b", "a\\u202Eb", "a\\nb", "a\\tb", "\\u2066x", "\\u0085"] {
        let (at, line, there) = mistake(&desk, &name, &format!("name = \"{bad}\""));
        assert_eq!((at.as_str(), line), ("desk.name", there), "{bad}");
    }
    let signature = field("signature");
    let (at, line, there) =
        mistake(&desk, &signature, &format!("{signature}\ntopics = {{ Nothing = \"Nada\" }}"));
    assert_eq!((at.as_str(), line), ("voice.en.topics", there + 1));
    let (at, line, there) = mistake(&desk, "department = \"", "department = \"\\u202E");
    assert_eq!((at.as_str(), line), ("lines[0].department", there));
    let (at, line, there) = mistake(&desk, "tier = 1", "tier = 1\nlease_s = 1");
    assert_eq!((at.as_str(), line), ("lines[0].lease_s", there + 1));
}

#[test]
fn a_wrong_shape_is_told_with_its_place_and_line_too() {
    let desk = desk();
    let name = field("name");
    let cases = [
        (name.clone(), "nmae = \"x\"".to_owned(), "desk.nmae"),
        (name.clone(), "name = 5".to_owned(), "desk.name"),
        (name, "name = 2020-01-01".to_owned(), "desk.name"),
    ];
    for (from, to, at) in cases {
        let (found, line, there) = mistake(&desk, &from, &to);
        assert_eq!((found.as_str(), line), (at, there));
    }
    let broken = put(&desk, "application/toml", "[desk]\nid = \nname = \"x\"");
    assert_eq!((broken.status, broken.body["line"].as_u64()), (422, Some(2)), "{broken:?}");
}

#[test]
fn json_is_held_to_the_same_shape() {
    let desk = desk();
    let file: Value = toml::from_str(&small_file()).unwrap();
    assert_eq!(put(&desk, "application/json", &file.to_string()).status, 200);
    let list = |value: &Value| Value::Array(value.as_object().unwrap().values().cloned().collect());
    for pointer in ["/desk", "/policy", "/lines/0", "/people/0", "/answers/0", "/voice/en"] {
        let mut odd = file.clone();
        let Some(part) = odd.pointer_mut(pointer) else { continue };
        *part = list(part);
        let refused = put(&desk, "application/json", &odd.to_string());
        assert_eq!((refused.status, refused.problem().as_str()), (422, "invalid-desk-file"), "{refused:?}");
        let at = refused.text("/mistakes/0/at").replace('[', "/").replace([']', '.'], "/").replace("//", "/");
        assert!(pointer.starts_with(&format!("/{}", at.trim_end_matches('/'))), "{pointer}: {at}");
    }
    let mut odd = file.clone();
    odd["people"][0]["role"] = json!({"care": null});
    assert_eq!(put(&desk, "application/json", &odd.to_string()).text("/mistakes/0/at"), "people[0].role");
    let mut odd = file;
    odd["desk"]["name"] = json!("a\u{202e}b");
    let refused = put(&desk, "application/json", &odd.to_string());
    assert_eq!((refused.text("/mistakes/0/at").as_str(), &refused.body["line"]), ("desk.name", &json!(1)));
    // Spread over lines, a mistake of the shape and one of the sense are each found in theirs.
    let pretty = serde_json::to_string_pretty(&odd).unwrap();
    let line_of = |text: &str, what: &str| text.lines().position(|line| line.contains(what)).unwrap() + 1;
    let refused = put(&desk, "application/json", &pretty);
    let line = line_of(&pretty, "a\u{202e}b");
    assert_eq!((&refused.body["line"], &refused.body["mistakes"][0]["line"]), (&json!(line), &json!(line)));
    let mistyped = pretty.replace("\"role\": \"consultant\"", "\"role\": 5");
    let refused = put(&desk, "application/json", &mistyped);
    assert_eq!(refused.text("/mistakes/0/at"), "people[1].role", "{refused:?}");
    assert_eq!(refused.body["line"], json!(line_of(&mistyped, "\"role\": 5")));
}

#[test]
fn languages_are_codes_wherever_they_stand() {
    let desk = desk();
    let file: Value = toml::from_str(&demo_file()).unwrap();
    assert_eq!(put(&desk, "application/json", &file.to_string()).status, 200, "the demo is fine");
    for (pointer, at) in
        [("/answers/0/text", "answers[0].text"), ("/routes/0/examples", "routes[0].examples")]
    {
        let mut odd = file.clone();
        odd.pointer_mut(pointer).unwrap()["e\u{202e}n"] = json!(["x"]);
        if pointer.ends_with("text") {
            odd.pointer_mut(pointer).unwrap()["e\u{202e}n"] = json!("x");
        }
        let refused = put(&desk, "application/json", &odd.to_string());
        assert_eq!(refused.text("/mistakes/0/at"), at, "{refused:?}");
    }
    let windows = demo_file().replace('\n', "\r\n");
    assert!(put(&desk, "application/toml", &windows).status < 300, "an editor's line ends are fine");
}
