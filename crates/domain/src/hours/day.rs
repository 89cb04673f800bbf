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

/// Days of 400 years, and from 1 March of year 0 to 1 January 1970.
const ERA_DAYS: i64 = 146_097;
const ERA_OFFSET: i64 = 719_468;

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

    /// Year, month and day of the month, in the Gregorian calendar also before there was one.
    ///
    /// By eras of 400 years that begin on 1 March (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013): a
    /// calendar's crate would add a tenth to every component that reads a desk.
    pub fn civil(self) -> (u32, u32, u32) {
        let days = self.number() + ERA_OFFSET;
        let (era, day) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let of_year = day - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let of_month = of_year - (153 * month + 2) / 5 + 1;
        let (month, year) = if month < 10 { (month + 3, year) } else { (month - 9, year + 1) };
        let small = |number: i64| u32::try_from(number).unwrap_or(0);
        (small(year + era * 400), small(month), small(of_month))
    }

    /// The day of this date; none if the calendar has no such day.
    pub fn of_civil(year: u32, month: u32, day: u32) -> Option<Self> {
        if year > 9_999 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let (month_of, year_of) = if month > 2 { (month - 3, year) } else { (month + 9, year + 399) };
        let (month_of, year_of) = (i64::from(month_of), i64::from(year_of));
        // January and February are of the year before; those of year 0, of the era before.
        let before = if month > 2 { 0 } else { ERA_DAYS };
        let (era, year_of) = (year_of.div_euclid(400), year_of.rem_euclid(400));
        let of_year = (153 * month_of + 2) / 5 + i64::from(day) - 1;
        let of_era = year_of * 365 + year_of / 4 - year_of / 100 + of_year;
        let found = Self::from_number(era * ERA_DAYS + of_era - ERA_OFFSET - before);
        (found.civil() == (year, month, day)).then_some(found)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WHAT: &str = "write days like \"2026-12-25\"";
        let number = |range: std::ops::Range<usize>| {
            let digits = text.get(range).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            digits.parse::<u32>().ok()
        };
        let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let day = || Self::of_civil(number(0..4)?, number(5..7)?, number(8..10)?);
        day().filter(|_| dashes).ok_or(WHAT)
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

    #[test]
    fn every_day_is_the_calendars() {
        for number in DAYS {
            let day = Day { number };
            let known =
                jiff::civil::Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(number));
            let (year, month, of_month) = day.civil();
            assert_eq!(
                (year as i16, month as i8, of_month as i8),
                (known.year(), known.month(), known.day()),
                "{number}"
            );
            assert_eq!(Day::of_civil(year, month, of_month), Some(day), "{number}");
        }
    }
}
