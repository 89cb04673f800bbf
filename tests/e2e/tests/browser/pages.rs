//! What holds for every page: languages, weight, no script needed, and pages that cannot be shown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use crate::world::{DOWN, OUTLOOK, ways, world};
use tierline_e2e::DESK;
use tierline_e2e::browser::{Hand, Look};

/// What a ticket's page may weigh with all it loads, heads included, for a browser that has nothing of it.
const TICKET_PAGE_BYTES_MAX: u64 = 60_000;

#[test]
fn a_tickets_page_weighs_little() {
    let world = world();
    let tab = world.tab(Look::PHONE);
    let ticket = world.ask(&tab, Hand::Mouse, OUTLOOK);
    // Another tab with nothing in its cache, by the same cookie.
    let fresh = world.tab(Look::PHONE);
    fresh.lend_cookies(&tab);
    fresh.go(&format!("/t/{ticket}"));
    assert!(fresh.text("main").contains("We have an answer for you."));
    let bytes = fresh.wait("all of the page", |tab| tab.is_quiet().then(|| tab.bytes()));
    println!("a ticket's page: {bytes} bytes");
    assert!((1_000..TICKET_PAGE_BYTES_MAX).contains(&bytes), "{bytes} bytes");
}

#[test]
fn pages_fit_a_phone_in_every_language() {
    let world = world();
    for language in ["de", "es", "fr", "ja", "pt", "ru"] {
        let tab = world.tab(Look::PHONE.speaking(language));
        tab.go(&format!("/d/{DESK}"));
        assert_eq!(tab.eval("document.documentElement.lang"), language);
        world.look_at(&tab, Hand::Mouse, "12-form");
        world.ask(&tab, Hand::Mouse, DOWN);
        world.look_at(&tab, Hand::Mouse, "13-ticket");
    }
}

#[test]
fn help_is_read_and_searched_by_mouse_and_by_keyboard() {
    let world = world();
    for (hand, look) in ways() {
        let tab = world.tab(look);
        tab.go(&format!("/d/{DESK}/help"));
        assert_eq!(tab.address(), format!("/d/{DESK}/help/en"), "in the browser's language");
        world.look_at(&tab, hand, "16-help");
        tab.write(hand, "#q", "outlook");
        tab.lead(|tab| tab.press(hand, "form[role=search] button"));
        assert!(tab.text("[role=status]").contains("“outlook”"), "{}", tab.text("main"));
        world.look_at(&tab, hand, "17-help-search");
        tab.lead(|tab| tab.press(hand, "ol a"));
        assert!(tab.text("article").contains("Thunderbird"), "{}", tab.text("main"));
        world.look_at(&tab, hand, "18-help-page");
        tab.lead(|tab| tab.press(hand, "section a"));
        assert_eq!(tab.address(), format!("/d/{DESK}"), "it did not help: ask");
    }
}

#[test]
fn all_works_without_scripts() {
    let world = world();
    let tab = world.tab(Look::WIDE.without_scripts());
    let ticket = world.ask(&tab, Hand::Mouse, DOWN);
    world.reply(&ticket, "Restarted.", "solve");
    tab.lead(|tab| tab.press(Hand::Mouse, "footer a"));
    assert!(tab.text("ol.thread").contains("Restarted."), "{}", tab.text("main"));
    tab.press(Hand::Mouse, "[name=verdict][value=like]");
    tab.lead(|tab| tab.press(Hand::Mouse, "form[action*=rating] button"));
    assert!(tab.text("main").contains("Thank you for your opinion."));
    tab.write(Hand::Mouse, "#body", "Thank you!");
    tab.lead(|tab| tab.press(Hand::Mouse, "form[action*=messages] button"));
    assert!(tab.text("ol.thread").contains("Thank you!") && !tab.has_stream());
    assert!(tab.faults_so_far().is_empty());
}

#[test]
fn what_cannot_be_shown_is_said_kindly() {
    let world = world();
    for look in [Look::PHONE, Look::WIDE.dark()] {
        let tab = world.tab(look);
        tab.go("/t/01890a5d-ac96-774b-bcce-b302099a8057");
        assert!(tab.text("h1").contains("cannot be opened"), "{}", tab.text("main"));
        world.look_at(&tab, Hand::Mouse, "14-lost");
        tab.go("/d/nobody");
        world.look_at(&tab, Hand::Mouse, "15-nothing");
    }
}

#[test]
fn answers_are_offered_while_one_types_and_are_in_nobodys_way() {
    let world = world();
    for (hand, look) in [(Hand::Mouse, Look::PHONE), (Hand::Keyboard, Look::WIDE.dark())] {
        let tab = world.tab(look);
        tab.go(&format!("/d/{DESK}"));
        tab.write(hand, "#body", "How do I set up my email in Outl");
        tab.wait_for(".suggestions", "in outlook");
        world.look_at(&tab, Hand::Mouse, "19-suggestions");
        tab.press(hand, ".suggestions summary");
        assert!(tab.text(".suggestions details[open] .words").contains("Outlook"), "{}", tab.text("form"));
        assert!(tab.has(".suggestions a[target=_blank][href*='/help/en/email-client-settings']"));
        // What is typed stays, and is asked all the same.
        assert_eq!(tab.value("#body"), "How do I set up my email in Outl");
        tab.lead(|tab| tab.press(hand, "form .buttons button"));
        assert!(tab.address().starts_with("/t/"), "{}", tab.text("main"));
    }
    // Where they cannot be had, nothing is missed.
    let tab = world.tab(Look::PHONE);
    tab.block(&["*/suggestions"]);
    tab.go(&format!("/d/{DESK}"));
    tab.write(Hand::Mouse, "#body", OUTLOOK);
    tab.wait("a refused request", |tab| (tab.refused() > 0).then_some(()));
    assert!(tab.has(".suggestions[hidden]") && tab.faults_so_far().is_empty());
    tab.lead(|tab| tab.press(Hand::Mouse, "form .buttons button"));
    assert!(tab.text(".state").contains("We have an answer for you."));
}

#[test]
fn the_styleguide_is_as_it_says_pages_should_be() {
    let world = world();
    for look in [Look::PHONE, Look::WIDE.dark()] {
        let tab = world.tab(look);
        // With colours that are just taken: on every control they can be read, by day and in the dark.
        for (accent, name) in [
            ("", "30-styleguide"),
            ("?accent=7a3b00", "31-styleguide-brown"),
            ("?accent=606060", "32-styleguide-grey"),
        ] {
            tab.go(&format!("/styleguide{accent}"));
            assert!(!tab.has("#refused"), "{accent}: {}", tab.text("#refused"));
            world.look_at(&tab, Hand::Mouse, name);
        }
    }
}
