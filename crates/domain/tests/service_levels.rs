//! Promises against a model that counts minute by minute: what people are told of them, whenever a tick comes past.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use proptest::prelude::*;
use std::borrow::Cow;
use tierline_domain::history::{Action, Actor, Step};
use tierline_domain::hours::{Calendar, Holiday, Hours, Offset, Weekly, Zone};
use tierline_domain::service_level::{Course, Past, Promise, Standing, Targets, kept, notices};
use tierline_domain::time::Time;

const MINUTE_MS: i64 = 60_000;
/// Tuesday, 20 October 2026, 00:00 UTC. In Berlin summer time ends on the 25th at 01:00 UTC.
const FROM_MS: i64 = 1_792_454_400_000;
const WINTER_MINUTE: i64 = 5 * 1440 + 60;
const MINUTES: i64 = 40 * 1440;
/// The last Monday of the month is a holiday.
const HOLIDAY_MINUTE: std::ops::Range<i64> = (6 * 1440 - 60)..(7 * 1440 - 60);

fn time(minute: i64) -> Time {
    Time(FROM_MS + minute * MINUTE_MS)
}

/// Open from nine to twelve and from one to five, but on Saturdays from ten to two, and never on Sundays.
fn calendar() -> Calendar<'static> {
    let day = || vec!["09:00-12:00".parse().unwrap(), "13:00-17:00".parse().unwrap()];
    let weekly = Weekly {
        monday: day(),
        tuesday: day(),
        wednesday: day(),
        thursday: day(),
        friday: day(),
        saturday: vec!["10:00-14:00".parse().unwrap()],
        sunday: vec![],
    };
    let holiday = Holiday { day: "2026-10-26".parse().unwrap(), name: None, spans: vec![] };
    let second = FROM_MS / 1000;
    let zone = Zone::new(
        "Europe/Berlin",
        vec![
            Offset { from_s: second - 86_400 * 200, ahead_s: 7_200 },
            Offset { from_s: second + WINTER_MINUTE * 60, ahead_s: 3_600 },
        ],
    );
    Calendar { hours: Cow::Owned(Hours { weekly, holidays: vec![holiday] }), zone: Cow::Owned(zone) }
}

/// The same, as somebody would count it on their fingers.
fn is_open(minute: i64) -> bool {
    let local = minute + if minute < WINTER_MINUTE { 120 } else { 60 };
    if HOLIDAY_MINUTE.contains(&minute) {
        return false;
    }
    let (day, of_day) = (local.div_euclid(1440), local.rem_euclid(1440));
    // The first day is a Tuesday.
    match (day + 1).rem_euclid(7) {
        6 => false,
        5 => (600..840).contains(&of_day),
        _ => (540..720).contains(&of_day) || (780..1020).contains(&of_day),
    }
}

/// What happens to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// People answer, and it is the customer's turn.
    Reply,
    /// People answer, and go on.
    ReplyKeep,
    /// People answer, and it is solved.
    Solve,
    /// The customer writes.
    Write,
    /// The customer says that it is solved.
    Confirm,
    /// It goes on in another ticket.
    Merge,
    /// Somebody takes it, or hands it over: no clock minds.
    Work,
    /// The tick comes past.
    Tick,
    /// Earlier steps move to a page of their own.
    Seal,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Ours,
    Customers,
    Nobodys,
}

/// One clock: open minutes while it runs, and whether more than the target passed before it was stopped.
#[derive(Debug, Clone, Default)]
struct Watch {
    runs: bool,
    minutes: i64,
}

/// A ticket's promise, counted minute by minute.
struct Model {
    turn: Turn,
    first: Watch,
    is_answered: bool,
    /// Each later word that was waited for, the last one last.
    later: Vec<Watch>,
    whole: Watch,
}

impl Model {
    fn new() -> Self {
        let runs = || Watch { runs: true, minutes: 0 };
        Self { turn: Turn::Ours, first: runs(), is_answered: false, later: vec![], whole: runs() }
    }

    fn minute_passes(&mut self, minute: i64) {
        if is_open(minute) {
            let all = [&mut self.first, &mut self.whole].into_iter().chain(&mut self.later);
            all.filter(|watch| watch.runs).for_each(|watch| watch.minutes += 1);
        }
    }

    fn answered(&mut self) {
        self.is_answered = true;
        self.first.runs = false;
        self.later.iter_mut().for_each(|watch| watch.runs = false);
    }

    fn rest(&mut self, turn: Turn) {
        self.turn = turn;
        self.whole.runs = false;
    }

    /// The steps of an event; nothing if it cannot be now.
    fn happens(&mut self, event: Event) -> Vec<Action> {
        match event {
            Event::Reply => {
                self.answered();
                self.rest(Turn::Customers);
                vec![Action::Replied, Action::Waiting]
            }
            Event::ReplyKeep if self.turn == Turn::Ours => {
                self.answered();
                vec![Action::Replied]
            }
            Event::Solve => {
                self.answered();
                self.rest(Turn::Nobodys);
                vec![Action::Replied, Action::Solved]
            }
            Event::Confirm | Event::Merge if self.turn != Turn::Nobodys => {
                // Nobody waits for an answer any more.
                self.first.runs = false;
                self.later.iter_mut().for_each(|watch| watch.runs = false);
                self.rest(Turn::Nobodys);
                vec![if event == Event::Confirm { Action::Confirmed } else { Action::Merged }]
            }
            Event::Write => {
                let reopens = self.turn != Turn::Ours;
                self.turn = Turn::Ours;
                self.whole.runs = true;
                if !self.is_answered {
                    self.first.runs = true;
                } else if !self.later.last().is_some_and(|watch| watch.runs) {
                    self.later.push(Watch { runs: true, minutes: 0 });
                }
                let reopened = reopens.then_some(Action::Reopened);
                [Some(Action::Messaged), reopened].into_iter().flatten().collect()
            }
            Event::Work if self.turn == Turn::Ours => vec![Action::Claimed],
            _ => vec![],
        }
    }
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => Just(Event::Reply),
        1 => Just(Event::ReplyKeep),
        2 => Just(Event::Solve),
        5 => Just(Event::Write),
        1 => Just(Event::Confirm),
        1 => Just(Event::Merge),
        1 => Just(Event::Work),
        4 => Just(Event::Tick),
        1 => Just(Event::Seal),
    ]
}

/// Minutes until the next: soon, or after days.
fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 1..90_i64, 2 => 90..900_i64, 1 => 900..6_000_i64]
}

/// Half a minute more than whole ones, so that no moment is on the edge.
fn target(minutes: i64) -> u32 {
    u32::try_from(minutes * 60 + 31).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// In the end each part that was late was told once, and nothing else; and whatever is told is so when it is told.
    #[test]
    fn what_is_late_is_told_once_and_nothing_else_whenever_ticks_come(
        events in prop::collection::vec((pause(), event()), 1..60),
        (first, next, whole) in (5..600_i64, 5..300_i64, 30..3_000_i64),
    ) {
        let calendar = calendar();
        let (first_response_s, next_response_s) = (Some(target(first)), Some(target(next)));
        let targets = Targets { first_response_s, next_response_s, resolution_s: Some(target(whole)), around_the_clock: false };
        let promise = Promise { name: "p".into(), targets };
        let step = |minute: i64, action| Step { at: time(minute), by: Actor::Desk, action, line: None, digest: None };
        let (mut model, mut minute) = (Model::new(), 0);
        let (mut steps, mut course): (Vec<Step>, Option<Course>) = (vec![step(0, Action::Opened)], None);
        let mut told: Vec<Action> = vec![];
        let end = [(6_000, Event::Tick), (1, Event::Tick), (1, Event::Tick)];
        let many = std::iter::repeat_n((1, Event::Tick), 60);
        for (pause, event) in events.into_iter().chain(end).chain(many) {
            if minute + pause >= MINUTES {
                continue;
            }
            for _ in 0..pause {
                model.minute_passes(minute);
                minute += 1;
            }
            let done = model.happens(event);
            steps.extend(done.into_iter().map(|action| step(minute, action)));
            let past = Past { course: course.as_ref(), steps: &steps, is_refused: false };
            if event == Event::Seal {
                let sealed = past.course(&promise);
                (course, steps) = (Some(sealed), vec![]);
                continue;
            }
            let seen = kept(&promise, past, Some(&calendar), time(minute));
            let late = |watch: &Watch, target: i64| watch.minutes > target;
            prop_assert_eq!(seen.first_response.unwrap().standing == Standing::Missed, late(&model.first, first), "first at {}", minute);
            prop_assert_eq!(seen.resolution.unwrap().standing == Standing::Missed, late(&model.whole, whole), "whole at {}", minute);
            let last = model.later.last().is_some_and(|watch| late(watch, next));
            prop_assert_eq!(seen.next_response.unwrap().standing == Standing::Missed, last, "next at {}", minute);
            if event != Event::Tick {
                continue;
            }
            let due: Vec<_> = notices(&promise, past, Some(&calendar), time(minute)).into_iter().filter(|notice| notice.at <= time(minute)).collect();
            for notice in due {
                let is_so = match notice.action {
                    Action::FirstResponseMissed => late(&model.first, first),
                    Action::ResolutionMissed => late(&model.whole, whole),
                    Action::FirstResponseWarned => model.first.runs && model.first.minutes * 5 > first * 4,
                    Action::ResolutionWarned => model.whole.runs && model.whole.minutes * 5 > whole * 4,
                    Action::NextResponseWarned => model.later.last().is_some_and(|watch| watch.minutes * 5 > next * 4),
                    _ => model.later.iter().any(|watch| late(watch, next)),
                };
                prop_assert!(is_so, "{:?} is told at {}", notice.action, minute);
                told.push(notice.action);
                steps.push(step(minute, notice.action));
            }
        }
        let count = |action| told.iter().filter(|told| **told == action).count();
        prop_assert_eq!(count(Action::FirstResponseMissed), usize::from(model.first.minutes > first));
        prop_assert_eq!(count(Action::ResolutionMissed), usize::from(model.whole.minutes > whole));
        let late = model.later.iter().filter(|watch| watch.minutes > next).count();
        prop_assert_eq!(count(Action::NextResponseMissed), late);
        prop_assert!(count(Action::FirstResponseWarned) <= 1 && count(Action::ResolutionWarned) <= 1);
        prop_assert!(count(Action::NextResponseWarned) <= model.later.len());
    }
}
