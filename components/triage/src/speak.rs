//! The desk's own words for what an engine chose: what it names must be there. The rest of what it says is looked at by who
//! asks, since another component can stand in the place of this one too.

use crate::engines::Kept;
use tierline_contracts::triage::{CannedAnswer, Decision};

/// What is wrong with what an engine named, in a few words.
pub type Nonsense = &'static str;

/// The decision with the desk's words and edition, if all that it names is the desk's.
pub fn speak(kept: &Kept, decision: Decision) -> Result<Decision, Nonsense> {
    if !decision.candidates.iter().all(|candidate| kept.knows(&candidate.label)) {
        return Err("a candidate that the desk lacks");
    }
    let answer = decision.answer.map(|answer| spoken(kept, answer)).transpose()?;
    Ok(Decision { answer, answers_version: kept.edition(), ..decision })
}

fn spoken(kept: &Kept, answer: CannedAnswer) -> Result<CannedAnswer, Nonsense> {
    if kept.is_held_back(&answer.answer_id) {
        return Err("an answer that is held back");
    }
    let text = kept.text(&answer.answer_id, &answer.language).ok_or("an answer that the desk lacks")?;
    Ok(CannedAnswer { text: text.to_owned(), ..answer })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tierline_contracts::triage::{Candidate, Difficulty, Verdict};

    fn decision(answer: &str, language: &str, candidate: &str) -> Decision {
        Decision {
            verdict: Verdict::Answer,
            answer: Some(CannedAnswer {
                answer_id: answer.into(),
                language: language.into(),
                text: "the engine's own words".into(),
                in_customers_language: true,
            }),
            line: "care".into(),
            department: "technical".into(),
            difficulty: Difficulty::Easy,
            urgent: false,
            language: "en".into(),
            skills: vec![],
            confidence: 1.0,
            candidates: vec![Candidate { label: candidate.into(), confidence: 1.0, evidence: vec![] }],
            rule: "sure".into(),
            answers_version: 0,
        }
    }

    #[test]
    fn the_desk_speaks_and_only_of_what_it_has() {
        let kept = Kept::of_texts(7, &[("reset", "en", "Press it."), ("held", "en", "No.")], &["held"]);
        let said = speak(&kept, decision("reset", "en", "held")).unwrap();
        assert_eq!((said.answer.unwrap().text.as_str(), said.answers_version), ("Press it.", 7));
        for (answer, language, candidate, why) in [
            ("other", "en", "reset", "an answer that the desk lacks"),
            ("reset", "de", "reset", "an answer that the desk lacks"),
            ("held", "en", "reset", "an answer that is held back"),
            ("reset", "en", "other", "a candidate that the desk lacks"),
        ] {
            assert_eq!(speak(&kept, decision(answer, language, candidate)).unwrap_err(), why);
        }
    }
}
