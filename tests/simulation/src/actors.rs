//! Who takes part in a history: customers, the desk's people, the tick, and whatever kills instances and moves clocks.

use crate::client::{Client, Stage, token_of};
use crate::history::What;
use crate::plan::Tick;
use std::rc::Rc;
use tierline_store::Runtime;

/// What customers ask. The first goes to consultants, the second tier 1 answers, of the third it knows nothing.
const QUESTIONS: [&str; 3] = ["My site is down", "I forgot my password", "Please call back about the thing"];

/// The desk's people and their lines; the last claims what is left at the end.
pub const PEOPLE: [(&str, &[&str]); 6] = [
    ("ana", &["care", "consultants"]),
    ("bruno", &["consultants"]),
    ("chen", &["admins", "consultants"]),
    ("dora", &["consultants"]),
    ("emil", &["care"]),
    ("zoe", &["care", "consultants", "admins"]),
];

/// Starts everybody that the plan names.
pub fn enter(stage: &Rc<Stage>) {
    let spawn = |name: &str, work: futures::future::LocalBoxFuture<'static, ()>| {
        drop(stage.desk.sim.spawn(name, work));
    };
    for number in 0..stage.plan.customers {
        let name = format!("customer-{number}");
        let client = Client::new(stage, &name);
        spawn(&name, Box::pin(ask_and_go_on(client, number)));
    }
    for (person, lines) in PEOPLE.iter().take(stage.plan.people) {
        let client = Client::new(stage, person);
        spawn(person, Box::pin(work(client, lines)));
    }
    let ticks: &[&str] = match stage.plan.tick {
        Tick::Never => &[],
        Tick::Comes => &["tick"],
        Tick::Twice => &["tick", "tick-too"],
    };
    for name in ticks {
        let client = Client::new(stage, name);
        spawn(name, Box::pin(tick(client)));
    }
    spawn("gremlin", Box::pin(strike(Rc::downgrade(stage), Client::new(stage, "gremlin"))));
}

/// A request, and what one says on it afterwards. Some clients send no key and never repeat themselves.
async fn ask_and_go_on(client: Client, number: usize) {
    client.wait_up_to(40_000).await;
    let body = format!("{} ({number})", QUESTIONS[client.dice(10) / 4]);
    let with_key = client.dice(8) > 0;
    let chat = client.may_chat() && client.dice(2) == 0;
    let Some(asked) =
        client.say(What::Ask { body, chat }, "", with_key).await.filter(|told| told.status == 201)
    else {
        return;
    };
    let (ticket, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
    client.knows(&ticket);
    for word in 0..client.dice(5) {
        client.wait_up_to(30_000).await;
        let ticket = ticket.clone();
        let what = match client.dice(8) {
            0 => What::Outcome { ticket, solved: true },
            1 | 2 => What::Outcome { ticket, solved: false },
            3 => What::Rate { ticket },
            _ => What::Say { ticket, body: format!("customer {number} says {word}") },
        };
        client.say(what, &key, true).await;
    }
}

/// Claims, or takes what it heard of, and works on what it got; sometimes it walks off, and the hold lapses.
async fn work(client: Client, lines: &[&str]) {
    let token = token_of(client.who());
    for round in 0..4 + client.dice(5) {
        client.wait_up_to(25_000).await;
        let what = match client.any_ticket().filter(|_| client.dice(6) == 0) {
            Some(ticket) => What::Take { ticket },
            None => What::Claim { line: lines[client.dice(lines.len())].to_owned() },
        };
        let got = client.say(what, &token, true).await;
        let Some(got) = got.filter(|answer| matches!(answer.status, 200 | 201)) else { continue };
        let ticket = got.text("/ticket/id");
        for word in 0..1 + client.dice(2) {
            client.wait_up_to(15_000).await;
            let body = format!("{} says {round}.{word}", client.who());
            let ticket = ticket.clone();
            let what = match client.dice(12) {
                0..=3 => What::Reply { ticket, body, then: "solve" },
                4 | 5 => What::Reply { ticket, body, then: "wait" },
                6 => What::Reply { ticket, body, then: "keep" },
                7 => What::Note { ticket, body },
                8 => What::Release { ticket },
                9 => What::HandOver {
                    ticket,
                    to: ["care", "consultants", "admins"][client.dice(3)].to_owned(),
                },
                10 => What::Escalate { ticket },
                _ => break,
            };
            client.say(what, &token, true).await;
        }
    }
}

async fn tick(client: Client) {
    for _ in 0..5 {
        client.say(What::Tick, &token_of("tick"), false).await;
        client.wait_up_to(25_000).await;
    }
}

/// Kills instances at some await of whatever they do, and moves their clocks.
async fn strike(stage: std::rc::Weak<Stage>, client: Client) {
    let Some((kills, jump_ms)) = stage.upgrade().map(|stage| (stage.plan.kills, stage.plan.clock_jump_ms))
    else {
        return;
    };
    for _ in 0..kills.max(if jump_ms > 0 { 6 } else { 0 }) {
        client.wait_up_to(20_000).await;
        let Some(stage) = stage.upgrade() else { return };
        let instance = Stage::instance(client.dice(stage.plan.instances));
        if jump_ms > 0 {
            let by = client.dice(usize::try_from(2 * jump_ms).unwrap_or(0));
            stage.desk.sim.set_clock_skew_ms(&instance, i64::try_from(by).unwrap_or(0) - jump_ms);
        }
        if kills > 0 {
            stage.desk.sim.kill_after(&instance, client.dice(60) as u64);
        }
    }
}

/// A right clock, for whoever looks from outside.
pub fn now_ms(stage: &Stage) -> i64 {
    stage.desk.sim.runtime("outside").now_ms()
}
