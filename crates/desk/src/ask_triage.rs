//! Asking tier 1, and going on without it.

use crate::posted::post;
use std::time::Duration;
use tierline_contracts::triage::{self as contract, Decision, Difficulty, Question, Verdict};
use tierline_domain::desk::{self, Desk};
use tierline_domain::ids::{LabelId, LineId};
use tierline_domain::limits::{ANSWER_TEXT_CHARS_MAX, SLUG_CHARS_MAX};
use tierline_domain::people::{DESIRED, WEIGHT};
use tierline_domain::ticket::{Candidate, Triaged};
use tierline_http::{CallError, Platform};

/// How long to wait where the variable does not say.
const DEADLINE_DEFAULT_MS: u64 = 400;
/// Longest that an operator may make a customer wait for tier 1.
const DEADLINE_MAX_MS: u64 = 10_000;
/// Candidates that a decision has at most.
const CANDIDATES_MAX: usize = 5;
/// Words of evidence that a candidate has at most.
const EVIDENCE_MAX: usize = 6;
/// Skills that a ticket is said to need at most.
const SKILLS_MAX: usize = 8;
/// Characters of a word of evidence or a skill at most.
const WORD_CHARS_MAX: usize = SLUG_CHARS_MAX;
/// Characters of a rule or a department at most.
const RULE_CHARS_MAX: usize = 200;

/// Tier 1's decision, checked; or care's work with the reason, if tier 1 is slow, broken, or talks nonsense.
/// `None` only for a desk without a first line, which cannot be published.
pub async fn ask_triage<P: Platform>(platform: &P, desk: &Desk, question: &Question) -> Option<Triaged> {
    let answer = call(platform, question).await;
    let checked = answer.and_then(|decision| check(desk, decision).ok_or("invalid"));
    checked.map_or_else(|why| without_triage(desk, why), Some)
}

async fn call<P: Platform>(platform: &P, question: &Question) -> Result<Decision, &'static str> {
    let deadline = match platform.variable("triage_deadline_ms").await {
        Ok(text) => text.parse().unwrap_or(DEADLINE_DEFAULT_MS).min(DEADLINE_MAX_MS),
        Err(_) => DEADLINE_DEFAULT_MS,
    };
    let request = post("/decide", question).ok_or("failed")?;
    match platform.call("triage", request, Duration::from_millis(deadline)).await {
        Ok(response) if response.status() == 200 => {
            serde_json::from_slice(response.body()).map_err(|_| "invalid")
        }
        // Tier 1 itself does not believe its engine (`engine-failed`).
        Ok(response) if response.status() == 502 => Err("invalid"),
        Ok(_) | Err(CallError::Failed(_) | CallError::TooLarge) => Err("failed"),
        Err(CallError::Deadline) => Err("deadline"),
    }
}

/// Nothing is believed without a look, whatever stands behind the route: lines must exist, answers must have words, and
/// nothing may be larger than a receipt takes. Only what takes the desk's answers to know, tier 1 itself looks at.
fn check(desk: &Desk, decision: Decision) -> Option<Triaged> {
    let line = LineId::parse(&decision.line).ok().filter(|line| desk.line(line).is_some())?;
    let confidence = decision.confidence;
    if !is_within_bounds(&decision) {
        return None;
    }
    let answer = match (decision.verdict, decision.answer) {
        (Verdict::Answer, Some(answer)) => {
            let id = LabelId::parse(&answer.answer_id).ok()?;
            let text = answer.text;
            if text.trim().is_empty() || !is_short(&text, ANSWER_TEXT_CHARS_MAX) {
                return None;
            }
            Some((id, language(&answer.language), answer.in_customers_language, confidence, text))
        }
        (Verdict::Route, None) => None,
        (Verdict::Answer, None) | (Verdict::Route, Some(_)) => return None,
    };
    Some(Triaged {
        answer,
        line,
        department: plain(&decision.department),
        difficulty: difficulty(decision.difficulty),
        urgent: decision.urgent,
        language: language(&decision.language),
        skills: decision
            .skills
            .iter()
            // What our own signs begin with is no skill.
            .filter(|skill| !skill.starts_with([DESIRED, WEIGHT]))
            .map(|skill| plain(skill))
            .collect(),
        skills_wanted: vec![],
        decided_by: "triage".to_owned(),
        rule: plain(&decision.rule),
        candidates: decision.candidates.iter().map(candidate).collect(),
        answers_version: decision.answers_version,
    })
}

fn is_within_bounds(decision: &Decision) -> bool {
    let Decision { confidence, candidates, skills, rule, department, .. } = decision;
    is_share(*confidence)
        && candidates.len() <= CANDIDATES_MAX
        && candidates.iter().all(is_sound)
        && are_short(skills, SKILLS_MAX)
        && [rule, department].into_iter().all(|text| is_short(text, RULE_CHARS_MAX))
}

fn is_sound(candidate: &contract::Candidate) -> bool {
    LabelId::parse(&candidate.label).is_ok()
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
    text.chars().nth(chars_max).is_none()
}

fn candidate(candidate: &contract::Candidate) -> Candidate {
    Candidate {
        label: candidate.label.clone(),
        confidence: candidate.confidence,
        evidence: candidate.evidence.iter().map(|word| plain(word)).collect(),
    }
}

fn difficulty(difficulty: Difficulty) -> desk::Difficulty {
    match difficulty {
        Difficulty::Easy => desk::Difficulty::Easy,
        Difficulty::Consultant => desk::Difficulty::Consultant,
        Difficulty::Admin => desk::Difficulty::Admin,
    }
}

fn language(code: &str) -> String {
    let sound = (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if sound { code.to_owned() } else { "und".to_owned() }
}

fn plain(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}

/// People of the first line take it, as if tier 1 had been unsure.
fn without_triage(desk: &Desk, why: &str) -> Option<Triaged> {
    let care = desk.line_of_tier(1)?;
    Some(Triaged {
        answer: None,
        line: care.id.clone(),
        department: care.department.clone(),
        difficulty: desk::Difficulty::Easy,
        urgent: false,
        language: "und".to_owned(),
        skills: vec![],
        skills_wanted: vec![],
        decided_by: why.to_owned(),
        rule: "tier 1 had no say: people take it".to_owned(),
        candidates: vec![],
        answers_version: 0,
    })
}
