//! What somebody has in hand, where a desk bounds it: a document for each person, changed before each ticket they take.
//! Two claims of one person meet there, on whatever lines they are, and the second one sees the first.

use crate::documents::HandsDocument;
use crate::limits::{CREATOR_LOOK_PAUSE, HANDS_ATTEMPTS_MAX};
use crate::lookup::ticket_now;
use crate::requests::only_one;
use crate::{Error, keys};
use futures::future::try_join_all;
use tierline_domain::capacity::{Beside, Capacity, Hand, Hands};
use tierline_domain::ids::{DeskId, PersonId, TicketId};
use tierline_domain::limits::CLAIM_GIVEN_UP_S;
use tierline_domain::secrets::sha256_hex;
use tierline_domain::ticket::{Refusal, Ticket};
use tierline_domain::time::Time;
use tierline_store::{Document, OperationId, Runtime, Store, StoreError, Swap, pause};

/// Who reaches for a ticket.
#[derive(Debug, Clone)]
pub(crate) struct Reach<'a> {
    desk: &'a DeskId,
    person: &'a PersonId,
    capacity: Capacity,
    operation: &'a OperationId,
    /// Names the request.
    by: String,
}

impl<'a> Reach<'a> {
    /// Somebody's, under this operation; none where the desk bounds nothing.
    pub fn of(
        desk: &'a tierline_domain::desk::Desk,
        person: &'a PersonId,
        operation: &'a OperationId,
    ) -> Option<Self> {
        let capacity = Capacity::read(&desk.policy.capacity)?;
        let by = sha256_hex(&[operation.as_str().as_bytes()]).chars().take(32).collect();
        Some(Self { desk: &desk.head.id, person, capacity, operation, by })
    }

    /// What a ticket with these skills takes.
    pub(crate) fn weight(&self, skills: &[String]) -> u32 {
        self.capacity.weight(skills)
    }

    pub(crate) fn units(&self) -> u32 {
        self.capacity.units
    }

    /// The refusal of what takes `needed`.
    pub(crate) fn refusal(&self, needed: u32, free: u32) -> Error {
        let units = self.capacity.units;
        Error::AtCapacity { units, held: units.saturating_sub(free), needed }
    }

    /// What a claim that was begun at `since` must not outlive: after this its ticket may be given up for it.
    pub fn still_reaches(since: Time, now: Time) -> Result<(), Refusal> {
        if since.plus_s(CLAIM_GIVEN_UP_S) > now { Ok(()) } else { Err(Refusal::Moved) }
    }
}

/// Units that are free for the request. One store read; and one for each ticket in hand, where that may make a difference.
pub(crate) async fn free<R: Runtime>(runtime: &R, reach: &Reach<'_>) -> Result<u32, Error> {
    let (_, document, _) = load(runtime, reach).await?;
    let hands = document.map(|document| document.body.0).unwrap_or_default();
    let (_, held) =
        as_told(runtime, reach, &hands, (Beside::Request(&reach.by), reach.capacity.units)).await?;
    Ok(reach.capacity.units.saturating_sub(held))
}

/// Notes that `ticket` is about to be taken, before it is. Refused where it does not fit any more. One durable commit, and
/// one more the first time ever.
pub(crate) async fn reach<R: Runtime>(
    runtime: &R,
    reach: &Reach<'_>,
    (ticket, skills): (TicketId, &[String]),
    now: Time,
) -> Result<(), Error> {
    let weight = reach.weight(skills);
    for attempt in 1..=HANDS_ATTEMPTS_MAX {
        let (key, document, cas) = load(runtime, reach).await?;
        let hands = document.as_ref().map(|document| document.body.0.clone()).unwrap_or_default();
        if document.is_none() && (attempt > 1 || !is_only_creator(runtime, reach).await?) {
            runtime.sleep(CREATOR_LOOK_PAUSE).await;
            continue;
        }
        let (hands, held) = as_told(runtime, reach, &hands, (Beside::Ticket(ticket), weight)).await?;
        let free = reach.capacity.units.saturating_sub(held);
        if weight > free {
            return Err(reach.refusal(weight, free));
        }
        let next = hands.with(Hand { ticket, weight, at: now, by: reach.by.clone() });
        if write(runtime, reach, (key, document, cas), next).await? {
            return Ok(());
        }
        pause(runtime, attempt).await;
    }
    Err(Error::Busy("what you have in hand"))
}

/// Whether this request alone may make the document, by one swap: some stores let everybody win who makes a key, now or when
/// an answer that was lost comes about. Should it come to nothing, the next minute has its own creator.
async fn is_only_creator<R: Runtime>(runtime: &R, reach: &Reach<'_>) -> Result<bool, Error> {
    let guard = |period| keys::hands_guard(reach.desk, reach.person, period);
    Ok(only_one(runtime, guard).await?.is_some())
}

/// Forgets that the request reached for a ticket which it surely did not get. One store read for the ticket and one durable
/// commit. Without it, it is given up a minute later.
pub(crate) async fn drop_reached<R: Runtime>(runtime: &R, reach: &Reach<'_>, ticket: TicketId) {
    let has_it = |ticket: &Ticket| ticket.lease.as_ref().is_some_and(|lease| lease.person == *reach.person);
    let Ok((key, Some(document), cas)) = load(runtime, reach).await else { return };
    // Another request of theirs may have got it.
    let Ok(found) = ticket_now(runtime, ticket).await else { return };
    if !found.is_some_and(|ticket| has_it(&ticket)) {
        let next = document.body.0.without(ticket, &reach.by);
        let _ = write(runtime, reach, (key, Some(document), cas), next).await;
    }
}

type Loaded<C> = (String, Option<Document<HandsDocument>>, C);

async fn load<R: Runtime>(runtime: &R, reach: &Reach<'_>) -> Result<Loaded<<R::Store as Store>::Cas>, Error> {
    let key = keys::hands(reach.desk, reach.person);
    let (bytes, cas) = runtime.store().load(&key).await?;
    let document = bytes.map(|bytes| Document::<HandsDocument>::decode(&key, &bytes)).transpose()?;
    Ok((key, document, cas))
}

/// Whether it stands there now; not after a conflict, nor after a failure whose outcome the next look will tell.
async fn write<R: Runtime>(
    runtime: &R,
    reach: &Reach<'_>,
    (key, document, cas): Loaded<<R::Store as Store>::Cas>,
    next: Hands,
) -> Result<bool, Error> {
    if document.as_ref().is_some_and(|document| document.body.0 == next) {
        return Ok(true);
    }
    let (body, operation) = (HandsDocument(next), reach.operation.clone());
    let next = Document::after(document.as_ref(), body, operation);
    match runtime.store().swap(cas, &next.encode(&key)?).await {
        Ok(Swap::Done) => Ok(true),
        Ok(Swap::Conflict) | Err(StoreError::Unavailable(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What is in hand, and how many units that is beside what is left out. Tickets are asked only where there is not surely
/// room for `wanted`: one store read each.
async fn as_told<R: Runtime>(
    runtime: &R,
    reach: &Reach<'_>,
    hands: &Hands,
    (beside, wanted): (Beside<'_>, u32),
) -> Result<(Hands, u32), Error> {
    let at_most = hands.at_most(beside);
    let fits = at_most.saturating_add(wanted) <= reach.capacity.units || at_most == 0;
    if fits && !hands.is_long() {
        return Ok((hands.clone(), at_most));
    }
    let ids = hands.tickets();
    let found = try_join_all(ids.iter().map(|id| ticket_now(runtime, *id))).await?;
    let tickets = ids.into_iter().zip(found).filter_map(|(id, ticket)| Some((id, ticket?))).collect();
    let told = hands.as_told(&tickets, reach.person, Time(runtime.now_ms()));
    let held = told.firm(beside);
    Ok((told, held))
}
