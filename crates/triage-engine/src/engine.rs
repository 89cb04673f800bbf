//! The rules: from what a question could be about to what tier 1 does.

use tierline_contracts::triage::{Candidate, CannedAnswer, Decision, Difficulty, Question, Verdict};

use crate::assess::{Assessment, Library, Scored};
use crate::lexicon::Mood;
use crate::{Settings, Topic, TopicKind, UNKNOWN_LANGUAGE};

const SUBJECT_CHARS_MAX: usize = 200;
const BODY_CHARS_MAX: usize = 20_000;
const CANDIDATES_MAX: usize = 5;
/// A candidate below this is not worth showing.
const CANDIDATE_CONFIDENCE_MIN: f64 = 0.01;
/// A route whose score is at least this part of the best answer's keeps the answer back.
const CLOSE_ROUTE: f64 = 0.75;

/// Tier 1 of one desk, ready to decide.
#[derive(Clone, Debug)]
pub struct Engine {
    topics: Vec<Topic>,
    pub(crate) library: Library,
    settings: Settings,
    answers_version: u64,
}

/// Fewer letters and digits than this are not answered.
const LETTERS_MIN: usize = 4;

/// Why a question is not answered at once.
enum Held {
    TooShort,
    TwoProblems,
    Upset,
    NotHelped,
    Unsure,
    NamedRoute,
    /// The number of the named route that part of the message is about.
    NamedBeside(usize),
    Route,
    CloseRoute,
    NoText,
}

impl Engine {
    /// Reads a desk's topics. `answers_version` comes back in every decision.
    pub fn build(topics: &[Topic], settings: Settings, answers_version: u64) -> Self {
        let library = Library::build(topics);
        Self { topics: topics.to_vec(), library, settings, answers_version }
    }

    /// Decides one question. What is longer than the contract allows is not read.
    pub fn decide(&self, question: &Question) -> Decision {
        let text = text_of(question);
        let hint = question.locale.as_deref();
        let assessment = self.library.assess(&text, hint, &self.settings);
        let best = assessment.ranked.first().and_then(|best| Some((best, self.topics.get(best.label)?)));
        let (answer, rule) = match best {
            None => (None, "no topics".to_owned()),
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
            skills: self.skills(&assessment.language),
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
        best: &Scored,
        topic: &Topic,
    ) -> Result<CannedAnswer, Held> {
        if is_too_short(text) {
            return Err(Held::TooShort);
        }
        let unsure = best.confidence < self.settings.confidence_min;
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
            return Err(Held::Unsure);
        }
        if topic.named {
            return Err(Held::NamedRoute);
        }
        if let Some(named) = assessment.named_part {
            return Err(Held::NamedBeside(named));
        }
        if self.route_is_close(assessment, best) {
            return Err(Held::CloseRoute);
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

    fn route_is_close(&self, assessment: &Assessment<'_>, best: &Scored) -> bool {
        let close =
            assessment.ranked.iter().take_while(|other| other.fit.score >= CLOSE_ROUTE * best.fit.score);
        close
            .filter_map(|other| self.topics.get(other.label))
            .any(|t| t.named || matches!(t.kind, TopicKind::Route))
    }

    fn rule(&self, held: &Held, topic: &Topic, scored: &Scored) -> String {
        match held {
            Held::TooShort => "too little to go on".to_owned(),
            Held::TwoProblems => "two problems in one message".to_owned(),
            Held::Upset => "a person should read this first".to_owned(),
            Held::NotHelped => "an earlier answer did not help".to_owned(),
            Held::Unsure if scored.fit.score <= 0.0 => "nothing known matches".to_owned(),
            Held::Unsure => format!("not sure enough: {} at {:.2}", topic.id, scored.confidence),
            Held::NamedRoute => format!("named route: {}", topic.id),
            Held::NamedBeside(label) => {
                let named = self.topics.get(*label).map_or("", |named| named.id.as_str());
                format!("named route: {named}, beside {}", topic.id)
            }
            Held::Route => format!("needs people: {}", topic.id),
            Held::CloseRoute => format!("could need people: not only {}", topic.id),
            Held::NoText => format!("no text to send: {}", topic.id),
        }
    }

    fn skills(&self, language: &str) -> Vec<String> {
        if language == UNKNOWN_LANGUAGE { Vec::new() } else { vec![format!("lang:{language}")] }
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
