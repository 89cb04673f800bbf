//! An engine of somebody else's, behind the contract of tier 1: it knows one trick, and three ways to go wrong.
//!
//! A question that has the id of an answer in it is answered by that. One with `please trap`, `please hang` or
//! `please lie` gets a trap, nothing for ever, or a line that no desk has.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unsafe_code)] // test support

mod generated {
    #![allow(missing_docs, clippy::all, unsafe_code)]
    wit_bindgen::generate!({ world: "triage-engine", path: "../../../wit", generate_all });
}

use generated::exports::tierline::triage::engine::{
    Candidate, Choice, Desk, Difficulty, Finding, Guest, GuestTier1, Question, Tier1, Verdict,
};

struct Component;

impl Guest for Component {
    type Tier1 = Simple;
}

struct Simple(Desk);

impl GuestTier1 for Simple {
    fn open(desk: Desk) -> Result<Tier1, String> {
        Ok(Tier1::new(Self(desk)))
    }

    fn decide(&self, question: Question) -> Finding {
        let body = question.body.to_lowercase();
        assert!(!body.contains("please trap"), "as asked");
        while body.contains("please hang") {
            std::hint::black_box(&body);
        }
        let Self(desk) = self;
        let settings = &desk.settings;
        let topic = desk.topics.iter().find(|topic| !topic.languages.is_empty() && body.contains(&topic.id));
        let line =
            if body.contains("please lie") { "nowhere".to_owned() } else { settings.fallback_line.clone() };
        Finding {
            verdict: if topic.is_some() { Verdict::Answer } else { Verdict::Route },
            choice: topic.map(|topic| Choice {
                answer_id: topic.id.clone(),
                language: settings.default_language.clone(),
            }),
            line,
            department: settings.fallback_department.clone(),
            difficulty: Difficulty::Easy,
            urgent: false,
            language: settings.default_language.clone(),
            skills: vec![],
            confidence: if topic.is_some() { 1.0 } else { 0.0 },
            candidates: topic
                .map(|topic| Candidate {
                    label: topic.id.clone(),
                    confidence: 1.0,
                    evidence: vec![topic.id.clone()],
                })
                .into_iter()
                .collect(),
            rule: "its id was said".to_owned(),
        }
    }
}

generated::export!(Component with_types_in generated);
