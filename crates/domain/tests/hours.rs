//! Hours against the calendar of another library, and against counting minute by minute.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use tierline_domain::hours::{Day, Holiday, Hours, Offset, Schedule, Span, Weekly, Zone};
use tierline_domain::time::Time;

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
];
/// 2010 to 2030: with the day that Samoa left out.
const SECONDS: std::ops::Range<i64> = 1_262_304_000..1_893_456_000;
const MINUTE_MS: i64 = 60_000;

fn zone(name: &str) -> (Zone, TimeZone) {
    let there = TimeZone::get(name).unwrap();
    let before = Timestamp::from_second(SECONDS.start - 400 * 86_400).unwrap();
    let mut offsets = vec![Offset { from_s: before.as_second(), ahead_s: there.to_offset(before).seconds() }];
    let until = SECONDS.end + 400 * 86_400;
    for change in there.following(before).take_while(|change| change.timestamp().as_second() < until) {
        offsets.push(Offset { from_s: change.timestamp().as_second(), ahead_s: change.offset().seconds() });
    }
    (Zone::new(name, offsets), there)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn at(text: &str) -> Time {
    Time(text.parse::<Timestamp>().unwrap().as_millisecond())
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    prop::collection::btree_set(0u32..96, 0..=6).prop_map(|quarters| {
        let quarters: Vec<u32> = quarters.into_iter().collect();
        let text = |n: u32| format!("{:02}:{:02}", n / 4, n % 4 * 15);
        let span = |two: &[u32]| format!("{}-{}", text(two[0]), text(two[1])).parse().unwrap();
        quarters.chunks_exact(2).map(span).collect()
    })
}

fn hours() -> impl Strategy<Value = Hours> {
    let week = prop::collection::vec(spans(), 7);
    (week, prop::bool::ANY).prop_map(|(mut week, night)| {
        if night {
            week[5].push("23:59-03:30".parse().unwrap());
        }
        let mut days = week.into_iter();
        let mut next = || days.next().unwrap();
        let weekly = Weekly {
            monday: next(),
            tuesday: next(),
            wednesday: next(),
            thursday: next(),
            friday: next(),
            saturday: next(),
            sunday: next(),
        };
        Hours { weekly, holidays: vec![Holiday { day: day("2026-03-29"), name: None, spans: vec![] }] }
    })
}

/// Whether the clock on the wall is in one of the hours: what a person reading them would say.
fn open_by_the_clock(hours: &Hours, zone: &Zone, moment: Time) -> bool {
    let local = zone.local(moment);
    let minute = local.second / 60;
    let within = |span: &Span, minute: u32| (span.from_min()..span.to_min()).contains(&minute);
    hours.spans_of(local.day).iter().any(|span| within(span, minute))
        || hours.spans_of(local.day.minus(1)).iter().any(|span| within(span, minute + 1440))
}

proptest! {
    #[test]
    fn clocks_agree_with_the_calendar(
        name in prop::sample::select(&ZONES[..]), second in SECONDS, minutes in 0u32..2880
    ) {
        let (ours, theirs) = zone(name);
        let civil = theirs.to_datetime(Timestamp::from_second(second).unwrap());
        let local = ours.local(Time(second * 1000));
        prop_assert_eq!(local.day.to_string(), civil.date().to_string());
        let wall = civil.time();
        let wall_s = i32::from(wall.hour()) * 3600 + i32::from(wall.minute()) * 60 + i32::from(wall.second());
        prop_assert_eq!(i32::try_from(local.second).unwrap(), wall_s);

        let shown: DateTime = civil.date().at(0, 0, 0, 0) + i64::from(minutes).minutes();
        let expected = theirs.to_ambiguous_zoned(shown).compatible().unwrap().timestamp();
        prop_assert_eq!(ours.instant(local.day, minutes), Time(expected.as_millisecond()));
    }

    #[test]
    fn open_time_is_what_counting_minutes_gives(hours in hours(), begin in 0i64..10_000, length in 0i64..3_000) {
        let zone = Zone::utc();
        let schedule = Schedule { hours: &hours, zone: &zone };
        let from = Time(at("2026-03-26T00:00:00Z").0 + begin * MINUTE_MS);
        let to = Time(from.0 + length * MINUTE_MS);
        let minutes = |until: i64| (0..until).map(|n| Time(from.0 + n * MINUTE_MS));
        let counted = minutes(length).filter(|moment| open_by_the_clock(&hours, &zone, *moment)).count();
        prop_assert_eq!(schedule.open_ms(from, to), i64::try_from(counted).unwrap() * MINUTE_MS);
        prop_assert_eq!(schedule.is_open(from), open_by_the_clock(&hours, &zone, from));
        let opens = minutes(20_160).find(|moment| open_by_the_clock(&hours, &zone, *moment));
        let found = schedule.opens_at(from).filter(|opens| opens.0 < from.0 + 20_160 * MINUTE_MS);
        prop_assert_eq!(found, opens);
    }

    #[test]
    fn a_deadline_is_that_much_open_time_away(
        hours in hours(), begin in 0i64..10_000, minutes in 1i64..5_000, name in prop::sample::select(&ZONES[..])
    ) {
        let (zone, _) = zone(name);
        let schedule = Schedule { hours: &hours, zone: &zone };
        let from = Time(at("2026-03-26T00:00:00Z").0 + begin * MINUTE_MS);
        match schedule.after_open_ms(from, minutes * MINUTE_MS) {
            Some(due) => {
                prop_assert_eq!(schedule.open_ms(from, due), minutes * MINUTE_MS);
                prop_assert!(schedule.is_open(Time(due.0 - 1)));
            }
            None => {
                let far = Time(from.0 + 700 * 1440 * MINUTE_MS);
                prop_assert!(schedule.open_ms(from, far) < minutes * MINUTE_MS);
            }
        }
    }
}

#[test]
fn the_night_the_clocks_change_is_counted_as_it_is() {
    let (zone, _) = zone("Europe/Berlin");
    let night = vec!["22:00-06:00".parse().unwrap()];
    let weekly = Weekly { saturday: night, ..Weekly::default() };
    let hours = Hours { weekly, holidays: vec![] };
    let schedule = Schedule { hours: &hours, zone: &zone };
    let open = |from: &str, to: &str| schedule.open_ms(at(from), at(to)) / 3_600_000;
    assert_eq!(open("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 7);
    assert_eq!(open("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), 9);
    assert_eq!(open("2026-06-06T12:00:00Z", "2026-06-07T12:00:00Z"), 8);
}

#[test]
fn always_open_never_closes_and_never_open_never_opens() {
    let all = vec!["00:00-24:00".parse::<Span>().unwrap()];
    let weekly = Weekly {
        monday: all.clone(),
        tuesday: all.clone(),
        wednesday: all.clone(),
        thursday: all.clone(),
        friday: all.clone(),
        saturday: all.clone(),
        sunday: all,
    };
    let (zone, _) = zone("America/New_York");
    let always = Hours { weekly, holidays: vec![] };
    let schedule = Schedule { hours: &always, zone: &zone };
    let now = at("2026-11-01T05:59:59.999Z");
    assert_eq!((schedule.opens_at(now), schedule.closes_at(now)), (Some(now), None));
    assert_eq!(schedule.after_open_ms(now, 86_400_000), Some(Time(now.0 + 86_400_000)));

    let never = Hours::default();
    let schedule = Schedule { hours: &never, zone: &zone };
    let nothing = (schedule.opens_at(now), schedule.closes_at(now), schedule.after_open_ms(now, 1));
    assert_eq!(nothing, (None, None, None));
    assert_eq!(schedule.open_ms(now, Time(i64::MAX)), 0);
}

#[test]
fn it_closes_when_the_span_ends_and_opens_after_the_holiday() {
    let work: Vec<Span> = vec!["09:00-13:00".parse().unwrap(), "14:00-18:00".parse().unwrap()];
    let weekly = Weekly { thursday: work.clone(), friday: work.clone(), monday: work, ..Weekly::default() };
    let holidays = vec![Holiday { day: day("2026-12-25"), name: Some("Christmas".into()), spans: vec![] }];
    let hours = Hours { weekly, holidays };
    let (zone, _) = zone("Europe/Berlin");
    let schedule = Schedule { hours: &hours, zone: &zone };
    assert_eq!(schedule.closes_at(at("2026-12-24T09:00:00Z")), Some(at("2026-12-24T12:00:00Z")));
    assert_eq!(schedule.opens_at(at("2026-12-24T12:00:00Z")), Some(at("2026-12-24T13:00:00Z")));
    assert_eq!(schedule.opens_at(at("2026-12-24T17:00:00Z")), Some(at("2026-12-28T08:00:00Z")));
    assert_eq!(schedule.closes_at(at("2026-12-25T10:00:00Z")), None);
}
