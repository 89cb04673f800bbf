//! Where the constants of `confidence` come from: examples held out in turn, and a regression over them.
#![allow(clippy::indexing_slicing)]

#[path = "../tests/support/brand.rs"]
mod brand;

use std::collections::BTreeMap;

use tierline_contracts::triage::Question;

use crate::confidence::{confidence, features};
use crate::index::Fit;
use crate::{Engine, Settings, Topic, TopicKind};

/// How many features the regression has.
const N: usize = 3;
const FOLDS: usize = 8;
/// A question without an answer counts so much beside one that has.
const OUT_OF_SCOPE_WEIGHT: f64 = 0.2;

struct Row {
    language: String,
    fit: Fit,
    rival: f64,
    right: bool,
    in_scope: bool,
    /// Whether no rule but the confidence keeps an answer back.
    answer: bool,
    text: String,
    said: String,
    label: String,
}

impl Row {
    fn features(&self) -> [f64; N] {
        features(self.fit, self.rival)
    }

    fn weight(&self) -> f64 {
        if self.in_scope { 1.0 } else { OUT_OF_SCOPE_WEIGHT }
    }
}

/// Splits a topic's examples: the ones to learn from, the ones to ask.
fn split(
    topics: &[Topic],
    asked: impl Fn(usize, usize) -> bool,
) -> (Vec<Topic>, Vec<(String, String, String)>) {
    let mut questions = Vec::new();
    let mut learnt = topics.to_vec();
    for (number, topic) in learnt.iter_mut().enumerate() {
        for (language, examples) in &mut topic.examples {
            let mut place = 0;
            examples.retain(|example| {
                let ask = asked(number, place);
                place += 1;
                if ask {
                    questions.push((language.clone(), topic.id.clone(), example.clone()));
                }
                !ask
            });
        }
        if topic.examples.values().all(Vec::is_empty) {
            topic.kind = TopicKind::Route;
        }
    }
    (learnt, questions)
}

fn rows(topics: &[Topic], asked: impl Fn(usize, usize) -> bool, in_scope: bool, rows: &mut Vec<Row>) {
    let (learnt, questions) = split(topics, asked);
    let settings = Settings { confidence_min: 0.0, ..Settings::default() };
    let engine = Engine::build(&learnt, settings.clone(), 0);
    for (language, label, text) in questions {
        let assessment = engine.library.assess(&text, None, &settings);
        let Some(best) = assessment.ranked.first() else { continue };
        let said = topics[best.label].id.clone();
        let rival = assessment.ranked.get(1).map_or(0.0, |second| second.fit.score);
        let asked = Question { desk: String::new(), subject: None, body: text.clone(), locale: None };
        let answer = engine.decide(&asked).answer.is_some();
        rows.push(Row {
            language,
            fit: best.fit,
            rival,
            right: said == label,
            in_scope,
            answer,
            text,
            said,
            label,
        });
    }
}

/// Newton's method on the weighted log likelihood.
fn regress(rows: &[Row]) -> [f64; N] {
    let mut beta = [0.0; N];
    for _ in 0..25 {
        let mut gradient = [0.0; N];
        let mut hessian = [[0.0; N + 1]; N];
        for row in rows {
            let x = row.features();
            let p = 1.0 / (1.0 + (-(0..N).map(|i| beta[i] * x[i]).sum::<f64>()).exp());
            for i in 0..N {
                gradient[i] += row.weight() * (f64::from(u8::from(row.right)) - p) * x[i];
                for j in 0..N {
                    hessian[i][j] += row.weight() * p * (1.0 - p) * x[i] * x[j];
                }
            }
        }
        for i in 0..N {
            hessian[i][i] += 1e-6;
            hessian[i][N] = gradient[i];
        }
        for pivot in 0..N {
            for other in (0..N).filter(|other| *other != pivot) {
                let factor = hessian[other][pivot] / hessian[pivot][pivot];
                let subtracted = hessian[pivot];
                hessian[other].iter_mut().zip(subtracted).for_each(|(cell, by)| *cell -= factor * by);
            }
        }
        for i in 0..N {
            beta[i] += hessian[i][N] / hessian[i][i];
        }
    }
    beta
}

#[test]
#[ignore = "prints the data behind the constants"]
fn curve() {
    let topics = brand::topics();
    let mut all = Vec::new();
    for fold in 0..FOLDS {
        rows(&topics, |label, place| (label + place) % FOLDS == fold, true, &mut all);
        rows(&topics, |label, _| label % FOLDS == fold, false, &mut all);
    }
    println!("{} rows; intercept, lead, coverage: {:.2?}", all.len(), regress(&all));
    let mut by_language: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &all {
        by_language.entry(&row.language).or_default().push(row);
        by_language.entry("all").or_default().push(row);
    }
    let has_answer =
        |label: &str| topics.iter().any(|t| t.id == label && matches!(t.kind, TopicKind::Answer { .. }));
    for (language, rows) in by_language {
        let in_scope: f64 = rows.iter().filter(|r| r.in_scope).map(|r| r.weight()).sum();
        let answerable: f64 =
            rows.iter().filter(|r| r.in_scope && has_answer(&r.label)).map(|r| r.weight()).sum();
        let total: f64 = rows.iter().map(|r| r.weight()).sum();
        let right: f64 = rows.iter().filter(|r| r.right).map(|r| r.weight()).sum();
        print!("{language}: best right {:.1} %;", 100.0 * right / in_scope);
        for minimum in [0.4, 0.5, 0.6, 0.7, 0.8] {
            let over = |right: bool| -> f64 {
                let sure = rows
                    .iter()
                    .filter(|r| r.answer && r.right == right && confidence(r.fit, r.rival) >= minimum);
                sure.map(|r| r.weight()).sum()
            };
            print!(
                " {minimum}: +{:.1} -{:.1};",
                100.0 * over(true) / answerable,
                100.0 * over(false) / total
            );
        }
        // Whatever the threshold: how many can be right while two in a hundred are wrong.
        let mut sorted = rows.clone();
        sorted.sort_by(|a, b| confidence(b.fit, b.rival).total_cmp(&confidence(a.fit, a.rival)));
        let (mut wrong, mut reached) = (0.0, 0.0);
        for row in sorted.into_iter().filter(|row| row.answer) {
            if row.right {
                reached += row.weight()
            } else {
                wrong += row.weight()
            }
            if wrong > 0.02 * total {
                break;
            }
        }
        println!(" at 2 % wrong +{:.1}", 100.0 * reached / answerable);
    }
    if std::env::var_os("TRIAGE_SHOW").is_some() {
        for row in all.iter().filter(|r| !r.right && r.in_scope && confidence(r.fit, r.rival) > 0.3) {
            println!(
                "{} {:.2} {:?} rival {:.2}: said {} for {}: {}",
                row.language,
                confidence(row.fit, row.rival),
                row.fit,
                row.rival,
                row.said,
                row.label,
                row.text
            );
        }
    }
}
