//! What people had in hand, over all lines, at every moment that was looked at.
//!
//! Work on a ticket whose lease has lapsed is never refused, and counts again from then on: such a ticket may be more than fits,
//! so it is left out until it is taken anew.

use super::Wrong;
use crate::history::{Hold, InHand};
use crate::limits::{CLOCK_JUMP_MS_MAX, UNITS};
use crate::play::Evidence;
use std::collections::BTreeMap;
use tierline_domain::time::Time;

/// Whoever counts the time may be wrong by as much as clocks jump, and so may who counted before.
const WRONG_BY_MS: i64 = 2 * CLOCK_JUMP_MS_MAX;

/// How one person has one ticket.
#[derive(Clone, Copy)]
struct Known {
    since_ms: i64,
    until_ms: i64,
    /// The lease may have lapsed before it was renewed.
    lapsed: bool,
}

impl Known {
    fn of(hold: &Hold, before: Option<&Self>, ms: i64) -> Self {
        let before = before.filter(|before| before.since_ms == hold.since_ms);
        let renewed_late = |before: &Self| {
            before.until_ms != hold.until_ms && before.until_ms <= ms.saturating_add(WRONG_BY_MS)
        };
        let lapsed = before.is_some_and(|before| before.lapsed || renewed_late(before));
        Self { since_ms: hold.since_ms, until_ms: hold.until_ms, lapsed }
    }
}

/// Looks.
pub fn look(evidence: &Evidence) -> Vec<Wrong> {
    let mut wrong = vec![];
    each(evidence, |moment, person, held| {
        let units: u32 = held.iter().map(|hold| hold.units).sum();
        if units > UNITS {
            let tickets: Vec<_> = held.iter().map(|hold| (&hold.ticket, hold.units)).collect();
            let at = Time(moment.ms).to_rfc3339();
            wrong.push(format!("{person} has {units} units of {UNITS} in hand at {at}: {tickets:?}"));
        }
    });
    // It goes on until something ends; once is enough.
    wrong.truncate(1);
    wrong
}

/// How often somebody had all that they can have: what a history can prove of it.
pub fn full_hands(evidence: &Evidence) -> usize {
    let mut full = 0;
    each(evidence, |_, _, held| {
        full += usize::from(held.iter().map(|hold| hold.units).sum::<u32>() == UNITS);
    });
    full
}

/// What each person surely has, at each moment.
fn each(evidence: &Evidence, mut found: impl FnMut(&InHand, &str, &[&Hold])) {
    let mut known: BTreeMap<(&str, &str), Known> = BTreeMap::new();
    for moment in &evidence.in_hand {
        let mut by_person: BTreeMap<&str, Vec<&Hold>> = BTreeMap::new();
        for hold in &moment.holds {
            let name = (hold.ticket.as_str(), hold.person.as_str());
            let now = Known::of(hold, known.get(&name), moment.ms);
            known.insert(name, now);
            if !now.lapsed && hold.until_ms > moment.ms + WRONG_BY_MS {
                by_person.entry(&hold.person).or_default().push(hold);
            }
        }
        for (person, held) in by_person {
            found(moment, person, &held);
        }
    }
}
