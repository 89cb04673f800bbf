//! A language that is desired: waited for as long as the desk says, then dropped, and nobody starves for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use tierline_native::{Answer, Call, DESK, NativeDesk, demo_file, demo_token};
use tierline_testkit::{Faults, Profile};

const ENGLISH: &str = "My website is down with error 503 service unavailable";
const GERMAN: &str = "Meine Website ist ausgefallen und zeigt den Fehler 503 Service Unavailable";

/// Twenty minutes from the virtual arrival: ten for what has the ten minutes' head start of what is urgent.
const WAIT: &str = "language_wait_s = 1200";

/// The demo desk, which waits for a language as `wait` says. Of its consultants Ivan speaks German, Bruno does not.
fn desk(wait: &str) -> NativeDesk {
    let file = demo_file().replacen("[policy]\n", &format!("[policy]\n{wait}\n"), 1);
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &file)
}

/// A question, until nothing of it is owed.
pub fn ask(desk: &NativeDesk, body: &str) -> Answer {
    let call = Call::new("POST", format!("/v1/desks/{DESK}/requests"));
    let asked = desk.send("ask", &call.json(&json!({"body": body})));
    assert_eq!(asked.status, 201, "{asked:?}");
    desk.settle("ask");
    asked
}

/// The next ticket of a line.
pub fn claim(desk: &NativeDesk, line: &str, who: &str) -> Answer {
    let call = Call::new("POST", format!("/v1/desks/{DESK}/lines/{line}/claims")).token(&demo_token(who));
    let answer = desk.send("claim", &call);
    desk.settle("claim");
    answer
}

#[test]
fn the_language_is_waited_for_and_then_dropped() {
    let desk = desk(WAIT);
    let german = ask(&desk, GERMAN);
    let line = german.text("/queue/line");
    assert_eq!(german.text("/ticket/language"), "de");
    assert_eq!(german.body["receipt"]["overtaking_max_s"], json!(1800), "the greater of the two");
    desk.minutes(9);
    assert_eq!(claim(&desk, &line, "bruno").status, 204, "not his yet");
    let shown =
        Call::new("GET", format!("/v1/tickets/{}", german.text("/ticket/id"))).token(&demo_token("bruno"));
    let inside = desk.send("see", &shown).body["desk"].clone();
    assert_eq!((&inside["skills"], &inside["skills_desired"]), (&json!([]), &json!(["lang:de"])));
    desk.minutes(2);
    let claimed = claim(&desk, &line, "bruno");
    assert_eq!((claimed.status, claimed.text("/ticket/id")), (201, german.text("/ticket/id")));
    assert_eq!(claimed.before_answer.commits, 2);
}

#[test]
fn who_speaks_it_has_it_at_once_and_in_its_turn() {
    let desk = desk(WAIT);
    let german = ask(&desk, GERMAN);
    let claimed = claim(&desk, &german.text("/queue/line"), "ivan");
    assert_eq!((claimed.status, claimed.text("/ticket/id")), (201, german.text("/ticket/id")));
}

#[test]
fn what_came_first_is_first_again_once_the_wait_is_over() {
    let desk = desk(WAIT);
    let german = ask(&desk, GERMAN);
    let line = german.text("/queue/line");
    desk.minutes(1);
    let later = || {
        let asked = ask(&desk, ENGLISH);
        desk.minutes(1);
        asked
    };
    let english = [later(), later()];
    assert_eq!(english[0].text("/queue/line"), line, "{english:?}");
    let first = claim(&desk, &line, "bruno");
    assert_eq!(first.text("/ticket/id"), english[0].text("/ticket/id"), "his before the German one is");
    desk.minutes(10);
    assert_eq!(
        claim(&desk, &line, "bruno").text("/ticket/id"),
        german.text("/ticket/id"),
        "ahead of the third"
    );
}

#[test]
fn a_desk_that_says_nothing_waits_for_as_long_as_it_takes() {
    let desk = desk("");
    let german = ask(&desk, GERMAN);
    desk.minutes(24 * 60);
    let line = german.text("/queue/line");
    assert_eq!(claim(&desk, &line, "bruno").status, 204);
    assert_eq!(claim(&desk, &line, "ivan").status, 201);
}

#[test]
fn a_wait_costs_not_one_read_more() {
    let reads = |wait: &str| {
        let desk = desk(wait);
        let asked: Vec<_> = (0..40).map(|_| ask(&desk, GERMAN)).collect();
        let line = asked[0].text("/queue/line");
        let claimed = claim(&desk, &line, "ivan");
        assert_eq!(claimed.status, 201);
        let none = claim(&desk, &line, "bruno");
        assert_eq!(none.status, 204);
        (claimed.before_answer.reads, claimed.before_answer.commits, none.before_answer.commits)
    };
    assert_eq!(reads(WAIT), reads(""));
}

/// One of them at a time, at any time: whoever waits is passed over only by who came less than the bound later, and never
/// by anybody once they are as much the claimer's as the one who is taken.
#[test]
fn nobody_is_overtaken_by_more_than_the_greater_of_the_two() {
    const WAIT_S: i64 = 1200;
    const HEAD_START_S: i64 = 600;
    const OVERTAKING_MAX_S: i64 = 1800;
    let mut passed_over = 0;
    for seed in 1..=4_u64 {
        let desk = desk(WAIT);
        let mut waiting: Vec<(i64, bool, String)> = vec![];
        let mut chance = seed;
        let mut taken = 0;
        for _ in 0..60 {
            // Knuth's MMIX: all that is wanted is that every seed is another day.
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            desk.minutes((chance >> 33) % 3);
            let now_s = i64::try_from(desk.sim.elapsed().as_secs()).unwrap();
            let is_german = (chance >> 40) % 2 == 0;
            if (chance >> 50) % 5 > 1 {
                let asked = ask(&desk, if is_german { GERMAN } else { ENGLISH });
                waiting.push((now_s, is_german, asked.text("/ticket/id")));
                // Of those who come in the same moment the id tells.
                waiting.sort_by(|a, b| (a.0, &a.2).cmp(&(b.0, &b.2)));
                continue;
            }
            let who = if (chance >> 57) % 4 == 0 { "ivan" } else { "bruno" };
            let claimed = claim(&desk, "consultants", who);
            let is_theirs = |came_s: i64, german: bool| {
                !german || who == "ivan" || came_s - HEAD_START_S + WAIT_S <= now_s
            };
            let first = waiting.iter().find(|(came_s, german, _)| is_theirs(*came_s, *german));
            let Some((came_s, _, first)) = first.cloned() else {
                assert_eq!(claimed.status, 204, "{claimed:?}");
                continue;
            };
            assert_eq!(claimed.text("/ticket/id"), first, "the earliest that is theirs, seed {seed}");
            for (before_s, ..) in waiting.iter().take_while(|(_, _, id)| *id != first) {
                passed_over += 1;
                assert!(came_s - before_s <= OVERTAKING_MAX_S.max(WAIT_S), "seed {seed}");
            }
            let reply = Call::new("POST", format!("/v1/tickets/{first}/replies")).token(&demo_token(who));
            let solved = desk.send("solve", &reply.json(&json!({"body": "It is up.", "then": "solve"})));
            assert_eq!(solved.status, 201, "{solved:?}");
            desk.settle("solve");
            waiting.retain(|(_, _, id)| *id != first);
            taken += 1;
        }
        assert!(taken > 5, "seed {seed} shows nothing");
    }
    assert!(passed_over > 10, "{passed_over} were passed over: they show nothing");
}
