//! Scenarios that the tests and the documents speak of.

use crate::scenario::{Arrivals, Burst, Group, LineModel, Scenario, Shift, Span, Step, Worker};
use tierline_domain::ids::{LineId, PersonId};
use tierline_domain::time::Time;

/// A Monday: 2026-01-05, 00:00 UTC.
pub const MONDAY: Time = Time(1_767_571_200_000);
/// Seconds of an hour.
const HOUR_S: u32 = 3600;

/// # Panics
/// Never: the names in this file are slugs.
fn line_id(name: &str) -> LineId {
    #[allow(clippy::expect_used)] // Written here, not typed by anybody.
    LineId::parse(name).expect("a slug")
}

fn worker(name: &str, lines: &[&str], languages: &[&str], shifts: &[Shift]) -> Worker {
    #[allow(clippy::expect_used)] // Written here, not typed by anybody.
    let id = PersonId::parse(name).expect("a slug");
    let lines = lines.iter().map(|line| line_id(line)).collect();
    let languages = languages.iter().map(|code| (*code).to_owned()).collect();
    Worker { id, lines, languages, skills: vec![], room: None, shifts: shifts.to_vec() }
}

fn line(name: &str, lease_s: u32) -> LineModel {
    LineModel { id: line_id(name), lease_s }
}

fn step(line: &str, service: Span, goes_on: f64) -> Step {
    Step { line: line_id(line), service, goes_on }
}

fn group(name: &str, arrivals: Arrivals, path: Vec<Step>) -> Group {
    Group {
        name: name.to_owned(),
        arrivals,
        path,
        head_start_s: 0,
        weight: 0,
        skills: vec![],
        patience: None,
        dropped_share: 0.0,
    }
}

/// The desk that Erlang's formula is about: one line, equal people who are always there, ten-minute work.
/// `used` is the share of their time that is asked for.
pub fn one_line(people: u32, used: f64, open_s: u32) -> Scenario {
    let service = Span::Exponential { mean_s: 600.0 };
    let per_hour = used * f64::from(people) * 6.0;
    Scenario {
        name: "one line".to_owned(),
        start: MONDAY,
        open_s,
        head_start_max_s: 1800,
        capacity_units: 0,
        lines: vec![line("care", 86_400)],
        groups: vec![group("everybody", Arrivals::steady(per_hour), vec![step("care", service, 0.0)])],
        people: (0..people).map(|number| worker(&format!("p{number}"), &["care"], &[], &[])).collect(),
        services_by_start: false,
    }
}

/// Three groups on one line, with head starts of 0, 10 and 30 minutes, and weights to match.
pub fn three_groups(people: u32, used: f64, open_s: u32) -> Scenario {
    let mut scenario = one_line(people, used, open_s);
    let shares = [("plain", 0.5, 0), ("standing", 0.3, 600), ("paid", 0.2, 1800)];
    let service = Span::Lognormal { median_s: 400.0, sigma: 0.9 };
    let per_hour = used * f64::from(people) * 3600.0 / service.mean_s();
    scenario.groups = shares
        .into_iter()
        .map(|(name, share, head_start_s)| {
            let path = vec![step("care", service.clone(), 0.0)];
            let group = group(name, Arrivals::steady(per_hour * share), path);
            Group { head_start_s, weight: head_start_s, ..group }
        })
        .collect();
    scenario
}

/// History B in 2011-12, on its worst day. Four technicians; work of 20 minutes on average, so they can do twelve
/// requests an hour. From 10 to 16 o'clock those who pay ask for 0.9 to 1.0 of that and all together for 1.15.
/// Who is long with the host has half of the head start, who pays all of it: half an hour.
pub fn history_b() -> Scenario {
    let rush = |per_hour: [f64; 6], usual: f64| Arrivals::Rates {
        per_hour: vec![usual],
        bursts: (10..)
            .zip(per_hour)
            .map(|(hour, per_hour)| Burst { from_s: hour * HOUR_S, to_s: (hour + 1) * HOUR_S, per_hour })
            .collect(),
    };
    let work = || vec![step("technicians", Span::Lognormal { median_s: 1011.5, sigma: 0.584 }, 0.0)];
    // Of twelve an hour: paying 0.9, 0.92, ... 1.0; all 1.15.
    let paying = [10.8, 11.04, 11.28, 11.52, 11.76, 12.0];
    let plain = paying.map(|paying| (13.8 - paying) / 2.0);
    Scenario {
        name: "history B, 2011-12".to_owned(),
        start: MONDAY,
        open_s: 24 * HOUR_S,
        head_start_max_s: 1800,
        capacity_units: 0,
        lines: vec![line("technicians", 3600)],
        groups: vec![
            Group { head_start_s: 1800, weight: 2, ..group("paying", rush(paying, 3.0), work()) },
            Group { head_start_s: 900, weight: 1, ..group("long-standing", rush(plain, 1.5), work()) },
            group("everybody else", rush(plain, 1.5), work()),
        ],
        people: (1..=4).map(|number| worker(&format!("t{number}"), &["technicians"], &[], &[])).collect(),
        services_by_start: false,
    }
}

/// A desk of three lines in three languages, where everything happens that can: hand-overs, skills, head starts, people
/// who walk off, customers who give up, shifts.
pub fn busy_desk(open_s: u32) -> Scenario {
    let by_day = |night: f64, day: f64| Arrivals::Rates {
        per_hour: (0..24).map(|hour| if (8..20).contains(&hour) { day } else { night }).collect(),
        bursts: vec![],
    };
    let care = |goes_on| step("care", Span::Lognormal { median_s: 300.0, sigma: 0.7 }, goes_on);
    let consult = |goes_on| step("consultants", Span::Lognormal { median_s: 500.0, sigma: 0.5 }, goes_on);
    let admin = || step("admins", Span::Lognormal { median_s: 1500.0, sigma: 1.0 }, 0.0);
    let patience = Some(Span::Exponential { mean_s: 5400.0 });
    let shifts = |from: u32, to: u32| -> Vec<Shift> {
        (0..7)
            .map(|day| Shift { from_s: (day * 24 + from) * HOUR_S, to_s: (day * 24 + to) * HOUR_S })
            .collect()
    };
    let (early, late) = (shifts(6, 15), shifts(13, 22));
    let (both, one) = (["care", "consultants"], ["care"]);
    Scenario {
        name: "a busy desk".to_owned(),
        start: MONDAY,
        open_s,
        head_start_max_s: 1800,
        capacity_units: 0,
        lines: vec![line("care", 600), line("consultants", 900), line("admins", 900)],
        groups: vec![
            Group {
                patience: patience.clone(),
                dropped_share: 0.05,
                ..group("plain", by_day(3.0, 24.0), vec![care(0.4), consult(0.3), admin()])
            },
            Group {
                head_start_s: 1800,
                weight: 3,
                ..group("paid", by_day(2.0, 6.0), vec![consult(0.3), admin()])
            },
            Group {
                head_start_s: 600,
                weight: 1,
                skills: vec!["lang:de".to_owned()],
                patience,
                ..group("german", by_day(0.5, 5.0), vec![care(0.3), consult(0.2)])
            },
            Group {
                head_start_s: 900,
                weight: 2,
                skills: vec!["lang:uk".to_owned()],
                dropped_share: 0.05,
                ..group("ukrainian", by_day(0.5, 3.0), vec![care(0.3), consult(0.2), admin()])
            },
        ],
        people: vec![
            worker("ana", &one, &["en", "de", "uk"], &early),
            worker("ben", &one, &["en"], &early),
            worker("cleo", &one, &["en", "de", "uk"], &late),
            worker("dara", &both, &["en", "uk", "de"], &late),
            worker("emil", &both, &["en", "de", "uk"], &early),
            worker("fay", &["consultants"], &["en", "de", "uk"], &late),
            worker("gus", &["consultants", "admins"], &["en", "uk"], &early),
            worker("hana", &["admins"], &["en", "uk"], &[]),
            worker("ivo", &["admins"], &["en", "uk"], &late),
        ],
        services_by_start: false,
    }
}

/// Seeds of the days that the documents show.
pub const HISTORY_B_DAYS: std::ops::Range<u64> = 0..40;
/// The six hours of [`history_b`] in which more is asked for than can be done, in seconds of the day.
pub const HISTORY_B_RUSH_S: std::ops::Range<u32> = 10 * HOUR_S..16 * HOUR_S;
/// What the picture of it is called.
pub const HISTORY_B_TITLE: &str = "Wait of those who came in six hours of overload, by group";

/// Weeks of an ordinary desk, round the clock: busy days, quiet nights and weekends, three lines with hand-overs, four kinds
/// of customers, shifts that overlap at noon, impatience. For forecasts.
pub fn ordinary_weeks(weeks: u32) -> Scenario {
    // By hour of the day, as a share of the busiest.
    const DAY: [f64; 24] = [
        0.16, 0.12, 0.10, 0.08, 0.08, 0.12, 0.25, 0.45, 0.75, 0.95, 1.0, 0.97, 0.9, 0.88, 0.95, 0.98, 0.9,
        0.8, 0.7, 0.62, 0.55, 0.45, 0.32, 0.22,
    ];
    let week = |busiest: f64| {
        let day = |day: u32| if day >= 5 { 0.55 } else { 1.0 };
        let per_hour = (0..7).flat_map(|number| DAY.iter().map(move |share| busiest * share * day(number)));
        Arrivals::Rates { per_hour: per_hour.collect(), bursts: vec![] }
    };
    let care = |goes_on| step("care", Span::Lognormal { median_s: 420.0, sigma: 0.6 }, goes_on);
    let consult = |goes_on| step("consultants", Span::Lognormal { median_s: 540.0, sigma: 0.5 }, goes_on);
    let admin = || step("admins", Span::Lognormal { median_s: 1300.0, sigma: 0.8 }, 0.0);
    let patience = |mean_s| Some(Span::Exponential { mean_s });
    let shifts = |days: std::ops::Range<u32>, from: u32, hours: u32| -> Vec<Shift> {
        let shift = |day: u32| {
            let from_s = (day * 24 + from) * HOUR_S;
            Shift { from_s, to_s: from_s + hours * HOUR_S }
        };
        days.map(shift).collect()
    };
    let mut people = vec![];
    let mut crew = |line: &str, night: u32, early: u32, late: u32, weekend: u32| {
        let mut add = |kind: &str, count: u32, shifts: &[Shift]| {
            people.extend(
                (0..count).map(|number| worker(&format!("{line}-{kind}-{number}"), &[line], &[], shifts)),
            );
        };
        add("night", night, &[]);
        add("early", early, &shifts(0..5, 7, 8));
        add("late", late, &shifts(0..5, 13, 8));
        add("weekend", weekend, &shifts(5..7, 9, 10));
    };
    crew("care", 1, 4, 4, 2);
    crew("consultants", 1, 2, 2, 1);
    crew("admins", 1, 2, 1, 1);
    Scenario {
        name: "ordinary weeks".to_owned(),
        start: MONDAY,
        open_s: weeks * 7 * 24 * HOUR_S,
        head_start_max_s: 1800,
        capacity_units: 0,
        lines: vec![line("care", 86_400), line("consultants", 86_400), line("admins", 86_400)],
        groups: vec![
            Group {
                patience: patience(7200.0),
                ..group("everybody else", week(18.0), vec![care(0.3), consult(0.3), admin()])
            },
            Group {
                head_start_s: 600,
                weight: 1,
                patience: patience(7200.0),
                ..group("urgent", week(5.0), vec![care(0.4), consult(0.3), admin()])
            },
            Group {
                head_start_s: 900,
                weight: 2,
                ..group("long-standing", week(6.0), vec![care(0.3), consult(0.25), admin()])
            },
            Group {
                head_start_s: 1800,
                weight: 3,
                ..group("paying", week(4.0), vec![consult(0.3), admin()])
            },
        ],
        people,
        services_by_start: false,
    }
}
