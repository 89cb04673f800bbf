//! What tickets say that they owe.

use super::{Wrong, history, list, tickets};
use crate::play::Evidence;

/// Looks.
pub fn look(evidence: &Evidence) -> Vec<Wrong> {
    let mut wrong = vec![];
    for (id, ticket) in tickets(evidence) {
        for what in ["owed", "lists_owed"] {
            if !list(ticket, what).is_empty() {
                wrong.push(format!("{id} still has {what}: {}", ticket[what]));
            }
        }
        let (steps, journaled) = (history(evidence, id, ticket).len() as u64, ticket["journaled"].as_u64());
        if journaled != Some(steps) {
            wrong.push(format!("{id} has {steps} steps and wrote {journaled:?} into the journal"));
        }
    }
    wrong
}
