//! Who is there: by what people said, their shifts, and the tickets they hold. Never by a browser that was left open:
//! whatever somebody says of themselves ends.

use crate::hours::{Hours, Schedule, Zone};
use crate::ids::PersonId;
use crate::people::Person;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What somebody says of themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// At work, also outside their shifts.
    OnShift,
    /// Not at work, also in their shifts.
    Away,
    /// Ending something: at work, and taking nothing new.
    WrapUp,
}

impl Presence {
    /// Seconds it lasts if nobody says how long.
    pub fn usual_s(self) -> u32 {
        match self {
            Self::OnShift | Self::Away => 8 * 3600,
            Self::WrapUp => 600,
        }
    }
}

/// What somebody said, and until when it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What.
    pub state: Presence,
    /// It is not so any more then.
    pub until: Time,
}

/// What the people of a desk said, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roster(BTreeMap<PersonId, Said>);

impl Roster {
    /// What somebody said that still holds.
    pub fn of(&self, person: &PersonId, now: Time) -> Option<Said> {
        self.0.get(person).copied().filter(|said| said.until > now)
    }

    /// With what somebody says now, and without what holds no longer: it has no more entries than people.
    #[must_use]
    pub fn with(&self, person: &PersonId, said: Said, now: Time) -> Self {
        let mut roster = self.clone();
        roster.0.retain(|_, said| said.until > now);
        roster.0.insert(person.clone(), said);
        roster
    }

    /// Whether somebody is there for a line that is `open`: they hold a ticket of it, or said so, or it is their shift.
    /// Who has no shifts and says nothing is not counted on.
    pub fn is_there(&self, person: &Person, (holds, open): (bool, bool), zone: &Zone, now: Time) -> bool {
        let in_shift = || {
            open && person.shifts.as_ref().is_some_and(|weekly| {
                let hours = Hours { weekly: weekly.clone(), holidays: vec![] };
                Schedule { hours: &hours, zone }.is_open(now)
            })
        };
        holds
            || match self.of(&person.id, now).map(|said| said.state) {
                Some(Presence::OnShift) => true,
                Some(Presence::Away | Presence::WrapUp) => false,
                None => in_shift(),
            }
    }
}

/// That nobody who could do something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// When somebody is expected; none if that is not known.
    pub back_at: Option<Time>,
}

impl Roster {
    /// Whether all of `people` are known not to be there, at a line that is open. Who has no shifts and says nothing may be:
    /// nothing is claimed of them.
    pub fn missing<'a>(
        &self,
        people: impl Iterator<Item = &'a Person>,
        zone: &Zone,
        now: Time,
    ) -> Option<Missing> {
        let mut back_at: Option<Time> = None;
        for person in people {
            let back = match self.of(&person.id, now) {
                Some(Said { state: Presence::OnShift, .. }) => return None,
                Some(said) => comes_at(person, zone, said.until),
                None if person.shifts.is_none() => return None,
                None => comes_at(person, zone, now),
            };
            if back == Some(now) {
                return None;
            }
            back_at = back_at.into_iter().chain(back).min();
        }
        Some(Missing { back_at })
    }
}

/// When somebody is there who is expected from `from` on; none if no shift of theirs is planned.
fn comes_at(person: &Person, zone: &Zone, from: Time) -> Option<Time> {
    let Some(weekly) = &person.shifts else { return Some(from) };
    let hours = Hours { weekly: weekly.clone(), holidays: vec![] };
    Schedule { hours: &hours, zone }.opens_at(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hours::Weekly;
    use crate::people::Role;

    #[test]
    fn what_is_said_counts_until_it_ends_and_then_the_shift() {
        // 1 January 1970 was a Thursday.
        let shifts = Weekly { thursday: vec!["00:00-01:00".parse().unwrap()], ..Weekly::default() };
        let mut ana = Person::new(PersonId::parse("ana").unwrap(), "Ana".into(), Role::Care);
        let (zone, nobody) = (Zone::utc(), Roster::default());
        let there = |roster: &Roster, person: &Person, holds, open, minute: i64| {
            roster.is_there(person, (holds, open), &zone, Time(minute * 60_000))
        };
        assert!(!there(&nobody, &ana, false, true, 30), "no shifts, no word");
        assert!(there(&nobody, &ana, true, true, 30), "but a ticket in hand");
        ana.shifts = Some(shifts);
        assert!(there(&nobody, &ana, false, true, 30) && !there(&nobody, &ana, false, true, 61));
        assert!(!there(&nobody, &ana, false, false, 30), "nobody comes on a holiday");
        let say =
            |state, until: i64| nobody.with(&ana.id, Said { state, until: Time(until * 60_000) }, Time(0));
        let away = say(Presence::Away, 20);
        assert!(!there(&away, &ana, false, true, 10) && there(&away, &ana, false, true, 20));
        let wrapping = say(Presence::WrapUp, 20);
        assert!(!there(&wrapping, &ana, false, true, 10) && there(&wrapping, &ana, true, true, 10));
        let on = say(Presence::OnShift, 90);
        assert!(there(&on, &ana, false, true, 70) && !there(&on, &ana, false, true, 90));
        let later = on.with(
            &PersonId::parse("bo").unwrap(),
            Said { state: Presence::Away, until: Time(1) },
            Time(i64::MAX - 1),
        );
        assert_eq!(later.of(&ana.id, Time(0)), None, "what is over is forgotten");
    }

    #[test]
    fn nobody_is_there_only_if_that_is_known_of_everybody() {
        const MINUTE: i64 = 60_000;
        let shifts = |span: &str| Weekly { thursday: vec![span.parse().unwrap()], ..Weekly::default() };
        let mut ana = Person::new(PersonId::parse("ana").unwrap(), "Ana".into(), Role::Care);
        let bo = Person::new(PersonId::parse("bo").unwrap(), "Bo".into(), Role::Care);
        ana.shifts = Some(shifts("01:00-02:00"));
        let (zone, silent) = (Zone::utc(), Roster::default());
        let missing = |roster: &Roster, people: &[&Person], minute: i64| {
            let found = roster.missing(people.iter().copied(), &zone, Time(minute * MINUTE));
            found.map(|missing| missing.back_at.map(|at| at.0 / MINUTE))
        };
        assert_eq!(missing(&silent, &[], 0), Some(None), "a line that nobody is on");
        assert_eq!(missing(&silent, &[&ana], 0), Some(Some(60)), "before her shift");
        assert_eq!(missing(&silent, &[&ana], 60), None, "in it");
        assert_eq!(missing(&silent, &[&ana], 120), Some(Some(7 * 24 * 60 + 60)), "after it");
        assert_eq!(missing(&silent, &[&ana, &bo], 0), None, "of Bo nothing is known");
        let said =
            |state, until: i64| silent.with(&bo.id, Said { state, until: Time(until * MINUTE) }, Time(0));
        assert_eq!(
            missing(&said(Presence::Away, 30), &[&ana, &bo], 0),
            Some(Some(30)),
            "he is back before her"
        );
        assert_eq!(missing(&said(Presence::WrapUp, 90), &[&ana, &bo], 0), Some(Some(60)));
        assert_eq!(missing(&said(Presence::OnShift, 90), &[&ana, &bo], 0), None);
        let away = silent.with(&ana.id, Said { state: Presence::Away, until: Time(90 * MINUTE) }, Time(0));
        assert_eq!(missing(&away, &[&ana], 70), Some(Some(90)), "away in her shift, and back in it");
    }
}
