//! Orders of service without any of the desk's code: what it is compared with.

use crate::load::Customer;
use crate::router::{Placed, Router, Trouble};
use crate::scenario::{Scenario, Worker};
use std::collections::{BTreeMap, BTreeSet};
use tierline_domain::ids::{LineId, PersonId};
use tierline_domain::time::Time;

/// Who is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Entry less a bounded head start, as the desk has it: the same order from other code.
    VirtualArrival,
    /// The highest weight, whoever waits: weights without a bound. Equal weights, first come first served.
    HighestWeight,
}

/// Who comes first, then second, then third.
type Rank = (i64, i64, usize);

struct Held {
    line: LineId,
    rank: Rank,
    skills: Vec<String>,
    e: Time,
    lapses: Time,
}

/// Lines in plain memory.
pub struct Reference<'a> {
    scenario: &'a Scenario,
    order: Order,
    waiting: BTreeMap<LineId, BTreeSet<Rank>>,
    tickets: Vec<Held>,
    head_starts_s: Vec<(u32, u32)>,
}

impl<'a> Reference<'a> {
    /// Empty lines.
    pub fn new(scenario: &'a Scenario, order: Order) -> Self {
        Self { scenario, order, waiting: BTreeMap::new(), tickets: vec![], head_starts_s: vec![] }
    }

    fn rank(&self, number: usize, e: Time) -> (Time, Rank) {
        let (head_start_s, weight) = self.head_starts_s.get(number).copied().unwrap_or_default();
        let v = e.minus_ms(i64::from(head_start_s.min(self.scenario.head_start_max_s)) * 1000);
        match self.order {
            Order::VirtualArrival => (v, (v.0, e.0, number)),
            Order::HighestWeight => (e, (-i64::from(weight), e.0, number)),
        }
    }

    fn stand(&mut self, number: usize, line: &LineId, e: Time) -> Placed {
        let (v, rank) = self.rank(number, e);
        if let Some(held) = self.tickets.get_mut(number) {
            (held.line, held.rank, held.e) = (line.clone(), rank, e);
        }
        self.waiting.entry(line.clone()).or_default().insert(rank);
        (v, e)
    }

    /// Lapsed leases, back at their places.
    fn take_back(&mut self, now: Time) {
        for held in self.tickets.iter_mut().filter(|held| held.lapses <= now) {
            held.lapses = Time(i64::MAX);
            self.waiting.entry(held.line.clone()).or_default().insert(held.rank);
        }
    }

    fn leave(&mut self, number: usize) {
        if let Some(held) = self.tickets.get_mut(number) {
            held.lapses = Time(i64::MAX);
            if let Some(waiting) = self.waiting.get_mut(&held.line) {
                waiting.remove(&held.rank);
            }
        }
    }

    fn lease(&mut self, now: Time, number: usize) {
        if let Some(held) = self.tickets.get_mut(number) {
            let lease_s = self.scenario.line(&held.line).map_or(0, |line| line.lease_s);
            held.lapses = now.plus_s(lease_s);
        }
    }
}

impl Router for Reference<'_> {
    fn enter(&mut self, now: Time, number: usize, customer: &Customer) -> Result<Placed, Trouble> {
        let line = customer.visits.first().map(|visit| visit.line.clone());
        let line = line.ok_or_else(|| Trouble::Scenario("a customer who goes nowhere".to_owned()))?;
        self.head_starts_s.push((customer.head_start_s, customer.weight));
        let skills = customer.skills.clone();
        let held = Held { line: line.clone(), rank: (0, 0, number), skills, e: now, lapses: Time(i64::MAX) };
        self.tickets.push(held);
        Ok(self.stand(number, &line, now))
    }

    fn take(&mut self, now: Time, line: &LineId, person: &PersonId) -> Result<Option<usize>, Trouble> {
        self.take_back(now);
        let Some(worker) = self.scenario.worker(person) else { return Ok(None) };
        let fits = |rank: &&Rank| self.tickets.get(rank.2).is_some_and(|held| fits(worker, line, held));
        let Some(rank) = self.waiting.get(line).and_then(|waiting| waiting.iter().find(fits)).copied() else {
            return Ok(None);
        };
        self.leave(rank.2);
        self.lease(now, rank.2);
        Ok(Some(rank.2))
    }

    fn renew(&mut self, now: Time, number: usize, _: &PersonId) -> Result<(), Trouble> {
        self.lease(now, number);
        Ok(())
    }

    fn solve(&mut self, _: Time, number: usize, _: &PersonId) -> Result<(), Trouble> {
        self.leave(number);
        Ok(())
    }

    fn hand_over(&mut self, now: Time, number: usize, _: &PersonId, to: &LineId) -> Result<Placed, Trouble> {
        self.leave(number);
        let e = self.tickets.get(number).map_or(now, |held| held.e);
        Ok(self.stand(number, to, e))
    }

    fn give_up(&mut self, _: Time, number: usize) -> Result<(), Trouble> {
        self.leave(number);
        Ok(())
    }
}

fn fits(worker: &Worker, line: &LineId, held: &Held) -> bool {
    worker.fits(line, &held.skills)
}
