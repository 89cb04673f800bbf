//! Learning: a softmax over all labels, by stochastic gradient descent with a step size of its own for each weight.

use super::chance::Chance;
use super::vocabulary::Known;
use super::words::DIMENSIONS;

/// Times that every lesson is looked at: fewer where there are many of them.
const LOOKS: (u32, u32) = (12, 25);
/// From so many lessons on it is the smaller number.
const LESSONS_MANY: usize = 4_000;
const RATE: f32 = 0.3;
/// The share of a text's grams that is left out at each look, so that no single one is relied on.
const DROPPED: f32 = 0.3;
/// A gradient smaller than this moves nothing.
const GRADIENT_MIN: f32 = 0.001;
/// Keeps the first steps small: where little is known the more.
const SQUARES_AT_FIRST: (f32, f32) = (0.001, 0.1);
/// What the bias sees.
const BIAS: f32 = 0.3;

/// A text to learn from.
#[derive(Clone, Debug)]
pub(crate) struct Lesson {
    pub grams: Vec<Known>,
    pub meaning: Vec<f32>,
    pub label: usize,
}

/// Weights by feature, then label: the grams, then the meaning, then the bias.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    pub labels: usize,
    pub rows: Vec<f32>,
}

impl Weights {
    fn row(&self, feature: usize) -> &[f32] {
        let start = feature * self.labels;
        self.rows.get(start..start + self.labels).unwrap_or_default()
    }
}

/// The features of a text in the order of the rows, given the number of known grams.
pub(crate) fn features(grams: usize, known: &[Known], meaning: &[f32]) -> impl Iterator<Item = (usize, f32)> {
    let known = known.iter().map(|known| (known.place as usize, known.weight));
    let meaning = meaning.iter().enumerate().map(move |(at, value)| (grams + at, *value));
    known.chain(meaning).chain([(grams + DIMENSIONS, BIAS)])
}

/// Learns weights from lessons over `grams` known grams. The same lessons give the same weights to the last bit.
pub(crate) fn train(lessons: &[&Lesson], grams: usize, labels: usize) -> Weights {
    let count = (grams + DIMENSIONS + 1) * labels;
    let many = lessons.len() >= LESSONS_MANY;
    let looks = if many { LOOKS.0 } else { LOOKS.1 };
    let mut learner = Learner {
        weights: Weights { labels, rows: vec![0.0; count] },
        squares: vec![if many { SQUARES_AT_FIRST.0 } else { SQUARES_AT_FIRST.1 }; count],
        scores: vec![0.0; labels],
        seen: Vec::new(),
        gradients: Vec::new(),
    };
    let mut order: Vec<&Lesson> = lessons.to_vec();
    let mut chance = Chance::new();
    for look in 0..looks {
        chance.shuffle(&mut order);
        let rate = RATE * (1.0 - look as f32 / looks as f32);
        for lesson in &order {
            learner.look_at(lesson, grams, &mut chance);
            learner.step(rate);
        }
    }
    learner.weights
}

struct Learner {
    weights: Weights,
    /// The sum of the squares of each weight's steps so far.
    squares: Vec<f32>,
    scores: Vec<f32>,
    seen: Vec<(usize, f32)>,
    gradients: Vec<(usize, f32)>,
}

impl Learner {
    /// Scores a lesson without some of its grams and notes how wrong each label's score is.
    fn look_at(&mut self, lesson: &Lesson, grams: usize, chance: &mut Chance) {
        self.seen.clear();
        let kept = features(grams, &lesson.grams, &lesson.meaning)
            .filter(|(feature, _)| *feature >= grams || !chance.happens(DROPPED));
        self.seen.extend(kept);
        self.scores.fill(0.0);
        for (feature, value) in &self.seen {
            for (score, weight) in self.scores.iter_mut().zip(self.weights.row(*feature)) {
                *score += weight * value;
            }
        }
        softmax(&mut self.scores);
        self.gradients.clear();
        for (label, chance) in self.scores.iter().enumerate() {
            let gradient = if label == lesson.label { chance - 1.0 } else { *chance };
            if gradient.abs() >= GRADIENT_MIN {
                self.gradients.push((label, gradient));
            }
        }
    }

    fn step(&mut self, rate: f32) {
        let labels = self.weights.labels;
        for (feature, value) in &self.seen {
            let range = feature * labels..(feature + 1) * labels;
            let row = self.weights.rows.get_mut(range.clone()).unwrap_or_default();
            let squares = self.squares.get_mut(range).unwrap_or_default();
            for (label, gradient) in &self.gradients {
                if let (Some(weight), Some(square)) = (row.get_mut(*label), squares.get_mut(*label)) {
                    let step = gradient * value;
                    *square += step * step;
                    *weight -= rate * step / square.sqrt();
                }
            }
        }
    }
}

/// Makes scores chances.
pub(crate) fn softmax(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = libm::expf(*score - most);
        sum += *score;
    }
    for score in scores {
        *score /= sum;
    }
}
