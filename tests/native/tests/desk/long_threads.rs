//! Threads that go on and on: every message is kept, every page of them stays small, and what fills up says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_file, demo_token};
use tierline_testkit::{Faults, Profile};

/// A ticket in the consultants' line, as its customer and the desk use it.
struct Thread {
    desk: NativeDesk,
    ticket: String,
    key: String,
}

impl Thread {
    fn new() -> Self {
        let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::latency(1..=1), &demo_file());
        let call = Call::new("POST", format!("/v1/desks/{DESK}/requests"));
        let asked = desk.send("ask", &call.json(&json!({"body": "My website is down"})));
        desk.settle("ask");
        assert_eq!(asked.text("/queue/line"), "consultants", "{asked:?}");
        Self { ticket: asked.text("/ticket/id"), key: asked.text("/customer_key"), desk }
    }

    fn say(&self, body: &str) -> Answer {
        let path = format!("/v1/tickets/{}/messages", self.ticket);
        let said =
            self.desk.send("say", &Call::new("POST", path).token(&self.key).json(&json!({"body": body})));
        self.desk.settle("say");
        said
    }

    fn people(&self, path: &str, body: &Value) -> Answer {
        let call = Call::new("POST", path).token(&demo_token("bruno"));
        let done = self.desk.send("people", &call.json(body));
        self.desk.settle("people");
        done
    }

    fn claim(&self) {
        let claimed = self.people(&format!("/v1/desks/{DESK}/lines/consultants/claims"), &Value::Null);
        assert_eq!((claimed.status, claimed.text("/ticket/id")), (201, self.ticket.clone()), "{claimed:?}");
    }

    fn reply(&self, body: &str, then: &str) -> Answer {
        let path = format!("/v1/tickets/{}/replies", self.ticket);
        self.people(&path, &json!({"body": body, "then": then}))
    }

    fn page(&self, query: &str) -> Answer {
        let cookie = format!("tierline_key={}", self.key);
        let path = format!("/t/{}{query}", self.ticket);
        self.desk.send("page", &Call::new("GET", path).header("cookie", &cookie))
    }

    fn shown(&self, query: &str, token: &str) -> Answer {
        let path = format!("/v1/tickets/{}{query}", self.ticket);
        self.desk.send("shown", &Call::new("GET", path).token(token))
    }

    fn stored(&self, key: &str) -> Vec<u8> {
        let runtime = tierline_native::runtime_of(&self.desk);
        let key = key.to_owned();
        let read =
            async move { tierline_store::Store::get(tierline_store::Runtime::store(&runtime), &key).await };
        self.desk.sim.block_on(read).unwrap().unwrap().unwrap_or_default()
    }
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.raw.clone()).unwrap()
}

/// Numbers of the messages on a page, and where the page before it is.
fn numbers(page: &str) -> (Vec<u32>, Option<String>) {
    let number = |part: &str| part.split('"').next().unwrap().parse().unwrap();
    let all = page.split("data-number=\"").skip(1).map(number).collect();
    let older = page.split("<p data-older><a href=\"").nth(1);
    (all, older.map(|rest| rest.split('"').next().unwrap().to_owned()))
}

#[test]
fn two_thousand_messages_are_pages_that_stay_small_and_none_of_them_is_lost() {
    let thread = Thread::new();
    thread.claim();
    let mut commits = vec![];
    // What colleagues say among themselves leaves no gap.
    let note = format!("/v1/tickets/{}/notes", thread.ticket);
    for number in (2..=2_000).step_by(2) {
        assert_eq!(thread.reply(&format!("Do step {number}."), "keep").status, 201, "{number}");
        if number % 100 == 0 {
            assert_eq!(thread.people(&note, &json!({"body": "still at it"})).status, 201);
        }
        let said = thread.say(&format!("And then step {}.", number + 1));
        assert_eq!(said.status, 201, "{number}: {said:?}");
        commits.push(said.before_answer.commits);
    }
    // Saying something costs as much in the end as at the beginning, but for the room that is made now and then.
    let late = |commits: &[u64]| commits.iter().copied().max();
    assert_eq!((late(&commits[..100]), commits.iter().copied().max()), (Some(1), Some(1)), "{commits:?}");
    // The latest are a page; every page leads to the one before it.
    let (mut query, mut seen) = (Some(String::new()), vec![]);
    while let Some(at) = query {
        let shown = thread.page(&at);
        let (here, older) = numbers(&text(&shown));
        assert!(
            shown.raw.len() < 60_000 && (1..=100).contains(&here.len()),
            "{} bytes: {}",
            shown.raw.len(),
            text(&shown)
        );
        assert!(shown.before_answer.reads <= 12, "{} reads for {at}", shown.before_answer.reads);
        seen.splice(..0, here);
        query = older.map(|path| path.split_once('?').map(|(_, query)| format!("?{query}")).unwrap());
    }
    assert_eq!(seen, (1..=2_001).collect::<Vec<_>>());
    let document = thread.stored(&format!("ticket:{}", thread.ticket)).len();
    assert!(document < 60_000, "{document} bytes");
    // Who has the page asks for what is new; who missed more than a page has, gets the latest.
    assert_eq!(thread.say("One more.").status, 201);
    let new = text(&thread.page("?after=2001"));
    assert!(new.contains("data-first=\"2001\"") && numbers(&new).0 == [2_002] && new.len() < 6_000, "{new}");
    let missed = text(&thread.page("?after=1500"));
    assert!(missed.contains("data-first=\"0\"") && numbers(&missed).0.len() == 100);
    let past = text(&thread.page("?before=101"));
    assert!(!past.contains("data-live") && !past.contains("<form"), "{past}");
    for odd in ["?before=0", "?before=x", "?after=-1"] {
        assert_eq!(thread.page(odd).status, 400, "{odd}");
    }
    // Programs are given what they ask for; whoever takes it along gets all.
    let count =
        |answer: &Answer, name: &str| answer.body.pointer(name).and_then(Value::as_array).map(Vec::len);
    let bruno = demo_token("bruno");
    let all = thread.shown("", &bruno);
    assert_eq!((count(&all, "/thread"), &all.body["thread_before"]), (Some(2_000), &json!(23)));
    let first = thread.shown("?before=3&limit=2", &thread.key);
    assert_eq!((count(&first, "/thread"), &first.body["thread_before"]), (Some(2), &Value::Null));
    let export = thread.shown("/export", OPERATOR_TOKEN);
    assert_eq!((count(&export, "/thread"), count(&export, "/desk/steps")), (Some(2_022), Some(2_024)));
    // It is still solved, rated, and erased as any.
    assert_eq!(thread.reply("Done.", "solve").status, 201);
    let rating = Call::new("POST", format!("/v1/tickets/{}/rating", thread.ticket)).token(&thread.key);
    assert_eq!(thread.desk.send("rate", &rating.json(&json!({"verdict": "like"}))).status, 200);
    thread.desk.settle("rate");
    let erasure = Call::new("POST", format!("/v1/tickets/{}/erasure", thread.ticket)).token(OPERATOR_TOKEN);
    assert_eq!(thread.desk.send("erase", &erasure).status, 200);
    thread.desk.settle("erase");
    let pages = thread.desk.sim.keys().into_iter().filter(|key| key.starts_with("thread:"));
    assert_eq!(pages.count(), 0);
}

#[test]
fn a_ticket_of_the_longest_messages_says_when_it_is_full_and_is_still_served() {
    let thread = Thread::new();
    // What stands behind it is served when it is done.
    let behind = Call::new("POST", format!("/v1/desks/{DESK}/requests"));
    let behind = thread.desk.send("ask", &behind.json(&json!({"body": "My website is down"})));
    let long = "日本語".repeat(6_600);
    let refused =
        (0..300).map(|_| thread.say(&long)).find(|said| said.status != 201).expect("there is a limit");
    assert_eq!((refused.status, refused.problem().as_str()), (409, "limit-reached"), "{refused:?}");
    // What is short still finds room for a while.
    let full =
        (0..2_000).map(|_| thread.say("more")).find(|said| said.status != 201).expect("there is a limit");
    assert_eq!((full.status, full.problem().as_str()), (409, "limit-reached"), "{full:?}");
    let document = thread.stored(&format!("ticket:{}", thread.ticket)).len();
    assert!(document < 100_000, "{document} bytes");
    // All of it is there, an answer's worth at a time.
    let (mut before, mut seen) = (String::new(), vec![]);
    loop {
        let shown = thread.shown(&before, &thread.key);
        assert_eq!(shown.status, 200, "{}", shown.body);
        let here = shown.body["thread"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["number"].as_u64().unwrap());
        seen.splice(..0, here);
        assert!(shown.raw.len() < 1_500_000, "{} bytes", shown.raw.len());
        match shown.body["thread_before"].as_u64() {
            Some(number) => before = format!("?before={number}"),
            None => break,
        }
    }
    assert!(seen.len() > 150 && seen.iter().copied().eq(1..=seen.len() as u64), "{seen:?}");
    // Who reads German is told so in German, and keeps what was typed.
    let page = text(&thread.page(""));
    let action = page.split("action=\"").map(|rest| rest.split('"').next().unwrap());
    let action = action.into_iter().find(|action| action.contains("/messages")).unwrap().to_owned();
    let german = Call::new("POST", action).body(b"body=Noch+etwas");
    let german = german.header("content-type", "application/x-www-form-urlencoded");
    let german = german.header("cookie", &format!("tierline_key={}", thread.key));
    let german = german.header("sec-fetch-site", "same-origin").header("accept-language", "de");
    let told = thread.desk.send("x", &german);
    let words = text(&told);
    assert!(
        told.status == 409 && words.contains("passt nichts mehr") && words.contains("Noch etwas"),
        "{words}"
    );
    assert!(!words.contains("limit of"), "{words}");
    // The desk still takes it, answers it and ends it.
    thread.claim();
    assert_eq!(thread.reply("Done.", "solve").status, 201);
    let next = thread.people(&format!("/v1/desks/{DESK}/lines/consultants/claims"), &Value::Null);
    assert_eq!(next.text("/ticket/id"), behind.text("/ticket/id"));
}
