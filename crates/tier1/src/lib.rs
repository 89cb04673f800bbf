//! From a desk's file to what the engine takes: the same for the component that decides and the command that tries a file.

use std::collections::BTreeMap;
use tierline_contracts::triage::Difficulty;
use tierline_desk::AnswersPage;
use tierline_domain::desk::{self, Answer, Desk, Route};
use tierline_triage_engine::{Labelled, Settings, Topic, TopicKind, labelled};

/// Answers first, then routes, in the file's order.
pub fn topics(desk: &Desk, all: &AnswersPage) -> Vec<Topic> {
    let answers = all.answers.iter().map(|answer| answer_topic(desk, answer));
    answers.chain(all.routes.iter().map(route_topic)).collect()
}

/// The desk's policy for tier 1.
pub fn settings(desk: &Desk) -> Settings {
    let care = desk.line_of_tier(1);
    let defaults = Settings::default();
    Settings {
        precision: desk.policy.triage_precision,
        confidence_min: desk.policy.triage_confidence_min,
        route_confidence_min: desk.policy.triage_confidence_min / 2.0,
        default_language: desk.head.default_language.clone(),
        languages: desk.head.languages.clone(),
        fallback_line: care.map_or(defaults.fallback_line, |line| line.id.to_string()),
        fallback_department: care.map_or(defaults.fallback_department, |line| line.department.clone()),
        held_back: desk.held_back().iter().map(ToString::to_string).collect(),
    }
}

fn answer_topic(desk: &Desk, answer: &Answer) -> Topic {
    Topic {
        id: answer.id.to_string(),
        kind: TopicKind::Answer { texts: answer.text.clone() },
        line: line_after(desk, answer),
        department: answer.department.clone(),
        difficulty: difficulty(answer.difficulty),
        skills: answer.skills.clone(),
        urgent: false,
        named: false,
        examples: answer.examples.clone(),
        trials: BTreeMap::new(),
    }
}

fn route_topic(route: &Route) -> Topic {
    Topic {
        id: route.id.to_string(),
        kind: TopicKind::Route,
        line: route.line.to_string(),
        department: route.department.clone(),
        difficulty: difficulty(route.difficulty),
        skills: route.skills.clone(),
        urgent: route.urgent,
        named: route.named.is_some(),
        examples: route.examples.clone(),
        trials: BTreeMap::new(),
    }
}

/// Where a ticket goes if its answer does not help: the department's own line, else the tier that its difficulty asks for.
fn line_after(desk: &Desk, answer: &Answer) -> String {
    let own = desk.lines.iter().find(|line| line.tier.is_none() && line.department == answer.department);
    let line = own.or_else(|| desk.line_of_tier(answer.difficulty.tier()));
    line.map(|line| line.id.to_string()).unwrap_or_default()
}

fn difficulty(difficulty: desk::Difficulty) -> Difficulty {
    match difficulty {
        desk::Difficulty::Easy => Difficulty::Easy,
        desk::Difficulty::Consultant => Difficulty::Consultant,
        desk::Difficulty::Admin => Difficulty::Admin,
    }
}

/// How customers put each answer and route, and what tier 1 is tried on.
pub fn examples(all: &AnswersPage) -> impl Iterator<Item = Labelled<'_>> {
    let answers = all.answers.iter().map(|answer| (answer.id.as_str(), &answer.examples, &answer.trials));
    let routes = all.routes.iter().map(|route| (route.id.as_str(), &route.examples, &route.trials));
    answers.chain(routes).flat_map(|(label, examples, trials)| {
        labelled(label, examples, false).chain(labelled(label, trials, true))
    })
}
