//! A page that is open says what happens, and takes nothing away from whoever uses it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use crate::world::{DOWN, world};
use serde_json::{Value, json};
use std::time::Duration;
use tierline_e2e::browser::{Hand, Look, Tab};
use tierline_e2e::{Stream, token};

/// What was put into the region that screen readers read aloud.
fn announced(tab: &Tab) -> String {
    tab.eval("document.querySelector('[data-said]').textContent").as_str().unwrap().to_owned()
}

/// Waits until the page listens: until its desk has a stream of it.
fn listens(tab: &Tab) {
    tab.wait("a stream", |tab| tab.has_stream().then_some(()));
}

#[test]
fn what_happens_is_shown_and_announced_and_what_is_typed_stays() {
    let world = world();
    for look in [Look::PHONE, Look::WIDE.dark()] {
        let tab = world.tab(look);
        let ticket = world.ask(&tab, Hand::Mouse, DOWN);
        let other = world.tab(look);
        other.lend_cookies(&tab);
        other.go(&format!("/t/{ticket}"));
        for tab in [&tab, &other] {
            listens(tab);
        }
        tab.write(Hand::Mouse, "#body", "It is shop.ex");
        world.staff("bruno", "PUT", &ticket, "claim", &Value::Null);
        tab.wait_for(".state", "Somebody is working on your request.");
        world.staff("bruno", "POST", &ticket, "notes", &json!({"body": "Between us."}));
        let reply = json!({"body": "Which domain is it?", "then": "wait"});
        world.staff("bruno", "POST", &ticket, "replies", &reply);
        for tab in [&tab, &other] {
            tab.wait_for("ol.thread", "Which domain is it?");
            tab.wait_for(".state", "waiting for your reply");
            assert!(announced(tab).contains("Which domain is it?"), "{}", announced(tab));
            assert!(!tab.text("body").contains("Between us."));
        }
        // Where somebody types nothing is replaced, and the caret stays; elsewhere what is new can be pressed.
        assert_eq!(tab.value("#body"), "It is shop.ex");
        tab.wait_for("main", "Did this solve your problem?");
        tab.go_on_writing("ample.com");
        assert_eq!(tab.value("#body"), "It is shop.example.com");
        world.look_at(&tab, Hand::Mouse, "16-live");
        tab.lead(|tab| tab.press(Hand::Keyboard, "form[action*=messages] button"));
        // The other tab hears of it too, and one's own words are not read out.
        other.wait_for("ol.thread", "It is shop.example.com");
        assert!(!announced(&other).contains("shop.example.com"));
        assert_eq!(other.eval("document.querySelectorAll('ol.thread > li').length"), 3);
        assert!(other.faults_so_far().is_empty());
    }
}

#[test]
fn a_place_moves_while_one_looks() {
    let world = world();
    let (ahead, behind) = (world.tab(Look::WIDE), world.tab(Look::WIDE));
    let first = world.ask(&ahead, Hand::Mouse, DOWN);
    let _second = world.ask(&behind, Hand::Mouse, DOWN);
    let place = |tab: &Tab| -> u32 {
        let digits: String = tab
            .text(".state")
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        digits.parse().unwrap()
    };
    listens(&behind);
    let before = place(&behind);
    world.staff("bruno", "PUT", &first, "claim", &Value::Null);
    behind.wait("a better place", |tab| (place(tab) < before).then_some(()));
}

#[test]
fn a_key_that_is_renewed_shuts_the_page_and_keeps_the_words() {
    let world = world();
    let tab = world.tab(Look::PHONE);
    let ticket = world.ask(&tab, Hand::Mouse, DOWN);
    listens(&tab);
    tab.write(Hand::Mouse, "#body", "Half a sentence");
    world.staff("bruno", "POST", &ticket, "key", &Value::Null);
    tab.wait("no stream", |tab| (!tab.has_stream()).then_some(()));
    assert_eq!(tab.value("#body"), "Half a sentence");
}

#[test]
fn what_could_not_be_had_is_had_later() {
    let world = world();
    let tab = world.tab(Look::PHONE);
    let ticket = world.ask(&tab, Hand::Mouse, DOWN);
    listens(&tab);
    tab.block(&["*after=*"]);
    world.staff("bruno", "PUT", &ticket, "claim", &Value::Null);
    tab.wait("a refused request", |tab| (tab.refused() > 0).then_some(()));
    assert!(tab.text(".state").contains("Your request is in the queue."));
    tab.block(&[]);
    tab.wait_for(".state", "Somebody is working on your request.");
}

#[test]
fn a_rating_given_in_one_tab_shows_in_the_other() {
    let world = world();
    let tab = world.tab(Look::WIDE);
    let ticket = world.ask(&tab, Hand::Mouse, DOWN);
    world.reply(&ticket, "Restarted.", "solve");
    tab.go(&format!("/t/{ticket}"));
    let other = world.tab(Look::WIDE);
    other.lend_cookies(&tab);
    other.go(&format!("/t/{ticket}"));
    listens(&other);
    tab.press(Hand::Mouse, "[name=verdict][value=like]");
    tab.lead(|tab| tab.press(Hand::Mouse, "form[action*=rating] button"));
    other.wait_for("[data-part=rating]", "Thank you for your opinion.");
}

#[test]
fn who_writes_is_seen_on_the_other_side() {
    let world = world();
    let tab = world.tab(Look::PHONE);
    let ticket = world.ask(&tab, Hand::Mouse, DOWN);
    listens(&tab);
    let shown = |tab: &Tab| tab.eval("getComputedStyle(document.querySelector('[data-typing]')).visibility");
    let height = |tab: &Tab| tab.eval("document.documentElement.scrollHeight");
    let before = height(&tab);
    assert_eq!(shown(&tab), "hidden");
    // A stream and what is said of typing are one instance's, as a rule and not always: people who write say so again.
    tab.wait("that somebody writes", |tab| {
        world.staff("bruno", "POST", &ticket, "typing", &Value::Null);
        std::thread::sleep(Duration::from_millis(500));
        (shown(tab) == "visible").then_some(())
    });
    assert_eq!(height(&tab), before, "nothing moves");
    world.look_at(&tab, Hand::Mouse, "17-typing");
    world.reply(&ticket, "Which domain is it?", "wait");
    tab.wait_for("ol.thread", "Which domain is it?");
    tab.wait("nobody writes", |tab| (shown(tab) == "hidden").then_some(()));
    // The other way: what the customer does, as people's programs hear it.
    let mut events = Stream::open(&world.desk, &ticket, &token("bruno"));
    events.until("\"is_here\":true");
    tab.wait("that the customer writes", |tab| {
        tab.write(Hand::Mouse, "#body", "shop ");
        events.has_within("\"is_typing\":true", Duration::from_secs(1)).then_some(())
    });
    assert!(tab.faults_so_far().is_empty());
}
