//! Who else is told; links, mergers and splits, also where a crash comes between the two tickets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{
    Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, send_until_answered, small_file,
};
use tierline_testkit::{Faults, Profile};

const PROFILES: [Profile; 5] =
    [Profile::Honest, Profile::SqliteSpin, Profile::Redis, Profile::DynamoDb, Profile::CosmosDb];

fn desk(seed: u64, profile: Profile) -> NativeDesk {
    NativeDesk::with_desk(seed, profile, Faults::none(), &small_file())
}

fn ask(desk: &NativeDesk, body: &str) -> Answer {
    let call = Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&json!({"body": body}));
    let answer = desk.send("ask", &call);
    assert_eq!(answer.status, 201, "{answer:?}");
    desk.settle("ask");
    answer
}

fn call(method: &str, id: &str, rest: &str, person: &str) -> Call {
    Call::new(method, format!("/v1/tickets/{id}{rest}")).token(&demo_token(person))
}

fn links(desk: &NativeDesk, id: &str) -> Value {
    let answer = desk.send("links", &call("GET", id, "/links", "ana"));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

fn tick(desk: &NativeDesk) {
    for _ in 0..2 {
        let swept = desk.send("tick", &Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
        assert_eq!((swept.status, &swept.body["failed"]), (200, &json!(0)), "{swept:?}");
        desk.sim.run_until_idle().unwrap();
    }
}

fn document(desk: &NativeDesk, id: &str) -> Value {
    serde_json::from_slice(&desk.sim.value(&format!("ticket:{id}")).unwrap()).unwrap()
}

fn claimable(desk: &NativeDesk) -> Vec<String> {
    let mut all = vec![];
    loop {
        let path = format!("/v1/desks/{DESK}/lines/consultants/claims");
        let answer = desk.send("claim", &Call::new("POST", path).token(&demo_token("bruno")));
        match answer.status {
            201 => all.push(answer.text("/ticket/id")),
            204 => return all,
            _ => panic!("{answer:?}"),
        }
    }
}

#[test]
fn people_add_participants_and_the_customer_may_look() {
    let desk = desk(1, Profile::Honest);
    let asked = ask(&desk, "My site is down");
    let id = asked.text("/ticket/id");
    let add = |address: &str| {
        let body = json!({"address": address, "name": "Bo"});
        desk.send("x", &call("POST", &id, "/participants", "ana").json(&body))
    };
    let added = add("bo@example.com");
    assert_eq!(
        (added.status, added.text("/participant/address").as_str()),
        (201, "bo@example.com"),
        "{added:?}"
    );
    assert_eq!(add("BO@example.com").body["participants"].as_array().unwrap().len(), 1, "the same address");
    for bad in
        ["bo", "@example.com", "bo@", "bo@example", "bo @example.com", "a\"<b>@example.com", "\u{200b}"]
    {
        assert_eq!(add(bad).text("/type"), "urn:tierline:problem:invalid-field", "{bad}");
    }
    let own = Call::new("GET", format!("/v1/tickets/{id}/participants")).token(&asked.text("/customer_key"));
    assert_eq!(desk.send("x", &own).text("/participants/0/name"), "Bo");
    let who = added.text("/participant/id");
    for _ in 0..2 {
        let gone = desk.send("x", &call("DELETE", &id, &format!("/participants/{who}"), "ana"));
        assert_eq!(gone.status, 204, "{gone:?}");
    }
    assert_eq!(desk.send("x", &own).body["participants"], json!([]));
    for number in 0..20 {
        assert_eq!(add(&format!("p{number}@example.com")).status, 201);
    }
    let full = add("one-more@example.com");
    assert_eq!(full.status, 409);
    assert!(full.text("/detail").contains("20 participants"), "{full:?}");
}

#[test]
fn links_are_seen_from_both_sides_and_taken_back() {
    let desk = desk(2, Profile::Honest);
    let (one, two) =
        (ask(&desk, "My site is down").text("/ticket/id"), ask(&desk, "My site is down").text("/ticket/id"));
    let link = json!({"to": two, "kind": "caused_by"});
    for _ in 0..2 {
        let linked = desk.send("x", &call("POST", &one, "/links", "ana").json(&link));
        assert_eq!(linked.status, 201, "{linked:?}");
        assert_eq!(linked.body["links"].as_array().unwrap().len(), 1);
    }
    let (here, there) = (links(&desk, &one), links(&desk, &two));
    assert_eq!((&here["links"][0]["ticket"], &here["links"][0]["direction"]), (&json!(two), &json!("to")));
    assert_eq!(
        (&there["links"][0]["ticket"], &there["links"][0]["direction"]),
        (&json!(one), &json!("from"))
    );
    assert_eq!(there["links"][0]["kind"], "caused_by");
    for bad in [&one, "x", "019b76da-a808-72e0-94f9-58dafe8943ef"] {
        let refused =
            desk.send("x", &call("POST", &one, "/links", "ana").json(&json!({"to": bad, "kind": "related"})));
        assert_eq!((refused.status, refused.text("/field").as_str()), (422, "to"), "{bad}");
    }
    let gone = call("DELETE", &one, &format!("/links/caused_by/{two}"), "ana");
    assert_eq!((desk.send("x", &gone).status, desk.send("x", &gone).status), (204, 204));
    assert_eq!((&links(&desk, &one)["links"], &links(&desk, &two)["links"]), (&json!([]), &json!([])));
    desk.sim.run_until_idle().unwrap();
    assert_eq!(document(&desk, &one)["body"]["relations"], Value::Null, "nothing is left of it, or due");
}

#[test]
fn a_merged_ticket_is_closed_out_of_its_line_and_tells_no_stranger_where_it_went() {
    let desk = desk(3, Profile::Honest);
    let (one, two) = (ask(&desk, "My site is down"), ask(&desk, "My site is down, again"));
    let (from, into) = (two.text("/ticket/id"), one.text("/ticket/id"));
    let merge = call("POST", &from, "/merge", "ana").json(&json!({"into": into})).key("m-1");
    let merged = desk.send("merge", &merge);
    assert_eq!((merged.status, merged.text("/ticket/state").as_str()), (200, "closed"), "{merged:?}");
    assert_eq!(merged.text("/links/merged_into/ticket"), into);
    assert_eq!(merged.before_answer.commits, 4);
    assert_eq!(desk.send("merge", &merge).status, 200, "once more is the same");
    let third = ask(&desk, "My site is down").text("/ticket/id");
    let elsewhere = call("POST", &from, "/merge", "ana").json(&json!({"into": third}));
    assert_eq!(desk.send("x", &elsewhere).problem(), "state-conflict");
    assert_eq!(desk.send("x", &elsewhere.key("m-1")).problem(), "idempotency-key-reused");
    desk.sim.run_until_idle().unwrap();
    assert_eq!(links(&desk, &into)["merged_from"][0]["ticket"], json!(from));
    assert_eq!(links(&desk, &into)["merged_from"].as_array().unwrap().len(), 1);

    // Nobody proved to be the same customer: the keys open what they opened, and tell nothing of each other.
    for (asked, other) in [(&two, &into), (&one, &from)] {
        let id = asked.text("/ticket/id");
        for rest in ["", "/links"] {
            let shown = desk.send(
                "x",
                &Call::new("GET", format!("/v1/tickets/{id}{rest}")).token(&asked.text("/customer_key")),
            );
            assert_eq!(shown.status, 200);
            assert!(!shown.body.to_string().contains(other.as_str()), "{shown:?}");
        }
    }
    assert_eq!(
        desk.send("x", &Call::new("GET", format!("/v1/tickets/{into}")).token(&two.text("/customer_key")))
            .status,
        404
    );
    let said = Call::new("POST", format!("/v1/tickets/{from}/messages")).token(&two.text("/customer_key"));
    assert_eq!(desk.send("x", &said.json(&json!({"body": "more"}))).text("/state"), "closed");
    // Neither back, nor elsewhere, nor into what is closed.
    let third = ask(&desk, "My site is down").text("/ticket/id");
    for (from, into) in [(&into, &from), (&from, &third), (&third, &from)] {
        let refused = desk.send("x", &call("POST", from, "/merge", "ana").json(&json!({"into": into})));
        assert_eq!(
            (refused.status, refused.text("/type").as_str()),
            (409, "urn:tierline:problem:state-conflict"),
            "{refused:?}"
        );
    }
    tick(&desk);
    let listed = Call::new("GET", format!("/v1/desks/{DESK}/tickets?state=closed")).token(&demo_token("ana"));
    assert_eq!(desk.send("x", &listed).text("/tickets/0/id"), from, "listed as what it is");
    let (mut left, mut expected) = (claimable(&desk), vec![into, third]);
    left.sort();
    expected.sort();
    assert_eq!(left, expected);
}

#[test]
fn a_ticket_that_somebody_else_holds_is_not_merged_away() {
    let desk = desk(4, Profile::Honest);
    let (from, into) =
        (ask(&desk, "My site is down").text("/ticket/id"), ask(&desk, "My site is down").text("/ticket/id"));
    assert_eq!(desk.send("x", &call("PUT", &from, "/claim", "bruno")).status, 200);
    let merge = |person| desk.send("x", &call("POST", &from, "/merge", person).json(&json!({"into": into})));
    let refused = merge("ana");
    assert_eq!((refused.status, refused.text("/holder").as_str()), (409, "bruno"), "{refused:?}");
    assert_eq!(links(&desk, &into)["merged_from"], json!([]));
    assert_eq!(merge("bruno").status, 200);
}

#[test]
fn some_messages_become_a_ticket_of_their_own() {
    let desk = desk(5, Profile::Honest);
    let asked = ask(&desk, "My site is down");
    let (id, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
    let say = Call::new("POST", format!("/v1/tickets/{id}/messages")).token(&key);
    desk.send("x", &say.json(&json!({"body": "And I want an invoice"})));
    desk.sim.run_until_idle().unwrap();
    let split =
        call("POST", &id, "/split", "ana").json(&json!({"messages": [2], "subject": "Invoice"})).key("s-1");
    let made = desk.send("split", &split);
    assert_eq!((made.status, made.text("/ticket/subject").as_str()), (201, "Invoice"), "{made:?}");
    assert_eq!(made.before_answer.commits, 4);
    assert_eq!(
        (made.text("/thread/0/body").as_str(), &made.body["thread"][0]["number"]),
        ("And I want an invoice", &json!(1))
    );
    let new = made.text("/ticket/id");
    assert_eq!(desk.send("again", &split).text("/ticket/id"), new, "the same key, the same ticket");
    desk.sim.run_until_idle().unwrap();
    assert_eq!(
        links(&desk, &id)["split_into"][0],
        json!({"ticket": new, "messages": [2], "by": "ana", "at": links(&desk, &id)["split_into"][0]["at"]})
    );
    assert_eq!(links(&desk, &new)["split_from"]["ticket"], json!(id));
    let own = desk.send("x", &Call::new("GET", format!("/v1/tickets/{id}/links")).token(&key));
    let new_key = own.text("/split_into/0/customer_key");
    let shown = desk.send("x", &Call::new("GET", format!("/v1/tickets/{new}")).token(&new_key));
    assert_eq!((shown.status, shown.text("/ticket/subject").as_str()), (200, "Invoice"));
    for (messages, status) in
        [(json!([]), 422), (json!([9]), 422), (json!((1..60).collect::<Vec<_>>()), 422), (json!(["1"]), 422)]
    {
        let refused =
            desk.send("x", &call("POST", &id, "/split", "ana").json(&json!({"messages": messages})));
        assert_eq!(refused.status, status, "{refused:?}");
    }
    assert_eq!(claimable(&desk).len(), 2);
}

/// Runs `call` in a process that dies after `polls`, then ticks. Gives whether it was answered.
fn doomed(desk: &NativeDesk, call: Call, polls: u64) -> bool {
    desk.sim.kill_after("doomed", polls);
    let mut handle = desk.sim.spawn("doomed", tierline_native::send(desk.platform("doomed"), call));
    desk.sim.run_until_idle().unwrap();
    let answered = handle.take().is_some_and(|answer| answer.status < 300);
    tick(desk);
    answered
}

#[test]
fn a_crash_at_any_await_leaves_both_tickets_agreed_after_the_tick() {
    let (mut merged_in_all, mut split_in_all, mut linked_in_all) = (0, 0, 0);
    for polls in 1..60 {
        let profile = PROFILES[usize::try_from(polls).unwrap() % PROFILES.len()];
        let context = format!("{polls} polls on {profile:?}");
        let desk = desk(polls, profile);
        let (one, two) = (
            ask(&desk, "My site is down").text("/ticket/id"),
            ask(&desk, "My site is down").text("/ticket/id"),
        );

        let link = call("POST", &one, "/links", "ana").json(&json!({"to": two, "kind": "related"}));
        let answered = doomed(&desk, link, polls);
        let (here, there) = (links(&desk, &one), links(&desk, &two));
        let count = |view: &Value| view["links"].as_array().unwrap().len();
        assert_eq!(count(&here), count(&there), "{context}");
        assert!(count(&here) == 1 || !answered, "{context}");
        linked_in_all += count(&here);

        let split = call("POST", &one, "/split", "ana").json(&json!({"messages": [1]}));
        let answered = doomed(&desk, split, polls);
        let keys = desk.sim.keys();
        let tickets: Vec<_> = keys.iter().filter_map(|key| key.strip_prefix("ticket:")).collect();
        let new: Vec<_> = tickets.iter().filter(|ticket| **ticket != one && **ticket != two).collect();
        let told: Vec<_> = links(&desk, &one)["split_into"]
            .as_array()
            .unwrap()
            .iter()
            .map(|split| split["ticket"].clone())
            .collect();
        assert_eq!(new.iter().map(|ticket| json!(ticket)).collect::<Vec<_>>(), told, "{context}");
        assert!(told.len() == 1 || !answered, "{context}");
        split_in_all += told.len();

        let merge = call("POST", &two, "/merge", "ana").json(&json!({"into": one}));
        let answered = doomed(&desk, merge, polls);
        let merged = links(&desk, &two)["merged_into"]["ticket"] == json!(one);
        assert_eq!(
            links(&desk, &one)["merged_from"].as_array().unwrap().len(),
            usize::from(merged),
            "{context}"
        );
        assert!(merged || !answered, "{context}");
        merged_in_all += usize::from(merged);

        let open: Vec<_> = claimable(&desk);
        assert_eq!(open.len(), 1 + usize::from(!merged) + told.len(), "{context}");
        assert_eq!(open.contains(&two), !merged, "{context}");
        desk.sim.run_until_idle().unwrap();
        for ticket in [&one, &two] {
            let due = &document(&desk, ticket)["body"]["relations"]["due"];
            assert_eq!(due, &Value::Null, "{context}: {ticket}");
        }
    }
    assert!(
        merged_in_all > 10 && split_in_all > 10 && linked_in_all > 10,
        "{merged_in_all} {split_in_all} {linked_in_all}"
    );
}

/// Where a ticket ends if one follows its mergers.
fn end_of(desk: &NativeDesk, start: &str, context: &str) -> String {
    let mut at = start.to_owned();
    for _ in 0..10 {
        match document(desk, &at)["body"]["relations"]["merged_into"]["ticket"].as_str() {
            Some(next) => at = next.to_owned(),
            None => return at,
        }
    }
    panic!("{context}: tickets point at each other in a ring");
}

#[test]
fn mergers_against_each_other_never_make_a_ring() {
    let mut merged_in_all = 0;
    for seed in 0..60 {
        let profile = PROFILES[usize::try_from(seed).unwrap() % PROFILES.len()];
        let context = format!("seed {seed} on {profile:?}");
        let desk = desk(seed, profile);
        let tickets: Vec<_> = (0..3).map(|_| ask(&desk, "My site is down").text("/ticket/id")).collect();
        desk.sim.set_faults(Faults::rough());
        let mut handles = vec![];
        for (from, into) in [(0, 1), (1, 0), (1, 2), (2, 0), (0, 2), (2, 1)] {
            let name = format!("merger-{from}-{into}");
            let merge = call("POST", &tickets[from], "/merge", "ana").json(&json!({"into": tickets[into]}));
            let merge = merge.key(&name);
            handles.push((
                (from, into),
                desk.sim.spawn(&name, send_until_answered(desk.platform(&name), merge, 24)),
            ));
        }
        desk.sim.run_until_idle().unwrap();
        desk.sim.set_faults(Faults::none());
        tick(&desk);
        for ((from, into), mut handle) in handles {
            if handle.take().flatten().is_some_and(|answer| answer.status == 200) {
                let went = &document(&desk, &tickets[from])["body"]["relations"]["merged_into"]["ticket"];
                assert_eq!(went, &json!(tickets[into]), "{context}: acknowledged {from} into {into}");
                merged_in_all += 1;
            }
        }
        for ticket in &tickets {
            let end = end_of(&desk, ticket, &context);
            assert_ne!(document(&desk, &end)["body"]["status"], "closed", "{context}: lost");
            let merged = document(&desk, ticket)["body"]["relations"]["merged_into"]["ticket"].clone();
            if let Some(into) = merged.as_str() {
                let known = links(&desk, into)["merged_from"].to_string();
                assert!(known.contains(ticket.as_str()), "{context}: {into} knows of {ticket}");
            }
            assert_eq!(document(&desk, ticket)["body"]["relations"]["due"], Value::Null, "{context}");
        }
    }
    assert!(merged_in_all > 30, "{merged_in_all}");
}

/// A ticket whose first message has a file, another file with a later one.
fn with_files(desk: &NativeDesk) -> Answer {
    let part = |path: String, key: Option<&str>, words: &str, name: &str| {
        let field = "content-disposition: form-data; name";
        let body = format!(
            "--b\r\n{field}=\"body\"\r\n\r\n{words}\r\n--b\r\n{field}=\"files\"; filename=\"{name}\"\r\n\r\nin {name}\r\n--b--\r\n"
        );
        let call = Call::new("POST", path).body(body.as_bytes());
        let call = call.header("content-type", "multipart/form-data; boundary=b");
        let answer = desk.send("ask", &key.map_or(call.clone(), |key| call.clone().token(key)));
        assert_eq!(answer.status, 201, "{answer:?}");
        desk.sim.run_until_idle().unwrap();
        answer
    };
    let asked = part(format!("/v1/desks/{DESK}/requests"), None, "My site is down", "one.txt");
    let path = format!("/v1/tickets/{}/messages", asked.text("/ticket/id"));
    part(path, Some(&asked.text("/customer_key")), "And the mail", "two.txt");
    asked
}

fn parts(desk: &NativeDesk) -> usize {
    desk.sim.keys().iter().filter(|key| key.starts_with("file:")).count()
}

#[test]
fn a_split_takes_copies_of_the_files_along_and_each_ticket_owns_its_own() {
    for erased in ["source", "split"] {
        let desk = desk(9, Profile::Honest);
        let asked = with_files(&desk);
        let (id, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
        let call = call("POST", &id, "/split", "ana").json(&json!({"messages": [2]})).key("s-1");
        let split = desk.send("split", &call);
        assert_eq!(split.status, 201, "{split:?}");
        desk.sim.run_until_idle().unwrap();
        assert_eq!(desk.send("split", &call).body["ticket"]["id"], split.body["ticket"]["id"]);
        assert_eq!(parts(&desk), 3, "one more than there were");
        assert!(!desk.sim.keys().iter().any(|key| key.starts_with("upload:")), "no note is left");
        let own = desk.send("x", &Call::new("GET", format!("/v1/tickets/{id}/links")).token(&key));
        let (other, other_key) = (own.text("/split_into/0/ticket"), own.text("/split_into/0/customer_key"));
        assert_eq!(split.text("/thread/0/files/0/name"), "two.txt");
        let copy = split.text("/thread/0/files/0/id");
        let shown = desk.send("x", &Call::new("GET", format!("/v1/tickets/{id}")).token(&key));
        let original = shown.text("/thread/1/files/0/id");
        assert_ne!(copy, original);
        let read = |ticket: &str, file: &str, key: &str| {
            desk.send("x", &Call::new("GET", format!("/v1/tickets/{ticket}/files/{file}")).token(key))
        };
        assert_eq!(read(&other, &copy, &other_key).raw, b"in two.txt");
        assert_eq!(read(&id, &copy, &key).status, 404, "of the other ticket");
        let gone = if erased == "source" { &id } else { &other };
        let erase = Call::new("POST", format!("/v1/tickets/{gone}/erasure")).token(OPERATOR_TOKEN);
        assert_eq!(desk.send("x", &erase).status, 200);
        desk.sim.run_until_idle().unwrap();
        match erased {
            "source" => assert_eq!(read(&other, &copy, &other_key).raw, b"in two.txt"),
            _ => assert_eq!(read(&id, &original, &key).raw, b"in two.txt"),
        }
        assert_eq!(parts(&desk), if erased == "source" { 1 } else { 2 });
    }
}

#[test]
fn a_split_that_dies_leaves_no_files_that_nobody_owns() {
    for polls in (1..60).step_by(2) {
        let profile = PROFILES[usize::try_from(polls).unwrap() % PROFILES.len()];
        let desk = desk(polls, profile);
        let asked = with_files(&desk);
        let id = asked.text("/ticket/id");
        desk.sim.kill_after("doomed", polls);
        let split = call("POST", &id, "/split", "ana").json(&json!({"messages": [1, 2]}));
        drop(desk.sim.spawn("doomed", tierline_native::send(desk.platform("doomed"), split)));
        desk.sim.run_until_idle().unwrap();
        let runtime = tierline_native::runtime_of(&desk);
        let hours = std::time::Duration::from_secs(7_200);
        desk.sim.block_on(async move { tierline_store::Runtime::sleep(&runtime, hours).await }).unwrap();
        tick(&desk);
        let split = desk.sim.keys().iter().filter(|key| key.starts_with("ticket:")).count() == 2;
        assert_eq!(parts(&desk), if split { 4 } else { 2 }, "{polls} on {profile:?}");
    }
}
