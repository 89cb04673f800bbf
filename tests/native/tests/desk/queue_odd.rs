//! What should not happen to a line, and does: nobody who works on it, nobody who has the skills, two who want the same
//! ticket in the same millisecond, a clock that jumps back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, send, small_file};
use tierline_testkit::{Faults, Profile};

const LINE: &str = "consultants";

fn desk(file: &str) -> NativeDesk {
    NativeDesk::with_desk(11, Profile::Honest, Faults::latency(1..=1), file)
}

fn ask(desk: &NativeDesk, name: &str) -> Answer {
    let call = Call::new("POST", format!("/v1/desks/{DESK}/requests"));
    let answer = desk.send(name, &call.json(&json!({"body": "My site is down"})));
    assert_eq!((answer.status, answer.text("/queue/line").as_str()), (201, LINE), "{answer:?}");
    desk.sim.run_until_idle().unwrap();
    answer
}

fn claim(desk: &NativeDesk, name: &str, person: &str) -> Answer {
    let path = format!("/v1/desks/{DESK}/lines/{LINE}/claims");
    desk.send(name, &Call::new("POST", path).token(&demo_token(person)))
}

fn nobody_takes(desk: &NativeDesk, token: &str) -> Value {
    let call = Call::new("GET", format!("/v1/desks/{DESK}/lines")).token(token);
    let lines = desk.send("lines", &call);
    let lines = lines.body["lines"].as_array().unwrap_or_else(|| panic!("{lines:?}"));
    lines.iter().find(|line| line["id"] == LINE).unwrap()["nobody_takes"].clone()
}

fn reply_call(ticket: &str, person: &str) -> Call {
    let call = Call::new("POST", format!("/v1/tickets/{ticket}/replies")).token(&demo_token(person));
    call.json(&json!({"body": "Done.", "then": "solve"}))
}

#[test]
fn what_waits_for_skills_that_nobody_has_is_shown_at_once() {
    let desk = desk(&small_file());
    let asked = ask(&desk, "ask");
    let away = &nobody_takes(&desk, &demo_token("bruno"))[0]["somebody_away"];
    assert_eq!(away, &json!(true), "bruno and ana could, and neither has said to be there");
    // The desk is published once more, and those who spoke English do no longer.
    let changed = small_file().replace("languages = [\"en\"]\ntoken", "languages = [\"de\"]\ntoken");
    let changed = changed.replace(
        "lines = [\"care\", \"consultants\"]\nlanguages = [\"en\"]",
        "lines = [\"care\", \"consultants\"]\nlanguages = [\"de\"]",
    );
    let changed = changed.replace(
        "lines = [\"consultants\"]\nlanguages = [\"en\"]",
        "lines = [\"consultants\"]\nlanguages = [\"de\"]",
    );
    let put = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN);
    let put = put.header("content-type", "application/toml").body(changed.as_bytes());
    assert_eq!(desk.send("put", &put).status, 200);
    let shown = nobody_takes(&desk, &demo_token("bruno"));
    let missing =
        json!([{"skills": ["lang:en"], "missing": ["lang:en"], "waiting": 1, "somebody_away": false}]);
    assert_eq!(shown, missing);
    assert_eq!(claim(&desk, "claim", "bruno").status, 204);
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    let read = desk.send("read", &Call::new("GET", path).token(&asked.text("/customer_key")));
    assert_eq!(read.body["queue"]["position"], json!(1), "it keeps its place");
}

#[test]
fn a_desk_with_nobody_on_a_line_takes_questions_and_says_so() {
    let file = small_file().replace("lines = [\"care\", \"consultants\"]", "lines = [\"care\"]");
    let file = file.replace("lines = [\"consultants\"]", "lines = [\"admins\"]");
    let desk = desk(&file);
    let asked = ask(&desk, "ask");
    assert_eq!(asked.body["queue"]["position"], json!(1));
    let shown = nobody_takes(&desk, &demo_token("chen"));
    assert_eq!(shown, json!([{"skills": [], "missing": [], "waiting": 1, "somebody_away": false}]));
    assert_eq!(claim(&desk, "claim", "bruno").status, 403);
}

#[test]
fn of_two_claims_for_one_ticket_in_the_same_millisecond_one_is_told_who_has_it() {
    let desk = desk(&small_file());
    desk.sim.set_faults(Faults::none());
    for _ in 0..8 {
        let ticket = ask(&desk, "ask").text("/ticket/id");
        let claims: Vec<_> = ["bruno", "ana"]
            .into_iter()
            .map(|person| {
                let platform = desk.platform(person);
                let call = Call::new("PUT", format!("/v1/tickets/{ticket}/claim")).token(&demo_token(person));
                desk.sim.spawn(person, async move { send(platform, call).await })
            })
            .collect();
        desk.sim.run_until_idle().unwrap();
        let answers: Vec<_> = claims.into_iter().map(|mut claim| claim.take().unwrap()).collect();
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{answers:?}");
        let (won, lost) = match answers[0].status {
            200 => (&answers[0], &answers[1]),
            _ => (&answers[1], &answers[0]),
        };
        assert_eq!(
            (lost.problem().as_str(), lost.text("/holder")),
            ("lease-lost", won.text("/desk/lease/person"))
        );
    }
}

#[test]
fn a_clock_that_jumps_back_an_hour_gives_no_ticket_to_two() {
    let desk = desk(&small_file());
    let (first, second) = (ask(&desk, "ask").text("/ticket/id"), ask(&desk, "ask").text("/ticket/id"));
    assert_eq!(claim(&desk, "claim", "bruno").text("/ticket/id"), first);
    desk.sim.set_clock_skew_ms("back", -3_600_000);
    // To the clock of an hour ago the first one's lease runs still.
    let claimed = claim(&desk, "back", "ana");
    assert_eq!(claimed.text("/ticket/id"), second);
    desk.sim.run_until_idle().unwrap();
    // By everybody else's clock that second lease ended before it began: the ticket is given again, to one holder.
    let again = claim(&desk, "claim", "bruno");
    assert_eq!((again.status, again.text("/ticket/id")), (201, second.clone()), "{again:?}");
    desk.sim.run_until_idle().unwrap();
    let refused = desk.send("reply", &reply_call(&second, "ana"));
    assert_eq!((refused.status, refused.problem().as_str()), (409, "lease-lost"), "{refused:?}");
    assert_eq!(refused.text("/holder"), "bruno");
    // What she typed can be kept, without the lease.
    let note = Call::new("POST", format!("/v1/tickets/{second}/notes")).token(&demo_token("ana"));
    assert_eq!(desk.send("note", &note.json(&json!({"body": "Done."}))).status, 201);
    assert_eq!(desk.send("reply", &reply_call(&second, "bruno")).status, 201);
}
