//! Who was told that they hold a ticket, and until when.

use super::Wrong;
use crate::history::{Moment, Spoken, What};
use crate::limits::CLOCK_JUMP_MS_MAX;
use crate::play::Evidence;
use tierline_domain::time::Time;

struct Hold<'a> {
    ticket: String,
    person: &'a str,
    begun: Moment,
    known: Moment,
    until_ms: i64,
}

/// Looks.
pub fn look(evidence: &Evidence) -> Vec<Wrong> {
    let mut holds: Vec<Hold> = evidence.history.iter().filter_map(hold).collect();
    holds.sort_by_key(|hold| hold.known.order);
    let mut wrong = vec![];
    for (number, later) in holds.iter().enumerate() {
        for earlier in holds.iter().take(number) {
            let same = earlier.ticket == later.ticket && earlier.person != later.person;
            // Whoever counts the time may be wrong by as much as clocks jump, and so may who counted before.
            let lasted = later.known.ms + 2 * CLOCK_JUMP_MS_MAX < earlier.until_ms;
            if same && lasted && !may_have_ended(evidence, earlier, later) {
                wrong.push(format!(
                    "{} was told to hold {} while {} did, until {}",
                    later.person,
                    later.ticket,
                    earlier.person,
                    Time(earlier.until_ms).to_rfc3339()
                ));
            }
        }
    }
    wrong
}

/// A hold that somebody was told of.
fn hold(spoken: &Spoken) -> Option<Hold<'_>> {
    let is_claim = matches!(spoken.what, What::Claim { .. } | What::Take { .. });
    let answer = spoken.answer.as_ref().filter(|_| is_claim && spoken.is_acknowledged())?;
    let until = answer.body.pointer("/desk/lease/until")?.as_str()?;
    let person = answer.body.pointer("/desk/lease/person")?.as_str()?;
    let (ticket, until_ms) = (spoken.about()?, Time::from_rfc3339(until)?.0);
    (person == spoken.who).then_some(Hold {
        ticket,
        person: &spoken.who,
        begun: spoken.begun,
        known: spoken.ended?,
        until_ms,
    })
}

/// Something that ends holds was under way on the ticket at some time from the one to the other.
fn may_have_ended(evidence: &Evidence, earlier: &Hold<'_>, later: &Hold<'_>) -> bool {
    evidence.history.iter().any(|spoken| {
        spoken.what.may_end_a_hold()
            && spoken.what.ticket() == Some(&earlier.ticket)
            && spoken.begun.order < later.known.order
            // What was told nothing may be done much later.
            && (spoken.answer.is_none() || spoken.tries > 1 || spoken.ended.is_none_or(|ended| ended.order > earlier.begun.order))
    })
}
