//! Sure or silent: what is promised, from what, and what is said where nothing can be.

use crate::shop::{question, settings, topics};
use tierline_contracts::triage::Verdict;
use tierline_triage_engine::{Engine, Promise, Settings, Topic};

fn wanting(precision: f64, topics: &[Topic]) -> Engine {
    Engine::build(topics, Settings { precision, ..settings() }, 1)
}

#[test]
fn too_few_examples_suggest_and_say_so() {
    let engine = wanting(0.97, &topics());
    assert_eq!(engine.promise(), Promise::Never);
    let decision = engine.decide(&question("I forgot my password"));
    assert_eq!((decision.verdict, decision.candidates[0].label.as_str()), (Verdict::Route, "password"));
    assert!(
        decision.rule.starts_with("too few examples to promise 97 %: perhaps password"),
        "{}",
        decision.rule
    );
    assert!(decision.answer.is_none());
}

#[test]
fn no_promise_is_wanted_where_nothing_is_asked() {
    let engine = wanting(0.0, &topics());
    assert_eq!(engine.promise(), Promise::From(0.0));
    assert_eq!(engine.decide(&question("I forgot my password")).verdict, Verdict::Answer);
}

/// Trials are tried, not learnt; many that come out right promise, some that come out wrong do not.
#[test]
fn trials_promise_what_examples_cannot() {
    let tried = |wrong: usize| {
        let mut topics = topics();
        let of = |text: &str, count: usize| vec![text.to_owned(); count];
        topics[0].trials = [("en".to_owned(), of("I forgot my password", 110 - wrong))].into();
        topics[1].trials = [("en".to_owned(), of("I forgot my password", wrong))].into();
        wanting(0.97, &topics)
    };
    assert!(matches!(tried(0).promise(), Promise::From(_)));
    assert_eq!(tried(0).decide(&question("I forgot my password")).verdict, Verdict::Answer);
    assert_eq!(tried(6).promise(), Promise::Never);
    let unlearnt = wanting(0.0, &topics()).decide(&question("my invoice")).confidence;
    assert_eq!(tried(0).decide(&question("my invoice")).confidence, unlearnt);
}

/// What customers said of an answer outweighs how sure the engine is: it is suggested, and the receipt says why.
#[test]
fn what_is_held_back_is_suggested_and_not_given() {
    let held_back = ["password".to_owned()].into();
    let engine = Engine::build(&topics(), Settings { held_back, ..settings() }, 1);
    let decision = engine.decide(&question("I forgot my password"));
    assert_eq!((decision.verdict, &decision.answer), (Verdict::Route, &None));
    assert!(decision.rule.starts_with("held back by verdicts: password at "), "{}", decision.rule);
    assert_eq!(decision.candidates[0].label, "password");
    // The others are given as before.
    let free = Engine::build(&topics(), settings(), 1);
    let others = ["where can I download my invoice", "Kopie der Rechnung", "my SSL certificate has expired"];
    let given =
        others.map(|text| (free.decide(&question(text)).verdict, engine.decide(&question(text)).verdict));
    assert!(
        given.iter().all(|(free, held)| free == held) && given.contains(&(Verdict::Answer, Verdict::Answer)),
        "{given:?}"
    );
    // What would not have been given anyway is told by its own reason: it is no verdict on the answer.
    let unsure = engine.decide(&question("hello there"));
    assert!(!unsure.rule.starts_with("held back"), "{}", unsure.rule);
}
