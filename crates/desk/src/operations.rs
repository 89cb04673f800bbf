//! Changing a ticket: the ticket first, then what follows from it, then the answer; the rest after the answer.

use crate::documents::{ThreadDocument, TicketDocument, write};
use crate::hands::{self, Reach};
use crate::limits::CLAIM_ATTEMPTS_MAX;
use crate::queue::{self, Debt, LineOf, Take, Truth};
use crate::settle::pay_queues;
use crate::settling::{Event, Way, after_answer};
use crate::{Error, keys};
use tierline_domain::desk::{Desk, Line};
use tierline_domain::ids::PersonId;
use tierline_domain::limits::{TICKET_BYTES_CUSTOMER_MAX, TICKET_BYTES_DESK_MAX};
use tierline_domain::people::Person;
use tierline_domain::queue::{Hold, Place};
use tierline_domain::secrets::sha256_hex;
use tierline_domain::ticket::{Claim, Refusal, Ticket};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{ChangeError, Changed, Decision, OperationId, Runtime, change};

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
    let changed = change_ticket(platform, seen, operation, words, decide).await?;
    let ticket = changed.document().ok_or(Error::UnknownTicket)?.body.0;
    let ways = pay_queues(platform, &ticket, operation).await;
    let is_taken =
        ticket.lease.as_ref().map(|lease| &lease.claim) != seen.lease.as_ref().map(|lease| &lease.claim);
    let event = match &ways {
        Ok(ways) if is_taken && ticket.lease.is_some() => Event::Taken { left: left_beside(ways) },
        _ => Event::Other,
    };
    after_answer(platform, &ticket, ways.ok(), event);
    Ok(Acted { ticket })
}

/// The same for what makes somebody its holder: where the desk bounds what they can have in hand, it is noted there before, in
/// one durable commit more. `skills` are those of the queue it is then taken from. Whoever has it already has room for it.
pub async fn act_in_reach<P: Platform>(
    platform: &P,
    seen: &Ticket,
    (desk, person, skills): (&Desk, &PersonId, &[String]),
    operation: &OperationId,
    now: Time,
    words: Words,
    decide: &dyn Fn(&Ticket) -> Result<Ticket, Refusal>,
) -> Result<Acted, Error> {
    let has_it = seen.holder(now).is_some_and(|lease| lease.person == *person);
    let reach = Reach::of(desk, person, operation).filter(|_| !has_it);
    if let Some(reach) = &reach {
        hands::reach(platform, reach, (seen.id, skills), now).await?;
    }
    let acted = act(platform, seen, operation, (words, 0), |ticket| {
        if reach.is_some() {
            Reach::still_reaches(now, Time(platform.now_ms()))?;
        }
        decide(ticket)
    })
    .await;
    // Where the store failed nobody knows: it may have it all the same.
    if let (Some(reach), Err(Error::Refused(_))) = (&reach, &acted) {
        hands::drop_reached(platform, reach, seen.id).await;
    }
    acted
}

/// How many free tickets were seen beside the one that was taken from where it stood.
fn left_beside(ways: &[Way]) -> u32 {
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

/// Gives `person` the next ticket of the line that they can take. Two durable commits: the entry, the ticket; between them a
/// third, what they have in hand, where the desk bounds that. An
/// entry that turns out taken or stale is put right, for one more each, and the next one tried.
pub async fn claim_next<P: Platform>(
    platform: &P,
    desk: &Desk,
    line: &Line,
    person: &Person,
    operation: &OperationId,
) -> Result<Option<Acted>, Error> {
    let of = LineOf { desk: &desk.head.id, line: &line.id };
    let desired = desk.policy.desired_waits();
    let reach = Reach::of(desk, &person.id, operation);
    let room = match &reach {
        Some(reach) => Some((reach.units(), hands::free(platform, reach).await?)),
        None => None,
    };
    let fit = queue::Fit { person, desired, room, lighter_s: desk.policy.head_start_max_s };
    claim_fitting(platform, (of, line.lease_s), fit, reach.as_ref(), operation).await
}

/// Gives the next ticket that fits.
async fn claim_fitting<P: Platform>(
    platform: &P,
    (of, lease_s): (LineOf<'_>, u32),
    fit: queue::Fit<'_>,
    reach: Option<&Reach<'_>>,
    operation: &OperationId,
) -> Result<Option<Acted>, Error> {
    for attempt in 0..CLAIM_ATTEMPTS_MAX {
        let step = operation.step(&format!("take{attempt}"));
        let now = Time(platform.now_ms());
        let hold = Hold { by: hold_name(&step), until: now.plus_s(lease_s) };
        let taken = queue::take_first(platform, of, fit, &hold, now, &step).await?;
        let (place, skills, way, left) = match taken {
            Take::Taken { place, skills, way, left } => (place, skills, way, left),
            Take::Lost => continue,
            Take::Kept(needed) => {
                let free = fit.room.map_or(0, |(_, free)| free);
                return Err(
                    reach.map_or(Error::Busy("the line's queue"), |reach| reach.refusal(needed, free))
                );
            }
            Take::None => return Ok(None),
        };
        if let Some(reach) = reach
            && let Err(error) = hands::reach(platform, reach, (place.ticket, &skills), now).await
        {
            // Another claim of theirs was quicker: let the next one have it at once, if we can.
            let _ = put_right(platform, (of, &skills), place, &step).await;
            return Err(error);
        }
        let claim =
            Claim { person: fit.person.id.clone(), claim: hold.by.clone(), now, lease_s, place: Some(place) };
        match claim_taken(platform, (of, &skills), claim, reach.is_some(), &step).await? {
            Some(acted) => {
                let way = Way { line: of.line.clone(), seen: way };
                after_answer(platform, &acted.ticket, Some(vec![way]), Event::Taken { left });
                return Ok(Some(acted));
            }
            None => {
                if let Some(reach) = reach {
                    hands::drop_reached(platform, reach, place.ticket).await;
                }
            }
        }
    }
    Err(Error::Busy("the line's queue"))
}

/// The ticket's side of a claim; `None` if the ticket says otherwise, and then the entry has been put right.
async fn claim_taken<P: Platform>(
    platform: &P,
    of: (LineOf<'_>, &[String]),
    claim: Claim,
    bounded: bool,
    step: &OperationId,
) -> Result<Option<Acted>, Error> {
    let Some(place) = claim.place else { return Ok(None) };
    let key = keys::ticket(place.ticket);
    let changed = change::<TicketDocument, _, Refusal>(platform, &key, step, |found| match found {
        Some(document) => {
            if bounded {
                Reach::still_reaches(claim.now, Time(platform.now_ms()))?;
            }
            let claimed = document.body.claim(claim.clone());
            claimed.map(|ticket| Decision::Write(TicketDocument(ticket.owing_lists(Some(&document.body)))))
        }
        None => Err(Refusal::Moved),
    });
    match changed.await {
        Ok(changed) => {
            let Some(document) = changed.document() else { return Ok(None) };
            let now = Time(platform.now_ms());
            match document.body.holder(now) {
                Some(lease) if lease.person == claim.person => Ok(Some(Acted { ticket: document.body.0 })),
                // A claim repeated too late: somebody else went on.
                Some(lease) => Err(Refusal::Held { holder: lease.person.clone(), until: lease.until }.into()),
                None => Err(Refusal::NotHolder.into()),
            }
        }
        // Nobody can take this one. Its entry stays held for a lease, so that it does not keep the line from the rest.
        Err(ChangeError::Refused(Refusal::Full { .. }) | ChangeError::Document(_)) => Ok(None),
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

/// Names a claim's hold, short: a page has hundreds.
fn hold_name(step: &OperationId) -> String {
    sha256_hex(&[step.as_str().as_bytes()]).chars().take(32).collect()
}

/// Brings an entry that its ticket denied into agreement with the ticket; one whose ticket is gone is removed.
async fn put_right<R: Runtime>(
    runtime: &R,
    (line, skills): (LineOf<'_>, &[String]),
    place: Place,
    step: &OperationId,
) -> Result<(), Error> {
    let debt = Debt { line, place, skills: Some(skills), truth: Truth::Stored(place.ticket) };
    queue::agree(runtime, &debt, &step.step("right"), &mut vec![]).await?;
    Ok(())
}
