//! What customers come to do, each with both hands and on every kind of screen.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use crate::world::{DOWN, OUTLOOK, ways, world};
use std::path::Path;
use tierline_e2e::DESK;

#[test]
fn asks_and_is_answered_then_says_so_and_rates() {
    let world = world();
    for (hand, look) in ways() {
        let tab = world.tab(look);
        tab.go(&format!("/d/{DESK}"));
        world.look_at(&tab, hand, "1-form");
        world.ask(&tab, hand, OUTLOOK);
        assert!(tab.text(".state").contains("We have an answer for you."), "{}", tab.text("main"));
        world.look_at(&tab, hand, "2-answered");
        tab.lead(|tab| tab.press(hand, "[name=solved][value=true]"));
        assert!(tab.text(".state").contains("This request is closed."));
        world.look_at(&tab, hand, "3-closed");
        tab.press(hand, "[name=verdict][value=like]");
        tab.write(hand, "#comment", "Quick & kind");
        tab.lead(|tab| tab.press(hand, "form[action*=rating] button"));
        assert_eq!(tab.value("#comment"), "Quick & kind");
        assert!(tab.text("main").contains("Thank you for your opinion."));
        world.look_at(&tab, hand, "4-rated");
    }
}

#[test]
fn was_not_helped_and_stands_in_the_queue() {
    let world = world();
    for (hand, look) in ways() {
        let tab = world.tab(look);
        world.ask(&tab, hand, OUTLOOK);
        tab.lead(|tab| tab.press(hand, "[name=solved][value=false]"));
        let state = tab.text(".state");
        assert!(state.contains("Your request is in the queue.") && state.contains("number"), "{state}");
        world.look_at(&tab, hand, "5-not-helped");
    }
}

#[test]
fn waits_and_talks_with_people() {
    let world = world();
    for (hand, look) in ways() {
        let tab = world.tab(look);
        let ticket = world.ask(&tab, hand, DOWN);
        assert!(tab.text(".state").contains("Your request is in the queue."));
        world.look_at(&tab, hand, "6-queued");
        world.reply(&ticket, "Which domain is it?\nWe look at its log meanwhile.", "wait");
        tab.go(&format!("/t/{ticket}"));
        assert!(tab.text(".state").contains("waiting for your reply"), "{}", tab.text(".state"));
        world.look_at(&tab, hand, "7-asked-back");
        tab.write(hand, "#body", "It is shop.example.com");
        tab.lead(|tab| tab.press(hand, "form[action*=messages] button"));
        assert!(tab.text("ol.thread").contains("It is shop.example.com"));
        assert!(tab.text(".state").contains("Your request is in the queue."));
        world.look_at(&tab, hand, "8-replied");
    }
}

#[test]
fn sends_a_file_along() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("error <1>.log");
    std::fs::write(&log, "worker 3 exited\n").unwrap();
    let svg = folder.path().join("logo.svg");
    std::fs::write(&svg, "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    let world = world();
    for (hand, look) in ways() {
        let tab = world.tab(look);
        world.ask(&tab, hand, DOWN);
        let send = |file: &Path| {
            tab.write(hand, "#body", "See here.");
            tab.choose(hand, "#files", &[file]);
            tab.lead(|tab| tab.press(hand, "form[action*=messages] button"));
        };
        send(&svg);
        assert!(tab.text("#fault").contains("of a type we do not take"), "{}", tab.text("main"));
        assert_eq!(tab.value("#body"), "See here.", "what was typed is kept");
        world.look_at(&tab, hand, "9-wrong-file");
        tab.eval("document.querySelector('#body').value = ''");
        send(&log);
        assert!(tab.text("ul.files").contains("error 1.log"), "{}", tab.text("main"));
        world.look_at(&tab, hand, "10-with-file");
    }
}

#[test]
fn makes_a_mistake_and_loses_nothing() {
    let world = world();
    for (hand, look) in ways() {
        let tab = world.tab(look);
        tab.go(&format!("/d/{DESK}"));
        // The browser takes it for words, the desk does not.
        tab.write(hand, "#body", "   ");
        tab.write(hand, "#name", "Ada <Lovelace>");
        tab.write(hand, "#email", "ada@example.com");
        tab.lead(|tab| tab.press(hand, "form button"));
        assert!(tab.text("#fault").contains("Please write what you need help with"), "{}", tab.text("main"));
        assert_eq!(tab.value("#name"), "Ada <Lovelace>");
        assert_eq!(tab.value("#email"), "ada@example.com");
        assert!(tab.has("#body[aria-invalid=true][aria-describedby=fault]"));
        world.look_at(&tab, hand, "11-mistake");
        tab.write(hand, "#body", OUTLOOK);
        tab.lead(|tab| tab.press(hand, "form button"));
        assert!(tab.address().starts_with("/t/"), "{}", tab.text("main"));
    }
}
