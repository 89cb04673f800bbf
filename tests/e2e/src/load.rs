//! Clients at work on a host that may die at any moment. What one was told nothing of it sends again, with the same key, to
//! the host that comes after.

use crate::Ledger;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tierline_native::{DESK, demo_token};

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Messages on one ticket: few, so that all are in its document.
const MESSAGES_MAX: usize = 3;

/// Everybody who works.
pub struct Crowd {
    workers: Vec<Mutex<Worker>>,
}

struct Worker {
    name: String,
    /// Numbers what it does.
    next: usize,
    /// Sent, and not known to be done.
    pending: Option<Work>,
    ledger: Ledger,
    /// The ticket it is at: id, key, messages so far.
    at: Option<(String, String, usize)>,
}

#[derive(Debug, Clone)]
enum Work {
    Ask { text: String, key: String },
    Say { ticket: String, token: String, text: String, key: String },
    Claim { key: String },
    Solve { ticket: String, text: String, key: String },
}

impl Crowd {
    /// So many customers, and the two consultants of the small desk.
    pub fn new(customers: usize) -> Self {
        let names = (0..customers).map(|number| format!("customer-{number}"));
        let names = names.chain(["ana".to_owned(), "bruno".to_owned()]);
        let worker = |name| Worker { name, next: 0, pending: None, ledger: Ledger::default(), at: None };
        Self { workers: names.map(|name| Mutex::new(worker(name))).collect() }
    }

    /// Everybody works at `url` while `during` lasts; then those at work end with what they are at.
    pub fn work(&self, url: &str, during: impl FnOnce()) {
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for worker in &self.workers {
                let is_over = &is_over;
                scope.spawn(move || {
                    let mut worker = worker.lock().unwrap_or_else(PoisonError::into_inner);
                    worker.work(url, is_over);
                });
            }
            during();
            is_over.store(true, Ordering::Relaxed);
        });
    }

    /// What all were told so far.
    pub fn ledger(&self) -> Ledger {
        let mut all = Ledger::default();
        for worker in &self.workers {
            all.add(worker.lock().unwrap_or_else(PoisonError::into_inner).ledger.clone());
        }
        all
    }

    /// Whoever waits for an answer asks for it again, and nothing new is begun.
    pub fn finish(&self, url: &str) {
        for worker in &self.workers {
            worker.lock().unwrap_or_else(PoisonError::into_inner).finish(url);
        }
    }

    /// Whether nobody waits for an answer.
    pub fn is_at_rest(&self) -> bool {
        self.workers
            .iter()
            .all(|worker| worker.lock().unwrap_or_else(PoisonError::into_inner).pending.is_none())
    }
}

impl Worker {
    /// Until it is over, or the host is gone.
    fn work(&mut self, url: &str, is_over: &AtomicBool) {
        let agent = agent();
        while !is_over.load(Ordering::Relaxed) {
            if self.pending.is_none() {
                self.pending = Some(self.next_work());
            }
            if self.try_once(&agent, url).is_err() {
                return;
            }
        }
    }

    fn finish(&mut self, url: &str) {
        let agent = agent();
        let started = Instant::now();
        while self.pending.is_some() && started.elapsed() < PATIENCE {
            let _ = self.try_once(&agent, url);
        }
    }

    /// Sends what is pending once. Whose key an instance died over is told so for two minutes: nobody waits that long here, and
    /// whether it was done is then not known, as where a client gives up.
    fn try_once(&mut self, agent: &ureq::Agent, url: &str) -> Result<(), ureq::Error> {
        let Some(work) = self.pending.clone() else { return Ok(()) };
        let (status, body) = send(agent, url, &work, &self.name)?;
        match status {
            503 => std::thread::sleep(Duration::from_millis(30)),
            409 if body["type"] == "urn:tierline:problem:idempotency-in-progress" => self.pending = None,
            _ => {
                self.pending = None;
                self.note(work, status, &body);
            }
        }
        Ok(())
    }

    fn is_person(&self) -> bool {
        !self.name.starts_with("customer")
    }

    fn next_work(&mut self) -> Work {
        self.next += 1;
        let key = format!("{}-{}", self.name, self.next);
        match &self.at {
            Some((ticket, ..)) if self.is_person() => {
                Work::Solve { ticket: ticket.clone(), text: format!("solved by {key}"), key }
            }
            None if self.is_person() => Work::Claim { key },
            Some((ticket, token, _)) => {
                let (ticket, token) = (ticket.clone(), token.clone());
                Work::Say { ticket, token, text: format!("said by {key}"), key }
            }
            None => Work::Ask { text: format!("My site is down, asked by {key}"), key },
        }
    }

    fn note(&mut self, work: Work, status: u16, body: &Value) {
        let text =
            |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        match (work, status) {
            (Work::Ask { text: asked, .. }, 201) => {
                self.ledger.asked.insert(asked, text("/ticket/id"));
                self.at = Some((text("/ticket/id"), text("/customer_key"), 0));
            }
            (Work::Say { ticket, text, .. }, 201) => {
                self.ledger.said.push((ticket, text));
                self.at = self.at.take().map(|(ticket, key, said)| (ticket, key, said + 1));
                self.at.take_if(|(_, _, said)| *said == MESSAGES_MAX);
            }
            (Work::Claim { .. }, 201) => {
                self.ledger.claimed.push((text("/ticket/id"), self.name.clone()));
                self.at = Some((text("/ticket/id"), String::new(), 0));
            }
            (Work::Claim { .. }, 204) => std::thread::sleep(Duration::from_millis(20)),
            (Work::Solve { ticket, text, .. }, 201) => {
                self.ledger.said.push((ticket.clone(), text));
                self.at = None;
            }
            (work, status) => panic!("{} was told {status} on {work:?}: {body}", self.name),
        }
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
    config.build().new_agent()
}

fn send(agent: &ureq::Agent, url: &str, work: &Work, person: &str) -> Result<(u16, Value), ureq::Error> {
    let (path, token, key, body) = match work {
        Work::Ask { text, key } => {
            (format!("/v1/desks/{DESK}/requests"), String::new(), key, json!({"body": text}))
        }
        Work::Say { ticket, token, text, key } => {
            (format!("/v1/tickets/{ticket}/messages"), token.clone(), key, json!({"body": text}))
        }
        Work::Claim { key } => {
            (format!("/v1/desks/{DESK}/lines/consultants/claims"), demo_token(person), key, Value::Null)
        }
        Work::Solve { ticket, text, key } => {
            let body = json!({"body": text, "then": "solve"});
            (format!("/v1/tickets/{ticket}/replies"), demo_token(person), key, body)
        }
    };
    let mut request = agent.post(format!("{url}{path}")).header("idempotency-key", key);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let bytes = if body.is_null() { vec![] } else { body.to_string().into_bytes() };
    if !bytes.is_empty() {
        request = request.header("content-type", "application/json");
    }
    let mut answer = request.send(&bytes[..])?;
    let status = answer.status().as_u16();
    // An answer that breaks off is none.
    let text = answer.body_mut().read_to_string()?;
    Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
}
