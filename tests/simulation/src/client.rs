//! A client as a good one is: waits for so long, sends again what was not answered, with the same key, to whichever
//! instance there is. It does not die with an instance, and writes down what it was told.

use crate::history::{Hold, InHand, Moment, Spoken, What};
use crate::limits::{PATIENCE_S, REQUEST_S, TRIES_MAX};
use crate::plan::Plan;
use futures::future::{Either, select};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::time::Duration;
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, send};
use tierline_store::Runtime;
use tierline_testkit::SimRuntime;

/// What all clients of a history share.
pub struct Stage {
    /// The desk.
    pub desk: NativeDesk,
    /// What is played.
    pub plan: Plan,
    /// What was said so far.
    pub history: RefCell<Vec<Spoken>>,
    /// Tickets that customers were told of.
    pub known: RefCell<Vec<String>>,
    /// How many deliveries came twice.
    pub doubled: RefCell<u64>,
    /// What people had in hand, at each moment of somebody's where that had changed.
    pub in_hand: RefCell<Vec<InHand>>,
    order: RefCell<usize>,
}

impl Stage {
    /// Before anything happens.
    pub fn new(desk: NativeDesk, plan: Plan) -> Rc<Self> {
        let (history, known, order) = (RefCell::default(), RefCell::default(), RefCell::default());
        let (doubled, in_hand) = (RefCell::default(), RefCell::default());
        Rc::new(Self { desk, plan, history, known, doubled, in_hand, order })
    }

    /// A ticket's document, seen from outside.
    pub fn document(&self, ticket: &str) -> Option<Value> {
        serde_json::from_slice(&self.desk.sim.value(&format!("ticket:{ticket}"))?).ok()
    }

    /// Writes down what everybody has in hand, as the tickets' documents say, where the desk bounds it.
    fn look_at_hands(&self, ms: i64) {
        if !self.plan.capacity {
            return;
        }
        let keys = self.desk.sim.keys();
        let tickets = keys.iter().filter_map(|key| key.strip_prefix("ticket:"));
        let holds: Vec<Hold> = tickets.filter_map(|id| Hold::of(id, &self.document(id)?)).collect();
        let mut in_hand = self.in_hand.borrow_mut();
        if in_hand.last().is_none_or(|last| last.holds != holds) {
            in_hand.push(InHand { ms, holds });
        }
    }

    /// The name of an instance.
    pub fn instance(number: usize) -> String {
        format!("instance-{number}")
    }

    fn next_order(&self) -> usize {
        let mut order = self.order.borrow_mut();
        *order += 1;
        *order
    }
}

/// Somebody who sends requests. Its chance is its own, so that one client more leaves the others as they were.
pub struct Client {
    stage: Weak<Stage>,
    who: String,
    runtime: SimRuntime,
    dice: RefCell<fastrand::Rng>,
    /// What the network does with what it sends.
    network: RefCell<fastrand::Rng>,
}

impl Client {
    /// The client called `who`.
    pub fn new(stage: &Rc<Stage>, who: &str) -> Self {
        let name = who
            .bytes()
            .fold(stage.plan.seed, |mixed, byte| (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self {
            stage: Rc::downgrade(stage),
            who: who.to_owned(),
            runtime: stage.desk.sim.runtime(who),
            dice: RefCell::new(fastrand::Rng::with_seed(name)),
            network: RefCell::new(fastrand::Rng::with_seed(!name)),
        }
    }

    /// Its name.
    pub fn who(&self) -> &str {
        &self.who
    }

    /// Whether there is a difference between a chat and a letter.
    pub fn may_chat(&self) -> bool {
        self.stage.upgrade().is_some_and(|stage| stage.plan.capacity)
    }

    /// A number below `count`.
    pub fn dice(&self, count: usize) -> usize {
        self.dice.borrow_mut().usize(..count.max(1))
    }

    /// Waits up to so many milliseconds.
    pub async fn wait_up_to(&self, ms: usize) {
        let ms = self.dice(ms) as u64;
        self.runtime.sleep(Duration::from_millis(ms)).await;
    }

    /// One of the tickets that are known, if any.
    pub fn any_ticket(&self) -> Option<String> {
        let stage = self.stage.upgrade()?;
        let known = stage.known.borrow();
        if known.is_empty() { None } else { known.get(self.dice(known.len())).cloned() }
    }

    /// Writes down a ticket that it was told of.
    pub fn knows(&self, ticket: &str) {
        if let Some(stage) = self.stage.upgrade() {
            stage.known.borrow_mut().push(ticket.to_owned());
        }
    }

    /// Says it with a key, again and again until there is an answer that counts; or without a key, once.
    pub async fn say(&self, what: What, token: &str, with_key: bool) -> Option<Answer> {
        let (number, call) = self.begin(&what, token, with_key)?;
        if with_key && what.is_from_outside() {
            self.may_double(number, &call);
        }
        let mut answer = None;
        for _ in 0..if with_key { TRIES_MAX } else { 1 } {
            self.stage.upgrade()?.history.borrow_mut()[number].tries += 1;
            answer = self.try_once(&call).await.filter(|answer| !is_passing(answer));
            if answer.is_some() {
                break;
            }
            self.wait_up_to(6_000).await;
        }
        self.end(number, answer.clone());
        answer
    }

    /// The network may deliver it once more, at any time until a minute and a half later, and nobody hears the answer.
    fn may_double(&self, number: usize, call: &Call) {
        let Some(stage) = self.stage.upgrade() else { return };
        let mut network = self.network.borrow_mut();
        if network.usize(..100) >= stage.plan.doubled {
            return;
        }
        *stage.doubled.borrow_mut() += 1;
        let late_ms = if network.bool() { network.u64(..200) } else { network.u64(..90_000) };
        let instance = Stage::instance(network.usize(..stage.plan.instances));
        let (call, clock) = (call.clone(), self.runtime.clone());
        let desk = Rc::downgrade(&stage);
        drop(stage.desk.sim.spawn("network", async move {
            clock.sleep(Duration::from_millis(late_ms)).await;
            let Some(stage) = desk.upgrade() else { return };
            // What was refused may be done by then.
            stage.history.borrow_mut()[number].tries += 1;
            let platform = stage.desk.platform(&instance);
            drop(stage.desk.sim.spawn(&instance, async move { send(platform, call).await }));
        }));
    }

    fn begin(&self, what: &What, token: &str, with_key: bool) -> Option<(usize, Call)> {
        let stage = self.stage.upgrade()?;
        let begun = self.moment(&stage);
        let mut history = stage.history.borrow_mut();
        let number = history.len();
        let mut call = call_of(what);
        if !token.is_empty() {
            call = call.token(token);
        }
        if with_key {
            call = call.key(&format!("{}-{number}", self.who));
        }
        let (who, what) = (self.who.clone(), what.clone());
        history.push(Spoken { who, what, begun, ended: None, tries: 0, answer: None, then: None });
        Some((number, call))
    }

    fn end(&self, number: usize, answer: Option<Answer>) {
        let Some(stage) = self.stage.upgrade() else { return };
        let ended = self.moment(&stage);
        let spoken = &mut stage.history.borrow_mut()[number];
        (spoken.ended, spoken.answer) = (Some(ended), answer);
        spoken.then = spoken.about().and_then(|ticket| stage.document(&ticket));
    }

    fn moment(&self, stage: &Stage) -> Moment {
        let ms = self.runtime.now_ms();
        stage.look_at_hands(ms);
        Moment { order: stage.next_order(), ms }
    }

    /// To some instance, which may die over it, or take longer than anybody waits and go on.
    async fn try_once(&self, call: &Call) -> Option<Answer> {
        let served = {
            let stage = self.stage.upgrade()?;
            let instance = Stage::instance(self.dice(stage.plan.instances));
            let platform = stage.desk.platform(&instance);
            let (call, clock) = (call.clone(), self.runtime.clone());
            // Whatever is not done by then the host drops where it stands.
            stage.desk.sim.spawn(&instance, async move {
                let done = pin!(clock.sleep(Duration::from_secs(REQUEST_S)));
                match select(pin!(send(platform, call)), done).await {
                    Either::Left((answer, _)) => Some(answer),
                    Either::Right(_) => None,
                }
            })
        };
        let patience = pin!(self.runtime.sleep(Duration::from_secs(PATIENCE_S)));
        match select(served, patience).await {
            Either::Left((answer, _)) => answer.flatten(),
            Either::Right(_) => None,
        }
    }
}

/// Whether it says "again later".
fn is_passing(answer: &Answer) -> bool {
    answer.status == 503 || (answer.status == 409 && answer.problem() == "idempotency-in-progress")
}

fn call_of(what: &What) -> Call {
    let on = |ticket: &str, rest: &str| Call::new("POST", format!("/v1/tickets/{ticket}{rest}"));
    match what {
        What::Ask { body, chat } => {
            let channel = if *chat { "chat" } else { "api" };
            let asked = json!({"body": body, "channel": channel});
            Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&asked)
        }
        What::Say { ticket, body } => on(ticket, "/messages").json(&json!({"body": body})),
        What::Outcome { ticket, solved } => on(ticket, "/outcome").json(&json!({"solved": solved})),
        What::Rate { ticket } => on(ticket, "/rating").json(&json!({"verdict": "like"})),
        What::Claim { line } => Call::new("POST", format!("/v1/desks/{DESK}/lines/{line}/claims")),
        What::Take { ticket } => Call::new("PUT", format!("/v1/tickets/{ticket}/claim")),
        What::Release { ticket } => Call::new("DELETE", format!("/v1/tickets/{ticket}/claim")),
        What::Reply { ticket, body, then } => {
            on(ticket, "/replies").json(&json!({"body": body, "then": then}))
        }
        What::Note { ticket, body } => on(ticket, "/notes").json(&json!({"body": body})),
        What::HandOver { ticket, to } => {
            on(ticket, "/handovers").json(&json!({"to": to, "reason": "It belongs there."}))
        }
        What::Escalate { ticket } => on(ticket, "/escalation").json(&json!({"reason": "Too hard."})),
        What::Tick => Call::new("POST", "/v1/tick").json(&json!({"limit": 100})),
    }
}

/// The token of one of the desk's people, or of its operator for the tick.
pub fn token_of(who: &str) -> String {
    if who.starts_with("tick") { OPERATOR_TOKEN.to_owned() } else { demo_token(who) }
}
