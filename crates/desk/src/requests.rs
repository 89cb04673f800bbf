//! Opening tickets: once for each idempotency key, with the ticket durable before anything names it.

use crate::documents::{RequestRecord, TicketDocument};
use crate::limits::{RESERVATION_GRACE_S, RESERVATION_S};
use crate::queue::{self, Debt, FirstWrites, LineOf, Truth};
use crate::settling::{Event, Way, after_answer};
use crate::{Error, Standing, ask_standing, keys, lookup};
use tierline_domain::ids::DeskId;
use tierline_domain::queue::skill_set;
use tierline_domain::secrets::{derive, sha256_hex};
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{Document, OperationId, Runtime, Store, read};

/// A request's claim on its idempotency key.
#[derive(Debug, Clone, PartialEq)]
pub enum Slot {
    /// No key was sent: every request is its own.
    Keyless,
    /// Ours to fill.
    Reserved {
        /// The counter that makes it ours.
        guard: String,
        /// Hash of the key.
        hash: String,
        /// What the body is known by.
        mark: String,
    },
    /// It was filled before, by this ticket.
    Filled(Box<Ticket>),
}

/// Claims the idempotency key for this body. Without a key nothing is read or written. With one: a store read, a second for what
/// it made, and for a new key a second and one durable commit. The guard makes one creator of many, on stores whose
/// compare-and-swap cannot.
pub async fn reserve<P: Platform>(
    runtime: &P,
    (desk, secret): (&DeskId, &str),
    key: Option<&str>,
    caller: Option<&str>,
    body: &[u8],
) -> Result<Slot, Error> {
    let Some(key) = key else { return Ok(Slot::Keyless) };
    let hash = match caller {
        None => sha256_hex(&[b"idempotency key", desk.as_str().as_bytes(), key.as_bytes()]),
        // A proven customer's keys are theirs alone.
        Some(caller) => {
            sha256_hex(&[b"customer's key", desk.as_str().as_bytes(), caller.as_bytes(), key.as_bytes()])
        }
    };
    let mark = mark(secret, &hash, body);
    let record = read::<RequestRecord, _>(runtime.store(), &keys::request(desk, &hash)).await?;
    if let Some(record) = record {
        if record.body.body_sha256 != mark && !is_mark_of_before(runtime, &record.body, &hash, body).await? {
            return Err(Error::KeyReused);
        }
        let named = record.body.ticket;
        match lookup::ticket_now(runtime, named).await? {
            Some(ticket) => return Ok(Slot::Filled(Box::new(ticket))),
            // Between the record and its ticket: still at it, or its instance died there, and nobody was told of it.
            None if runtime.now_ms() - named.created_ms() < RESERVATION_S * 1000 => {
                return Err(Error::KeyInProgress);
            }
            None => {}
        }
    }
    match only_one(runtime, |period| keys::request_guard(desk, &hash, period)).await? {
        Some(guard) => Ok(Slot::Reserved { guard, hash, mark }),
        None => Err(Error::KeyInProgress),
    }
}

/// The counter that makes the caller the only one of its kind, on stores whose compare-and-swap cannot; none for everybody else
/// until the period is over. `guard` names the counter of a period. One durable commit, and a store read early in a period.
pub(crate) async fn only_one<R: Runtime>(
    runtime: &R,
    guard: impl Fn(i64) -> String,
) -> Result<Option<String>, Error> {
    let now_s = runtime.now_ms().div_euclid(1000);
    let (period, into) = (now_s.div_euclid(RESERVATION_S), now_s.rem_euclid(RESERVATION_S));
    if into < RESERVATION_GRACE_S {
        let before = runtime.store().get(&guard(period - 1)).await?;
        if before.is_some_and(|count| !is_zero(&count)) {
            return Ok(None);
        }
    }
    let own = guard(period);
    let count = runtime.store().increment(&own, 1).await?;
    Ok((count == 1).then_some(own))
}

/// What tells one body from another under the same key. Whoever reads the store cannot guess a short body from it.
fn mark(secret: &str, hash: &str, body: &[u8]) -> String {
    derive(secret.as_bytes(), "tierline request body 1", &[hash.as_bytes(), body])
}

/// Whether this is the body's mark by the secret before the present one, or as a build before this one made it.
async fn is_mark_of_before<P: Platform>(
    platform: &P,
    record: &RequestRecord,
    hash: &str,
    body: &[u8],
) -> Result<bool, Error> {
    let previous = crate::sign_in::previous_secret(platform).await?;
    let by_previous = previous.is_some_and(|secret| record.body_sha256 == mark(&secret, hash, body));
    Ok(by_previous || record.body_sha256 == sha256_hex(&[body]))
}

/// A counter that was given back: stores keep eight bytes, or decimal text.
fn is_zero(count: &[u8]) -> bool {
    count == b"0" || count.iter().all(|byte| *byte == 0)
}

/// Gives a key back whose request failed before anything was written for it, so that it can be repeated at once. By
/// counting down, never by deleting: if this comes late, after somebody else counted up, the counter does not get
/// back to nought, and there is still only one who ever counted from there. One durable commit.
pub async fn release<R: Runtime>(runtime: &R, slot: &Slot) {
    if let Slot::Reserved { guard, .. } = slot {
        // Failing, it is free again when its period has passed.
        let _ = runtime.store().increment(guard, -1).await;
    }
}

/// A ticket that is durable.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The ticket.
    pub ticket: Ticket,
    /// Where it stands; none for an answered ticket, or while its place is still owed.
    pub standing: Option<Standing>,
}

/// Writes a new ticket with what its idempotency key remembers, then its place in the line. One durable commit for
/// an answered ticket, two for a queued one. If the line is too busy the place stays owed: the ticket is safe.
pub async fn open<P: Platform>(
    platform: &P,
    ticket: Ticket,
    slot: &Slot,
    operation: &OperationId,
) -> Result<Opened, Error> {
    let mut first = first_writes(&ticket, slot, operation)?;
    let skills = skill_set(&ticket.skills);
    let agreed = match &ticket.stay {
        None => {
            platform.store().set_many(&first).await?;
            None
        }
        Some(stay) => {
            let line = LineOf { desk: &ticket.desk, line: &stay.line };
            let truth = Truth::New(&ticket);
            let debt = Debt { line, place: stay.place, skills: Some(&skills), truth, is_owed: false };
            let agreed = queue::agree(platform, &debt, &operation.step("queue"), &mut first).await;
            if agreed.is_err() && !first.is_empty() {
                // The queue cannot even be read. The ticket does not depend on that: its place is owed.
                platform.store().set_many(&first).await?;
            }
            agreed.ok()
        }
    };
    // Where it would stand is not where it stands: whoever is told a position is in the line.
    let standing = match &agreed {
        Some(_) => ask_standing(platform, &ticket).await,
        None => None,
    };
    let (ways, event) = match &ticket.stay {
        Some(stay) => {
            let told = standing.and_then(|standing| standing.forecast.ok());
            let ways = agreed.map(|seen| vec![Way { line: stay.line.clone(), seen }]);
            (ways, Event::Entered { at: Time(platform.now_ms()), told })
        }
        None => (Some(vec![]), Event::Other),
    };
    after_answer(platform, &ticket, ways, event);
    Ok(Opened { ticket, standing })
}

/// What remembers the key goes first: where a store writes one by one and the instance dies between the two, whoever repeats the
/// request finds that it was begun, and nobody has a ticket that nobody was told of.
fn first_writes(ticket: &Ticket, slot: &Slot, operation: &OperationId) -> Result<FirstWrites, Error> {
    let key = keys::ticket(ticket.id);
    let document = Document::first(TicketDocument(ticket.clone()), operation.clone());
    let ticket_write = (key.clone(), document.encode(&key)?);
    let Slot::Reserved { hash, mark, .. } = slot else { return Ok(vec![ticket_write]) };
    let key = keys::request(&ticket.desk, hash);
    let record = RequestRecord { body_sha256: mark.clone(), ticket: ticket.id };
    let record = Document::first(record, operation.clone()).encode(&key)?;
    Ok(vec![(key, record), ticket_write])
}
