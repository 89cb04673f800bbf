//! The main job on the real thing: asked, answered by tier 1 or by a consultant, solved, rated; with exact costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_e2e::{DESK, Desk, Reply, token};

const OUTLOOK: &str = "How do I set up my email in Outlook?";
const DOWN_ES: &str = "Mi web está caída, muestra error 503 y no carga";

fn customer(desk: &Desk, method: &str, asked: &Reply, rest: &str, body: &Value) -> Reply {
    let path = format!("/v1/tickets/{}{rest}", asked.text("/ticket/id"));
    desk.json(method, &path, &asked.text("/customer_key"), body, None)
}

fn agent(desk: &Desk, method: &str, ticket: &Reply, rest: &str, person: &str, body: &Value) -> Reply {
    let path = format!("/v1/tickets/{}{rest}", ticket.text("/ticket/id"));
    desk.json(method, &path, &token(person), body, None)
}

#[test]
fn from_the_first_question_to_the_rating() {
    let state = tempfile::tempdir().unwrap();
    let desk = Desk::start(state.path());

    // English, answered by tier 1 in the same response.
    let answered = desk.ask(OUTLOOK, None);
    assert_eq!((answered.status, answered.text("/ticket/state").as_str()), (201, "answered"), "{answered:?}");
    assert!(answered.text("/answer/text").contains("Harborline"));
    assert!(answered.header("location").unwrap().ends_with(&answered.text("/ticket/id")));
    let closed = customer(&desk, "POST", &answered, "/outcome", &json!({"solved": true}));
    assert_eq!(closed.text("/ticket/state"), "closed");
    assert_eq!(customer(&desk, "POST", &answered, "/rating", &json!({"verdict": "like"})).status, 200);

    // Spanish, for a consultant, then an administrator.
    let asked = desk.ask(DOWN_ES, None);
    assert_eq!((asked.status, asked.text("/queue/line").as_str()), (201, "consultants"), "{asked:?}");
    assert_eq!(
        (asked.text("/ticket/language").as_str(), &asked.body["queue"]["position"]),
        ("es", &json!(1))
    );
    let claimed = desk.claim("consultants", "bruno");
    assert_eq!((claimed.status, claimed.text("/ticket/id")), (201, asked.text("/ticket/id")), "{claimed:?}");
    let wait = json!({"body": "¿Qué dominio es?", "then": "wait"});
    assert_eq!(agent(&desk, "POST", &asked, "/replies", "bruno", &wait).text("/ticket/state"), "waiting");
    let back = customer(&desk, "POST", &asked, "/messages", &json!({"body": "tienda.example"}));
    assert_eq!(back.text("/ticket/state"), "queued");
    assert_eq!(desk.claim("consultants", "bruno").text("/ticket/id"), asked.text("/ticket/id"));
    let up = json!({"reason": "the node's disk fails", "tried": "restarted the web server"});
    let moved = agent(&desk, "POST", &asked, "/escalation", "bruno", &up);
    assert_eq!((moved.status, moved.text("/ticket/line").as_str()), (201, "admins"), "{moved:?}");
    let spanish_admin = desk.claim("admins", "chen");
    assert_eq!(spanish_admin.status, 201, "{spanish_admin:?}");
    let holder = spanish_admin.text("/desk/lease/person");
    let solve = json!({"body": "Movimos su sitio a otro nodo.", "then": "solve"});
    assert_eq!(agent(&desk, "POST", &asked, "/replies", &holder, &solve).text("/ticket/state"), "solved");
    let rating = json!({"verdict": "like", "comment": "¡Gracias!"});
    assert_eq!(customer(&desk, "POST", &asked, "/rating", &rating).status, 200);
    let shown = customer(&desk, "GET", &asked, "", &Value::Null);
    assert_eq!(
        (shown.text("/ticket/rating/verdict").as_str(), shown.text("/ticket/state").as_str()),
        ("like", "solved")
    );

    // Everything is there after a clean stop, and after an unclean one.
    assert_eq!(desk.host.stop(), Some(0));
    let desk = Desk::start(state.path());
    assert_eq!(customer(&desk, "GET", &asked, "", &Value::Null).body["thread"], shown.body["thread"]);
    desk.host.kill();
    let desk = Desk::start(state.path());
    assert_eq!(customer(&desk, "GET", &asked, "", &Value::Null).body["thread"], shown.body["thread"]);
}

#[test]
fn each_request_costs_what_it_may() {
    let state = tempfile::tempdir().unwrap();
    let desk = Desk::start(state.path());
    // (question, key, commits before the answer, commits until nothing is owed). An answered ticket enters a list of
    // its state after the answer; a queued one's list is its line.
    let cases = [
        (OUTLOOK, None, 1, 4),
        (OUTLOOK, Some("a"), 2, 5),
        (DOWN_ES, None, 2, 4),
        (DOWN_ES, Some("b"), 3, 5),
    ];
    let mut queued = None;
    for (text, key, before, all) in cases {
        let (_, commits_then) = desk.totals();
        let asked = desk.ask(text, key);
        assert_eq!((asked.status, asked.cost().1), (201, before), "{asked:?}");
        assert_eq!(desk.totals().1 - commits_then, all, "until nothing is owed");
        if asked.text("/ticket/state") == "queued" {
            queued = Some(asked);
        }
    }
    let queued = queued.unwrap();
    let before = desk.totals();
    let shown = customer(&desk, "GET", &queued, "", &Value::Null);
    assert_eq!((shown.status, shown.cost()), (200, (5, 0)));
    assert_eq!(desk.totals().1, before.1, "a read leaves nothing to write");
    let claimed = desk.claim("consultants", "bruno");
    assert_eq!((claimed.status, claimed.cost().1), (201, 2));
    assert_eq!(desk.claim("care", "ana").status, 204);
}

#[test]
fn sixteen_at_once_lose_nothing() {
    let state = tempfile::tempdir().unwrap();
    let desk = Desk::start(state.path());
    let ticket = desk.ask(DOWN_ES, None);
    assert_eq!(ticket.status, 201);
    let path = format!("/v1/tickets/{}/messages", ticket.text("/ticket/id"));
    let key = ticket.text("/customer_key");

    // One queue: sixteen ask at once, each with a key, each again until it is answered.
    let until_done = |send: &dyn Fn() -> Reply| {
        let mut replies = (0..20).map(|_| send());
        let done = replies.find(|reply| reply.status != 503);
        done.filter(|reply| reply.status == 201).expect("acknowledged")
    };
    std::thread::scope(|scope| {
        for writer in 0..16 {
            let (desk, path, key) = (&desk, &path, &key);
            scope.spawn(move || {
                until_done(&|| desk.ask(DOWN_ES, Some(&format!("ask-{writer}"))));
                for round in 0..3 {
                    let idempotency = format!("message-{writer}-{round}");
                    let body = json!({"body": idempotency});
                    until_done(&|| desk.json("POST", path, key, &body, Some(&idempotency)));
                }
            });
        }
    });
    desk.totals();

    let shown = customer(&desk, "GET", &ticket, "", &Value::Null);
    let thread = shown.body["thread"].as_array().unwrap();
    let mut said: Vec<_> = thread.iter().skip(1).map(|message| message["body"].as_str().unwrap()).collect();
    said.sort_unstable();
    let mut expected: Vec<_> =
        (0..16).flat_map(|writer| (0..3).map(move |round| format!("message-{writer}-{round}"))).collect();
    expected.sort_unstable();
    assert_eq!(said, expected, "every message once");

    // Sixteen claim at once until the line is empty: seventeen tickets, none of them twice.
    let claim_until_empty = || {
        let mut mine = vec![];
        loop {
            let reply = desk.claim("consultants", "bruno");
            match reply.status {
                201 => mine.push(reply.text("/ticket/id")),
                204 => return mine,
                503 => {}
                _ => panic!("{reply:?}"),
            }
        }
    };
    let mut claimed: Vec<String> = std::thread::scope(|scope| {
        let claims: Vec<_> = (0..16).map(|_| scope.spawn(claim_until_empty)).collect();
        claims.into_iter().flat_map(|claim| claim.join().unwrap()).collect()
    });
    let count = claimed.len();
    claimed.sort_unstable();
    claimed.dedup();
    assert_eq!((claimed.len(), count), (17, 17), "each ticket has one holder");
    assert_eq!(desk.claim("consultants", "bruno").status, 204);
}

#[test]
fn bad_input_is_named_and_changes_nothing() {
    let state = tempfile::tempdir().unwrap();
    let desk = Desk::start(state.path());
    let path = format!("/v1/desks/{DESK}/requests");
    let json_type = [("content-type".to_owned(), "application/json".to_owned())];
    let before = desk.totals().1;
    let long = json!({"body": "x".repeat(20_001)}).to_string();
    let huge = vec![b' '; 2_000_000];
    let cases: [(&[u8], u16, &str); 9] = [
        (b"", 400, "malformed-json"),
        (b"{", 400, "malformed-json"),
        (b"{\"body\":\"\xff\"}", 400, "malformed-json"),
        (b"{\"body\":\"a\",\"body\":\"b\"}", 400, "malformed-json"),
        (b"{\"body\":5}", 422, "invalid-field"),
        (b"{\"body\":\"  \"}", 422, "invalid-field"),
        (b"{\"body\":\"a\",\"boody\":\"b\"}", 422, "invalid-field"),
        (long.as_bytes(), 422, "invalid-field"),
        (&huge, 413, "body-too-large"),
    ];
    for (body, status, kind) in cases {
        let refused = desk.send("POST", &path, &json_type, body);
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]);
        assert_eq!(refused.status, status, "{shown}: {refused:?}");
        assert_eq!(refused.text("/type"), format!("urn:tierline:problem:{kind}"), "{shown}");
        assert!(!refused.text("/detail").is_empty());
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    }
    let unknown = desk.send("POST", "/v1/desks/nobody/requests", &json_type, b"{\"body\":\"a\"}");
    assert_eq!((unknown.status, unknown.text("/type").as_str()), (404, "urn:tierline:problem:unknown-desk"));
    let text = desk.send("POST", &path, &[("content-type".to_owned(), "text/plain".to_owned())], b"hello");
    assert_eq!(text.status, 415);
    assert_eq!(desk.send("GET", &path, &[], b"").status, 405);
    assert_eq!(desk.send("GET", "/nowhere", &[], b"").status, 404);
    assert_eq!(desk.send("POST", "/decide", &json_type, b"{}").status, 404, "triage has no public route");
    assert_eq!(desk.totals().1, before, "nothing was stored");
    assert_eq!(desk.send("GET", "/readyz", &[], b"").status, 200);
}

#[test]
fn answers_carry_their_security_headers() {
    let state = tempfile::tempdir().unwrap();
    let desk = Desk::start(state.path());
    for reply in [desk.ask(OUTLOOK, None), desk.send("GET", "/v1/tickets/x", &[], b"")] {
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
        assert!(reply.header("content-security-policy").unwrap().contains("default-src 'none'"));
    }
}
