//! Lists by state, as the API gives them, against the tickets.

use super::{Wrong, tickets};
use crate::play::{Evidence, STATES};
use std::collections::BTreeSet;

/// Looks.
pub fn look(evidence: &Evidence) -> Vec<Wrong> {
    let mut wrong = vec![];
    for state in STATES {
        let listed = evidence.listed.get(state).map_or(&[][..], Vec::as_slice);
        let there: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
        if there.len() != listed.len() {
            wrong.push(format!("the list of what is {state} names a ticket twice: {listed:?}"));
        }
        // Every lease is over by now.
        let are = tickets(evidence).filter(|(_, ticket)| ticket["status"] == *state).map(|(id, _)| id);
        let are: BTreeSet<&str> = are.collect();
        wrong.extend(are.difference(&there).map(|id| format!("{id} is {state} and not listed as that")));
        wrong.extend(there.difference(&are).map(|id| format!("{id} is listed as {state} and is not")));
    }
    wrong
}
