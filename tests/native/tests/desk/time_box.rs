//! Time boxes: working time is seen, warned of, extended once, and then the ticket goes up with what was tried.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_file, demo_token};
use tierline_testkit::{Faults, Profile};

/// The demo desk, whose consultants have 15 minutes of working time a ticket.
struct Scene {
    desk: NativeDesk,
    path: String,
}

impl Scene {
    fn with(file: &str) -> Self {
        let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), file);
        let path = desk.ask_consultants();
        Self { desk, path }
    }

    fn act(&self, method: &str, rest: &str, body: &Value) -> Answer {
        let call = Call::new(method, format!("{}{rest}", self.path)).token(&demo_token("bruno"));
        let answer = self.desk.send("act", &if method == "POST" { call.json(body) } else { call });
        self.desk.settle("act");
        answer
    }

    fn seen(&self) -> Value {
        self.desk.send("see", &Call::new("GET", &self.path).token(&demo_token("chen"))).body
    }

    fn time_box(&self) -> Value {
        self.seen()["desk"]["time_box"].clone()
    }

    fn tick(&self) -> Value {
        let ticked = self.desk.send("tick", &Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
        assert_eq!(ticked.status, 200, "{ticked:?}");
        self.desk.settle("tick");
        ticked.body
    }
}

#[test]
fn working_time_is_counted_over_holds_and_warned_of_at_twelve_of_fifteen() {
    let scene = Scene::with(&demo_file());
    let fresh = json!({"limit_s": 900, "worked_s": 0, "left_s": 900, "warning": false, "over": false, "extended": false});
    assert_eq!(scene.time_box(), fresh);
    scene.desk.minutes(60);
    assert_eq!(scene.time_box(), fresh, "waiting is no work");
    assert_eq!(scene.act("PUT", "/claim", &Value::Null).status, 200);
    scene.desk.minutes(10);
    assert_eq!(scene.act("DELETE", "/claim", &Value::Null).status, 204);
    scene.desk.minutes(30);
    let seen = scene.time_box();
    assert_eq!((seen["worked_s"].as_i64().unwrap() / 10, &seen["warning"]), (60, &json!(false)), "{seen}");
    assert_eq!(scene.act("PUT", "/claim", &Value::Null).status, 200);
    scene.desk.minutes(2);
    let seen = scene.time_box();
    assert_eq!((&seen["warning"], &seen["over"]), (&json!(true), &json!(false)), "{seen}");
    assert_eq!(scene.tick()["escalated"], json!(0));
    scene.desk.minutes(3);
    assert_eq!(scene.time_box()["over"], json!(true));
}

#[test]
fn what_is_over_goes_up_with_what_was_tried_and_keeps_its_wait() {
    let scene = Scene::with(&demo_file());
    let since = scene.seen()["desk"]["waiting_since"].clone();
    assert_eq!(scene.act("PUT", "/claim", &Value::Null).status, 200);
    assert_eq!(scene.act("POST", "/notes", &json!({"body": "Restarted the pool twice."})).status, 201);
    scene.desk.minutes(16);
    let seen = scene.seen();
    assert_eq!(seen["ticket"]["state"], json!("queued"), "the lease lapsed: {seen}");
    assert_eq!(seen["desk"]["time_box"]["over"], json!(true), "a lapsed hold counts up to its end");
    assert_eq!(scene.tick()["escalated"], json!(1));
    assert_eq!(scene.tick()["escalated"], json!(0), "once");
    let seen = scene.seen();
    assert_eq!(seen["ticket"]["line"], json!("admins"), "{seen}");
    assert_eq!(seen["desk"]["waiting_since"], since, "no place is lost");
    let last = &seen["desk"]["handovers"][0];
    assert_eq!(
        (&last["reason"], &last["tried"]),
        (&json!("time box over"), &json!("Restarted the pool twice."))
    );
    assert_eq!(last["by"]["kind"], json!("desk"));
    assert!(seen["desk"].get("time_box").is_none(), "administrators take the time it takes: {seen}");
}

#[test]
fn it_is_extended_once_by_who_holds_it_for_a_reason() {
    let scene = Scene::with(&demo_file());
    let reason = json!({"reason": "The backup is still being read."});
    let refused = scene.act("POST", "/extension", &reason);
    assert_eq!((refused.status, refused.problem().as_str()), (409, "not-holder"), "{refused:?}");
    assert_eq!(scene.act("PUT", "/claim", &Value::Null).status, 200);
    let empty = scene.act("POST", "/extension", &json!({"reason": " "}));
    assert_eq!((empty.status, empty.problem().as_str()), (422, "invalid-field"), "{empty:?}");
    scene.desk.minutes(14);
    let extended = scene.act("POST", "/extension", &reason);
    assert_eq!(
        (extended.status, &extended.body["desk"]["time_box"]["limit_s"]),
        (201, &json!(1800)),
        "{extended:?}"
    );
    let note = extended.body["thread"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&note["visibility"], &note["body"]), (&json!("note"), &reason["reason"]));
    let again = scene.act("POST", "/extension", &reason);
    assert_eq!((again.status, again.problem().as_str()), (409, "state-conflict"), "{again:?}");
    scene.desk.minutes(2);
    assert_eq!(scene.tick()["escalated"], json!(0), "the extension counts");
    assert_eq!(scene.time_box()["over"], json!(false));
}

#[test]
fn a_line_without_a_time_box_has_none_to_extend() {
    let scene = Scene::with(&demo_file().replace("time_box_s = 900\n", ""));
    assert_eq!(scene.act("PUT", "/claim", &Value::Null).status, 200);
    let refused = scene.act("POST", "/extension", &json!({"reason": "More."}));
    assert_eq!((refused.status, refused.problem().as_str()), (409, "state-conflict"), "{refused:?}");
    scene.desk.minutes(300);
    assert_eq!(scene.tick()["escalated"], json!(0));
}

#[test]
fn what_care_has_no_time_for_goes_to_the_consultants() {
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &demo_file());
    let body = json!({"body": "How do I set up my email in Outlook?"});
    let asked = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    let outcome = Call::new("POST", format!("/v1/tickets/{}/outcome", asked.text("/ticket/id")));
    let outcome = outcome.token(&asked.text("/customer_key")).json(&json!({"solved": false}));
    let told = desk.send("tell", &outcome);
    assert_eq!(told.text("/queue/line"), "care", "{told:?}");
    desk.settle("tell");
    let scene = Scene { desk, path: format!("/v1/tickets/{}", asked.text("/ticket/id")) };
    let claim = Call::new("PUT", format!("{}/claim", scene.path)).token(&demo_token("ana"));
    assert_eq!(scene.desk.send("act", &claim).status, 200);
    scene.desk.settle("act");
    scene.desk.minutes(16);
    assert_eq!(scene.tick()["escalated"], json!(1));
    assert_eq!(scene.seen()["ticket"]["line"], json!("consultants"));
}
