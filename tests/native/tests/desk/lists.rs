//! Lists of tickets and lines: what they hold, that nothing is lost or doubled while they change, and what they cost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, runtime_of, small_file};
use tierline_store::Runtime;
use tierline_testkit::{Faults, Profile};

fn desk() -> NativeDesk {
    NativeDesk::with_desk(5, Profile::Honest, Faults::latency(1..=1), &small_file())
}

fn ask(desk: &NativeDesk, body: &str, customer: &str) -> Answer {
    let body = json!({"body": body, "customer": {"name": "Ada", "external_id": customer}});
    let answer = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    assert_eq!(answer.status, 201, "{answer:?}");
    desk.settle("ask");
    answer
}

fn down(desk: &NativeDesk) -> String {
    ask(desk, "My site is down", "c-1").text("/ticket/id")
}

fn get(desk: &NativeDesk, name: &str, query: &str) -> Answer {
    let path = format!("/v1/desks/{DESK}/tickets{query}");
    let answer = desk.send(name, &Call::new("GET", path).token(&demo_token("ana")));
    desk.settle(name);
    answer
}

fn ids(answer: &Answer) -> Vec<String> {
    let rows = answer.body["tickets"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// Every page of a list, with what happens between them.
fn walk(desk: &NativeDesk, query: &str, mut between: impl FnMut(usize)) -> Vec<String> {
    let mut found = vec![];
    let mut cursor = String::new();
    for page in 0..1_000 {
        let answer = get(desk, "walk", &format!("?{query}{cursor}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        found.extend(ids(&answer));
        match answer.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
        between(page);
    }
    panic!("the list has no end: {query}");
}

fn act(desk: &NativeDesk, person: &str, ticket: &str, rest: &str, body: &Value) -> Answer {
    let call = Call::new("POST", format!("/v1/tickets/{ticket}{rest}")).token(&demo_token(person));
    let answer = desk.send("act", &call.json(body));
    desk.settle("act");
    answer
}

fn claim(desk: &NativeDesk, person: &str) -> String {
    let path = format!("/v1/desks/{DESK}/lines/consultants/claims");
    let answer = desk.send("claim", &Call::new("POST", path).token(&demo_token(person)));
    desk.settle("claim");
    answer.text("/ticket/id")
}

fn reply(desk: &NativeDesk, person: &str, ticket: &str, then: &str) {
    let answer = act(desk, person, ticket, "/replies", &json!({"body": "Look.", "then": then}));
    assert_eq!(answer.status, 201, "{answer:?}");
}

#[test]
fn every_filter_finds_what_matches_it_and_nothing_else() {
    let desk = desk();
    let mut all = vec![];
    for number in 0..24 {
        let body = if number % 4 == 0 { "I forgot my password" } else { "My site is down" };
        all.push(ask(&desk, body, &format!("c-{}", number % 5)));
    }
    for (number, person) in (0..12).map(|number| (number, ["ana", "bruno"][number % 2])) {
        let ticket = claim(&desk, person);
        match number % 4 {
            0 => reply(&desk, person, &ticket, "solve"),
            1 => reply(&desk, person, &ticket, "wait"),
            2 => {
                assert_eq!(act(&desk, person, &ticket, "/escalation", &json!({"reason": "disk"})).status, 201)
            }
            _ => {}
        }
    }
    let closed = &all[0];
    let call = Call::new("POST", format!("/v1/tickets/{}/outcome", closed.text("/ticket/id")));
    let call = call.token(&closed.text("/customer_key")).json(&json!({"solved": true}));
    assert_eq!(desk.send("x", &call).status, 200);
    desk.settle("x");

    let rows: Vec<Value> = {
        let answer = get(&desk, "all", "?limit=100");
        assert_eq!(answer.body["next_cursor"], Value::Null);
        answer.body["tickets"].as_array().unwrap().clone()
    };
    let made: BTreeSet<_> = all.iter().map(|answer| answer.text("/ticket/id")).collect();
    assert_eq!(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(), made);
    let times: Vec<_> = rows.iter().map(|row| row["created_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|one, next| one >= next), "newest first: {times:?}");

    let states = ["", "answered", "queued", "claimed", "waiting", "solved", "closed"];
    let mut matches = 0;
    for state in states {
        for line in ["", "care", "consultants", "admins"] {
            for agent in ["", "ana", "bruno", "chen"] {
                for customer in ["", "c-0", "c-1", "nobody"] {
                    let wanted = [("state", state), ("line", line), ("agent", agent)];
                    let is_wanted = |row: &&Value| {
                        wanted.iter().all(|(field, value)| value.is_empty() || row[*field] == *value)
                            && (customer.is_empty() || row["customer"]["external_id"] == customer)
                    };
                    let expected: BTreeSet<_> =
                        rows.iter().filter(is_wanted).map(|row| row["id"].as_str().unwrap()).collect();
                    let mut query = "limit=3".to_owned();
                    for (field, value) in wanted.into_iter().chain([("customer", customer)]) {
                        if !value.is_empty() {
                            query += &format!("&{field}={value}");
                        }
                    }
                    let found = walk(&desk, &query, |_| {});
                    matches += found.len();
                    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "{query}: doubled");
                    assert_eq!(
                        found.iter().map(String::as_str).collect::<BTreeSet<_>>(),
                        expected,
                        "{query}"
                    );
                }
            }
        }
    }
    assert!(matches > 150, "too few to prove much: {matches}");
}

#[test]
fn a_row_has_what_a_console_shows() {
    let desk = desk();
    let asked = ask(&desk, "My site is down", "c-1");
    let ticket = claim(&desk, "bruno");
    reply(&desk, "bruno", &ticket, "keep");
    let row = &get(&desk, "x", "?state=claimed").body["tickets"][0];
    assert_eq!(
        (&row["id"], &row["state"], &row["line"], &row["urgent"], &row["agent"], &row["holder"]["person"]),
        (
            &asked.body["ticket"]["id"],
            &json!("claimed"),
            &json!("consultants"),
            &json!(true),
            &json!("bruno"),
            &json!("bruno")
        )
    );
    assert_eq!(row["last_message"]["by"], json!({"kind": "person", "id": "bruno"}));
    assert_eq!((&row["messages"], &row["rating"]), (&json!(2), &Value::Null));
    assert!(row["updated_at"].as_str() > row["created_at"].as_str());
}

#[test]
fn nothing_is_lost_or_doubled_while_tickets_come_and_go() {
    let desk = desk();
    for _ in 0..60 {
        down(&desk);
    }
    let (mut solved, mut waiting) = (vec![], vec![]);
    for number in 0..40 {
        let ticket = claim(&desk, "bruno");
        let then = if number % 2 == 0 { "solve" } else { "wait" };
        reply(&desk, "bruno", &ticket, then);
        if number % 2 == 0 { solved.push(ticket) } else { waiting.push(ticket) }
    }
    // Between two pages one comes, one is taken and solved, one that waits is solved.
    for query in [
        "state=solved&limit=3",
        "limit=7",
        "agent=bruno&limit=4",
        "customer=c-1&limit=5",
        "state=queued&limit=4",
    ] {
        let before: BTreeSet<_> = walk(&desk, query, |_| {}).into_iter().collect();
        let mut touched = BTreeSet::new();
        let found = walk(&desk, query, |page| {
            down(&desk);
            if page % 2 == 0 {
                let ticket = claim(&desk, "bruno");
                reply(&desk, "bruno", &ticket, "solve");
                touched.insert(ticket);
            }
        });
        let mut times = BTreeMap::new();
        for ticket in &found {
            *times.entry(ticket.clone()).or_insert(0) += 1;
        }
        for ticket in &before {
            let left = query.starts_with("state=queued") && touched.contains(ticket);
            let count = times.get(ticket).copied().unwrap_or(0);
            assert!(count == 1 || (left && count == 0), "{query}: {ticket} came {count} times");
        }
        assert!(times.values().all(|count| *count == 1), "{query}: doubled");
    }
}

#[test]
fn a_cursor_is_good_for_its_own_list_only() {
    let desk = desk();
    for _ in 0..3 {
        down(&desk);
    }
    let cursor = get(&desk, "x", "?state=queued&limit=1").text("/next_cursor");
    assert_eq!(ids(&get(&desk, "x", &format!("?state=queued&limit=2&cursor={cursor}"))).len(), 2);
    let mut other = cursor.clone();
    let last = other.pop().unwrap();
    other.push(if last == 'A' { 'B' } else { 'A' });
    let refused = [
        format!("?state=claimed&cursor={cursor}"),
        format!("?cursor={cursor}"),
        format!("?state=queued&line=care&cursor={cursor}"),
        format!("?state=queued&cursor={other}"),
        format!("?state=queued&cursor={}", &cursor[1..]),
        "?cursor=".to_owned(),
        "?cursor=abc.def".to_owned(),
        format!("?cursor={}", "a".repeat(3_000)),
    ];
    for query in refused {
        let answer = get(&desk, "x", &query);
        assert_eq!(
            (answer.status, answer.text("/type").as_str()),
            (400, "urn:tierline:problem:invalid-cursor"),
            "{query}"
        );
    }
}

#[test]
fn bad_queries_and_strangers_are_refused() {
    let desk = desk();
    for (query, status, kind) in [
        ("?state=open", 400, "invalid-parameter"),
        ("?state=", 400, "invalid-parameter"),
        ("?limit=0", 400, "invalid-parameter"),
        ("?limit=101", 400, "invalid-parameter"),
        ("?limit=x", 400, "invalid-parameter"),
        ("?agent=A!", 400, "invalid-parameter"),
        ("?customer=", 400, "invalid-parameter"),
        ("?line=../x", 400, "invalid-parameter"),
        ("?line=nowhere", 404, "unknown-line"),
        ("?colour=red", 400, "invalid-parameter"),
        ("?state=solved&state=closed", 400, "invalid-parameter"),
    ] {
        let answer = get(&desk, "x", query);
        assert_eq!(
            (answer.status, answer.text("/type")),
            (status, format!("urn:tierline:problem:{kind}")),
            "{query}"
        );
    }
    let asked = ask(&desk, "My site is down", "c-1");
    for path in ["tickets", "lines"] {
        let path = format!("/v1/desks/{DESK}/{path}");
        let status = |call: Call| desk.send("x", &call).status;
        assert_eq!(status(Call::new("GET", &path)), 401);
        assert_eq!(status(Call::new("GET", &path).token(&asked.text("/customer_key"))), 401);
        assert_eq!(status(Call::new("GET", &path).token("tla_harborline.ana.wrong")), 401);
        assert_eq!(status(Call::new("GET", &path).token(OPERATOR_TOKEN)), 200);
        let elsewhere = path.replace(DESK, "elsewhere");
        assert_eq!(status(Call::new("GET", &elsewhere).token(&demo_token("ana"))), 403);
        assert_eq!(status(Call::new("GET", &elsewhere).token(OPERATOR_TOKEN)), 404);
        assert_eq!(status(Call::new("POST", &path).token(OPERATOR_TOKEN)), 405);
    }
}

#[test]
fn lists_cost_the_same_at_a_hundred_and_at_thousands() {
    let desk = desk();
    let fill = |tickets: usize, solved: usize| {
        for number in 0..tickets {
            let body = if number % 3 == 0 { "I forgot my password" } else { "My site is down" };
            ask(&desk, body, &format!("c-{}", number % 7));
        }
        for _ in 0..solved {
            let ticket = claim(&desk, "bruno");
            reply(&desk, "bruno", &ticket, "solve");
        }
    };
    let queries = [
        "",
        "?state=answered",
        "?state=queued",
        "?state=solved&line=consultants",
        "?agent=bruno",
        "?customer=c-3",
    ];
    let costs = |name: &str| -> Vec<(u64, u64, u64)> {
        let cost = |(number, query): (usize, &&str)| {
            let answer = get(
                &desk,
                &format!("{name}-{number}"),
                &format!("{query}{}limit=10", if query.is_empty() { "?" } else { "&" }),
            );
            assert_eq!(ids(&answer).len(), 10, "{query}");
            let counts = answer.before_answer;
            (counts.reads, counts.commits, counts.listings)
        };
        queries.iter().enumerate().map(cost).collect()
    };
    fill(120, 40);
    let at_a_hundred = costs("hundred");
    fill(2_000, 80);
    let at_thousands = costs("thousands");
    println!("reads, commits, listings at 120 {at_a_hundred:?} and at 2,120 {at_thousands:?}");
    for ((few, many), query) in at_a_hundred.iter().zip(&at_thousands).zip(queries) {
        assert_eq!((many.1, many.2), (0, 0), "{query}");
        // All tickets come from the journal, whose pages hold fewer openings when much else happens.
        let more = if query.is_empty() { 64 } else { 8 };
        assert!(many.0 <= few.0 + more, "{query}: {} reads, then {}", few.0, many.0);
    }
    let lines =
        desk.send("lines", &Call::new("GET", format!("/v1/desks/{DESK}/lines")).token(OPERATOR_TOKEN));
    assert_eq!((lines.before_answer.commits, lines.before_answer.listings), (0, 0));
    assert!(lines.before_answer.reads < 30, "{lines:?}");
}

#[test]
fn lines_say_who_waits_and_who_works() {
    let desk = desk();
    let line = |name: &str| {
        let call = Call::new("GET", format!("/v1/desks/{DESK}/lines")).token(&demo_token("chen"));
        let answer = desk.send("x", &call);
        let lines = answer.body["lines"].as_array().unwrap().clone();
        lines.into_iter().find(|line| line["id"] == name).unwrap()
    };
    let empty = line("consultants");
    assert_eq!(
        (&empty["waiting"], &empty["claimed"], &empty["oldest_wait_s"], &empty["on_shift"], &empty["people"]),
        (&json!(0), &json!(0), &Value::Null, &json!(0), &json!(2))
    );
    for _ in 0..5 {
        down(&desk);
    }
    let runtime = tierline_native::runtime_of(&desk);
    let wait = |seconds| {
        use tierline_store::Runtime;
        desk.sim.block_on(runtime.sleep(std::time::Duration::from_secs(seconds))).unwrap();
    };
    wait(100);
    let first = claim(&desk, "bruno");
    claim(&desk, "bruno");
    claim(&desk, "ana");
    let busy = line("consultants");
    assert_eq!(
        (&busy["waiting"], &busy["claimed"], &busy["on_shift"], &busy["exact"]),
        (&json!(2), &json!(3), &json!(2), &json!(true))
    );
    assert!((100..110).contains(&busy["oldest_wait_s"].as_i64().unwrap()), "{busy}");
    // Work keeps a lease alive that the page does not know of; the others lapse.
    wait(800);
    reply(&desk, "bruno", &first, "keep");
    wait(200);
    let later = line("consultants");
    assert_eq!((&later["waiting"], &later["claimed"], &later["on_shift"]), (&json!(4), &json!(1), &json!(1)));
    assert_eq!(line("admins")["waiting"], json!(0));
}

#[test]
fn lists_are_rebuilt_from_the_tickets() {
    let desk = desk();
    for _ in 0..8 {
        down(&desk);
    }
    for then in ["solve", "wait", "solve"] {
        let ticket = claim(&desk, "bruno");
        reply(&desk, "bruno", &ticket, then);
    }
    let queries = ["state=solved", "state=waiting", "agent=bruno", "customer=c-1"];
    let lists = |desk: &NativeDesk| queries.map(|query| walk(desk, query, |_| {}));
    let before = lists(&desk);
    assert_eq!(before.each_ref().map(Vec::len), [2, 1, 3, 8]);
    // As an earlier build left them: tickets that know of no lists, and no shelves.
    let runtime = tierline_native::runtime_of(&desk);
    desk.sim
        .block_on(async {
            use tierline_store::{Runtime, Store, Sweep};
            for key in runtime.store().list_keys().await.unwrap() {
                if key.contains(":~") {
                    runtime.store().delete(&key).await.unwrap();
                }
                if key.starts_with("ticket:") {
                    let bytes = runtime.store().get(&key).await.unwrap().unwrap();
                    let mut document: Value = serde_json::from_slice(&bytes).unwrap();
                    document["body"].as_object_mut().unwrap().remove("listed");
                    runtime.store().set(&key, document.to_string().as_bytes()).await.unwrap();
                }
            }
        })
        .unwrap();
    assert_eq!(lists(&desk).each_ref().map(Vec::len), [0; 4]);
    for _ in 0..2 {
        let swept = desk.send("tick", &Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
        assert_eq!((swept.status, &swept.body["failed"]), (200, &json!(0)), "{swept:?}");
        desk.settle("tick");
    }
    assert_eq!(lists(&desk), before);
}

#[test]
fn people_see_what_came_beside_the_words_and_customers_do_not() {
    let desk = desk();
    let body = json!({"body": "My site is down", "metadata": {"order": "A-17"}});
    let asked = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    desk.settle("ask");
    let read = |token: &str| {
        let call = Call::new("GET", format!("/v1/tickets/{}", asked.text("/ticket/id"))).token(token);
        desk.send("read", &call).body
    };
    assert_eq!(read(&demo_token("chen")).pointer("/desk/metadata"), Some(&json!({"order": "A-17"})));
    assert!(!read(&asked.text("/customer_key")).to_string().contains("A-17"));
}

#[test]
fn a_try_of_tier_1_makes_no_ticket() {
    let desk = desk();
    let path = format!("/v1/desks/{DESK}/triage");
    let ask = |person: &str, text: &str| {
        let call = Call::new("POST", &path).token(&demo_token(person)).json(&json!({"text": text}));
        desk.send("try", &call)
    };
    let answer = ask("ana", "I forgot my password");
    assert_eq!((answer.status, answer.text("/verdict").as_str()), (200, "answer"), "{answer:?}");
    assert_eq!(answer.text("/answer/answer_id"), "password-reset");
    assert!(answer.text("/answer/text").starts_with("Hello,"));
    let route = ask("chen", "My site is down");
    assert_eq!(
        (route.text("/verdict"), route.text("/line"), &route.body["urgent"], &route.body["answer"]),
        ("route".to_owned(), "consultants".to_owned(), &json!(true), &Value::Null)
    );
    assert_eq!((route.before_answer.commits, route.before_answer.listings), (0, 0));
    assert_eq!(get(&desk, "x", "").body["tickets"], json!([]));
    let bad = ask("ana", " ");
    assert_eq!((bad.status, bad.text("/field").as_str()), (422, "text"));
    assert_eq!(desk.send("x", &Call::new("POST", &path).json(&json!({"text": "x"}))).status, 401);
}

#[test]
fn a_try_and_a_tick_under_a_key_are_answered_alike_and_take_no_other_body() {
    let desk = desk();
    let path = format!("/v1/desks/{DESK}/triage");
    let ask = |person: &str, key: &str, text: &str| {
        let call = Call::new("POST", &path).token(&demo_token(person)).json(&json!({"text": text}));
        desk.send("try", &call.key(key))
    };
    let first = ask("ana", "key-1", "I forgot my password");
    assert_eq!((first.status, first.before_answer.commits), (200, 1), "{first:?}");
    let again = ask("ana", "key-1", "I forgot my password");
    assert_eq!((again.status, &again.body, again.before_answer.commits), (200, &first.body, 0));
    let other = ask("ana", "key-1", "My site is down");
    assert_eq!((other.status, other.problem().as_str()), (422, "idempotency-key-reused"), "{other:?}");
    assert_eq!(ask("chen", "key-1", "My site is down").status, 200, "another caller's key is another key");
    assert_eq!(ask("ana", "key-2", " ").status, 422);
    assert_eq!(ask("ana", "key-2", "My site is down").status, 200, "what was refused is not remembered");

    let tick = |key: &str, limit: u32| {
        let call = Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN).json(&json!({"limit": limit}));
        desk.send("tick", &call.key(key))
    };
    let ticked = tick("tick-1", 5);
    assert_eq!(ticked.status, 200, "{ticked:?}");
    down(&desk);
    assert_eq!(tick("tick-1", 5).body, ticked.body);
    assert_eq!(tick("tick-1", 6).problem(), "idempotency-key-reused");
    assert_ne!(tick("tick-2", 6).body, ticked.body);

    let said = || desk.sim.keys().iter().filter(|key| key.starts_with("said:")).count();
    assert_eq!(said(), 5, "three tries of tier 1 and two ticks are remembered");
    let runtime = runtime_of(&desk);
    desk.sim.block_on(async move { runtime.sleep(Duration::from_secs(8 * 86_400)).await }).unwrap();
    tick("tick-3", 5);
    assert_eq!(said(), 1, "the last tick's own");
}
