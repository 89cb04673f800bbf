//! One question answered by tier 1, one by a consultant, in one process and virtual time; with what each step costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_domain::limits::ANSWER_TEXT_CHARS_MAX;
use tierline_native::{Answer, Call, DESK, NativeDesk, TriageMode, demo_file, demo_token, small_file};
use tierline_testkit::{Faults, Profile};

fn desk() -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &demo_file())
}

fn ask(body: &str) -> Call {
    let body = json!({"body": body, "customer": {"name": "Ada", "email": "ada@example.com"}});
    Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body)
}

fn ticket_call(method: &str, answer: &Answer, rest: &str) -> Call {
    let key = answer.text("/customer_key");
    Call::new(method, format!("/v1/tickets/{}{rest}", answer.text("/ticket/id"))).token(&key)
}

fn agent(method: &str, path: String, person: &str) -> Call {
    Call::new(method, path).token(&demo_token(person))
}

fn claim(desk: &NativeDesk, line: &str, person: &str) -> Answer {
    desk.send("claim", &agent("POST", format!("/v1/desks/{DESK}/lines/{line}/claims"), person))
}

#[test]
fn tier_1_answers_in_the_same_response_and_is_liked() {
    let desk = desk();
    let answer = desk.send("ask", &ask("How do I set up my email in Outlook?"));
    assert_eq!((answer.status, answer.text("/ticket/state").as_str()), (201, "answered"), "{answer:?}");
    assert!(answer.text("/answer/text").starts_with("Hello,"));
    assert_eq!(answer.body["queue"], Value::Null);
    let closed = desk.send("x", &ticket_call("POST", &answer, "/outcome").json(&json!({"solved": true})));
    assert_eq!((closed.status, closed.text("/ticket/state").as_str()), (200, "closed"));
    let rated = desk.send("x", &ticket_call("POST", &answer, "/rating").json(&json!({"verdict": "like"})));
    assert_eq!(rated.text("/ticket/rating/verdict"), "like");
}

#[test]
fn a_consultant_solves_what_tier_1_cannot() {
    let desk = desk();
    let asked = desk.send("ask", &ask("Mi web está caída, muestra error 503 y no carga"));
    assert_eq!((asked.status, asked.text("/ticket/state").as_str()), (201, "queued"), "{asked:?}");
    assert_eq!(
        (asked.text("/queue/line").as_str(), &asked.body["queue"]["position"]),
        ("consultants", &json!(1))
    );
    assert_eq!(asked.text("/ticket/language"), "es");

    let claimed = claim(&desk, "consultants", "bruno");
    assert_eq!(claimed.status, 201, "{claimed:?}");
    assert_eq!(claimed.text("/ticket/id"), asked.text("/ticket/id"));
    assert_eq!(claim(&desk, "consultants", "bruno").status, 204, "nobody else waits");

    let path = format!("/v1/tickets/{}/replies", claimed.text("/ticket/id"));
    let reply = json!({"body": "He reiniciado el servidor web.", "then": "solve"});
    let replied = desk.send("x", &agent("POST", path, "bruno").json(&reply));
    assert_eq!((replied.status, replied.text("/ticket/state").as_str()), (201, "solved"), "{replied:?}");

    let shown = desk.send("x", &ticket_call("GET", &asked, ""));
    assert_eq!(shown.body["thread"].as_array().map(Vec::len), Some(2));
    let rated = desk.send("x", &ticket_call("POST", &asked, "/rating").json(&json!({"verdict": "like"})));
    assert_eq!(rated.status, 200);
}

#[test]
fn that_did_not_help_sends_it_to_people_with_what_was_tried() {
    let desk = desk();
    let answer = desk.send("ask", &ask("How do I set up my email in Outlook?"));
    let told = desk.send("x", &ticket_call("POST", &answer, "/outcome").json(&json!({"solved": false})));
    assert_eq!((told.text("/ticket/state").as_str(), &told.body["queue"]["position"]), ("queued", &json!(1)));
    let claimed = claim(&desk, &told.text("/queue/line"), "ana");
    assert_eq!(claimed.body["thread"].as_array().map(Vec::len), Some(2), "the answer is in the thread");
}

#[test]
fn consultants_escalate_with_what_was_tried_and_notes_stay_inside() {
    let desk = desk();
    let asked = desk.send("ask", &ask("My website is down with error 503 service unavailable"));
    let id = asked.text("/ticket/id");
    assert_eq!(claim(&desk, "consultants", "bruno").text("/ticket/id"), id);
    let note = json!({"body": "The disk of this node looks bad."});
    let noted = desk.send("x", &agent("POST", format!("/v1/tickets/{id}/notes"), "bruno").json(&note));
    assert_eq!(noted.status, 201);
    let up = json!({"reason": "disk failing", "tried": "restart", "urgent": true});
    let moved = desk.send("x", &agent("POST", format!("/v1/tickets/{id}/escalation"), "bruno").json(&up));
    assert_eq!((moved.status, moved.text("/ticket/line").as_str()), (201, "admins"), "{moved:?}");
    let claimed = claim(&desk, "admins", "chen");
    assert_eq!(claimed.text("/desk/handovers/0/tried"), "restart");
    assert_eq!(claimed.body["thread"].as_array().map(Vec::len), Some(2));
    let shown = desk.send("x", &ticket_call("GET", &asked, ""));
    assert_eq!(shown.body["thread"].as_array().map(Vec::len), Some(1), "no note for the customer");
    assert_eq!(shown.body.get("desk"), None);
}

#[test]
fn an_intake_makes_three_commits_before_it_answers_and_six_until_nothing_is_owed() {
    let desk = desk();
    let (easy, hard) =
        ("How do I set up my email in Outlook?", "My website is down with error 503 service unavailable");
    // (text, with key, known customer, commits before the answer, commits in all). A customer's id and an answer cost
    // an entry in a list each, after the answer; a queued ticket's list is its line.
    let cases = [
        (easy, false, false, 1, 4),
        (easy, true, false, 2, 5),
        (easy, true, true, 2, 6),
        (hard, false, false, 2, 4),
        (hard, true, false, 3, 5),
        (hard, true, true, 3, 6),
    ];
    for (number, (text, with_key, known, before, all)) in cases.into_iter().enumerate() {
        let name = format!("ask-{number}");
        let customer = if known { json!({"external_id": "c-1"}) } else { json!({"name": "Ada"}) };
        let path = format!("/v1/desks/{DESK}/requests");
        let call = Call::new("POST", path).json(&json!({"body": text, "customer": customer}));
        let call = if with_key { call.key(&name) } else { call };
        let answer = desk.send(&name, &call);
        assert_eq!(answer.status, 201, "{answer:?}");
        assert_eq!(answer.before_answer.commits, before, "{name} before the answer");
        let counts = desk.settle(&name);
        assert_eq!((counts.commits, counts.listings), (all, 0), "{name} in all");
    }
}

#[test]
fn reading_a_ticket_takes_five_reads_at_most_and_no_write() {
    let desk = desk();
    let answered = desk.send("ask", &ask("How do I set up my email in Outlook?"));
    let queued = desk.send("ask", &ask("My website is down with error 503 service unavailable"));
    desk.settle("ask");
    for (name, asked, reads) in [("read-answered", &answered, 1), ("read-queued", &queued, 5)] {
        let shown = desk.send(name, &ticket_call("GET", asked, ""));
        assert_eq!(shown.status, 200);
        let counts = desk.settle(name);
        assert_eq!((counts.reads, counts.commits, counts.listings), (reads, 0, 0), "{name}");
    }
    let path = format!("/v1/tickets/{}", queued.text("/ticket/id"));
    let shown = desk.send("read-agent", &agent("GET", path, "bruno"));
    assert_eq!(
        (shown.status, desk.settle("read-agent").reads, desk.settle("read-agent").commits),
        (200, 3, 0)
    );
}

#[test]
fn a_claim_makes_two_commits_and_a_solving_reply_two() {
    let desk = desk();
    for _ in 0..3 {
        desk.send("ask", &ask("My website is down with error 503 service unavailable"));
    }
    desk.settle("ask");
    let claimed = claim(&desk, "consultants", "bruno");
    assert_eq!(claimed.before_answer.commits, 2);
    assert_eq!(
        desk.settle("claim").commits,
        6,
        "the journal, bruno's list, what forecasts learn and the accounts after the answer"
    );
    let path = format!("/v1/tickets/{}/replies", claimed.text("/ticket/id"));
    let reply = json!({"body": "Done.", "then": "solve"});
    let replied = desk.send("reply", &agent("POST", path, "bruno").json(&reply));
    assert_eq!((replied.status, replied.before_answer.commits), (201, 2));
}

#[test]
fn a_broken_tier_1_costs_the_customer_nothing_but_the_deadline() {
    for (mode, why) in [
        (TriageMode::Traps, "failed"),
        (TriageMode::Hangs, "deadline"),
        (TriageMode::Says("{\"verdict\":\"answer\"}"), "invalid"),
    ] {
        let mut desk = NativeDesk::with_desk(2, Profile::Honest, Faults::none(), &small_file());
        desk.set_triage(mode);
        let before = desk.sim.elapsed();
        let asked = desk.send("ask", &ask("I forgot my password"));
        assert_eq!((asked.status, asked.text("/queue/line").as_str()), (201, "care"), "{asked:?}");
        assert_eq!(asked.text("/receipt/decided_by"), why);
        assert!((desk.sim.elapsed() - before).as_millis() <= 400);
    }
}

#[test]
fn what_stands_in_tier_1s_place_is_looked_at_whatever_it_says() {
    let said = json!({
        "verdict": "answer", "confidence": 0.9, "line": "consultants", "department": "technical",
        "answer": {"answer_id": "a", "language": "en", "text": "Words", "in_customers_language": true},
        "difficulty": "easy", "urgent": false, "language": "en", "skills": [], "rule": "because",
        "candidates": [{"label": "a", "confidence": 0.9, "evidence": ["word"]}], "answers_version": 1,
    });
    let long = |chars: usize| json!("x".repeat(chars));
    let candidate = |label: Value, confidence: f64, words: usize, word: Value| json!([{"label": label, "confidence": confidence, "evidence": vec![word; words]}]);
    let mut desk = NativeDesk::with_desk(2, Profile::Honest, Faults::none(), &small_file());
    let mut decided_by = |pointer: &str, value: Value| {
        let mut said = said.clone();
        *said.pointer_mut(pointer).unwrap() = value;
        desk.set_triage(TriageMode::Says(said.to_string().leak()));
        let asked = desk.send("ask", &ask("I forgot my password"));
        assert_eq!(asked.status, 201, "{pointer}: {asked:?}");
        asked.text("/receipt/decided_by")
    };
    for (pointer, value) in [
        ("/rule", long(200)),
        ("/department", long(200)),
        ("/skills", json!(vec!["x".repeat(64); 8])),
        ("/candidates", json!(vec![said["candidates"][0].clone(); 5])),
        ("/candidates", candidate(long(64), 1.0, 6, long(64))),
        ("/confidence", json!(0)),
    ] {
        assert_eq!(decided_by(pointer, value), "triage", "{pointer} at its limit");
    }
    for (pointer, value) in [
        ("/rule", long(201)),
        ("/department", long(201)),
        ("/skills", json!(vec!["x"; 9])),
        ("/skills", json!([long(65)])),
        ("/candidates", json!(vec![said["candidates"][0].clone(); 6])),
        ("/candidates", candidate(long(65), 1.0, 1, json!("x"))),
        ("/candidates", candidate(json!("no label"), 1.0, 1, json!("x"))),
        ("/candidates", candidate(json!("a"), 1.1, 1, json!("x"))),
        ("/candidates", candidate(json!("a"), 1.0, 7, json!("x"))),
        ("/candidates", candidate(json!("a"), 1.0, 1, long(65))),
        ("/confidence", json!(-0.1)),
        ("/confidence", json!(1.1)),
        ("/line", json!("nowhere")),
        ("/answer", json!(null)),
        ("/answer/text", json!("  ")),
        ("/answer/text", long(ANSWER_TEXT_CHARS_MAX + 1)),
        ("/answer/answer_id", json!("no label")),
        ("/verdict", json!("route")),
        ("/verdict", json!("shrug")),
    ] {
        assert_eq!(decided_by(pointer, value.clone()), "invalid", "{pointer}: {value}");
    }
}

#[test]
fn the_same_key_gives_the_same_answer_and_another_body_is_refused() {
    let desk = desk();
    let first = desk.send("a", &ask("My website is down").key("k-1"));
    let again = desk.send("b", &ask("My website is down").key("k-1"));
    assert_eq!(first.body["ticket"], again.body["ticket"]);
    assert_eq!(first.body["customer_key"], again.body["customer_key"]);
    let other = desk.send("c", &ask("Something else").key("k-1"));
    assert_eq!(
        (other.status, other.text("/type").as_str()),
        (422, "urn:tierline:problem:idempotency-key-reused")
    );
    let claim = |key| agent("POST", format!("/v1/desks/{DESK}/lines/consultants/claims"), "bruno").key(key);
    let one = desk.send("d", &claim("c-1"));
    let same = desk.send("e", &claim("c-1"));
    assert_eq!(one.status, 201, "{one:?}");
    assert_eq!(one.text("/ticket/id"), same.text("/ticket/id"));
    // A claim says nothing in its body: with another one, it is still the same claim.
    let odd = desk.send("f", &claim("c-1").json(&json!({})));
    assert_eq!(one.text("/ticket/id"), odd.text("/ticket/id"));
}

#[test]
fn roles_and_keys_are_kept_apart() {
    let desk = desk();
    let asked = desk.send("ask", &ask("My website is down with error 503 service unavailable"));
    let other = desk.send("ask", &ask("My website is down with error 503 service unavailable"));
    let id = asked.text("/ticket/id");
    let status = |call: Call| desk.send("x", &call).status;
    let path = || format!("/v1/tickets/{id}");
    assert_eq!(status(Call::new("GET", path())), 401);
    assert_eq!(status(Call::new("GET", path()).token(&other.text("/customer_key"))), 404);
    assert_eq!(status(Call::new("GET", path()).token("tla_harborline.bruno.wrong")), 401);
    assert_eq!(status(agent("GET", path(), "dunya")), 200, "quality reads");
    let claims = || format!("/v1/desks/{DESK}/lines/consultants/claims");
    assert_eq!(status(agent("POST", claims(), "dunya")), 403, "quality does not work tickets");
    assert_eq!(status(agent("POST", claims(), "elif")), 403, "nor does the operator");
    assert_eq!(
        status(agent("POST", format!("/v1/desks/{DESK}/lines/admins/claims"), "bruno")),
        403,
        "not his line"
    );
    assert_eq!(status(Call::new("POST", claims()).token(&asked.text("/customer_key"))), 401);
    assert_eq!(status(agent("PUT", format!("/v1/desks/{DESK}"), "bruno").json(&json!({}))), 403);
    let reply = json!({"body": "x", "then": "keep"});
    let unheld = desk.send("x", &agent("POST", format!("/v1/tickets/{id}/replies"), "bruno").json(&reply));
    assert_eq!((unheld.status, unheld.text("/type").as_str()), (409, "urn:tierline:problem:not-holder"));
}

#[test]
fn publishing_the_same_file_again_changes_nothing() {
    let desk = desk();
    let file = demo_file();
    let put = |name: &str, file: &str| {
        let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(tierline_native::OPERATOR_TOKEN);
        desk.send(name, &call.header("content-type", "application/toml").body(file.as_bytes()))
    };
    let again = put("again", &file);
    assert_eq!((again.status, &again.body["changed"], again.before_answer.commits), (200, &json!(false), 0));
    let renamed = put("renamed", &file.replace("Harborline Hosting\"", "Harborline\""));
    assert_eq!((renamed.status, &renamed.body["desk"]["version"]), (200, &json!(2)), "{renamed:?}");
    let broken = put("broken", "[desk]\nid = \"harborline\"\nnmae = \"x\"");
    assert_eq!((broken.status, broken.body["line"].as_u64()), (422, Some(3)), "{broken:?}");
}
