//! Many at once: the desk's operations interleaved at every call on the store, in virtual time, and what happened as a log.

use futures::future::LocalBoxFuture;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tierline_desk::{Slot, Words, act, claim_next, open};
use tierline_domain::ids::{PersonId, TicketId};
use tierline_domain::ticket::Outcome;
use tierline_domain::time::Time;
use tierline_simulator::{
    Background, Books, Load, Log, Scenario, StagePlatform, What, publish_scenario, scenarios, ticket_of,
};
use tierline_store::{OperationId, Runtime};
use tierline_testkit::{Faults, LyingStore, Profile, SimRuntime, Simulation};

/// A process of the simulation, with room for what is left for after an answer.
#[derive(Clone)]
pub struct Process(SimRuntime);

impl Runtime for Process {
    type Store = LyingStore;

    fn store(&self) -> &LyingStore {
        self.0.store()
    }

    fn now_ms(&self) -> i64 {
        self.0.now_ms()
    }

    fn random(&self) -> [u8; 16] {
        self.0.random()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        self.0.sleep(duration)
    }
}

impl Background for Process {
    fn leave(&self, work: LocalBoxFuture<'static, ()>) {
        drop(self.0.spawn(work));
    }
}

type Shared<T> = Rc<RefCell<T>>;

/// `people` claim again and again while `tickets` come, and some customers give up. Everything begins within a minute. With
/// `units` somebody can have so many tickets in hand.
pub fn crowd(seed: u64, people: u32, tickets: usize, units: Option<u32>) -> (Scenario, Log) {
    let mut scenario = scenarios::three_groups(people, 20.0, 86_400);
    scenario.people.iter_mut().enumerate().for_each(|(number, worker)| {
        // Every other one speaks no German.
        worker.languages = if number % 2 == 0 { vec!["de".to_owned()] } else { vec![] };
    });
    let mut load = Load::draw(&scenario, seed);
    load.0.truncate(tickets);
    for (number, customer) in load.0.iter_mut().enumerate() {
        customer.skills = if number % 5 == 0 { vec!["lang:de".to_owned()] } else { vec![] };
    }
    let sim = Simulation::new(seed, Profile::Honest, Faults::none());
    let platform = |name: String| StagePlatform::new(Process(sim.runtime(&name)), Books::Left);
    let (mut desk, staff) =
        sim.block_on(publish_scenario(&platform("operator".to_owned()), &scenario)).unwrap().unwrap();
    if let Some(units) = units {
        desk.policy.capacity = serde_json::json!({ "units": units });
    }
    let (desk, line) = (Rc::new(desk), scenario.lines[0].id.clone());
    let log = Shared::<Log>::default();
    // Before it is opened, a ticket's number names no ticket.
    let known = Rc::new(RefCell::new(vec![TicketId::new(Time(0), [0; 16]); load.0.len()]));

    for (number, customer) in load.0.iter().cloned().enumerate() {
        let platform = platform(format!("customer-{number}"));
        let (desk, log, known) = (desk.clone(), log.clone(), known.clone());
        sim.spawn(&format!("customer-{number}"), async move {
            let delay = u64::from(platform.random()[0]) * 60;
            platform.sleep(Duration::from_millis(delay)).await;
            let now = Time(platform.now_ms());
            let ticket = ticket_of(&desk, &customer, now, platform.random()).unwrap();
            known.borrow_mut()[number] = ticket.id;
            let operation = OperationId::fresh(platform.random());
            let done = open(&platform, ticket, &Slot::Keyless, &operation).await.unwrap();
            let stay = done.ticket.stay.clone().unwrap();
            assert!(done.standing.is_some(), "acknowledged");
            let (group, line, skills) = (customer.group, stay.line, customer.skills.clone());
            let (v, e) = (stay.place.v, stay.place.e);
            let what = What::Entered { ticket: number, group, line, v, e, skills, is_new: true };
            log.borrow_mut().push(Time(platform.now_ms()), what);
            if number % 7 == 0 {
                platform.sleep(Duration::from_millis(u64::from(platform.random()[1]) * 40)).await;
                log.borrow_mut().push(Time(platform.now_ms()), What::Changing { ticket: number });
                let outcome = Outcome::under(&desk.policy, Time(platform.now_ms()));
                let operation = OperationId::fresh(platform.random());
                let _ = act(&platform, &done.ticket, &operation, (Words::None, 0), |ticket| {
                    ticket.outcome(true, outcome)
                })
                .await;
            }
        });
    }
    let claims = Rc::new(RefCell::new(0));
    for (id, person) in staff {
        let platform = platform(format!("person-{id}"));
        let (desk, log, known, claims) = (desk.clone(), log.clone(), known.clone(), claims.clone());
        let line = line.clone();
        sim.spawn(&format!("person-{id}"), async move {
            for _ in 0..4 {
                platform.sleep(Duration::from_millis(u64::from(platform.random()[0]) * 70)).await;
                let claim = *claims.borrow();
                *claims.borrow_mut() += 1;
                let asking = What::Asking { claim, person: PersonId::clone(&id), line: line.clone() };
                log.borrow_mut().push(Time(platform.now_ms()), asking);
                let operation = OperationId::fresh(platform.random());
                let at = desk.line(&line).unwrap();
                let taken = claim_next(&platform, &desk, at, &person, &operation).await;
                // Whoever is told that the line is too busy got nothing, and was given nothing wrong.
                let Ok(taken) = taken else { continue };
                let ticket =
                    taken.map(|taken| known.borrow().iter().position(|id| *id == taken.ticket.id).unwrap());
                log.borrow_mut().push(Time(platform.now_ms()), What::Asked { claim, ticket });
            }
        });
    }
    sim.run_until_idle().unwrap();
    let log = log.borrow().clone();
    (scenario, log)
}
