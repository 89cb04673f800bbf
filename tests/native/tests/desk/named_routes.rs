//! Abuse, hacking, server-wide trouble and long research are for people: no canned answer, in no language. What stands
//! beside a question with an answer is tried in the engine's own tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use std::collections::BTreeSet;
use tierline_native::{Answer, Call, DESK, NativeDesk, demo_file};
use tierline_testkit::{Faults, Profile};
use toml::Table;

fn desk() -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &demo_file())
}

fn ask(desk: &NativeDesk, body: &str) -> Answer {
    let call = Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&json!({"body": body}));
    let answer = desk.send("ask", &call);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer
}

/// Examples of each entry of `table`, as (id, whether named, language, phrasing).
fn examples(file: &Table, table: &str) -> Vec<(String, bool, String, String)> {
    let mut all = vec![];
    for entry in file[table].as_array().unwrap() {
        let (id, named) = (entry["id"].as_str().unwrap(), entry.get("named").is_some());
        for (language, phrasings) in entry["examples"].as_table().unwrap() {
            let words = phrasings.as_array().unwrap().iter().map(|text| text.as_str().unwrap());
            all.extend(words.map(|text| (id.to_owned(), named, language.clone(), text.to_owned())));
        }
    }
    all
}

fn file() -> Table {
    demo_file().parse().unwrap()
}

#[test]
fn in_every_language_they_go_to_people() {
    let (desk, file) = (desk(), file());
    let named: Vec<_> = examples(&file, "routes").into_iter().filter(|(_, named, ..)| *named).collect();
    let languages: BTreeSet<_> = named.iter().map(|(_, _, language, _)| language.as_str()).collect();
    assert_eq!(languages.into_iter().collect::<Vec<_>>(), ["de", "en", "es", "ja", "ru"]);
    let mut routes = BTreeSet::new();
    for (id, _, language, text) in &named {
        let asked = ask(&desk, text);
        assert_eq!(asked.body["answer"], json!(null), "{id} in {language}: {text}");
        assert_eq!(asked.text("/ticket/state"), "queued", "{id} in {language}: {text}");
        routes.insert(id.clone());
    }
    assert_eq!(routes.len(), 4, "{routes:?}");
}

#[test]
fn a_named_route_is_known_as_such_in_the_receipt() {
    let desk = desk();
    let asked =
        ask(&desk, "I want to report abuse: a phishing page copying our bank is hosted on your network");
    assert_eq!(asked.text("/receipt/rule"), "named route: abuse-report");
    assert_eq!(
        (asked.text("/queue/line").as_str(), &asked.body["ticket"]["urgent"]),
        ("admins", &json!(true))
    );
}

#[test]
fn one_beside_a_question_with_an_answer_keeps_the_answer_back() {
    let desk = desk();
    let known = ask(&desk, "How do I set up my email in Outlook?");
    assert_eq!(known.text("/ticket/state"), "answered");
    let both = ask(
        &desk,
        "How do I set up my email in Outlook? Also, one of your customers is sending me spam from your servers",
    );
    assert_eq!(
        (both.text("/ticket/state").as_str(), &both.body["answer"]),
        ("queued", &json!(null)),
        "{both:?}"
    );
}
