//! What somebody has in hand, where a desk bounds it: a document for each person, changed before each ticket they take.
//! Two claims of one person meet there, on whatever lines they are, and the second one sees the first.

use crate::documents::HandsDocument;
use crate::limits::{CREATOR_LOOK_PAUSE, HANDS_ATTEMPTS_MAX};
use crate::lookup::ticket_now;
use crate::queue::Candidate;
use crate::requests::only_one;
use crate::{Error, keys};
use futures::future::try_join_all;
use std::collections::BTreeSet;
use tierline_domain::capacity::{Asked, Capacity, Hand, Hands};
use tierline_domain::desk::Desk;
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
    pub fn of(desk: &'a Desk, person: &'a PersonId, operation: &'a OperationId) -> Option<Self> {
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

    /// What the heaviest ticket takes that comes now.
    pub(crate) fn heaviest(&self) -> u32 {
        self.capacity.weights.values().copied().max().unwrap_or(1).clamp(1, self.capacity.units.max(1))
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

/// What somebody has in hand as it was just read, and how it is changed.
pub(crate) struct InHand<C> {
    loaded: Loaded<C>,
    /// As the tickets say, as far as they were asked.
    hands: Hands,
    /// Units that are free; no more than are, if not all tickets were asked.
    pub free: u32,
    /// Whether all were.
    pub is_exact: bool,
    /// What the request took before: it came twice.
    pub repeated: Option<Ticket>,
    /// A claim of the request that has taken nothing yet, as far as is known, and still may.
    pub begun: Option<Hand>,
}

/// What is asked of somebody's hands.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct For<'a> {
    /// A ticket that is left out.
    pub beside: Option<TicketId>,
    /// Units of what is wanted.
    pub wanted: u32,
    /// A claim of which it is known that it took nothing.
    pub spent: Option<&'a str>,
}

impl<C> InHand<C> {
    /// A claim of these tickets, which takes one of them at that time or none: named as no other is that may still be at work.
    pub fn claim(&self, reach: &Reach<'_>, candidates: &[Candidate], now: Time) -> Option<Hand> {
        let by = format!("{}.{}", reach.by, self.hands.of_request(&reach.by).count());
        let mut each = candidates.iter().map(|it| (it.place.ticket, reach.weight(&it.skills)));
        let (ticket, weight) = each.next()?;
        Some(Hand { ticket, weight, at: self.hands.free_time(now), by, or: each.collect() })
    }
}

/// What `reach`'s person has in hand. Store reads: the document; the ticket of each claim of which it is not known what it took,
/// which is the last one; all in hand where it may make a difference.
pub(crate) async fn in_hand<R: Runtime>(
    runtime: &R,
    reach: &Reach<'_>,
    what: For<'_>,
) -> Result<InHand<<R::Store as Store>::Cas>, Error> {
    let loaded = load(runtime, reach).await?;
    let mut hands = loaded.1.as_ref().map(|document| document.body.0.clone()).unwrap_or_default();
    if let Some(spent) = what.spent {
        hands = hands.without_claim(spent);
    }
    let own: Vec<_> = hands.of_request(&reach.by).cloned().collect();
    let mut asked = Asked::new();
    let first = hands.first_of_several().into_iter().chain(own.iter().map(|hand| hand.ticket)).collect();
    ask(runtime, &mut asked, first, usable).await?;
    // Mostly it was the first, and else one soon after.
    let mut many = 2;
    loop {
        let others = hands.others_of_several(&asked, reach.person, many);
        if others.is_empty() {
            break;
        }
        ask(runtime, &mut asked, others, usable).await?;
        many *= 2;
    }
    let now = Time(runtime.now_ms());
    let mut told = hands.as_told(&asked, reach.person, now);
    let at_most = told.at_most(what.beside);
    let fits = at_most == 0 || at_most.saturating_add(what.wanted) <= reach.capacity.units;
    let is_exact = at_most == 0 || !fits || told.is_long();
    let mut held = at_most;
    if is_exact && at_most > 0 {
        ask(runtime, &mut asked, told.tickets(), |found| found).await?;
        told = told.as_told(&asked, reach.person, now);
        held = told.firm(what.beside);
    }
    let is_own = |ticket: &&Ticket| own.iter().any(|hand| hand.took(ticket, reach.person));
    let repeated = asked.values().flatten().find(is_own).cloned();
    let may = |hand: &&Hand| Reach::still_reaches(hand.at, now).is_ok();
    let begun = told.of_request(&reach.by).find(may).filter(|_| repeated.is_none()).cloned();
    let free = reach.capacity.units.saturating_sub(held);
    Ok(InHand { loaded, hands: told, free, is_exact, repeated, begun })
}

/// A ticket that cannot be used is nobody's: no claim took it.
pub(crate) fn usable(found: Found) -> Found {
    match found {
        Err(Error::Document(_)) => Ok(None),
        found => found,
    }
}

type Found = Result<Option<Ticket>, Error>;

/// One store read for each ticket that was not asked.
async fn ask<R: Runtime>(
    runtime: &R,
    asked: &mut Asked,
    of: BTreeSet<TicketId>,
    found: fn(Found) -> Found,
) -> Result<(), Error> {
    let ids: Vec<_> = of.into_iter().filter(|id| !asked.contains_key(id)).collect();
    let each = ids.iter().map(|id| async { found(ticket_now(runtime, *id).await) });
    let each = try_join_all(each).await?;
    asked.extend(ids.into_iter().zip(each));
    Ok(())
}

/// Keeps a claim that is about to be made. One durable commit, and one more the first time ever. Not done where another request of the
/// same person was quicker.
pub(crate) async fn note<R: Runtime>(
    runtime: &R,
    reach: &Reach<'_>,
    in_hand: InHand<<R::Store as Store>::Cas>,
    (hand, is_first): (Hand, bool),
) -> Result<bool, Error> {
    if in_hand.loaded.1.is_none() && (!is_first || !is_only_creator(runtime, reach).await?) {
        runtime.sleep(CREATOR_LOOK_PAUSE).await;
        return Ok(false);
    }
    write(runtime, reach, in_hand.loaded, in_hand.hands.with(hand)).await
}

/// Keeps what is known, of a claim that took nothing: there is room again at once. One durable commit. Without it, it is given
/// up a minute later.
pub(crate) async fn let_go<R: Runtime>(
    runtime: &R,
    reach: &Reach<'_>,
    in_hand: InHand<<R::Store as Store>::Cas>,
) {
    if in_hand.loaded.1.is_some() {
        let _ = write(runtime, reach, in_hand.loaded, in_hand.hands).await;
    }
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
        let what = For { beside: Some(ticket), wanted: weight, spent: None };
        let in_hand = in_hand(runtime, reach, what).await?;
        if weight > in_hand.free {
            return Err(reach.refusal(weight, in_hand.free));
        }
        let hand = Hand { ticket, weight, at: now, by: reach.by.clone(), or: vec![] };
        if note(runtime, reach, in_hand, (hand, attempt == 1)).await? {
            return Ok(());
        }
        pause(runtime, attempt).await;
    }
    Err(Error::Busy("what you have in hand"))
}

/// Makes the documents of what these people have in hand, where the desk bounds that and they are not there yet: the first claim of
/// somebody's life then costs what every claim does. For each of them one store read, and two durable commits once.
pub async fn prepare_hands<R: Runtime>(runtime: &R, desk: &Desk, people: &[PersonId]) -> Result<(), Error> {
    let operation = OperationId::fresh(runtime.random());
    for reach in people.iter().filter_map(|person| Reach::of(desk, person, &operation)) {
        let loaded = load(runtime, &reach).await?;
        if loaded.1.is_none() && is_only_creator(runtime, &reach).await? {
            write(runtime, &reach, loaded, Hands::default()).await?;
        }
    }
    Ok(())
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
