//! Nothing an engine says is believed without a look: what it names must be the desk's, and what it writes short.

use crate::engines::Kept;
use tierline_contracts::triage::{Candidate, CannedAnswer, Decision, Verdict};
use tierline_domain::desk::Desk;
use tierline_domain::ids::LineId;
use tierline_domain::limits::SLUG_CHARS_MAX;

/// Candidates a finding has at most.
const CANDIDATES_MAX: usize = 5;
/// Words of evidence a candidate has at most.
const EVIDENCE_MAX: usize = 6;
/// Characters of such a word, of a skill, of a language's code at most.
const WORD_CHARS_MAX: usize = SLUG_CHARS_MAX;
/// Characters of a rule or a department at most.
const RULE_CHARS_MAX: usize = 200;
/// Skills a ticket is said to need at most.
const SKILLS_MAX: usize = 8;

/// What is wrong with what an engine said, in a few words.
pub type Nonsense = &'static str;

/// The decision with the desk's own words, if it is one that the desk could have made.
pub fn believe(desk: &Desk, kept: &Kept, decision: Decision) -> Result<Decision, Nonsense> {
    if !LineId::parse(&decision.line).is_ok_and(|line| desk.line(&line).is_some()) {
        return Err("a line that the desk lacks");
    }
    if !is_share(decision.confidence) {
        return Err("a confidence out of 0 to 1");
    }
    let words = [&decision.rule, &decision.department];
    if !words.into_iter().all(|text| is_short(text, RULE_CHARS_MAX))
        || !is_short(&decision.language, WORD_CHARS_MAX)
        || !are_short(&decision.skills, SKILLS_MAX)
    {
        return Err("a text that is too long");
    }
    if decision.candidates.len() > CANDIDATES_MAX {
        return Err("too many candidates");
    }
    if !decision.candidates.iter().all(|candidate| is_sound(kept, candidate)) {
        return Err("a candidate that the desk lacks");
    }
    let answer = match (decision.verdict, decision.answer) {
        (Verdict::Answer, Some(answer)) => Some(spoken(kept, answer)?),
        (Verdict::Route, None) => None,
        _ => return Err("an answer without its verdict"),
    };
    Ok(Decision { answer, answers_version: desk.edition, ..decision })
}

/// The answer in the words that the desk has for it.
fn spoken(kept: &Kept, answer: CannedAnswer) -> Result<CannedAnswer, Nonsense> {
    if kept.is_held_back(&answer.answer_id) {
        return Err("an answer that is held back");
    }
    let text = kept.text(&answer.answer_id, &answer.language).ok_or("an answer that the desk lacks")?;
    Ok(CannedAnswer { text: text.to_owned(), ..answer })
}

fn is_sound(kept: &Kept, candidate: &Candidate) -> bool {
    kept.knows(&candidate.label)
        && is_share(candidate.confidence)
        && are_short(&candidate.evidence, EVIDENCE_MAX)
}

fn is_share(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}

fn are_short(words: &[String], count_max: usize) -> bool {
    words.len() <= count_max && words.iter().all(|word| is_short(word, WORD_CHARS_MAX))
}

fn is_short(text: &str, chars_max: usize) -> bool {
    text.chars().take(chars_max + 1).count() <= chars_max
}
