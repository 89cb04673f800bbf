//! Threads against what clients were told.

use super::Wrong;
use crate::history::Spoken;
use crate::play::Evidence;
use std::collections::BTreeMap;

/// Looks.
pub fn look(evidence: &Evidence) -> Vec<Wrong> {
    let mut said: BTreeMap<&str, Vec<&Spoken>> = BTreeMap::new();
    for spoken in evidence.history.iter().filter(|spoken| spoken.what.words().is_some()) {
        said.entry(spoken.what.ticket().unwrap_or_default()).or_default().push(spoken);
    }
    let none = vec![];
    let threads = evidence.threads.iter();
    threads
        .flat_map(|(ticket, thread)| look_at(ticket, thread, said.get(ticket.as_str()).unwrap_or(&none)))
        .collect()
}

fn look_at(ticket: &str, thread: &[String], said: &[&Spoken]) -> Vec<Wrong> {
    let mut wrong = vec![];
    let at = |words: &str| thread.iter().position(|body| body == words);
    for spoken in said {
        let words = spoken.what.words().unwrap_or_default();
        let times = thread.iter().filter(|body| *body == words).count();
        let may = spoken.is_acknowledged() || spoken.may_have_happened();
        if times > 1 || (times == 0 && spoken.is_acknowledged()) || (times == 1 && !may) {
            let told = spoken.answer_status();
            wrong.push(format!("{ticket} has \"{words}\" {times} times; {} was told {told:?}", spoken.who));
        }
    }
    for first in said.iter().filter(|spoken| spoken.is_acknowledged()) {
        let Some(known) = first.ended else { continue };
        for second in said.iter().filter(|second| second.begun.order > known.order) {
            let (one, other) =
                (first.what.words().unwrap_or_default(), second.what.words().unwrap_or_default());
            if at(one).zip(at(other)).is_some_and(|(one, other)| one > other) {
                wrong.push(format!(
                    "{ticket} has \"{one}\" after \"{other}\", which was said when it was known"
                ));
            }
        }
    }
    // The request, tier 1's answer and what the desk adds are not of this list; a person's or a customer's word is.
    let sounds_like_ours = |body: &&String| body.contains(" says ");
    let ours = thread.iter().filter(sounds_like_ours);
    let unsaid = ours.filter(|body| !said.iter().any(|spoken| spoken.what.words() == Some(body.as_str())));
    wrong.extend(unsaid.map(|body| format!("{ticket} has \"{body}\", which nobody said")));
    wrong
}
