//! Desk files: kept by version, compared, taken up again, changed only by who saw what is there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, small_file};
use tierline_testkit::{Faults, Profile};

fn desk() -> NativeDesk {
    NativeDesk::with_desk(8, Profile::Honest, Faults::none(), &small_file())
}

fn call(method: &str, rest: &str) -> Call {
    Call::new(method, format!("/v1/desks/{DESK}{rest}")).token(OPERATOR_TOKEN)
}

fn put(file: &str) -> Call {
    call("PUT", "").header("content-type", "application/toml").body(file.as_bytes())
}

fn send(desk: &NativeDesk, call: Call) -> Answer {
    desk.send("x", &call)
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.raw.clone()).unwrap()
}

fn kind(answer: &Answer) -> (u16, String) {
    (answer.status, answer.text("/type").replace("urn:tierline:problem:", ""))
}

fn refused(status: u16, slug: &str) -> (u16, String) {
    (status, slug.to_owned())
}

fn named(name: &str) -> String {
    small_file().replace("name = \"Small\"", &format!("name = \"{name}\"  # renamed"))
}

#[test]
fn versions_are_kept_compared_and_taken_up_again() {
    let desk = desk();
    assert_eq!(send(&desk, put(&named("Two"))).body["desk"]["version"], json!(2));
    let listed = send(&desk, call("GET", "/versions"));
    let all = listed.body["versions"].as_array().unwrap();
    assert_eq!(all.iter().map(|version| &version["version"]).collect::<Vec<_>>(), [&json!(2), &json!(1)]);
    assert_eq!((&all[0]["by"]["kind"], &all[0]["format"]), (&json!("operator"), &json!("toml")));

    let first = send(&desk, call("GET", "/versions/1"));
    assert_eq!((first.status, first.header("content-type")), (200, "application/toml".to_owned()));
    assert_eq!(text(&first), small_file(), "to the byte");
    let diff = send(&desk, call("GET", "/versions/2/diff"));
    assert!(diff.header("content-type").starts_with("text/plain"));
    let diff = text(&diff);
    assert!(diff.starts_with("--- version 1\n+++ version 2\n@@"), "{diff}");
    assert!(diff.contains("\n-name = \"Small\"\n+name = \"Two\"  # renamed\n"), "{diff}");
    let back = text(&send(&desk, call("GET", "/versions/1/diff?against=2")));
    assert!(back.contains("\n-name = \"Two\"  # renamed\n+name = \"Small\"\n"), "{back}");
    assert_eq!(text(&send(&desk, call("GET", "/versions/2/diff?against=2"))), "");

    let roll_back = || send(&desk, call("POST", "/versions/1/rollback").key("back"));
    let (once, again) = (roll_back(), roll_back());
    assert_eq!((once.status, &once.body["desk"]["version"]), (200, &json!(3)), "{once:?}");
    assert_eq!((&once.body, once.header("etag")), (&again.body, again.header("etag")), "once");
    assert_eq!(once.body["desk"]["name"], "Small");
    let listed = send(&desk, call("GET", "/versions"));
    assert_eq!(listed.body["versions"][0]["rollback_of"], json!(1));
    assert_eq!(text(&send(&desk, call("GET", "/versions/3"))), small_file());
    let same = send(&desk, call("POST", "/versions/1/rollback"));
    assert_eq!((same.status, &same.body["changed"]), (200, &json!(false)));
}

#[test]
fn only_who_saw_what_is_there_changes_it() {
    let desk = NativeDesk::new(9, Profile::Honest, Faults::none());
    let first = send(&desk, put(&small_file()).header("if-none-match", "*"));
    assert_eq!(first.status, 201);
    assert_eq!(kind(&send(&desk, put(&named("B")).header("if-none-match", "*"))), refused(412, "stale"));
    assert_eq!(kind(&send(&desk, put(&named("B")).header("if-match", "\"x\""))), refused(412, "stale"));
    let second = send(&desk, put(&named("B")).header("if-match", &first.header("etag")));
    assert_eq!(second.status, 200);
    assert_ne!(first.header("etag"), second.header("etag"));
    assert_eq!(
        kind(&send(&desk, put(&named("C")).header("if-match", &first.header("etag")))),
        refused(412, "stale")
    );
    let shown = send(&desk, call("GET", ""));
    assert_eq!(
        (shown.status, shown.header("etag")),
        (200, second.header("etag")),
        "the deployment's operator too"
    );
    assert_eq!(send(&desk, call("GET", "").header("if-none-match", &second.header("etag"))).status, 304);
}

#[test]
fn operators_get_the_file_and_others_the_desk() {
    let desk = desk();
    let file = send(&desk, call("GET", "").header("accept", "application/toml"));
    assert_eq!((file.status, text(&file)), (200, small_file()));
    let ana = Call::new("GET", format!("/v1/desks/{DESK}")).token(&demo_token("ana"));
    let shown = send(&desk, ana.header("accept", "application/toml"));
    assert_eq!((shown.status, shown.text("/desk/name").as_str()), (200, "Small"));
    let value: Value = {
        let table: toml::Table = small_file().parse().unwrap();
        serde_json::to_value(table).unwrap()
    };
    assert_eq!(send(&desk, call("PUT", "").json(&value)).body["changed"], json!(true), "another text");
    let as_toml = send(&desk, call("GET", "").header("accept", "application/toml"));
    assert_eq!(kind(&as_toml), refused(406, "not-acceptable"));
    let json_text = send(&desk, call("GET", "/versions/2"));
    assert_eq!((json_text.header("content-type"), &json_text.body), ("application/json".to_owned(), &value));
}

#[test]
fn what_is_no_version_is_not_found_and_not_for_everybody() {
    let desk = desk();
    for number in ["0", "2", "01", "+1", "x", "99999999999999999999"] {
        for rest in ["", "/diff"] {
            let answer = send(&desk, call("GET", &format!("/versions/{number}{rest}")));
            assert_eq!(kind(&answer), refused(404, "unknown-version"), "{number}{rest}");
        }
        let answer = send(&desk, call("POST", &format!("/versions/{number}/rollback")));
        assert_eq!(kind(&answer), refused(404, "unknown-version"), "{number}");
    }
    assert_eq!(
        kind(&send(&desk, call("GET", "/versions/1/diff?against=x"))),
        refused(400, "invalid-parameter")
    );
    assert_eq!(
        kind(&send(&desk, call("GET", "/versions/1/diff?against=7"))),
        refused(404, "unknown-version")
    );
    for person in ["ana", "bruno", "chen"] {
        for (method, rest) in [
            ("GET", "/versions"),
            ("GET", "/versions/1"),
            ("GET", "/versions/1/diff"),
            ("POST", "/versions/1/rollback"),
        ] {
            let call = Call::new(method, format!("/v1/desks/{DESK}{rest}")).token(&demo_token(person));
            assert_eq!(kind(&send(&desk, call)), refused(403, "forbidden"), "{person} {rest}");
        }
    }
}

#[test]
fn fifty_versions_are_kept_and_the_tick_removes_the_rest() {
    // Every call takes time, so that no two editions have the same name.
    let desk = NativeDesk::with_desk(8, Profile::Honest, Faults::latency(1..=1), &small_file());
    for number in 2..=55 {
        assert_eq!(send(&desk, put(&named(&format!("N{number}")))).status, 200);
    }
    let runtime = tierline_native::runtime_of(&desk);
    let keys = |prefix: &str| {
        use tierline_store::{Runtime, Sweep};
        let all = desk.sim.block_on(async { runtime.store().list_keys().await.unwrap() }).unwrap();
        all.iter().filter(|key| key.starts_with(prefix)).count()
    };
    let tick = || {
        let swept = send(&desk, Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
        assert_eq!(swept.status, 200, "{swept:?}");
    };
    tick();
    assert_eq!((keys("deskfile:"), keys("people:")), (110, 55), "somebody may still read them");
    use tierline_store::Runtime;
    desk.sim.block_on(runtime.sleep(std::time::Duration::from_secs(4_000))).unwrap();
    for _ in 0..3 {
        tick();
    }
    assert_eq!((keys("deskfile:"), keys("people:"), keys("answers:")), (100, 1, 1));
    let listed = send(&desk, call("GET", "/versions"));
    let all = listed.body["versions"].as_array().unwrap();
    assert_eq!((all.len(), &all[49]["version"]), (50, &json!(6)));
    assert_eq!(send(&desk, call("GET", "/versions/6")).status, 200);
    assert_eq!(kind(&send(&desk, call("GET", "/versions/5"))), refused(404, "unknown-version"));
    assert_eq!(send(&desk, call("POST", "/versions/6/rollback")).body["desk"]["name"], "N6");
    let claims = Call::new("POST", format!("/v1/desks/{DESK}/lines/care/claims")).token(&demo_token("ana"));
    assert_eq!(send(&desk, claims).status, 204, "people can still sign in");
}

#[test]
fn a_long_file_comes_back_whole() {
    let desk = desk();
    let comment = format!("# {}\n", "日本語 \"quoted\" ".repeat(10)).repeat(900);
    let file = format!("{}\n{comment}", small_file());
    assert!(file.len() > 150_000);
    assert_eq!(send(&desk, put(&file)).body["changed"], json!(true));
    assert_eq!(text(&send(&desk, call("GET", "/versions/2"))), file);
}
