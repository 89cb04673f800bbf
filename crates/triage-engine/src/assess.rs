//! What a question could be about, before any rule of the desk is applied.

use std::collections::BTreeMap;

use crate::Learnt;
use crate::Settings;
use crate::language::{Expected, detect};
use crate::learnt::{Ranked, SENTENCES_MAX, tokens};
use crate::lexicon::{Mood, mood};
use crate::model::{Known, best, chances};
use crate::text::{Kind, Token};

/// A second problem must be so sure in what the first leaves unexplained ...
const SECOND_SURE_MIN: f64 = 0.6;
/// ... and that must be at least so much of the message.
const SECOND_SHARE_MIN: f32 = 0.35;
/// A named route holds every answer back if one sentence is so likely its: an abuse report lost behind a canned answer
/// costs more than a question that a person answers.
const NAMED_CHANCE_MIN: f32 = 0.1;
/// The same for what the best label leaves unexplained, which is seldom a sentence.
const NAMED_REST_CHANCE_MIN: f32 = 0.15;
/// The route's examples must have so much of it.
const NAMED_COVERED_MIN: f32 = 0.3;
/// The same for the first words of a message and the last ones, which need not be sentences of their own.
const NAMED_END_CHANCE_MIN: f32 = 0.6;
const NAMED_END_COVERED_MIN: f32 = 0.6;
const NAMED_END_WORDS: std::ops::RangeInclusive<usize> = 3..=7;
/// In a language without examples, or one that cannot be told, so much of a text may be unknown: what is left are names,
/// numbers, error messages.
const FOREIGN_UNKNOWN_MAX: f32 = 0.5;
const EVIDENCE_WORDS_MAX: usize = 6;
const EVIDENCE_CHARS_MAX: usize = 40;

/// What the words of a question say.
#[derive(Debug)]
pub(crate) struct Assessment<'a> {
    pub language: String,
    pub mood: Mood,
    /// Best first, every label that was learnt.
    pub ranked: Vec<Ranked>,
    /// Whether no example is in its language and too little of it is the same in all.
    pub is_foreign: bool,
    /// A second problem beside the best label's.
    pub second_problem: Option<usize>,
    /// Which labels are named routes.
    named: &'a [bool],
    sentences: Vec<Vec<Token>>,
    tokens: Vec<Token>,
    known: Vec<Known>,
    learnt: &'a Learnt,
}

impl<'a> Assessment<'a> {
    /// Reads a text. Its words decide; the hint only helps to tell the language. `named` says which labels are named
    /// routes.
    pub fn of(
        learnt: &'a Learnt,
        text: &str,
        hint: Option<&str>,
        settings: &Settings,
        named: &'a [bool],
    ) -> Self {
        let sentences = tokens(text);
        let tokens = sentences.concat();
        let expected = Expected {
            default: &settings.default_language,
            languages: &settings.languages,
            hint,
            vocabularies: &learnt.vocabularies,
        };
        let language = detect(text, &tokens, &learnt.lexicon, &expected);
        let ranked = learnt.rank(&tokens, &sentences);
        let first = ranked.first().map(|first| first.label);
        let parts = Parts { learnt, tokens: &tokens, named };
        let second_problem = first.and_then(|first| parts.second_problem(first));
        let is_foreign = first.is_some_and(|first| parts.is_foreign(&language, first));
        let folded_words: String = tokens.iter().flat_map(|token| [token.folded.as_str(), " "]).collect();
        let mood = mood(&folded_words, text);
        let known = learnt.model.known(tokens.iter());
        Self { language, mood, ranked, is_foreign, second_problem, named, sentences, tokens, known, learnt }
    }

    /// A named route that part of the message is about. It takes a dozen looks, so only an answer that would go out is asked.
    pub fn named_part(&self) -> Option<usize> {
        let parts = Parts { learnt: self.learnt, tokens: &self.tokens, named: self.named };
        parts.named_part(&self.sentences, self.ranked.first()?.label)
    }

    /// The words of the text that speak most for a label, in the customer's own spelling.
    pub fn evidence(&self, text: &str, label: usize) -> Vec<String> {
        let mut weights: BTreeMap<usize, f32> = BTreeMap::new();
        for (token, weight) in self.learnt.model.says(&self.known, label) {
            *weights.entry(token).or_default() += weight;
        }
        let place = |(token, weight): (usize, f32)| {
            let token = self.tokens.get(token).filter(|token| token.kind != Kind::WeakPair)?;
            Some((weight, token.start, token.end))
        };
        let mut weighed: Vec<(f32, usize, usize)> = weights.into_iter().filter_map(place).collect();
        weighed.retain(|(weight, _, _)| *weight > 0.0);
        weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for (_, start, end) in weighed {
            // Pairs of characters that overlap are one word.
            if let Some((from, to)) = spans.iter_mut().find(|(from, to)| start < *to && *from < end) {
                (*from, *to) = (start.min(*from), end.max(*to));
            } else if spans.len() < EVIDENCE_WORDS_MAX {
                spans.push((start, end));
            }
        }
        let word = |(start, end): (usize, usize)| {
            text.get(start..end).map(|w| w.chars().take(EVIDENCE_CHARS_MAX).collect())
        };
        spans.into_iter().filter_map(word).collect()
    }
}

/// Looks at parts of a message.
struct Parts<'a> {
    learnt: &'a Learnt,
    tokens: &'a [Token],
    named: &'a [bool],
}

impl Parts<'_> {
    /// What tells nothing of a label.
    fn rest(&self, label: usize) -> Vec<Token> {
        let model = &self.learnt.model;
        self.tokens.iter().filter(|token| !model.speaks_for(token, label)).cloned().collect()
    }

    fn content<'a>(&self, tokens: impl Iterator<Item = &'a Token>) -> f32 {
        tokens.map(|token| self.learnt.model.content(token, &self.learnt.lexicon)).sum()
    }

    /// Whether what the best label leaves unexplained is a problem of its own.
    fn second_problem(&self, first: usize) -> Option<usize> {
        let rest = self.rest(first);
        if self.content(rest.iter()) < SECOND_SHARE_MIN * self.content(self.tokens.iter()) {
            return None;
        }
        let model = &self.learnt.model;
        let chances = chances(model.scores(rest.iter()));
        let best = best(&chances)?;
        let sure = model.sure(&rest, best, &chances, &self.learnt.lexicon);
        (best.0 != first && sure >= SECOND_SURE_MIN).then_some(best.0)
    }

    /// The named route that one sentence is about, or the words that tell nothing of the best label.
    fn named_part(&self, sentences: &[Vec<Token>], first: usize) -> Option<usize> {
        if !self.named.iter().any(|named| *named) {
            return None;
        }
        let named = |tokens: &[Token], least: f32, covered_min: f32| {
            let chances = chances(self.learnt.model.scores(tokens.iter()));
            let is_likely = |label: usize, chance: f32| {
                let is_named = self.named.get(label).copied().unwrap_or(false);
                is_named && chance >= least
            };
            let is_covered = |label: usize| {
                let (covered, _) = self.learnt.model.coverage(tokens, label, &self.learnt.lexicon);
                covered >= covered_min
            };
            let mut all = chances.iter().enumerate();
            all.find(|(label, chance)| is_likely(*label, **chance) && is_covered(*label))
                .map(|(label, _)| label)
        };
        let in_a_sentence = sentences
            .iter()
            .take(SENTENCES_MAX)
            .find_map(|part| named(part, NAMED_CHANCE_MIN, NAMED_COVERED_MIN));
        let at_an_end = || {
            let ends = NAMED_END_WORDS.flat_map(|words| {
                let (first, last) = (self.tokens.get(..words), self.tokens.len().checked_sub(words));
                [first, last.and_then(|from| self.tokens.get(from..))]
            });
            ends.flatten().find_map(|end| named(end, NAMED_END_CHANCE_MIN, NAMED_END_COVERED_MIN))
        };
        in_a_sentence
            .or_else(|| named(&self.rest(first), NAMED_REST_CHANCE_MIN, NAMED_COVERED_MIN))
            .or_else(at_an_end)
    }

    fn is_foreign(&self, language: &str, first: usize) -> bool {
        let known = &self.learnt.vocabularies.languages;
        let has_examples = known.is_empty() || known.iter().any(|known| known == language);
        let (_, unknown) = self.learnt.model.coverage(self.tokens, first, &self.learnt.lexicon);
        !has_examples && unknown > FOREIGN_UNKNOWN_MAX
    }
}
