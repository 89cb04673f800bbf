//! The desk itself as a router: every call is an operation of `crates/desk` on tickets in the store.

use crate::load::Customer;
use crate::platform::{Books, Stage, StagePlatform};
use crate::router::{Placed, Router, Trouble};
use crate::scenario::{Scenario, Shift};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use tierline_desk::{Format, Publication, Slot, Source, Words, act, claim_next, open, publish, ticket};
use tierline_domain::desk::{self as domain, DeskFile, Difficulty};
use tierline_domain::forecast::{Given, Thin};
use tierline_domain::history::Actor;
use tierline_domain::ids::{LineId, PersonId, TicketId};
use tierline_domain::people::Person;
use tierline_domain::ticket::{
    Claim, Customer as Asker, HandOverTo, Opening, Outcome, Refusal, Reply, Then, Ticket, Triaged,
};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{Counts, OperationId, Runtime};

/// The desk of a scenario, published in a store of its own.
pub struct Desk {
    stage: Stage,
    books: Books,
    desk: domain::Desk,
    people: BTreeMap<PersonId, Person>,
    /// As last seen, by number.
    tickets: Vec<Ticket>,
    numbers: HashMap<TicketId, usize>,
    /// What tickets were told, if anybody wants to know.
    tellings: Option<Tellings>,
}

/// What each ticket was told when it entered a line: by its number, and when that was.
pub type Tellings = BTreeMap<(usize, Time), Result<Given, Thin>>;

impl Desk {
    /// Publishes the scenario's desk. Its lists and journal are left out: they decide nothing here, and take most of the
    /// time.
    pub fn open(scenario: &Scenario, seed: u64) -> Result<Self, Trouble> {
        Self::open_with(scenario, seed, Books::Left)
    }

    /// Publishes the scenario's desk, with or without its books.
    pub fn open_with(scenario: &Scenario, seed: u64, books: Books) -> Result<Self, Trouble> {
        let stage = Stage::new(seed);
        stage.set_now_ms(scenario.start.0);
        let platform = StagePlatform::new(stage.clone(), books);
        let (desk, people) = stage.perform(publish_scenario(&platform, scenario))?;
        Ok(Self { stage, books, desk, people, tickets: vec![], numbers: HashMap::new(), tellings: None })
    }

    fn at(&self, now: Time) -> StagePlatform<Stage> {
        self.stage.set_now_ms(now.0);
        StagePlatform::new(self.stage.clone(), self.books)
    }

    /// Remembers what tickets are told from now on.
    #[must_use]
    pub fn listening(self) -> Self {
        Self { tellings: Some(Tellings::new()), ..self }
    }

    /// What tickets were told, since somebody listens.
    pub fn tellings(&self) -> Tellings {
        self.tellings.clone().unwrap_or_default()
    }

    fn listen(&mut self, now: Time, number: usize) -> Result<(), Trouble> {
        let Some(mut tellings) = self.tellings.take() else { return Ok(()) };
        let (platform, id) = (self.at(now), self.ticket(number)?.id);
        let told = self.stage.perform(ticket(&platform, id))?.told;
        let given = told.filter(|told| told.at == now).and_then(|told| told.given);
        tellings.insert((number, now), given.ok_or(Thin::FewClaims));
        self.tellings = Some(tellings);
        Ok(())
    }

    /// What its store was asked so far.
    pub fn counts(&self) -> Counts {
        use tierline_store::Runtime as _;
        self.stage.store().counts()
    }

    fn ticket(&self, number: usize) -> Result<&Ticket, Trouble> {
        self.tickets.get(number).ok_or_else(|| Trouble::Scenario(format!("there is no ticket {number}")))
    }

    fn act(
        &mut self,
        now: Time,
        number: usize,
        decide: impl Fn(&Ticket) -> Result<Ticket, Refusal>,
    ) -> Result<Placed, Trouble> {
        let platform = self.at(now);
        let operation = OperationId::fresh(platform.random());
        let seen = self.ticket(number)?;
        let ticket = self.stage.perform(act(&platform, seen, &operation, (Words::None, 0), decide))?.ticket;
        let placed = ticket.stay.as_ref().map_or((now, now), |stay| (stay.place.v, stay.place.e));
        if let Some(known) = self.tickets.get_mut(number) {
            *known = ticket;
        }
        Ok(placed)
    }
}

/// Publishes the desk of a scenario: its lines, and its people with what they speak.
pub async fn publish_scenario<P: Platform>(
    platform: &P,
    scenario: &Scenario,
) -> Result<(domain::Desk, BTreeMap<PersonId, Person>), Trouble> {
    let file = desk_file(scenario)?;
    let people = file.people.iter().map(|person| (person.id.clone(), person.clone())).collect();
    let source = Source { text: &scenario.name, format: Format::Json, by: &Actor::Desk, rollback_of: None };
    let operation = OperationId::fresh(platform.random());
    let published = publish(platform, file, source, &operation, |_| Ok(())).await?;
    debug_assert_eq!(Publication { changed: published.changed }, Publication { changed: true });
    Ok((published.desk, people))
}

fn desk_file(scenario: &Scenario) -> Result<DeskFile, Trouble> {
    let mut lines: Vec<Value> = scenario
        .lines
        .iter()
        .map(|line| json!({"id": line.id, "name": line.id, "department": "support", "lease_s": line.lease_s}))
        .collect();
    // Every desk has a line of each tier, used or not.
    lines
        .extend((lines.len()..3).map(
            |number| json!({"id": format!("spare-{number}"), "name": "Spare", "department": "support"}),
        ));
    for (tier, line) in (1..=3).zip(&mut lines) {
        if let Some(line) = line.as_object_mut() {
            line.insert("tier".to_owned(), json!(tier));
        }
    }
    let people: Vec<Value> = scenario
        .people
        .iter()
        .map(|worker| {
            json!({"id": worker.id, "name": worker.id, "role": "care", "lines": worker.lines,
                "languages": worker.languages, "skills": worker.skills, "shifts": weekly(&worker.shifts)})
        })
        .collect();
    let capacity = (scenario.capacity_units > 0).then(|| json!({"units": scenario.capacity_units}));
    let file = json!({
        "desk": {"id": "simulated", "name": scenario.name, "languages": ["en"], "default_language": "en"},
        "voice": {"en": {"greeting": "Hello,", "signature": "The simulated desk"}},
        "policy": {
            "head_start_max_s": scenario.head_start_max_s,
            "urgent_head_start_s": scenario.head_start_max_s.min(600),
            "capacity": capacity,
        },
        "lines": lines,
        "people": people,
    });
    let file: DeskFile =
        serde_json::from_value(file).map_err(|error| Trouble::Scenario(error.to_string()))?;
    match file.check().first() {
        None => Ok(file),
        Some(finding) => Err(Trouble::Scenario(format!("{}: {}", finding.at, finding.what))),
    }
}

/// Shifts as a desk file has them; who has none is always there.
fn weekly(shifts: &[Shift]) -> Value {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    const DAY_S: u32 = 86_400;
    let always = || DAYS.map(|day| (day.to_owned(), json!(["00:00-24:00"]))).into_iter().collect();
    if shifts.is_empty() {
        return Value::Object(always());
    }
    let clock = |second: u32| format!("{:02}:{:02}", second / 3600, second / 60 % 60);
    let mut days: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for shift in shifts {
        let day = DAYS.get((shift.from_s / DAY_S) as usize % DAYS.len()).copied().unwrap_or_default();
        let (from_s, to_s) = (shift.from_s % DAY_S, shift.to_s % DAY_S);
        let to = if to_s == 0 { "24:00".to_owned() } else { clock(to_s) };
        days.entry(day).or_default().push(format!("{}-{to}", clock(from_s)));
    }
    json!(days)
}

/// The ticket of a customer whom tier 1 has no answer for.
pub fn ticket_of(
    desk: &domain::Desk,
    customer: &Customer,
    now: Time,
    random: [u8; 16],
) -> Result<Ticket, Trouble> {
    let line = customer.visits.first().map(|visit| visit.line.clone());
    let line = line.ok_or_else(|| Trouble::Scenario("a customer who goes nowhere".to_owned()))?;
    let opening = Opening {
        id: TicketId::new(now, random),
        now,
        salt: random,
        channel: "api".to_owned(),
        subject: None,
        body: "My site is down".to_owned(),
        customer: Asker::default(),
        metadata: BTreeMap::new(),
        proven: None,
    };
    let triaged = Triaged {
        answer: None,
        line,
        department: "support".to_owned(),
        difficulty: Difficulty::Easy,
        urgent: false,
        language: "en".to_owned(),
        skills: customer.skills.clone(),
        skills_wanted: customer.skills.clone(),
        decided_by: "triage".to_owned(),
        rule: "simulated".to_owned(),
        candidates: vec![],
        answers_version: 1,
    };
    let head_start_s = customer.head_start_s.min(desk.policy.head_start_max_s);
    Ok(with_head_start(Ticket::open(opening, triaged, desk), head_start_s))
}

/// The ticket as one that enters with this head start: what it is made of is the desk's business, not the queue's.
fn with_head_start(mut ticket: Ticket, head_start_s: u32) -> Ticket {
    let Some(stay) = ticket.stay.as_mut() else { return ticket };
    let entered = stay.place;
    stay.place.v = entered.e.minus_ms(i64::from(head_start_s) * 1000);
    stay.head_start_s = head_start_s;
    let place = stay.place;
    for owed in ticket.owed.iter_mut().filter(|owed| owed.place == entered) {
        owed.place = place;
    }
    ticket.receipt.head_start_s = head_start_s;
    ticket
}

impl Router for Desk {
    fn enter(&mut self, now: Time, number: usize, customer: &Customer) -> Result<Placed, Trouble> {
        let platform = self.at(now);
        let ticket = ticket_of(&self.desk, customer, now, platform.random())?;
        let operation = OperationId::fresh(platform.random());
        let opened = self.stage.perform(open(&platform, ticket, &Slot::Keyless, &operation))?;
        if opened.standing.is_none() || number != self.tickets.len() {
            return Err(Trouble::Scenario(format!("ticket {number} has no place")));
        }
        let placed = opened.ticket.stay.as_ref().map_or((now, now), |stay| (stay.place.v, stay.place.e));
        self.numbers.insert(opened.ticket.id, number);
        self.tickets.push(opened.ticket);
        self.listen(now, number)?;
        Ok(placed)
    }

    fn take(&mut self, now: Time, line: &LineId, person: &PersonId) -> Result<Option<usize>, Trouble> {
        let platform = self.at(now);
        let operation = OperationId::fresh(platform.random());
        let unknown = || Trouble::Scenario(format!("{person} does not work on {line}"));
        let (line, person) =
            (self.desk.line(line).ok_or_else(unknown)?, self.people.get(person).ok_or_else(unknown)?);
        let taken = claim_next(&platform, &self.desk, line, person, &operation);
        let Some(taken) = self.stage.perform(taken)? else { return Ok(None) };
        let number = self.numbers.get(&taken.ticket.id).copied();
        let known = number.and_then(|number| self.tickets.get_mut(number));
        *known.ok_or_else(|| Trouble::Scenario("a ticket nobody brought".to_owned()))? = taken.ticket;
        Ok(number)
    }

    fn renew(&mut self, now: Time, number: usize, person: &PersonId) -> Result<(), Trouble> {
        let line = self.ticket(number)?.line.clone();
        let lease_s = self.desk.line(&line).map_or(0, |line| line.lease_s);
        let claim = Claim {
            person: person.clone(),
            claim: "renewed".to_owned(),
            now,
            lease_s,
            place: None,
            marked: false,
        };
        self.act(now, number, |ticket| ticket.claim(claim.clone()))?;
        Ok(())
    }

    fn solve(&mut self, now: Time, number: usize, person: &PersonId) -> Result<(), Trouble> {
        let reply = Reply {
            person: person.clone(),
            now,
            body: "It is up again.".to_owned(),
            answer_id: None,
            then: Then::Solve,
            lease_s: 0,
        };
        self.act(now, number, |ticket| ticket.reply(reply.clone()))?;
        Ok(())
    }

    fn hand_over(
        &mut self,
        now: Time,
        number: usize,
        person: &PersonId,
        to: &LineId,
    ) -> Result<Placed, Trouble> {
        let ticket = self.ticket(number)?;
        let to = HandOverTo {
            person: person.clone(),
            now,
            to: to.clone(),
            skills: ticket.skills.clone(),
            kind: "too_hard".to_owned(),
            reason: "too hard".to_owned(),
            lead: None,
            asked: None,
            tried: Some("what the scripts say".to_owned()),
            escalation: false,
            urgent: false,
            head_start_s: 0,
            head_start_max_s: self.desk.policy.head_start_max_s,
            works_on_line: true,
        };
        let placed = self.act(now, number, |ticket| ticket.hand_over(to.clone()))?;
        self.listen(now, number)?;
        Ok(placed)
    }

    fn give_up(&mut self, now: Time, number: usize) -> Result<(), Trouble> {
        let outcome = Outcome::under(&self.desk.policy, now);
        self.act(now, number, |ticket| ticket.outcome(true, outcome))?;
        Ok(())
    }
}
