//! How long, and when people are there, in words: messages `wait-now`, `wait-now-hours`, `people-from`, `people-until` and
//! `people-always`.

use crate::Words;
use tierline_domain::forecast::Forecast;
use tierline_domain::front::{Attended, Front};
use tierline_domain::time::Time;

/// From here on hours are told.
const MINUTES_TOLD_MAX: u64 = 120;

/// A forecast in seconds as minutes, by the first of the messages, or as hours, by the second. Nothing for what is no time.
pub fn wait_in_words(words: &Words, by: (&str, &str), median_s: f64, p90_s: f64) -> Option<String> {
    let (median, p90) = (minutes(median_s)?, minutes(p90_s)?);
    if median < MINUTES_TOLD_MAX {
        return Some(words.count(by.0, &[("minutes", told(median)), ("most", told(p90))]));
    }
    Some(words.count(by.1, &[("hours", median.div_ceil(60)), ("most", p90.div_ceil(60))]))
}

/// At least one.
fn minutes(seconds: f64) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within a year
    (0.0..=31_536_000.0).contains(&seconds).then(|| ((seconds / 60.0).round() as u64).max(1))
}

/// Past half an hour to the next five minutes: more would claim to know more.
fn told(minutes: u64) -> u64 {
    if minutes <= 30 { minutes } else { minutes.next_multiple_of(5) }
}

/// How long who comes now waits for people.
pub fn wait_now(words: &Words, forecast: Forecast) -> Option<String> {
    wait_in_words(
        words,
        ("wait-now", "wait-now-hours"),
        f64::from(forecast.median_s),
        f64::from(forecast.p90_s),
    )
}

/// When the desk's people are there, for who comes now: until when, if they are; from when on, if they are not. Nothing if no
/// opening is planned.
pub fn people_now(words: &Words, desk: &Front, now: Time) -> Option<String> {
    let (id, at) = match desk.attended(now) {
        Attended::Always => return Some(words.say("people-always")),
        Attended::Until(at) => ("people-until", at),
        Attended::From(at) => ("people-from", at),
        Attended::Never => return None,
    };
    Some(words.with(id, "moment", &words.day_and_time(desk.zone().local(at))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_then_fives_then_hours() {
        let words = Words::of_language(&[("en", include_str!("../i18n/en.ftl"))], "en");
        let say = |median_s, p90_s| wait_in_words(&words, ("wait-now", "wait-now-hours"), median_s, p90_s);
        let told = |median: &str, most: &str| {
            Some(format!("If people must answer, it takes about {median} now, rarely more than {most}."))
        };
        assert_eq!(say(10.0, 100.0), told("1 min", "2 min"));
        assert_eq!(say(1_710.0, 1_990.0), told("29 min", "35 min"));
        assert_eq!(say(7_200.0, 90_000.0), told("2 h", "25 h"));
        assert_eq!((say(-1.0, 5.0), say(5.0, f64::NAN)), (None, None));
    }
}
