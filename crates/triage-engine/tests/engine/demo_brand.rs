//! The sample brand's unseen questions: how many are answered at once, and how many wrongly.

use std::sync::OnceLock;

use crate::brand::{Labelled, question, questions, settings, topics};
use tierline_contracts::triage::{Decision, Verdict};
use tierline_triage_engine::{Engine, Promise, TopicKind};

#[derive(Default)]
struct Tally {
    asked: usize,
    answerable: usize,
    right: usize,
    wrong: usize,
    led_right: usize,
    language_right: usize,
}

/// Learnt once a process.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::build(&topics(), settings(), 1))
}

/// Nothing to go on, two problems, anger, an earlier answer, a language nobody has examples in.
#[test]
fn what_needs_a_person_gets_one() {
    for body in [
        "Please look at this file",
        "Bitte sehen Sie sich die Datei im Anhang an",
        "Por favor, mirad este documento",
        "この資料を見てください",
        "Посмотрите этот документ",
        "Hi there, quick question",
        "What time is it in Tokyo?",
        "I forgot my panel password. Also, I need a copy of my last invoice.",
        "Ich habe mein Panel-Passwort vergessen. Außerdem brauche ich eine Kopie der Rechnung.",
        "I forgot my panel password and I am furious, this is unacceptable",
        "Your last answer did not help: I still cannot reset my panel password",
        "Ho dimenticato la password del pannello di controllo",
        "Zapomniałem hasła do panelu, jak je zresetować?",
        "비밀번호를 잊어버렸어요",
    ] {
        let decision = engine().decide(&question(body));
        assert_eq!(decision.verdict, Verdict::Route, "{body}: {}", decision.rule);
    }
    assert_eq!(engine().decide(&question("비밀번호를 잊어버렸어요")).skills, ["lang:ko"]);
}

#[test]
fn unseen_questions_are_answered_rightly_or_by_people() {
    let topics = topics();
    let answerable: Vec<&str> =
        topics.iter().filter(|t| matches!(t.kind, TopicKind::Answer { .. })).map(|t| t.id.as_str()).collect();
    let engine = engine();
    assert!(matches!(engine.promise(), Promise::From(_)), "its trials promise what the desk wants");
    for (language, questions) in questions() {
        let mut tally = Tally::default();
        for asked in &questions {
            let decision = engine.decide(&question(&asked.text));
            count(&mut tally, &language, asked, &decision, answerable.contains(&asked.label.as_str()));
        }
        let of = |part: usize, all: usize| 100.0 * part as f64 / all.max(1) as f64;
        println!(
            "{language}: {} asked, {} answerable, answered rightly {} ({:.0} % of answerable), wrongly {} ({:.1} %), \
             to people {}, best candidate right {:.0} %, language right {:.0} %",
            tally.asked,
            tally.answerable,
            tally.right,
            of(tally.right, tally.answerable),
            tally.wrong,
            of(tally.wrong, tally.asked),
            tally.asked - tally.right - tally.wrong,
            of(tally.led_right, tally.asked),
            of(tally.language_right, tally.asked),
        );
        assert!(of(tally.right, tally.answerable) >= 40.0, "{language}: too few answered");
        assert!(of(tally.wrong, tally.asked) < 3.0, "{language}: too many answered wrongly");
    }
}

fn count(tally: &mut Tally, language: &str, asked: &Labelled, decision: &Decision, answerable: bool) {
    tally.asked += 1;
    tally.answerable += usize::from(answerable);
    let best = decision.candidates.first();
    tally.led_right += usize::from(best.is_some_and(|best| best.label == asked.label));
    tally.language_right += usize::from(decision.language == language);
    let sent = decision.answer.as_ref().map(|answer| answer.answer_id.as_str());
    match sent {
        Some(id) if id == asked.label => tally.right += 1,
        Some(id) => {
            tally.wrong += 1;
            println!("wrong: {id} for {} at {:.2}: {}", asked.label, decision.confidence, asked.text);
        }
        None => {
            if std::env::var_os("TRIAGE_SHOW").is_some() {
                println!("routed: {} [{}] {}: {}", asked.label, decision.language, decision.rule, asked.text);
            }
        }
    }
    assert!(decision.verdict == Verdict::Route || answerable || sent != Some(asked.label.as_str()));
}
