//! The steps of tickets against what clients were told: done if acknowledged, and no more often than asked.

use super::{Wrong, history, tickets};
use crate::history::{Spoken, What};
use crate::play::Evidence;
use serde_json::Value;
use std::collections::BTreeMap;

/// How often something must and may be there.
#[derive(Default)]
struct Bounds {
    must: usize,
    may: usize,
}

/// Looks.
pub fn look(evidence: &Evidence) -> Vec<Wrong> {
    let mut bounds: BTreeMap<(String, String, &str), Bounds> = BTreeMap::new();
    // A claim that was told nothing may have taken any ticket.
    let mut lost_claims: BTreeMap<String, usize> = BTreeMap::new();
    for spoken in &evidence.history {
        let by = who(spoken);
        match (spoken.about(), spoken.what.action()) {
            (Some(ticket), Some(action)) => {
                // A message reopens what was solved.
                if matches!(spoken.what, What::Say { .. }) {
                    bounds.entry((ticket.clone(), by.clone(), "reopened")).or_default().may += 1;
                }
                // What is so already is acknowledged, and no step.
                let may_be_so = matches!(spoken.what, What::Outcome { .. });
                let done = spoken.is_acknowledged();
                let bounds = bounds.entry((ticket, by.clone(), action)).or_default();
                bounds.must += usize::from(done && !may_be_so);
                bounds.may += usize::from(spoken.may_have_happened() || (done && may_be_so));
            }
            (Some(ticket), None) => {
                // A take is a claim where it renews nothing.
                bounds.entry((ticket, by.clone(), "claimed")).or_default().may += 1;
            }
            (None, _) => {}
        }
        if matches!(spoken.what, What::Claim { .. }) && (spoken.may_have_happened() || spoken.tries > 1) {
            *lost_claims.entry(by).or_default() += 1;
        }
    }
    let mut wrong = vec![];
    for (id, ticket) in tickets(evidence) {
        let steps = history(evidence, id, ticket);
        for ((_, by, action), Bounds { must, may }) in bounds.iter().filter(|((ticket, ..), _)| ticket == id)
        {
            let is_it = |step: &&&Value| step["action"] == **action && name(&step["by"]) == *by;
            let times = steps.iter().filter(is_it).count();
            let lost = if *action == "claimed" { lost_claims.get(by).copied().unwrap_or(0) } else { 0 };
            if times < *must || times > must + may + lost {
                wrong.push(format!(
                    "{id}: {by} {action} {times} times; {must} acknowledged, {} not known",
                    may + lost
                ));
            }
        }
    }
    wrong
}

/// As steps name them.
fn who(spoken: &Spoken) -> String {
    if spoken.who.starts_with("customer") { "customer".to_owned() } else { spoken.who.clone() }
}

fn name(by: &Value) -> String {
    by["person"].as_str().or(by.as_str()).unwrap_or_default().to_owned()
}
