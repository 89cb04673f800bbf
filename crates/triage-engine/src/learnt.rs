//! What is learnt from labelled texts: the one engine that a desk asks and that `tierline triage eval` measures.

use crate::artefact::{Unreadable, read, write};
use crate::language::Vocabularies;
use crate::lexicon::Lexicon;
use crate::model::{CLOSE, Example, Model, Promise, Trial, best, chances, promise};
use crate::text::{Token, sentences};

/// Characters of a text that are read.
const TEXT_CHARS_MAX: usize = 20_000;
/// Sentences looked at one by one; the rest count only as part of the whole.
pub(crate) const SENTENCES_MAX: usize = 40;
/// The part of a score that the whole text decides; the rest is its best sentence's.
const WHOLE_PART: f32 = 0.5;
/// From so many trials on they alone tell how right it is.
const TRIALS_ENOUGH: usize = 60;
/// Labels noted with a trial that were nearly as likely as the best.
const TRIAL_CLOSE_MAX: usize = 4;
/// Labels told apart at most; examples of more are not learnt.
pub const LABELS_MAX: usize = crate::model::LABELS_MAX - 1;

/// A text, its label if it has one, and its language (ISO 639-1) if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Labelled<'a> {
    /// An answer's or route's id; none if the text belongs to no label.
    pub label: Option<&'a str>,
    /// As a customer would write it.
    pub text: &'a str,
    /// What it is written in: it tells which words are whose, never what is said.
    pub language: Option<&'a str>,
    /// Whether it is only tried, to see how right what was learnt is, and never learnt itself.
    pub is_trial: bool,
}

/// The label that fits a text best.
#[derive(Clone, Debug, PartialEq)]
pub struct Said<'a> {
    /// Its id.
    pub label: &'a str,
    /// The chance that it is right, 0 to 1.
    pub confidence: f64,
}

/// An engine that has learnt labels from examples.
///
/// ```
/// use tierline_triage_engine::{Labelled, Learnt};
///
/// let texts = [("I forgot my password", "pass"), ("my mailbox is full", "mail"), ("new password please", "pass")];
/// let labelled = |(text, label)| Labelled { text, label: Some(label), language: None, is_trial: false };
/// let learnt = Learnt::learn(texts.map(labelled));
/// assert_eq!(learnt.say("Password forgotten!").map(|said| said.label), Some("pass"));
/// assert_eq!(learnt.say("🙂"), None);
/// let again = Learnt::read(&learnt.write()).unwrap();
/// assert_eq!(again.say("Password forgotten!"), learnt.say("Password forgotten!"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Learnt {
    pub(crate) labels: Vec<String>,
    pub(crate) model: Model,
    pub(crate) vocabularies: Vocabularies,
    pub(crate) lexicon: Lexicon,
}

/// One label with how likely it is among all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ranked {
    /// Its number.
    pub label: usize,
    /// Beside the others, 0 to 1.
    pub chance: f32,
    /// That it is right at all, 0 to 1.
    pub confidence: f64,
}

impl Learnt {
    /// Learns all labels there are. The same examples, in whatever order, give the same engine to the last bit.
    pub fn learn<'a>(examples: impl IntoIterator<Item = Labelled<'a>>) -> Self {
        let lexicon = Lexicon::new();
        let mut examples: Vec<Labelled<'_>> = examples.into_iter().collect();
        examples.sort_unstable();
        let (trials, examples): (Vec<_>, Vec<_>) = examples.into_iter().partition(|example| example.is_trial);
        let mut labels: Vec<String> =
            examples.iter().filter_map(|example| example.label).map(str::to_owned).collect();
        labels.dedup();
        labels.truncate(LABELS_MAX);
        let number = |label: &str| labels.binary_search_by(|known| known.as_str().cmp(label));
        let read = |example: &Labelled<'_>| {
            let label = example.label.map(number).transpose().ok()?;
            Some(Example { tokens: tokens(example.text).concat(), label })
        };
        let read: Vec<(Option<&str>, Example)> =
            examples.iter().filter_map(|example| Some((example.language, read(example)?))).collect();
        let in_languages =
            read.iter().filter_map(|(language, example)| Some(((*language)?, example.tokens.as_slice())));
        let vocabularies = Vocabularies::learn(in_languages);
        let examples: Vec<Example> = read.into_iter().map(|(_, example)| example).collect();
        let model = Model::learn(&examples, labels.len(), &lexicon);
        let mut learnt = Self { labels, model, vocabularies, lexicon };
        // Real questions tell more than examples held out, which are written to differ from each other.
        if trials.len() >= TRIALS_ENOUGH {
            learnt.model.trials = trials.iter().filter_map(|trial| learnt.try_on(trial)).collect();
        }
        learnt
    }

    /// What it says to a question that it has not learnt.
    fn try_on(&self, trial: &Labelled<'_>) -> Option<Trial> {
        let sentences = tokens(trial.text);
        let ranked = self.rank(&sentences.concat(), &sentences);
        let (first, others) = ranked.split_first()?;
        let close = others.iter().take_while(|other| other.chance >= CLOSE * first.chance);
        Some(Trial {
            said: first.label as u16,
            close: close.take(TRIAL_CLOSE_MAX).map(|other| other.label as u16).collect(),
            confidence: first.confidence as f32,
            right: trial.label.is_some() && self.labels.get(first.label).map(String::as_str) == trial.label,
            worth: 1.0,
        })
    }

    /// As bytes that [`Self::read`] reads: the same on every machine.
    pub fn write(&self) -> Vec<u8> {
        write(self)
    }

    /// Reads what was written.
    ///
    /// # Errors
    /// If the bytes are damaged, or of a build that wrote them otherwise.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        read(bytes)
    }

    /// Labels known, sorted.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The best label and how sure it is; nothing if not one word of the text is known.
    pub fn say(&self, text: &str) -> Option<Said<'_>> {
        let sentences = tokens(text);
        let best = self.rank(&sentences.concat(), &sentences).into_iter().next()?;
        let label = self.labels.get(best.label)?;
        (best.confidence > 0.0).then_some(Said { label, confidence: best.confidence })
    }

    /// The confidence from which so large a share of answers is right, by what was said of examples held out. Only
    /// those count that would be answered: `answered` is asked with the label said and each that was nearly as likely.
    pub(crate) fn promise(&self, precision: f64, answered: impl Fn(usize, &[u16]) -> bool) -> Promise {
        let trials = self.model.trials.iter();
        promise(trials.filter(|trial| answered(usize::from(trial.said), &trial.close)), precision)
    }

    /// All labels, best first. Without one known word none has any confidence.
    pub(crate) fn rank(&self, tokens: &[Token], sentences: &[Vec<Token>]) -> Vec<Ranked> {
        let chances = chances(self.scores(tokens, sentences));
        let Some(best) = best(&chances) else { return Vec::new() };
        let (_, unknown) = self.model.coverage(tokens, best.0, &self.lexicon);
        let sure = if unknown < 1.0 { self.model.sure(tokens, best, &chances, &self.lexicon) } else { 0.0 };
        let beside = |chance: f32| sure * f64::from(chance / best.1.max(f32::MIN_POSITIVE));
        let mut ranked: Vec<Ranked> = chances
            .iter()
            .take(self.labels.len())
            .enumerate()
            .map(|(label, chance)| Ranked { label, chance: *chance, confidence: beside(*chance) })
            .collect();
        ranked.sort_by(|a, b| b.chance.total_cmp(&a.chance).then(a.label.cmp(&b.label)));
        ranked
    }

    /// A long message has its problem in one sentence and its story in the others.
    fn scores(&self, tokens: &[Token], sentences: &[Vec<Token>]) -> Vec<f32> {
        let mut scores = self.model.scores(tokens.iter());
        if sentences.len() < 2 {
            return scores;
        }
        let mut most = vec![f32::MIN; scores.len()];
        for sentence in sentences.iter().take(SENTENCES_MAX) {
            for (most, score) in most.iter_mut().zip(self.model.scores(sentence.iter())) {
                *most = most.max(score);
            }
        }
        for (score, most) in scores.iter_mut().zip(most) {
            *score = WHOLE_PART * *score + (1.0 - WHOLE_PART) * most;
        }
        scores
    }
}

/// The sentences of the part that is read.
pub(crate) fn tokens(text: &str) -> Vec<Vec<Token>> {
    let end = text.char_indices().nth(TEXT_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    sentences(text.get(..end).unwrap_or_default())
}
