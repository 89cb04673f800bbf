//! What becomes of a desk's canned answers: how often each was given and what customers said of it, by version of its
//! texts. An answer that is shown to help too seldom is not given alone any more.

use crate::history::{Action, Actor, Step};
use crate::ids::LabelId;
use crate::limits::{LESSON_ROWS_MAX, LESSON_VERDICTS_KEPT, LESSON_VERDICTS_MIN};
use crate::ticket::{Message, Ticket, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One-sided 95 % of a normal distribution.
const NORMAL_95: f64 = 1.645;

/// What is known of a desk's answers, and how far its journal was read for it: one document, so nothing is counted twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lessons {
    /// Of each chain the page and the event that are next.
    #[serde(rename = "j")]
    pub read: Vec<(u32, u32)>,
    /// The edition whose texts it was last held to.
    #[serde(rename = "e")]
    pub edition: u64,
    /// A row for each version of an answer that was ever given, in no order; at most [`LESSON_ROWS_MAX`].
    #[serde(rename = "r")]
    pub rows: Vec<Row>,
}

/// What became of one version of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which.
    #[serde(rename = "a")]
    pub answer: LabelId,
    /// The edition from which on it has these texts; 0: from before it was counted.
    #[serde(rename = "s")]
    pub since: u64,
    /// The version of the desk file that this was seen with.
    #[serde(rename = "v")]
    pub version: u64,
    /// Digest of the texts.
    #[serde(rename = "t")]
    pub texts: String,
    /// Given by tier 1, without a person.
    #[serde(rename = "n")]
    pub alone: Counts,
    /// Given by people.
    #[serde(rename = "p")]
    pub people: Counts,
    /// The latest verdicts on tier 1's choice of it.
    #[serde(rename = "l")]
    pub latest: Latest,
}

/// How often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// It was given.
    #[serde(rename = "o")]
    pub offered: u32,
    /// The customer said that it solved it.
    #[serde(rename = "a")]
    pub accepted: u32,
    /// The customer said that it did not help.
    #[serde(rename = "r")]
    pub refused: u32,
    /// The customer came back with more to say.
    #[serde(rename = "b")]
    pub reopened: u32,
    /// It was liked: the first rating counts.
    #[serde(rename = "l")]
    pub liked: u32,
    /// It was disliked.
    #[serde(rename = "d")]
    pub disliked: u32,
}

/// The latest verdicts, at most [`LESSON_VERDICTS_KEPT`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latest {
    /// How many there are.
    #[serde(rename = "k")]
    pub count: u32,
    /// Which were right: the lowest bit of the first is the newest. In two, so that every JSON reader keeps them whole.
    #[serde(rename = "m")]
    bits: (u64, u64),
}

/// What the latest verdicts show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There are too few to say anything.
    TooLittle,
    /// It may be as right as the desk wants its answers, or not.
    Open,
    /// It is, by the lower 95 % bound.
    Keeps,
    /// It is not, by the upper 95 % bound.
    Hurts,
}

/// Who gave an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giver {
    /// Tier 1 alone.
    Alone,
    /// A person.
    People,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It was given.
    Offered,
    /// It solved the problem.
    Accepted,
    /// It did not help.
    Refused,
    /// The customer came back.
    Reopened,
    /// Liked.
    Liked,
    /// Disliked.
    Disliked,
}

/// What one step of a ticket's history tells of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tells {
    /// Which answer.
    pub answer: LabelId,
    /// The edition it was given from; none if nobody noted it: the present one.
    pub edition: Option<u64>,
    /// What is counted, if anything.
    pub count: Option<(Giver, What)>,
    /// Whether tier 1 chose rightly, where this step tells.
    pub right: Option<bool>,
}

/// The texts in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// Their edition.
    pub edition: u64,
    /// The version of the desk file.
    pub version: u64,
    /// A digest of each answer's.
    pub digests: BTreeMap<LabelId, String>,
}

impl Latest {
    /// With one more.
    #[must_use]
    pub fn with(self, right: bool) -> Self {
        const HALF: u32 = LESSON_VERDICTS_KEPT / 2;
        let push = |bits: u64, bit: bool| ((bits << 1) | u64::from(bit)) & ((1 << HALF) - 1);
        let (new, old) = self.bits;
        let oldest_of_new = (new >> (HALF - 1)) & 1 == 1;
        Self {
            count: (self.count + 1).min(LESSON_VERDICTS_KEPT),
            bits: (push(new, right), push(old, oldest_of_new)),
        }
    }

    /// How many were right.
    pub fn right(self) -> u32 {
        self.bits.0.count_ones() + self.bits.1.count_ones()
    }

    /// The share that is right lies between these, 95 times of 100 for each; none without any verdict.
    pub fn bounds(self) -> Option<(f64, f64)> {
        if self.count == 0 {
            return None;
        }
        let all = f64::from(self.count);
        let share = f64::from(self.right()) / all;
        let square = NORMAL_95 * NORMAL_95;
        let middle = share + square / (2.0 * all);
        let spread = NORMAL_95 * (share * (1.0 - share) / all + square / (4.0 * all * all)).sqrt();
        let whole = 1.0 + square / all;
        Some((((middle - spread) / whole).max(0.0), ((middle + spread) / whole).min(1.0)))
    }

    /// What they show of an answer at a desk that wants this share to be right.
    pub fn standing(self, precision: f64) -> Standing {
        match self.bounds().filter(|_| self.count >= LESSON_VERDICTS_MIN) {
            None => Standing::TooLittle,
            Some((_, most)) if most < precision => Standing::Hurts,
            Some((least, _)) if least >= precision => Standing::Keeps,
            Some(_) => Standing::Open,
        }
    }
}

impl Row {
    fn count(&mut self, giver: Giver, what: What) {
        let counts = match giver {
            Giver::Alone => &mut self.alone,
            Giver::People => &mut self.people,
        };
        let count = match what {
            What::Offered => &mut counts.offered,
            What::Accepted => &mut counts.accepted,
            What::Refused => &mut counts.refused,
            What::Reopened => &mut counts.reopened,
            What::Liked => &mut counts.liked,
            What::Disliked => &mut counts.disliked,
        };
        *count = count.saturating_add(1);
    }
}

impl Lessons {
    /// Whether there is anything of this answer.
    pub fn knows(&self, answer: &LabelId) -> bool {
        self.rows.iter().any(|row| row.answer == *answer)
    }

    /// Held to the texts in force: an answer with other texts begins anew.
    pub fn renew(&mut self, texts: &Texts) {
        self.edition = texts.edition;
        let is_changed = |row: &&Row| texts.digests.get(&row.answer).is_some_and(|now| *now != row.texts);
        let changed: Vec<LabelId> =
            self.latest().into_values().filter(is_changed).map(|row| row.answer.clone()).collect();
        for answer in changed {
            self.begin(answer, texts.edition, texts);
        }
    }

    /// Counts what a step told.
    pub fn learn(&mut self, tells: &Tells, texts: &Texts) {
        if !self.knows(&tells.answer) {
            self.begin(tells.answer.clone(), 0, texts);
        }
        let edition = tells.edition.unwrap_or(u64::MAX);
        let of_answer = self.rows.iter_mut().filter(|row| row.answer == tells.answer);
        // What was given before the first that is kept counts as that one.
        let row = of_answer.max_by_key(|row| match row.since <= edition {
            true => (1, row.since),
            false => (0, u64::MAX - row.since),
        });
        let Some(row) = row else { return };
        if let Some((giver, what)) = tells.count {
            row.count(giver, what);
        }
        if let Some(right) = tells.right {
            row.latest = row.latest.with(right);
        }
    }

    /// Answers that tier 1 is not to give alone: shown to be right too seldom with the texts that they have.
    pub fn held_back(&self, precision: f64) -> Vec<LabelId> {
        let hurts = |row: &&Row| row.latest.standing(precision) == Standing::Hurts;
        self.latest().into_values().filter(hurts).map(|row| row.answer.clone()).collect()
    }

    /// The row of each answer's latest version.
    pub fn latest(&self) -> BTreeMap<&LabelId, &Row> {
        let mut latest: BTreeMap<&LabelId, &Row> = BTreeMap::new();
        for row in &self.rows {
            let known = latest.entry(&row.answer).or_insert(row);
            if known.since < row.since {
                *known = row;
            }
        }
        latest
    }

    fn begin(&mut self, answer: LabelId, since: u64, texts: &Texts) {
        if self.rows.len() >= LESSON_ROWS_MAX {
            self.make_room(texts);
        }
        let digest = texts.digests.get(&answer).cloned().unwrap_or_default();
        let (alone, people, latest) = (Counts::default(), Counts::default(), Latest::default());
        self.rows.push(Row { answer, since, version: texts.version, texts: digest, alone, people, latest });
    }

    /// Drops the oldest row that is of no answer in force, or of an earlier version. There is one: a desk has at most as
    /// many answers as there can be rows.
    fn make_room(&mut self, texts: &Texts) {
        let latest = self.latest();
        let is_past = |row: &Row| {
            let is_latest = latest.get(&row.answer).is_some_and(|latest| latest.since == row.since);
            !is_latest || !texts.digests.contains_key(&row.answer)
        };
        let past = self.rows.iter().enumerate().filter(|(_, row)| is_past(row));
        let oldest = past.min_by_key(|(_, row)| row.since).map_or(0, |(index, _)| index);
        self.rows.remove(oldest);
    }
}

impl Ticket {
    /// What the step of this number tells of canned answers. `held_back` is the answer that tier 1 thought right and did
    /// not give because it is held back.
    pub fn tells(&self, number: usize, held_back: Option<&LabelId>) -> Vec<Tells> {
        let Some((step, before)) = self.step_at(number) else { return vec![] };
        let mut tells: Vec<Tells> = self.told_of_given(step, &before).into_iter().collect();
        tells.extend(held_back.and_then(|answer| self.told_of_held(answer, step, &before)));
        tells
    }

    fn told_of_given(&self, step: &Step, before: &[&Step]) -> Option<Tells> {
        if matches!(step.action, Action::Answered | Action::Replied) {
            let (giver, answer) = self.given(step)?;
            return Some(self.told(giver, answer, What::Offered, None));
        }
        let gave = |step: &&&Step| matches!(step.action, Action::Answered | Action::Replied);
        let (giver, answer) = self.given(before.iter().rev().find(gave)?)?;
        let what = self.said(step, before, giver)?;
        let is_verdict = |action| matches!(action, Action::Confirmed | Action::Reopened);
        // What tier 1 gave is judged once, by the first that the customer says of it.
        let is_first = giver == Giver::Alone && !before.iter().any(|step| is_verdict(step.action));
        let right = (is_first && is_verdict(step.action)).then_some(what == What::Accepted);
        Some(self.told(giver, answer, what, right))
    }

    fn told(&self, giver: Giver, answer: LabelId, what: What, right: Option<bool>) -> Tells {
        let edition = Some(self.receipt.answers_version).filter(|edition| *edition > 0);
        Tells {
            answer,
            edition: edition.filter(|_| giver == Giver::Alone),
            count: Some((giver, what)),
            right,
        }
    }

    /// What the customer says with this step of what they were given last.
    fn said(&self, step: &Step, before: &[&Step], giver: Giver) -> Option<What> {
        let words = before.last().is_some_and(|last| last.action == Action::Messaged && last.at == step.at);
        match step.action {
            Action::Confirmed => Some(What::Accepted),
            Action::Reopened if !words => Some(What::Refused),
            Action::Reopened => {
                let rest = before.iter().rev().map(|step| step.action);
                let rest = rest.into_iter().find(|action| matches!(action, Action::Waiting | Action::Solved));
                // Who was asked something and answers it does not come back.
                (giver == Giver::Alone || rest == Some(Action::Solved)).then_some(What::Reopened)
            }
            // The ticket knows the last rating only: the first is counted, as it was when it was seen.
            Action::Rated if before.iter().all(|step| step.action != Action::Rated) => {
                self.rating.as_ref().map(|rating| match rating.verdict {
                    Verdict::Like => What::Liked,
                    Verdict::Dislike => What::Disliked,
                })
            }
            _ => None,
        }
    }

    /// Of an answer that was held back, how its ticket was solved is the verdict: with it, or without.
    fn told_of_held(&self, answer: &LabelId, step: &Step, before: &[&Step]) -> Option<Tells> {
        let is_end = |action| matches!(action, Action::Solved | Action::Confirmed);
        if !is_end(step.action) || before.iter().any(|step| is_end(step.action)) {
            return None;
        }
        let mut replies = before.iter().filter(|step| step.action == Action::Replied).peekable();
        // Nobody of the desk has looked at it.
        replies.peek()?;
        let right = replies.any(|reply| self.given(reply).is_some_and(|(_, given)| given == *answer));
        let edition = Some(self.receipt.answers_version).filter(|edition| *edition > 0);
        Some(Tells { answer: answer.clone(), edition, count: None, right: Some(right) })
    }

    /// The canned answer that went out with this step. What has moved to a page of older messages is not found.
    fn given(&self, step: &Step) -> Option<(Giver, LabelId)> {
        if step.action == Action::Answered {
            return self.answer.as_ref().map(|given| (Giver::Alone, given.answer_id.clone()));
        }
        let is_its = |message: &&Message| message.at == step.at && message.by == step.by;
        let message = self.messages.iter().filter(is_its).find_map(|message| message.answer_id.clone());
        message.filter(|_| matches!(step.by, Actor::Person(_))).map(|answer| (Giver::People, answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(id: &str) -> LabelId {
        LabelId::parse(id).unwrap()
    }

    fn latest(right: u32, wrong: u32) -> Latest {
        let all = (0..wrong).map(|_| false).chain((0..right).map(|_| true));
        all.fold(Latest::default(), Latest::with)
    }

    fn texts(edition: u64, of: &[(&str, &str)]) -> Texts {
        let digests = of.iter().map(|(id, digest)| (label(id), (*digest).to_owned())).collect();
        Texts { edition, version: edition, digests }
    }

    fn tells(id: &str, edition: u64, right: bool) -> Tells {
        let what = if right { What::Accepted } else { What::Refused };
        let count = Some((Giver::Alone, what));
        Tells { answer: label(id), edition: Some(edition), count, right: Some(right) }
    }

    #[test]
    fn few_verdicts_say_nothing_and_many_say_which() {
        let standing = |right, wrong| latest(right, wrong).standing(0.97);
        assert_eq!((standing(0, 0), standing(0, 9)), (Standing::TooLittle, Standing::TooLittle));
        assert_eq!((standing(9, 1), standing(8, 2)), (Standing::Open, Standing::Hurts));
        assert_eq!((standing(47, 3), standing(46, 4)), (Standing::Open, Standing::Hurts));
        assert_eq!((standing(95, 5), standing(94, 6)), (Standing::Open, Standing::Hurts));
        assert_eq!((standing(87, 0), standing(88, 0)), (Standing::Open, Standing::Keeps));
        let (least, most) = latest(8, 2).bounds().unwrap();
        assert!((0.53..0.55).contains(&least) && (0.92..0.95).contains(&most), "{least} {most}");
    }

    #[test]
    fn only_the_latest_verdicts_count() {
        let bad = latest(0, 100);
        let mut mended = (1..=100).map(|times| (0..times).fold(bad, |latest, _| latest.with(true)));
        let right: Vec<_> = mended.clone().map(|latest| (latest.count, latest.right())).collect();
        assert_eq!(right, (1..=100).map(|times| (100, times)).collect::<Vec<_>>());
        let last = mended.next_back().unwrap();
        assert_eq!((bad.standing(0.97), last.standing(0.97)), (Standing::Hurts, Standing::Keeps));
    }

    #[test]
    fn other_texts_begin_anew_and_what_was_given_before_stays_with_the_old_ones() {
        let mut lessons = Lessons::default();
        let old = texts(10, &[("mail", "a")]);
        lessons.renew(&old);
        (0..12).for_each(|_| lessons.learn(&tells("mail", 10, false), &old));
        assert_eq!(lessons.held_back(0.97), [label("mail")]);
        lessons.renew(&texts(20, &[("mail", "a")]));
        assert_eq!(lessons.held_back(0.97), [label("mail")], "the same texts");
        let new = texts(30, &[("mail", "b")]);
        lessons.renew(&new);
        assert!(lessons.held_back(0.97).is_empty());
        lessons.learn(&tells("mail", 10, false), &new);
        lessons.learn(&tells("mail", 30, true), &new);
        let counted: Vec<_> =
            lessons.rows.iter().map(|row| (row.since, row.alone.refused, row.alone.accepted)).collect();
        assert_eq!(counted, [(0, 13, 0), (30, 0, 1)]);
    }

    #[test]
    fn rows_stay_within_their_bound_and_those_in_force_stay() {
        let mut lessons = Lessons::default();
        let ids: Vec<String> =
            (0..LESSON_ROWS_MAX).map(|number| format!("a-quite-long-answer-id-{number}")).collect();
        for version in 1..=3_u64 {
            let digest = format!("{version:012}");
            let of: Vec<_> = ids.iter().map(|id| (id.as_str(), digest.as_str())).collect();
            let texts = texts(version << 50, &of);
            lessons.renew(&texts);
            ids.iter().for_each(|id| lessons.learn(&tells(id, version << 50, true), &texts));
        }
        assert_eq!(lessons.rows.len(), LESSON_ROWS_MAX);
        assert!(lessons.rows.iter().all(|row| row.version == 3 << 50), "the earlier versions went");
        let bytes = serde_json::to_vec(&lessons).unwrap().len();
        assert!(bytes < 250_000, "{bytes} bytes");
    }
}
