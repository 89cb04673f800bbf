//! How long who waits will wait: nothing while too little is known, then a forecast that follows place, people and what
//! came of earlier ones; and what that costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::time::Duration;
use tierline_native::{
    Answer, Call, DESK, NativeDesk, demo_token, runtime_of, send_until_answered, small_file,
};
use tierline_store::Runtime;
use tierline_testkit::{Faults, Profile};

struct Scene {
    desk: NativeDesk,
}

impl Scene {
    fn new() -> Self {
        Self { desk: NativeDesk::with_desk(3, Profile::Honest, Faults::none(), &small_file()) }
    }

    fn ask(&self) -> Answer {
        let call = Call::new("POST", format!("/v1/desks/{DESK}/requests"));
        let asked = self.desk.send("ask", &call.json(&json!({"body": "My site is down"})));
        assert_eq!((asked.status, asked.text("/ticket/line").as_str()), (201, "consultants"), "{asked:?}");
        self.desk.settle("ask");
        asked
    }

    fn by(&self, person: &str, method: &str, path: &str, body: &Value) -> Answer {
        let call = Call::new(method, path).token(&demo_token(person));
        let answer = self.desk.send("work", &if body.is_null() { call } else { call.json(body) });
        self.desk.settle("work");
        answer
    }

    fn take(&self, person: &str) -> Option<String> {
        let path = format!("/v1/desks/{DESK}/lines/consultants/claims");
        let taken = self.by(person, "POST", &path, &Value::Null);
        (taken.status == 201).then(|| taken.text("/ticket/id"))
    }

    fn solve(&self, person: &str, ticket: &str) {
        let reply = json!({"body": "It is up again.", "then": "solve"});
        let solved = self.by(person, "POST", &format!("/v1/tickets/{ticket}/replies"), &reply);
        assert_eq!(solved.status, 201, "{solved:?}");
    }

    /// One person takes one ticket every ten minutes, and somebody is always waiting.
    fn busy(&self, claims: u32) {
        for _ in 0..claims {
            self.ask();
            let ticket = self.take("bruno").unwrap();
            self.desk.minutes(10);
            self.solve("bruno", &ticket);
        }
    }

    fn queue(&self, asked: &Answer) -> Value {
        let call = Call::new("GET", format!("/v1/tickets/{}", asked.text("/ticket/id")));
        self.desk.send("see", &call.token(&asked.text("/customer_key"))).body["queue"].clone()
    }

    fn line(&self) -> Value {
        let lines = self.by("chen", "GET", &format!("/v1/desks/{DESK}/lines"), &Value::Null);
        let lines = lines.body["lines"].as_array().unwrap().clone();
        lines.into_iter().find(|line| line["id"] == "consultants").unwrap()
    }
}

fn median(queue: &Value) -> i64 {
    queue["forecast"]["median_s"].as_i64().unwrap_or_else(|| panic!("no forecast: {queue}"))
}

#[test]
fn a_new_line_says_why_it_cannot_tell() {
    let scene = Scene::new();
    let asked = scene.ask();
    let queue = &asked.body["queue"];
    assert_eq!((&queue["forecast"], &queue["no_forecast"]), (&Value::Null, &json!("few_claims")));
    scene.ask();
    scene.busy(5);
    assert_eq!(scene.queue(&asked)["no_forecast"], Value::Null, "it was taken");
    let line = scene.line();
    assert_eq!((&line["no_forecast"], &line["forecast_score"]), (&json!("few_claims"), &Value::Null));
}

#[test]
fn a_busy_line_tells_the_wait_and_keeps_the_score() {
    let scene = Scene::new();
    let first = [scene.ask(), scene.ask(), scene.ask()];
    scene.busy(40);
    let last = scene.ask();
    assert_eq!(last.body["queue"]["position"], 4);
    // Four claims of ten minutes each.
    assert!((1800..=3000).contains(&median(&last.body["queue"])), "{}", last.body["queue"]);
    let p90 = last.body["queue"]["forecast"]["p90_s"].as_i64().unwrap();
    assert!(p90 > median(&last.body["queue"]));
    let line = scene.line();
    assert!(
        line["forecast"]["median_s"].as_i64().unwrap() > median(&last.body["queue"]),
        "behind the last one"
    );
    assert!(line["forecast_score"]["judged"].as_i64().unwrap() >= 10, "{line}");
    // It moves with the place; who has been taken is told nothing more.
    let taken = scene.take("bruno").unwrap();
    assert!(first.iter().any(|asked| asked.text("/ticket/id") != taken));
    scene.desk.minutes(10);
    scene.solve("bruno", &taken);
    assert_eq!(scene.queue(&last)["position"], 3);
    assert!(median(&scene.queue(&last)) < median(&last.body["queue"]));
    // Two people are twice as quick, once the second one is seen at work.
    let before = median(&scene.queue(&last));
    scene.take("ana").expect("customer care helps out");
    assert!(median(&scene.queue(&last)) < before);
}

#[test]
fn where_nobody_is_known_to_be_there_none_is_told() {
    let scene = Scene::new();
    let first = scene.ask();
    scene.ask();
    scene.busy(40);
    let last = scene.ask();
    assert!(median(&scene.queue(&last)) > 0);
    // Without hours and shifts an hour without a claim says that nobody is there.
    scene.desk.minutes(120);
    let queue = scene.queue(&last);
    assert_eq!((&queue["forecast"], &queue["no_forecast"]), (&Value::Null, &json!("nobody_on_shift")));
    assert_eq!(scene.line()["no_forecast"], "nobody_on_shift");
    let taken = scene.take("ana").unwrap();
    assert_ne!(taken, first.text("/ticket/id"), "that one was served long ago");
    assert!(median(&scene.queue(&last)) > 0, "somebody is seen to be there");
}

#[test]
fn who_comes_or_goes_is_counted_at_once() {
    let scene = Scene::new();
    let say = |who: &str, state: &str| {
        let path = format!("/v1/desks/{DESK}/people/{who}/presence");
        let said = scene.by(who, "PUT", &path, &json!({"state": state, "for_s": 7_200}));
        assert_eq!(said.status, 200, "{said:?}");
    };
    // A line without a past has no forecast, and learns that somebody said something.
    say("ana", "on_shift");
    assert_eq!(scene.desk.settle("work").commits, 3, "what she said, and her two lines");
    scene.ask();
    scene.ask();
    say("ana", "away");
    scene.busy(40);
    let last = scene.ask();
    let alone = median(&scene.queue(&last));
    say("ana", "on_shift");
    let together = median(&scene.queue(&last));
    assert!(together < alone, "two are quicker: {together} s and {alone} s");
    say("bruno", "away");
    say("ana", "away");
    let queue = scene.queue(&last);
    assert_eq!((&queue["forecast"], &queue["no_forecast"]), (&Value::Null, &json!("nobody_on_shift")));
    say("bruno", "on_shift");
    assert!(median(&scene.queue(&last)) > 0, "he is back");
}

/// What is written for each of somebody's lines is made from the last word, though others wrote later; and it costs no more than
/// is said here.
#[test]
fn of_two_who_come_or_go_at_once_both_are_counted() {
    for seed in 0..60 {
        let desk = NativeDesk::with_desk(seed, Profile::DynamoDb, Faults::none(), &small_file());
        let scene = Scene { desk };
        scene.desk.minutes(1);
        scene.ask();
        scene.ask();
        scene.busy(40);
        scene.ask();
        let there = || {
            scene.desk.sim.block_on({
                let runtime = runtime_of(&scene.desk);
                async move { runtime.sleep(Duration::from_secs(3)).await }
            })
        };
        let plan = || {
            there().unwrap();
            let outlook = scene.desk.sim.value(&format!("outlook:{DESK}:consultants")).unwrap();
            let outlook: Value = serde_json::from_slice(&outlook).unwrap();
            outlook["body"]["plan"]["s"][0][1].as_u64().unwrap()
        };
        let say = |who: &'static str, state: &str| {
            let path = format!("/v1/desks/{DESK}/people/{who}/presence");
            let call = Call::new("PUT", path).token(&demo_token(who));
            let call = call.json(&json!({"state": state, "for_s": 7_200}));
            let platform = scene.desk.platform(who);
            scene.desk.sim.spawn(who, send_until_answered(platform, call, 12))
        };
        for (state, expected) in [("on_shift", 2), ("away", 0), ("on_shift", 2)] {
            scene.desk.sim.set_faults(Faults::latency(0..=40));
            let both = [say("ana", state), say("bruno", state)];
            scene.desk.sim.run_until_idle().unwrap();
            scene.desk.sim.set_faults(Faults::none());
            for mut one in both {
                assert_eq!(one.take().flatten().map(|answer| answer.status), Some(200), "seed {seed}");
            }
            assert_eq!(plan(), expected, "seed {seed}: both {state}");
        }
    }
}

#[test]
fn what_somebody_says_costs_one_commit_and_one_more_for_each_of_their_lines() {
    let scene = Scene::new();
    let say = |who: &str| {
        let path = format!("/v1/desks/{DESK}/people/{who}/presence");
        scene.desk.minutes(1);
        let said = scene.by(who, "PUT", &path, &json!({"state": "on_shift", "for_s": 7_200}));
        assert_eq!(said.status, 200, "{said:?}");
        (said.before_answer.reads, said.before_answer.commits)
    };
    // Desk, people twice, what was said, and each line of theirs: Ana has two, Bruno one.
    let (anas, brunos) = (say("ana"), say("bruno"));
    assert_eq!((anas.1, brunos.1), (3, 2));
    assert_eq!(anas.0, brunos.0 + 1, "{anas:?} {brunos:?}");
    scene.ask();
    let ticket = scene.take("bruno").unwrap();
    scene.solve("bruno", &ticket);
    assert_eq!((say("ana"), say("bruno")), (anas, brunos), "nor does it with a past");
}

/// The page of the form, to somebody who comes now.
#[test]
fn the_form_says_how_long_people_take_at_present() {
    let scene = Scene::new();
    let form = |language: &str| {
        let call = Call::new("GET", format!("/d/{DESK}")).header("accept-language", language);
        String::from_utf8(scene.desk.send("form", &call).raw).unwrap()
    };
    let ask = || {
        let call = Call::new("POST", format!("/v1/desks/{DESK}/requests"));
        let asked =
            scene.desk.send("ask", &call.json(&json!({"body": "Something else entirely, about nothing"})));
        assert_eq!(asked.text("/ticket/line"), "care", "{asked:?}");
        scene.desk.settle("ask");
    };
    assert!(!form("en").contains("If people must answer"), "nothing is known yet");
    ask();
    for _ in 0..40 {
        ask();
        let path = format!("/v1/desks/{DESK}/lines/care/claims");
        let ticket = scene.by("ana", "POST", &path, &Value::Null).text("/ticket/id");
        scene.desk.minutes(10);
        scene.solve("ana", &ticket);
    }
    let page = form("en");
    // Whoever comes now has one ahead, and waits as long as those before: ten minutes.
    let (_, wait) = page.split_once("If people must answer, it takes about ").expect(&page);
    let minutes: u32 = wait.split_once(" min").unwrap().0.parse().unwrap();
    assert!((8..=12).contains(&minutes), "{minutes}");
    assert!(form("de").contains("Müssen Menschen antworten"));
}

#[test]
fn it_costs_one_read_a_look_and_one_commit_a_claim() {
    let scene = Scene::new();
    let asked = scene.ask();
    scene.ask();
    let call = Call::new("GET", format!("/v1/tickets/{}", asked.text("/ticket/id")));
    scene.desk.send("look", &call.token(&asked.text("/customer_key")));
    assert_eq!((scene.desk.settle("look").reads, scene.desk.settle("look").commits), (5, 0));
    let key = format!("outlook:{DESK}:consultants");
    assert_eq!(scene.desk.sim.value(&key), None, "who enters writes nothing");
    let ticket = scene.take("bruno").unwrap();
    let learnt = scene.desk.sim.value(&key).unwrap();
    scene.solve("bruno", &ticket);
    assert_eq!(scene.desk.sim.value(&key).as_ref(), Some(&learnt), "nor does who solves");
    // What is lost or broken is no forecast, and nothing else.
    scene.busy(30);
    scene.desk.sim.put(&key, b"nonsense");
    let asked = scene.ask();
    assert_eq!(asked.body["queue"]["no_forecast"], "few_claims");
    assert!(scene.take("bruno").is_some());
}
