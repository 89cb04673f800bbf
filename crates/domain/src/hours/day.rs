//! Days of the calendar, without a time zone.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A day of the calendar; written `2026-12-25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day {
    /// Days since 1 January 1970.
    number: i32,
}

/// The days that have a four-digit year, as days since 1970: what files may name, and further than any clock here goes.
const DAYS: std::ops::RangeInclusive<i32> = -719_528..=2_932_896;

impl Day {
    /// The day that is `number` days after 1 January 1970, or the nearest that has a four-digit year.
    pub fn from_number(number: i64) -> Self {
        let number = number.clamp(i64::from(*DAYS.start()), i64::from(*DAYS.end()));
        Self { number: i32::try_from(number).unwrap_or(0) }
    }

    /// Days since 1 January 1970.
    pub fn number(self) -> i64 {
        i64::from(self.number)
    }

    /// So many days later.
    pub fn plus(self, days: u32) -> Self {
        Self::from_number(self.number() + i64::from(days))
    }

    /// So many days earlier.
    pub fn minus(self, days: u32) -> Self {
        Self::from_number(self.number() - i64::from(days))
    }

    /// Days from here to `later`; 0 if that is earlier.
    pub fn until(self, later: Self) -> u32 {
        u32::try_from(later.number() - self.number()).unwrap_or(0)
    }

    /// 0 is Monday, 6 is Sunday.
    pub fn weekday(self) -> u32 {
        // 1 January 1970 was a Thursday.
        u32::try_from((self.number() + 3).rem_euclid(7)).unwrap_or(0)
    }

    fn epoch() -> jiff::civil::Date {
        jiff::civil::Date::constant(1970, 1, 1)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = jiff::Span::new().try_days(self.number);
        let date = span.and_then(|span| Self::epoch().checked_add(span));
        // Every day in `DAYS` is one that the calendar has.
        date.map_err(|_| fmt::Error)?.fmt(formatter)
    }
}

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WHAT: &str = "write days like \"2026-12-25\"";
        let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let date: jiff::civil::Date = if plain { text.parse().map_err(|_| WHAT)? } else { return Err(WHAT) };
        let since = Self::epoch().until(date).map_err(|_| WHAT)?;
        Ok(Self::from_number(i64::from(since.get_days())))
    }
}

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_written_and_have_their_weekday() {
        for (text, number, weekday) in [
            ("1970-01-01", 0, 3),
            ("2024-02-29", 19_782, 3),
            ("2026-11-22", 20_779, 6),
            ("1969-12-31", -1, 2),
            ("0000-01-01", *DAYS.start(), 5),
            ("9999-12-31", *DAYS.end(), 4),
        ] {
            let day: Day = text.parse().unwrap();
            assert_eq!((day.number(), day.weekday()), (i64::from(number), weekday), "{text}");
            assert_eq!(day.to_string(), text);
        }
        for wrong in ["2026-02-29", "2026-13-01", "26-01-01", "20260101", "2026-01-01T00", "", "２026-01-0"]
        {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }
}
