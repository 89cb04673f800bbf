//! Who is expected on a line: by shifts and opening hours, by what people said of their presence, and by whom it was
//! served lately.

use super::{Staffing, Stretch};
use crate::hours::{Hours, Schedule, Weekly, Zone};
use crate::ids::{LineId, PersonId};
use crate::limits::{PLAN_DAYS, PLAN_SKILLS_MAX, PLAN_STRETCHES_MAX, RECENT_PEOPLE_MAX};
use crate::people::Person;
use crate::presence::{Presence, Roster};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seconds from now, from and to.
type Span = (u32, u32);

const HORIZON_S: u32 = PLAN_DAYS * 86_400;
/// Who took something so lately is at work, whatever shifts say or do not say.
const LATELY_S: i64 = 3600;
/// Who took something so lately is there until the line closes.
const TODAY_S: i64 = 12 * 3600;
/// Who took something within these days comes back when the line opens again.
const COMES_BACK_S: i64 = 7 * 86_400;
/// How far apart two plans can have been made at once: no request and no late read lasts longer.
const PLAN_RACE_MS: i64 = 60_000;

/// When people last took something from a line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Recent(BTreeMap<PersonId, Time>);

impl Recent {
    /// With what `person` takes now, without those of long ago; of more than [`RECENT_PEOPLE_MAX`] the latest.
    #[must_use]
    pub fn with(&self, person: &PersonId, now: Time) -> Self {
        let mut recent = self.clone();
        recent.0.insert(person.clone(), now);
        recent.0.retain(|_, at| now.since_ms(*at) <= COMES_BACK_S * 1000);
        while recent.0.len() > RECENT_PEOPLE_MAX {
            let Some(oldest) = recent.0.iter().min_by_key(|(_, at)| **at).map(|(id, _)| id.clone()) else {
                break;
            };
            recent.0.remove(&oldest);
        }
        recent
    }

    fn is_within(&self, person: &PersonId, now: Time, seconds: i64) -> bool {
        self.0.get(person).is_some_and(|at| now.since_ms(*at) <= seconds * 1000)
    }
}

/// How many people are expected from a moment on, for [`PLAN_DAYS`] days, and what they know. As JSON less than 8 KB where they
/// know few things beside languages, and never 40.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    #[serde(rename = "t")]
    at: Time,
    /// Which edition of what people said it is made from: it counts up with each word. An earlier build's are of none.
    #[serde(rename = "e", skip_serializing_if = "crate::is_default")]
    roster: u64,
    /// From so many seconds after that on, so many people; in order, the first from 0.
    #[serde(rename = "s")]
    stretches: Vec<(u32, u16)>,
    /// Those of them of whom only is known that they took something lately: an hour later nothing is known of them.
    #[serde(rename = "l")]
    loose: u16,
    /// How many know exactly this: languages, and skills beside them.
    #[serde(rename = "k")]
    knowing: Vec<(Vec<String>, u16)>,
}

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Which line.
    pub line: &'a LineId,
    /// The desk's people.
    pub people: &'a [Person],
    /// What they said.
    pub roster: &'a Roster,
    /// Which edition of it that is.
    pub edition: u64,
    /// Who took something lately.
    pub recent: &'a Recent,
    /// When the line is open; always, if none.
    pub opening: Option<Schedule<'a>>,
    /// Whose clocks shifts go by.
    pub zone: &'a Zone,
}

impl Plan {
    /// From `now` on.
    pub fn of(expected: Expected<'_>, now: Time) -> Self {
        let open = match expected.opening {
            Some(schedule) => spans(schedule, now),
            None => vec![(0, HORIZON_S)],
        };
        let mut changes: BTreeMap<u32, i32> = BTreeMap::new();
        let mut knowing: BTreeMap<Vec<String>, u16> = BTreeMap::new();
        let mut loose = 0_u16;
        for person in expected.people.iter().filter(|person| person.works_on(expected.line)) {
            let there = expected.when_there(person, &open, now);
            if there.is_empty() {
                continue;
            }
            loose = loose.saturating_add(u16::from(expected.is_loose(person, now)));
            let alike = knowing.entry(person.knows()).or_default();
            *alike = alike.saturating_add(1);
            for (from, to) in there {
                *changes.entry(from).or_default() += 1;
                *changes.entry(to).or_default() -= 1;
            }
        }
        let mut people = 0_i32;
        let mut stretches = vec![(0, 0)];
        for (from, change) in changes {
            people += change;
            let count = u16::try_from(people.max(0)).unwrap_or(u16::MAX);
            match stretches.last_mut() {
                Some(last) if last.0 == from => last.1 = count,
                Some(last) if last.1 == count => {}
                _ => stretches.push((from, count)),
            }
        }
        stretches.truncate(PLAN_STRETCHES_MAX);
        let roster = expected.edition;
        Self {
            at: now,
            roster,
            stretches,
            loose,
            knowing: knowing.into_iter().take(PLAN_SKILLS_MAX).collect(),
        }
    }

    /// This one, or `next`: two who make one at once, and whoever reads late what people said, leave the one that knows more
    /// of it. A minute later they are not at once any more.
    #[must_use]
    pub(super) fn or(&self, next: Self) -> Self {
        let at_once = next.at.0.abs_diff(self.at.0) < PLAN_RACE_MS.unsigned_abs();
        if at_once && self.roster > next.roster { self.clone() } else { next }
    }

    /// People from `now` on; none if the plan does not reach that far.
    pub fn staffing(&self, now: Time) -> Option<Staffing> {
        #[allow(clippy::cast_precision_loss)] // Days.
        let passed_s = now.since_ms(self.at).max(0) as f64 / 1000.0;
        if passed_s >= f64::from(HORIZON_S) {
            return None;
        }
        let gone = if now.since_ms(self.at) > LATELY_S * 1000 { self.loose } else { 0 };
        let mut stretches: Vec<Stretch> = vec![];
        for (from, people) in &self.stretches {
            let people = people.saturating_sub(gone);
            let stretch =
                Stretch { from_s: (f64::from(*from) - passed_s).max(0.0), people: f64::from(people) };
            match stretches.last_mut() {
                Some(last) if stretch.from_s <= last.from_s => *last = stretch,
                _ => stretches.push(stretch),
            }
        }
        Some(Staffing::new(stretches))
    }

    /// The share of those expected who have the skills; 1 if nobody has, as nothing is known then.
    pub fn fitting(&self, skills: &[String]) -> f64 {
        let mut all = 0_u32;
        let mut fit = 0_u32;
        for (knows, count) in &self.knowing {
            all += u32::from(*count);
            fit += if Person::suffices(knows, skills) { u32::from(*count) } else { 0 };
        }
        if fit == 0 { 1.0 } else { f64::from(fit) / f64::from(all) }
    }
}

impl Expected<'_> {
    fn when_there(&self, person: &Person, open: &[Span], now: Time) -> Vec<Span> {
        let regular = match &person.shifts {
            Some(weekly) => self.in_shifts(person, weekly, open, now),
            None if self.is_loose(person, now) => open.to_vec(),
            None if self.opening.is_none() => vec![],
            None if self.recent.is_within(&person.id, now, TODAY_S) => open.to_vec(),
            // Not now, it seems; but when the line opens the next time.
            None if self.recent.is_within(&person.id, now, COMES_BACK_S) => {
                open.iter().filter(|(from, _)| *from > 0).copied().collect()
            }
            None => vec![],
        };
        let Some(said) = self.roster.of(&person.id, now) else { return regular };
        let until = seconds_of(said.until.since_ms(now) / 1000);
        let later = both(&regular, &[(until, HORIZON_S)]);
        match said.state {
            Presence::OnShift => joined((0, until), &later),
            Presence::Away | Presence::WrapUp => later,
        }
    }

    /// Whether nothing says that they are there but that they took something lately.
    fn is_loose(&self, person: &Person, now: Time) -> bool {
        let says_nothing = person.shifts.is_none() && self.opening.is_none();
        let lately = self.recent.is_within(&person.id, now, LATELY_S);
        says_nothing && lately && self.roster.of(&person.id, now).is_none()
    }

    /// Shifts while the line is open; and who took something outside them just now works on for a while.
    fn in_shifts(&self, person: &Person, weekly: &Weekly, open: &[Span], now: Time) -> Vec<Span> {
        let hours = Hours { weekly: weekly.clone(), holidays: vec![] };
        let shifts = Schedule { hours: &hours, zone: self.zone };
        let regular = both(&spans(shifts, now), open);
        let took = self.recent.0.get(&person.id).filter(|at| now.since_ms(**at) <= LATELY_S * 1000);
        match took.filter(|at| !shifts.is_open(**at)) {
            Some(at) => joined((0, seconds_of(LATELY_S - now.since_ms(*at) / 1000)), &regular),
            None => regular,
        }
    }
}

/// When it is open from `now` on, as far as plans reach.
fn spans(schedule: Schedule<'_>, now: Time) -> Vec<Span> {
    let mut found: Vec<Span> = vec![];
    let mut at = now;
    while found.len() < PLAN_STRETCHES_MAX {
        let Some(from) = schedule.opens_at(at) else { break };
        let from_s = seconds_of(from.since_ms(now) / 1000);
        if from_s >= HORIZON_S {
            break;
        }
        match schedule.closes_at(from) {
            Some(to) => {
                found.push((from_s, seconds_of(to.since_ms(now) / 1000)));
                at = to;
            }
            None => {
                found.push((from_s, HORIZON_S));
                break;
            }
        }
    }
    found
}

fn seconds_of(seconds: i64) -> u32 {
    u32::try_from(seconds.max(0)).unwrap_or(HORIZON_S).min(HORIZON_S)
}

/// What is in both.
fn both(one: &[Span], other: &[Span]) -> Vec<Span> {
    let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))));
    pairs.filter(|(from, to)| from < to).collect()
}

/// `first`, which begins now, and what of `later` comes after it.
fn joined(first: Span, later: &[Span]) -> Vec<Span> {
    let rest = later.iter().map(|(from, to)| ((*from).max(first.1), *to)).filter(|(from, to)| from < to);
    std::iter::once(first).chain(rest).filter(|(from, to)| from < to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hours::Weekly;
    use crate::people::Role;
    use crate::presence::Said;

    const HOUR: u32 = 3600;

    fn at(hours: i64) -> Time {
        Time(hours * 3_600_000)
    }

    fn person(id: &str, languages: &[&str]) -> Person {
        let mut person = Person::new(PersonId::parse(id).unwrap(), id.into(), Role::Care);
        person.lines = vec![LineId::parse("care").unwrap()];
        person.languages = languages.iter().map(|&language| language.into()).collect();
        person
    }

    /// 1 January 1970 was a Thursday.
    fn weekdays(span: &str) -> Weekly {
        let day = || vec![span.parse().unwrap()];
        Weekly { thursday: day(), friday: day(), monday: day(), ..Weekly::default() }
    }

    struct Scene {
        people: Vec<Person>,
        roster: Roster,
        recent: Recent,
        hours: Option<Hours>,
    }

    impl Scene {
        fn of(people: Vec<Person>) -> Self {
            Self { people, roster: Roster::default(), recent: Recent::default(), hours: None }
        }

        fn plan(&self, now: Time) -> Plan {
            let (line, zone) = (LineId::parse("care").unwrap(), Zone::utc());
            let opening = self.hours.as_ref().map(|hours| Schedule { hours, zone: &zone });
            let Self { people, roster, recent, .. } = self;
            Plan::of(Expected { line: &line, people, roster, edition: 0, recent, opening, zone: &zone }, now)
        }
    }

    #[test]
    fn shifts_within_hours() {
        let mut ana = person("ana", &["en"]);
        ana.shifts = Some(weekdays("08:00-16:00"));
        let mut bo = person("bo", &["en", "de"]);
        bo.shifts = Some(weekdays("12:00-20:00"));
        let mut scene = Scene::of(vec![ana, bo, person("chen", &["ja"])]);
        scene.hours = Some(Hours { weekly: weekdays("09:00-18:00"), holidays: vec![] });
        let plan = scene.plan(at(10));
        assert_eq!(
            plan.stretches[..5],
            [(0, 1), (2 * HOUR, 2), (6 * HOUR, 1), (8 * HOUR, 0), (23 * HOUR, 1)]
        );
        assert_eq!((plan.fitting(&["lang:de".into()]), plan.fitting(&["lang:ja".into()])), (0.5, 1.0));
        // Two hours of people at noon are one hour on the clock; at five one hour is left of the day.
        let wait = |now: i64, work_s: f64| plan.staffing(at(now)).unwrap().seconds_for(work_s);
        assert_eq!(wait(12, 7200.0), Some(3600.0));
        assert_eq!(wait(17, 7200.0), Some(f64::from(17 * HOUR)));
        assert!(plan.staffing(at(10 + 24 * i64::from(PLAN_DAYS))).is_none(), "it does not reach that far");
    }

    #[test]
    fn who_took_something_lately_is_there_and_comes_back_when_it_opens() {
        let mut scene = Scene::of(vec![person("ana", &["en"]), person("bo", &["en"])]);
        assert_eq!(scene.plan(at(10)).stretches, [(0, 0)], "nobody is known to come");
        scene.recent = Recent::default().with(&scene.people[0].id, at(10));
        let plan = scene.plan(at(10));
        let there = |plan: &Plan, now: i64| plan.staffing(at(now)).unwrap().people_now();
        assert_eq!(
            (there(&plan, 10), there(&plan, 11), there(&plan, 12)),
            (1.0, 1.0, 0.0),
            "an hour is all we know"
        );
        assert_eq!(scene.plan(at(12)).stretches, [(0, 0)]);
        scene.hours = Some(Hours { weekly: weekdays("09:00-18:00"), holidays: vec![] });
        assert_eq!(scene.plan(at(10)).stretches[..3], [(0, 1), (8 * HOUR, 0), (23 * HOUR, 1)]);
        assert_eq!(there(&scene.plan(at(10)), 17), 1.0, "with hours they are there until it closes");
        assert_eq!(
            scene.plan(at(34)).stretches[..3],
            [(0, 0), (71 * HOUR, 1), (80 * HOUR, 0)],
            "but not seen today"
        );
        assert_eq!(scene.plan(at(10 + 8 * 24)).stretches, [(0, 0)], "a week later nobody counts on it");
    }

    #[test]
    fn what_people_say_counts_until_it_ends() {
        let mut ana = person("ana", &["en"]);
        ana.shifts = Some(weekdays("08:00-16:00"));
        let mut scene = Scene::of(vec![ana]);
        let say = |state, until: i64| {
            Roster::default().with(&PersonId::parse("ana").unwrap(), Said { state, until: at(until) }, at(0))
        };
        scene.roster = say(Presence::Away, 11);
        assert_eq!(scene.plan(at(10)).stretches[..3], [(0, 0), (HOUR, 1), (6 * HOUR, 0)]);
        scene.roster = say(Presence::OnShift, 18);
        assert_eq!(scene.plan(at(10)).stretches[..2], [(0, 1), (8 * HOUR, 0)]);
        scene.roster = Roster::default();
        scene.recent = Recent::default().with(&scene.people[0].id, at(15));
        assert_eq!(scene.plan(at(16)).stretches[..2], [(0, 0), (16 * HOUR, 1)], "home in time");
        scene.recent = Recent::default().with(&scene.people[0].id, at(17));
        assert_eq!(scene.plan(at(17)).stretches[..3], [(0, 1), (HOUR, 0), (15 * HOUR, 1)], "past the shift");
    }

    #[test]
    fn of_two_made_at_once_the_one_that_knows_more_stays() {
        let scene = Scene::of(vec![person("ana", &["en"])]);
        let of = |roster: u64, now: Time| Plan { roster, ..scene.plan(now) };
        let (now, later) = (at(10), Time(at(10).0 + PLAN_RACE_MS));
        assert_eq!(of(4, now).or(of(5, now)).roster, 5);
        assert_eq!(of(5, now).or(of(4, now)).roster, 5, "in whatever order they are written");
        assert_eq!(of(5, Time(now.0 + 1)).or(of(4, now)).roster, 5, "by whatever clocks");
        assert_eq!(of(5, now).or(of(5, later)).at, later);
        assert_eq!(
            of(5, now).or(of(4, later)).roster,
            4,
            "a count that began again is believed a minute later"
        );
        assert_eq!(of(5, later).or(of(4, now)).roster, 4);
        let earlier = serde_json::to_value(of(0, now)).unwrap();
        assert_eq!(earlier.get("e"), None, "as an earlier build writes it");
        assert_eq!(
            serde_json::from_value::<Plan>(serde_json::to_value(of(7, now)).unwrap()).unwrap(),
            of(7, now)
        );
    }

    #[test]
    fn it_stays_small() {
        let shifts = |number: usize| {
            weekdays(&format!("{:02}:{:02}-{:02}:00", number % 12, number % 60, 12 + number % 12))
        };
        let many = (0..1_000).map(|number| {
            let mut one = person(&format!("p-{number}"), &[&format!("l{number}")]);
            one.shifts = Some(shifts(number));
            one
        });
        let mut scene = Scene::of(many.collect());
        for person in &scene.people {
            scene.recent = scene.recent.with(&person.id, at(1));
        }
        let bytes = serde_json::to_vec(&(scene.plan(at(1)), &scene.recent)).unwrap().len();
        assert!(bytes < 8_000, "{bytes}");
    }
}
