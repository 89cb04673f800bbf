//! A desk as its pages for customers see it: the stored desk, read in part, so that they carry no code for the rest of it.

use crate::desk::FilesPolicy;
use crate::hours::{Calendar, Hours, Zone};
use crate::ids::{DeskId, LineId};
use crate::time::Time;
use serde::Deserialize;
use std::borrow::Cow;

/// What of a [`Desk`](crate::desk::Desk) its pages show. What it does not name is passed over.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Front {
    /// Who this is.
    pub head: FrontHead,
    /// What it takes.
    pub policy: FrontPolicy,
    /// Whether it has help pages.
    #[serde(default)]
    pub has_help: bool,
    #[serde(default)]
    hours: Option<Hours>,
    #[serde(default)]
    zone: Option<Zone>,
    lines: Vec<FrontLine>,
}

/// Who a desk is, to its customers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FrontHead {
    /// Unique in the deployment.
    pub id: DeskId,
    /// As customers know it.
    pub name: String,
    /// For what has no text in the customer's language.
    pub default_language: String,
    /// The colour of its pages.
    #[serde(default)]
    pub accent: Option<String>,
    /// Sites whose pages may frame the chat.
    #[serde(default)]
    pub origins: Vec<String>,
}

/// What of a desk's policy its pages show.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FrontPolicy {
    /// Which files it takes.
    #[serde(default)]
    pub files: FilesPolicy,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct FrontLine {
    id: LineId,
    #[serde(default)]
    tier: Option<u8>,
    #[serde(default)]
    hours: Option<Hours>,
}

/// Whether people are there for who asks now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attended {
    /// At any time.
    Always,
    /// Now, and until then.
    Until(Time),
    /// Not now, but from then on.
    From(Time),
    /// Not now, and no opening is planned.
    Never,
}

impl Attended {
    /// Whether people are there now.
    pub fn is_now(self) -> bool {
        matches!(self, Self::Always | Self::Until(_))
    }
}

impl Front {
    /// The line that who asks now comes to: the first.
    pub fn first_line(&self) -> Option<&LineId> {
        self.first().map(|line| &line.id)
    }

    /// Its clocks.
    pub fn zone(&self) -> Cow<'_, Zone> {
        self.zone.as_ref().map_or_else(|| Cow::Owned(Zone::utc()), Cow::Borrowed)
    }

    /// Whether the first line's people are there at `now`.
    pub fn attended(&self, now: Time) -> Attended {
        let own = self.first().and_then(|line| line.hours.as_ref());
        let Some(calendar) = Calendar::of(self.hours.as_ref(), own, self.zone.as_ref()) else {
            return Attended::Always;
        };
        let schedule = calendar.schedule();
        match schedule.opens_at(now) {
            Some(at) if at == now => schedule.closes_at(now).map_or(Attended::Always, Attended::Until),
            Some(at) => Attended::From(at),
            None => Attended::Never,
        }
    }

    fn first(&self) -> Option<&FrontLine> {
        self.lines.iter().find(|line| line.tier == Some(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 January 1970 was a Thursday.
    fn front(hours: &str, care: &str) -> Front {
        let text = format!(
            r#"{{"head": {{"id": "shop", "name": "Shop", "default_language": "en", "later": 1}}, "policy": {{"boost_max_s": 5}},
                 "lines": [{{"id": "sales", "hours": {{"weekly": {{}}}}}}, {{"id": "care", "tier": 1{care}}}]{hours}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn people_are_there_by_the_first_lines_hours() {
        let hour = |hours: i64| Time(hours * 3_600_000);
        let always = front("", "");
        assert_eq!(
            (always.first_line().unwrap().as_str(), always.attended(hour(9))),
            ("care", Attended::Always)
        );
        let weekly = r#"{"weekly": {"thursday": ["09:00-17:00", "17:00-18:00"]}}"#;
        for desk in
            [front(&format!(", \"hours\": {weekly}"), ""), front("", &format!(", \"hours\": {weekly}"))]
        {
            assert_eq!(desk.attended(hour(8)), Attended::From(hour(9)));
            assert_eq!(desk.attended(hour(9)), Attended::Until(hour(18)));
            assert_eq!(desk.attended(hour(18)), Attended::From(hour(7 * 24 + 9)));
        }
        let never = front(r#", "hours": {"weekly": {}}"#, "");
        assert_eq!((never.attended(hour(9)), never.attended(hour(9)).is_now()), (Attended::Never, false));
    }
}
