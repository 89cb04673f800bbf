//! Service levels: how soon a ticket is to be answered and solved, and how it stands, told from its history.
//!
//! Nothing of a clock is stored: a ticket keeps what was promised when it came, and every figure follows from its steps,
//! so that none can drift. Time counts in opening hours only, and not while the ticket waits on its customer.

use crate::desk::Package;
use crate::history::{Action, Step};
use crate::hours::Calendar;
use crate::limits::SERVICE_S_MAX;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// A promise as a desk file has it: the first that fits a ticket is its.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevel {
    /// As people and customers see it.
    pub name: String,
    /// For customers with this package; for all, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// For what does harm while it waits, or for what does not; for both, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<bool>,
    // Its targets stand here one by one: serde cannot flatten and refuse what it does not know.
    /// See [`Targets`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response_s: Option<u32>,
    /// See [`Targets`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_response_s: Option<u32>,
    /// See [`Targets`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_s: Option<u32>,
    /// See [`Targets`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub around_the_clock: bool,
}

impl ServiceLevel {
    /// What it promises.
    pub fn targets(&self) -> Targets {
        Targets {
            first_response_s: self.first_response_s,
            next_response_s: self.next_response_s,
            resolution_s: self.resolution_s,
            around_the_clock: self.around_the_clock,
        }
    }
}

/// Seconds that things may take; what is left out is not promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Targets {
    /// From arrival to the first answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response_s: Option<u32>,
    /// From a customer's later word to the answer to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_response_s: Option<u32>,
    /// From arrival to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_s: Option<u32>,
    /// Counted day and night, and not in opening hours alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub around_the_clock: bool,
}

impl Targets {
    /// What is wrong, by the field it is wrong in.
    pub fn mistakes(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("first_response_s", self.first_response_s),
            ("next_response_s", self.next_response_s),
            ("resolution_s", self.resolution_s),
        ];
        let wrong = all
            .into_iter()
            .filter(|(_, seconds)| seconds.is_some_and(|seconds| !(1..=SERVICE_S_MAX).contains(&seconds)));
        wrong.map(|(name, _)| (name, format!("must be from 1 to {SERVICE_S_MAX} seconds"))).collect()
    }
}

/// What was promised for a ticket when it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// The service level's name.
    pub name: String,
    /// What is promised.
    pub targets: Targets,
}

impl Promise {
    /// The first of `levels` that fits; with what the package itself promises, unless that level is the package's own.
    pub fn of(levels: &[ServiceLevel], package: Option<&Package>, urgent: bool) -> Option<Self> {
        let id = package.map(|package| package.id.as_str());
        let fits = |level: &&ServiceLevel| {
            level.package.as_deref().is_none_or(|wanted| Some(wanted) == id)
                && level.urgent.is_none_or(|wanted| wanted == urgent)
        };
        let level = levels.iter().find(fits);
        let is_general = level.is_none_or(|level| level.package.is_none());
        let own = package.filter(|_| is_general).and_then(|own| Some((own, own.answered_within_s?)));
        let Some((package, within_s)) = own else {
            return level.map(|level| Self { name: level.name.clone(), targets: level.targets() });
        };
        let targets = level.map(ServiceLevel::targets).unwrap_or_default();
        let targets = Targets { first_response_s: Some(within_s), around_the_clock: false, ..targets };
        Some(Self { name: package.name.clone(), targets })
    }
}

/// How one part of a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It was kept.
    Kept,
    /// The clock runs.
    Running,
    /// The clock stands: it is the customer's turn, or nothing was asked.
    Paused,
    /// It was not kept, or is not kept any more.
    Missed,
}

/// One part of a promise at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// How it stands.
    pub standing: Standing,
    /// When it must be done, or must have been; none while the clock stands, or if that is beyond all opening hours.
    pub due: Option<Time>,
}

/// A promise at a moment; a part is none that was not promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// From arrival to the first answer.
    pub first_response: Option<Clock>,
    /// To the answer to the customer's last word.
    pub next_response: Option<Clock>,
    /// To its end.
    pub resolution: Option<Clock>,
}

/// Something that people are to be told of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// The step that tells it: that one part is short of time, or late.
    pub action: Action,
    /// From when on.
    pub at: Time,
}

/// Where the clocks of a promise stood after a ticket's earlier steps: numbers that [`Past`] alone understands, each time as
/// the milliseconds since the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Course(Vec<i64>);

/// What tells how a promise stands.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// Where its clocks stood before the steps; none if those are all there were.
    pub course: Option<&'a Course>,
    /// Oldest first.
    pub steps: &'a [Step],
    /// Whether tier 1's answer did not help.
    pub is_refused: bool,
}

impl Past<'_> {
    /// Where the clocks of `promise` stand after its steps.
    pub fn course(&self, promise: &Promise) -> Course {
        let told = Told::of(promise, *self);
        let mut course = Writer::default();
        for done in [told.first_done, told.next_done, told.ended] {
            course.0.push(i64::from(done));
        }
        course.0.push(count(told.answered_told));
        for spans in [&told.first, &told.next, &told.whole].into_iter().chain(&told.answered) {
            course.spans(spans);
        }
        Course(course.0)
    }
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

/// Numbers, and the time that the next one is told from: always the one before it.
#[derive(Default)]
struct Writer(Vec<i64>, i64);

impl Writer {
    fn time(&mut self, at: Time) {
        self.0.push(at.0.saturating_sub(self.1));
        self.1 = at.0;
    }

    fn spans(&mut self, spans: &Spans) {
        let open = spans.open.iter().copied();
        self.0.extend([i64::from(spans.warned), i64::from(spans.missed)]);
        self.0.extend([count(spans.over.len()), count(open.len())]);
        spans.over.iter().flat_map(|(from, to)| [*from, *to]).chain(open).for_each(|at| self.time(at));
    }
}

/// What a [`Writer`] wrote. Where there is no more, everything is nothing.
struct Reader<'a>(&'a [i64], i64);

impl Reader<'_> {
    fn next(&mut self) -> Option<i64> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn is(&mut self) -> bool {
        self.next() == Some(1)
    }

    fn time(&mut self) -> Option<Time> {
        self.1 = self.1.saturating_add(self.next()?);
        Some(Time(self.1))
    }

    fn spans(&mut self) -> Option<Spans> {
        let (warned, missed) = (self.is(), self.is());
        let (over, open) = (self.next()?, self.is());
        let mut spans = Spans { warned, missed, ..Spans::default() };
        for _ in 0..over {
            spans.over.push((self.time()?, self.time()?));
        }
        if open {
            spans.open = self.time();
        }
        Some(spans)
    }
}

/// Spans of time in which the next step was ours; the last may still be open.
#[derive(Debug, Default)]
struct Spans {
    over: Vec<(Time, Time)>,
    open: Option<Time>,
    warned: bool,
    missed: bool,
}

impl Spans {
    fn begin(&mut self, at: Time) {
        self.open.get_or_insert(at);
    }

    fn end(&mut self, at: Time) {
        if let Some(begun) = self.open.take() {
            self.over.push((begun, at));
        }
    }

    /// Whether people were told of it, and it is still for us to do.
    fn is_at_risk(&self) -> bool {
        self.open.is_some() && (self.warned || self.missed)
    }
}

/// What the steps tell.
#[derive(Debug, Default)]
struct Told {
    /// Seconds that the answer to a later word may take.
    next_s: Option<u32>,
    first: Spans,
    first_done: bool,
    /// Later words that were answered, perhaps late, and that nobody was told were late while they waited.
    answered: Vec<Spans>,
    /// How many of them were told since.
    answered_told: usize,
    /// The last of the later words.
    next: Spans,
    /// Whether a later word of the customer was answered at all.
    next_done: bool,
    whole: Spans,
    ended: bool,
}

impl Told {
    fn of(promise: &Promise, past: Past<'_>) -> Self {
        let course = past.course.map_or(&[][..], |course| &course.0);
        let mut told = Self { next_s: promise.targets.next_response_s, ..Self::read(&mut Reader(course, 0)) };
        for step in past.steps {
            told.take(step, past.is_refused);
        }
        told
    }

    fn read(course: &mut Reader<'_>) -> Self {
        let (first_done, next_done, ended) = (course.is(), course.is(), course.is());
        let answered_told = course.next().and_then(|told| usize::try_from(told).ok()).unwrap_or(0);
        let mut spans = std::iter::from_fn(|| course.spans());
        let (first, next, whole) = (spans.next(), spans.next(), spans.next());
        Self {
            next_s: None,
            first: first.unwrap_or_default(),
            first_done,
            answered: spans.collect(),
            answered_told,
            next: next.unwrap_or_default(),
            next_done,
            whole: whole.unwrap_or_default(),
            ended,
        }
    }

    fn take(&mut self, step: &Step, is_refused: bool) {
        let at = step.at;
        match step.action {
            Action::Opened => {
                self.first.begin(at);
                self.whole.begin(at);
            }
            // An answer that did not help was none.
            Action::Answered => {
                self.whole.end(at);
                if !is_refused {
                    self.answer(at);
                }
            }
            Action::Replied => self.answer(at),
            Action::Waiting => self.whole.end(at),
            Action::Solved | Action::Confirmed | Action::Merged => {
                self.whole.end(at);
                self.next.end(at);
                // Whom nobody answered waits no longer either: they said that it is solved, or it goes on elsewhere.
                self.first.end(at);
                self.ended = true;
            }
            Action::Messaged | Action::Reopened => {
                self.ended = false;
                self.whole.begin(at);
                if self.first_done {
                    self.ask_again(at);
                } else {
                    self.first.begin(at);
                }
            }
            Action::FirstResponseWarned => self.first.warned = true,
            Action::FirstResponseMissed => self.first.missed = true,
            Action::NextResponseWarned => self.next.warned = true,
            // Of the earlier ones that were late is told first, and of the last one, where there are earlier ones, not without
            // its warning: so it is known of which this tells.
            Action::NextResponseMissed if !self.next.warned && self.answered_told < self.answered.len() => {
                self.answered_told += 1;
            }
            Action::NextResponseMissed => self.next.missed = true,
            Action::ResolutionWarned => self.whole.warned = true,
            Action::ResolutionMissed => self.whole.missed = true,
            _ => {}
        }
    }

    /// A later word has a clock of its own, unless one before it still waits for its answer.
    fn ask_again(&mut self, at: Time) {
        self.next_done = false;
        if self.next.open.is_none() {
            let asked = Spans { open: Some(at), ..Spans::default() };
            let answered = std::mem::replace(&mut self.next, asked);
            let took_ms: i64 = answered.over.iter().map(|(from, to)| to.since_ms(*from)).sum();
            let most_ms = self.next_s.map_or(i64::MAX, |seconds| i64::from(seconds) * 1000);
            if took_ms > most_ms && !answered.missed {
                self.answered.push(answered);
            }
        }
    }

    fn answer(&mut self, at: Time) {
        if !self.first_done {
            self.first.end(at);
            self.first_done = true;
        } else if self.next.open.is_some() {
            self.next.end(at);
            self.next_done = true;
        }
    }
}

/// How `promise` stands at `now`, by the ticket's `past`. `calendar` is its line's; none if people are always there.
pub fn kept(promise: &Promise, past: Past<'_>, calendar: Option<&Calendar<'_>>, now: Time) -> Kept {
    let told = Told::of(promise, past);
    let calendar = counted(promise, calendar);
    let clock = |target_s: Option<u32>, spans: &Spans, done: bool| {
        Some(clock(i64::from(target_s?) * 1000, spans, done, calendar, now))
    };
    Kept {
        first_response: clock(promise.targets.first_response_s, &told.first, told.first_done),
        next_response: clock(promise.targets.next_response_s, &told.next, told.next_done),
        resolution: clock(promise.targets.resolution_s, &told.whole, told.ended),
    }
}

/// What people are to be told next of each part of `promise`, at `now` or later: the warning, once four fifths of its time
/// are over, then that it is late. What its steps say was told is not told again, and nothing while the clock stands.
pub fn notices(promise: &Promise, past: Past<'_>, calendar: Option<&Calendar<'_>>, now: Time) -> Vec<Notice> {
    let told = Told::of(promise, past);
    let calendar = counted(promise, calendar);
    let Targets { first_response_s, next_response_s, resolution_s, .. } = promise.targets;
    let of = |target_s: Option<u32>, spans: &Spans, actions| {
        notice(i64::from(target_s?) * 1000, spans, actions, calendar, now)
    };
    let first = of(first_response_s, &told.first, (Action::FirstResponseWarned, Action::FirstResponseMissed));
    let next_actions = (Action::NextResponseWarned, Action::NextResponseMissed);
    let late = |spans: &Spans| {
        let clock = clock(i64::from(next_response_s?) * 1000, spans, true, calendar, now);
        let at = clock.due.filter(|_| clock.standing == Standing::Missed)?;
        Some(Notice { action: Action::NextResponseMissed, at })
    };
    let answered = told.answered.iter().filter_map(late).skip(told.answered_told);
    let next = of(next_response_s, &told.next, next_actions);
    let is_unwarned = !told.next.warned && !told.answered.is_empty();
    let warning = next.filter(|next| is_unwarned && next.action == Action::NextResponseMissed);
    let warning = warning.map(|next| Notice { action: Action::NextResponseWarned, ..next });
    let whole = of(resolution_s, &told.whole, (Action::ResolutionWarned, Action::ResolutionMissed));
    first.into_iter().chain(answered).chain(warning).chain(next).chain(whole).collect()
}

fn notice(
    target_ms: i64,
    spans: &Spans,
    (warned, missed): (Action, Action),
    calendar: Option<&Calendar<'_>>,
    now: Time,
) -> Option<Notice> {
    // Whether the part is done makes no difference: what was late is told, what stands is not.
    let all = clock(target_ms, spans, true, calendar, now);
    match all.standing {
        Standing::Missed if !spans.missed => Some(Notice { action: missed, at: all.due? }),
        Standing::Running if !spans.warned => {
            let most = clock(target_ms / 5 * 4, spans, true, calendar, now);
            Some(Notice { action: warned, at: most.due? })
        }
        // Late is what is not done when its moment is over.
        Standing::Running if !spans.missed => Some(Notice { action: missed, at: Time(all.due?.0 + 1) }),
        _ => None,
    }
}

/// Whether people were told that a part of its promise is short of time or late, and it is still for us to do.
pub fn is_at_risk(promise: &Promise, past: Past<'_>) -> bool {
    let told = Told::of(promise, past);
    [&told.first, &told.next, &told.whole].into_iter().any(Spans::is_at_risk)
}

fn counted<'a, 'b>(promise: &Promise, calendar: Option<&'a Calendar<'b>>) -> Option<&'a Calendar<'b>> {
    calendar.filter(|_| !promise.targets.around_the_clock)
}

fn clock(target_ms: i64, spans: &Spans, done: bool, calendar: Option<&Calendar<'_>>, now: Time) -> Clock {
    let mut left = target_ms;
    let open = spans.open.map(|begun| (begun, now.max(begun)));
    for (from, to) in spans.over.iter().copied().chain(open) {
        let due = after(calendar, from, left);
        if due.is_some_and(|due| due < to) {
            return Clock { standing: Standing::Missed, due };
        }
        left -= passed(calendar, from, to);
    }
    match spans.open {
        Some(_) => Clock { standing: Standing::Running, due: after(calendar, now, left) },
        None if done => Clock { standing: Standing::Kept, due: None },
        None => Clock { standing: Standing::Paused, due: None },
    }
}

fn passed(calendar: Option<&Calendar<'_>>, from: Time, to: Time) -> i64 {
    calendar.map_or_else(|| to.since_ms(from), |calendar| calendar.schedule().open_ms(from, to))
}

fn after(calendar: Option<&Calendar<'_>>, from: Time, left_ms: i64) -> Option<Time> {
    match calendar {
        None => Some(Time(from.0.saturating_add(left_ms))),
        Some(calendar) => calendar.schedule().after_open_ms(from, left_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Actor;
    use crate::hours::{Hours, Weekly, Zone};
    use proptest::prelude::*;
    use std::borrow::Cow;

    const MINUTE: i64 = 60_000;

    fn promise(first: u32, next: u32, resolution: u32) -> Promise {
        let minutes = |minutes: u32| Some(minutes * 60);
        Promise {
            name: "p".into(),
            targets: Targets {
                first_response_s: minutes(first),
                next_response_s: minutes(next),
                resolution_s: minutes(resolution),
                around_the_clock: false,
            },
        }
    }

    fn past(steps: &[Step], is_refused: bool) -> Past<'_> {
        Past { course: None, steps, is_refused }
    }

    fn steps(told: &[(i64, Action)]) -> Vec<Step> {
        let step = |(minute, action): &(i64, Action)| Step {
            at: Time(minute * MINUTE),
            by: Actor::Desk,
            action: *action,
            line: None,
            digest: None,
        };
        told.iter().map(step).collect()
    }

    fn at(promise: &Promise, told: &[(i64, Action)], minute: i64) -> Kept {
        kept(promise, past(&steps(told), false), None, Time(minute * MINUTE))
    }

    fn clock(standing: Standing, due: Option<i64>) -> Option<Clock> {
        Some(Clock { standing, due: due.map(|minute| Time(minute * MINUTE)) })
    }

    #[test]
    fn the_first_answer_and_the_end_have_clocks_from_arrival() {
        let promise = promise(60, 30, 240);
        let opened = [(10, Action::Opened), (10, Action::Queued)];
        let seen = at(&promise, &opened, 20);
        assert_eq!(seen.first_response, clock(Standing::Running, Some(70)));
        assert_eq!(seen.resolution, clock(Standing::Running, Some(250)));
        assert_eq!(seen.next_response, clock(Standing::Paused, None), "nothing more was asked");
        assert_eq!(at(&promise, &opened, 71).first_response, clock(Standing::Missed, Some(70)));
        let late = [(10, Action::Opened), (80, Action::Replied), (80, Action::Waiting)];
        assert_eq!(
            at(&promise, &late, 500).first_response,
            clock(Standing::Missed, Some(70)),
            "late is late"
        );
        let prompt = [(10, Action::Opened), (70, Action::Replied), (70, Action::Solved)];
        let seen = at(&promise, &prompt, 5_000);
        assert_eq!(
            (seen.first_response, seen.resolution),
            (clock(Standing::Kept, None), clock(Standing::Kept, None))
        );
    }

    #[test]
    fn the_customers_turn_costs_no_time_and_every_later_word_has_a_clock() {
        let promise = promise(60, 30, 120);
        let told = [
            (0, Action::Opened),
            (20, Action::Replied),
            (20, Action::Waiting),
            (1_000, Action::Messaged),
            (1_000, Action::Reopened),
        ];
        let seen = at(&promise, &told, 1_010);
        assert_eq!(seen.resolution, clock(Standing::Running, Some(1_100)), "20 of 120 were used");
        assert_eq!(seen.next_response, clock(Standing::Running, Some(1_030)));
        let answered = [told.as_slice(), &[(1_025, Action::Replied), (1_025, Action::Waiting)]].concat();
        let seen = at(&promise, &answered, 9_000);
        assert_eq!(
            (seen.next_response, seen.resolution),
            (clock(Standing::Kept, None), clock(Standing::Paused, None))
        );
        // A second word before the answer does not begin anew.
        let twice = [told.as_slice(), &[(1_020, Action::Messaged)]].concat();
        assert_eq!(at(&promise, &twice, 1_021).next_response, clock(Standing::Running, Some(1_030)));
    }

    fn told(promise: &Promise, told: &[(i64, Action)], minute: i64) -> Vec<(Action, i64)> {
        let notices = notices(promise, past(&steps(told), false), None, Time(minute * MINUTE));
        notices.iter().map(|notice| (notice.action, notice.at.0 / MINUTE)).collect()
    }

    #[test]
    fn people_are_to_be_warned_at_four_fifths_then_told_what_is_late_and_each_once() {
        use Action::*;
        let promise = promise(60, 30, 240);
        let mut history = vec![(10, Opened)];
        assert_eq!(told(&promise, &history, 11), [(FirstResponseWarned, 58), (ResolutionWarned, 202)]);
        history.push((58, FirstResponseWarned));
        assert_eq!(told(&promise, &history, 58), [(FirstResponseMissed, 70), (ResolutionWarned, 202)]);
        assert_eq!(told(&promise, &history, 99)[0], (FirstResponseMissed, 70), "since then");
        let late = [history.as_slice(), &[(80, Replied), (80, Waiting)]].concat();
        assert_eq!(told(&promise, &late, 300), [(FirstResponseMissed, 70)], "late is told late");
        history.push((99, FirstResponseMissed));
        assert_eq!(told(&promise, &history, 99), [(ResolutionWarned, 202)], "once");
        history.extend([(100, Replied), (100, Waiting)]);
        assert_eq!(told(&promise, &history, 5_000), [], "the clock stands");
        history.extend([(5_000, Messaged), (5_000, Reopened)]);
        assert_eq!(told(&promise, &history, 5_001), [(NextResponseWarned, 5_024), (ResolutionWarned, 5_102)]);
        history.extend([(5_024, NextResponseWarned), (5_025, Replied), (5_026, Messaged)]);
        assert_eq!(
            told(&promise, &history, 5_027)[0],
            (NextResponseWarned, 5_050),
            "a new word, a new clock"
        );
    }

    #[test]
    fn what_is_at_risk_is_ours_to_do() {
        use Action::*;
        let promise = promise(60, 30, 240);
        let warned = [(0, Opened), (50, FirstResponseWarned)];
        let risk = |more: &[(i64, Action)]| {
            is_at_risk(&promise, past(&steps(&[warned.as_slice(), more].concat()), false))
        };
        assert!(risk(&[]) && risk(&[(60, Claimed)]));
        assert!(!risk(&[(60, Replied)]), "nothing of the rest was told");
        assert!(!is_at_risk(&promise, past(&steps(&[(0, Opened), (5, Claimed)]), false)));
        assert!(!risk(&[(60, ResolutionWarned), (61, Replied), (61, Waiting)]), "the customer's turn");
        assert!(risk(&[(60, ResolutionWarned), (61, Replied), (61, Waiting), (90, Messaged)]));
    }

    #[test]
    fn tier_1_answers_first_unless_it_did_not_help() {
        let promise = promise(60, 30, 240);
        let told = [(0, Action::Opened), (0, Action::Answered)];
        let seen = at(&promise, &told, 500);
        assert_eq!(
            (seen.first_response, seen.resolution),
            (clock(Standing::Kept, None), clock(Standing::Paused, None))
        );
        let refused = [told.as_slice(), &[(30, Action::Reopened)]].concat();
        let seen = kept(&promise, past(&steps(&refused), true), None, Time(40 * MINUTE));
        assert_eq!(seen.first_response, clock(Standing::Running, Some(60)), "from arrival");
        assert_eq!(seen.resolution, clock(Standing::Running, Some(270)));
    }

    /// What the tick tells at `minute`, as it is written into the history.
    fn tick(promise: &Promise, told: &mut Vec<(i64, Action)>, minute: i64) -> usize {
        let due = notices(promise, past(&steps(told), false), None, Time(minute * MINUTE));
        let due: Vec<_> = due.into_iter().filter(|notice| notice.at <= Time(minute * MINUTE)).collect();
        told.extend(due.iter().map(|notice| (minute, notice.action)));
        due.len()
    }

    #[test]
    fn an_answer_that_was_late_between_two_ticks_is_told() {
        let promise = promise(1_000, 30, 10_000);
        let mut told = vec![(0, Action::Opened), (1, Action::Replied), (10, Action::Messaged)];
        // Answered after an hour, and asked again at once: the tick comes only then.
        told.extend([(70, Action::Replied), (72, Action::Messaged)]);
        assert_eq!(tick(&promise, &mut told, 75), 1);
        assert_eq!(told.last(), Some(&(75, Action::NextResponseMissed)));
        assert!(!is_at_risk(&promise, past(&steps(&told), false)), "what is asked now has its time");
        assert_eq!(tick(&promise, &mut told, 76), 0, "once");
        // The present one is short of time and then late by itself.
        assert_eq!((tick(&promise, &mut told, 97), tick(&promise, &mut told, 103)), (1, 1));
        assert!(is_at_risk(&promise, past(&steps(&told), false)));
        let missed = told.iter().filter(|(_, action)| *action == Action::NextResponseMissed).count();
        assert_eq!((missed, tick(&promise, &mut told, 500)), (2, 0));
    }

    proptest! {
        /// However the ticks come, in the end each late answer was told once, and no other.
        #[test]
        fn each_late_answer_is_told_once(days in prop::collection::vec((0_u8..3, 1_i64..60), 1..60)) {
            let promise = promise(100_000, 30, 100_000);
            let mut told = vec![(0, Action::Opened), (0, Action::Replied)];
            let (mut minute, mut asked, mut late) = (0, None, 0);
            for (what, minutes) in days {
                minute += minutes;
                match what {
                    0 => {
                        told.push((minute, Action::Messaged));
                        asked.get_or_insert(minute);
                    }
                    1 => {
                        told.push((minute, Action::Replied));
                        late += usize::from(asked.take().is_some_and(|asked| minute - asked > 30));
                    }
                    _ => {
                        tick(&promise, &mut told, minute);
                    }
                }
                let is_short = asked.is_some_and(|asked| minute - asked >= 24);
                prop_assert!(is_short || !is_at_risk(&promise, past(&steps(&told), false)), "{:?}", told);
            }
            late += usize::from(asked.is_some_and(|asked| minute + 100 - asked > 30));
            while tick(&promise, &mut told, minute + 100) > 0 {}
            let missed = told.iter().filter(|(_, action)| *action == Action::NextResponseMissed).count();
            prop_assert_eq!(missed, late, "{:?}", told);
        }
    }

    #[test]
    fn only_opening_hours_count() {
        // 1 January 1970 was a Thursday: open from 09:00 to 10:00 that day and the next.
        let day = || vec!["09:00-10:00".parse().unwrap()];
        let weekly = Weekly { thursday: day(), friday: day(), ..Weekly::default() };
        let calendar =
            Calendar { hours: Cow::Owned(Hours { weekly, holidays: vec![] }), zone: Cow::Owned(Zone::utc()) };
        let told = steps(&[(0, Action::Opened), (0, Action::Queued)]);
        let seen = |promise: &Promise, minute: i64| {
            kept(promise, past(&told, false), Some(&calendar), Time(minute * MINUTE))
        };
        let promise = promise(90, 30, 10_000);
        assert_eq!(seen(&promise, 1).first_response, clock(Standing::Running, Some(24 * 60 + 9 * 60 + 30)));
        assert_eq!(seen(&promise, 24 * 60 + 9 * 60 + 31).first_response.unwrap().standing, Standing::Missed);
        let always = Promise { targets: Targets { around_the_clock: true, ..promise.targets }, ..promise };
        assert_eq!(seen(&always, 1).first_response, clock(Standing::Running, Some(90)));
    }

    #[test]
    fn the_first_level_that_fits_is_the_tickets() {
        let level = |name: &str, package: Option<&str>, urgent| ServiceLevel {
            name: name.into(),
            package: package.map(Into::into),
            urgent,
            first_response_s: None,
            next_response_s: None,
            resolution_s: None,
            around_the_clock: false,
        };
        let levels = [
            level("gold urgent", Some("gold"), Some(true)),
            level("gold", Some("gold"), None),
            level("urgent", None, Some(true)),
        ];
        let package = |id: &str, answered_within_s| Package {
            id: id.into(),
            name: format!("{id} package"),
            head_start_s: 0,
            problems_per_month: None,
            answered_within_s,
        };
        let promise = |id: Option<&str>, within_s, urgent| {
            Promise::of(&levels, id.map(|id| package(id, within_s)).as_ref(), urgent)
        };
        let name = |id, urgent| promise(id, None, urgent).map(|promise| promise.name);
        assert_eq!(name(Some("gold"), true).as_deref(), Some("gold urgent"));
        assert_eq!(name(Some("gold"), false).as_deref(), Some("gold"));
        assert_eq!(name(Some("tin"), true).as_deref(), Some("urgent"));
        assert_eq!(name(None, false), None);
        // A package's own promise comes before the desk's, and a level of the package before that.
        let own = |id, urgent| {
            promise(Some(id), Some(60), urgent)
                .map(|promise| (promise.name, promise.targets.first_response_s))
        };
        assert_eq!(own("gold", true), Some(("gold urgent".to_owned(), None)));
        assert_eq!(own("tin", true), Some(("tin package".to_owned(), Some(60))));
        assert_eq!(own("tin", false), Some(("tin package".to_owned(), Some(60))));
    }

    const ALL: [Action; 18] = {
        use Action::*;
        [
            Opened,
            Answered,
            Queued,
            Claimed,
            Replied,
            Noted,
            Messaged,
            Waiting,
            Solved,
            Confirmed,
            Reopened,
            Merged,
            FirstResponseWarned,
            FirstResponseMissed,
            NextResponseWarned,
            NextResponseMissed,
            ResolutionWarned,
            ResolutionMissed,
        ]
    };

    proptest! {
        #[test]
        fn clocks_go_on_from_where_earlier_steps_left_them(
            told in prop::collection::vec((0..90_i64, 0..ALL.len()), 0..60),
            cuts in prop::collection::vec(0..60_usize, 0..4),
            (first, next, whole) in (1..300_u32, 1..90_u32, 1..2_000_u32),
            is_refused: bool,
            more in 0..500_i64,
        ) {
            let promise = promise(first, next, whole);
            let mut minute = 20_000_000;
            let told: Vec<_> = told.iter().map(|(later, action)| {
                minute += later;
                (minute, ALL[*action])
            }).collect();
            let all = steps(&told);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(all.len())).collect();
            cuts.sort_unstable();
            let (mut course, mut done) = (None, 0);
            for cut in cuts {
                let part = Past { course: course.as_ref(), steps: &all[done..cut], is_refused };
                (course, done) = (Some(part.course(&promise)), cut);
            }
            let rest = Past { course: course.as_ref(), steps: &all[done..], is_refused };
            let day = || vec!["09:00-10:00".parse().unwrap(), "11:00-20:00".parse().unwrap()];
            let weekly = Weekly { thursday: day(), friday: day(), monday: day(), ..Weekly::default() };
            let hours = Cow::Owned(Hours { weekly, holidays: vec![] });
            let calendar = Calendar { hours, zone: Cow::Owned(Zone::utc()) };
            for calendar in [None, Some(&calendar)] {
                let now = Time((minute + more) * MINUTE);
                let whole = past(&all, is_refused);
                prop_assert_eq!(kept(&promise, rest, calendar, now), kept(&promise, whole, calendar, now));
                prop_assert_eq!(notices(&promise, rest, calendar, now), notices(&promise, whole, calendar, now));
                prop_assert_eq!(is_at_risk(&promise, rest), is_at_risk(&promise, whole));
            }
        }

        #[test]
        fn numbers_that_nobody_wrote_are_no_harm(numbers in prop::collection::vec(any::<i64>(), 0..40)) {
            let course = Course(numbers);
            let past = Past { course: Some(&course), steps: &[], is_refused: false };
            kept(&promise(1, 1, 1), past, None, Time(0));
        }
    }
}
