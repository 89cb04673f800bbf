//! The audit, exports, erasure, and what the tick clears away by itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::time::Duration;
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, small_file};
use tierline_store::Runtime;
use tierline_testkit::{Faults, Profile};

/// Words that must be nowhere once they are erased.
const SECRETS: [&str; 9] = [
    "Zanzibar",
    "ada@example.com",
    "Lovelace",
    "gold-plated",
    "secret-subject",
    "noted-aloud",
    "why-moved",
    "rated-so",
    "cc@example.com",
];

fn desk_of(seed: u64, profile: Profile, file: &str) -> NativeDesk {
    NativeDesk::with_desk(seed, profile, Faults::none(), file)
}

fn desk() -> NativeDesk {
    desk_of(1, Profile::Honest, &small_file())
}

fn call(method: &str, id: &str, rest: &str, person: &str) -> Call {
    Call::new(method, format!("/v1/tickets/{id}{rest}")).token(&demo_token(person))
}

fn operator(method: &str, path: &str) -> Call {
    Call::new(method, path).token(OPERATOR_TOKEN)
}

fn tick(desk: &NativeDesk) -> Answer {
    let swept = desk.send("tick", &operator("POST", "/v1/tick"));
    assert_eq!((swept.status, &swept.body["failed"]), (200, &json!(0)), "{swept:?}");
    desk.sim.run_until_idle().unwrap();
    swept
}

fn ask(desk: &NativeDesk, body: &str) -> Answer {
    let body = json!({"subject": "secret-subject", "body": body, "metadata": {"plan": "gold-plated"},
        "customer": {"name": "Lovelace", "email": "ada@example.com", "external_id": "Lovelace-1"}});
    let answer = desk
        .send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body).key("Zanzibar"));
    assert_eq!(answer.status, 201, "{answer:?}");
    desk.settle("ask");
    answer
}

/// A ticket in which everything was said that can be, long enough that some of it is on thread pages.
fn full_ticket(desk: &NativeDesk) -> Answer {
    let asked = ask(desk, "My site is down in Zanzibar");
    let (id, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
    let say = |rest: &str, body: Value| {
        let call = Call::new("POST", format!("/v1/tickets/{id}{rest}")).token(&key).json(&body);
        let answer = desk.send("x", &call);
        assert!(answer.status < 300, "{answer:?}");
        desk.sim.run_until_idle().unwrap();
    };
    let work = |method: &str, rest: &str, person: &str, body: Value| {
        let answer = desk.send("x", &call(method, &id, rest, person).json(&body));
        assert!(answer.status < 300, "{answer:?}");
        desk.sim.run_until_idle().unwrap();
    };
    for _ in 0..4 {
        say("/messages", json!({"body": format!("Zanzibar {}", "x".repeat(9_000))}));
    }
    work("POST", "/participants", "ana", json!({"address": "cc@example.com"}));
    work("PUT", "/claim", "bruno", json!({}));
    work("POST", "/notes", "bruno", json!({"body": "noted-aloud"}));
    work("POST", "/escalation", "bruno", json!({"reason": "why-moved", "tried": "why-moved"}));
    work("PUT", "/claim", "chen", json!({}));
    work("POST", "/replies", "chen", json!({"body": "Zanzibar is up", "then": "solve"}));
    say("/rating", json!({"verdict": "dislike", "comment": "rated-so"}));
    asked
}

/// Keys of values in which one of the secrets stands.
fn telling(desk: &NativeDesk) -> Vec<String> {
    let tells = |key: &String| {
        let value = String::from_utf8_lossy(&desk.sim.value(key).unwrap()).into_owned();
        SECRETS.iter().any(|secret| value.contains(secret))
    };
    desk.sim.keys().into_iter().filter(tells).collect()
}

fn audit(desk: &NativeDesk, query: &str) -> Answer {
    desk.send("audit", &operator("GET", &format!("/v1/desks/{DESK}/audit{query}")))
}

fn verified(desk: &NativeDesk) -> Answer {
    desk.send("verify", &operator("GET", &format!("/v1/desks/{DESK}/audit/verification")))
}

#[test]
fn the_audit_tells_who_did_what_when_and_no_text() {
    let desk = desk();
    let asked = full_ticket(&desk);
    let id = asked.text("/ticket/id");
    let page = audit(&desk, &format!("?ticket={id}"));
    assert_eq!(page.status, 200, "{page:?}");
    let actions: Vec<_> = page.body["events"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|event| event["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "opened",
            "queued",
            "messaged",
            "messaged",
            "messaged",
            "messaged",
            "participant_added",
            "claimed",
            "noted",
            "escalated",
            "claimed",
            "replied",
            "solved",
            "rated"
        ]
    );
    assert_eq!(page.body["next_cursor"], Value::Null);
    assert!(SECRETS.iter().all(|secret| !page.body.to_string().contains(secret)));
    assert_eq!(page.text("/events/2/by/id"), "chen");
    assert_eq!((page.before_answer.commits, page.before_answer.listings), (0, 0));
}

#[test]
fn the_audit_is_read_page_by_page_while_more_is_written() {
    let desk = desk();
    let mut written = 0;
    // More than a page of one chain.
    for number in 0..60 {
        let body = json!({"body": format!("My site is down {number}")});
        let asked = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
        desk.settle("ask");
        let claim = call("PUT", &asked.text("/ticket/id"), "/claim", "bruno");
        for _ in 0..10 {
            desk.send("x", &claim);
            desk.sim.run_until_idle().unwrap();
            desk.send("x", &call("DELETE", &asked.text("/ticket/id"), "/claim", "bruno"));
            desk.sim.run_until_idle().unwrap();
        }
        written += 22;
    }
    let (mut seen, mut cursor) = (std::collections::BTreeSet::new(), String::new());
    loop {
        let page = audit(&desk, &format!("?limit=200{cursor}"));
        let of_tickets = |event: &&Value| event["ticket"].is_string(); // the desk's own publication is there too
        for event in page.body["events"].as_array().unwrap().iter().filter(of_tickets) {
            let fresh = seen.insert((event["ticket"].to_string(), event["step"].to_string()));
            assert!(fresh, "twice: {event}");
        }
        if seen.len() < 400 {
            ask_once(&desk);
        }
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), written);
    assert!(
        desk.sim.keys().iter().any(|key| key.starts_with("journal:") && key.split(':').count() == 4),
        "pages were sealed"
    );
    let held = verified(&desk);
    assert_eq!(held.body["holds"], json!(true), "{held:?}");
}

fn ask_once(desk: &NativeDesk) {
    let body = json!({"body": "My site is down"});
    desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    desk.settle("ask");
}

#[test]
fn a_changed_journal_shows() {
    let desk = desk();
    full_ticket(&desk);
    assert_eq!(verified(&desk).body["holds"], json!(true));
    let key = desk.sim.keys().into_iter().find(|key| {
        key.starts_with("journal:")
            && String::from_utf8_lossy(&desk.sim.value(key).unwrap()).contains("escalated")
    });
    let key = key.unwrap();
    let text = String::from_utf8_lossy(&desk.sim.value(&key).unwrap()).replace("escalated", "released");
    desk.sim.put(&key, text.as_bytes());
    let broken = verified(&desk);
    assert_eq!(broken.body["holds"], json!(false));
    let chains = broken.body["chains"].as_array().unwrap();
    let chain = chains.iter().find(|chain| chain["holds"] == json!(false)).unwrap();
    let events: Value = serde_json::from_str(&text).unwrap();
    let changed =
        events["body"]["events"].as_array().unwrap().iter().position(|event| event["action"] == "released");
    assert_eq!(chain["broken_at"], json!({"page": 0, "event": changed.unwrap()}), "{chain}");
}

#[test]
fn cursors_from_elsewhere_and_odd_parameters_are_refused() {
    let desk = desk();
    ask_once(&desk);
    ask_once(&desk);
    let next = audit(&desk, "?limit=1").text("/next_cursor");
    assert_eq!(audit(&desk, &format!("?cursor={next}")).status, 200);
    let other = format!("?cursor={}", next.replacen('a', "b", 1));
    let odd =
        ["?limit=0", "?limit=201", "?ticket=x", "?state=queued"].map(|query| (query, "invalid-parameter"));
    let foreign = [other.as_str(), "?cursor=", "?cursor=x"].map(|query| (query, "invalid-cursor"));
    for (query, kind) in odd.into_iter().chain(foreign) {
        let refused = audit(&desk, query);
        assert_eq!((refused.status, refused.problem().as_str()), (400, kind), "{query}");
    }
    for query in ["?page=1", "?chain=8", "?chain=0&after=zz", "?chain=-1"] {
        let call = operator("GET", &format!("/v1/desks/{DESK}/audit/verification{query}"));
        assert_eq!(desk.send("x", &call).status, 400, "{query}");
    }
}

#[test]
fn an_export_has_all_of_it_and_the_customers_has_no_notes() {
    let desk = desk();
    let asked = full_ticket(&desk);
    let id = asked.text("/ticket/id");
    let path = format!("/v1/tickets/{id}/export");
    desk.sim.run_for(Duration::from_millis(5)).unwrap();
    let all = desk.send("export", &operator("GET", &path));
    assert_eq!((all.status, all.body["thread"].as_array().unwrap().len()), (200, 7), "{all:?}");
    let text = all.body.to_string();
    assert!(SECRETS.iter().all(|secret| text.contains(secret)), "{text}");
    let own = desk.send("own", &Call::new("GET", &path).token(&asked.text("/customer_key")));
    let text = own.body.to_string();
    assert_eq!((own.status, own.body["thread"].as_array().unwrap().len()), (200, 6));
    assert!(
        !text.contains("noted-aloud") && !text.contains("why-moved") && text.contains("Zanzibar"),
        "{text}"
    );
    let events = audit(&desk, "?limit=1");
    assert_eq!(
        (events.text("/events/0/action").as_str(), events.text("/events/0/about")),
        ("exported", format!("ticket:{id}"))
    );
}

#[test]
fn what_is_erased_is_nowhere_and_the_ticket_says_so() {
    let desk = desk();
    let asked = full_ticket(&desk);
    let (id, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
    assert!(telling(&desk).len() > 1, "on pages too: {:?}", telling(&desk));
    let erasure = operator("POST", &format!("/v1/tickets/{id}/erasure"));
    let erased = desk.send("erase", &erasure);
    assert_eq!((erased.status, erased.text("/ticket/state").as_str()), (200, "closed"), "{erased:?}");
    desk.sim.run_until_idle().unwrap();
    assert_eq!(telling(&desk), Vec::<String>::new());
    let again = desk.send("erase again", &erasure);
    assert_eq!(
        (again.status, &again.body["ticket"]["erased_at"]),
        (200, &erased.body["ticket"]["erased_at"])
    );

    for token in [key.as_str(), &demo_token("ana")] {
        let shown = desk.send("x", &Call::new("GET", format!("/v1/tickets/{id}")).token(token));
        assert_eq!((shown.status, &shown.body["thread"]), (200, &json!([])), "{shown:?}");
        assert!(shown.body["ticket"]["erased_at"].is_string());
        assert_eq!(shown.body["ticket"].get("subject"), None);
    }
    let said =
        Call::new("POST", format!("/v1/tickets/{id}/messages")).token(&key).json(&json!({"body": "x"}));
    assert_eq!(desk.send("x", &said).status, 409);
    for rest in ["/notes", "/participants"] {
        let body = if rest == "/notes" { json!({"body": "x"}) } else { json!({"address": "a@example.com"}) };
        assert_eq!(desk.send("x", &call("POST", &id, rest, "ana").json(&body)).status, 409, "{rest}");
    }
    let page = audit(&desk, &format!("?ticket={id}"));
    assert_eq!(
        (page.text("/events/0/action").as_str(), page.text("/events/0/by/kind").as_str()),
        ("erased", "operator")
    );
    assert_eq!(verified(&desk).body["holds"], json!(true), "the chain holds without the texts");
}

#[test]
fn an_erasure_survives_a_crash_at_any_await() {
    let mut erased_in_all = 0;
    for polls in 1..40 {
        let profile = Profile::ALL[usize::try_from(polls).unwrap() % Profile::ALL.len()];
        let desk = desk_of(polls, profile, &small_file());
        let asked = full_ticket(&desk);
        let id = asked.text("/ticket/id");
        desk.sim.kill_after("doomed", polls);
        let erasure = operator("POST", &format!("/v1/tickets/{id}/erasure"));
        let mut handle = desk.sim.spawn("doomed", tierline_native::send(desk.platform("doomed"), erasure));
        desk.sim.run_until_idle().unwrap();
        let answered = handle.take().is_some();
        tick(&desk);
        tick(&desk);
        let document: Value =
            serde_json::from_slice(&desk.sim.value(&format!("ticket:{id}")).unwrap()).unwrap();
        let is_erased = document["body"]["erased"].is_object();
        assert!(is_erased || !answered, "{polls}");
        assert_eq!(telling(&desk).is_empty(), is_erased, "{polls} on {profile:?}: {:?}", telling(&desk));
        erased_in_all += usize::from(is_erased);
    }
    assert!(erased_in_all > 10, "{erased_in_all}");
}

#[test]
fn the_tick_erases_what_its_desk_keeps_no_longer_and_forgets_old_keys() {
    let file = format!("{}\n[policy.retention]\nclosed_days = 30\nanswered_days = 10\n", small_file());
    let desk = desk_of(3, Profile::Honest, &file);
    let old = full_ticket(&desk);
    let answered = {
        let call = Call::new("POST", format!("/v1/desks/{DESK}/requests"))
            .json(&json!({"body": "I forgot my password"}));
        desk.send("ask", &call)
    };
    assert_eq!(answered.text("/ticket/state"), "answered");
    let open = desk.send(
        "ask",
        &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&json!({"body": "My site is down"})),
    );
    desk.sim.run_until_idle().unwrap();
    let status = |asked: &Answer| {
        let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
        let shown = desk.send("x", &Call::new("GET", path).token(&asked.text("/customer_key")));
        shown.body["ticket"]["erased_at"].is_string()
    };
    let sleep = |days: u64| {
        let runtime = tierline_native::runtime_of(&desk);
        desk.sim.block_on(async move { runtime.sleep(Duration::from_secs(days * 86_400)).await }).unwrap();
    };
    assert!(desk.sim.keys().iter().any(|key| key.starts_with("guard:request:")));
    sleep(9);
    assert_eq!(tick(&desk).body["erased"], json!(0));
    assert!(
        !desk.sim.keys().iter().any(|key| key.starts_with("guard:request:") || key.starts_with("request:")),
        "{:?}",
        desk.sim.keys()
    );
    sleep(2);
    assert_eq!(tick(&desk).body["erased"], json!(1));
    assert_eq!([&old, &answered, &open].map(status), [false, true, false]);
    sleep(20);
    assert_eq!(tick(&desk).body["erased"], json!(1));
    assert_eq!([&old, &answered, &open].map(status), [true, true, false]);
    sleep(1_000);
    assert_eq!(tick(&desk).body["erased"], json!(0), "what is in a line is never erased by itself");
    assert_eq!(telling(&desk), Vec::<String>::new());
    assert_eq!(verified(&desk).body["holds"], json!(true));
}

#[test]
fn a_retention_of_no_days_is_no_desk_file() {
    let desk = desk();
    for days in ["0", "36501", "-1", "1.5", "\"x\""] {
        let file = format!("{}\n[policy.retention]\nclosed_days = {days}\n", small_file());
        let put = operator("PUT", &format!("/v1/desks/{DESK}"))
            .body(file.as_bytes())
            .header("content-type", "application/toml");
        let refused = desk.send("x", &put);
        assert_eq!(
            (refused.status, refused.text("/type").as_str()),
            (422, "urn:tierline:problem:invalid-desk-file"),
            "{days}: {refused:?}"
        );
    }
}

#[test]
fn pages_that_no_ticket_names_are_deleted() {
    let desk = desk();
    let asked = full_ticket(&desk);
    let id = asked.text("/ticket/id");
    let key = desk.sim.keys().into_iter().find(|key| key.starts_with("thread:")).unwrap();
    let copy = format!("thread:{id}:{}", "0".repeat(32));
    desk.sim.put(&copy, &desk.sim.value(&key).unwrap());
    assert_eq!(tick(&desk).body["deleted"], json!(1));
    assert_eq!((desk.sim.value(&copy), desk.sim.value(&key).is_some()), (None, true));
}

fn sleep(desk: &NativeDesk, days: u64) {
    let runtime = tierline_native::runtime_of(desk);
    desk.sim.block_on(async move { runtime.sleep(Duration::from_secs(days * 86_400)).await }).unwrap();
}

/// A ticket with a file at its question, another on a thread page, one more among the latest messages, and answered.
fn ticket_with_files(desk: &NativeDesk) -> Answer {
    let send = |path: String, fields: &str, key: Option<&str>, name: &str| {
        let body = format!(
            "--b\r\n{fields}content-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\nsecret-file {name}\r\n--b--\r\n"
        );
        let call = Call::new("POST", path).body(body.as_bytes());
        let call = call.header("content-type", "multipart/form-data; boundary=b");
        let answer = desk.send("x", &key.map_or(call.clone(), |key| call.clone().token(key)));
        assert_eq!(answer.status, 201, "{answer:?}");
        desk.sim.run_until_idle().unwrap();
        answer
    };
    let words =
        |words: &str| format!("content-disposition: form-data; name=\"body\"\r\n\r\n{words}\r\n--b\r\n");
    let asked = send(format!("/v1/desks/{DESK}/requests"), &words("My site is down"), None, "one.txt");
    let (id, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
    for name in ["two.txt", "three.txt", "four.txt"] {
        let body = words(&"x".repeat(9_000));
        send(format!("/v1/tickets/{id}/messages"), &body, Some(&key), name);
    }
    for (method, rest, body) in
        [("PUT", "/claim", json!({})), ("POST", "/replies", json!({"body": "Up", "then": "wait"}))]
    {
        assert!(desk.send("x", &call(method, &id, rest, "bruno").json(&body)).status < 300);
    }
    desk.sim.run_until_idle().unwrap();
    asked
}

fn files_of(desk: &NativeDesk, asked: &Answer) -> Vec<Value> {
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    let shown = desk.send("x", &Call::new("GET", path).token(&asked.text("/customer_key")));
    let messages = shown.body["thread"].as_array().unwrap().iter();
    messages.filter_map(|message| message["files"].as_array().cloned()).flatten().collect()
}

fn parts(desk: &NativeDesk) -> usize {
    desk.sim.keys().iter().filter(|key| key.starts_with("file:")).count()
}

#[test]
fn files_go_before_words_where_a_desk_says_so() {
    let file = format!(
        "{}\n[policy.retention]\nfiles_days = 5\nclosed_days = 40\nanswered_days = 30\n",
        small_file()
    );
    let desk = desk_of(4, Profile::Honest, &file);
    let asked = ticket_with_files(&desk);
    let thread = |key: &String| key.starts_with("thread:");
    assert!(desk.sim.keys().iter().any(thread), "some are on a page");
    assert_eq!((files_of(&desk, &asked).len(), parts(&desk)), (4, 4));
    sleep(&desk, 4);
    assert_eq!((tick(&desk).body["files_erased"].as_u64(), parts(&desk)), (Some(0), 4));
    sleep(&desk, 2);
    assert_eq!((tick(&desk).body["files_erased"].as_u64(), parts(&desk)), (Some(1), 0));
    let again = tick(&desk);
    assert_eq!((again.body["files_erased"].as_u64(), again.body["erased"].as_u64()), (Some(0), Some(0)));
    let files = files_of(&desk, &asked);
    assert!(files.iter().all(|file| file["deleted"] == json!(true)) && files.len() == 4, "{files:?}");
    let (id, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
    for file in files {
        let path = format!("/v1/tickets/{id}/files/{}", file["id"].as_str().unwrap());
        assert_eq!(desk.send("x", &Call::new("GET", path).token(&key)).problem(), "unknown-file");
    }
    let page = audit(&desk, &format!("?ticket={id}&limit=1"));
    assert_eq!(
        (page.text("/events/0/action"), page.text("/events/0/by/kind")),
        ("files_erased".to_owned(), "desk".to_owned())
    );

    // Files of later messages have their own time; that files went does not begin the ticket's time again.
    let body = "--b\r\ncontent-disposition: form-data; name=\"files\"; filename=\"late.txt\"\r\n\r\nlate\r\n--b--\r\n";
    let late = Call::new("POST", format!("/v1/tickets/{id}/messages")).token(&key).body(body.as_bytes());
    let late = late.header("content-type", "multipart/form-data; boundary=b");
    assert_eq!(desk.send("x", &late).status, 201);
    desk.sim.run_until_idle().unwrap();
    sleep(&desk, 9);
    assert_eq!(
        (tick(&desk).body["files_erased"].as_u64(), parts(&desk)),
        (Some(0), 1),
        "in a line they are needed"
    );
    assert!(desk.send("x", &call("PUT", &id, "/claim", "bruno").json(&json!({}))).status < 300);
    let reply = call("POST", &id, "/replies", "bruno").json(&json!({"body": "Up", "then": "wait"}));
    assert_eq!(desk.send("x", &reply).status, 201);
    desk.sim.run_until_idle().unwrap();
    sleep(&desk, 6);
    assert_eq!((tick(&desk).body["files_erased"].as_u64(), parts(&desk)), (Some(1), 0));
    let deleted: Vec<_> = files_of(&desk, &asked).iter().map(|file| file["deleted"].clone()).collect();
    assert_eq!(deleted, vec![json!(true); 5]);
    sleep(&desk, 25);
    assert_eq!(tick(&desk).body["erased"], json!(1), "thirty days after the last word");
    assert_eq!(verified(&desk).body["holds"], json!(true));
}

#[test]
fn files_of_a_ticket_that_is_erased_go_with_it() {
    let file = format!("{}\n[policy.retention]\nanswered_days = 3\n", small_file());
    let desk = desk_of(4, Profile::Honest, &file);
    ticket_with_files(&desk);
    assert_eq!(parts(&desk), 4);
    sleep(&desk, 4);
    assert_eq!((tick(&desk).body["erased"].as_u64(), parts(&desk)), (Some(1), 0));
}

#[test]
fn a_tick_that_dies_while_files_go_is_made_good_by_the_next() {
    let file = format!("{}\n[policy.retention]\nfiles_days = 1\n", small_file());
    for polls in (1..60).step_by(2) {
        let profile = Profile::ALL[usize::try_from(polls).unwrap() % Profile::ALL.len()];
        let desk = desk_of(polls, profile, &file);
        let asked = ticket_with_files(&desk);
        sleep(&desk, 2);
        desk.sim.kill_after("doomed", polls);
        let call = operator("POST", "/v1/tick");
        drop(desk.sim.spawn("doomed", tierline_native::send(desk.platform("doomed"), call)));
        desk.sim.run_until_idle().unwrap();
        tick(&desk);
        tick(&desk);
        assert_eq!(parts(&desk), 0, "{polls} on {profile:?}");
        assert!(files_of(&desk, &asked).iter().all(|file| file["deleted"] == json!(true)));
    }
}

/// Fills pages of the journal.
fn many_steps(desk: &NativeDesk) -> Answer {
    let body = json!({"body": "My site is down"});
    let asked = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    desk.settle("ask");
    for _ in 0..90 {
        for method in ["PUT", "DELETE"] {
            desk.send("x", &call(method, &asked.text("/ticket/id"), "/claim", "bruno"));
            desk.sim.run_until_idle().unwrap();
        }
    }
    asked
}

#[test]
fn the_journal_is_kept_as_long_as_its_desk_says_and_its_chain_goes_on() {
    let file = format!("{}\n[policy.retention]\njournal_days = 100\n", small_file());
    let desk = desk_of(5, Profile::Honest, &file);
    let old = many_steps(&desk);
    let pages = || {
        desk.sim
            .keys()
            .iter()
            .filter(|key| key.starts_with("journal:") && key.split(':').count() == 4)
            .count()
    };
    assert_eq!(pages(), 1);
    sleep(&desk, 99);
    tick(&desk);
    assert_eq!(pages(), 1);
    sleep(&desk, 2);
    let before = verified(&desk);
    assert_eq!(tick(&desk).body["deleted"], json!(1));
    assert_eq!((pages(), &tick(&desk).body["deleted"]), (0, &json!(0)));
    let after = verified(&desk);
    assert_eq!(after.body["holds"], json!(true), "{after:?}");
    let links = |answer: &Answer| -> Vec<Value> {
        answer.body["chains"].as_array().unwrap().iter().map(|chain| chain["last_link"].clone()).collect()
    };
    assert_eq!(links(&before), links(&after), "the same chain, without its beginning");
    let id = old.text("/ticket/id");
    let events = audit(&desk, &format!("?ticket={id}&limit=200"));
    let count = events.body["events"].as_array().unwrap().len();
    assert!(count > 0 && count < 128, "{count}");
    assert_eq!(events.body["next_cursor"], Value::Null);
    let fresh = many_steps(&desk);
    assert_eq!(verified(&desk).body["holds"], json!(true));
    let list = Call::new("GET", format!("/v1/desks/{DESK}/tickets")).token(&demo_token("ana"));
    let listed = desk.send("x", &list);
    assert_eq!(listed.text("/tickets/0/id"), fresh.text("/ticket/id"));
    assert_eq!(listed.body["next_cursor"], Value::Null);
    let queued = Call::new("GET", format!("/v1/desks/{DESK}/tickets?state=queued")).token(&demo_token("ana"));
    assert_eq!(
        desk.send("x", &queued).body["tickets"].as_array().unwrap().len(),
        2,
        "the old one still waits"
    );
}

#[test]
fn a_journal_shorter_than_what_it_tells_of_is_refused() {
    let desk = desk();
    for (rules, at) in [
        ("closed_days = 10\njournal_days = 9", "policy.retention.closed_days"),
        ("files_days = 0", "policy.retention.files_days"),
        ("journal_days = 36501", "policy.retention.journal_days"),
    ] {
        let file = format!("{}\n[policy.retention]\n{rules}\n", small_file());
        let put = operator("PUT", &format!("/v1/desks/{DESK}")).body(file.as_bytes());
        let refused = desk.send("x", &put.header("content-type", "application/toml"));
        assert_eq!((refused.status, refused.text("/mistakes/0/at")), (422, at.to_owned()), "{refused:?}");
    }
}
