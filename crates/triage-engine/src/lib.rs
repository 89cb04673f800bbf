//! Tier 1's text matcher: from canned answers to a decision it can explain.
//!
//! An [`Engine`] is built once from a desk's [`Topic`]s and then decides questions. It compares words, so it knows
//! nothing that the examples do not say; what it does not recognise goes to people. It is pure: the same question
//! to the same topics gives the same decision.
//!
//! ```
//! use std::collections::BTreeMap;
//! use tierline_contracts::triage::{Difficulty, Question, Verdict};
//! use tierline_triage_engine::{Engine, Settings, Topic, TopicKind};
//!
//! let topic = |id: &str, example: &str| Topic {
//!     id: id.into(),
//!     kind: TopicKind::Answer { texts: BTreeMap::from([("en".into(), format!("About {id}."))]) },
//!     line: "care".into(),
//!     department: "technical".into(),
//!     difficulty: Difficulty::Easy,
//!     urgent: false,
//!     named: false,
//!     examples: BTreeMap::from([("en".into(), vec![example.into()])]),
//! };
//! let topics = [topic("password", "I forgot my password"), topic("mailbox", "My mailbox is full")];
//! let engine = Engine::build(&topics, Settings::default(), 1);
//! let ask = |body: &str| {
//!     engine.decide(&Question { desk: "demo".into(), subject: None, body: body.into(), locale: None })
//! };
//! assert_eq!(ask("Forgot my password!").verdict, Verdict::Answer);
//! assert_eq!(ask("Do you sell bicycles?").verdict, Verdict::Route);
//! ```

#[cfg(test)]
extern crate self as tierline_triage_engine;

mod assess;
mod confidence;
#[cfg(test)]
mod curve;
mod engine;
mod index;
mod language;
mod learnt;
mod lexicon;
mod model;
mod text;
mod topic;

pub use engine::Engine;
pub use learnt::{Labelled, Learnt, Said};
pub use topic::{CONFIDENCE_MIN_DEFAULT, Settings, Topic, TopicKind};

/// What [`Decision::language`](tierline_contracts::triage::Decision) says when nothing tells the language.
pub const UNKNOWN_LANGUAGE: &str = "und";
