//! Weekly hours and holidays, as a desk file writes them.

use super::Day;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

const DAY_MIN: u32 = 24 * 60;

/// A span of a day by the clock; written `09:00-13:00`, `22:00-02:00` past midnight, `00:00-24:00` the whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    /// Minutes after midnight, less than a day.
    from_min: u32,
    /// Minutes after the same midnight, at most a day after `from_min`.
    to_min: u32,
}

impl Span {
    /// Minutes after midnight.
    pub fn from_min(self) -> u32 {
        self.from_min
    }

    /// Minutes after the same midnight: more than a day's where the span goes past the next one.
    pub fn to_min(self) -> u32 {
        self.to_min
    }
}

impl FromStr for Span {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WHAT: &str = "write spans like \"09:00-17:30\"; one past midnight like \"22:00-06:00\"";
        let (from, to) = text.split_once('-').ok_or(WHAT)?;
        let (from_min, to_min) = (minutes(from).ok_or(WHAT)?, minutes(to).ok_or(WHAT)?);
        if from_min >= DAY_MIN || from_min == to_min {
            return Err(WHAT);
        }
        Ok(Self { from_min, to_min: if to_min > from_min { to_min } else { to_min + DAY_MIN } })
    }
}

/// `HH:MM`, to `24:00`.
fn minutes(text: &str) -> Option<u32> {
    let digits = |part: &str| {
        let two = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if two { part.parse::<u32>().ok() } else { None }
    };
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (digits(hour)?, digits(minute)?);
    let sum = hour * 60 + minute;
    (minute < 60 && sum <= DAY_MIN).then_some(sum)
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = if self.to_min > DAY_MIN { self.to_min - DAY_MIN } else { self.to_min };
        let (from, to) = ((self.from_min / 60, self.from_min % 60), (to / 60, to % 60));
        write!(formatter, "{:02}:{:02}-{:02}:{:02}", from.0, from.1, to.0, to.1)
    }
}

impl TryFrom<String> for Span {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

/// Spans of each day of the week. A day without spans is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weekly {
    /// Monday's.
    pub monday: Vec<Span>,
    /// Tuesday's.
    pub tuesday: Vec<Span>,
    /// Wednesday's.
    pub wednesday: Vec<Span>,
    /// Thursday's.
    pub thursday: Vec<Span>,
    /// Friday's.
    pub friday: Vec<Span>,
    /// Saturday's.
    pub saturday: Vec<Span>,
    /// Sunday's.
    pub sunday: Vec<Span>,
}

impl Weekly {
    /// From Monday to Sunday.
    pub fn days(&self) -> [&[Span]; 7] {
        let days = [
            &self.monday,
            &self.tuesday,
            &self.wednesday,
            &self.thursday,
            &self.friday,
            &self.saturday,
            &self.sunday,
        ];
        days.map(Vec::as_slice)
    }
}

/// A day with hours of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Which.
    pub day: Day,
    /// As customers know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is open nevertheless.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
}

/// Weekly hours, and the days that differ.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hours {
    /// Every week.
    pub weekly: Weekly,
    /// Days with hours of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Holiday>,
}

impl Hours {
    /// The spans that begin on a day.
    pub fn spans_of(&self, day: Day) -> &[Span] {
        if let Some(holiday) = self.holidays.iter().find(|holiday| holiday.day == day) {
            return &holiday.spans;
        }
        let weekday = usize::try_from(day.weekday()).unwrap_or(0);
        self.weekly.days().get(weekday).copied().unwrap_or_default()
    }

    /// What is wrong with the order of a day's spans, if anything: they must follow each other.
    pub fn mistake(&self) -> Option<&'static str> {
        let weekly = self.weekly.days().into_iter();
        let mut all = weekly.chain(self.holidays.iter().map(|holiday| holiday.spans.as_slice()));
        let apart = |spans: &[Span]| spans.is_sorted_by(|a, b| a.to_min <= b.from_min);
        if !all.all(apart) {
            return Some("a day's spans must follow each other without overlapping");
        }
        let mut days: Vec<Day> = self.holidays.iter().map(|holiday| holiday.day).collect();
        days.sort_unstable();
        if days.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Some("a holiday is named twice");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written() {
        for (text, from, to) in [
            ("09:00-17:30", 540, 1050),
            ("00:00-24:00", 0, 1440),
            ("22:00-02:00", 1320, 1560),
            ("12:00-00:00", 720, 1440),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!((span.from_min(), span.to_min()), (from, to), "{text}");
            assert_eq!(span.to_string().parse::<Span>().unwrap(), span);
        }
        for wrong in
            ["9:00-17:00", "09:00", "24:00-25:00", "09:60-10:00", "09:00-09:00", "24:00-01:00", "+9:00-10:00"]
        {
            assert!(wrong.parse::<Span>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_holiday_has_hours_of_its_own() {
        let span = |text: &str| text.parse::<Span>().unwrap();
        let hours = Hours {
            weekly: Weekly { friday: vec![span("09:00-17:00")], ..Weekly::default() },
            holidays: vec![
                Holiday { day: "2026-12-25".parse().unwrap(), name: None, spans: vec![] },
                Holiday { day: "2027-01-01".parse().unwrap(), name: None, spans: vec![span("10:00-12:00")] },
            ],
        };
        assert_eq!(hours.spans_of("2026-12-18".parse().unwrap()), [span("09:00-17:00")]);
        assert!(hours.spans_of("2026-12-25".parse().unwrap()).is_empty());
        assert_eq!(hours.spans_of("2027-01-01".parse().unwrap()), [span("10:00-12:00")]);
        assert_eq!(hours.mistake(), None);
    }

    #[test]
    fn spans_that_overlap_are_a_mistake() {
        let span = |text: &str| text.parse::<Span>().unwrap();
        let weekly = Weekly { monday: vec![span("09:00-13:00"), span("12:00-18:00")], ..Weekly::default() };
        assert!(Hours { weekly, holidays: vec![] }.mistake().is_some());
    }
}
