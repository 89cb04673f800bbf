//! The chat on other sites: by both hands, over a network that goes, and against pages that mean harm.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use crate::world::{DOWN, OUTLOOK, World, world};
use serde_json::{Value, json};
use std::path::Path;
use tierline_e2e::browser::{Chromium, Hand, Look, Tab};
use tierline_e2e::{DESK, token};
use tierline_native::customer_token_at;

const BUTTON: &str = "[data-tierline] >>> button";
const BADGE: &str = "[data-tierline] >>> .badge";
const PANEL: &str = "[data-tierline] >>> .panel.open";
const WORDS: &str = "textarea[name=body]";

/// The other site's page, with the launcher on it.
fn visit(world: &World, look: Look) -> Tab {
    let tab = world.tab_at(&world.shop, look);
    tab.go("/");
    tab.wait("the launcher", |tab| tab.has(BUTTON).then_some(()));
    tab
}

/// Opens the chat: its frame.
fn open(world: &World, tab: &Tab, hand: Hand) -> Tab {
    tab.press(hand, BUTTON);
    let frame = tab.frame(&world.desk.host.url);
    frame.wait("the focus where one writes", |frame| frame.has_focus("#ask").then_some(()));
    frame
}

fn ask(frame: &Tab, hand: Hand, words: &str) {
    frame.write(hand, "#ask", words);
    frame.press(hand, ".ask-form .buttons button");
    frame.wait("the thread", |frame| frame.has(".talk:not([hidden]) .thread li").then_some(()));
}

/// The ticket of a chat.
fn ticket(frame: &Tab) -> String {
    let link = frame.eval("document.querySelector('.own-page').getAttribute('href')");
    link.as_str().unwrap().strip_prefix("/t/").unwrap().split('?').next().unwrap().to_owned()
}

fn requests(tab: &Tab) -> String {
    tab.eval("performance.getEntriesByType('resource').map(entry => entry.name).join(' ')")
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn asks_and_is_answered_in_the_chat_by_mouse_and_by_keyboard() {
    let world = world();
    let ways = [
        (Hand::Mouse, Look::PHONE),
        (Hand::Keyboard, Look::WIDE),
        (Hand::Mouse, Look::WIDE.dark()),
        (Hand::Keyboard, Look::PHONE.dark()),
    ];
    for (hand, look) in ways {
        let tab = visit(world, look);
        let before = tab.wait("all of the page", |tab| tab.is_quiet().then(|| requests(tab)));
        assert!(
            before.contains("widget.js") && !before.contains("chat"),
            "nothing until it is opened: {before}"
        );
        let frame = open(world, &tab, hand);
        assert_eq!(tab.eval("shifted"), 0, "nothing on the page moves");
        world.look_at_chat((&tab, &frame), "20-chat");
        ask(&frame, hand, OUTLOOK);
        frame.wait_for(".state", "We have an answer for you.");
        frame.wait_for(".thread", "Thunderbird");
        world.look_at_chat((&tab, &frame), "21-chat-answered");
        frame.press(hand, "[name=solved][value=true]");
        frame.wait_for(".state", "This request is closed.");
        frame.press(hand, "[name=verdict][value=like]");
        frame.press(hand, "form[action*=rating] button");
        frame.wait_for(".talk", "Thank you for your opinion.");
        world.look_at_chat((&tab, &frame), "22-chat-rated");
        tab.key("Escape");
        tab.wait("the focus back on the button", |tab| {
            (!tab.has(PANEL) && tab.has_focus(BUTTON)).then_some(())
        });
        let heard = tab.eval("JSON.stringify(heard)").as_str().unwrap().to_owned();
        for what in ["Outlook", "tlc_", "Thunderbird", "01"] {
            assert!(!heard.contains(what), "the page around hears nothing of it: {heard}");
        }
        assert!(
            heard.contains("\"unread\"")
                && tab.faults_so_far().is_empty()
                && frame.faults_so_far().is_empty()
        );
    }
}

#[test]
fn is_told_of_answers_on_other_pages_of_the_site() {
    let world = world();
    let tab = visit(world, Look::WIDE);
    let frame = open(world, &tab, Hand::Mouse);
    ask(&frame, Hand::Mouse, DOWN);
    frame.wait_for(".state", "number");
    let ticket = ticket(&frame);
    world.look_at_chat((&tab, &frame), "23-chat-in-line");
    tab.press(Hand::Mouse, BUTTON);
    assert!(!tab.has(PANEL));
    world.reply(&ticket, "Which domain is it?", "wait");
    tab.wait_for(BADGE, "1");
    assert!(
        tab.eval("document.querySelector('[data-tierline]').shadowRoot.querySelector('button').ariaLabel")
            .as_str()
            .unwrap()
            .contains("New messages: 1")
    );
    drop(frame);
    // Another page of the site.
    tab.go("/boats");
    let frame = tab.frame(&world.desk.host.url);
    tab.wait_for(BADGE, "1");
    tab.press(Hand::Mouse, BUTTON);
    frame.wait("the focus where one writes", |frame| frame.has_focus(".composer textarea").then_some(()));
    frame.wait_for(".thread", "Which domain is it?");
    tab.wait("nothing unread", |tab| tab.has("[data-tierline] >>> .badge[hidden]").then_some(()));
    frame.write(Hand::Mouse, WORDS, "shop.example.com");
    frame.press(Hand::Mouse, ".composer button");
    frame.wait_for(".thread", "shop.example.com");
    assert_eq!(frame.value(WORDS), "", "what was sent is no draft");
    // And while it is open, read aloud.
    world.reply(&ticket, "It runs again.", "solve");
    frame.wait_for(".thread", "It runs again.");
    let said = frame.eval("document.querySelector('.unseen').textContent");
    assert!(said.as_str().unwrap().contains("It runs again."), "{said}");
    world.look_at_chat((&tab, &frame), "24-chat-conversation");
    frame.press(Hand::Mouse, ".again button");
    frame.wait("a new question", |frame| frame.has_focus("#ask").then_some(()));
    // Signing out on the site leaves nothing here.
    tab.eval("tierline.forget(); localStorage.length");
    frame.wait("nothing kept", |frame| {
        (frame
            .eval("localStorage.getItem('tierline:harborline') ?? ''")
            .as_str()
            .unwrap()
            .matches("tlc_")
            .count()
            == 0)
            .then_some(())
    });
    assert!(tab.faults_so_far().is_empty() && frame.faults_so_far().is_empty());
}

#[test]
fn a_long_chat_shows_its_end_and_the_rest_when_asked() {
    let world = world();
    let tab = visit(world, Look::WIDE);
    let frame = open(world, &tab, Hand::Mouse);
    ask(&frame, Hand::Mouse, DOWN);
    frame.wait_for(".state", "number");
    let ticket = ticket(&frame);
    world.staff("bruno", "PUT", &ticket, "claim", &Value::Null);
    for step in 1..=150 {
        let reply = json!({"body": format!("We are at step {step}."), "then": "keep"});
        world.staff("bruno", "POST", &ticket, "replies", &reply);
    }
    frame.wait_for(".thread", "We are at step 150.");
    drop(frame);
    tab.go("/boats");
    let frame = tab.frame(&world.desk.host.url);
    tab.press(Hand::Mouse, BUTTON);
    let count = |frame: &Tab| frame.eval("document.querySelectorAll('.thread > li').length");
    frame.wait("the latest", |frame| (count(frame) == 100).then_some(()));
    world.look_at_chat((&tab, &frame), "28-chat-long");
    frame.press(Hand::Mouse, "[data-older] a");
    frame.wait("all of it", |frame| (count(frame) == 151).then_some(()));
    assert!(frame.text(".thread > li").contains(DOWN) && !frame.has("[data-older] a"));
    world.reply(&ticket, "One more.", "keep");
    frame.wait_for(".thread", "One more.");
    assert_eq!(count(&frame), 152);
    assert!(frame.faults_so_far().is_empty(), "{:?}", frame.faults_so_far());
}

#[test]
fn a_network_that_goes_loses_and_doubles_nothing() {
    let world = world();
    let tab = visit(world, Look::PHONE);
    let frame = open(world, &tab, Hand::Mouse);
    let words = "My website shows error 503 since the network went";
    frame.block(&["*/requests"]);
    frame.write(Hand::Mouse, "#ask", words);
    frame.press(Hand::Mouse, ".ask-form .buttons button");
    frame.wait_for(".note", "No connection.");
    world.look_at_chat((&tab, &frame), "25-chat-offline");
    drop(frame);
    // The page is left before anything could be sent: what was typed is there again.
    tab.go("/boats");
    tab.wait("the launcher", |tab| tab.has(BUTTON).then_some(()));
    tab.press(Hand::Mouse, BUTTON);
    let frame = tab.frame(&world.desk.host.url);
    frame.wait("what was typed", |frame| (frame.value("#ask") == words).then_some(()));
    frame.press(Hand::Mouse, ".ask-form .buttons button");
    frame.wait_for(".state", "Your request is in the queue.");
    let ticket = ticket(&frame);
    // Its stream is cut, and an answer comes meanwhile.
    frame.offline(true);
    world.reply(&ticket, "Restarted.", "wait");
    frame.write(Hand::Mouse, WORDS, "Still nothing");
    frame.press(Hand::Mouse, ".composer button");
    frame.wait_for(".note", "No connection.");
    assert!(!frame.text(".thread").contains("Restarted."));
    frame.offline(false);
    frame.wait_for(".thread", "Restarted.");
    frame.wait_for(".thread", "Still nothing");
    assert_eq!(frame.eval("document.querySelectorAll('.thread > li').length"), 3);
}

#[test]
fn sends_a_file_and_gets_it_back() {
    let world = world();
    let tab = visit(world, Look::WIDE);
    let frame = open(world, &tab, Hand::Mouse);
    ask(&frame, Hand::Mouse, DOWN);
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chat 1.log");
    std::fs::write(&log, "upstream timed out\n").unwrap();
    frame.choose(Hand::Mouse, ".composer [type=file]", &[&log]);
    frame.write(Hand::Mouse, WORDS, "Here it is");
    frame.press(Hand::Mouse, ".composer button");
    frame.wait_for("ul.files", "chat 1.log");
    frame.eval("{ const make = URL.createObjectURL; URL.createObjectURL = file => { window.got = file.size; return make(file) } }");
    frame.press(Hand::Mouse, "ul.files a");
    frame.wait("the file", |frame| (frame.eval("window.got ?? 0") == 19).then_some(()));
    // What is no file that the desk takes is refused, and the words stay.
    let fake = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fake.png");
    std::fs::write(&fake, "no picture").unwrap();
    frame.choose(Hand::Mouse, ".composer [type=file]", &[&fake]);
    frame.write(Hand::Mouse, WORDS, "And this");
    frame.press(Hand::Mouse, ".composer button");
    frame.wait_for(".fault", "not what its name says");
    // Also once the ticket's page has been read again.
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(frame.value(WORDS), "And this");
    world.look_at_chat((&tab, &frame), "26-chat-refused-file");
}

#[test]
fn nobody_else_reads_or_ends_a_thread() {
    let world = world();
    let tab = visit(world, Look::WIDE);
    let frame = open(world, &tab, Hand::Mouse);
    ask(&frame, Hand::Mouse, DOWN);
    let (ticket, desk) = (ticket(&frame), world.desk.host.url.clone());
    // Something on the same page that is another's talks to every window it reaches.
    let advert = format!(
        "{{ const advert = document.createElement('iframe'); advert.src = '{}/advert'; document.body.append(advert); }}",
        world.stranger.origin
    );
    let tab = tab.asking(&world.stranger.origin);
    tab.eval(&advert);
    let other = tab.frame(&world.stranger.origin);
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(tab.has("[data-tierline] >>> .badge[hidden]") && frame.text(".thread").contains("error 503"));
    assert_eq!(tab.eval("localStorage.getItem('tierline:harborline')"), "1", "nor is it taken for gone");
    // It cannot look into the thread, and neither can the site itself; what only looks like the site is not obeyed.
    let looks = "[...Array(parent.length).keys()].map(number => { try { return parent[number].document.body.innerText } \
        catch (error) { return error.name } }).join()";
    assert!(!other.eval(looks).as_str().unwrap().contains("error 503"));
    let looks = "(() => { try { return document.querySelector('[data-tierline]').shadowRoot.querySelector('iframe') \
        .contentWindow.document.body.innerText } catch (error) { return error.name } })()";
    assert_eq!(tab.eval(looks), "SecurityError");
    for eyes in [&tab, &other] {
        let fetched = eyes.eval(&format!(
            "fetch('{desk}/t/{ticket}', {{credentials: 'include'}}).then(answer => answer.text()).catch(error => error.name)"
        ));
        assert_eq!(fetched, "TypeError");
    }
    let forget = "data: {tierline: 'forget'}";
    for (source, origin) in [
        ("parent", world.stranger.origin.as_str()),
        ("parent", "null"),
        ("window", &world.shop.origin),
        ("null", &desk),
    ] {
        let said = format!("new MessageEvent('message', {{source: {source}, origin: '{origin}', {forget}}})");
        frame.eval(&format!("dispatchEvent({said}); 0"));
        assert!(frame.text(".thread").contains("error 503"), "{source} {origin}");
    }
    for data in ["'forget'", "null", "{tierline: 'constructor'}", "{tierline: ['forget']}", "{tierline: {}}"]
    {
        tab.eval(&format!("document.querySelector('[data-tierline]').shadowRoot.querySelector('iframe').contentWindow.postMessage({data}, '*'); 0"));
    }
    // A page that the desk does not list gets no frame, whoever is in front of it, and is told where to ask instead.
    let evil = world.tab_at(&world.stranger, Look::WIDE);
    evil.go("/");
    evil.wait("the launcher", |tab| tab.has(BUTTON).then_some(()));
    evil.press(Hand::Mouse, BUTTON);
    evil.wait_for("[data-tierline] >>> .panel", "The chat cannot be opened here.");
    assert_eq!(evil.eval("JSON.stringify(heard)"), "[]");
    // Nor does another window that it opens obey it.
    evil.eval(&format!("window.chat = open('{desk}/d/{DESK}/chat'); 0"));
    // It lets go of the window that opened it.
    evil.wait("a chat of its own", |tab| (tab.eval("chat.closed") == true).then_some(()));
    evil.eval("chat.postMessage({tierline: 'hello'}, '*'); chat.postMessage({tierline: 'forget'}, '*'); 0");
    assert_eq!(evil.eval("JSON.stringify(heard)"), "[]");
}

#[test]
fn who_lets_nothing_be_kept_can_ask_and_is_told() {
    let world = world();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chromium-keeping-nothing");
    let _ = std::fs::remove_dir_all(&folder);
    let chromium = Chromium::keeping_nothing(&folder);
    let tab = chromium.tab(&world.shop.origin, Look::PHONE).asking(&world.desk.host.url);
    tab.go("/");
    tab.wait("the launcher", |tab| tab.has(BUTTON).then_some(()));
    let frame = open(world, &tab, Hand::Mouse);
    let kept =
        frame.eval("(() => { try { return localStorage.length } catch (error) { return error.name } })()");
    assert_eq!(kept, "SecurityError");
    ask(&frame, Hand::Mouse, DOWN);
    frame.wait_for(".note", "Your browser keeps nothing for this site");
    world.look_at_chat((&tab, &frame), "27-chat-not-kept");
    world.reply(&ticket(&frame), "Restarted.", "wait");
    frame.wait_for(".thread", "Restarted.");
}

#[test]
fn speaks_the_customers_language_and_opens_by_itself_too() {
    let world = world();
    for language in ["de", "es", "fr", "ja", "pt", "ru"] {
        let tab = visit(world, Look::PHONE.speaking(language));
        let frame = open(world, &tab, Hand::Mouse);
        assert_eq!(frame.eval("document.documentElement.lang"), language);
        world.look_at_chat((&tab, &frame), "28-chat");
    }
    // Without a site around it.
    let tab = world.tab(Look::WIDE);
    tab.go(&format!("/d/{DESK}/chat"));
    ask(&tab, Hand::Keyboard, DOWN);
    tab.wait_for(".state", "Your request is in the queue.");
    world.look_at(&tab, Hand::Mouse, "29-chat-alone");
    let shown =
        world.desk.json("GET", &format!("/v1/tickets/{}", ticket(&tab)), &token("bruno"), &json!(null), None);
    assert_eq!(shown.body["thread"][0]["channel"], "chat", "{shown:?}");
}

#[test]
fn whom_the_site_knows_is_known_in_the_chat() {
    let world = world();
    let tab = visit(world, Look::WIDE);
    // Signed by the site's server, for a few minutes, when it is asked for.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let signed = customer_token_at(now.try_into().unwrap(), "c-1207");
    tab.eval(&format!(
        "window.asked = 0; tierline.identify(async () => {{ asked++; return '{signed}' }}); 0"
    ));
    let frame = open(world, &tab, Hand::Mouse);
    assert_eq!(tab.eval("asked"), 0, "not before it is needed");
    ask(&frame, Hand::Mouse, DOWN);
    assert_eq!(tab.eval("asked"), 1);
    let whose = |frame: &Tab| {
        let path = format!("/v1/tickets/{}", ticket(frame));
        world.desk.json("GET", &path, &token("bruno"), &json!(null), None).body["desk"]["customer"].clone()
    };
    let customer = whose(&frame);
    assert!(customer.to_string().contains("c-1207"), "{customer}");
    // The token goes to the desk, and stays nowhere.
    assert!(!frame.eval("JSON.stringify(localStorage)").as_str().unwrap().contains(&signed[..20]));
    assert!(!tab.eval("JSON.stringify(heard)").as_str().unwrap().contains(&signed[..20]));
    // Signed out: whoever asks next is somebody else.
    tab.eval("tierline.forget(); 0");
    frame.wait("a new question", |frame| frame.has(".ask-form #ask").then_some(()));
    ask(&frame, Hand::Mouse, DOWN);
    let customer = whose(&frame);
    assert!(!customer.to_string().contains("c-1207"), "{customer}");
    // What is no token of the site's vouches for nobody: they ask as anybody does, and the site's console says so.
    let tab = visit(world, Look::WIDE);
    let forged = format!("{}x", &signed[..signed.len() - 1]);
    tab.eval(&format!("tierline.identify(() => '{forged}'); 0"));
    let frame = open(world, &tab, Hand::Mouse);
    ask(&frame, Hand::Mouse, DOWN);
    assert!(!whose(&frame).to_string().contains("c-1207"));
    let faults = tab.faults_so_far();
    assert!(matches!(&faults[..], [one] if one.contains("did not take the customer token")), "{faults:?}");
}
