//! `tierline hours`: holidays from a calendar's file, as a desk file writes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Subcommand;
use icalendar::{
    Calendar, CalendarComponent, Component as _, DatePerhapsTime, Event, EventLike as _, EventStatus,
    Property,
};
use serde::Serialize;
use tierline_domain::hours::Day;
use tierline_domain::limits::{HOLIDAYS_MAX, NAME_CHARS_MAX};

use crate::exit::{ExitKind, Failure};
use crate::limits::{CALENDAR_BYTES_MAX, CALENDAR_DAYS_MAX, CALENDAR_TURNS_MAX};
use crate::output;

/// What `tierline hours` can do.
#[derive(Debug, Subcommand)]
pub enum Hours {
    /// Print the whole days of an iCalendar file as holidays of a desk file.
    #[command(after_help = "Examples:
  tierline hours import holidays.ics >> desk.toml
  tierline hours import holidays.ics --from 2027-01-01 --to 2027-12-31 --json

Days of several events have one entry, with their names. Events with a time of day are no holidays: how many were left out
is said. Look through what it prints: not every observance in such a file is a day off.
Ends with 65 if the file is no calendar or has no such day, 66 if it cannot be read.")]
    Import {
        /// A file as calendar programs and governments give it (RFC 5545).
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The first day, `YYYY-MM-DD`; today if left out.
        #[arg(long, value_name = "DAY")]
        from: Option<Day>,
        /// The last day; two years after the first if left out.
        #[arg(long, value_name = "DAY")]
        to: Option<Day>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Does what was asked.
pub fn run(command: &Hours) -> Result<(), Failure> {
    let Hours::Import { file, from, to, json } = command;
    let from = from.unwrap_or_else(today);
    let to = to.unwrap_or_else(|| from.plus(731));
    let found = holidays(&read(file)?, from, to)?;
    if found.timed > 0 {
        eprintln!("{} events with a time of day were left out: a holiday is a whole day", found.timed);
    }
    if *json { output::json(&found.days) } else { output::line(toml_of(&found.days).trim_end()) }
}

fn today() -> Day {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Day::from_number(i64::try_from(since.as_secs() / 86_400).unwrap_or_default())
}

fn read(file: &Path) -> Result<String, Failure> {
    let shown = file.display();
    let missing = |error| {
        Failure::new(
            ExitKind::MissingInput,
            format!("{shown} cannot be read: {error}"),
            "name an iCalendar file",
        )
    };
    let bytes = fs::read(file).map_err(missing)?;
    if bytes.len() > CALENDAR_BYTES_MAX {
        let problem = format!("{shown} has more than {CALENDAR_BYTES_MAX} bytes");
        return Err(Failure::new(ExitKind::BadData, problem, "give a calendar that has the holidays alone"));
    }
    let text = String::from_utf8(bytes).map_err(|_| bad(format!("{shown} is not UTF-8")))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn bad(problem: impl Into<String>) -> Failure {
    Failure::new(
        ExitKind::BadData,
        problem,
        "give an iCalendar file (.ics) whose events are whole days, in UTF-8",
    )
}

/// A day off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Holiday {
    pub(crate) day: Day,
    name: String,
}

/// What a calendar had.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) days: Vec<Holiday>,
    /// Events that are no whole days.
    timed: usize,
}

pub(crate) fn holidays(text: &str, from: Day, to: Day) -> Result<Found, Failure> {
    let calendar: Calendar =
        text.parse().map_err(|error: String| bad(format!("this is no calendar: {}", first_line(&error))))?;
    let mut names: BTreeMap<Day, Vec<String>> = BTreeMap::new();
    let mut found = Found::default();
    for component in &calendar.components {
        let CalendarComponent::Event(event) = component else { continue };
        if event.get_status() == Some(EventStatus::Cancelled) {
            continue;
        }
        match event.get_start() {
            Some(DatePerhapsTime::Date(_)) => {}
            _ => {
                found.timed += 1;
                continue;
            }
        }
        let name = name(event);
        for first in beginnings(event, to)? {
            for ahead in 0..length(event) {
                let day = first.plus(ahead);
                let named = names.entry(day).or_default();
                if day >= from && day <= to && !named.contains(&name) {
                    named.push(name.clone());
                }
            }
        }
    }
    let named = names.into_iter().filter(|(_, names)| !names.is_empty());
    found.days = named.map(|(day, names)| Holiday { day, name: cut(&names.join(" / ")) }).collect();
    match found.days.len() {
        0 => Err(bad(format!("no whole day from {from} to {to} is in it"))),
        many if many > HOLIDAYS_MAX => {
            let problem =
                format!("{many} days from {from} to {to} are in it; a desk file takes {HOLIDAYS_MAX}");
            Err(Failure::new(ExitKind::BadData, problem, "name fewer days with --from and --to"))
        }
        _ => Ok(found),
    }
}

/// What says when an event is.
const RULE: [&str; 5] = ["DTSTART", "RRULE", "EXRULE", "RDATE", "EXDATE"];

/// The days on which it begins, as its rule has them, until `to`.
fn beginnings(event: &Event, to: Day) -> Result<Vec<Day>, Failure> {
    // Whoever reads rules counts on it, and cuts a letter of several bytes in two.
    let plain = |property: &Property| {
        let params = property.params().values();
        property.value().is_ascii() && params.into_iter().all(|param| param.value().is_ascii())
    };
    let of_rule = |name: &String| RULE.contains(&name.to_ascii_uppercase().as_str());
    let one = event.properties().iter().filter(|(name, _)| of_rule(name)).map(|(_, property)| property);
    let many = event.multi_properties().iter().filter(|(name, _)| of_rule(name)).flat_map(|(_, all)| all);
    if !one.chain(many).all(plain) {
        return Err(bad("an event's rule cannot be read: it has letters that no rule has"));
    }
    let set =
        event.get_recurrence().map_err(|error| bad(format!("an event's rule cannot be read: {error}")))?;
    let days =
        set.into_iter().take(CALENDAR_TURNS_MAX).map(|begins| begins.date_naive().to_string().parse::<Day>());
    // What has no four-digit year is no day of ours.
    Ok(days.map_while(Result::ok).take_while(|day| *day <= to).collect())
}

/// How many days it takes: its end is the first day after.
fn length(event: &Event) -> u32 {
    let day = |at: Option<DatePerhapsTime>| match at {
        Some(DatePerhapsTime::Date(date)) => date.to_string().parse::<Day>().ok(),
        _ => None,
    };
    let (Some(first), Some(end)) = (day(event.get_start()), day(event.get_end())) else { return 1 };
    first.until(end).clamp(1, CALENDAR_DAYS_MAX)
}

fn name(event: &Event) -> String {
    let name: String = event.get_summary().unwrap_or_default().chars().map(visible).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() { "Holiday".to_owned() } else { cut(&name) }
}

fn visible(character: char) -> char {
    if tierline_domain::text::is_unprintable(character) { ' ' } else { character }
}

fn cut(name: &str) -> String {
    name.chars().take(NAME_CHARS_MAX).collect::<String>().trim_end().to_owned()
}

fn first_line(text: &str) -> String {
    output::printable(text.lines().next().unwrap_or_default())
}

fn toml_of(days: &[Holiday]) -> String {
    let entry = |holiday: &Holiday| {
        // A string of JSON is one of TOML.
        let name = serde_json::Value::from(holiday.name.as_str());
        format!("[[hours.holidays]]\nday = \"{}\"\nname = {name}\n\n", holiday.day)
    };
    days.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tierline_domain::desk::DeskFile;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn of(events: &str) -> Result<Found, Failure> {
        let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//\r\n{events}END:VCALENDAR\r\n");
        holidays(&text, day("2026-01-01"), day("2027-12-31"))
    }

    fn event(lines: &[&str]) -> String {
        format!("BEGIN:VEVENT\r\nUID:1@example.com\r\n{}\r\nEND:VEVENT\r\n", lines.join("\r\n"))
    }

    fn days(events: &str) -> Vec<(String, String)> {
        let found = of(events).unwrap();
        found.days.into_iter().map(|holiday| (holiday.day.to_string(), holiday.name)).collect()
    }

    fn pair(day: &str, name: &str) -> (String, String) {
        (day.to_owned(), name.to_owned())
    }

    #[test]
    fn a_rule_with_letters_of_several_bytes_is_refused_in_words() {
        for rule in [
            "RRULE:FREQ=MONTHLY;BYDAY=1MO\u{fffd}",
            "RDATE;VALUE=DATE:2026\u{0661}212",
            "RRULE:FREQ=\u{1f384}",
        ] {
            let refused = of(&event(&["DTSTART;VALUE=DATE:20261225", rule])).unwrap_err();
            assert!(refused.to_string().contains("rule cannot be read"), "{rule}: {refused}");
        }
    }

    #[test]
    fn whole_days_are_holidays_with_their_names() {
        let events = [
            event(&[
                "DTSTART;VALUE=DATE:20261225",
                "DTEND;VALUE=DATE:20261227",
                "SUMMARY:Christmas\\, both days",
            ]),
            event(&["DTSTART;VALUE=DATE:20261226", "SUMMARY:San Esteban (Cata", " luña)"]),
            event(&["DTSTART;VALUE=DATE:20261231", "SUMMARY:Off", "STATUS:CANCELLED"]),
            event(&["DTSTART;VALUE=DATE:20250101", "SUMMARY:Long ago"]),
            event(&["DTSTART:20260301T090000Z", "DTEND:20260301T100000Z", "SUMMARY:A meeting"]),
        ];
        assert_eq!(
            days(&events.concat()),
            [
                pair("2026-12-25", "Christmas, both days"),
                pair("2026-12-26", "Christmas, both days / San Esteban (Cataluña)")
            ]
        );
        assert_eq!(of(&events.concat()).unwrap().timed, 1);
    }

    #[test]
    fn rules_are_followed_as_far_as_asked_and_no_further() {
        let yearly = event(&["DTSTART;VALUE=DATE:19700501", "RRULE:FREQ=YEARLY", "SUMMARY:May Day"]);
        assert_eq!(days(&yearly), [pair("2026-05-01", "May Day"), pair("2027-05-01", "May Day")]);
        let fourth = event(&[
            "DTSTART;VALUE=DATE:20201126",
            "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            "EXDATE;VALUE=DATE:20271125",
            "SUMMARY:Thanksgiving",
        ]);
        assert_eq!(days(&fourth), [pair("2026-11-26", "Thanksgiving")]);
        let endless = event(&["DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=DAILY", "SUMMARY:Every day"]);
        assert_eq!(of(&endless).unwrap_err().kind, ExitKind::BadData, "more than a desk file takes");
    }

    #[test]
    fn files_from_the_wild_are_read_or_refused_in_words() {
        let named = event(&["DTSTART;VALUE=DATE:20261225", "SUMMARY:a\u{202e}b\\nc\u{7}"]);
        assert_eq!(days(&named), [pair("2026-12-25", "a b c")]);
        let nameless = event(&["DTSTART;VALUE=DATE:20261225"]);
        assert_eq!(days(&nameless), [pair("2026-12-25", "Holiday")]);
        let unix = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", nameless.replace("\r\n", "\n"));
        assert_eq!(holidays(&unix, day("2026-01-01"), day("2027-01-01")).unwrap().days.len(), 1);
        for wrong in
            ["", "<html>", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"]
        {
            let refused = holidays(wrong, day("2026-01-01"), day("2027-12-31")).unwrap_err();
            assert_eq!(refused.kind, ExitKind::BadData, "{wrong}: {refused}");
        }
        for odd in [
            "DTSTART;VALUE=DATE:20261332",
            "DTSTART;VALUE=DATE:x",
            "RRULE:FREQ=SOMETIMES",
            "DTSTART;VALUE=DATE:99991231",
        ] {
            let _ = of(&event(&[odd, "SUMMARY:Odd"]));
        }
        let backwards = event(&["DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20200101", "SUMMARY:X"]);
        assert_eq!(days(&backwards), [pair("2026-12-25", "X")]);
    }

    #[test]
    fn what_is_printed_can_stand_at_the_end_of_a_desk_file() {
        let found = of(&event(&["DTSTART;VALUE=DATE:20261225", "SUMMARY:\"Day\" of \\\\ it"])).unwrap();
        let text = format!("{}\n{}", include_str!("../../../demo/desk.toml"), toml_of(&found.days));
        let file: DeskFile = toml::from_str(&text).unwrap();
        assert_eq!(file.check(), []);
        assert_eq!(file.hours.unwrap().holidays[0].name.as_deref(), Some("\"Day\" of \\ it"));
    }
}
