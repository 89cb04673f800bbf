//! What is learnt from labelled texts alone, without a desk around it.

use crate::lexicon::Lexicon;
use crate::model::{Example, Model, best, chances};
use crate::text::{Token, sentences};

/// Characters of a text that are read.
const TEXT_CHARS_MAX: usize = 20_000;
/// Sentences looked at one by one; the rest count only as part of the whole.
const SENTENCES_MAX: usize = 40;
/// The part of a score that the whole text decides; the rest is its best sentence's.
const WHOLE_PART: f32 = 0.5;

/// A text and the number of its label, or none if it belongs to no label.
#[derive(Clone, Copy, Debug)]
pub struct Labelled<'a> {
    /// As a customer would write it.
    pub text: &'a str,
    /// Below the number of labels.
    pub label: Option<usize>,
}

/// The label that fits a text best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Said {
    /// Its number.
    pub label: usize,
    /// The chance that it is right, 0 to 1.
    pub confidence: f64,
}

/// An engine that has learnt labels from examples.
///
/// ```
/// use tierline_triage_engine::{Labelled, Learnt};
///
/// let texts = [("I forgot my password", 0), ("my mailbox is full", 1), ("new password please", 0)];
/// let learnt = Learnt::learn(texts.map(|(text, label)| Labelled { text, label: Some(label) }), 2);
/// assert_eq!(learnt.say("Password forgotten!").map(|said| said.label), Some(0));
/// assert_eq!(learnt.say("🙂"), None);
/// ```
#[derive(Clone, Debug)]
pub struct Learnt {
    model: Model,
    lexicon: Lexicon,
}

impl Learnt {
    /// Learns labels `0..labels`. The same examples in the same order give the same engine to the last bit.
    pub fn learn<'a>(examples: impl IntoIterator<Item = Labelled<'a>>, labels: usize) -> Self {
        let lexicon = Lexicon::new();
        let read = |example: Labelled<'_>| Example {
            tokens: tokens(example.text).concat(),
            label: example.label,
            is_question: true,
        };
        let in_range = |example: &Labelled<'_>| example.label.is_none_or(|label| label < labels);
        let examples: Vec<Example> = examples.into_iter().filter(in_range).map(read).collect();
        Self { model: Model::learn(&examples, labels, &lexicon), lexicon }
    }

    /// The best label and how sure it is; nothing if not one word of the text is known.
    pub fn say(&self, text: &str) -> Option<Said> {
        let sentences = tokens(text);
        let tokens = sentences.concat();
        let chances = chances(self.scores(&tokens, &sentences));
        let best = best(&chances)?;
        let (_, unknown) = self.model.coverage(&tokens, best.0, &self.lexicon);
        let confidence = self.model.sure(&tokens, best, &chances, &self.lexicon);
        (unknown < 1.0).then_some(Said { label: best.0, confidence })
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
fn tokens(text: &str) -> Vec<Vec<Token>> {
    let end = text.char_indices().nth(TEXT_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    sentences(text.get(..end).unwrap_or_default())
}
