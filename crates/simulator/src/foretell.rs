//! Forecasts played on a log: each line's [`Outlook`] sees what the desk would see, when it would see it, and tells every
//! ticket that must wait how long. What came of it is kept beside.

use crate::desk::Tellings;
use crate::limits::WEEK_S;
use crate::log::{Log, What};
use crate::scenario::Scenario;
use crate::story::seconds;
use std::collections::{BTreeMap, BTreeSet};
use tierline_domain::forecast::{Given, Outcome, Outlook, Staffing, Standing, Stretch, Thin};
use tierline_domain::ids::{LineId, PersonId};
use tierline_domain::time::Time;

/// One ticket that had to wait, what it was told, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// In which line.
    pub line: LineId,
    /// Of which of the scenario's groups.
    pub group: usize,
    /// When it entered.
    pub entered: Time,
    /// Seconds by which its virtual arrival lay before that.
    pub advantage_s: f64,
    /// Free tickets ahead of it.
    pub ahead: u32,
    /// People on shift who could take it.
    pub people: f64,
    /// What it was told.
    pub given: Result<Given, Thin>,
    /// How long it waited, or until the customer gave up.
    pub outcome: Outcome,
}

/// How far ahead shifts are looked at.
const HORIZON_S: i64 = 3 * 86_400;

struct Waiting {
    group: usize,
    entered: Time,
    place: (Time, Time, usize),
    ahead: u32,
    people: f64,
    given: Result<Given, Thin>,
}

#[derive(Default)]
struct Line {
    outlook: Outlook,
    free: BTreeSet<(Time, Time, usize)>,
    forecast: BTreeMap<usize, Waiting>,
}

/// Plays the log. Tickets that found somebody free were taken at once: they are told nothing and count for nothing here.
pub fn foretell(scenario: &Scenario, log: &Log) -> Vec<Told> {
    play(scenario, log, None)
}

/// The same, with what the desk itself told.
pub fn told_by_desk(scenario: &Scenario, log: &Log, tellings: &Tellings) -> Vec<Told> {
    play(scenario, log, Some(tellings))
}

fn play(scenario: &Scenario, log: &Log, tellings: Option<&Tellings>) -> Vec<Told> {
    let mut lines: BTreeMap<LineId, Line> = BTreeMap::new();
    let mut places: BTreeMap<usize, (LineId, (Time, Time, usize))> = BTreeMap::new();
    let mut on = BTreeSet::new();
    let mut told = vec![];
    for entry in &log.0 {
        let now = entry.at;
        match &entry.what {
            What::CameOn { person } => drop(on.insert(person.clone())),
            What::WentOff { person } => drop(on.remove(person)),
            What::Entered { ticket, group, line, v, e, skills, .. } => {
                let place = (*v, *e, *ticket);
                let at = lines.entry(line.clone()).or_default();
                let mut waiting = at.enters(scenario, &on, now, (*group, place, line, skills));
                if let Some(tellings) = tellings {
                    waiting.given = tellings.get(&(*ticket, now)).copied().unwrap_or(Err(Thin::FewClaims));
                }
                at.free.insert(place);
                at.forecast.insert(*ticket, waiting);
                places.insert(*ticket, (line.clone(), place));
            }
            What::Lapsed { ticket } => {
                if let Some((line, place)) = places.get(ticket) {
                    lines.entry(line.clone()).or_default().free.insert(*place);
                }
            }
            What::Asked { ticket: Some(ticket), .. } => {
                let Some((line, place)) = places.get(ticket) else { continue };
                let people = people_on(scenario, &on, line);
                let at = lines.entry(line.clone()).or_default();
                at.free.remove(place);
                if let Some(waiting) = at.forecast.remove(ticket) {
                    let wait_s = seconds(now.since_ms(waiting.entered));
                    let left = u32::try_from(at.free.len()).unwrap_or(u32::MAX);
                    at.outlook.taken(now, waiting.entered, waiting.advantage_s(), left, people);
                    if wait_s > 0.0 {
                        told.push(at.came_of(line, waiting, Outcome::Taken(wait_s)));
                    }
                }
            }
            What::GaveUp { ticket } => {
                let Some((line, place)) = places.get(ticket) else { continue };
                let at = lines.entry(line.clone()).or_default();
                at.free.remove(place);
                if let Some(waiting) = at.forecast.remove(ticket) {
                    let after_s = seconds(now.since_ms(waiting.entered));
                    told.push(at.came_of(line, waiting, Outcome::GaveUp(after_s)));
                }
            }
            _ => {}
        }
    }
    told
}

impl Waiting {
    fn advantage_s(&self) -> f64 {
        seconds(self.entered.since_ms(self.place.0))
    }
}

impl Line {
    fn enters(
        &self,
        scenario: &Scenario,
        on: &BTreeSet<PersonId>,
        now: Time,
        (group, place, line, skills): (usize, (Time, Time, usize), &LineId, &[String]),
    ) -> Waiting {
        let ahead = u32::try_from(self.free.range(..place).count()).unwrap_or(u32::MAX);
        let all = people_on(scenario, on, line);
        let fit =
            scenario.people.iter().filter(|worker| on.contains(&worker.id) && worker.fits(line, skills));
        #[allow(clippy::cast_precision_loss)] // A handful.
        let people = fit.count() as f64;
        let advantage_s = seconds(now.since_ms(place.0));
        let fitting = if all > 0.0 && people > 0.0 { people / all } else { 1.0 };
        let standing = Standing { ahead, advantage_s, fitting };
        let staffing = staffing(scenario, line, now, all);
        let given = self.outlook.forecast(now, hour(scenario, now), standing, &staffing);
        Waiting { group, entered: now, place, ahead, people, given }
    }

    fn came_of(&mut self, line: &LineId, waiting: Waiting, outcome: Outcome) -> Told {
        if let Ok(given) = &waiting.given {
            self.outlook.judge(given, outcome);
        }
        Told {
            line: line.clone(),
            group: waiting.group,
            entered: waiting.entered,
            advantage_s: waiting.advantage_s(),
            ahead: waiting.ahead,
            people: waiting.people,
            given: waiting.given,
            outcome,
        }
    }
}

fn people_on(scenario: &Scenario, on: &BTreeSet<PersonId>, line: &LineId) -> f64 {
    let workers =
        scenario.people.iter().filter(|worker| worker.lines.contains(line) && on.contains(&worker.id));
    #[allow(clippy::cast_precision_loss)] // A handful.
    let count = workers.count() as f64;
    count
}

fn since_start_s(scenario: &Scenario, now: Time) -> i64 {
    now.since_ms(scenario.start) / 1000
}

fn hour(scenario: &Scenario, now: Time) -> u8 {
    u8::try_from(since_start_s(scenario, now) / 3600 % 24).unwrap_or_default()
}

/// Who is on the line from now on, by the shifts.
fn staffing(scenario: &Scenario, line: &LineId, now: Time, people: f64) -> Staffing {
    let at_s = since_start_s(scenario, now).rem_euclid(WEEK_S);
    let shifts =
        scenario.people.iter().filter(|worker| worker.lines.contains(line)).flat_map(|worker| &worker.shifts);
    let changes = shifts.flat_map(|shift| [(shift.from_s, 1.0), (shift.to_s, -1.0)]);
    let mut changes: Vec<(i64, f64)> =
        changes.map(|(second, change)| ((i64::from(second) - at_s).rem_euclid(WEEK_S), change)).collect();
    changes.retain(|(in_s, _)| *in_s > 0 && *in_s < HORIZON_S);
    changes.sort_by_key(|(in_s, _)| *in_s);
    let mut stretches = vec![Stretch { from_s: 0.0, people }];
    let mut people = people;
    for (in_s, change) in changes {
        people = (people + change).max(0.0);
        let from_s = seconds(in_s * 1000);
        match stretches.last_mut().filter(|last| last.from_s >= from_s) {
            Some(last) => last.people = people,
            None => stretches.push(Stretch { from_s, people }),
        }
    }
    Staffing::new(stretches)
}
