//! Tier 1's engine behind its contract: from the contract's plain data to [`Engine`] and back. It only computes.

use std::collections::BTreeMap;

use exports::tierline::triage::engine as contract;
use tierline_contracts::triage::{Decision, Question};
use tierline_triage_engine::{Engine, Learnt, Settings, Topic, TopicKind};

#[allow(missing_docs, clippy::all, unsafe_code)]
mod generated {
    wit_bindgen::generate!({
        world: "triage-engine",
        path: "../../wit",
        with: { "tierline:triage/types@0.1.0": tierline_contracts::triage },
        pub_export_macro: true,
        default_bindings_module: "crate::generated",
    });
}
use generated::exports;

/// The component.
struct Component;

impl contract::Guest for Component {
    type Tier1 = Tier1;
}

/// One desk's engine.
struct Tier1(Engine);

impl contract::GuestTier1 for Tier1 {
    fn open(desk: contract::Desk) -> Result<contract::Tier1, String> {
        let settings = settings(desk.settings);
        // The adapter says in each decision which edition's answers these are.
        let engine = match desk.learnt {
            None => Engine::untaught(settings, 0),
            Some(bytes) => {
                let learnt = Learnt::read(&bytes).map_err(|why| format!("what was learnt: {why:?}"))?;
                let topics: Vec<Topic> = desk.topics.into_iter().map(topic).collect();
                Engine::load(&topics, learnt, settings, 0)
                    .map_err(|why| format!("what was learnt: {why:?}"))?
            }
        };
        Ok(contract::Tier1::new(Self(engine)))
    }

    fn decide(&self, question: Question) -> contract::Finding {
        finding(self.0.decide(&question))
    }
}

fn topic(topic: contract::Topic) -> Topic {
    let by_language = |phrasing: contract::Phrasing| (phrasing.language, phrasing.examples);
    Topic {
        id: topic.id,
        kind: match topic.languages.is_empty() {
            true => TopicKind::Route,
            // The words stay with the adapter.
            false => TopicKind::Answer {
                texts: topic.languages.into_iter().map(|language| (language, String::new())).collect(),
            },
        },
        line: topic.line,
        department: topic.department,
        difficulty: topic.difficulty,
        urgent: topic.urgent,
        named: topic.named,
        skills: topic.skills,
        examples: topic.phrasings.into_iter().map(by_language).collect(),
        trials: BTreeMap::new(),
    }
}

fn settings(settings: contract::Settings) -> Settings {
    Settings {
        precision: settings.precision,
        confidence_min: settings.confidence_min,
        route_confidence_min: settings.route_confidence_min,
        default_language: settings.default_language,
        languages: settings.languages,
        fallback_line: settings.fallback_line,
        fallback_department: settings.fallback_department,
        held_back: settings.held_back.into_iter().collect(),
    }
}

fn finding(decision: Decision) -> contract::Finding {
    let choice = |answer: tierline_contracts::triage::CannedAnswer| contract::Choice {
        answer_id: answer.answer_id,
        language: answer.language,
    };
    contract::Finding {
        verdict: decision.verdict,
        choice: decision.answer.map(choice),
        line: decision.line,
        department: decision.department,
        difficulty: decision.difficulty,
        urgent: decision.urgent,
        language: decision.language,
        skills: decision.skills,
        confidence: decision.confidence,
        candidates: decision.candidates,
        rule: decision.rule,
    }
}

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code)]
mod export {
    crate::generated::export!(Component with_types_in crate::generated);
    use super::Component;
}
