//! Changing a ticket: the ticket first, then what follows from it, then the answer; the rest after the answer.

use crate::documents::{ThreadDocument, TicketDocument, write};
use crate::hands::{self, Reach};
use crate::settle::pay_queues;
use crate::settling::{Event, Way, after_answer};
use crate::{Error, keys};
use tierline_domain::desk::Desk;
use tierline_domain::ids::PersonId;
use tierline_domain::limits::{TICKET_BYTES_CUSTOMER_MAX, TICKET_BYTES_DESK_MAX};
use tierline_domain::ticket::{Refusal, Ticket};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{Changed, Decision, OperationId, Runtime, change};

/// A ticket after an operation on it.
#[derive(Debug, Clone)]
pub struct Acted {
    /// As it is now.
    pub ticket: Ticket,
}

/// Whose words an operation brings: how much of the ticket's document they may fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// The customer's.
    Customer,
    /// The desk's.
    Desk,
    /// None that count: taking it, giving it back, ending it must always be possible.
    None,
}

impl Words {
    fn bytes_max(self) -> usize {
        match self {
            Self::Customer => TICKET_BYTES_CUSTOMER_MAX,
            Self::Desk => TICKET_BYTES_DESK_MAX,
            Self::None => usize::MAX,
        }
    }
}

/// When the entries of a ticket learn what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entries {
    /// Before the answer: who looks at the line then sees it.
    Before,
    /// After it; until then they cost whoever goes for the ticket a look at it.
    After,
}

/// Applies `decide` to the ticket under `operation`. `more_bytes` is what the operation adds to the thread.
///
/// Durable commits before the answer: one for the ticket, one for each queue page it owes, and two more when older
/// messages must first be moved out of the way.
pub async fn act<P: Platform>(
    platform: &P,
    seen: &Ticket,
    operation: &OperationId,
    (words, more_bytes): (Words, usize),
    decide: impl Fn(&Ticket) -> Result<Ticket, Refusal>,
) -> Result<Acted, Error> {
    make_room(platform, seen, more_bytes).await?;
    let ticket = changed(platform, seen, operation, words, decide).await?;
    pay_entries(platform, &ticket, seen, operation).await;
    Ok(Acted { ticket })
}

async fn changed<P: Platform>(
    platform: &P,
    seen: &Ticket,
    operation: &OperationId,
    words: Words,
    decide: impl Fn(&Ticket) -> Result<Ticket, Refusal>,
) -> Result<Ticket, Error> {
    let changed = change_ticket(platform, seen, operation, words, decide).await?;
    Ok(changed.document().ok_or(Error::UnknownTicket)?.body.0)
}

async fn pay_entries<P: Platform>(platform: &P, ticket: &Ticket, seen: &Ticket, operation: &OperationId) {
    let ways = pay_queues(platform, ticket, operation).await;
    let event = match &ways {
        Ok(ways) if is_taken(ticket, seen) => Event::Taken { left: Some(left_beside(ways)) },
        _ => Event::Other,
    };
    after_answer(platform, ticket, ways.ok(), event);
}

fn is_taken(ticket: &Ticket, seen: &Ticket) -> bool {
    let claim = |ticket: &Ticket| ticket.lease.as_ref().map(|lease| lease.claim.clone());
    ticket.lease.is_some() && claim(ticket) != claim(seen)
}

/// The same for what makes somebody its holder: where the desk bounds what they can have in hand, it is noted there before, in
/// one durable commit more. `skills` are those of the queue it is then taken from. Whoever has it already has room for it.
pub async fn act_in_reach<P: Platform>(
    platform: &P,
    seen: &Ticket,
    (desk, person, skills): (&Desk, &PersonId, &[String]),
    operation: &OperationId,
    now: Time,
    (words, entries): (Words, Entries),
    decide: &dyn Fn(&Ticket) -> Result<Ticket, Refusal>,
) -> Result<Acted, Error> {
    let has_it = seen.holder(now).is_some_and(|lease| lease.person == *person);
    let Some(reach) = Reach::of(desk, person, operation).filter(|_| !has_it) else {
        return act(platform, seen, operation, (words, 0), decide).await;
    };
    hands::reach(platform, &reach, (seen.id, skills), now).await?;
    make_room(platform, seen, 0).await?;
    let taken = changed(platform, seen, operation, words, |ticket| {
        Reach::still_reaches(now, Time(platform.now_ms()))?;
        decide(ticket)
    })
    .await;
    // Where the store failed nobody knows: it may have it all the same.
    if let Err(Error::Refused(_)) = &taken {
        hands::drop_reached(platform, &reach, seen.id).await;
    }
    let ticket = taken?;
    if entries == Entries::After && is_taken(&ticket, seen) {
        after_answer(platform, &ticket, Some(vec![]), Event::Reached { left: None });
    } else {
        pay_entries(platform, &ticket, seen, operation).await;
    }
    Ok(Acted { ticket })
}

/// How many free tickets were seen beside the one that was taken from where it stood.
pub(crate) fn left_beside(ways: &[Way]) -> u32 {
    let seen = ways.iter().filter_map(|way| way.seen.last()).map(|page| page.waiting).max();
    seen.unwrap_or(0).saturating_sub(1)
}

/// Changes the ticket and nothing else. One durable commit.
pub(crate) async fn change_ticket<R: Runtime>(
    runtime: &R,
    seen: &Ticket,
    operation: &OperationId,
    words: Words,
    decide: impl Fn(&Ticket) -> Result<Ticket, Refusal>,
) -> Result<Changed<TicketDocument>, Error> {
    let key = keys::ticket(seen.id);
    let changed = change::<TicketDocument, _, Error>(runtime, &key, operation, |found| {
        let document = found.ok_or(Error::UnknownTicket)?;
        if document.operations.iter().any(|known| operation.is_other_request_of(known)) {
            return Err(Error::KeyReused);
        }
        if document.body.erased.is_some() {
            return Err(Refusal::Erased.into());
        }
        let next = decide(&document.body)?;
        if next == document.body.0 {
            return Ok(Decision::Keep);
        }
        let next = TicketDocument(next.owing_lists(Some(&document.body)));
        let limit = words.bytes_max();
        if limit != usize::MAX && document.next(next.clone(), operation.clone()).encode(&key)?.len() > limit {
            return Err(Refusal::Full { what: "bytes", limit }.into());
        }
        Ok(Decision::Write(next))
    });
    Ok(changed.await?)
}

/// Moves older messages and steps to a page of their own, if with `more_bytes` they are many. The page is written first,
/// under a name nobody else uses; one that a conflict leaves unnamed is never read. Two durable commits.
pub(crate) async fn make_room<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    more_bytes: usize,
) -> Result<(), Error> {
    let Some(older) = ticket.to_seal(more_bytes) else { return Ok(()) };
    let operation = OperationId::fresh(runtime.random());
    let page = older.page(operation.as_str().to_owned(), ticket.sealed_to());
    let key = keys::thread(ticket.id, &page.id);
    let (messages, steps) = (older.messages.to_vec(), older.steps.to_vec());
    let moved = (older.steps_from, steps.len());
    write(runtime, &key, ThreadDocument { messages, steps, steps_from: older.steps_from }, &operation)
        .await?;
    change::<TicketDocument, _, Error>(runtime, &keys::ticket(ticket.id), &operation, |found| {
        let sealed = found.and_then(|document| document.body.with_sealed(page.clone(), moved));
        Ok(sealed.map_or(Decision::Keep, |ticket| Decision::Write(TicketDocument(ticket))))
    })
    .await?;
    Ok(())
}
