//! Tier 1's text matcher: from canned answers to a decision it can explain.
//!
//! [`Learnt`] learns from a desk's examples when they are published, and is kept as bytes. An [`Engine`] is that, the
//! desk's [`Topic`]s and its rules: it decides questions. It knows nothing that the examples do not say; what it does not
//! recognise goes to people. It is pure: the same question to the same topics gives the same decision, on every machine.
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
//!     skills: vec![],
//!     urgent: false,
//!     named: false,
//!     examples: BTreeMap::from([("en".into(), vec![example.into()])]),
//!     trials: BTreeMap::new(),
//! };
//! let topics = [topic("password", "I forgot my password"), topic("mailbox", "My mailbox is full")];
//! let engine = Engine::build(&topics, Settings::default(), 1);
//! let decision = engine.decide(&Question {
//!     desk: "demo".into(),
//!     subject: None,
//!     body: "Forgot my password!".into(),
//!     locale: None,
//! });
//! assert_eq!(decision.candidates.first().map(|best| best.label.as_str()), Some("password"));
//! // Two examples promise nothing: people see the suggestion, customers no answer.
//! assert_eq!(decision.verdict, Verdict::Route);
//! ```

mod artefact;
mod assess;
mod engine;
mod language;
mod learnt;
mod lexicon;
mod model;
mod text;
mod topic;

pub use artefact::Unreadable;
pub use engine::{Engine, Stale, examples, labelled};
pub use learnt::{LABELS_MAX, Labelled, Learnt, Said};
pub use model::Promise;
pub use topic::{CONFIDENCE_MIN_DEFAULT, PRECISION_DEFAULT, Settings, Topic, TopicKind};

/// What [`Decision::language`](tierline_contracts::triage::Decision) says when nothing tells the language.
pub const UNKNOWN_LANGUAGE: &str = "und";
