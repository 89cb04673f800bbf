//! A customer's data, whole: handed out and erased, a page at a time; what nobody proved to be theirs only if asked for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tierline_native::{
    Answer, Call, DESK, ISSUER, NativeDesk, OPERATOR_TOKEN, customer_token, demo_token, runtime_of,
    small_file,
};
use tierline_store::Runtime;
use tierline_testkit::{Faults, Profile};

fn desk_of(seed: u64, profile: Profile) -> NativeDesk {
    let table =
        format!("\n[desk.customer_tokens]\nissuer = \"{ISSUER}\"\nalgorithm = \"HS256\"\n\n[voice.en]\n");
    let file = small_file().replacen("[voice.en]\n", &table, 1);
    NativeDesk::with_desk(seed, profile, Faults::none(), &file)
}

fn desk() -> NativeDesk {
    desk_of(1, Profile::Honest)
}

fn ask(desk: &NativeDesk, body: &str, customer: Value) -> String {
    let body = json!({"body": body, "customer": customer});
    let answer = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    assert_eq!(answer.status, 201, "{answer:?}");
    desk.settle("ask");
    // Newest first, and none as new as another.
    let runtime = runtime_of(desk);
    desk.sim.block_on(async move { runtime.sleep(std::time::Duration::from_millis(5)).await }).unwrap();
    answer.text("/ticket/id")
}

fn data(method: &str, query: &str) -> Call {
    Call::new(method, format!("/v1/desks/{DESK}/customers/c-1/data{query}")).token(OPERATOR_TOKEN)
}

fn write_record(desk: &NativeDesk) {
    let path = format!("/v1/desks/{DESK}/customers/c-1");
    let record = json!({"emails": ["ada@example.com"], "note": "hush", "pin": "4711"});
    let written = desk.send("x", &Call::new("PUT", path).token(OPERATOR_TOKEN).json(&record));
    assert_eq!(written.status, 201, "{written:?}");
}

/// Tickets of the customer `c-1` and of others, by how they are known.
struct Asked {
    proven: [String; 3],
    typed_id: String,
    typed_address: String,
    others: [String; 3],
}

fn fill(desk: &NativeDesk) -> Asked {
    let proven = |body: &str, typed: Value| {
        let mut customer = json!({"token": customer_token(desk, "c-1"), "name": "Zanzibar"});
        customer.as_object_mut().unwrap().extend(typed.as_object().unwrap().clone());
        ask(desk, body, customer)
    };
    write_record(desk);
    Asked {
        proven: [
            proven("Zanzibar is down", json!({})),
            proven("I forgot my password, Zanzibar", json!({"external_id": "c-2"})),
            proven("Zanzibar again", json!({"email": "ada@example.com"})),
        ],
        typed_id: ask(desk, "Zanzibar down", json!({"external_id": "c-1", "email": "else@example.com"})),
        typed_address: ask(desk, "Zanzibar down", json!({"email": "Ada@Example.com"})),
        others: [
            ask(desk, "Other is down", json!({"external_id": "c-1", "token": customer_token(desk, "c-2")})),
            ask(desk, "Other is down", json!({"external_id": "c-2", "email": "ada@example.com"})),
            ask(desk, "Other is down", json!({"email": "bob@example.com"})),
        ],
    }
}

fn ids(answer: &Answer, list: &str, member: &str) -> Vec<String> {
    let rows = answer.body[list].as_array().unwrap().iter();
    rows.map(|row| row.pointer(member).unwrap().as_str().unwrap().to_owned()).collect()
}

fn telling(desk: &NativeDesk, secret: &str) -> Vec<String> {
    let tells = |key: &String| String::from_utf8_lossy(&desk.sim.value(key).unwrap()).contains(secret);
    desk.sim.keys().into_iter().filter(tells).collect()
}

/// Leaves nothing in any list.
fn clear_lists(desk: &NativeDesk) {
    for key in desk.sim.keys().iter().filter(|key| key.contains(":~")) {
        let mut document: Value = serde_json::from_slice(&desk.sim.value(key).unwrap()).unwrap();
        if let Some(entries) = document["body"]["entries"].as_array_mut() {
            entries.clear();
            desk.sim.put(key, document.to_string().as_bytes());
        }
    }
}

/// Leaves tickets and lists as a build of this layout did: in none.
fn list_as_before(desk: &NativeDesk, tickets: &[&String], layout: u8) {
    for ticket in tickets {
        let key = format!("ticket:{ticket}");
        let mut document: Value = serde_json::from_slice(&desk.sim.value(&key).unwrap()).unwrap();
        document["body"]["listed"] = json!(layout);
        desk.sim.put(&key, document.to_string().as_bytes());
    }
    clear_lists(desk);
}

#[test]
fn an_export_has_what_is_proven_and_names_what_is_not() {
    let desk = desk();
    let asked = fill(&desk);
    let own = desk.send("x", &data("GET", ""));
    assert_eq!(own.status, 200, "{own:?}");
    let newest_first: Vec<_> = asked.proven.iter().rev().cloned().collect();
    assert_eq!(ids(&own, "tickets", "/export/ticket/id"), newest_first);
    let unverified = [&asked.typed_address, &asked.typed_id].map(Clone::clone);
    assert_eq!(ids(&own, "unverified", "/ticket"), unverified);
    assert_eq!(ids(&own, "unverified", "/tie"), ["typed_address", "typed_id"]);
    assert_eq!(own.text("/customer/note"), "hush");
    assert_eq!(own.text("/tickets/0/export/thread/0/body"), "Zanzibar again");
    assert_eq!(own.header("content-disposition"), "attachment; filename=\"customer.json\"");
    assert_eq!(own.body["next_cursor"], Value::Null);
    let text = own.body.to_string();
    assert!(!text.contains("4711") && !text.contains("Other"), "{text}");
    assert_eq!(own.before_answer.commits, 1, "the journal says so");

    let all = desk.send("x", &data("GET", "?unverified=include"));
    let ties = ids(&all, "tickets", "/tie");
    assert_eq!(ties, ["typed_address", "typed_id", "proven", "proven", "proven"]);
    assert_eq!(all.body["unverified"], json!([]));
    let audit = Call::new("GET", format!("/v1/desks/{DESK}/audit?limit=1")).token(OPERATOR_TOKEN);
    let event = desk.send("x", &audit);
    assert_eq!(event.text("/events/0/action"), "customer_exported");
    assert!(!event.text("/events/0/about").contains("c-1"));
}

#[test]
fn an_export_comes_in_pages_and_its_cursor_is_good_for_nothing_else() {
    let desk = desk();
    let asked = fill(&desk);
    let (mut seen, mut cursor, mut pages) = (vec![], String::new(), 0);
    loop {
        let page = desk.send("x", &data("GET", &format!("?unverified=include&limit=2{cursor}")));
        assert_eq!(page.status, 200, "{page:?}");
        seen.extend(ids(&page, "tickets", "/export/ticket/id"));
        pages += 1;
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
        let elsewhere = [
            data("GET", &format!("?{}", &cursor[1..])),
            data("DELETE", &format!("?{}", &cursor[1..])),
            Call::new("GET", format!("/v1/desks/{DESK}/customers/c-2/data?unverified=include{cursor}"))
                .token(OPERATOR_TOKEN),
        ];
        for call in elsewhere {
            assert_eq!(desk.send("x", &call).problem(), "invalid-cursor");
        }
    }
    let mut wanted: BTreeSet<_> = asked.proven.iter().cloned().collect();
    wanted.extend([asked.typed_id, asked.typed_address]);
    assert!(pages >= 3 && seen.len() == 5, "{pages} {seen:?}");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), wanted);
}

#[test]
fn who_is_forgotten_is_nowhere_and_the_journal_still_holds() {
    let desk = desk();
    let asked = fill(&desk);
    let first = desk.send("x", &data("DELETE", "?limit=2"));
    assert_eq!((first.status, first.body["erased"].as_array().unwrap().len()), (200, 0), "{first:?}");
    assert_eq!(ids(&first, "unverified", "/tie"), ["typed_address", "typed_id"]);
    assert_eq!(first.body["record_erased"], json!(false));
    let rest = format!("?limit=25&cursor={}", first.text("/next_cursor"));
    let rest = desk.send("x", &data("DELETE", &rest));
    let erased: BTreeSet<_> = ids(&rest, "erased", "").into_iter().collect();
    assert_eq!(erased, asked.proven.iter().cloned().collect(), "{rest:?}");
    assert_eq!((&rest.body["record_erased"], &rest.body["next_cursor"]), (&json!(true), &Value::Null));
    desk.sim.run_until_idle().unwrap();
    let record = Call::new("GET", format!("/v1/desks/{DESK}/customers/c-1")).token(OPERATOR_TOKEN);
    assert_eq!(desk.send("x", &record).problem(), "unknown-customer");
    assert_eq!(telling(&desk, "hush"), Vec::<String>::new());
    assert_eq!(
        telling(&desk, "Zanzibar").len(),
        2,
        "what was only typed is left: {:?}",
        telling(&desk, "Zanzibar")
    );

    // The address is known no more, but what names the id still is.
    let all = desk.send("x", &data("DELETE", "?unverified=include"));
    assert_eq!(ids(&all, "erased", ""), std::slice::from_ref(&asked.typed_id), "{all:?}");
    let again = desk.send("x", &data("DELETE", "?unverified=include"));
    assert_eq!((again.status, &again.body["erased"], again.before_answer.commits), (200, &json!([]), 1));
    for other in asked.others.iter().chain([&asked.typed_address]) {
        let call = Call::new("GET", format!("/v1/tickets/{other}")).token(&demo_token("ana"));
        assert!(desk.send("x", &call).body["ticket"]["erased_at"].is_null(), "{other}");
    }
    let audit = Call::new("GET", format!("/v1/desks/{DESK}/audit?limit=200")).token(OPERATOR_TOKEN);
    let actions = ids(&desk.send("x", &audit), "events", "/action");
    let count = |wanted: &str| actions.iter().filter(|action| *action == wanted).count();
    assert_eq!((count("customer_erased"), count("erased")), (4, 4), "{actions:?}");
    let verified = Call::new("GET", format!("/v1/desks/{DESK}/audit/verification")).token(OPERATOR_TOKEN);
    assert_eq!(desk.send("x", &verified).body["holds"], json!(true));
}

/// Somebody else's ticket that `c-1` is told of, by an address of their record, and another person too.
fn told(desk: &NativeDesk) -> String {
    let id = ask(desk, "Other is down", json!({"token": customer_token(desk, "c-9")}));
    for (address, name) in [("ADA@example.com", "Zanzibar"), ("bob@example.com", "Bob")] {
        let path = format!("/v1/tickets/{id}/participants");
        let body = json!({"address": address, "name": name});
        let added = desk.send("x", &Call::new("POST", path).token(&demo_token("ana")).json(&body));
        assert_eq!(added.status, 201, "{added:?}");
        desk.settle("x");
    }
    id
}

fn addresses(desk: &NativeDesk, ticket: &str) -> Vec<String> {
    let path = format!("/v1/tickets/{ticket}/participants");
    ids(&desk.send("x", &Call::new("GET", path).token(&demo_token("ana"))), "participants", "/address")
}

#[test]
fn who_is_only_told_of_a_ticket_gets_no_words_of_it_and_is_taken_out() {
    let desk = desk();
    let ticket = told(&desk);
    let before = desk.send("x", &data("GET", ""));
    assert_eq!(before.body["participations"], json!([]), "no record says the address is theirs");
    write_record(&desk);
    let own = desk.send("x", &data("GET", "?unverified=include"));
    assert_eq!(own.body["tickets"], json!([]));
    assert_eq!(ids(&own, "participations", "/ticket"), [ticket.as_str()], "{own:?}");
    assert_eq!(own.text("/participations/0/participants/0/address"), "ADA@example.com");
    assert_eq!(own.text("/participations/0/participants/0/name"), "Zanzibar");
    assert_eq!(own.body["participations"][0]["participants"].as_array().unwrap().len(), 1, "only theirs");
    assert!(!own.body.to_string().contains("Other"), "{own:?}");
    let list = Call::new("GET", format!("/v1/desks/{DESK}/tickets?customer=c-1")).token(&demo_token("ana"));
    assert_eq!(desk.send("x", &list).body["tickets"], json!([]), "no ticket of theirs");

    let gone = desk.send("x", &data("DELETE", ""));
    let ended = (&gone.body["erased"], &gone.body["record_erased"]);
    assert_eq!((gone.status, ended), (200, (&json!([]), &json!(true))), "{gone:?}");
    assert_eq!(ids(&gone, "left", ""), [ticket.as_str()]);
    desk.sim.run_until_idle().unwrap();
    assert_eq!(addresses(&desk, &ticket), ["bob@example.com"], "the others are still told");
    assert_eq!(telling(&desk, "ADA@"), Vec::<String>::new());
    let shown = desk.send("x", &Call::new("GET", format!("/v1/tickets/{ticket}")).token(&demo_token("ana")));
    assert_eq!(shown.text("/thread/0/body"), "Other is down", "what is said there stays");
    let again = desk.send("x", &data("DELETE", ""));
    assert_eq!((again.status, &again.body["left"]), (200, &json!([])));
    let audit = Call::new("GET", format!("/v1/desks/{DESK}/audit?ticket={ticket}")).token(OPERATOR_TOKEN);
    let last = desk.send("x", &audit);
    assert_eq!(last.text("/events/0/action"), "participant_removed", "{last:?}");
    assert_eq!(last.text("/events/0/by/kind"), "operator");
    let verified = Call::new("GET", format!("/v1/desks/{DESK}/audit/verification")).token(OPERATOR_TOKEN);
    assert_eq!(desk.send("x", &verified).body["holds"], json!(true));
}

#[test]
fn who_is_told_of_their_own_ticket_has_it_once() {
    let desk = desk();
    let asked = fill(&desk);
    for id in [&asked.proven[0], &asked.typed_id] {
        let path = format!("/v1/tickets/{id}/participants");
        let body = json!({"address": "ada@example.com"});
        assert_eq!(
            desk.send("x", &Call::new("POST", path).token(&demo_token("ana")).json(&body)).status,
            201
        );
        desk.settle("x");
    }
    let own = desk.send("x", &data("GET", ""));
    assert_eq!(own.body["tickets"].as_array().unwrap().len(), 3, "{own:?}");
    assert_eq!(ids(&own, "unverified", "/tie"), ["typed_address", "typed_id"]);
    assert_eq!(ids(&own, "participations", "/ticket"), [asked.typed_id.as_str()], "{own:?}");
    let mut seen = vec![];
    let mut cursor = String::new();
    loop {
        let page = desk.send("x", &data("GET", &format!("?limit=1{cursor}")));
        seen.extend(ids(&page, "participations", "/ticket"));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [asked.typed_id.as_str()], "page by page too");
    let gone = desk.send("x", &data("DELETE", ""));
    assert_eq!(ids(&gone, "left", ""), [asked.typed_id.as_str()]);
    assert_eq!(gone.body["erased"].as_array().unwrap().len(), 3);
    assert_eq!(addresses(&desk, &asked.typed_id), Vec::<String>::new());
}

#[test]
fn who_was_told_before_there_were_lists_of_them_is_found_after_a_tick() {
    let desk = desk();
    write_record(&desk);
    let ticket = told(&desk);
    list_as_before(&desk, &[&ticket], 2);
    assert_eq!(desk.send("x", &data("GET", "")).body["participations"], json!([]));
    let tick = desk.send("tick", &Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
    assert_eq!((tick.status, &tick.body["failed"]), (200, &json!(0)), "{tick:?}");
    desk.sim.run_until_idle().unwrap();
    assert_eq!(ids(&desk.send("x", &data("GET", "")), "participations", "/ticket"), [ticket.as_str()]);
}

#[test]
fn forgetting_goes_on_after_a_crash_at_any_await() {
    for polls in (1..80).step_by(3) {
        let profile = Profile::ALL[usize::try_from(polls).unwrap() % Profile::ALL.len()];
        let desk = desk_of(polls, profile);
        fill(&desk);
        told(&desk);
        desk.sim.kill_after("doomed", polls);
        let call = data("DELETE", "?unverified=include");
        let mut handle = desk.sim.spawn("doomed", tierline_native::send(desk.platform("doomed"), call));
        desk.sim.run_until_idle().unwrap();
        drop(handle.take());
        let tick = desk.send("tick", &Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
        assert_eq!((tick.status, &tick.body["failed"]), (200, &json!(0)), "{tick:?}");
        let done = desk.send("again", &data("DELETE", "?unverified=include"));
        assert_eq!((done.status, &done.body["next_cursor"]), (200, &Value::Null), "{done:?}");
        desk.sim.run_until_idle().unwrap();
        for secret in ["Zanzibar", "hush", "ADA@"] {
            assert_eq!(telling(&desk, secret), Vec::<String>::new(), "{polls} on {profile:?}");
        }
    }
}

#[test]
fn the_key_of_a_merged_ticket_leads_its_proven_customer_on_and_nobody_else() {
    let desk = desk();
    let ask = |customer: Value| {
        let body = json!({"body": "My site is down", "customer": customer});
        let answer = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
        desk.settle("ask");
        answer
    };
    let proven = |id: &str| json!({"token": customer_token(&desk, id)});
    let into = ask(proven("c-1"));
    for (customer, leads) in
        [(proven("c-1"), true), (proven("c-2"), false), (json!({"external_id": "c-1"}), false)]
    {
        let from = ask(customer);
        let path = format!("/v1/tickets/{}", from.text("/ticket/id"));
        let merge = Call::new("POST", format!("{path}/merge")).token(&demo_token("ana"));
        let merged = desk.send("x", &merge.json(&json!({"into": into.text("/ticket/id")})));
        assert_eq!(merged.status, 200, "{merged:?}");
        let links = Call::new("GET", format!("{path}/links")).token(&from.text("/customer_key"));
        let links = desk.send("x", &links);
        if !leads {
            assert_eq!(
                (&links.body["merged_into"], &links.body["merged_into_key"]),
                (&Value::Null, &Value::Null)
            );
            continue;
        }
        let next = Call::new("GET", format!("/v1/tickets/{}", links.text("/merged_into")));
        let shown = desk.send("x", &next.token(&links.text("/merged_into_key")));
        assert_eq!((shown.status, shown.text("/ticket/id")), (200, into.text("/ticket/id")));
    }
}

#[test]
fn a_list_by_customer_says_what_is_proven() {
    let desk = desk();
    let asked = fill(&desk);
    let list = |customer: &str| {
        let path = format!("/v1/desks/{DESK}/tickets?customer={customer}");
        desk.send("x", &Call::new("GET", path).token(&demo_token("ana")))
    };
    let own = list("c-1");
    let rows = own.body["tickets"].as_array().unwrap();
    let verified: Vec<_> = rows.iter().map(|row| row["customer"]["verified"].as_bool().unwrap()).collect();
    assert_eq!(verified, [false, true, true, true], "{own:?}");
    assert!(rows.iter().all(|row| row["customer"]["external_id"] == "c-1"));
    let others = list("c-2");
    assert_eq!(ids(&others, "tickets", "/id"), [asked.others[1].clone(), asked.others[0].clone()]);
}

#[test]
fn tickets_listed_by_an_earlier_build_are_found_after_a_tick() {
    let desk = desk();
    let asked = fill(&desk);
    // As that build left its lists: none by a proven id, none by address.
    let ids: Vec<_> = asked.proven.iter().chain([&asked.typed_address]).collect();
    list_as_before(&desk, &ids, 1);
    assert_eq!(desk.send("x", &data("GET", "")).body["tickets"], json!([]));
    let tick = desk.send("tick", &Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
    assert_eq!((tick.status, &tick.body["failed"]), (200, &json!(0)), "{tick:?}");
    desk.sim.run_until_idle().unwrap();
    let found = desk.send("x", &data("GET", "?unverified=include"));
    assert_eq!(found.body["tickets"].as_array().unwrap().len(), 4, "{found:?}");
}

#[test]
fn lists_that_were_lost_are_made_again_by_a_tick_that_is_asked_to() {
    let desk = desk();
    fill(&desk);
    clear_lists(&desk);
    let tick = |body: Value| {
        let tick = desk.send("tick", &Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN).json(&body));
        assert_eq!((tick.status, &tick.body["failed"]), (200, &json!(0)), "{tick:?}");
        desk.sim.run_until_idle().unwrap();
        desk.send("x", &data("GET", "?unverified=include")).body["tickets"].as_array().unwrap().len()
    };
    assert_eq!(tick(json!({})), 0, "nothing is owed");
    assert_eq!(tick(json!({"relist": true})), 5);
    assert_eq!(tick(json!({"relist": true})), 5);
}

#[test]
fn only_an_operator_of_the_desk_may_and_what_is_odd_is_refused() {
    let desk = desk();
    fill(&desk);
    for method in ["GET", "DELETE"] {
        for person in ["ana", "bruno", "chen"] {
            let path = format!("/v1/desks/{DESK}/customers/c-1/data");
            let refused = desk.send("x", &Call::new(method, path).token(&demo_token(person)));
            assert_eq!((refused.status, refused.problem().as_str()), (403, "forbidden"), "{person}");
        }
        let bare = Call::new(method, format!("/v1/desks/{DESK}/customers/c-1/data"));
        assert_eq!(desk.send("x", &bare).status, 401);
        let nowhere = Call::new(method, "/v1/desks/nowhere/customers/c-1/data").token(OPERATOR_TOKEN);
        assert_eq!(desk.send("x", &nowhere).problem(), "unknown-desk");
        for query in ["?unverified=yes", "?limit=0", "?limit=26", "?limit=x", "?all=1"] {
            let refused = desk.send("x", &data(method, query));
            assert_eq!((refused.status, refused.problem().as_str()), (400, "invalid-parameter"), "{query}");
        }
        assert_eq!(desk.send("x", &data(method, "?cursor=x")).problem(), "invalid-cursor");
        for (id, kind) in [("%00", "invalid-field"), ("%20x", "unknown-customer")] {
            let path = format!("/v1/desks/{DESK}/customers/{id}/data");
            assert_eq!(desk.send("x", &Call::new(method, path).token(OPERATOR_TOKEN)).problem(), kind);
        }
    }
    assert!(!telling(&desk, "Zanzibar").is_empty(), "nothing was erased");
    let unknown =
        Call::new("DELETE", format!("/v1/desks/{DESK}/customers/nobody/data")).token(OPERATOR_TOKEN);
    let none = desk.send("x", &unknown);
    assert_eq!(
        (none.status, &none.body["erased"], &none.body["record_erased"]),
        (200, &json!([]), &json!(true))
    );
}
