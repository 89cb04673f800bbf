//! What tier 1 learnt when the desk was published: there at once, the same as what is measured, and nothing breaks
//! without it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::collections::BTreeMap;
use tierline_native::{
    Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_file, demo_token, runtime_of, small_file,
};
use tierline_store::{Runtime, Store, Sweep};
use tierline_testkit::{Faults, Profile};
use tierline_triage_eval::{Labelled, learn, measure};
use toml::Table;

fn desk(file: &str) -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), file)
}

fn ask(desk: &NativeDesk, body: &str) -> Answer {
    let call = Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&json!({"body": body}));
    let answer = desk.send("ask", &call);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer
}

fn try_text(desk: &NativeDesk, text: &str) -> Value {
    let call = Call::new("POST", format!("/v1/desks/{DESK}/triage")).json(&json!({"text": text}));
    let answer = desk.send("try", &call.token(&demo_token("chen")));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

fn publish(desk: &NativeDesk, file: &str) -> Answer {
    let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN);
    desk.send("publish", &call.header("content-type", "application/toml").body(file.as_bytes()))
}

/// The desk's examples as the command would read them.
fn rows(file: &str) -> Vec<Labelled> {
    let file: Table = file.parse().unwrap();
    let entries = ["answers", "routes"].map(|table| file[table].as_array().unwrap().clone()).concat();
    let rows = |entry: toml::Value| {
        let label = entry["id"].as_str().unwrap().to_owned();
        let examples: BTreeMap<String, Vec<String>> = entry["examples"].clone().try_into().unwrap();
        let row = move |text| Labelled { text, label: label.clone() };
        examples.into_values().flatten().map(row).collect::<Vec<_>>()
    };
    // Backwards: the order in which examples come must not matter.
    entries.into_iter().flat_map(rows).rev().collect()
}

/// The kept parts of what was learnt.
fn parts(desk: &NativeDesk) -> Vec<String> {
    let runtime = runtime_of(desk);
    let all = desk.sim.block_on(async { runtime.store().list_keys().await.unwrap() }).unwrap();
    all.into_iter().filter(|key| key.starts_with("learnt:") && key.matches(':').count() == 3).collect()
}

#[test]
fn the_first_publication_is_enough() {
    let desk = desk(&demo_file());
    let asked = ask(&desk, "I forgot the password of my customer panel, how do I set a new one?");
    assert_eq!(asked.text("/ticket/state"), "answered", "{asked:?}");
}

#[test]
fn over_http_it_says_what_the_command_says() {
    let file = demo_file();
    let desk = desk(&file);
    let learnt = learn(&rows(&file)).unwrap();
    for text in [
        "I forgot my password",
        "Unser Postfach ist voll und nimmt nichts mehr an",
        "メールが届きません",
        "мой сайт не открывается",
        "FileZilla me rechaza, error 530. ¿Qué puerto uso?",
        "Do you sell bicycles?",
    ] {
        let asked = [Labelled { text: text.to_owned(), label: "oos".to_owned() }];
        let (said, _) = measure(&learnt, &asked);
        let first = &try_text(&desk, text)["candidates"][0];
        assert_eq!(first["label"].as_str(), said[0].said.as_deref(), "{text}");
        assert_eq!(first["confidence"].as_f64(), Some(said[0].confidence), "{text}");
    }
}

#[test]
fn what_is_lost_or_broken_sends_to_people_until_it_is_published_again() {
    let file = demo_file();
    for (seed, breakage) in (2..).zip(["lost", "cut", "changed"]) {
        // Another edition each time: what an instance has loaded it keeps.
        let desk = NativeDesk::with_desk(seed, Profile::Honest, Faults::none(), &file);
        let (runtime, parts) = (runtime_of(&desk), parts(&desk));
        assert!(!parts.is_empty());
        desk.sim
            .block_on(async {
                let mut bytes = runtime.store().get(&parts[0]).await.unwrap().unwrap();
                match breakage {
                    "lost" => return runtime.store().delete(&parts[0]).await.unwrap(),
                    "cut" => bytes.truncate(bytes.len() - 1),
                    _ => bytes[100] ^= 1,
                }
                runtime.store().set(&parts[0], &bytes).await.unwrap();
            })
            .unwrap();
        let question = "I forgot the password of my customer panel, how do I set a new one?";
        let asked = ask(&desk, question);
        assert_eq!(asked.text("/ticket/state"), "queued", "{breakage}: {asked:?}");
        assert_eq!(try_text(&desk, question)["rule"], "tier 1 has learnt nothing yet", "{breakage}");
        assert_eq!(publish(&desk, &file).status, 200);
        assert_eq!(ask(&desk, question).text("/ticket/state"), "answered", "{breakage}");
    }
}

#[test]
fn no_part_is_larger_than_an_edge_store_takes() {
    let desk = desk(&demo_file());
    let runtime = runtime_of(&desk);
    for part in parts(&desk) {
        let bytes = desk.sim.block_on(async { runtime.store().get(&part).await.unwrap() }).unwrap();
        assert!(bytes.unwrap().len() <= 400_000, "{part}");
    }
}

#[test]
fn six_examples_suggest_and_do_not_answer() {
    let file = small_file().replace("triage_precision = 0.0", "triage_precision = 0.97");
    let desk = desk(&file);
    assert_eq!(ask(&desk, "I forgot my password").text("/ticket/state"), "queued");
    let rule = try_text(&desk, "I forgot my password")["rule"].as_str().unwrap().to_owned();
    assert!(rule.starts_with("too few examples to promise 97 %: perhaps password-reset"), "{rule}");
}
