//! Plays one history, and gathers what there is to judge.

use crate::actors::{self, PEOPLE};
use crate::client::{Stage, token_of};
use crate::history::{InHand, Spoken};
use crate::limits::{CHAT_UNITS, LEASE_S, PUBLISHED_S, QUIET_S, TICKS_MAX, UNITS};
use crate::plan::Plan;
use futures::executor::block_on;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tierline_domain::secrets::token_sha256;
use tierline_native::{Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, small_file};
use tierline_operator::check::{Finding, Severity, check_store};
use tierline_store::{MemoryStore, Runtime, Store};
use tierline_testkit::{Faults, SimulationError};

/// Everything a checker may look at. No checker touches the desk.
pub struct Evidence {
    /// What was played.
    pub plan: Plan,
    /// What clients asked and were told.
    pub history: Vec<Spoken>,
    /// All that is stored when nothing is left to do, by key: JSON where it is JSON.
    pub image: BTreeMap<String, Value>,
    /// The public thread of each ticket that a customer was told of, as the desk shows it to its people.
    pub threads: BTreeMap<String, Vec<String>>,
    /// What the desk lists by state.
    pub listed: BTreeMap<&'static str, Vec<String>>,
    /// What somebody on all lines could claim at the very end, in that order.
    pub claimed: Vec<String>,
    /// What `tierline check` finds wrong.
    pub findings: Vec<Finding>,
    /// What people had in hand, whenever that had changed; nothing where the desk bounds nothing.
    pub in_hand: Vec<InHand>,
    /// A right clock when the image was made.
    pub now_ms: i64,
    /// How often each thing happened to calls on the store.
    pub counted: BTreeMap<&'static str, u64>,
    /// The store's calls, one line each, if they were asked for.
    pub trace: Vec<String>,
    /// Equal for equal histories.
    pub trace_hash: u64,
}

/// States that tickets are listed by.
pub const STATES: [&str; 6] = ["answered", "queued", "claimed", "waiting", "solved", "closed"];

/// Plays the history of this plan.
///
/// # Errors
/// When the desk does not come to an end: what waits for ever, or runs for ever, is lost too.
pub fn play(plan: &Plan, with_trace: bool) -> Result<Evidence, SimulationError> {
    let desk = NativeDesk::with_desk(plan.seed, plan.profile, Faults::none(), &desk_file(plan));
    // A replica that lags knows of no desk in its first second.
    let runtime = desk.sim.runtime("outside");
    desk.sim.block_on(runtime.sleep(Duration::from_secs(PUBLISHED_S)))?;
    let stage = Stage::new(desk, plan.clone());
    stage.desk.sim.set_faults(plan.weather.faults());
    actors::enter(&stage);
    stage.desk.sim.run_until_idle()?;
    be_quiet(&stage)?;
    gather(&stage, with_trace)
}

/// The small desk with more people and short leases.
fn desk_file(plan: &Plan) -> String {
    let mut file = small_file();
    if plan.capacity {
        let capacity = format!("capacity = {{ units = {UNITS}, weights = {{ chat = {CHAT_UNITS} }} }}");
        file = file.replacen("[policy]", &format!("[policy]\n{capacity}"), 1);
    }
    for tier in 1..=3 {
        file = file.replacen(&format!("tier = {tier}"), &format!("tier = {tier}\nlease_s = {LEASE_S}"), 1);
    }
    // Three of them are in the file already, with fewer lines: what is here counts.
    let (before, rest) = file.split_once("[[people]]").expect("people");
    let (_, after) = rest.split_once("[[answers]]").expect("answers");
    let mut people = String::new();
    for (id, lines) in PEOPLE {
        let (role, digest) = (role_of(lines), token_sha256(&demo_token(id)));
        people += &format!(
            "[[people]]\nid = \"{id}\"\nname = \"{id}\"\nrole = \"{role}\"\nlines = {lines:?}\nlanguages = \
             [\"en\"]\ntoken_sha256 = \"{digest}\"\n\n"
        );
    }
    format!("{before}{people}[[answers]]{after}")
}

fn role_of(lines: &[&str]) -> &'static str {
    match lines {
        [.., "admins"] | ["admins", ..] => "admin",
        ["care", ..] => "care",
        _ => "consultant",
    }
}

/// Nothing goes wrong any more, time passes, and the tick comes until it finds nothing to do.
fn be_quiet(stage: &Stage) -> Result<(), SimulationError> {
    let sim = &stage.desk.sim;
    sim.set_faults(Faults::none());
    for number in 0..stage.plan.instances {
        sim.set_clock_skew_ms(&Stage::instance(number), 0);
    }
    let runtime = sim.runtime("outside");
    sim.block_on(runtime.sleep(Duration::from_secs(QUIET_S)))?;
    for _ in 0..TICKS_MAX {
        let call = Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN).json(&json!({"limit": 500}));
        let swept = stage.desk.send("the last ticks", &call);
        sim.run_until_idle()?;
        let left = ["failed", "settled"].map(|what| swept.body[what].as_u64());
        if left == [Some(0); 2] {
            break;
        }
    }
    Ok(())
}

fn gather(stage: &Stage, with_trace: bool) -> Result<Evidence, SimulationError> {
    let (sim, desk) = (&stage.desk.sim, &stage.desk);
    let now_ms = actors::now_ms(stage);
    let value = |key: &String| {
        let bytes = sim.value(key).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or(Value::Null)
    };
    let image: BTreeMap<_, _> = sim.keys().into_iter().map(|key| (key.clone(), value(&key))).collect();
    let report = block_on(check_store(&documents(stage))).expect("nothing goes wrong there");
    let findings =
        report.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    let tickets: BTreeSet<_> = stage.known.borrow().iter().cloned().collect();
    let threads = tickets.into_iter().map(|ticket| (ticket.clone(), thread(desk, &ticket))).collect();
    let listed = STATES.into_iter().map(|state| (state, listed(desk, state))).collect();
    let claimed = claim_everything(stage)?;
    Ok(Evidence {
        plan: stage.plan.clone(),
        history: stage.history.borrow().clone(),
        image,
        threads,
        listed,
        claimed,
        findings,
        in_hand: stage.in_hand.borrow().clone(),
        now_ms,
        counted: sim.counted().into_iter().chain([("delivered twice", *stage.doubled.borrow())]).collect(),
        trace: if with_trace { sim.trace() } else { vec![] },
        trace_hash: sim.trace_hash(),
    })
}

/// A copy on a plain store, without counters: each kind of store keeps those in its own way.
fn documents(stage: &Stage) -> MemoryStore {
    let copy = MemoryStore::new();
    for key in stage.desk.sim.keys().iter().filter(|key| !key.starts_with("guard:")) {
        let value = stage.desk.sim.value(key).unwrap_or_default();
        block_on(copy.set(key, &value)).expect("nothing goes wrong there");
    }
    copy
}

fn thread(desk: &NativeDesk, ticket: &str) -> Vec<String> {
    let call = Call::new("GET", format!("/v1/tickets/{ticket}")).token(&token_of("zoe"));
    let shown = desk.send("outside", &call);
    let messages = shown.body["thread"].as_array().cloned().unwrap_or_default();
    messages.iter().filter_map(|message| message["body"].as_str().map(str::to_owned)).collect()
}

fn listed(desk: &NativeDesk, state: &str) -> Vec<String> {
    let (mut ids, mut cursor) = (vec![], String::new());
    loop {
        let path = format!("/v1/desks/{DESK}/tickets?state={state}&limit=7{cursor}");
        let page = desk.send("outside", &Call::new("GET", path).token(&token_of("zoe")));
        let rows = page.body["tickets"].as_array().cloned().unwrap_or_default();
        ids.extend(rows.iter().filter_map(|row| row["id"].as_str().map(str::to_owned)));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

/// Where she has room for so much only, she ends each before she takes the next.
fn claim_everything(stage: &Stage) -> Result<Vec<String>, SimulationError> {
    let (desk, mut claimed) = (&stage.desk, vec![]);
    for line in ["care", "consultants", "admins"] {
        let call = Call::new("POST", format!("/v1/desks/{DESK}/lines/{line}/claims")).token(&token_of("zoe"));
        loop {
            let answer = desk.send("outside", &call);
            desk.sim.run_until_idle()?;
            match answer.status {
                201 => claimed.push(answer.text("/ticket/id")),
                _ => break,
            }
            if let Some(ticket) = claimed.last().filter(|_| stage.plan.capacity) {
                let reply =
                    Call::new("POST", format!("/v1/tickets/{ticket}/replies")).token(&token_of("zoe"));
                desk.send("outside", &reply.json(&json!({"body": "Done.", "then": "solve"})));
                desk.sim.run_until_idle()?;
            }
        }
    }
    Ok(claimed)
}
