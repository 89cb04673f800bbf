//! Changing a ticket: the ticket first, then what follows from it, then the answer; the rest after the answer.

use crate::documents::{ThreadDocument, TicketDocument};
use crate::limits::CLAIM_ATTEMPTS_MAX;
use crate::queue::{self, LineOf, Take, Wanted};
use crate::settle::{close_accounts, pay_queues};
use crate::{Error, keys};
use tierline_domain::desk::Line;
use tierline_domain::ids::DeskId;
use tierline_domain::people::Person;
use tierline_domain::queue::{Hold, Place, Sighting};
use tierline_domain::ticket::{Claim, Owed, Refusal, ThreadPage, Ticket};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{ChangeError, Changed, Decision, Document, OperationId, Runtime, Store, change};

/// A ticket after an operation on it.
#[derive(Debug, Clone)]
pub struct Acted {
    /// As it is now.
    pub ticket: Ticket,
    /// Whether the operation had been applied before.
    pub repeated: bool,
}

/// Applies `decide` to the ticket under `operation`. Durable commits before the answer: one for the ticket, one for
/// each queue page it owes, and one more when older messages must be moved out of the way.
pub async fn act<P: Platform>(
    platform: &P,
    seen: &Ticket,
    operation: &OperationId,
    decide: impl Fn(&Ticket) -> Result<Ticket, Refusal>,
) -> Result<Acted, Error> {
    make_room(platform, seen).await?;
    let changed = change_ticket(platform, seen, operation, decide).await?;
    let repeated = !matches!(changed, Changed::Written(_));
    let ticket = changed.document().ok_or(Error::UnknownTicket)?.body.0;
    let seen_pages = pay_queues(platform, &ticket, operation).await;
    after_answer(platform, &ticket, seen_pages.unwrap_or_default());
    Ok(Acted { ticket, repeated })
}

async fn change_ticket<R: Runtime>(
    runtime: &R,
    seen: &Ticket,
    operation: &OperationId,
    decide: impl Fn(&Ticket) -> Result<Ticket, Refusal>,
) -> Result<Changed<TicketDocument>, Error> {
    let key = keys::ticket(seen.id);
    let changed = change::<TicketDocument, _, Error>(runtime, &key, operation, |found| {
        let document = found.ok_or(Error::UnknownTicket)?;
        let next = decide(&document.body)?;
        Ok(if next == document.body.0 { Decision::Keep } else { Decision::Write(TicketDocument(next)) })
    });
    Ok(changed.await?)
}

/// What may be done once the answer has left: tend the queues, write the journal, close the accounts. What a crash
/// takes away of it stands in the ticket as owed.
pub fn after_answer<P: Platform>(platform: &P, ticket: &Ticket, seen: Vec<Sighting>) {
    let queues_paid = seen.len() == ticket.owed.len();
    let (runtime, ticket) = (platform.clone(), ticket.clone());
    platform.after_answer(async move {
        if !queues_paid {
            let _ = crate::settle(&runtime, ticket.id).await;
            return;
        }
        for (owed, seen) in ticket.owed.iter().zip(seen) {
            let _ = queue::tend(&runtime, LineOf { desk: &ticket.desk, line: &owed.line }, seen).await;
        }
        let _ = close_accounts(&runtime, &ticket).await;
    });
}

/// Moves older messages to a page of their own, if the ticket has grown long. The page is written first, under a
/// name nobody else uses; one that a conflict leaves unnamed is never read.
async fn make_room<R: Runtime>(runtime: &R, ticket: &Ticket) -> Result<(), Error> {
    let Some(older) = ticket.to_seal() else { return Ok(()) };
    let (Some(first), Some(last)) = (older.first(), older.last()) else { return Ok(()) };
    let operation = OperationId::fresh(runtime.random());
    let page = ThreadPage { id: operation.as_str().to_owned(), numbers: (first.number, last.number) };
    let key = keys::thread(ticket.id, &page.id);
    let document = Document::first(ThreadDocument(older.to_vec()), operation.clone());
    runtime.store().set(&key, &document.encode(&key)?).await?;
    change::<TicketDocument, _, Error>(runtime, &keys::ticket(ticket.id), &operation, |found| {
        let sealed = found.and_then(|document| document.body.with_sealed(page.clone()));
        Ok(sealed.map_or(Decision::Keep, |ticket| Decision::Write(TicketDocument(ticket))))
    })
    .await?;
    Ok(())
}

/// Gives `person` the next ticket of the line that they can take. Two durable commits: the entry, the ticket. An
/// entry that turns out taken or stale is put right, for one more each, and the next one tried.
pub async fn claim_next<P: Platform>(
    platform: &P,
    desk: &DeskId,
    line: &Line,
    person: &Person,
    operation: &OperationId,
) -> Result<Option<Acted>, Error> {
    let of = LineOf { desk, line: &line.id };
    for attempt in 0..CLAIM_ATTEMPTS_MAX {
        let step = operation.step(&format!("take{attempt}"));
        let now = Time(platform.now_ms());
        let hold = Hold { by: step.as_str().to_owned(), until: now.plus_s(line.lease_s) };
        let (place, seen) = match queue::take_first(platform, of, person, &hold, now, &step).await? {
            Take::Taken { place, seen } => (place, seen),
            Take::Lost => continue,
            Take::None => return Ok(None),
        };
        let claim = Claim {
            person: person.id.clone(),
            claim: hold.by.clone(),
            now,
            lease_s: line.lease_s,
            place: Some(place),
        };
        match claim_taken(platform, of, claim, &step).await? {
            Some(acted) => {
                after_answer_claim(platform, of, &acted.ticket, seen);
                return Ok(Some(acted));
            }
            None => continue,
        }
    }
    Err(Error::Busy("the line's queue"))
}

/// The ticket's side of a claim; `None` if the ticket says otherwise, and then the entry has been put right.
async fn claim_taken<P: Platform>(
    platform: &P,
    of: LineOf<'_>,
    claim: Claim,
    step: &OperationId,
) -> Result<Option<Acted>, Error> {
    let Some(place) = claim.place else { return Ok(None) };
    let key = keys::ticket(place.ticket);
    let changed = change::<TicketDocument, _, Refusal>(platform, &key, step, |found| match found {
        Some(document) => {
            document.body.claim(claim.clone()).map(|ticket| Decision::Write(TicketDocument(ticket)))
        }
        None => Err(Refusal::Moved),
    });
    match changed.await {
        Ok(changed) => {
            let repeated = matches!(changed, Changed::Repeated(_));
            Ok(changed.document().map(|document| Acted { ticket: document.body.0, repeated }))
        }
        Err(ChangeError::Refused(_)) => {
            put_right(platform, of, place, step).await?;
            Ok(None)
        }
        Err(error) => {
            // The entry is held for a claim that did not come about: let the next one have it at once, if we can.
            let _ = put_right(platform, of, place, step).await;
            Err(error.into())
        }
    }
}

/// Brings an entry that its ticket denied into agreement with the ticket; one whose ticket is gone is removed.
async fn put_right<R: Runtime>(
    runtime: &R,
    of: LineOf<'_>,
    place: Place,
    step: &OperationId,
) -> Result<(), Error> {
    let owed = Owed { line: of.line.clone(), place };
    let wanted = match crate::lookup::ticket(runtime, place.ticket).await {
        Ok(ticket) => Wanted::by(&ticket, &owed),
        Err(Error::UnknownTicket) => Wanted::gone(place),
        Err(error) => return Err(error),
    };
    queue::agree(runtime, of, &wanted, &step.step("right"), &mut vec![]).await?;
    Ok(())
}

fn after_answer_claim<P: Platform>(platform: &P, of: LineOf<'_>, ticket: &Ticket, seen: Sighting) {
    let (runtime, ticket) = (platform.clone(), ticket.clone());
    let (desk, line) = (of.desk.clone(), of.line.clone());
    platform.after_answer(async move {
        let _ = queue::tend(&runtime, LineOf { desk: &desk, line: &line }, seen).await;
        let _ = close_accounts(&runtime, &ticket).await;
    });
}
