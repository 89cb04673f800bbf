//! What is learnt from examples: which label a text has, and how sure that is.

mod chance;
mod folds;
mod grams;
mod packed;
mod promise;
mod sureness;
mod train;
mod vocabulary;
mod words;

use serde::{Deserialize, Serialize};

use crate::UNKNOWN_LANGUAGE;
use crate::lexicon::Lexicon;
use crate::text::{Kind, Token};

use grams::grams;
pub(crate) use grams::word as word_key;
pub(crate) use packed::LABELS_MAX;
use packed::Packed;
pub use promise::Promise;
pub(crate) use promise::{Trial, promise};
use sureness::{Guess, SIGNS, Sureness, lead, log};
use train::{Lesson, features, softmax, train};
pub(crate) use vocabulary::Known;
use vocabulary::Vocabulary;
use words::{common, meaning};

/// What grammar and courtesy count beside words that tell a topic, when the known share of a text is taken.
const FUNCTION_WORD_FACTOR: f32 = 0.5;

/// A text with the label it has, or none of them.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub tokens: Vec<Token>,
    pub label: Option<usize>,
}

/// The learnt part of an engine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Model {
    pub labels: usize,
    pub vocabulary: Vocabulary,
    pub weights: Packed,
    /// Whether any example belongs to none of the labels: only then their chance tells something.
    pub knows_strays: bool,
    pub sureness: Sureness,
    /// What was said of examples held out.
    pub trials: Vec<Trial>,
}

/// A model as it is kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct Parts {
    vocabulary: vocabulary::Parts,
    #[serde(with = "serde_bytes")]
    weights: Vec<u8>,
    knows_strays: bool,
    slopes: [f64; SIGNS],
    trials: Vec<Trial>,
}

impl Model {
    /// Learns labels `0..labels`. The same examples give the same model to the last bit.
    pub fn learn(examples: &[Example], labels: usize, lexicon: &Lexicon) -> Self {
        let all: Vec<&Example> = examples.iter().collect();
        let guesses = || folds::guesses(examples, labels, lexicon);
        let (guesses, model) = both(guesses, || Self::fit(&all, labels));
        let sureness = Sureness::learn(&guesses);
        let trial = |guess: Guess| Trial {
            said: guess.said as u16,
            close: guess.close.into_iter().map(|label| label as u16).collect(),
            confidence: sureness.of(&guess.signs) as f32,
            right: guess.right,
            worth: guess.worth as f32,
        };
        Self { sureness, trials: guesses.into_iter().map(trial).collect(), ..model }
    }

    /// Learns everything but how sure it can be.
    fn fit(examples: &[&Example], labels: usize) -> Self {
        // What has no label is learnt as one more, which is never answered.
        let labelled = || examples.iter().map(|example| (*example, example.label.unwrap_or(labels)));
        let read: Vec<_> = labelled().map(|(example, _)| grams(example.tokens.iter())).collect();
        let vocabulary = Vocabulary::learn(read.iter().map(Vec::as_slice));
        let lesson = |((example, label), grams): ((&Example, usize), &Vec<grams::Gram>)| Lesson {
            grams: vocabulary.read(grams),
            meaning: meaning(example.tokens.iter()),
            label,
        };
        let lessons: Vec<Lesson> = labelled().zip(&read).map(lesson).collect();
        let weights = train(&lessons.iter().collect::<Vec<_>>(), vocabulary.keys.len(), labels + 1);
        let knows_strays = examples.iter().any(|example| example.label.is_none());
        let (sureness, trials) = (Sureness::learn(&[]), Vec::new());
        Self {
            labels,
            vocabulary,
            weights: Packed::pack(weights, lessons.len()),
            knows_strays,
            sureness,
            trials,
        }
    }

    /// As it is kept.
    pub fn parts(&self) -> Parts {
        Parts {
            vocabulary: self.vocabulary.parts(),
            weights: self.weights.bytes().to_vec(),
            knows_strays: self.knows_strays,
            slopes: self.sureness.slopes,
            trials: self.trials.clone(),
        }
    }

    /// What was kept, if it is a model of so many labels.
    pub fn of(parts: Parts, labels: usize) -> Option<Self> {
        let Parts { vocabulary, weights, knows_strays, slopes, trials } = parts;
        let vocabulary = Vocabulary::of(vocabulary)?;
        let rows = vocabulary.keys.len() + words::DIMENSIONS + 1;
        let weights = Packed::read(labels + 1, rows, weights)?;
        let sound = labels < LABELS_MAX && slopes.iter().all(|slope| slope.is_finite());
        sound.then_some(Self {
            labels,
            vocabulary,
            weights,
            knows_strays,
            sureness: Sureness { slopes },
            trials,
        })
    }

    /// The known grams of some tokens.
    pub fn known<'a>(&self, tokens: impl Iterator<Item = &'a Token>) -> Vec<Known> {
        self.vocabulary.read(&grams(tokens))
    }

    /// The score of each label, then that of none of them. Only differences between them mean anything.
    pub fn scores<'a>(&self, tokens: impl Iterator<Item = &'a Token> + Clone) -> Vec<f32> {
        let mut scores = vec![0.0; self.labels + 1];
        let known = self.known(tokens.clone());
        for (feature, value) in features(self.vocabulary.keys.len(), &known, &meaning(tokens)) {
            self.weights.add(feature, value, &mut scores);
        }
        scores
    }

    /// How sure the best label of a text, given with its chance, is beside all chances.
    pub fn sure(&self, tokens: &[Token], best: (usize, f32), chances: &[f32], lexicon: &Lexicon) -> f64 {
        self.sureness.of(&self.signs(tokens, best, chances, lexicon))
    }

    fn signs(
        &self,
        tokens: &[Token],
        (label, chance): (usize, f32),
        chances: &[f32],
        lexicon: &Lexicon,
    ) -> [f64; SIGNS] {
        let (covered, unknown) = self.coverage(tokens, label, lexicon);
        let none = if self.knows_strays { chances.last().map_or(0.0, |none| log(*none)) } else { 0.0 };
        let common = f64::from(common(tokens.iter()));
        [1.0, lead(chance), f64::from(covered), f64::from(unknown), none, common]
    }

    /// What a word weighs among a text's content.
    pub fn content(&self, token: &Token, lexicon: &Lexicon) -> f32 {
        let is_function_word = lexicon.is_function_word(&token.folded, UNKNOWN_LANGUAGE);
        let factor = if is_function_word { FUNCTION_WORD_FACTOR } else { 1.0 };
        let place = self.vocabulary.place(word_key(&token.folded));
        factor
            * place
                .and_then(|place| self.vocabulary.rarity.get(place))
                .unwrap_or(&self.vocabulary.unknown_rarity)
    }

    /// The shares of a text's content that a label's examples have and that no example has.
    pub fn coverage(&self, tokens: &[Token], label: usize, lexicon: &Lexicon) -> (f32, f32) {
        let (mut all, mut covered, mut unknown) = (0.0f32, 0.0f32, 0.0f32);
        let mut words: Vec<&Token> = tokens.iter().filter(|token| token.kind != Kind::WeakPair).collect();
        words.sort_unstable_by(|a, b| a.folded.cmp(&b.folded));
        words.dedup_by(|a, b| a.folded == b.folded);
        for token in words {
            let weight = self.content(token, lexicon);
            all += weight;
            match self.vocabulary.place(word_key(&token.folded)) {
                None => unknown += weight,
                Some(place) if self.weights.weight(place, label) > 0.0 => covered += weight,
                Some(_) => {}
            }
        }
        if all > 0.0 { (covered / all, unknown / all) } else { (0.0, 1.0) }
    }

    /// Whether a word speaks for a label.
    pub fn speaks_for(&self, token: &Token, label: usize) -> bool {
        let place = self.vocabulary.place(word_key(&token.folded));
        place.is_some_and(|place| self.weights.weight(place, label) > 0.0)
    }

    /// What each known gram says for a label, with the token it first comes from.
    pub fn says(&self, known: &[Known], label: usize) -> impl Iterator<Item = (usize, f32)> {
        known.iter().map(move |known| {
            (known.token as usize, known.weight * self.weights.weight(known.place as usize, label))
        })
    }
}

/// Does two things that have nothing to do with each other, at once where there are threads.
#[cfg(not(target_arch = "wasm32"))]
fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(target_arch = "wasm32")]
fn both<A, B>(one: impl FnOnce() -> A, other: impl FnOnce() -> B) -> (A, B) {
    (one(), other())
}

/// A label whose chance is at least this part of the best one's is close to it.
pub(crate) const CLOSE: f32 = 0.2;

/// Labels that are close to the best, at most so many.
pub(crate) fn close(chances: &[f32], best: (usize, f32), most: usize) -> impl Iterator<Item = usize> {
    let labels = chances.len().saturating_sub(1);
    let others = chances.iter().take(labels).enumerate();
    others
        .filter(move |(label, chance)| *label != best.0 && **chance >= CLOSE * best.1)
        .map(|(label, _)| label)
        .take(most)
}

/// Each label's chance, given the scores; the last is that of none of them.
pub(crate) fn chances(mut scores: Vec<f32>) -> Vec<f32> {
    softmax(&mut scores);
    scores
}

/// The label with the most chance, the first of equals.
pub(crate) fn best(chances: &[f32]) -> Option<(usize, f32)> {
    let (_, labels) = chances.split_last()?;
    let ranked = labels.iter().copied().enumerate();
    ranked.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
}
