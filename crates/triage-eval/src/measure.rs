//! Learns one file and asks the other.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::bail;
use tierline_triage_engine::Learnt;

use crate::{Figures, Labelled, OUT_OF_SCOPE};

/// What the engine said to one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The right label; none if it is out of scope.
    pub label: Option<String>,
    /// The best candidate.
    pub said: Option<String>,
    /// 0 to 1.
    pub confidence: f64,
}

/// Draws so many examples of each label by a seed, in the order of the file. The same seed draws the same ones.
pub fn draw(all: &[Labelled], shots: usize, seed: u64) -> Vec<Labelled> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, labelled) in all.iter().enumerate() {
        places.entry(&labelled.label).or_default().push(place);
    }
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xd1b5_4a32_d192_ed03;
    let mut next = move || {
        // splitmix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let mut drawn: Vec<usize> = Vec::new();
    for mut of_label in places.into_values() {
        for last in (1..of_label.len()).rev() {
            let other = (u128::from(next()) * (last as u128 + 1)) >> 64;
            of_label.swap(last, other as usize);
        }
        drawn.extend(of_label.into_iter().take(shots));
    }
    drawn.sort_unstable();
    drawn.into_iter().filter_map(|place| all.get(place).cloned()).collect()
}

/// Learns the examples.
///
/// # Errors
/// If there is no label to learn.
pub fn learn(examples: &[Labelled]) -> anyhow::Result<Learnt> {
    let label = |example: &Labelled| example.label != OUT_OF_SCOPE;
    if !examples.iter().any(label) {
        bail!("nothing to learn: every example is `{OUT_OF_SCOPE}`");
    }
    Ok(Learnt::learn(examples.iter().map(|example| tierline_triage_engine::Labelled {
        label: label(example).then_some(example.label.as_str()),
        text: &example.text,
        language: None,
        is_trial: false,
    })))
}

/// Asks every question. Times are of deciding alone.
pub fn measure(learnt: &Learnt, questions: &[Labelled]) -> (Vec<Asked>, Figures) {
    let mut asked = Vec::with_capacity(questions.len());
    let started = Instant::now();
    for question in questions {
        let said = learnt.say(&question.text);
        asked.push(Asked {
            label: (question.label != OUT_OF_SCOPE).then(|| question.label.clone()),
            confidence: said.as_ref().map_or(0.0, |said| said.confidence),
            said: said.map(|said| said.label.to_owned()),
        });
    }
    let text_us = started.elapsed().as_secs_f64() * 1e6 / questions.len().max(1) as f64;
    let figures = Figures::of(&asked, text_us);
    (asked, figures)
}
