//! The queue's guarantee, checked on a log by code that knows nothing of pages, places or stores.
//!
//! *If claim-next by person x starts after ticket i's enqueue was acknowledged, and i is unleased, unchanged and claimable
//! by x throughout, then the ticket x gets has `v <= v(i)`; so it entered at most `H` after i.* Equal head starts: first
//! come, first served. And x gets something.

use crate::log::{Log, What};
use crate::router::Trouble;
use crate::scenario::{Scenario, Worker};
use crate::story::seconds;
use std::collections::{BTreeMap, BTreeSet};
use tierline_domain::ids::LineId;
use tierline_domain::time::Time;

/// How a log broke the guarantee.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    /// Which claim.
    pub claim: usize,
    /// Which ticket should have come first.
    pub passed_over: usize,
    /// What was given instead; none if nothing was.
    pub given: Option<usize>,
    /// When.
    pub at: Time,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked {
    /// Claims that were looked at, with the tickets that each could have been given.
    pub claims: usize,
    /// Claims that had a choice: at least two tickets waited for them.
    pub choices: usize,
    /// The most by which anybody was overtaken by whoever came later, in seconds.
    pub overtaking_s: f64,
    /// Empty, if the guarantee held.
    pub broken: Vec<Broken>,
}

/// A stretch in which a ticket was free: from its acknowledged entry or the end of a lease, until something began to change it.
struct Free {
    ticket: usize,
    line: LineId,
    v: Time,
    e: Time,
    skills: Vec<String>,
    from: usize,
    to: usize,
}

struct Claimed {
    claim: usize,
    person: usize,
    line: LineId,
    from: usize,
    to: usize,
    got: Option<usize>,
    at: Time,
}

/// Looks at every claim of the log. All that is taken from the scenario is who can take what.
pub fn check(scenario: &Scenario, log: &Log) -> Result<Checked, Trouble> {
    let claims = claims(scenario, log)?;
    let frees = frees(log, &claims);
    let mut checked = Checked::default();
    let mut begun: Vec<usize> = (0..frees.len()).collect();
    begun.sort_by_key(|index| frees.get(*index).map(|free| free.from));
    let mut begun = begun.into_iter().peekable();
    // Of each line, free tickets in the order of v, e and number.
    let mut waiting: BTreeMap<&LineId, BTreeSet<(Time, Time, usize, usize)>> = BTreeMap::new();
    for claim in &claims {
        while let Some(free) =
            begun.next_if(|index| frees.get(*index).is_some_and(|free| free.from < claim.from))
        {
            if let Some(found) = frees.get(free) {
                waiting.entry(&found.line).or_default().insert((found.v, found.e, found.ticket, free));
            }
        }
        let Some(waiting) = waiting.get_mut(&claim.line) else { continue };
        waiting.retain(|(.., index)| frees.get(*index).is_some_and(|free| free.to >= claim.from));
        let worker = scenario.people.get(claim.person);
        let claimable = waiting
            .iter()
            .filter_map(|(.., index)| frees.get(*index))
            .filter(|free| is_for(worker, claim, free));
        judge(&mut checked, claim, &frees, &claimable.collect::<Vec<_>>());
    }
    Ok(checked)
}

/// Claimable by them, and free throughout the claim or taken by it.
fn is_for(worker: Option<&Worker>, claim: &Claimed, free: &Free) -> bool {
    let throughout = free.to > claim.to || (claim.got == Some(free.ticket) && free.to == claim.from);
    throughout && worker.is_some_and(|worker| worker.fits(&free.line, &free.skills))
}

fn judge(checked: &mut Checked, claim: &Claimed, frees: &[Free], claimable: &[&Free]) {
    checked.claims += 1;
    checked.choices += usize::from(claimable.len() > 1);
    // What it got may have become free while the claim was under way.
    let given = claim
        .got
        .and_then(|ticket| frees.iter().rev().find(|free| free.ticket == ticket && free.to == claim.from));
    for free in claimable.iter().filter(|free| claim.got != Some(free.ticket)) {
        let is_before = given.is_some_and(|given| (given.v, given.e) <= (free.v, free.e));
        if !is_before {
            let (passed_over, at) = (free.ticket, claim.at);
            checked.broken.push(Broken { claim: claim.claim, passed_over, given: claim.got, at });
        }
        let by_s = given.map_or(0.0, |given| seconds(given.e.since_ms(free.e)));
        checked.overtaking_s = checked.overtaking_s.max(by_s);
    }
}

/// Claims in the order in which they began.
fn claims(scenario: &Scenario, log: &Log) -> Result<Vec<Claimed>, Trouble> {
    let mut claims: BTreeMap<usize, Claimed> = BTreeMap::new();
    for (index, entry) in log.0.iter().enumerate() {
        match &entry.what {
            What::Asking { claim, person, line } => {
                let found = scenario.people.iter().position(|worker| worker.id == *person);
                let person = found.ok_or_else(|| Trouble::Scenario(format!("nobody is {person}")))?;
                let (line, claim, at) = (line.clone(), *claim, entry.at);
                claims.insert(
                    claim,
                    Claimed { claim, person, line, from: index, to: usize::MAX, got: None, at },
                );
            }
            What::Asked { claim, ticket } => {
                if let Some(claim) = claims.get_mut(claim) {
                    (claim.to, claim.got) = (index, *ticket);
                }
            }
            _ => {}
        }
    }
    let mut claims: Vec<_> = claims.into_values().filter(|claim| claim.to != usize::MAX).collect();
    claims.sort_by_key(|claim| claim.from);
    Ok(claims)
}

/// When each ticket was free, and for whom.
fn frees(log: &Log, claims: &[Claimed]) -> Vec<Free> {
    let taken_by: BTreeMap<usize, usize> = claims.iter().map(|claim| (claim.to, claim.from)).collect();
    let mut frees: Vec<Free> = vec![];
    let mut latest: BTreeMap<usize, usize> = BTreeMap::new();
    // Who was quick can have it before its entry was acknowledged to the customer.
    let mut early: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, entry) in log.0.iter().enumerate() {
        let (ticket, end) = match &entry.what {
            What::Entered { ticket, line, v, e, skills, .. } => {
                latest.insert(*ticket, frees.len());
                let (line, skills, to) =
                    (line.clone(), skills.clone(), early.remove(ticket).unwrap_or(usize::MAX));
                frees.push(Free { ticket: *ticket, line, v: *v, e: *e, skills, from: index, to });
                continue;
            }
            What::Lapsed { ticket } => {
                let Some(before) = latest.get(ticket).and_then(|index| frees.get(*index)) else { continue };
                let (line, skills) = (before.line.clone(), before.skills.clone());
                let (v, e) = (before.v, before.e);
                latest.insert(*ticket, frees.len());
                frees.push(Free { ticket: *ticket, line, v, e, skills, from: index, to: usize::MAX });
                continue;
            }
            // It may have had the ticket since it began, also if others changed it before the claim was answered.
            What::Asked { ticket: Some(ticket), .. } => {
                let end = taken_by.get(&index).copied().unwrap_or(index);
                for free in frees.iter_mut().filter(|free| free.ticket == *ticket && free.to > end) {
                    free.to = end;
                }
                (*ticket, end)
            }
            What::Changing { ticket } => (*ticket, index),
            _ => continue,
        };
        match latest.get(&ticket).and_then(|latest| frees.get_mut(*latest)) {
            Some(free) => free.to = free.to.min(end),
            None => drop(early.insert(ticket, end)),
        }
    }
    frees
}
