//! The README's transcript is what one really gets: its commands are run in order, its answers compared.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::Value;
use tierline_native::{Call, NativeDesk, demo_file, demo_token};
use tierline_testkit::{Faults, Profile};

/// Stands for what the README leaves out.
const ELLIPSIS: char = '…';
const URL: &str = "http://127.0.0.1:3000";

/// A command, and the answer below it.
struct Step {
    command: String,
    answer: String,
}

#[test]
fn the_transcript_is_what_one_gets() {
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &demo_file());
    let (mut ticket, mut key) = (String::new(), String::new());
    let (mut languages, mut states) = (vec![], vec![]);
    for step in steps() {
        let answer = desk.send("reader", &call(&step.command, &ticket, &key));
        desk.settle("reader");
        let raw = String::from_utf8(answer.raw.clone()).unwrap();
        compare(&step, &raw);
        states.push(answer.text("/ticket/state"));
        if let Some(given) = answer.body["customer_key"].as_str() {
            (ticket, key) = (answer.text("/ticket/id"), given.to_owned());
            languages.push(answer.text("/ticket/language"));
        }
    }
    assert_eq!(languages, ["en", "ja", "es"]);
    assert_eq!(
        states,
        ["answered", "answered", "queued", "claimed", "queued", "claimed", "solved", "solved"]
    );
}

/// Every `$ curl` of the README with what follows it.
fn steps() -> Vec<Step> {
    let readme = include_str!("../../../../README.md");
    let blocks = readme.split("```console\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    let commands =
        blocks.flat_map(|block| block.split("$ ").skip(1)).filter(|text| text.starts_with("curl "));
    commands.map(|text| step(&text.replace("\\\n", ""))).collect()
}

/// The answer begins with the first line that begins as JSON does.
fn step(text: &str) -> Step {
    let (command, answer) = text.split_once("\n{").expect(text);
    let answer: String = answer.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    Step { command: command.to_owned(), answer: format!("{{{answer}") }
}

/// The call that a `curl` makes, with whole ids and keys in the place of shortened ones.
fn call(command: &str, ticket: &str, key: &str) -> Call {
    let words = words(command);
    let after = |flag: &str| -> Vec<&String> {
        let pairs = words.iter().zip(words.iter().skip(1));
        pairs.filter(|(word, _)| *word == flag).map(|(_, value)| value).collect()
    };
    let url = words.iter().find(|word| word.starts_with(URL)).unwrap();
    let path = url.trim_start_matches(URL).replace(&format!("01{ELLIPSIS}"), ticket);
    let body = after("-d");
    let method = after("-X").first().map_or(if body.is_empty() { "GET" } else { "POST" }, |method| method);
    let mut call = Call::new(method, path);
    for header in after("-H") {
        let (name, value) = header.split_once(": ").unwrap();
        call = call.header(name, &whole(value, key));
    }
    body.first().map_or(call.clone(), |body| call.body(body.as_bytes()))
}

/// A shortened credential as it was.
fn whole(value: &str, key: &str) -> String {
    let Some(shortened) = value.strip_suffix(ELLIPSIS) else { return value.to_owned() };
    match shortened.strip_prefix("Bearer tla_harborline.") {
        Some(person) => format!("Bearer {}", demo_token(person.trim_end_matches('.'))),
        None => format!("Bearer {key}"),
    }
}

/// As a shell splits them, as far as the README goes.
fn words(command: &str) -> Vec<String> {
    let quoted = command.split('\'').enumerate().flat_map(|(number, part)| match number % 2 {
        1 => vec![part.to_owned()],
        _ => part.split_whitespace().map(ToOwned::to_owned).collect(),
    });
    quoted.collect()
}

/// Each part that the README shows is in the answer, in this order, from the answer's beginning to its end.
fn compare(step: &Step, answer: &str) {
    let shown = &step.answer;
    let parts: Vec<_> = shown.split(ELLIPSIS).collect();
    let (first, last) = (parts[0], parts[parts.len() - 1]);
    assert!(answer.starts_with(first), "{}\nbegins with {answer}\nand not with {first}", step.command);
    assert!(answer.ends_with(last), "{}\nends with {answer}\nand not with {last}", step.command);
    let mut rest = answer;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("{}\nanswers {answer}\nwhich lacks, in its place, {part}", step.command)
        };
        rest = after;
    }
    let whole: Result<Value, _> = serde_json::from_str(answer);
    assert!(whole.is_ok(), "{answer}");
}
