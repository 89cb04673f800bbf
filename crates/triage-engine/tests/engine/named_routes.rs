//! Abuse, hacking, server-wide trouble and long research are for people: in every language of the sample brand, also
//! when a canned answer matches as well.

use crate::brand::{question, questions, topics};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use tierline_contracts::triage::Verdict;
use tierline_triage_engine::{Engine, Settings, Topic, TopicKind};

/// Examples that one of another topic stands beside.
const NEIGHBOURS: usize = 8;

fn engine(topics: &[Topic]) -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| learn(topics))
}

fn learn(topics: &[Topic]) -> Engine {
    let languages = ["en", "es", "de", "ja", "ru"].map(str::to_owned).to_vec();
    Engine::build(topics, Settings { languages, precision: 0.0, ..Settings::default() }, 1)
}

/// Each phrasing of the topics that `wanted` picks, as (topic, language, phrasing).
fn phrasings(topics: &[Topic], wanted: impl Fn(&Topic) -> bool) -> Vec<(&str, &str, &str)> {
    let picked = topics.iter().filter(|topic| wanted(topic));
    let each = picked.flat_map(|topic| {
        topic.examples.iter().flat_map(|(language, texts)| {
            texts.iter().map(|text| (topic.id.as_str(), language.as_str(), text.as_str()))
        })
    });
    each.collect()
}

#[test]
fn every_phrasing_in_every_language_goes_to_people() {
    let topics = topics();
    let engine = engine(&topics);
    let named = phrasings(&topics, |topic| topic.named);
    let known: BTreeSet<_> = named.iter().map(|(id, language, _)| (*id, *language)).collect();
    assert_eq!(known.len(), 4 * 5, "four routes in five languages: {known:?}");
    for (id, language, text) in named {
        let decision = engine.decide(&question(text));
        assert_eq!(decision.verdict, Verdict::Route, "{id} in {language}: {text}");
    }
}

#[test]
fn also_beside_a_question_that_an_answer_matches() {
    let topics = topics();
    let engine = engine(&topics);
    let answers = phrasings(&topics, |topic| matches!(topic.kind, TopicKind::Answer { .. }));
    let (mut tried, mut answered) = (0, vec![]);
    for (number, (id, language, text)) in phrasings(&topics, |topic| topic.named).into_iter().enumerate() {
        let known: Vec<_> = answers.iter().filter(|(_, other, _)| *other == language).collect();
        for turn in 0..NEIGHBOURS {
            let (answer, _, other) = known[(number * 37 + turn * 101) % known.len()];
            for body in [
                format!("{other} {text}"),
                format!("{text} {other}"),
                format!("{text}. {other}"),
                format!("{other}\n{text}"),
            ] {
                tried += 1;
                if engine.decide(&question(&body)).verdict == Verdict::Answer {
                    answered.push(format!("{id} beside {answer} in {language}: {body}"));
                }
            }
        }
    }
    println!("{} of {tried} answered", answered.len());
    assert!(answered.is_empty(), "{} of {tried} were answered:\n{}", answered.len(), answered.join("\n"));
}

/// Questions that nobody wrote the routes for, in the sample brand's test set.
#[test]
fn unseen_ones_go_to_people_too() {
    let topics = topics();
    let engine = engine(&topics);
    let named: BTreeSet<_> =
        topics.iter().filter(|topic| topic.named).map(|topic| topic.id.as_str()).collect();
    let mut tried = 0;
    for (language, questions) in questions() {
        for asked in questions.iter().filter(|asked| named.contains(asked.label.as_str())) {
            tried += 1;
            let decision = engine.decide(&question(&asked.text));
            assert_eq!(decision.verdict, Verdict::Route, "{} in {language}: {}", asked.label, asked.text);
        }
    }
    assert!(tried > 10, "{tried}");
}
