//! The examples of one language, ready to be compared with a question.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use crate::lexicon::Lexicon;
use crate::text::{Kind, Token};

/// Two words are taken for forms of one from this share of common trigrams on.
const SIMILARITY_MIN: f64 = 0.5;
/// Each word of the question is compared with at most so many forms.
const FORMS_MAX: usize = 6;
/// More different words than this no message has; those beyond are only looked up as they stand.
const FORM_WORDS_MAX: usize = 1_000;
const FUNCTION_WORD_FACTOR: f64 = 0.5;
const WEAK_PAIR_FACTOR: f64 = 0.15;
/// What an unknown word weighs beside the rarest known one.
const UNKNOWN_FACTOR: f64 = 1.0;
/// The part of a label's score that its nearest example decides; the rest is its average example's.
const NEAREST_PART: f64 = 0.15;
/// What the answer's own text counts beside all the examples.
const TEXT_WORTH: f64 = 1.0;

/// One word of a question with its weight and the words of the index it may be a form of.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Its places among the question's tokens, first to last.
    pub places: Vec<usize>,
    pub weight: f64,
    /// Whether it tells a topic; grammar and courtesy only tell a wording.
    is_content: bool,
    /// (word of the index, similarity), best first.
    forms: Vec<(usize, f64)>,
}

/// How well a question fits one label.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Fit {
    /// 0 to 1: nearest and average example together.
    pub score: f64,
    /// The share of the question's content, by weight, whose words the label's examples have.
    pub coverage: f64,
}

impl Fit {
    pub fn times(self, factor: f64) -> Self {
        Self { score: self.score * factor, coverage: self.coverage * factor }
    }

    pub fn plus(self, other: Self) -> Self {
        Self { score: self.score + other.score, coverage: self.coverage + other.coverage }
    }
}

/// A text that belongs to a label.
#[derive(Debug)]
pub(crate) struct Source {
    /// Number of the label.
    pub label: usize,
    pub tokens: Vec<Token>,
    /// Whether a customer could write so; otherwise it is the answer, which only names the things it is about.
    pub is_example: bool,
}

/// The examples of all labels in one language.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    pub language: String,
    labels: usize,
    /// Sorted, so that a place is an id.
    words: Vec<Entry>,
    /// (trigram, word), sorted.
    trigrams: Vec<(u64, u32)>,
    /// The label of each example.
    owner: Vec<usize>,
    unknown_weight: f64,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    folded: String,
    trigrams: usize,
    weight: f64,
    /// (example, weight in its unit vector)
    examples: Vec<(usize, f64)>,
    /// (label, weight in its average example)
    labels: Vec<(usize, f64)>,
}

impl Index {
    /// Reads the examples of one language, given with the number of their label.
    pub fn build(language: &str, labels: usize, sources: &[Source], lexicon: &Lexicon) -> Self {
        let (folded, read) = intern(sources);
        let words =
            folded.iter().map(|word| Entry { folded: (*word).to_owned(), ..Entry::default() }).collect();
        let mut index = Self {
            language: language.to_owned(),
            labels,
            words,
            trigrams: Vec::new(),
            owner: sources.iter().map(|source| source.label).collect(),
            unknown_weight: 0.0,
        };
        index.weigh_words(&read, lexicon);
        index.place_examples(&read, sources);
        index.cut_trigrams();
        index
    }

    /// The id of a folded word.
    pub fn word(&self, folded: &str) -> Option<usize> {
        self.words.binary_search_by(|entry| entry.folded.as_str().cmp(folded)).ok()
    }

    /// A word weighs more the fewer labels use it.
    fn weigh_words(&mut self, examples: &[Numbers], lexicon: &Lexicon) {
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); self.words.len()];
        let mut weak = vec![false; self.words.len()];
        for (example, owner) in examples.iter().zip(&self.owner) {
            for (id, kind) in example {
                if let (Some(users), Some(weak)) = (users.get_mut(*id), weak.get_mut(*id)) {
                    users.push(*owner);
                    *weak = *kind == Kind::WeakPair;
                }
            }
        }
        let mut owners = self.owner.clone();
        owners.sort_unstable();
        owners.dedup();
        let labels = owners.len() as f64;
        let rarity = |users: f64| ((labels + 1.0) / (users + 0.5)).ln().max(0.05);
        self.unknown_weight = UNKNOWN_FACTOR * rarity(1.0);
        for ((entry, mut users), weak) in self.words.iter_mut().zip(users).zip(weak) {
            users.dedup();
            let factor = if weak {
                WEAK_PAIR_FACTOR
            } else if lexicon.is_function_word(&entry.folded, &self.language) {
                FUNCTION_WORD_FACTOR
            } else {
                1.0
            };
            entry.weight = factor * rarity(users.len() as f64);
        }
    }

    fn place_examples(&mut self, read: &[Numbers], sources: &[Source]) {
        let mut examples = vec![0.0f64; self.labels];
        for source in sources.iter().filter(|source| source.is_example) {
            if let Some(count) = examples.get_mut(source.label) {
                *count += 1.0;
            }
        }
        for (number, (words, source)) in read.iter().zip(sources).enumerate() {
            let squares: f64 =
                words.iter().filter_map(|(id, _)| self.words.get(*id)).map(|e| e.weight.powi(2)).sum();
            let norm = squares.sqrt().max(f64::MIN_POSITIVE);
            let share = 1.0 / examples.get(source.label).copied().unwrap_or(1.0).max(1.0);
            let worth = if source.is_example { share } else { TEXT_WORTH };
            for (id, _) in words {
                let Some(entry) = self.words.get_mut(*id) else { continue };
                let weight = entry.weight / norm;
                if source.is_example {
                    entry.examples.push((number, weight));
                }
                let part = worth * weight;
                match entry.labels.last_mut() {
                    Some((label, sum)) if *label == source.label => *sum += part,
                    _ => entry.labels.push((source.label, part)),
                }
            }
        }
        self.normalise_averages();
    }

    /// The average of unit vectors is shorter the more they differ: make all labels' averages equally long.
    fn normalise_averages(&mut self) {
        let mut squares = vec![0.0; self.labels];
        for (label, weight) in self.words.iter().flat_map(|entry| &entry.labels) {
            if let Some(sum) = squares.get_mut(*label) {
                *sum += weight * weight;
            }
        }
        for (label, weight) in self.words.iter_mut().flat_map(|entry| &mut entry.labels) {
            *weight /= squares.get(*label).copied().unwrap_or(1.0).sqrt().max(f64::MIN_POSITIVE);
        }
    }

    fn cut_trigrams(&mut self) {
        let with_forms = self.words.iter_mut().enumerate().filter(|(_, entry)| has_forms(&entry.folded));
        for (id, entry) in with_forms {
            let trigrams = trigrams(&entry.folded);
            entry.trigrams = trigrams.len();
            self.trigrams.extend(trigrams.into_iter().map(|trigram| (trigram, id as u32)));
        }
        self.trigrams.sort_unstable();
    }

    /// Looks the question's words up, each given by its places among the tokens. `exact` takes no forms of a word,
    /// for a text in another language.
    pub fn look_up(
        &self,
        tokens: &[Token],
        words: &[Vec<usize>],
        lexicon: &Lexicon,
        language: &str,
        exact: bool,
    ) -> Vec<Asked> {
        let mut shared = vec![0u16; self.words.len()];
        let mut asked = Vec::new();
        for (number, places) in words.iter().enumerate() {
            let Some(token) = places.first().and_then(|place| tokens.get(*place)) else { continue };
            let is_plain = exact || token.kind != Kind::Word || !has_forms(&token.folded);
            let forms = if is_plain || number >= FORM_WORDS_MAX {
                self.word(&token.folded).map(|id| (id, 1.0)).into_iter().collect()
            } else {
                self.forms(&token.folded, &mut shared)
            };
            let is_function_word = lexicon.is_function_word(&token.folded, language);
            let is_content = !is_function_word && token.kind != Kind::WeakPair;
            let weight = match forms.first().and_then(|(id, _)| self.words.get(*id)) {
                Some(entry) if is_function_word && exact => entry.weight * FUNCTION_WORD_FACTOR,
                Some(entry) => entry.weight,
                None if is_function_word || token.kind == Kind::Opaque => continue,
                None if token.kind == Kind::WeakPair => self.unknown_weight * WEAK_PAIR_FACTOR,
                None => self.unknown_weight,
            };
            asked.push(Asked { places: places.clone(), weight, is_content, forms });
        }
        asked
    }

    /// Words of the index that share enough trigrams with a word, itself first. `shared` counts and is left as found.
    fn forms(&self, folded: &str, shared: &mut [u16]) -> Vec<(usize, f64)> {
        let asked = trigrams(folded);
        let mut touched = Vec::new();
        for trigram in &asked {
            let first = self.trigrams.partition_point(|(other, _)| other < trigram);
            let same = self.trigrams.iter().skip(first).take_while(|(other, _)| other == trigram);
            for id in same.map(|(_, id)| *id as usize) {
                if let Some(count) = shared.get_mut(id) {
                    if *count == 0 {
                        touched.push(id);
                    }
                    *count += 1;
                }
            }
        }
        let mut forms = Vec::new();
        for id in touched {
            let count = shared.get_mut(id).map(std::mem::take).unwrap_or_default();
            let all = asked.len() + self.words.get(id).map_or(0, |entry| entry.trigrams);
            let similarity = 2.0 * f64::from(count) / all as f64;
            if similarity >= SIMILARITY_MIN {
                forms.push((id, similarity * similarity));
            }
        }
        forms.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        forms.truncate(FORMS_MAX);
        forms
    }

    /// How well the words fit each label, by number of label.
    pub fn fit<'a>(&self, asked: impl Iterator<Item = &'a Asked>) -> Vec<Fit> {
        let mut nearest = vec![0.0; self.owner.len()];
        let mut average = vec![0.0; self.labels];
        let mut covered = vec![0.0; self.labels];
        let (mut squares, mut total) = (0.0, 0.0);
        for word in asked {
            squares += word.weight * word.weight;
            let content_weight = if word.is_content { word.weight } else { 0.0 };
            total += content_weight;
            let mut best: Vec<(usize, f64)> = Vec::new();
            for (id, similarity) in &word.forms {
                let Some(entry) = self.words.get(*id) else { continue };
                let weight = word.weight * similarity;
                add(&mut nearest, &entry.examples, weight);
                add(&mut average, &entry.labels, weight);
                best.extend(entry.labels.iter().map(|(label, _)| (*label, *similarity)));
            }
            best.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            best.dedup_by_key(|(label, _)| *label);
            add(&mut covered, &best, content_weight);
        }
        let norm = f64::sqrt(squares).max(f64::MIN_POSITIVE);
        let mut fits: Vec<Fit> = average
            .iter()
            .zip(&covered)
            .map(|(average, covered)| Fit {
                score: (1.0 - NEAREST_PART) * (average / norm).min(1.0),
                coverage: covered / f64::max(total, f64::MIN_POSITIVE),
            })
            .collect();
        let mut best = vec![0.0f64; self.labels];
        for (similarity, owner) in nearest.iter().zip(&self.owner) {
            if let Some(best) = best.get_mut(*owner) {
                *best = best.max(*similarity);
            }
        }
        for (fit, nearest) in fits.iter_mut().zip(best) {
            fit.score += NEAREST_PART * (nearest / norm).min(1.0);
        }
        fits
    }

    /// What one word of the question contributes to one label.
    pub fn contribution(&self, word: &Asked, label: usize) -> f64 {
        let of_label =
            |entry: &Entry| entry.labels.iter().find(|(l, _)| *l == label).map_or(0.0, |(_, w)| *w);
        let forms = word.forms.iter().filter_map(|(id, similarity)| Some((self.words.get(*id)?, similarity)));
        word.weight * forms.map(|(entry, similarity)| similarity * of_label(entry)).fold(0.0, f64::max)
    }
}

/// A text as the numbers of its different words.
type Numbers = Vec<(usize, Kind)>;

/// The different words of all sources, sorted, and each source as their numbers, each once.
fn intern(sources: &[Source]) -> (Vec<&str>, Vec<Numbers>) {
    // Only looked up in, never walked through, and with fixed keys: nothing depends on its order.
    let mut numbers: HashMap<&str, usize, BuildHasherDefault<DefaultHasher>> = HashMap::default();
    let mut folded: Vec<&str> = Vec::new();
    for token in sources.iter().flat_map(|source| &source.tokens) {
        if numbers.insert(&token.folded, 0).is_none() {
            folded.push(&token.folded);
        }
    }
    folded.sort_unstable();
    numbers.extend(folded.iter().enumerate().map(|(number, word)| (*word, number)));
    let number = |token: &Token| Some((*numbers.get(token.folded.as_str())?, token.kind));
    let read = |source: &Source| {
        let mut words: Vec<_> = source.tokens.iter().filter_map(number).collect();
        words.sort_by_key(|(id, _)| *id);
        words.dedup_by_key(|(id, _)| *id);
        words
    };
    let read = sources.iter().map(read).collect();
    (folded, read)
}

/// Pairs of characters and the shortest words have no other forms.
fn has_forms(folded: &str) -> bool {
    folded.chars().nth(2).is_some()
}

fn add(sums: &mut [f64], weights: &[(usize, f64)], factor: f64) {
    for (place, weight) in weights {
        if let Some(sum) = sums.get_mut(*place) {
            *sum += factor * weight;
        }
    }
}

/// Three characters in one number; word ends count as characters.
fn trigrams(folded: &str) -> Vec<u64> {
    let mut window = (0u64, u64::from(b' '));
    let mut trigrams: Vec<u64> = folded
        .chars()
        .chain([' '])
        .filter_map(|c| {
            let trigram = window.0 << 42 | window.1 << 21 | u64::from(c);
            let complete = window.0 != 0;
            window = (window.1, u64::from(c));
            complete.then_some(trigram)
        })
        .collect();
    trigrams.sort_unstable();
    trigrams.dedup();
    trigrams
}
