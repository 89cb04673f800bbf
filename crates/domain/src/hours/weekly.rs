//! Weekly hours and holidays, as a desk file writes them.

use super::Day;
use crate::limits::SPANS_MAX;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub monday: Vec<Span>,
    /// Tuesday's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tuesday: Vec<Span>,
    /// Wednesday's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wednesday: Vec<Span>,
    /// Thursday's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thursday: Vec<Span>,
    /// Friday's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub friday: Vec<Span>,
    /// Saturday's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saturday: Vec<Span>,
    /// Sunday's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
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

    /// What is wrong, by the day it is wrong on.
    pub fn mistakes(&self) -> Vec<(String, &'static str)> {
        let wrong = DAYS.iter().zip(self.days());
        wrong.filter_map(|(day, spans)| Some(((*day).to_owned(), mistake(spans)?))).collect()
    }
}

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

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

    /// These hours, with the days of `other` that are not named here.
    #[must_use]
    pub fn with_holidays_of(&self, other: &Self) -> Self {
        let mut hours = self.clone();
        let named = |day: &Holiday| self.holidays.iter().any(|own| own.day == day.day);
        hours.holidays.extend(other.holidays.iter().filter(|day| !named(day)).cloned());
        hours
    }

    /// What is wrong, by the field it is wrong in.
    pub fn mistakes(&self) -> Vec<(String, &'static str)> {
        let mut found: Vec<_> =
            self.weekly.mistakes().into_iter().map(|(day, what)| (format!("weekly.{day}"), what)).collect();
        let mut seen = BTreeSet::new();
        for (index, holiday) in self.holidays.iter().enumerate() {
            found.extend(mistake(&holiday.spans).map(|what| (format!("holidays[{index}].spans"), what)));
            if !seen.insert(holiday.day) {
                found.push((format!("holidays[{index}].day"), "is named twice"));
            }
        }
        found
    }
}

/// What is wrong with a day's spans.
fn mistake(spans: &[Span]) -> Option<&'static str> {
    if spans.len() > SPANS_MAX {
        return Some("may have at most 12 spans");
    }
    let apart = spans.is_sorted_by(|a, b| a.to_min <= b.from_min);
    (!apart).then_some("a day's spans must follow each other without overlapping")
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
        assert_eq!(hours.mistakes(), []);
    }

    #[test]
    fn spans_that_overlap_are_a_mistake() {
        let span = |text: &str| text.parse::<Span>().unwrap();
        let weekly = Weekly { monday: vec![span("09:00-13:00"), span("12:00-18:00")], ..Weekly::default() };
        let mistakes = Hours { weekly, holidays: vec![] }.mistakes();
        assert_eq!(mistakes.iter().map(|(at, _)| at.as_str()).collect::<Vec<_>>(), ["weekly.monday"]);
    }
}
