//! Examples as they should not be: each gives a clear result.

use crate::shop::{question, settings, topics};
use tierline_contracts::triage::Verdict;
use tierline_triage_engine::{Engine, Labelled, Learnt, Stale, Topic, Unreadable, examples};

fn decide(topics: &[Topic], body: &str) -> tierline_contracts::triage::Decision {
    Engine::build(topics, settings(), 1).decide(&question(body))
}

#[test]
fn examples_that_contradict_each_other_are_answered_by_people() {
    let mut topics = topics();
    let same = vec!["I forgot my password".to_owned(); 3];
    for topic in topics.iter_mut().take(2) {
        topic.examples = [("en".to_owned(), same.clone())].into();
    }
    let decision = decide(&topics, "I forgot my password");
    assert_eq!(decision.verdict, Verdict::Route, "{decision:?}");
    assert!(decision.confidence < 0.7, "{}", decision.confidence);
}

#[test]
fn two_identical_answers_are_left_to_people() {
    let mut topics = topics();
    let mut twin = topics[0].clone();
    twin.id = "password-too".to_owned();
    topics.push(twin);
    let decision = decide(&topics, "how do I reset my password");
    assert_eq!(decision.verdict, Verdict::Route, "{decision:?}");
    assert_eq!(decide(&topics, "how do I reset my password"), decision);
}

#[test]
fn one_example_or_an_empty_one_is_enough_to_learn_from() {
    for text in ["password", "", "🙂", &"password ".repeat(1_000)] {
        let learnt = Learnt::learn([Labelled { label: Some("a"), text, language: None, is_trial: false }]);
        assert_eq!(learnt.labels(), ["a"]);
        assert_eq!(Learnt::read(&learnt.write()).as_ref(), Ok(&learnt), "{text:.20}");
        assert!(learnt.say("password").is_none_or(|said| said.label == "a" && said.confidence <= 1.0));
    }
}

#[test]
fn one_label_with_a_single_example_among_many_is_found_by_its_words() {
    let mut topics = topics();
    topics[2].examples = [("en".to_owned(), vec!["renew the certificate".to_owned()])].into();
    assert_eq!(decide(&topics, "please renew the certificate").candidates[0].label, "certificate");
}

#[test]
fn what_was_learnt_of_other_topics_is_stale() {
    let topics = topics();
    let learnt = Learnt::learn(examples(&topics));
    assert!(Engine::load(&topics, learnt.clone(), settings(), 1).is_ok());
    assert_eq!(Engine::load(&topics[1..], learnt, settings(), 1).err(), Some(Stale));
    assert_eq!(Learnt::read(b"").err(), Some(Unreadable::Damaged));
}

#[test]
fn a_desk_that_has_learnt_nothing_sends_all_to_people() {
    let decision = Engine::untaught(settings(), 3).decide(&question("I forgot my password"));
    assert_eq!((decision.verdict, decision.line.as_str()), (Verdict::Route, "care"));
    assert_eq!(decision.rule, "tier 1 has learnt nothing yet");
}
