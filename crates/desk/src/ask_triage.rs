//! Asking tier 1, and going on without it.

use crate::posted::post;
use std::time::Duration;
use tierline_contracts::triage::{Decision, Difficulty, Question, Verdict};
use tierline_domain::desk::{self, Desk};
use tierline_domain::ids::{LabelId, LineId};
use tierline_domain::limits::ANSWER_TEXT_CHARS_MAX;
use tierline_domain::people::{DESIRED, WEIGHT};
use tierline_domain::ticket::{Candidate, Triaged};
use tierline_http::{CallError, Platform};

/// How long to wait where the variable does not say.
const DEADLINE_DEFAULT_MS: u64 = 400;
/// Longest that an operator may make a customer wait for tier 1.
const DEADLINE_MAX_MS: u64 = 10_000;
/// Most candidates and words of evidence kept in a receipt, whatever a replaced engine sends.
const CANDIDATES_MAX: usize = 5;
const EVIDENCE_MAX: usize = 6;
const EVIDENCE_CHARS_MAX: usize = 40;
const RULE_CHARS_MAX: usize = 200;
const SKILLS_MAX: usize = 8;

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
        // Tier 1 itself does not believe its engine.
        Ok(response) if response.status() == 502 => Err("invalid"),
        Ok(_) | Err(CallError::Failed(_) | CallError::TooLarge) => Err("failed"),
        Err(CallError::Deadline) => Err("deadline"),
    }
}

/// Nothing an engine says is believed without a look: lines must exist, answers must have words.
fn check(desk: &Desk, decision: Decision) -> Option<Triaged> {
    let line = LineId::parse(&decision.line).ok().filter(|line| desk.line(line).is_some())?;
    let confidence = decision.confidence;
    if !(0.0..=1.0).contains(&confidence) {
        return None;
    }
    let answer = match (decision.verdict, decision.answer) {
        (Verdict::Answer, Some(answer)) => {
            let id = LabelId::parse(&answer.answer_id).ok()?;
            let chars = answer.text.chars().count();
            let sound = !answer.text.trim().is_empty() && chars <= ANSWER_TEXT_CHARS_MAX;
            sound.then_some((
                id,
                language(&answer.language),
                answer.in_customers_language,
                confidence,
                answer.text,
            ))
        }
        (Verdict::Answer, None) => return None,
        (Verdict::Route, _) => None,
    };
    Some(Triaged {
        answer,
        line,
        department: short(&decision.department, RULE_CHARS_MAX),
        difficulty: difficulty(decision.difficulty),
        urgent: decision.urgent,
        language: language(&decision.language),
        skills: decision
            .skills
            .iter()
            // What our own signs begin with is no skill.
            .filter(|skill| !skill.starts_with([DESIRED, WEIGHT]))
            .take(SKILLS_MAX)
            .map(|skill| short(skill, EVIDENCE_CHARS_MAX))
            .collect(),
        skills_wanted: vec![],
        decided_by: "triage".to_owned(),
        rule: short(&decision.rule, RULE_CHARS_MAX),
        candidates: decision.candidates.iter().take(CANDIDATES_MAX).map(candidate).collect(),
        answers_version: decision.answers_version,
    })
}

fn candidate(candidate: &tierline_contracts::triage::Candidate) -> Candidate {
    Candidate {
        label: short(&candidate.label, tierline_domain::limits::SLUG_CHARS_MAX),
        confidence: candidate.confidence.clamp(0.0, 1.0),
        evidence: candidate
            .evidence
            .iter()
            .take(EVIDENCE_MAX)
            .map(|word| short(word, EVIDENCE_CHARS_MAX))
            .collect(),
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

fn short(text: &str, chars_max: usize) -> String {
    text.chars().filter(|character| !character.is_control()).take(chars_max).collect()
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
