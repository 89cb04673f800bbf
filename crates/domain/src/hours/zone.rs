//! A time zone for the years around a publication, small enough to live in the desk's document.

use super::Day;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// What local clocks are ahead of UTC, from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(i64, i32)", into = "(i64, i32)")]
pub struct Offset {
    /// Seconds since 1970 UTC.
    pub from_s: i64,
    /// Seconds ahead of UTC; negative west of it.
    pub ahead_s: i32,
}

impl From<(i64, i32)> for Offset {
    fn from((from_s, ahead_s): (i64, i32)) -> Self {
        Self { from_s, ahead_s }
    }
}

impl From<Offset> for (i64, i32) {
    fn from(offset: Offset) -> Self {
        (offset.from_s, offset.ahead_s)
    }
}

/// A time zone. Before its first offset and after its last one, that one holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Its IANA name.
    name: String,
    /// In order, one at least.
    offsets: Vec<Offset>,
}

/// A moment on local clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// The day.
    pub day: Day,
    /// Seconds since its midnight, by the clock on the wall.
    pub second: u32,
}

const DAY_S: i64 = 86_400;

impl Zone {
    /// Where local time is UTC.
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), offsets: vec![Offset { from_s: 0, ahead_s: 0 }] }
    }

    /// The zone of this name. Offsets are put in order; with none of them it is UTC's.
    pub fn new(name: &str, mut offsets: Vec<Offset>) -> Self {
        offsets.sort_by_key(|offset| offset.from_s);
        if offsets.is_empty() {
            offsets.push(Offset { from_s: 0, ahead_s: 0 });
        }
        Self { name: name.to_owned(), offsets }
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the clocks show at `at`.
    pub fn local(&self, at: Time) -> Local {
        let utc_s = at.0.div_euclid(1000);
        let local_s = utc_s.saturating_add(self.ahead_s(self.index_at(utc_s)));
        let second = u32::try_from(local_s.rem_euclid(DAY_S)).unwrap_or(0);
        Local { day: Day::from_number(local_s.div_euclid(DAY_S)), second }
    }

    /// The moment `minutes` after a day's midnight by the clock, also past the next midnight. Where the clocks show it
    /// twice, the first; where they leave it out, as much later as they jump.
    pub fn instant(&self, day: Day, minutes: u32) -> Time {
        let local_s = day.number() * DAY_S + i64::from(minutes) * 60;
        // No clock is more than a day ahead or behind, and once one jumped a whole day.
        let earliest = self.index_at(local_s.saturating_sub(2 * DAY_S));
        let latest = self.index_at(local_s.saturating_add(2 * DAY_S));
        let shown = (earliest..=latest).find_map(|index| {
            let utc_s = local_s - self.ahead_s(index);
            (self.index_at(utc_s) == index).then_some(utc_s)
        });
        let utc_s = shown.unwrap_or_else(|| self.after_gap(local_s, earliest, latest));
        Time(utc_s.saturating_mul(1000))
    }

    /// For a local time that no clock shows: as if the clocks had not jumped.
    fn after_gap(&self, local_s: i64, earliest: usize, latest: usize) -> i64 {
        let jump = (earliest..latest).find(|index| {
            let begins = self.offsets.get(index + 1).map_or(i64::MAX, |next| next.from_s);
            local_s - self.ahead_s(*index) >= begins && local_s - self.ahead_s(index + 1) < begins
        });
        local_s - self.ahead_s(jump.unwrap_or(earliest))
    }

    fn index_at(&self, utc_s: i64) -> usize {
        self.offsets.partition_point(|offset| offset.from_s <= utc_s).saturating_sub(1)
    }

    fn ahead_s(&self, index: usize) -> i64 {
        self.offsets.get(index).map_or(0, |offset| i64::from(offset.ahead_s))
    }
}
