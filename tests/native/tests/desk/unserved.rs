//! A ticket that nobody who is there can take: its customer is told the truth, and the desk's journal says so once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_file, demo_token};
use tierline_testkit::{Faults, Profile};

/// The people who take work from the consultants' line.
const CONSULTANTS: [&str; 4] = ["bruno", "chen", "ivan", "jun"];

fn desk() -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &demo_file())
}

fn ask(desk: &NativeDesk, name: &str) -> Answer {
    let body = json!({"body": "My website is down with error 503 service unavailable"});
    let asked = desk.send(name, &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    assert_eq!(asked.text("/queue/line"), "consultants", "{asked:?}");
    desk.settle(name);
    asked
}

fn say(desk: &NativeDesk, who: &str, state: &str, minutes: u32) {
    let path = format!("/v1/desks/{DESK}/people/{who}/presence");
    let said = Call::new("PUT", path).token(OPERATOR_TOKEN);
    let said = desk.send("say", &said.json(&json!({"state": state, "for_s": minutes * 60})));
    assert_eq!(said.status, 200, "{said:?}");
}

/// All who work on the line, for an hour.
fn all_away(desk: &NativeDesk) {
    for who in CONSULTANTS {
        say(desk, who, "away", 60);
    }
}

/// Whether the customer reads that nobody is there, and from when on somebody is.
fn told(desk: &NativeDesk, asked: &Answer) -> (bool, bool) {
    let shown = read(desk, asked);
    let queue = &shown.body["queue"];
    (queue["nobody_takes"].as_bool().unwrap(), queue["somebody_at"].is_string())
}

fn read(desk: &NativeDesk, asked: &Answer) -> Answer {
    let call = Call::new("GET", format!("/v1/tickets/{}", asked.text("/ticket/id")));
    desk.send("read", &call.token(&asked.text("/customer_key")))
}

fn tick(desk: &NativeDesk) -> Value {
    let ticked = desk.send("tick", &Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
    assert_eq!(ticked.status, 200, "{ticked:?}");
    desk.settle("tick");
    ticked.body["unserved"].clone()
}

/// How often the journal says of the ticket that nobody was there.
fn journaled(desk: &NativeDesk, asked: &Answer) -> usize {
    let path = format!("/v1/desks/{DESK}/audit?ticket={}", asked.text("/ticket/id"));
    let audit = desk.send("audit", &Call::new("GET", path).token(OPERATOR_TOKEN));
    let events = audit.body["events"].as_array().unwrap();
    events.iter().filter(|event| event["action"] == json!("unserved")).count()
}

#[test]
fn who_asks_while_all_are_away_is_told_so_and_the_journal_once() {
    let desk = desk();
    all_away(&desk);
    let asked = ask(&desk, "ask");
    assert_eq!(asked.body["queue"]["nobody_takes"], json!(true), "in the answer itself: {asked:?}");
    assert_eq!((told(&desk, &asked), journaled(&desk, &asked)), ((true, true), 1), "before any tick");
    assert_eq!((tick(&desk), journaled(&desk, &asked)), (json!(0), 1), "once");
    // Bruno is back sooner than he said.
    say(&desk, "bruno", "on_shift", 10);
    assert_eq!(told(&desk, &asked), (false, false), "at once");
    desk.minutes(11);
    all_away(&desk);
    assert_eq!(told(&desk, &asked), (true, true), "at once");
    assert_eq!(tick(&desk), json!(0));
    assert_eq!(journaled(&desk, &asked), 1, "no new event");
    desk.minutes(61);
    assert_eq!(told(&desk, &asked), (false, false), "the time they named is over, tick or no tick");
}

#[test]
fn who_waited_already_when_the_last_one_went_is_told_so_when_they_look() {
    let desk = desk();
    let asked = ask(&desk, "ask");
    let before = read(&desk, &asked);
    assert_eq!(told(&desk, &asked), (false, false));
    all_away(&desk);
    assert_eq!(
        (told(&desk, &asked), journaled(&desk, &asked)),
        ((true, true), 0),
        "nobody has reported it yet"
    );
    assert_eq!((tick(&desk), journaled(&desk, &asked)), (json!(1), 1));
    let line = desk.send("look", &Call::new("GET", format!("/v1/desks/{DESK}/lines")).token(OPERATOR_TOKEN));
    let lines = line.body["lines"].as_array().unwrap();
    assert!(
        lines.iter().any(|line| line["nobody_takes"].as_array().is_some_and(|sets| !sets.is_empty())),
        "{line:?}"
    );
    // Looking costs no write, and as much however many wait: the desk, its people, who is there.
    assert_eq!(before.before_answer.commits, 0);
    (0..40).for_each(|number| drop(ask(&desk, &format!("ask-{number}"))));
    say(&desk, "bruno", "on_shift", 60);
    let after = read(&desk, &asked).before_answer;
    assert_eq!((after.reads, after.commits), (before.before_answer.reads + 3, 0));
    // Who came since is looked at as it was: nobody has come or gone meanwhile.
    desk.minutes(1);
    let newer = ask(&desk, "newer");
    assert_eq!(read(&desk, &newer).before_answer.reads, before.before_answer.reads);
}

#[test]
fn of_whom_nothing_is_known_nothing_is_claimed() {
    let desk = desk();
    say(&desk, "bruno", "away", 60);
    let asked = ask(&desk, "ask");
    assert_eq!((told(&desk, &asked), tick(&desk)), ((false, false), json!(0)), "the others may be there");
}

#[test]
fn whoever_holds_a_ticket_of_the_line_is_there() {
    let desk = desk();
    let first = ask(&desk, "ask");
    let path = format!("/v1/tickets/{}/claim", first.text("/ticket/id"));
    let held = desk.send("hold", &Call::new("PUT", path).token(&demo_token("bruno")));
    assert_eq!(held.status, 200, "{held:?}");
    desk.settle("hold");
    all_away(&desk);
    let second = ask(&desk, "ask");
    assert_eq!((told(&desk, &second), tick(&desk)), ((false, false), json!(0)));
}

#[test]
fn a_shift_tells_when_somebody_comes() {
    // Virtual time begins on a Thursday.
    let file = demo_file();
    let with_shift = |file: &str, who: &str| {
        let id = format!("id = \"{who}\"\n");
        file.replacen(&id, &format!("{id}shifts.monday = [\"03:00-03:01\"]\n"), 1)
    };
    let file = CONSULTANTS.iter().fold(file, |file, who| with_shift(&file, who));
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &file);
    let asked = ask(&desk, "ask");
    assert_eq!(told(&desk, &asked), (true, true));
    let form = "body=My+website+is+down+with+error+503+service+unavailable";
    let call = Call::new("POST", format!("/d/{DESK}")).body(form.as_bytes());
    let sent = desk.send("form", &call.header("content-type", "application/x-www-form-urlencoded"));
    assert_eq!(sent.status, 303, "{sent:?}");
    desk.settle("form");
    let (path, cookies) = (sent.header("location"), sent.header("set-cookie"));
    let cookie = cookies.split(';').next().unwrap();
    for (language, words) in [("en", "Nobody who can take"), ("de", "niemand da"), ("es", "no hay nadie")] {
        let call = Call::new("GET", &path).header("cookie", cookie).header("accept-language", language);
        let page = desk.send("page", &call);
        assert!(String::from_utf8(page.raw).unwrap().contains(words), "{language}");
    }
}

#[test]
fn it_costs_a_commit_after_the_answer_and_its_readers_a_look_at_the_line() {
    let costs = |away: bool| {
        let desk = desk();
        if away {
            all_away(&desk);
        }
        let asked = ask(&desk, "intake");
        let commits = desk.settle("intake").commits;
        let shown = read(&desk, &asked);
        assert_eq!(shown.body["queue"]["nobody_takes"], json!(away));
        let read = shown.before_answer;
        (asked.before_answer.commits, commits, read.reads, read.commits)
    };
    // Ticket and place; the line's past, the journal, a list, the ticket. The step that says so is told with the others.
    assert_eq!((costs(false), costs(true)), ((2, 4, 5, 0), (2, 5, 10, 0)));
}
