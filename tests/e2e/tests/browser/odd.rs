//! What browsers, networks and people do that nobody planned for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use crate::cutter::Cutter;
use crate::world::{DOWN, HOSTILE, OUTLOOK, RECORDS, world};
use serde_json::{Value, json};
use std::time::Duration;
use tierline_e2e::DESK;
use tierline_e2e::browser::{Hand, Look, Tab};

fn bodies(tab: &Tab) -> Vec<String> {
    let found =
        tab.eval("[...document.querySelectorAll('ol.thread .words')].map(words => words.textContent)");
    found.as_array().unwrap().iter().map(|words| words.as_str().unwrap().to_owned()).collect()
}

fn unharmed(tab: &Tab) {
    assert_eq!(tab.eval("window.harmed ?? 0"), 0, "at {}", tab.address());
}

#[test]
fn a_network_that_cuts_every_second_loses_and_doubles_nothing() {
    let world = world();
    let cutter = Cutter::before(&world.desk.host.url, Duration::from_secs(1));
    let tab = world.tab_through(&cutter.origin, Look::PHONE);
    let ticket = world.ask(&tab, Hand::Mouse, DOWN);
    tab.wait("a stream", |tab| tab.has_stream().then_some(()));
    world.staff("bruno", "PUT", &ticket, "claim", &Value::Null);
    tab.write(Hand::Mouse, "#body", "Typed meanwhile");
    let mut expected = vec![DOWN.to_owned()];
    for step in 1..=5 {
        let body = format!("We are at step {step}.");
        let reply = json!({"body": body, "then": "keep"});
        world.staff("bruno", "POST", &ticket, "replies", &reply);
        tab.wait_for("ol.thread", &body);
        expected.push(body);
    }
    assert_eq!(bodies(&tab), expected);
    assert_eq!(tab.value("#body"), "Typed meanwhile");
    assert!(cutter.cuts() >= 5, "{} cuts", cutter.cuts());
    tab.lead(|tab| tab.press(Hand::Keyboard, "form[action*=messages] button"));
    expected.push("Typed meanwhile".to_owned());
    assert_eq!(bodies(&tab), expected);
}

#[test]
fn two_thousand_messages_are_read_back_to_the_first() {
    let world = world();
    let tab = world.tab(Look::PHONE);
    let ticket = world.ask(&tab, Hand::Mouse, DOWN);
    world.staff("bruno", "PUT", &ticket, "claim", &Value::Null);
    let mut expected = vec![DOWN.to_owned()];
    let say = |step: usize| {
        let body = format!("We are at step {step}.");
        world.staff("bruno", "POST", &ticket, "replies", &json!({"body": body, "then": "keep"}));
        body
    };
    expected.extend((1..2_000).map(say));
    let tab = {
        let fresh = world.tab(Look::PHONE);
        fresh.lend_cookies(&tab);
        fresh
    };
    tab.go(&format!("/t/{ticket}"));
    assert_eq!(bodies(&tab), expected[1_900..]);
    assert!(tab.bytes() < 60_000, "{} bytes", tab.bytes());
    world.look_at(&tab, Hand::Mouse, "18-long");
    for (hand, there) in [(Hand::Keyboard, 200), (Hand::Mouse, 300)] {
        tab.press(hand, "[data-older] a");
        tab.wait("older messages", |tab| (bodies(tab).len() == there).then_some(()));
    }
    // What is new comes at the end, and what was looked up stays.
    tab.wait("a stream", |tab| tab.has_stream().then_some(()));
    expected.push(say(2_000));
    tab.wait_for("ol.thread", &expected[2_000]);
    while tab.has("[data-older] a") {
        let before = bodies(&tab).len();
        tab.press(Hand::Mouse, "[data-older] a");
        tab.wait("older messages", |tab| (bodies(tab).len() > before).then_some(()));
    }
    assert_eq!(bodies(&tab), expected);
    assert!(tab.faults_so_far().is_empty(), "{:?}", tab.faults_so_far());
    // A page of the past, as it is without scripts: one can go on in both directions.
    tab.go(&format!("/t/{ticket}?before=101"));
    assert_eq!(bodies(&tab), expected[..100]);
    world.look_at(&tab, Hand::Mouse, "19-long-past");
    tab.lead(|tab| tab.press(Hand::Mouse, "main p > a[href^='/t/']"));
    assert_eq!(bodies(&tab), expected[1_901..]);
}

#[test]
fn a_clock_that_is_off_by_a_day_changes_nothing() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let world = world();
    for off in [-DAY_MS, DAY_MS] {
        let tab = world.tab(Look::WIDE).with_clock_off_by(off);
        let ticket = world.ask(&tab, Hand::Mouse, DOWN);
        let is_off =
            format!("Math.abs(Date.now() - {off} - performance.timeOrigin - performance.now()) < 60000");
        assert_eq!(tab.eval(&is_off), true, "it is off for the page");
        let times = tab.text("ol.thread time");
        tab.wait("a stream", |tab| tab.has_stream().then_some(()));
        world.staff("bruno", "PUT", &ticket, "claim", &Value::Null);
        tab.wait_for(".state", "Somebody is working on your request.");
        world.staff("bruno", "POST", &ticket, "replies", &json!({"body": "Which domain?", "then": "wait"}));
        tab.wait_for("ol.thread", "Which domain?");
        tab.write(Hand::Mouse, "#body", "shop.example.com");
        tab.lead(|tab| tab.press(Hand::Mouse, "form[action*=messages] button"));
        assert_eq!(bodies(&tab), [DOWN, "Which domain?", "shop.example.com"]);
        // Times are the desk's, and the same in a browser that knows what day it is.
        let right = world.tab(Look::WIDE);
        right.lend_cookies(&tab);
        right.go(&format!("/t/{ticket}"));
        assert_eq!(right.text("ol.thread time"), times);
        // The chat keeps its key and its patience too.
        let chat = world.tab(Look::PHONE).with_clock_off_by(off);
        chat.go(&format!("/d/{DESK}/chat"));
        chat.write(Hand::Mouse, "#ask", OUTLOOK);
        chat.press(Hand::Mouse, ".ask-form .buttons button");
        chat.wait_for(".thread", "Thunderbird");
        chat.go(&format!("/d/{DESK}/chat"));
        chat.wait_for(".thread", "Thunderbird");
    }
}

#[test]
fn a_full_ticket_says_so_and_a_word_too_long_for_any_line_fits() {
    /// More than a ticket takes: long ones first, then short ones while there is a place left for them.
    const LONG: usize = 300;
    const SHORT: usize = 3_000;
    let world = world();
    let asked = world.desk.ask(DOWN, None);
    let (ticket, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
    let path = format!("/v1/tickets/{ticket}/messages");
    let is_refused = |body: &str| {
        let sent = world.desk.json("POST", &path, &key, &json!({"body": body}), None);
        match sent.status {
            201 => false,
            409 => {
                let detail = sent.text("/detail");
                assert!(detail.contains("Open a new one"), "what to do instead: {detail}");
                true
            }
            _ => panic!("{sent:?}"),
        }
    };
    assert!(!is_refused(&"w".repeat(20_000)));
    let tab = world.tab(Look::PHONE);
    tab.go(&format!("/t/{ticket}?key={key}"));
    world.look_at(&tab, Hand::Mouse, "33-long-word");
    let long = "日本語".repeat(6_600);
    let taken = (0..LONG).take_while(|_| !is_refused(&long)).count();
    let short = (0..SHORT).take_while(|number| !is_refused(&format!("Message {number}"))).count();
    println!("{taken} long and {short} short messages taken");
    assert!((150..LONG).contains(&taken) && (100..SHORT).contains(&short), "{taken}, {short}");
    tab.go(&format!("/t/{ticket}"));
    let shown = bodies(&tab);
    assert!(
        shown.iter().rev().zip((0..short).rev()).all(|(words, number)| *words == format!("Message {number}"))
    );
    assert_eq!(shown.len(), 100);
    // One more from the page: refused in words, and kept.
    tab.write(Hand::Mouse, "#body", "And one more");
    tab.lead(|tab| tab.press(Hand::Mouse, "form[action*=messages] button"));
    let fault = tab.text("#fault");
    assert!(
        fault.contains("No more fits into this request.") && tab.value("#body") == "And one more",
        "{fault}"
    );
    println!("the page says: {}", tab.text("#fault"));
    world.look_at(&tab, Hand::Mouse, "34-thread-is-full");
}

#[test]
fn whatever_is_written_is_only_words() {
    let world = world();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("<img src=x onerror=window.harmed=1>.log");
    std::fs::write(&file, HOSTILE).unwrap();
    for look in [Look::PHONE, Look::WIDE.dark()] {
        let tab = world.tab(look);
        tab.go(&format!("/d/{DESK}"));
        tab.write(Hand::Mouse, "#body", &format!("My website is down {HOSTILE} </textarea></form>{HOSTILE}"));
        tab.write(Hand::Mouse, "#name", HOSTILE);
        tab.choose(Hand::Mouse, "#files", &[&file]);
        tab.lead(|tab| tab.press(Hand::Mouse, "form .buttons button"));
        assert!(tab.text("ol.thread").contains(HOSTILE), "{}", tab.text("main"));
        assert!(tab.has("ul.files a"));
        unharmed(&tab);
        world.look_at(&tab, Hand::Mouse, "35-hostile-words");
        // Heard live, refused and typed again, from people, and in what is read aloud.
        let ticket = tab.address()["/t/".len()..].to_owned();
        tab.wait("a stream", |tab| tab.has_stream().then_some(()));
        world.reply(&ticket, HOSTILE, "wait");
        tab.wait("their answer", |tab| (bodies(tab).len() == 2).then_some(()));
        assert_eq!(bodies(&tab)[1], HOSTILE);
        unharmed(&tab);
        // From tier 1, on the ticket's page, in suggestions, in the help pages, and in the chat.
        world.ask(&tab, Hand::Mouse, RECORDS);
        assert!(tab.text("ol.thread").contains(HOSTILE), "{}", tab.text("main"));
        unharmed(&tab);
        tab.go(&format!("/d/{DESK}"));
        tab.write(Hand::Mouse, "#body", RECORDS);
        tab.wait("suggestions", |tab| tab.has(".suggestions:not([hidden])").then_some(()));
        assert!(
            tab.eval("document.querySelector('.suggestions').textContent")
                .as_str()
                .unwrap()
                .contains(HOSTILE)
        );
        unharmed(&tab);
        tab.go(&format!("/d/{DESK}/help/en/dns-records"));
        assert!(tab.text("article").contains(HOSTILE), "{}", tab.text("main"));
        unharmed(&tab);
        tab.go(&format!("/d/{DESK}/chat"));
        tab.write(Hand::Mouse, "#ask", RECORDS);
        tab.press(Hand::Mouse, ".ask-form .buttons button");
        tab.wait_for(".thread", HOSTILE);
        unharmed(&tab);
        let faults = tab.faults_so_far();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
