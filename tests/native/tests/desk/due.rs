//! What has its time: found by when it is due, told and done once, late where no tick came, at the same cost however many
//! tickets are open.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_desk::{DirectoryDocument, PageDocument, TicketDocument};
use tierline_domain::ids::TicketId;
use tierline_domain::queue::{Directory, Entry, Insert, Page, PageId, Place, Sighting};
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, send, small_file};
use tierline_store::limits::DOCUMENT_BYTES_MAX;
use tierline_store::{Counts, Document, OperationId};
use tierline_testkit::{Faults, Profile};

const LEVEL: &str = "\n[[service_levels]]\nname = \"Everybody\"\nfirst_response_s = 3600\nnext_response_s = 1800\nresolution_s = 14400\n";

fn desk(tables: &str) -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &format!("{}{tables}", small_file()))
}

/// Whose consultants have 15 minutes of working time a ticket.
fn desk_with_time_box() -> NativeDesk {
    let line = "id = \"consultants\"\n";
    let file = small_file().replacen(line, &format!("{line}time_box_s = 900\n"), 1);
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &file)
}

fn ask(desk: &NativeDesk) -> Answer {
    let body = json!({"body": "My site is down", "customer": {"external_id": "c-1"}});
    let call = Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body);
    let asked = desk.send("ask", &call);
    assert_eq!(asked.status, 201, "{asked:?}");
    desk.settle("ask");
    asked
}

fn act(desk: &NativeDesk, asked: &Answer, method: &str, rest: &str, body: &Value) {
    let path = format!("/v1/tickets/{}{rest}", asked.text("/ticket/id"));
    let token = if rest == "/messages" { asked.text("/customer_key") } else { demo_token("bruno") };
    let call = Call::new(method, path).token(&token);
    let answer = desk.send("act", &if method == "POST" { call.json(body) } else { call });
    assert!(matches!(answer.status, 200 | 201), "{answer:?}");
    desk.settle("act");
}

fn reply(desk: &NativeDesk, asked: &Answer, then: &str) {
    act(desk, asked, "PUT", "/claim", &Value::Null);
    act(desk, asked, "POST", "/replies", &json!({"body": "Which page?", "then": then}));
}

fn tick_call(body: &Value) -> Call {
    Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN).json(body)
}

/// A tick that looks at the newest ticket alone, beside what is due.
fn tick(desk: &NativeDesk) -> Value {
    let ticked = desk.send("tick", &tick_call(&json!({"limit": 1})));
    assert_eq!(ticked.status, 200, "{ticked:?}");
    desk.settle("tick");
    ticked.body
}

fn told(tick: &Value) -> [u64; 3] {
    ["warned", "missed", "escalated"].map(|what| tick[what].as_u64().unwrap())
}

fn notices(desk: &NativeDesk, asked: &Answer) -> Vec<String> {
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    let seen = desk.send("see", &Call::new("GET", path).token(&demo_token("bruno")));
    let notices = seen.body["desk"]["notices"].as_array().cloned().unwrap_or_default();
    notices.iter().map(|notice| notice["what"].as_str().unwrap().to_owned()).collect()
}

fn at_risk(desk: &NativeDesk) -> Vec<String> {
    let path = format!("/v1/desks/{DESK}/tickets?at_risk=true");
    let listed = desk.send("list", &Call::new("GET", path).token(&demo_token("bruno")));
    assert_eq!(listed.status, 200, "{listed:?}");
    let rows = listed.body["tickets"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["at_risk"] == json!(true)), "{rows:?}");
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// More tickets after these: the tick's own look at the newest finds nothing of them.
fn others(desk: &NativeDesk) {
    for _ in 0..3 {
        let body = json!({"body": "I forgot my password"});
        desk.send("other", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
        desk.settle("other");
    }
}

#[test]
fn people_are_warned_at_four_fifths_and_told_what_is_late_once() {
    let desk = desk(LEVEL);
    let asked = ask(&desk);
    others(&desk);
    assert_eq!((told(&tick(&desk)), notices(&desk, &asked)), ([0; 3], vec![]));
    desk.minutes(47);
    assert_eq!(told(&tick(&desk)), [0; 3], "not yet");
    desk.minutes(2);
    assert_eq!(told(&tick(&desk)), [1, 0, 0]);
    assert_eq!(told(&tick(&desk)), [0; 3], "once");
    assert_eq!(notices(&desk, &asked), ["first_response_warned"]);
    assert_eq!(at_risk(&desk), [asked.text("/ticket/id")]);
    desk.minutes(12);
    assert_eq!(told(&tick(&desk)), [0, 1, 0]);
    assert_eq!(notices(&desk, &asked), ["first_response_warned", "first_response_missed"]);
    reply(&desk, &asked, "wait");
    assert_eq!(at_risk(&desk), [""; 0], "it is the customer's turn");
    desk.minutes(3_000);
    assert_eq!(told(&tick(&desk)), [0; 3], "the customer's turn costs no time");
    act(&desk, &asked, "POST", "/messages", &json!({"body": "The first one."}));
    assert_eq!(told(&tick(&desk)), [0; 3]);
    desk.minutes(25);
    assert_eq!(told(&tick(&desk)), [1, 0, 0]);
    reply(&desk, &asked, "wait");
    act(&desk, &asked, "POST", "/messages", &json!({"body": "And the second."}));
    assert_eq!(told(&tick(&desk)), [0; 3], "a new word, a new clock");
    desk.minutes(31);
    assert_eq!(told(&tick(&desk)), [0, 1, 0]);
    assert_eq!(notices(&desk, &asked)[2..], ["next_response_warned", "next_response_missed"]);
    reply(&desk, &asked, "solve");
    desk.minutes(3_000);
    assert_eq!((told(&tick(&desk)), at_risk(&desk)), ([0; 3], vec![]));
}

#[test]
fn what_no_tick_came_for_is_told_late_and_in_one_piece() {
    let desk = desk(LEVEL);
    let (open, answered) = (ask(&desk), ask(&desk));
    others(&desk);
    desk.minutes(90);
    reply(&desk, &answered, "wait");
    desk.minutes(3 * 24 * 60);
    assert_eq!(told(&tick(&desk)), [0, 2, 0], "no warning of what is late already");
    assert_eq!(notices(&desk, &open), ["first_response_missed", "resolution_missed"]);
    assert_eq!(notices(&desk, &answered), ["first_response_missed"], "answered late is late");
    assert_eq!(told(&tick(&desk)), [0; 3]);
}

#[test]
fn an_answer_that_was_late_is_told_though_more_was_asked_before_the_tick() {
    let desk = desk(LEVEL);
    let asked = ask(&desk);
    others(&desk);
    reply(&desk, &asked, "wait");
    act(&desk, &asked, "POST", "/messages", &json!({"body": "The first one."}));
    assert_eq!(told(&tick(&desk)), [0; 3]);
    desk.minutes(40);
    reply(&desk, &asked, "wait");
    act(&desk, &asked, "POST", "/messages", &json!({"body": "And the second."}));
    assert_eq!(told(&tick(&desk)), [0, 1, 0], "the answer to the first was late");
    assert_eq!((notices(&desk, &asked), at_risk(&desk)), (vec!["next_response_missed".to_owned()], vec![]));
    assert_eq!(told(&tick(&desk)), [0; 3], "once");
    desk.minutes(25);
    assert_eq!(told(&tick(&desk)), [1, 0, 0], "the second has a clock of its own");
    assert_eq!(at_risk(&desk), [asked.text("/ticket/id")]);
    reply(&desk, &asked, "solve");
    desk.minutes(300);
    assert_eq!(told(&tick(&desk)), [0; 3]);
}

#[test]
fn two_ticks_at_once_tell_once() {
    let desk = desk(LEVEL);
    let asked: Vec<Answer> = (0..5).map(|_| ask(&desk)).collect();
    others(&desk);
    desk.minutes(61);
    for name in ["one", "two", "three"] {
        let platform = desk.platform(name);
        desk.sim.spawn(name, async move { send(platform, tick_call(&json!({}))).await });
    }
    desk.sim.run_until_idle().unwrap();
    for asked in &asked {
        assert_eq!(notices(&desk, asked), ["first_response_missed"]);
    }
    assert_eq!(told(&tick(&desk)), [0; 3]);
}

#[test]
fn a_time_box_that_is_over_is_found_wherever_its_ticket_is() {
    let desk = desk_with_time_box();
    let asked = ask(&desk);
    act(&desk, &asked, "PUT", "/claim", &Value::Null);
    others(&desk);
    assert_eq!(told(&tick(&desk)), [0; 3]);
    desk.minutes(16);
    assert_eq!(told(&tick(&desk)), [0, 0, 1]);
    assert_eq!(told(&tick(&desk)), [0; 3], "once");
}

#[test]
fn a_lost_index_is_made_again_as_the_sweep_comes_past() {
    let desk = desk(LEVEL);
    let asked = ask(&desk);
    tick(&desk);
    put(&desk, &format!("queue:{DESK}:~due:0"), PageDocument(Page::default()));
    desk.minutes(30);
    others(&desk);
    let all = desk.send("all", &tick_call(&json!({})));
    assert_eq!(told(&all.body), [0; 3]);
    desk.settle("all");
    desk.minutes(31);
    assert_eq!(told(&tick(&desk)), [0, 1, 0]);
    assert_eq!(notices(&desk, &asked), ["first_response_missed"]);
}

#[test]
fn a_desk_without_promises_and_time_boxes_pays_nothing() {
    let desk = desk("");
    ask(&desk);
    let before = desk.settle("tick");
    tick(&desk);
    let (once, keys) = (desk.settle("tick") - before, desk.sim.keys());
    assert_eq!(once.commits, 0);
    assert!(!keys.iter().any(|key| key.starts_with("tick:due:")), "{keys:?}");
}

#[test]
fn a_promise_costs_an_intake_nothing() {
    let desk = desk(LEVEL);
    let call = |name: &str| {
        let body = json!({"body": "My site is down", "customer": {"external_id": "c-1"}});
        Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body).key(name)
    };
    let asked = desk.send("dearest", &call("dearest"));
    assert_eq!((asked.status, asked.before_answer.commits), (201, 3), "{asked:?}");
    assert_eq!(desk.settle("dearest").commits, 6);
}

/// Over a store that lies, loses answers and crashes, with ticks that meet: late perhaps, and once.
fn notices_of_a_bad_day(seed: u64, profile: Profile) {
    let desk = NativeDesk::with_desk(seed, profile, Faults::none(), &format!("{}{LEVEL}", small_file()));
    let asked: Vec<Answer> = (0..3).map(|_| ask(&desk)).collect();
    desk.sim.set_faults(Faults::rough());
    for round in 0..4 {
        desk.minutes(20);
        for one in 0..2 {
            let name = format!("tick-{round}-{one}");
            let platform = desk.platform(&name);
            drop(desk.sim.spawn(&name, async move { send(platform, tick_call(&json!({}))).await }));
        }
        desk.sim.run_until_idle().unwrap();
    }
    desk.sim.set_faults(Faults::none());
    tick(&desk);
    desk.sim.run_until_idle().unwrap();
    tick(&desk);
    for asked in &asked {
        let told = notices(&desk, asked);
        let missed = told.iter().filter(|what| *what == "first_response_missed").count();
        let warned = told.iter().filter(|what| *what == "first_response_warned").count();
        assert!(missed == 1 && warned <= 1, "seed {seed}, {profile:?}: {told:?}");
    }
}

#[test]
fn on_a_bad_day_everything_is_told_and_nothing_twice() {
    for seed in 0..24 {
        for profile in [Profile::Honest, Profile::SqliteSpin, Profile::DynamoDb] {
            notices_of_a_bad_day(seed, profile);
        }
    }
}

fn put<T: tierline_store::Stored>(desk: &NativeDesk, key: &str, body: T) {
    let operation = OperationId::new("fill").unwrap();
    desk.sim.put(key, &Document::first(body, operation).encode(key).unwrap());
}

/// `count` more tickets like this one, all due at the same moment and in the index so, with as many as can be told.
fn fill(desk: &NativeDesk, asked: &Answer, count: usize) {
    let key = format!("ticket:{}", asked.text("/ticket/id"));
    let like = Document::<TicketDocument>::decode(&key, &desk.sim.value(&key).unwrap()).unwrap().body.0;
    let due = Time(like.created_at.0 + 48 * 60_000);
    let (mut directory, mut pages, mut made) =
        (Directory::default(), vec![(PageId::first(), Page::default())], 0_u32);
    for number in 0..count {
        let mut random = [9; 16];
        random[..8].copy_from_slice(&number.to_be_bytes());
        let id = TicketId::new(Time(like.created_at.0 + 1), random);
        put(desk, &format!("ticket:{id}"), TicketDocument(Ticket { id, ..like.clone() }));
        let entry =
            Entry { place: Place { v: due, e: Time(0), ticket: id, stay: 0 }, skills: vec![], hold: None };
        let (last_id, last) = pages.last().unwrap().clone();
        made += 1;
        match last.insert(entry, PageId::fresh(u128::from(made).to_be_bytes()), true) {
            Insert::Fits(page) => pages.last_mut().unwrap().1 = page,
            Insert::Splits { left, id: new, right } => {
                directory = directory.learn(&[Sighting::of(&last_id, &left)]).unwrap_or(directory);
                pages.last_mut().unwrap().1 = left;
                pages.push((new, right));
            }
            other => panic!("{other:?}"),
        }
    }
    put(desk, &format!("queue:{DESK}:~due"), DirectoryDocument(directory));
    for (id, page) in pages {
        put(desk, &format!("queue:{DESK}:~due:{}", id.as_str()), PageDocument(page));
    }
}

/// What one tick costs that finds an overdue time box beside so many tickets that are due later.
fn costs_of_one_among(count: usize) -> Counts {
    let desk = desk_with_time_box();
    let asked = ask(&desk);
    act(&desk, &asked, "PUT", "/claim", &Value::Null);
    let waiting = ask(&desk);
    tick(&desk);
    desk.minutes(16);
    fill_unheld(&desk, &waiting, count);
    let before = desk.settle("tick");
    assert_eq!(told(&tick(&desk)), [0, 0, 1]);
    desk.settle("tick") - before
}

/// `count` tickets that were asked after, of which nothing is due.
fn fill_unheld(desk: &NativeDesk, asked: &Answer, count: usize) {
    let key = format!("ticket:{}", asked.text("/ticket/id"));
    let like = Document::<TicketDocument>::decode(&key, &desk.sim.value(&key).unwrap()).unwrap().body.0;
    for number in 0..count {
        let mut random = [9; 16];
        random[..8].copy_from_slice(&number.to_be_bytes());
        let id = TicketId::new(Time(like.created_at.0 + 1), random);
        put(
            desk,
            &format!("ticket:{id}"),
            TicketDocument(Ticket {
                id,
                status: tierline_domain::ticket::Status::Waiting,
                stay: None,
                ..like.clone()
            }),
        );
    }
}

#[test]
fn an_overdue_time_box_is_found_at_the_same_cost_among_a_hundred_and_a_hundred_thousand() {
    let few = costs_of_one_among(100);
    let many = costs_of_one_among(100_000);
    assert_eq!((few.reads, few.commits, few.listings), (many.reads, many.commits, many.listings));
    assert_eq!(few.listings, 1, "the tick's own");
}

#[test]
fn a_hundred_thousand_due_at_once_are_seen_to_a_tick_at_a_time_at_the_cost_of_a_thousand() {
    let costs = |count: usize| {
        let desk = desk(LEVEL);
        let asked = ask(&desk);
        tick(&desk);
        fill(&desk, &asked, count);
        desk.minutes(50);
        let before = desk.settle("tick");
        let first = tick(&desk);
        let counts = desk.settle("tick") - before;
        assert_eq!((&first["due"], &first["more_due"]), (&json!(200), &json!(true)));
        assert_eq!(told(&first)[0], 201, "and the newest, which the sweep looked at");
        let second = tick(&desk);
        assert_eq!((&second["due"], told(&second)[0]), (&json!(200), 201), "the next ones");
        let keys = desk.sim.keys();
        let longest = keys.iter().map(|key| desk.sim.value(key).unwrap().len()).max().unwrap();
        assert!(longest <= DOCUMENT_BYTES_MAX);
        (counts.reads, counts.commits, counts.listings)
    };
    assert_eq!(costs(1_000), costs(100_000));
}

#[test]
fn a_tick_within_a_second_of_the_first_publication_fails_nowhere() {
    for seed in 0..40 {
        let desk = NativeDesk::with_desk(seed, Profile::DynamoDb, Faults::none(), &small_file());
        desk.sim.set_faults(Faults::rough());
        let (platform, tick) = (desk.platform("tick"), Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
        let mut ticked = desk.sim.spawn("tick", async move { send(platform, tick).await });
        desk.sim.run_until_idle().unwrap();
        if let Some(ticked) = ticked.take() {
            assert!(matches!(ticked.status, 200 | 503), "seed {seed}: {ticked:?}");
        }
    }
}
