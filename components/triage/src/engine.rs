//! The way to the engine. In wasm it is the component that `spin.toml` puts behind `tierline:triage/engine`; natively, where
//! all components are linked into one test, it is our own crate.

use tierline_contracts::triage::{Decision, Question};
use tierline_triage_engine::{Settings, Topic};

/// One desk's engine.
pub use way::Engine;

/// All that an engine is told of a desk.
pub struct Told<'a> {
    pub topics: &'a [Topic],
    pub settings: &'a Settings,
    /// What was learnt of the topics.
    pub learnt: Option<&'a [u8]>,
}

#[cfg(not(target_arch = "wasm32"))]
mod way {
    use super::{Decision, Question, Told};
    use tierline_triage_engine as own;

    pub struct Engine(own::Engine);

    impl Engine {
        pub fn open(told: &Told<'_>) -> Option<Self> {
            let settings = told.settings.clone();
            let Some(bytes) = told.learnt else { return Some(Self(own::Engine::untaught(settings, 0))) };
            let learnt = own::Learnt::read(bytes).ok()?;
            own::Engine::load(told.topics, learnt, settings, 0).ok().map(Self)
        }

        /// What it says; not believed yet.
        pub fn decide(&self, question: &Question) -> Decision {
            self.0.decide(question)
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod way {
    use super::{Decision, Question, Settings, Told, Topic};
    use generated::tierline::triage::engine as contract;
    use tierline_contracts::triage::CannedAnswer;
    use tierline_triage_engine::TopicKind;

    #[allow(missing_docs, clippy::all, unsafe_code)]
    mod generated {
        wit_bindgen::generate!({
            world: "triage-adapter",
            path: "../../wit",
            with: { "tierline:triage/types@0.1.0": tierline_contracts::triage },
        });
    }

    pub struct Engine(contract::Tier1);

    impl Engine {
        pub fn open(told: &Told<'_>) -> Option<Self> {
            let desk = contract::Desk {
                topics: told.topics.iter().map(topic).collect(),
                settings: settings(told.settings),
                learnt: told.learnt.map(<[u8]>::to_vec),
            };
            contract::Tier1::open(&desk).ok().map(Self)
        }

        /// What it says; not believed yet. The words of an answer are not the engine's to say.
        pub fn decide(&self, question: &Question) -> Decision {
            let finding = self.0.decide(question);
            let answer = |choice: contract::Choice| CannedAnswer {
                in_customers_language: choice.language == finding.language,
                answer_id: choice.answer_id,
                language: choice.language,
                text: String::new(),
            };
            Decision {
                verdict: finding.verdict,
                answer: finding.choice.map(answer),
                line: finding.line,
                department: finding.department,
                difficulty: finding.difficulty,
                urgent: finding.urgent,
                language: finding.language,
                skills: finding.skills,
                confidence: finding.confidence,
                candidates: finding.candidates,
                rule: finding.rule,
                answers_version: 0,
            }
        }
    }

    fn topic(topic: &Topic) -> contract::Topic {
        contract::Topic {
            id: topic.id.clone(),
            languages: match &topic.kind {
                TopicKind::Answer { texts } => texts.keys().cloned().collect(),
                TopicKind::Route => Vec::new(),
            },
            line: topic.line.clone(),
            department: topic.department.clone(),
            difficulty: topic.difficulty,
            urgent: topic.urgent,
            named: topic.named,
            skills: topic.skills.clone(),
            phrasings: topic
                .examples
                .iter()
                .map(|(language, examples)| contract::Phrasing {
                    language: language.clone(),
                    examples: examples.clone(),
                })
                .collect(),
        }
    }

    fn settings(settings: &Settings) -> contract::Settings {
        contract::Settings {
            precision: settings.precision,
            confidence_min: settings.confidence_min,
            route_confidence_min: settings.route_confidence_min,
            default_language: settings.default_language.clone(),
            languages: settings.languages.clone(),
            fallback_line: settings.fallback_line.clone(),
            fallback_department: settings.fallback_department.clone(),
            held_back: settings.held_back.iter().cloned().collect(),
        }
    }
}
