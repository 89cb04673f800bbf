//! When people are there: weekly hours with holidays, in a time zone, and time counted in them alone.
//!
//! Hours are written in local time and counted in real time, so a night that the clocks make an hour longer is an
//! hour longer. A span belongs to the day it begins on; so does what a holiday takes away.

mod day;
mod timetable;
mod weekly;
mod zone;

pub use day::Day;
pub use timetable::Timetable;
pub use weekly::{Holiday, Hours, Span, Weekly};
pub use zone::{Local, Offset, Zone};

use crate::limits::{HOURS_COUNTED_DAYS_MAX, HOURS_LOOK_AHEAD_DAYS_MAX};
use crate::time::Time;
use std::borrow::Cow;

/// A stretch of time, its end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first moment.
    pub from: Time,
    /// The first moment after.
    pub to: Time,
}

/// Hours with their clocks: what says when a line's people are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar<'a> {
    /// In local time.
    pub hours: Cow<'a, Hours>,
    /// Where that is.
    pub zone: Cow<'a, Zone>,
}

impl<'a> Calendar<'a> {
    /// Of a line with hours of its own, or else its desk's; none if neither has any. The desk's holidays are the line's
    /// too, except on days that it names itself.
    pub fn of(desk: Option<&'a Hours>, line: Option<&'a Hours>, zone: Option<&'a Zone>) -> Option<Self> {
        let hours = match (line, desk) {
            (Some(own), Some(desk)) => Cow::Owned(own.with_holidays_of(desk)),
            (Some(hours), None) | (None, Some(hours)) => Cow::Borrowed(hours),
            (None, None) => return None,
        };
        let zone = zone.map_or_else(|| Cow::Owned(Zone::utc()), Cow::Borrowed);
        Some(Self { hours, zone })
    }

    /// To ask what is open when.
    pub fn schedule(&self) -> Schedule<'_> {
        Schedule { hours: &self.hours, zone: &self.zone }
    }
}

/// Whether people are there at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// They are.
    pub open: bool,
    /// When they are again; none if they are, or if no opening is planned.
    pub opens_at: Option<Time>,
}

/// Hours where they are kept: the two together say what is open when.
///
/// ```
/// use tierline_domain::hours::{Hours, Schedule, Weekly, Zone};
/// use tierline_domain::time::Time;
///
/// let weekly = Weekly { thursday: vec!["09:00-17:00".parse().unwrap()], ..Weekly::default() };
/// let hours = Hours { weekly, holidays: vec![] };
/// let schedule = Schedule { hours: &hours, zone: &Zone::utc() };
/// // 1 January 1970 was a Thursday.
/// assert_eq!(schedule.opens_at(Time(0)), Some(Time(9 * 3_600_000)));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Schedule<'a> {
    /// In local time.
    pub hours: &'a Hours,
    /// Where that is.
    pub zone: &'a Zone,
}

impl Schedule<'_> {
    /// Whether it is open at `at`.
    pub fn is_open(&self, at: Time) -> bool {
        self.stretches(at, 1).any(|open| open.from <= at && at < open.to)
    }

    /// The next moment it is open: `after` itself if it is open then; nothing if not within
    /// [`HOURS_LOOK_AHEAD_DAYS_MAX`] days.
    pub fn opens_at(&self, after: Time) -> Option<Time> {
        let next = self.stretches(after, HOURS_LOOK_AHEAD_DAYS_MAX).find(|open| open.to > after)?;
        Some(next.from.max(after))
    }

    /// The moment it closes, if it is open at `at` and closes within [`HOURS_LOOK_AHEAD_DAYS_MAX`] days.
    pub fn closes_at(&self, at: Time) -> Option<Time> {
        let last_day = self.day_of(at).plus(HOURS_LOOK_AHEAD_DAYS_MAX);
        let now = self.stretches(at, HOURS_LOOK_AHEAD_DAYS_MAX).find(|open| open.to > at)?;
        let ends = self.day_of(now.to) < last_day;
        (now.from <= at && ends).then_some(now.to)
    }

    /// Milliseconds of open time from `from` to `to`. Of more than [`HOURS_COUNTED_DAYS_MAX`] days, the first are counted.
    pub fn open_ms(&self, from: Time, to: Time) -> i64 {
        if to <= from {
            return 0;
        }
        let days = self.day_of(from).until(self.day_of(to)).min(HOURS_COUNTED_DAYS_MAX);
        let within = |open: Stretch| open.to.min(to).since_ms(open.from.max(from));
        self.stretches(from, days).map(within).sum()
    }

    /// The moment by which `open_ms` of open time have passed since `from`; nothing if that takes more than
    /// [`HOURS_COUNTED_DAYS_MAX`] days.
    pub fn after_open_ms(&self, from: Time, open_ms: i64) -> Option<Time> {
        let mut left = open_ms.max(0);
        for open in self.stretches(from, HOURS_COUNTED_DAYS_MAX) {
            let begins = open.from.max(from);
            let length = open.to.since_ms(begins);
            if open.to > begins && length >= left {
                return Some(Time(begins.0.saturating_add(left)));
            }
            left -= length;
        }
        None
    }

    fn day_of(&self, at: Time) -> Day {
        self.zone.local(at).day
    }

    /// What is open from the day before `from` to `days` days after it, in order, joined where it touches.
    fn stretches(&self, from: Time, days: u32) -> impl Iterator<Item = Stretch> {
        let first = self.day_of(from).minus(1);
        let pieces = (0..=days.saturating_add(1)).flat_map(move |ahead| self.pieces(first.plus(ahead)));
        Joined { pieces: pieces.peekable() }
    }

    /// What is open of a day's own spans, in order.
    fn pieces(&self, day: Day) -> impl Iterator<Item = Stretch> {
        self.hours.spans_of(day).iter().filter_map(move |span| {
            let (from, to) = (self.zone.instant(day, span.from_min()), self.zone.instant(day, span.to_min()));
            // A span that falls into the hour which the clocks leave out is no time at all.
            (from < to).then_some(Stretch { from, to })
        })
    }
}

/// Pieces in order of their beginnings, joined where one begins before the last one ends.
struct Joined<I: Iterator<Item = Stretch>> {
    pieces: std::iter::Peekable<I>,
}

impl<I: Iterator<Item = Stretch>> Iterator for Joined<I> {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        let mut joined = self.pieces.next()?;
        while let Some(more) = self.pieces.next_if(|piece| piece.from <= joined.to) {
            joined.to = joined.to.max(more.to);
        }
        Some(joined)
    }
}
