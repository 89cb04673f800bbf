//! Customers come, people take work, and time passes from one event to the next.

use crate::chance::milliseconds;
use crate::limits::{EVENTS_MAX, RENEW_AFTER, WEEK_S};
use crate::load::{Customer, Load};
use crate::log::{Log, What};
use crate::router::{Router, Trouble};
use crate::scenario::Scenario;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use tierline_domain::ids::{LineId, PersonId};
use tierline_domain::time::Time;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// Somebody's shift ends; before others begin at the same time.
    WentOff(usize),
    CameOn(usize),
    /// The work of a person is done.
    Done(usize),
    /// A person at work renews the lease. The number tells one piece of work from the next.
    Renews(usize, u64),
    Lapses(usize),
    GivesUp(usize),
    Comes(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting,
    Held,
    Gone,
}

struct Ticket {
    phase: Phase,
    visit: usize,
    is_dropped: bool,
}

struct Working {
    on: bool,
    holds: Option<usize>,
    idle_since: Time,
    works: u64,
}

struct Engine<'a> {
    scenario: &'a Scenario,
    load: &'a Load,
    router: &'a mut dyn Router,
    now: Time,
    events: BinaryHeap<Reverse<(Time, u64, Event)>>,
    sequence: u64,
    tickets: Vec<Ticket>,
    people: Vec<Working>,
    claims: usize,
    /// How many services have begun on a line.
    begun: BTreeMap<LineId, usize>,
    open: usize,
    log: Log,
}

/// Takes the load through the router, until every customer is served or has given up.
///
/// A person takes work from the first of their lines that has any. Of idle people, who has been idle longest asks first.
pub fn run(scenario: &Scenario, load: &Load, router: &mut dyn Router) -> Result<Log, Trouble> {
    let people = scenario.people.iter().map(|worker| Working {
        on: worker.shifts.is_empty(),
        holds: None,
        idle_since: scenario.start,
        works: 0,
    });
    let mut engine = Engine {
        scenario,
        load,
        router,
        now: scenario.start,
        events: BinaryHeap::new(),
        sequence: 0,
        tickets: vec![],
        people: people.collect(),
        claims: 0,
        begun: BTreeMap::new(),
        open: load.0.len(),
        log: Log::default(),
    };
    engine.begin();
    while let Some(Reverse((at, _, event))) = engine.events.pop() {
        if engine.open == 0 {
            break;
        }
        if engine.sequence > EVENTS_MAX {
            return Err(Trouble::TooMuch { what: "events", limit: EVENTS_MAX });
        }
        engine.now = at;
        engine.meet(event)?;
    }
    Ok(engine.log)
}

impl Engine<'_> {
    fn begin(&mut self) {
        for (number, customer) in self.load.0.iter().enumerate() {
            self.events.push(Reverse((customer.at, number as u64, Event::Comes(number))));
        }
        self.sequence = self.load.0.len() as u64;
        for (number, worker) in self.scenario.people.iter().enumerate() {
            if worker.shifts.is_empty() {
                self.log.push(self.now, What::CameOn { person: worker.id.clone() });
            }
            for shift in &worker.shifts {
                self.schedule(self.scenario.start.plus_s(shift.from_s), Event::CameOn(number));
                self.schedule(self.scenario.start.plus_s(shift.to_s), Event::WentOff(number));
            }
        }
    }

    fn schedule(&mut self, at: Time, event: Event) {
        self.sequence += 1;
        self.events.push(Reverse((at, self.sequence, event)));
    }

    fn after_ms(&self, milliseconds: i64) -> Time {
        Time(self.now.0.saturating_add(milliseconds))
    }

    fn meet(&mut self, event: Event) -> Result<(), Trouble> {
        match event {
            Event::Comes(number) => self.comes(number),
            Event::GivesUp(number) => self.gives_up(number),
            Event::Done(person) => self.done(person),
            Event::Renews(person, work) => self.renews(person, work),
            Event::Lapses(person) => self.lapses(person),
            Event::CameOn(person) => self.shift(person, true),
            Event::WentOff(person) => self.shift(person, false),
        }
    }

    fn customer(&self, number: usize) -> Result<&Customer, Trouble> {
        self.load.0.get(number).ok_or_else(|| Trouble::Scenario(format!("there is no customer {number}")))
    }

    fn ticket(&mut self, number: usize) -> Result<&mut Ticket, Trouble> {
        self.tickets.get_mut(number).ok_or_else(|| Trouble::Scenario(format!("there is no ticket {number}")))
    }

    fn person(&mut self, number: usize) -> Result<&mut Working, Trouble> {
        self.people.get_mut(number).ok_or_else(|| Trouble::Scenario(format!("there is no person {number}")))
    }

    fn id(&self, person: usize) -> Result<PersonId, Trouble> {
        let worker = self.scenario.people.get(person).map(|worker| worker.id.clone());
        worker.ok_or_else(|| Trouble::Scenario(format!("there is no person {person}")))
    }

    fn comes(&mut self, number: usize) -> Result<(), Trouble> {
        let customer = self.customer(number)?.clone();
        let (v, e) = self.router.enter(self.now, number, &customer)?;
        let is_dropped = customer.is_dropped;
        self.tickets.push(Ticket { phase: Phase::Waiting, visit: 0, is_dropped });
        if let Some(patience_ms) = customer.patience_ms {
            self.schedule(self.after_ms(patience_ms), Event::GivesUp(number));
        }
        self.entered(number, &customer, (v, e), 0)
    }

    fn entered(
        &mut self,
        number: usize,
        customer: &Customer,
        (v, e): (Time, Time),
        visit: usize,
    ) -> Result<(), Trouble> {
        let Some(line) = customer.visits.get(visit).map(|visit| visit.line.clone()) else { return Ok(()) };
        let what = What::Entered {
            ticket: number,
            group: customer.group,
            line: line.clone(),
            v,
            e,
            skills: customer.skills.clone(),
            is_new: visit == 0,
        };
        self.log.push(self.now, what);
        self.wake(&line, &customer.skills)
    }

    /// One ticket is to be had: who has been idle longest tries first.
    fn wake(&mut self, line: &LineId, skills: &[String]) -> Result<(), Trouble> {
        let idle = self.people.iter().zip(&self.scenario.people).enumerate();
        let idle = idle.filter(|(_, (working, worker))| {
            working.on && working.holds.is_none() && worker.fits(line, skills)
        });
        let mut idle: Vec<_> = idle.map(|(number, (working, _))| (working.idle_since, number)).collect();
        idle.sort_unstable();
        for (_, person) in idle {
            if self.asks(person, line)? {
                break;
            }
        }
        Ok(())
    }

    /// Takes work from the first of their lines that has any.
    fn looks(&mut self, person: usize) -> Result<(), Trouble> {
        let now = self.now;
        let working = self.person(person)?;
        working.idle_since = now;
        if !working.on || working.holds.is_some() {
            return Ok(());
        }
        let lines = self.scenario.people.get(person).map(|worker| worker.lines.clone()).unwrap_or_default();
        for line in &lines {
            if self.asks(person, line)? {
                break;
            }
        }
        Ok(())
    }

    fn asks(&mut self, person: usize, line: &LineId) -> Result<bool, Trouble> {
        let id = self.id(person)?;
        let claim = self.claims;
        self.claims += 1;
        self.log.push(self.now, What::Asking { claim, person: id.clone(), line: line.clone() });
        let ticket = self.router.take(self.now, line, &id)?;
        self.log.push(self.now, What::Asked { claim, ticket });
        let Some(number) = ticket else { return Ok(false) };
        let ticket = self.ticket(number)?;
        ticket.phase = Phase::Held;
        let is_dropped = std::mem::take(&mut ticket.is_dropped);
        let working = self.person(person)?;
        working.holds = Some(number);
        working.works += 1;
        let lease_s = self.scenario.line(line).map_or(0, |line| line.lease_s);
        if is_dropped {
            self.schedule(self.now.plus_s(lease_s), Event::Lapses(person));
        } else {
            let service_ms = self.service_ms(number, line)?;
            self.schedule(self.after_ms(service_ms), Event::Done(person));
            self.plan_renewal(person, lease_s)?;
        }
        Ok(true)
    }

    fn service_ms(&mut self, number: usize, line: &LineId) -> Result<i64, Trouble> {
        let visit = self.ticket(number)?.visit;
        let mut of = number;
        if self.scenario.services_by_start {
            let begun = self.begun.entry(line.clone()).or_default();
            of = *begun;
            *begun += 1;
        }
        Ok(self.customer(of)?.visits.get(visit).map_or(1, |visit| visit.service_ms))
    }

    fn plan_renewal(&mut self, person: usize, lease_s: u32) -> Result<(), Trouble> {
        let works = self.person(person)?.works;
        let in_ms = milliseconds(f64::from(lease_s) * RENEW_AFTER);
        self.schedule(self.after_ms(in_ms), Event::Renews(person, works));
        Ok(())
    }

    fn renews(&mut self, person: usize, work: u64) -> Result<(), Trouble> {
        let working = self.person(person)?;
        let Some(number) = working.holds.filter(|_| working.works == work) else { return Ok(()) };
        let id = self.id(person)?;
        self.router.renew(self.now, number, &id)?;
        let visit = self.ticket(number)?.visit;
        let line = self.customer(number)?.visits.get(visit).map(|visit| visit.line.clone());
        let lease_s = line.and_then(|line| self.scenario.line(&line)).map_or(0, |line| line.lease_s);
        self.plan_renewal(person, lease_s)
    }

    fn done(&mut self, person: usize) -> Result<(), Trouble> {
        let id = self.id(person)?;
        let Some(number) = self.person(person)?.holds.take() else { return Ok(()) };
        let visit = self.ticket(number)?.visit + 1;
        let customer = self.customer(number)?.clone();
        self.log.push(self.now, What::Changing { ticket: number });
        let Some(next) = customer.visits.get(visit) else {
            self.router.solve(self.now, number, &id)?;
            self.log.push(self.now, What::Left { ticket: number, is_solved: true });
            self.ticket(number)?.phase = Phase::Gone;
            self.open -= 1;
            return self.looks(person);
        };
        let placed = self.router.hand_over(self.now, number, &id, &next.line)?;
        self.log.push(self.now, What::Left { ticket: number, is_solved: false });
        let ticket = self.ticket(number)?;
        (ticket.phase, ticket.visit) = (Phase::Waiting, visit);
        self.person(person)?.idle_since = self.now;
        self.entered(number, &customer, placed, visit)?;
        self.looks(person)
    }

    fn lapses(&mut self, person: usize) -> Result<(), Trouble> {
        let working = self.person(person)?;
        let Some(number) = working.holds.take() else { return Ok(()) };
        self.ticket(number)?.phase = Phase::Waiting;
        self.log.push(self.now, What::Lapsed { ticket: number });
        let visit = self.ticket(number)?.visit;
        let customer = self.customer(number)?.clone();
        self.person(person)?.idle_since = self.now;
        if let Some(visit) = customer.visits.get(visit) {
            self.wake(&visit.line, &customer.skills)?;
        }
        self.looks(person)
    }

    fn gives_up(&mut self, number: usize) -> Result<(), Trouble> {
        let ticket = self.ticket(number)?;
        if ticket.phase != Phase::Waiting || ticket.visit > 0 {
            return Ok(());
        }
        ticket.phase = Phase::Gone;
        self.open -= 1;
        self.log.push(self.now, What::Changing { ticket: number });
        self.router.give_up(self.now, number)?;
        self.log.push(self.now, What::GaveUp { ticket: number });
        Ok(())
    }

    fn shift(&mut self, person: usize, begins: bool) -> Result<(), Trouble> {
        let id = self.id(person)?;
        self.person(person)?.on = begins;
        // The next week's, as long as there is anybody to work for.
        let event = if begins { Event::CameOn(person) } else { Event::WentOff(person) };
        self.schedule(self.after_ms(WEEK_S * 1000), event);
        let what = if begins { What::CameOn { person: id } } else { What::WentOff { person: id } };
        self.log.push(self.now, what);
        if begins { self.looks(person) } else { Ok(()) }
    }
}
