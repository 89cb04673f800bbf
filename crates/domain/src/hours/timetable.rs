//! When people are there, all lines of a desk: what promises are counted by, kept as it was when they were made.

use super::{Calendar, Hours, Zone};
use crate::ids::LineId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The hours of a desk and of its lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Timetable {
    /// The desk's clocks; UTC if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// When it is open; always, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Lines that have hours of their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lines: BTreeMap<LineId, Hours>,
}

impl Timetable {
    /// When people are there for a line; none if that is always.
    pub fn calendar(&self, line: &LineId) -> Option<Calendar<'_>> {
        Calendar::of(self.hours.as_ref(), self.lines.get(line), self.zone.as_ref())
    }

    /// Whether it says the same as another, whichever years of the same zone are known.
    pub fn is_same(&self, other: &Self) -> bool {
        let zone = |of: &Self| of.zone.as_ref().map(|zone| zone.name().to_owned());
        self.hours == other.hours && self.lines == other.lines && zone(self) == zone(other)
    }
}
