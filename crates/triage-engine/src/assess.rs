//! What a question could be about, before any rule of the desk is applied.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::confidence::confidence;
use crate::index::{Asked, Fit, Index, Source};
use crate::language::{Expected, detect};
use crate::lexicon::{Lexicon, Mood, mood};
use crate::text::{Token, sentences};
use crate::{Settings, Topic, TopicKind, UNKNOWN_LANGUAGE};

/// Sentences looked at one by one; the rest count only as part of the whole.
const SENTENCES_MAX: usize = 40;
/// What a match through another language's examples is worth: names and error messages, seldom the sense.
const FOREIGN_FACTOR: f64 = 0.6;
/// What a match is worth when the language is unknown.
const UNKNOWN_LANGUAGE_FACTOR: f64 = 0.85;
/// The part of a fit that the whole message decides; the rest is its best sentence's.
const WHOLE_PART: f64 = 0.5;
/// A second problem must fit what the first leaves unexplained at least so well ...
const SECOND_SCORE_MIN: f64 = 0.35;
/// ... and that must be at least so much of the message.
const SECOND_SHARE_MIN: f64 = 0.35;
/// A named route holds every answer back if it fits one sentence, or what the best label leaves unexplained, so well:
/// an abuse report lost behind a canned answer costs more than a question that a person answers.
const NAMED_SCORE_MIN: f64 = 0.2;
/// It need not fit best: so much of the best fit there is enough.
const NAMED_CLOSE: f64 = 0.4;
const EVIDENCE_WORDS_MAX: usize = 6;
const EVIDENCE_CHARS_MAX: usize = 40;

/// All the topics a desk has, by language.
#[derive(Clone, Debug)]
pub(crate) struct Library {
    indexes: Vec<Index>,
    labels: usize,
    /// Whether each label is a named route.
    named: Vec<bool>,
    lexicon: Lexicon,
}

/// One label with how well it fits; best first in an [`Assessment`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scored {
    /// Number of the topic.
    pub label: usize,
    pub fit: Fit,
    pub confidence: f64,
}

/// What the words of a question say.
#[derive(Debug)]
pub(crate) struct Assessment<'a> {
    pub language: String,
    pub mood: Mood,
    /// Best first, every label.
    pub ranked: Vec<Scored>,
    /// A second problem beside the best label's.
    pub second_problem: Option<usize>,
    /// A named route that part of the message is about.
    pub named_part: Option<usize>,
    tokens: Vec<Token>,
    readings: Vec<Reading<'a>>,
}

/// The question's words as one language's examples know them.
#[derive(Debug)]
struct Reading<'a> {
    index: &'a Index,
    /// What a match here is worth.
    factor: f64,
    asked: Vec<Asked>,
}

impl Library {
    pub fn build(topics: &[Topic]) -> Self {
        let lexicon = Lexicon::new();
        let mut languages: Vec<&String> = topics.iter().flat_map(|topic| topic.examples.keys()).collect();
        languages.sort_unstable();
        languages.dedup();
        let indexes = languages
            .into_iter()
            .map(|language| {
                let sources: Vec<Source> = topics
                    .iter()
                    .enumerate()
                    .flat_map(|(label, topic)| sources(label, topic, language))
                    .collect();
                Index::build(language, topics.len(), &sources, &lexicon)
            })
            .collect();
        let named = topics.iter().map(|topic| topic.named).collect();
        Self { indexes, labels: topics.len(), named, lexicon }
    }

    /// Reads a text. Its words decide; the hint only helps to tell the language.
    pub fn assess(&self, text: &str, hint: Option<&str>, settings: &Settings) -> Assessment<'_> {
        let sentences = sentences(text);
        let ends: Vec<usize> = sentences.iter().scan(0, |end, s| Some(add_to(end, s.len()))).collect();
        let tokens = sentences.concat();
        let expected = Expected {
            default: &settings.default_language,
            languages: &settings.languages,
            hint,
            indexes: &self.indexes,
        };
        let language = detect(text, &tokens, &self.lexicon, &expected);
        let readings = self.readings(&tokens, &language);
        let mut fits = self.fits(&readings, 0..tokens.len());
        if ends.len() > 1 {
            self.blend_sentences(&mut fits, &readings, &ends);
        }
        let ranked = rank(&fits);
        let own = readings.iter().find(|reading| reading.index.language == language);
        let second_problem = own.zip(ranked.first()).and_then(|(own, best)| second_problem(own, best.label));
        let best = ranked.first().map(|best| best.label);
        let named_part = best.and_then(|best| self.named_part(&readings, &ends, best));
        let folded_words: String = tokens.iter().flat_map(|token| [token.folded.as_str(), " "]).collect();
        let mood = mood(&folded_words, text);
        Assessment { language, mood, ranked, second_problem, named_part, tokens, readings }
    }

    /// Looks all words up in all languages: by any form in the text's own, as they stand in the others.
    fn readings(&self, tokens: &[Token], language: &str) -> Vec<Reading<'_>> {
        let words = distinct(tokens);
        let reading = self.indexes.iter().map(|index| {
            let (exact, factor) = match language {
                UNKNOWN_LANGUAGE => (false, UNKNOWN_LANGUAGE_FACTOR),
                own if own == index.language => (false, 1.0),
                _ => (true, FOREIGN_FACTOR),
            };
            Reading { index, factor, asked: index.look_up(tokens, &words, &self.lexicon, language, exact) }
        });
        reading.collect()
    }

    /// The fit of every label to a part of the tokens, through the language where it fits best.
    fn fits(&self, readings: &[Reading<'_>], part: Range<usize>) -> Vec<Fit> {
        let mut best = vec![Fit::default(); self.labels];
        for Reading { index, factor, asked } in readings {
            let within = asked.iter().filter(|word| {
                let next = word.places.partition_point(|place| *place < part.start);
                word.places.get(next).is_some_and(|place| *place < part.end)
            });
            for (best, fit) in best.iter_mut().zip(index.fit(within)) {
                if fit.score * factor > best.score {
                    *best = fit.times(*factor);
                }
            }
        }
        best
    }

    /// The named route that one sentence is about most, or the words that tell nothing of the best label.
    fn named_part(&self, readings: &[Reading<'_>], ends: &[usize], best: usize) -> Option<usize> {
        let named = |fits: Vec<Fit>| {
            let ranked = rank(&fits);
            let bar = NAMED_SCORE_MIN.max(ranked.first()?.fit.score * NAMED_CLOSE);
            let is_named = |label: usize| self.named.get(label).copied().unwrap_or(false);
            let close = ranked.iter().take_while(|scored| scored.fit.score >= bar);
            close.map(|scored| scored.label).find(|label| is_named(*label))
        };
        let starts = std::iter::once(&0).chain(ends);
        let mut sentences = starts.zip(ends).take(SENTENCES_MAX);
        let in_a_sentence = sentences.find_map(|(start, end)| named(self.fits(readings, *start..*end)));
        in_a_sentence.or_else(|| readings.iter().find_map(|reading| named(rest_fits(reading, best))))
    }

    /// A long message has its problem in one sentence and its story in the others.
    fn blend_sentences(&self, fits: &mut [Fit], readings: &[Reading<'_>], ends: &[usize]) {
        let mut best = vec![Fit::default(); self.labels];
        let starts = std::iter::once(&0).chain(ends);
        for (start, end) in starts.zip(ends).take(SENTENCES_MAX) {
            for (best, fit) in best.iter_mut().zip(self.fits(readings, *start..*end)) {
                if fit.score > best.score {
                    *best = fit;
                }
            }
        }
        for (fit, best) in fits.iter_mut().zip(best) {
            *fit = fit.times(WHOLE_PART).plus(best.times(1.0 - WHOLE_PART));
        }
    }
}

impl Assessment<'_> {
    /// The words of the text that speak most for a label, in the customer's own spelling.
    pub fn evidence(&self, text: &str, label: usize) -> Vec<String> {
        let mut weighed: Vec<(f64, usize, usize)> = Vec::new();
        for Reading { index, factor, asked } in &self.readings {
            weighed.extend(asked.iter().filter_map(|word| {
                let token = self.tokens.get(*word.places.first()?)?;
                Some((factor * index.contribution(word, label), token.start, token.end))
            }));
        }
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

/// Adds to a running sum and says what it is now.
fn add_to(sum: &mut usize, more: usize) -> usize {
    *sum += more;
    *sum
}

/// The places of each different word, in the order in which the words first come.
fn distinct(tokens: &[Token]) -> Vec<Vec<usize>> {
    let mut words: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, token) in tokens.iter().enumerate() {
        words.entry(&token.folded).or_default().push(place);
    }
    let mut words: Vec<_> = words.into_values().collect();
    words.sort_unstable_by_key(|places| places.first().copied());
    words
}

/// How well each label fits the words that tell nothing of `best`.
fn rest_fits(reading: &Reading<'_>, best: usize) -> Vec<Fit> {
    let rest = reading.asked.iter().filter(|word| reading.index.contribution(word, best) <= 0.0);
    reading.index.fit(rest).into_iter().map(|fit| fit.times(reading.factor)).collect()
}

/// Whether what the best label leaves unexplained is a problem of its own.
fn second_problem(reading: &Reading<'_>, best: usize) -> Option<usize> {
    let rest = || reading.asked.iter().filter(|word| reading.index.contribution(word, best) <= 0.0);
    let total: f64 = reading.asked.iter().map(|word| word.weight).sum();
    let left: f64 = rest().map(|word| word.weight).sum();
    if left < SECOND_SHARE_MIN * total {
        return None;
    }
    let ranked = rank(&reading.index.fit(rest()));
    ranked.first().filter(|second| second.fit.score >= SECOND_SCORE_MIN).map(|second| second.label)
}

/// The examples of a topic in one language, then its answer.
fn sources<'a>(label: usize, topic: &'a Topic, language: &str) -> impl Iterator<Item = Source> + 'a {
    let answer = match &topic.kind {
        TopicKind::Answer { texts } => texts.get(language),
        TopicKind::Route => None,
    };
    let examples = topic.examples.get(language).into_iter().flatten().map(|text| (text, true));
    examples.chain(answer.map(|text| (text, false))).map(move |(text, is_example)| Source {
        label,
        tokens: sentences(text).concat(),
        is_example,
    })
}

/// Sorts labels by fit and says how sure each is beside its strongest rival.
fn rank(fits: &[Fit]) -> Vec<Scored> {
    let mut ranked: Vec<Scored> =
        fits.iter().enumerate().map(|(label, fit)| Scored { label, fit: *fit, confidence: 0.0 }).collect();
    ranked.sort_by(|a, b| b.fit.score.total_cmp(&a.fit.score).then(a.label.cmp(&b.label)));
    let score_at = |place: usize| ranked.get(place).map_or(0.0, |scored| scored.fit.score);
    let (best, second) = (score_at(0), score_at(1));
    let mut ceiling = 1.0f64;
    for (place, scored) in ranked.iter_mut().enumerate() {
        let rival = if place == 0 { second } else { best };
        ceiling = ceiling.min(confidence(scored.fit, rival));
        scored.confidence = ceiling;
    }
    ranked
}
