//! Hand-overs: counted by kind of reason with their delay, decided by a lead where lines do not agree, and the short way
//! straight to where a ticket belongs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_file, demo_token};
use tierline_testkit::{Faults, Profile};

/// The demo desk: its administrators decide, and take from care and the consultants.
struct Scene {
    desk: NativeDesk,
    path: String,
}

impl Scene {
    fn new() -> Self {
        Self::at(NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &demo_file()))
    }

    /// With a ticket in the consultants' line.
    fn at(desk: NativeDesk) -> Self {
        let path = desk.ask_consultants();
        Self { desk, path }
    }

    fn act(&self, who: &str, method: &str, rest: &str, body: &Value) -> Answer {
        let call = Call::new(method, format!("{}{rest}", self.path)).token(&demo_token(who));
        let answer = self.desk.send("act", &if method == "POST" { call.json(body) } else { call });
        self.desk.settle("act");
        answer
    }

    fn hand_over(&self, who: &str, to: &str, kind: &str) -> Answer {
        assert_eq!(self.act(who, "PUT", "/claim", &Value::Null).status, 200, "{who}");
        let body = json!({"to": to, "kind": kind, "reason": "See the thread.", "tried": "a restart"});
        let answer = self.act(who, "POST", "/handovers", &body);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer
    }

    /// From, to, kind, how many, how many taken, mean and longest delay, most first.
    fn figures(&self, token: &str) -> Vec<Value> {
        let shown =
            self.desk.send("see", &Call::new("GET", format!("/v1/desks/{DESK}/handovers")).token(token));
        assert_eq!(shown.status, 200, "{shown:?}");
        let cells = ["from", "to", "kind", "count", "taken", "mean_delay_s", "max_delay_s"];
        let rows = shown.body["handovers"].as_array().unwrap().clone();
        rows.iter().map(|row| cells.map(|cell| row[cell].clone()).into_iter().collect()).collect()
    }
}

#[test]
fn each_is_counted_once_with_how_long_it_waited() {
    let scene = Scene::new();
    scene.hand_over("bruno", "admins", "too_hard");
    let row = |taken: u32, mean: Option<u32>, max: Option<u32>| {
        vec![json!(["consultants", "admins", "too_hard", 1, taken, mean, max])]
    };
    assert_eq!(scene.figures(OPERATOR_TOKEN), row(0, None, None));
    scene.desk.minutes(10);
    for _ in 0..2 {
        assert_eq!(scene.act("chen", "PUT", "/claim", &Value::Null).status, 200);
        scene.desk.minutes(1);
    }
    let figures = scene.figures(&demo_token("dunya"));
    let [_, _, _, _, _, mean, max] = figures[0].as_array().unwrap().as_slice() else { panic!("{figures:?}") };
    assert_eq!((mean, max), (&json!(600), &json!(600)), "from hand-over to claim; renewing is no claim");
    assert_eq!(figures, row(1, Some(600), Some(600)));
    // Whatever settles it again counts nothing again.
    let tick = Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN).json(&json!({"relist": true}));
    assert_eq!(scene.desk.send("tick", &tick).status, 200);
    assert_eq!(scene.figures(OPERATOR_TOKEN), row(1, Some(600), Some(600)));
    let journey = Scene::at(scene.desk);
    journey.hand_over("bruno", "admins", "too_hard");
    journey.desk.minutes(20);
    assert_eq!(journey.act("chen", "PUT", "/claim", &Value::Null).status, 200);
    let both = vec![json!(["consultants", "admins", "too_hard", 2, 2, 900, 1200])];
    assert_eq!(journey.figures(OPERATOR_TOKEN), both);
}

#[test]
fn counting_costs_nothing_before_the_answer() {
    let scene = Scene::new();
    scene.act("bruno", "PUT", "/claim", &Value::Null);
    let over = json!({"to": "care", "reason": "a question of the bill"});
    let path = format!("{}/handovers", scene.path);
    let moved = scene.desk.send("over", &Call::new("POST", path).token(&demo_token("bruno")).json(&over));
    assert_eq!((moved.status, moved.before_answer.commits), (201, 4), "with the new queue's first page");
    let after = scene.desk.settle("over");
    assert_eq!((after.commits, after.listings), (7, 0), "the journal, the figures, the accounts");
    let claims = Call::new("POST", format!("/v1/desks/{DESK}/lines/care/claims")).token(&demo_token("ana"));
    let claimed = scene.desk.send("claim", &claims);
    assert_eq!((claimed.status, claimed.before_answer.commits), (201, 2));
    let after = scene.desk.settle("claim").commits;
    assert_eq!(
        after, 8,
        "the journal, ana's list and bruno's, what forecasts learn, the delay, the accounts"
    );
    assert_eq!(
        claimed.text("/desk/handovers/0/kind"),
        "other",
        "who gives no kind has a sentence all the same"
    );
}

#[test]
fn the_third_goes_to_who_decides_and_only_they_move_it_on() {
    let scene = Scene::new();
    assert_eq!(scene.hand_over("bruno", "care", "too_easy").text("/ticket/line"), "care");
    assert_eq!(scene.hand_over("ana", "consultants", "too_hard").text("/ticket/line"), "consultants");
    let third = scene.hand_over("bruno", "care", "too_easy");
    assert_eq!(third.text("/ticket/line"), "admins", "{third:?}");
    assert_eq!(third.text("/desk/handovers/2/asked"), "care");
    assert_eq!(third.text("/desk/handovers/2/to"), "admins");
    let refused = scene.act("bruno", "POST", "/handovers", &json!({"to": "care", "reason": "no"}));
    assert_eq!((refused.status, refused.problem().as_str()), (409, "not-holder"));
    assert_eq!(scene.hand_over("chen", "care", "too_easy").text("/ticket/line"), "care", "the lead decides");
    assert_eq!(scene.hand_over("ana", "consultants", "too_hard").text("/ticket/line"), "admins", "and again");
    let figures = scene.figures(&demo_token("chen"));
    let count = |from: &str, to: &str, kind: &str| {
        let of = |row: &&Value| row[0] == json!(from) && row[1] == json!(to) && row[2] == json!(kind);
        figures.iter().find(of).map(|row| row[3].clone())
    };
    assert_eq!(count("consultants", "care", "too_easy"), Some(json!(1)), "{figures:?}");
    assert_eq!(count("care", "consultants", "too_hard"), Some(json!(1)));
    assert_eq!(count("consultants", "admins", "too_easy"), Some(json!(1)));
    assert_eq!(count("care", "admins", "too_hard"), Some(json!(1)));
}

#[test]
fn a_desk_that_names_no_lead_goes_on_as_before() {
    let file = demo_file().replacen("lead_line = \"admins\"\n", "", 1);
    let scene = Scene::at(NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &file));
    for (who, to) in [("bruno", "care"), ("ana", "consultants"), ("bruno", "care"), ("ana", "consultants")] {
        assert_eq!(scene.hand_over(who, to, "other").text("/ticket/line"), to);
    }
}

#[test]
fn a_reason_is_of_the_desks_list_or_refused_by_name() {
    let scene = Scene::new();
    assert_eq!(scene.hand_over("bruno", "admins", "legal").text("/desk/handovers/0/kind"), "legal");
    let scene = Scene::at(scene.desk);
    for kind in ["Legal", "time_box", "laziness", ""] {
        let refused =
            scene.act("bruno", "POST", "/handovers", &json!({"to": "care", "reason": "x", "kind": kind}));
        assert_eq!((refused.status, refused.text("/field").as_str()), (422, "kind"), "{kind}");
        assert!(refused.text("/detail").contains("too_easy"), "{refused:?}");
    }
    scene.act("bruno", "PUT", "/claim", &Value::Null);
    let up = scene.act("bruno", "POST", "/escalation", &json!({"reason": "the disk fails"}));
    assert_eq!(up.text("/desk/handovers/0/kind"), "too_hard");
}

#[test]
fn a_line_takes_straight_what_belongs_to_it_where_the_desk_says_so() {
    let scene = Scene::new();
    let pull =
        |who: &str, to: &str| scene.act(who, "POST", "/pull", &json!({"to": to, "reason": "It is ours."}));
    for (who, to, status) in [
        ("bruno", "care", 403),   // care takes nothing from the consultants
        ("bruno", "admins", 403), // not his line
        ("ana", "sales", 403),    // departments take from care alone
        ("dunya", "admins", 403), // works no tickets
        ("bruno", "nowhere", 404),
        ("chen", "consultants", 409), // it is there already
    ] {
        assert_eq!(pull(who, to).status, status, "{who} to {to}");
    }
    scene.desk.minutes(5);
    let since = scene.act("chen", "GET", "", &Value::Null).text("/desk/waiting_since");
    let pulled = pull("chen", "admins");
    assert_eq!((pulled.status, pulled.text("/ticket/state").as_str()), (201, "claimed"), "{pulled:?}");
    assert_eq!(
        (pulled.text("/ticket/line"), pulled.text("/desk/lease/person")),
        ("admins".into(), "chen".into())
    );
    assert_eq!(pulled.text("/desk/waiting_since"), since, "no place is lost");
    assert_eq!(scene.figures(OPERATOR_TOKEN), vec![json!(["consultants", "admins", "pulled", 1, 1, 0, 0])]);
    // Its old line serves it no more, its new one to nobody else while it is held.
    for (line, who) in [("consultants", "bruno"), ("admins", "chen")] {
        let call = Call::new("POST", format!("/v1/desks/{DESK}/lines/{line}/claims")).token(&demo_token(who));
        assert_eq!(scene.desk.send("next", &call).status, 204, "{line}");
    }
    let held = Scene::at(scene.desk);
    assert_eq!(held.act("bruno", "PUT", "/claim", &Value::Null).status, 200);
    let refused = held.act("chen", "POST", "/pull", &json!({"to": "admins", "reason": "It is ours."}));
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (409, "lease-lost"),
        "what somebody has stays theirs"
    );
}

#[test]
fn a_pull_costs_what_a_hand_over_does() {
    let scene = Scene::new();
    let call = Call::new("POST", format!("{}/pull", scene.path)).token(&demo_token("chen"));
    let pulled = scene.desk.send("pull", &call.json(&json!({"to": "admins", "reason": "It is ours."})));
    assert_eq!((pulled.status, pulled.before_answer.commits), (201, 4), "with the new queue's first page");
    assert_eq!(scene.desk.settle("pull").listings, 0);
}

#[test]
fn departments_get_only_what_is_theirs() {
    let scene = Scene::new();
    // Ana is on care, sales and finance; the ticket is the consultants'.
    let next = |line: &str, who: &str| {
        let call = Call::new("POST", format!("/v1/desks/{DESK}/lines/{line}/claims")).token(&demo_token(who));
        let answer = scene.desk.send("next", &call);
        scene.desk.settle("next");
        answer.status
    };
    assert_eq!((next("sales", "ana"), next("finance", "ana")), (204, 204), "nothing of it is theirs");
    assert_eq!(scene.act("ana", "PUT", "/claim", &Value::Null).status, 403);
    assert_eq!(scene.hand_over("bruno", "finance", "wrong_line").text("/ticket/line"), "finance");
    assert_eq!(next("consultants", "bruno"), 204, "nor is finance's the consultants'");
    assert_eq!(scene.act("bruno", "PUT", "/claim", &Value::Null).status, 403);
    assert_eq!(next("finance", "bruno"), 403);
    let pulled = scene.act("bruno", "POST", "/pull", &json!({"to": "consultants", "reason": "It is ours."}));
    assert_eq!(pulled.status, 403, "no line takes from finance");
    assert_eq!(next("finance", "ana"), 201);
}

#[test]
fn figures_are_for_who_answers_for_them() {
    let scene = Scene::new();
    let status = |token: &str| {
        scene.desk.send("see", &Call::new("GET", format!("/v1/desks/{DESK}/handovers")).token(token)).status
    };
    let by = |who: &str| status(&demo_token(who));
    assert_eq!((status(OPERATOR_TOKEN), by("elif"), by("dunya"), by("chen")), (200, 200, 200, 200));
    assert_eq!((by("ana"), by("bruno")), (403, 403));
}
