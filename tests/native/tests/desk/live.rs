//! A ticket's stream of events: what it says, what it costs, what it bears.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::time::Duration;
use tierline_native::{Answer, Call, DESK, NativeDesk, demo_token, send, small_file};
use tierline_store::Runtime;
use tierline_testkit::{Faults, Profile};

const DOWN: &str = "My website is down with error 503 service unavailable";

fn desk() -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &small_file())
}

fn ask(desk: &NativeDesk) -> (String, String) {
    let call = Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&json!({"body": DOWN}));
    let asked = desk.send("ask", &call);
    assert_eq!(asked.text("/ticket/state"), "queued", "{asked:?}");
    desk.settle("ask");
    (format!("/v1/tickets/{}", asked.text("/ticket/id")), asked.text("/customer_key"))
}

fn watch(path: &str, key: &str) -> Call {
    Call::new("GET", format!("{path}/events")).token(key)
}

/// What a stream told: id and data of each event.
fn told(stream: &Answer) -> Vec<(String, Value)> {
    assert_eq!(
        (stream.status, stream.header("content-type").as_str()),
        (200, "text/event-stream"),
        "{stream:?}"
    );
    let text = String::from_utf8(stream.raw.clone()).unwrap();
    let field =
        |event: &str, name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    let events = text.split("\n\n").filter(|event| event.contains("event: ticket"));
    events
        .map(|event| (field(event, "id: ").unwrap(), field(event, "data: ").unwrap().parse().unwrap()))
        .collect()
}

fn states(stream: &Answer) -> Vec<String> {
    told(stream).into_iter().map(|(_, data)| data["ticket"]["state"].as_str().unwrap().to_owned()).collect()
}

/// Does something so many seconds from now, while streams are read.
fn later(desk: &NativeDesk, after_s: u64, call: Call) {
    let platform = desk.platform("people");
    drop(desk.sim.spawn("people", async move {
        platform.sleep(Duration::from_secs(after_s)).await;
        let done = send(platform, call).await;
        assert!((200..300).contains(&done.status), "{done:?}");
    }));
}

fn claim(path: &str) -> Call {
    Call::new("PUT", format!("{path}/claim")).token(&demo_token("bruno"))
}

fn reply(path: &str, then: &str) -> Call {
    let body = json!({"body": "Which domain?", "then": then});
    Call::new("POST", format!("{path}/replies")).token(&demo_token("bruno")).json(&body)
}

#[test]
fn says_what_happens_as_it_happens_and_writes_nothing() {
    let desk = desk();
    let (path, key) = ask(&desk);
    let before = desk.sim.counts_of("stream");
    let began = desk.sim.elapsed();
    later(&desk, 10, claim(&path));
    later(
        &desk,
        20,
        Call::new("POST", format!("{path}/notes")).token(&demo_token("bruno")).json(&json!({"body": "Odd."})),
    );
    later(&desk, 30, reply(&path, "wait"));
    let stream = desk.send("stream", &watch(&path, &key));
    assert_eq!(states(&stream), ["queued", "claimed", "waiting"], "a note is nobody's business");
    let lasted = (desk.sim.elapsed() - began).as_secs();
    assert!((45..=62).contains(&lasted), "{lasted} s");
    let events = told(&stream);
    let [queued, claimed, waiting] = &events[..] else { panic!("{events:?}") };
    assert_eq!((&queued.1["queue"]["position"], &queued.1["queue"]["exact"]), (&json!(1), &json!(true)));
    assert_eq!((&claimed.1["queue"]["forecast"], &waiting.1["queue"]), (&Value::Null, &Value::Null));
    assert_ne!(queued.1["last_message_at"], waiting.1["last_message_at"]);
    let text = String::from_utf8(stream.raw.clone()).unwrap();
    assert!(text.starts_with("retry: 2000\n\n") && text.contains("\n:\n\n"), "{text}");
    let spent = desk.sim.counts_of("stream") - before;
    assert_eq!(spent.commits, 0, "{spent:?}");
    // Who comes back with what was told last is told nothing until something happens.
    let again = watch(&path, &key).header("last-event-id", &waiting.0);
    assert_eq!(told(&desk.send("stream", &again)), []);
    for nonsense in ["", "0", "../../etc", "a b\tc", &"9".repeat(4_000)] {
        let odd = watch(&path, &key).header("last-event-id", nonsense);
        assert_eq!(states(&desk.send("stream", &odd)), ["waiting"], "{nonsense}");
    }
}

#[test]
fn a_place_that_moves_is_told() {
    let desk = desk();
    let (first, _) = ask(&desk);
    let (second, key) = ask(&desk);
    later(&desk, 20, claim(&first));
    let events = told(&desk.send("stream", &watch(&second, &key)));
    let positions: Vec<_> = events.iter().map(|(_, data)| data["queue"]["position"].clone()).collect();
    assert_eq!(positions, [json!(2), json!(1)], "{events:?}");
}

#[test]
fn many_streams_ask_the_store_no_more_than_one() {
    let reads = |streams: usize| {
        let desk = desk();
        let tickets: Vec<_> = (0..streams).map(|_| ask(&desk)).collect();
        let before = desk.sim.counts();
        let mut handles = vec![];
        for (path, key) in &tickets {
            let platform = desk.platform("streams");
            handles.push(desk.sim.spawn("streams", send(platform, watch(path, key))));
        }
        desk.sim.run_until_idle().unwrap();
        for handle in &mut handles {
            assert_eq!(states(&handle.take().unwrap()), ["queued"]);
        }
        let spent = desk.sim.counts() - before;
        assert_eq!(spent.commits, 0);
        spent.reads
    };
    let (one, ten, forty) = (reads(1), reads(10), reads(40));
    println!("reads a minute: {one} for one stream, {ten} for ten, {forty} for forty");
    // Eight heads every two seconds or so; each stream adds what its opening costs, and its first look.
    let heads = 8 * 30;
    assert!(one <= heads + 20 && ten - one <= 9 * 14 && forty - one <= 39 * 14, "{one}, {ten}, {forty}");
}

#[test]
fn a_ticket_is_watched_a_few_times_and_a_new_key_ends_it() {
    let desk = desk();
    let (path, key) = ask(&desk);
    let open = || desk.sim.spawn("tabs", send(desk.platform("tabs"), watch(&path, &key)));
    let mut tabs: Vec<_> = (0..9).map(|_| open()).collect();
    desk.sim.run_for(Duration::from_secs(5)).unwrap();
    let answers: Vec<_> = tabs.iter_mut().filter_map(|tab| tab.take()).collect();
    let [refused] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!((refused.status, refused.problem().as_str()), (503, "busy"));
    later(&desk, 1, Call::new("POST", format!("{path}/key")).token(&demo_token("bruno")));
    desk.sim.run_for(Duration::from_secs(8)).unwrap();
    assert_eq!(tabs.iter_mut().filter_map(|tab| tab.take()).count(), 8, "all of them end");
    assert_eq!(desk.send("x", &watch(&path, &key)).status, 404);
    desk.sim.run_until_idle().unwrap();
}

/// As the call of whoever left would be refused, their stream ends; whoever stays hears on.
#[test]
fn a_stream_of_somebody_who_left_ends_and_no_other() {
    let left = |leave: &dyn Fn(&str) -> Call| {
        let desk = desk();
        let (path, key) = ask(&desk);
        let operator = |call: Call| call.token(tierline_native::OPERATOR_TOKEN);
        let people = format!("/v1/desks/{DESK}/people");
        let zoe = json!({"id": "zoe", "name": "Zoe", "role": "consultant", "lines": ["consultants"], "languages": ["en"]});
        let added = desk.send("x", &operator(Call::new("POST", people.clone()).key("zoe").json(&zoe)));
        let token = added.text("/token");
        let open = |of: &'static str, token: &str| {
            let call = Call::new("GET", format!("{path}/events?for_s=60")).token(token);
            desk.sim.spawn(of, send(desk.platform(of), call))
        };
        let (mut hers, mut bruno) = (open("hers", &token), open("bruno's", &demo_token("bruno")));
        let mut customers = open("customer's", &key);
        desk.sim.run_for(Duration::from_secs(20)).unwrap();
        assert!(hers.take().is_none() && bruno.take().is_none(), "nothing ends by itself");
        let gone = desk.send("operator", &operator(leave(&people)));
        assert!((200..300).contains(&gone.status), "{gone:?}");
        desk.sim.run_for(Duration::from_secs(8)).unwrap();
        let ended = hers.take().is_some();
        assert!(bruno.take().is_none() && customers.take().is_none());
        desk.sim.run_until_idle().unwrap();
        ended
    };
    assert!(left(&|people| Call::new("DELETE", format!("{people}/zoe"))), "removed");
    assert!(left(&|people| Call::new("DELETE", format!("{people}/zoe/token"))), "the token taken");
    assert!(
        left(&|people| Call::new("POST", format!("{people}/zoe/token")).key("new")),
        "another token given"
    );
    let lines =
        json!({"name": "Zoe Z.", "role": "consultant", "lines": ["consultants"], "languages": ["en"]});
    assert!(!left(&|people| Call::new("PUT", format!("{people}/zoe")).json(&lines)), "only renamed");
}

/// Who works there is read for all of a desk's people together, and not for customers.
#[test]
fn looking_at_people_again_costs_a_desk_and_not_a_stream() {
    let reads = |tickets: usize, streams: usize| {
        let desk = desk();
        let tickets: Vec<_> = (0..tickets).map(|_| ask(&desk)).collect();
        let before = desk.sim.counts();
        let open = |number: usize| {
            let path = &tickets[number % tickets.len()].0;
            let call = Call::new("GET", format!("{path}/events?for_s=40")).token(&demo_token("bruno"));
            desk.sim.spawn("people", send(desk.platform("people"), call))
        };
        let mut handles: Vec<_> = (0..streams).map(open).collect();
        desk.sim.run_until_idle().unwrap();
        assert!(handles.iter_mut().all(|handle| handle.take().unwrap().status == 200));
        let spent = desk.sim.counts() - before;
        assert_eq!(spent.commits, 0);
        spent.reads
    };
    let (one, twenty) = (reads(4, 1), reads(4, 20));
    println!("reads in 40 s: {one} for one of the people, {twenty} for twenty streams");
    // Eight heads every two seconds, two for the desk every four; each stream adds its opening, each ticket a first look.
    assert!(one <= (8 * 20 + 2 * 11) + 20 && twenty - one <= 19 * 14, "{one}, {twenty}");
}

#[test]
fn a_strangers_ticket_is_a_missing_one() {
    let desk = desk();
    let (path, key) = ask(&desk);
    let (_, stranger) = ask(&desk);
    let missing = watch("/v1/tickets/01890a5d-ac96-774b-bcce-b302099a8057", &key);
    let (strange, missing) = (desk.send("x", &watch(&path, &stranger)), desk.send("x", &missing));
    assert_eq!((strange.status, &strange.body), (404, &missing.body));
    assert_eq!(desk.send("x", &Call::new("GET", format!("{path}/events"))).status, 401);
    let cookie =
        Call::new("GET", format!("{path}/events?for_s=1")).header("cookie", &format!("tierline_key={key}"));
    assert_eq!(states(&desk.send("x", &cookie)), ["queued"]);
    for wrong in ["for_s=0", "for_s=61", "for_s=x", "for_s=1&for_s=1"] {
        let call = Call::new("GET", format!("{path}/events?{wrong}")).token(&key);
        assert_eq!(desk.send("x", &call).problem(), "invalid-parameter", "{wrong}");
    }
}

/// What a stream told of the other side.
fn presence(stream: &Answer) -> Vec<Value> {
    let text = String::from_utf8(stream.raw.clone()).unwrap();
    let data = |event: &str| event.strip_prefix("event: presence\ndata: ").map(|data| data.parse().unwrap());
    text.split("\n\n").filter_map(data).collect()
}

fn types(path: &str, token: &str) -> Call {
    Call::new("POST", format!("{path}/typing")).token(token)
}

#[test]
fn each_side_is_told_what_the_other_does_and_nothing_is_written() {
    let desk = desk();
    let (path, key) = ask(&desk);
    let bruno = demo_token("bruno");
    later(&desk, 10, types(&path, &bruno));
    // Goes on, then stops: one beginning and one end.
    later(&desk, 14, types(&path, &bruno));
    later(&desk, 30, types(&path, &key));
    let for_people = Call::new("GET", format!("{path}/events?for_s=60")).token(&bruno);
    let mut people = desk.sim.spawn("people's stream", send(desk.platform("people's stream"), for_people));
    let customer = desk.send("stream", &watch(&path, &key));
    desk.sim.run_until_idle().unwrap();
    let people = people.take().unwrap();
    let is_typing = |is: bool| json!({"people": {"is_typing": is}});
    assert_eq!(presence(&customer), [is_typing(true), is_typing(false)], "nor that they look at it");
    let customer_is = |here: bool, typing: bool| json!({"customer": {"is_here": here, "is_typing": typing}});
    assert_eq!(
        presence(&people),
        [
            customer_is(true, false),
            customer_is(true, true),
            customer_is(true, false),
            customer_is(false, false)
        ]
    );
    assert_eq!(states(&people), ["queued"]);
    // What it costs: the ticket, and for people who they are.
    for (token, reads) in [(&key, 1), (&bruno, 3)] {
        let before = desk.sim.counts_of("type");
        assert_eq!(desk.send("type", &types(&path, token)).status, 204);
        let spent = desk.sim.counts_of("type") - before;
        assert_eq!((spent.reads, spent.commits), (reads, 0), "{token}");
    }
}

#[test]
fn what_was_typed_and_sent_is_typed_no_more() {
    let desk = desk();
    let (path, key) = ask(&desk);
    later(&desk, 5, claim(&path));
    later(&desk, 20, types(&path, &demo_token("bruno")));
    later(&desk, 21, reply(&path, "wait"));
    let began = desk.sim.elapsed();
    let stream = desk.send("stream", &Call::new("GET", format!("{path}/events?for_s=25")).token(&key));
    assert!((desk.sim.elapsed() - began).as_secs() < 27);
    // Before its six seconds were over.
    assert_eq!(presence(&stream).last(), Some(&json!({"people": {"is_typing": false}})), "{stream:?}");
}

#[test]
fn only_who_belongs_to_a_ticket_types_or_watches() {
    let desk = desk();
    let (path, key) = ask(&desk);
    let (_, other) = ask(&desk);
    let by = |token: &str, of: &dyn Fn(&str, &str) -> Call| desk.send("who", &of(&path, token)).status;
    for of in [&types as &dyn Fn(&str, &str) -> Call, &watch] {
        assert_eq!(by(&other, of), 404, "another customer's key opens nothing");
        assert_eq!(by("tla_nobody", of), 401);
        assert_eq!(
            desk.send("who", &of(&path, &key).header("origin", "https://evil.example")).status / 100,
            2
        );
    }
    let whole = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &tierline_native::demo_file());
    let (theirs, _) = ask(&whole);
    let reader = demo_token("dunya");
    assert_eq!(whole.send("who", &types(&theirs, &reader)).status, 403, "who only reads writes nothing");
    let reads = Call::new("GET", format!("{theirs}/events?for_s=1")).token(&reader);
    assert_eq!(whole.send("who", &reads).status, 200);
    // A stream of one's own says nothing of oneself, and eight of customers leave room for people.
    let open = || desk.sim.spawn("tabs", send(desk.platform("tabs"), watch(&path, &key)));
    let _tabs: Vec<_> = (0..8).map(|_| open()).collect();
    desk.sim.run_for(Duration::from_secs(5)).unwrap();
    let people = Call::new("GET", format!("{path}/events?for_s=1")).token(&demo_token("bruno"));
    assert_eq!(desk.send("people", &people).status, 200);
}
