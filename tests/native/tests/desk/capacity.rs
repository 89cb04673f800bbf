//! People have room for so much at a time, over all lines; what is heavy is not passed over for ever by what is light.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tierline_domain::ids::TicketId;
use tierline_domain::ticket::Ticket;
use tierline_native::{
    Answer, Call, DESK, NativeDesk, NativePlatform, OPERATOR_TOKEN, demo_file, demo_token, send,
    send_until_answered, small_file,
};
use tierline_store::{Document, Runtime};
use tierline_testkit::{Faults, Profile};

const QUESTION: &str = "My website is down with error 503 service unavailable";
const LINE: &str = "consultants";
/// Nobody has a head start, and nobody is overtaken by more than ten minutes.
const POLICY: &str = "[policy]\nhead_start_max_s = 600\nurgent_head_start_s = 0\nboost_max_s = 0\nstanding.max_s = 0\n\
                      capacity = { units = 4, weights = { chat = 3 } }";
const UNITS: u32 = 4;

fn file() -> String {
    small_file().replacen("[policy]", POLICY, 1)
}

fn desk() -> NativeDesk {
    NativeDesk::with_desk(7, Profile::Honest, Faults::latency(1..=1), &file())
}

fn ask_call(channel: &str) -> Call {
    let body = json!({"body": QUESTION, "channel": channel});
    Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body)
}

/// The id of a ticket in the consultants' line.
fn ask(desk: &NativeDesk, channel: &str) -> String {
    let asked = desk.send("ask", &ask_call(channel));
    assert_eq!((asked.status, asked.text("/queue/line").as_str()), (201, LINE), "{asked:?}");
    desk.settle("ask");
    asked.text("/ticket/id")
}

fn claim_call(line: &str, who: &str) -> Call {
    Call::new("POST", format!("/v1/desks/{DESK}/lines/{line}/claims")).token(&demo_token(who))
}

fn claim(desk: &NativeDesk, who: &str) -> Answer {
    let answer = desk.send("claim", &claim_call(LINE, who));
    desk.settle("claim");
    answer
}

fn on(ticket: &str, method: &str, rest: &str, who: &str) -> Call {
    Call::new(method, format!("/v1/tickets/{ticket}{rest}")).token(&demo_token(who))
}

fn act(desk: &NativeDesk, call: &Call) -> Answer {
    let answer = desk.send("act", call);
    desk.settle("act");
    answer
}

fn solve(ticket: &str, who: &str) -> Call {
    on(ticket, "POST", "/replies", who).json(&json!({"body": "Done.", "then": "solve"}))
}

fn refused(answer: &Answer, held: u32, needed: u32) {
    assert_eq!((answer.status, answer.problem().as_str()), (409, "at-capacity"), "{answer:?}");
    let numbers = ["units", "held_units", "needed_units"].map(|name| answer.body[name].clone());
    assert_eq!(numbers, [json!(UNITS), json!(held), json!(needed)], "{answer:?}");
}

#[test]
fn a_chat_weighs_more_than_a_letter_and_what_does_not_fit_says_so() {
    let desk = desk();
    let [chat, letter, next] = ["chat", "form", "form"].map(|channel| ask(&desk, channel));
    assert_eq!(claim(&desk, "ana").text("/ticket/id"), chat);
    assert_eq!(claim(&desk, "ana").text("/ticket/id"), letter);
    refused(&claim(&desk, "ana"), 4, 1);
    refused(&act(&desk, &on(&next, "PUT", "/claim", "ana")), 4, 1);
    assert_eq!(act(&desk, &on(&chat, "PUT", "/claim", "ana")).status, 200, "renewing needs no room");
    assert_eq!(act(&desk, &solve(&chat, "ana")).status, 201);
    assert_eq!(claim(&desk, "ana").text("/ticket/id"), next, "at once, once there is room");
    assert_eq!(claim(&desk, "ana").status, 204, "nothing waits");
    assert_eq!(act(&desk, &on(&next, "DELETE", "/claim", "ana")).status, 204);
    assert_eq!(claim(&desk, "bruno").text("/ticket/id"), next, "a refusal keeps nothing from others");
}

#[test]
fn what_somebody_has_counts_over_all_their_lines() {
    let desk = desk();
    let chat = ask(&desk, "chat");
    let path = format!("/v1/desks/{DESK}/requests");
    let call = Call::new("POST", path).json(&json!({"body": "zzz qqq vvv", "channel": "chat"}));
    let asked = desk.send("ask", &call);
    assert_eq!(asked.text("/queue/line"), "care", "{asked:?}");
    desk.settle("ask");
    assert_eq!(claim(&desk, "ana").text("/ticket/id"), chat);
    let care = desk.send("claim", &claim_call("care", "ana"));
    refused(&care, 3, 3);
    desk.settle("claim");
    desk.minutes(16);
    let care = desk.send("claim", &claim_call("care", "ana"));
    assert_eq!(care.status, 201, "a lapsed lease takes no room: {care:?}");
}

#[test]
fn lighter_tickets_go_before_a_heavy_one_until_they_would_overtake_it_by_the_bound() {
    let desk = desk();
    let first: Vec<_> = (0..2).map(|_| ask(&desk, "form")).collect();
    for ticket in &first {
        assert_eq!(claim(&desk, "ana").text("/ticket/id"), *ticket);
    }
    let chat = ask(&desk, "chat");
    desk.minutes(9);
    let soon = ask(&desk, "form");
    desk.minutes(2);
    let late = ask(&desk, "form");
    assert_eq!(claim(&desk, "ana").text("/ticket/id"), soon, "nine minutes after the chat");
    refused(&claim(&desk, "ana"), 3, 3);
    assert_eq!(act(&desk, &solve(&first[0], "ana")).status, 201);
    refused(&claim(&desk, "ana"), 2, 3);
    assert_eq!(act(&desk, &solve(&first[1], "ana")).status, 201);
    assert_eq!(claim(&desk, "ana").text("/ticket/id"), chat, "what was kept free is its");
    refused(&claim(&desk, "ana"), 4, 1);
    assert_eq!(claim(&desk, "bruno").text("/ticket/id"), late, "whoever has room takes it");
}

#[test]
fn a_claim_repeated_with_its_key_is_the_same_claim() {
    let desk = desk();
    let [first, _] = ["chat", "chat"].map(|channel| ask(&desk, channel));
    let call = claim_call(LINE, "ana").key("once");
    for _ in 0..2 {
        assert_eq!(act(&desk, &call).text("/ticket/id"), first);
    }
    refused(&claim(&desk, "ana"), 3, 3);
}

#[test]
fn without_room_to_bound_nothing_is_noted() {
    let desk = NativeDesk::with_desk(7, Profile::Honest, Faults::none(), &small_file());
    ask(&desk, "chat");
    let claimed = claim(&desk, "ana");
    assert_eq!((claimed.status, claimed.before_answer.commits), (201, 2));
    assert!(!desk.sim.keys().iter().any(|key| key.starts_with("hands:")));
}

#[test]
fn a_claim_costs_two_commits_however_many_wait() {
    let costs = |waiting: usize| {
        let desk = desk();
        for number in 0..waiting {
            ask(&desk, if number % 2 == 0 { "form" } else { "chat" });
        }
        let first = claim(&desk, "ana");
        let second = claim(&desk, "ana");
        let third = claim(&desk, "ana");
        refused(&third, 4, 1);
        [first, second, third].map(|answer| (answer.before_answer.reads, answer.before_answer.commits))
    };
    let few = costs(4);
    assert_eq!(few.map(|(_, commits)| commits), [2, 2, 0]);
    assert_eq!(costs(60), few);
    // Signing in, what is in hand, the ticket that the last claim took, the directory, two queues' heads, the ticket.
    assert_eq!(few[1].0, 2 + 1 + 1 + 1 + 2 + 1);
}

#[test]
fn a_ticket_taken_by_name_costs_two_commits_and_its_entry_says_so_after_the_answer() {
    let desk = desk();
    let [first, second] = ["form", "form"].map(|channel| ask(&desk, channel));
    for ticket in [&second, &first] {
        let taken = desk.send("take", &on(ticket, "PUT", "/claim", "ana"));
        assert_eq!((taken.status, taken.before_answer.commits), (200, 2), "{taken:?}");
        desk.settle("take");
    }
    assert_eq!(claim(&desk, "bruno").status, 204, "both entries say whose they are");
}

#[test]
fn what_the_build_before_noted_counts() {
    let desk = desk();
    let chat = ask(&desk, "chat");
    (0..2).for_each(|_| drop(ask(&desk, "form")));
    assert_eq!(claim(&desk, "ana").text("/ticket/id"), chat);
    let key = format!("hands:{DESK}:ana");
    let mut kept: Value = serde_json::from_slice(&desk.sim.value(&key).unwrap()).unwrap();
    assert_eq!(kept["schema"], json!(2));
    kept["schema"] = json!(1);
    desk.sim.put(&key, &serde_json::to_vec(&kept).unwrap());
    assert_eq!(claim(&desk, "ana").status, 201);
    refused(&claim(&desk, "ana"), 4, 1);
}

/// Tickets and what each takes, as the store has them.
fn held(desk: &NativeDesk) -> BTreeMap<String, u32> {
    let now = desk.sim.runtime("checker").now_ms();
    let mut held: BTreeMap<String, u32> = BTreeMap::new();
    for key in desk.sim.keys().into_iter().filter(|key| key.starts_with("ticket:")) {
        let bytes = desk.sim.value(&key).unwrap();
        let ticket = Document::<tierline_desk::TicketDocument>::decode(&key, &bytes).unwrap().body.0;
        let ticket: Ticket = ticket;
        if let Some(lease) = ticket.lease.as_ref().filter(|lease| lease.until.0 > now) {
            let weight = if ticket.channel == "chat" { 3 } else { 1 };
            *held.entry(lease.person.to_string()).or_default() += weight;
        }
    }
    held
}

/// Claims the next of a line, or one by name, and keeps it.
async fn grab(platform: NativePlatform, calls: Vec<Call>) -> Vec<String> {
    let mut told = vec![];
    for call in calls {
        let answer = send_until_answered(platform.clone(), call, 3).await;
        told.extend(
            answer.filter(|answer| matches!(answer.status, 200 | 201)).map(|it| it.text("/ticket/id")),
        );
    }
    told
}

const PROFILES: [Profile; 5] =
    [Profile::Honest, Profile::SqliteSpin, Profile::Redis, Profile::DynamoDb, Profile::CosmosDb];
const SEEDS: u64 = 1_000;

#[test]
fn however_often_somebody_claims_at_once_it_is_never_too_much() {
    let one = std::env::var("TIERLINE_SEED").ok().and_then(|seed| seed.parse().ok());
    let (mut told_in_all, mut full) = (0, 0);
    for seed in one.map_or(0..SEEDS, |seed| seed..seed + 1) {
        let profile = PROFILES[usize::try_from(seed).unwrap() % PROFILES.len()];
        let desk = NativeDesk::with_desk(seed, profile, Faults::none(), &file());
        let tickets: Vec<_> =
            (0..10).map(|number| ask(&desk, if number % 3 == 0 { "chat" } else { "form" })).collect();
        desk.sim.set_faults(Faults::rough());
        let mut tasks = vec![];
        for task in 0..8_usize {
            let who = ["ana", "bruno"][task % 2];
            let next = |round: usize| claim_call(LINE, who).key(&format!("next-{task}-{round}"));
            let this = on(&tickets[9 - task], "PUT", "/claim", who).key(&format!("this-{task}"));
            let name = format!("task-{task}");
            tasks.push(desk.sim.spawn(&name, grab(desk.platform(&name), vec![next(0), this, next(1)])));
        }
        desk.sim.run_until_idle().unwrap();
        desk.sim.set_faults(Faults::none());
        let told: BTreeSet<_> = tasks.into_iter().filter_map(|mut task| task.take()).flatten().collect();
        told_in_all += told.len();
        for (who, units) in held(&desk) {
            let about = || {
                let told = desk.sim.trace().into_iter();
                told.filter(|line| line.contains(&format!("hands:{DESK}:{who}")) || line.contains(" ticket:"))
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            assert!(units <= UNITS, "seed {seed} on {profile:?}: {who} has {units}\n{}", about());
            full += usize::from(units == UNITS);
        }
    }
    if one.is_none() {
        println!("{told_in_all} claims were told, {full} people had their hands full");
        assert!(full > 1_000, "too few had their hands full to prove much: {full}");
    }
}

/// The demo brand with six units, of which a chat takes three.
#[test]
fn somebody_has_two_chats_or_six_letters() {
    let capacity = "[policy]\ncapacity = { units = 6, weights = { chat = 3 } }";
    let file = demo_file().replacen("[policy]", capacity, 1);
    for (channel, fit) in [("chat", 2), ("form", 6)] {
        let desk = NativeDesk::with_desk(7, Profile::Honest, Faults::none(), &file);
        for _ in 0..=fit {
            ask(&desk, channel);
        }
        for number in 0..fit {
            let claimed = claim(&desk, "bruno");
            assert_eq!(claimed.status, 201, "{channel} {number}: {claimed:?}");
        }
        let refused = claim(&desk, "bruno");
        assert_eq!((refused.status, refused.problem().as_str()), (409, "at-capacity"), "{refused:?}");
    }
}

#[test]
fn of_two_claims_in_the_same_millisecond_only_what_fits_is_had() {
    let desk = NativeDesk::with_desk(3, Profile::Honest, Faults::none(), &file());
    for _ in 0..3 {
        ask(&desk, "chat");
    }
    let claims: Vec<_> = (0..2)
        .map(|number| {
            let name = format!("claim-{number}");
            let platform = desk.platform(&name);
            desk.sim.spawn(&name, async move { send(platform, claim_call(LINE, "ana")).await })
        })
        .collect();
    desk.sim.run_until_idle().unwrap();
    let answers: Vec<_> = claims.into_iter().map(|mut claim| claim.take().unwrap()).collect();
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{answers:?}");
    assert_eq!(held(&desk), BTreeMap::from([("ana".to_owned(), 3)]));
    let got: BTreeSet<_> = ["bruno"].map(|who| claim(&desk, who).text("/ticket/id")).into();
    assert!(got.iter().all(|id| TicketId::parse(id).is_some()));
    let sweep = desk.send("tick", &Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
    assert_eq!((sweep.status, &sweep.body["failed"]), (200, &json!(0)), "{sweep:?}");
}
