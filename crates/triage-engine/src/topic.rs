//! What a desk gives the engine: its topics and its policy.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tierline_contracts::triage::Difficulty;

/// The confidence below which no canned answer goes out by default.
pub const CONFIDENCE_MIN_DEFAULT: f64 = 0.55;

/// The share of answers that must be right by default.
pub const PRECISION_DEFAULT: f64 = 0.97;

/// The confidence from which a question goes to its best candidate's line by default: a wrong line costs a hand-over.
const ROUTE_CONFIDENCE_MIN_DEFAULT: f64 = 0.3;

/// Something customers ask about: a canned answer, or a route to people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Topic {
    /// The answer's or route's id in the desk file.
    pub id: String,
    /// Whether it can be answered at once.
    pub kind: TopicKind,
    /// The line whose people solve it.
    pub line: String,
    /// The department that line works for.
    pub department: String,
    /// What solving it takes.
    pub difficulty: Difficulty,
    /// What whoever takes it must know beside the language.
    #[serde(default)]
    pub skills: Vec<String>,
    /// Whether waiting does harm.
    #[serde(default)]
    pub urgent: bool,
    /// Whether it is a named route, such as abuse: never a canned answer.
    #[serde(default)]
    pub named: bool,
    /// How customers put it, by language (ISO 639-1).
    pub examples: BTreeMap<String, Vec<String>>,
    /// Questions that it is tried on and never learns, likewise.
    #[serde(default)]
    pub trials: BTreeMap<String, Vec<String>>,
}

/// Whether a topic has a text to send.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TopicKind {
    /// It has.
    Answer {
        /// The text by language (ISO 639-1).
        texts: BTreeMap<String, String>,
    },
    /// It goes to people.
    Route,
}

/// The desk's policy for tier 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The share of answers that must be right, 0 to 1: the confidence that this takes is read from held-out examples.
    pub precision: f64,
    /// Whatever is promised, below this confidence no canned answer is sent, 0 to 1.
    pub confidence_min: f64,
    /// From this confidence on a question goes to the line of its best candidate, 0 to 1.
    pub route_confidence_min: f64,
    /// The language of answers that lack the customer's.
    pub default_language: String,
    /// The languages the desk's people speak, ISO 639-1.
    pub languages: Vec<String>,
    /// The line for questions that fit nothing.
    pub fallback_line: String,
    /// The department of that line.
    pub fallback_department: String,
    /// Answers that are suggested and not given: customers said too often that they do not help.
    pub held_back: BTreeSet<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            precision: PRECISION_DEFAULT,
            confidence_min: CONFIDENCE_MIN_DEFAULT,
            route_confidence_min: ROUTE_CONFIDENCE_MIN_DEFAULT,
            default_language: "en".to_owned(),
            languages: vec!["en".to_owned()],
            fallback_line: "care".to_owned(),
            fallback_department: "technical".to_owned(),
            held_back: BTreeSet::new(),
        }
    }
}
