//! A small desk run over any store, for tests: the desk's own operations, no wasm.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // test support

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use futures::executor::block_on;
use futures::future::LocalBoxFuture;
use tierline_desk::answer_standing;
use tierline_desk::files::{check_files, forget_note, store_files};
use tierline_desk::settling::{Settling, settle_answered};
use tierline_desk::{Format, Slot, Source, Words, act, claim_next, open, publish};
use tierline_domain::desk::{Desk, DeskFile, Difficulty};
use tierline_domain::history::Actor;
use tierline_domain::ids::{DeskId, LineId, PersonId, TicketId};
use tierline_domain::ticket::{Customer, Opening, Reply, Then, Ticket, Triaged};
use tierline_domain::time::Time;
use tierline_http::{CallError, Platform, Request, Response, Upload, VariableError};
use tierline_sqlite::{DATABASE_FILE, SqliteStore, create_state_dir, open_writer};
use tierline_store::{OperationId, Runtime, Store};

/// The demo's desk file.
pub const DEMO: &str = include_str!("../../../demo/desk.toml");

/// Bytes of an attached file: more than one part.
const FILE_BYTES: usize = 300 << 10;

/// What follows an answer, run when the test says so.
type Later = Rc<RefCell<Vec<LocalBoxFuture<'static, ()>>>>;

/// A desk's platform over `S`.
#[derive(Clone)]
pub struct Bench<S> {
    store: S,
    clock: Rc<Cell<i64>>,
    dice: Rc<Cell<u64>>,
    later: Later,
}

impl<S: Store + Clone + 'static> Runtime for Bench<S> {
    type Store = S;

    fn store(&self) -> &S {
        &self.store
    }

    fn now_ms(&self) -> i64 {
        self.clock.set(self.clock.get() + 1_000);
        self.clock.get()
    }

    fn random(&self) -> [u8; 16] {
        self.dice.set(self.dice.get() + 1);
        let mut random = [0; 16];
        random[..8].copy_from_slice(&self.dice.get().wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
        random[8..].copy_from_slice(&self.dice.get().to_be_bytes());
        random
    }

    async fn sleep(&self, _: Duration) {}
}

impl<S: Store + Clone + 'static> Platform for Bench<S> {
    async fn variable(&self, name: &str) -> Result<String, VariableError> {
        Err(VariableError::Undefined(name.to_owned()))
    }

    /// Of the other components there are only the one that pays what tickets owe, and the one that knows where they stand.
    async fn call(&self, component: &str, request: Request, _: Duration) -> Result<Response, CallError> {
        if component == "standings" {
            return Ok(answer_standing(self, &request).await.unwrap());
        }
        if component != "settling" {
            return Err(CallError::Deadline);
        }
        let settling = serde_json::from_slice::<Settling<Ticket>>(request.body()).unwrap();
        let settled = Box::pin(settle_answered(self, settling)).await;
        settled.map(|()| Response::default()).map_err(|error| CallError::Failed(error.to_string()))
    }

    async fn fetch(&self, _: Request, _: usize, _: Duration) -> Result<Response, CallError> {
        Err(CallError::Deadline)
    }

    fn after_answer(&self, work: impl Future<Output = ()> + 'static) {
        self.later.borrow_mut().push(Box::pin(work));
    }
}

impl<S: Store + Clone + 'static> Bench<S> {
    /// Over an empty store.
    pub fn new(store: S) -> Self {
        let clock = Rc::new(Cell::new(1_769_860_800_000));
        Self { store, clock, dice: Rc::default(), later: Rc::default() }
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Publishes the demo under another name.
    pub fn publish(&self, id: &str) -> Desk {
        let mut file: DeskFile = toml::from_str(DEMO).unwrap();
        let source = Source { text: DEMO, format: Format::Toml, by: &Actor::Operator, rollback_of: None };
        let operation = OperationId::fresh(self.random());
        file.desk.id = DeskId::parse(id).unwrap();
        let desk = block_on(publish(self, file, source, &operation, |_| Ok(()))).unwrap().desk;
        self.finish();
        desk
    }

    /// A request, answered by tier 1 or not. What follows is left for [`Bench::finish`].
    pub fn ask(&self, desk: &Desk, body: &str, line: &str, answered: bool) -> Ticket {
        let now = Time(self.now_ms());
        let opening = Opening {
            id: TicketId::new(now, self.random()),
            now,
            salt: self.random(),
            channel: "form".to_owned(),
            subject: None,
            body: body.to_owned(),
            customer: Customer { name: Some("Ada".to_owned()), ..Customer::default() },
            metadata: BTreeMap::new(),
            proven: None,
        };
        let answer = answered.then(|| {
            let id = "email-client-settings".to_owned().try_into().unwrap();
            (id, "en".to_owned(), true, 0.9, "So it goes.".to_owned())
        });
        let triaged = Triaged {
            answer,
            line: LineId::parse(line).unwrap(),
            department: "technical".to_owned(),
            difficulty: Difficulty::Consultant,
            urgent: false,
            language: "en".to_owned(),
            skills: vec![],
            skills_wanted: vec![],
            decided_by: "triage".to_owned(),
            rule: "test".to_owned(),
            candidates: vec![],
            answers_version: 1,
        };
        let ticket = Ticket::open(opening, triaged, desk);
        let operation = OperationId::fresh(self.random());
        let file = Upload {
            name: Some("log.txt".to_owned()),
            media_type: Some("text/plain".to_owned()),
            bytes: body.repeat(FILE_BYTES.div_ceil(body.len())).into(),
        };
        let files = if body.contains("attached") { vec![file] } else { vec![] };
        let checked = check_files(&desk.policy.files, files).unwrap();
        let stored = block_on(store_files(self, ticket.id, &operation, &checked)).unwrap();
        let ticket = ticket.with_files(&stored.files).unwrap();
        let ticket = block_on(open(self, ticket, &Slot::Keyless, &operation)).unwrap().ticket;
        forget_note(self, stored);
        ticket
    }

    /// Somebody who works on the line takes its next ticket.
    pub fn claim(&self, desk: &Desk, line: &str) -> (Ticket, PersonId) {
        let line = desk.line(&LineId::parse(line).unwrap()).unwrap();
        let people = block_on(tierline_desk::people(self, desk)).unwrap();
        let person = people.iter().find(|person| person.works_on(&line.id)).unwrap();
        let operation = OperationId::fresh(self.random());
        let acted = block_on(claim_next(self, desk, line, person, &operation)).unwrap();
        (acted.expect("somebody waits").ticket, person.id.clone())
    }

    /// Answers it and goes on holding it, or ends it.
    pub fn reply(&self, ticket: &Ticket, person: &PersonId, body: &str, then: Then) -> Ticket {
        let reply = Reply {
            person: person.clone(),
            now: Time(self.now_ms()),
            body: body.to_owned(),
            answer_id: None,
            then,
            lease_s: 900,
        };
        self.act(ticket, body.len(), |ticket| ticket.reply(reply.clone()))
    }

    fn act(
        &self,
        ticket: &Ticket,
        bytes: usize,
        decide: impl Fn(&Ticket) -> Result<Ticket, tierline_domain::ticket::Refusal>,
    ) -> Ticket {
        let operation = OperationId::fresh(self.random());
        block_on(act(self, ticket, &operation, (Words::None, bytes), decide)).unwrap().ticket
    }

    /// Does what was left for after the answers.
    pub fn finish(&self) {
        loop {
            let later: Vec<_> = self.later.take();
            if later.is_empty() {
                break;
            }
            later.into_iter().for_each(block_on);
        }
    }

    /// A desk after a day's work: answered, waiting, held, solved and long tickets. Nothing is owed.
    pub fn a_days_work(&self, id: &str) -> Desk {
        let desk = self.publish(id);
        self.ask(&desk, "How do I set up my e-mail? The log is attached. ", "care", true);
        for number in 0..5 {
            self.ask(
                &desk,
                &format!("My site is down, number {number}: «日本語» \u{2028}"),
                "consultants",
                false,
            );
        }
        let (first, person) = self.claim(&desk, "consultants");
        self.reply(&first, &person, "It works again.", Then::Solve);
        let (mut second, person) = self.claim(&desk, "consultants");
        for _ in 0..4 {
            second = self.reply(&second, &person, &"long ".repeat(2_000), Then::Keep);
            self.finish();
        }
        self.finish();
        desk
    }
}

/// A desk's database in a directory.
pub fn sqlite_bench(state_dir: &Path) -> Bench<SqliteStore> {
    create_state_dir(state_dir).unwrap();
    Bench::new(SqliteStore::new(open_writer(&state_dir.join(DATABASE_FILE), None).unwrap()))
}
