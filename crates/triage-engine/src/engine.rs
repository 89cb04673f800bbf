//! The rules: from what a question could be about to what tier 1 does.

use std::collections::BTreeMap;

use tierline_contracts::triage::{
    Candidate, CannedAnswer, Decision, Difficulty, HELD_BACK_RULE, Question, Verdict,
};

use crate::assess::Assessment;
use crate::learnt::Ranked;
use crate::lexicon::Mood;
use crate::model::{CLOSE, Promise};
use crate::{Labelled, Learnt, Settings, Topic, TopicKind, UNKNOWN_LANGUAGE};

const SUBJECT_CHARS_MAX: usize = 200;
const BODY_CHARS_MAX: usize = 20_000;
const CANDIDATES_MAX: usize = 5;
/// A candidate below this is not worth showing.
const CANDIDATE_CONFIDENCE_MIN: f64 = 0.01;

/// Another answer whose chance is at least this part of the best one's keeps it back: it is anybody's guess.
const EITHER: f32 = 0.5;

/// Tier 1 of one desk, ready to decide.
#[derive(Clone, Debug)]
pub struct Engine {
    /// By label of what was learnt.
    topics: Vec<Topic>,
    named: Vec<bool>,
    learnt: Learnt,
    promise: Promise,
    settings: Settings,
    answers_version: u64,
}

/// What was learnt is not of these topics: the examples have changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale;

/// Fewer letters and digits than this are not answered.
const LETTERS_MIN: usize = 4;

/// Why a question is not answered at once.
enum Held {
    TooShort,
    TwoProblems,
    Upset,
    NotHelped,
    Unsure,
    /// It looks sure, but there are too few examples to tell how often that is right.
    NoPromise,
    /// Written in a language that no example is in.
    Foreign,
    NamedRoute,
    /// The number of the named route that part of the message is about.
    NamedBeside(usize),
    Route,
    CloseRoute,
    /// The number of an answer that fits as well.
    Either(usize),
    NoText,
    /// What customers said of it shows that it is right too seldom.
    Refuted,
}

impl Engine {
    /// Learns a desk's topics at once. `answers_version` comes back in every decision.
    pub fn build(topics: &[Topic], settings: Settings, answers_version: u64) -> Self {
        let learnt = Learnt::learn(examples(topics));
        Self::of(topics, learnt, settings, answers_version)
    }

    /// Takes what was learnt of these topics before.
    ///
    /// # Errors
    /// If it was learnt of others.
    pub fn load(
        topics: &[Topic],
        learnt: Learnt,
        settings: Settings,
        answers_version: u64,
    ) -> Result<Self, Stale> {
        let mut taught: Vec<&str> = examples(topics)
            .filter(|example| !example.is_trial)
            .filter_map(|example| example.label)
            .collect();
        taught.sort_unstable();
        taught.dedup();
        if !taught.iter().copied().eq(learnt.labels().iter().map(String::as_str)) {
            return Err(Stale);
        }
        Ok(Self::of(topics, learnt, settings, answers_version))
    }

    /// Knows nothing: all questions go to people.
    pub fn untaught(settings: Settings, answers_version: u64) -> Self {
        Self::of(&[], Learnt::learn([]), settings, answers_version)
    }

    fn of(topics: &[Topic], learnt: Learnt, settings: Settings, answers_version: u64) -> Self {
        let topic = |label: &String| topics.iter().find(|topic| topic.id == *label).cloned();
        let topics: Vec<Topic> = learnt.labels().iter().filter_map(topic).collect();
        let named = topics.iter().map(|topic| topic.named).collect();
        let is_answered = |label: usize| {
            let topic: Option<&Topic> = topics.get(label);
            topic.is_some_and(|topic| !topic.named && matches!(topic.kind, TopicKind::Answer { .. }))
        };
        // A route that is close keeps the answer back, whatever is promised.
        let promise = learnt.promise(settings.precision, |said, close| {
            is_answered(said) && close.iter().all(|label| is_answered(usize::from(*label)))
        });
        Self { topics, named, learnt, promise, settings, answers_version }
    }

    /// The confidence from which its answers are as right as the desk wants them.
    pub fn promise(&self) -> Promise {
        self.promise
    }

    /// Decides one question. What is longer than the contract allows is not read.
    pub fn decide(&self, question: &Question) -> Decision {
        let text = text_of(question);
        let hint = question.locale.as_deref();
        let assessment = Assessment::of(&self.learnt, &text, hint, &self.settings, &self.named);
        let best = assessment.ranked.first().and_then(|best| Some((best, self.topics.get(best.label)?)));
        let (answer, rule) = match best {
            None => (None, "tier 1 has learnt nothing yet".to_owned()),
            Some((scored, topic)) => match self.answer(&text, &assessment, scored, topic) {
                Ok(answer) => (Some(answer), format!("sure: {} at {:.2}", topic.id, scored.confidence)),
                Err(held) => (None, self.rule(&held, topic, scored)),
            },
        };
        let place = best
            .filter(|(scored, _)| answer.is_some() || scored.confidence >= self.settings.route_confidence_min)
            .map(|(_, topic)| topic);
        Decision {
            verdict: if answer.is_some() { Verdict::Answer } else { Verdict::Route },
            answer,
            line: place.map_or(&self.settings.fallback_line, |topic| &topic.line).clone(),
            department: place.map_or(&self.settings.fallback_department, |topic| &topic.department).clone(),
            difficulty: place.map_or(Difficulty::Easy, |topic| topic.difficulty),
            urgent: place.is_some_and(|topic| topic.urgent),
            skills: skills(&assessment.language, place),
            confidence: best.map_or(0.0, |(scored, _)| scored.confidence),
            candidates: self.candidates(&text, &assessment),
            rule,
            answers_version: self.answers_version,
            language: assessment.language,
        }
    }

    /// The text to send, or what holds it back.
    fn answer(
        &self,
        text: &str,
        assessment: &Assessment<'_>,
        best: &Ranked,
        topic: &Topic,
    ) -> Result<CannedAnswer, Held> {
        if is_too_short(text) {
            return Err(Held::TooShort);
        }
        let unsure = best.confidence < self.sure_from();
        let TopicKind::Answer { texts } = &topic.kind else {
            return Err(match (topic.named, unsure) {
                (_, true) => Held::Unsure,
                (true, _) => Held::NamedRoute,
                (false, _) => Held::Route,
            });
        };
        match assessment.mood {
            Mood::NotHelped => return Err(Held::NotHelped),
            Mood::Upset => return Err(Held::Upset),
            Mood::Calm => {}
        }
        let guess = best.confidence >= self.settings.route_confidence_min;
        if guess && assessment.second_problem.is_some() {
            return Err(Held::TwoProblems);
        }
        if unsure {
            let promised = best.confidence < self.settings.confidence_min || self.promise != Promise::Never;
            return Err(if promised { Held::Unsure } else { Held::NoPromise });
        }
        if topic.named {
            return Err(Held::NamedRoute);
        }
        if assessment.is_foreign {
            return Err(Held::Foreign);
        }
        if let Some(named) = assessment.named_part() {
            return Err(Held::NamedBeside(named));
        }
        if self.route_is_close(assessment, best) {
            return Err(Held::CloseRoute);
        }
        if let Some(other) = assessment.ranked.get(1).filter(|other| other.chance >= EITHER * best.chance) {
            return Err(Held::Either(other.label));
        }
        if self.settings.held_back.contains(&topic.id) {
            return Err(Held::Refuted);
        }
        let own = texts.get_key_value(&assessment.language);
        let (language, text) =
            own.or_else(|| texts.get_key_value(&self.settings.default_language)).ok_or(Held::NoText)?;
        Ok(CannedAnswer {
            answer_id: topic.id.clone(),
            language: language.clone(),
            text: text.clone(),
            in_customers_language: own.is_some(),
        })
    }

    /// The confidence from which a desk's answers are as right as it wants them: past all if nobody can tell.
    fn sure_from(&self) -> f64 {
        match self.promise {
            Promise::From(confidence) => confidence.max(self.settings.confidence_min),
            Promise::Never => f64::INFINITY,
        }
    }

    fn route_is_close(&self, assessment: &Assessment<'_>, best: &Ranked) -> bool {
        let close = assessment.ranked.iter().take_while(|other| other.chance >= CLOSE * best.chance);
        close
            .filter_map(|other| self.topics.get(other.label))
            .any(|t| t.named || matches!(t.kind, TopicKind::Route))
    }

    fn rule(&self, held: &Held, topic: &Topic, scored: &Ranked) -> String {
        match held {
            Held::TooShort => "too little to go on".to_owned(),
            Held::TwoProblems => "two problems in one message".to_owned(),
            Held::Upset => "a person should read this first".to_owned(),
            Held::NotHelped => "an earlier answer did not help".to_owned(),
            Held::Unsure if scored.confidence <= 0.0 => "nothing known matches".to_owned(),
            Held::Unsure => format!("not sure enough: {} at {:.2}", topic.id, scored.confidence),
            Held::NoPromise => {
                let percent = 100.0 * self.settings.precision;
                format!(
                    "too few examples to promise {percent:.0} %: perhaps {} at {:.2}",
                    topic.id, scored.confidence
                )
            }
            Held::Foreign => format!("no examples in this language: perhaps {}", topic.id),
            Held::NamedRoute => format!("named route: {}", topic.id),
            Held::NamedBeside(label) => {
                let named = self.topics.get(*label).map_or("", |named| named.id.as_str());
                format!("named route: {named}, beside {}", topic.id)
            }
            Held::Route => format!("needs people: {}", topic.id),
            Held::CloseRoute => format!("could need people: not only {}", topic.id),
            Held::Either(label) => {
                let other = self.topics.get(*label).map_or("", |other| other.id.as_str());
                format!("either of two: {} or {other}", topic.id)
            }
            Held::NoText => format!("no text to send: {}", topic.id),
            Held::Refuted => format!("{HELD_BACK_RULE}{} at {:.2}", topic.id, scored.confidence),
        }
    }

    fn candidates(&self, text: &str, assessment: &Assessment<'_>) -> Vec<Candidate> {
        let shown = assessment.ranked.iter().filter(|scored| scored.confidence >= CANDIDATE_CONFIDENCE_MIN);
        shown
            .take(CANDIDATES_MAX)
            .filter_map(|scored| {
                Some(Candidate {
                    label: self.topics.get(scored.label)?.id.clone(),
                    confidence: scored.confidence,
                    evidence: assessment.evidence(text, scored.label),
                })
            })
            .collect()
    }
}

/// What whoever takes it must know: the language, and what the desk says of its topic.
fn skills(language: &str, topic: Option<&Topic>) -> Vec<String> {
    let spoken = (language != UNKNOWN_LANGUAGE).then(|| format!("lang:{language}"));
    spoken.into_iter().chain(topic.iter().flat_map(|topic| topic.skills.iter().cloned())).collect()
}

/// How customers put a desk's topics, and what it is tried on, for [`Learnt::learn`].
pub fn examples(topics: &[Topic]) -> impl Iterator<Item = Labelled<'_>> {
    topics.iter().flat_map(|topic| {
        labelled(&topic.id, &topic.examples, false).chain(labelled(&topic.id, &topic.trials, true))
    })
}

/// One topic's texts by language, for [`Learnt::learn`].
pub fn labelled<'a>(
    label: &'a str,
    texts: &'a BTreeMap<String, Vec<String>>,
    is_trial: bool,
) -> impl Iterator<Item = Labelled<'a>> {
    texts.iter().flat_map(move |(language, texts)| {
        let of = move |text| Labelled { label: Some(label), text, language: Some(language), is_trial };
        texts.iter().map(move |text| of(text.as_str()))
    })
}

fn text_of(question: &Question) -> String {
    let subject = question.subject.iter().flat_map(|subject| subject.chars().take(SUBJECT_CHARS_MAX));
    let gap = question.subject.iter().flat_map(|_| ['\n', '\n']);
    subject.chain(gap).chain(question.body.chars().take(BODY_CHARS_MAX)).collect()
}

/// A letter or two match something by chance. A character of a script without spaces says about as much as two letters.
fn is_too_short(text: &str) -> bool {
    let weight = |character: char| if character > '\u{2E80}' { 2 } else { 1 };
    let letters = text.chars().filter(|character| character.is_alphanumeric());
    letters.take(LETTERS_MIN).map(weight).sum::<usize>() < LETTERS_MIN
}
