//! Giving somebody the next ticket of a line.
//!
//! Where nothing bounds what people have in hand, a claim marks the entry first and then takes the ticket: of many at once, each
//! goes for another. Where something does, it notes first in its person's hands which tickets it goes for, in order, then takes
//! the first that nobody else has; the entry is marked after the answer. Either way two durable commits.

use crate::documents::TicketDocument;
use crate::hands::{self, For, InHand, Reach};
use crate::limits::{CLAIM_ATTEMPTS_MAX, ENTRY_LATE_S};
use crate::lookup::ticket_now;
use crate::operations::Acted;
use crate::queue::{self, Candidate, Choice, Debt, LineOf, Stale, Take, Truth};
use crate::settling::{Event, Way, after_answer};
use crate::{Error, keys};
use std::collections::BTreeSet;
use tierline_domain::capacity::Hand;
use tierline_domain::desk::{Desk, Line};
use tierline_domain::ids::{DeskId, LineId, TicketId};
use tierline_domain::people::Person;
use tierline_domain::queue::{Hold, Place};
use tierline_domain::secrets::sha256_hex;
use tierline_domain::ticket::{Claim, Refusal, Ticket};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{ChangeError, Decision, OperationId, Runtime, Store, change, pause};

/// Gives `person` the next ticket of the line that they can take. Two durable commits: the entry, the ticket; or, where the desk
/// bounds what people have in hand, what they have and the ticket. More only where an entry turns out stale, is put right,
/// and the next one tried; and, with a bound, where more than [`crate::limits::CANDIDATES_MAX`] others were quicker, or on the first claim of
/// a person's life.
pub async fn claim_next<P: Platform>(
    platform: &P,
    desk: &Desk,
    line: &Line,
    person: &Person,
    operation: &OperationId,
) -> Result<Option<Acted>, Error> {
    let of = LineOf { desk: &desk.head.id, line: &line.id };
    let desired = desk.policy.desired_waits();
    let fit = queue::Fit { person, desired, room: None, lighter_s: desk.policy.head_start_max_s };
    match Reach::of(desk, &person.id, operation) {
        None => claim_marked(platform, (of, line.lease_s), fit, operation).await,
        Some(reach) => claim_noted(platform, (of, line.lease_s), fit, &reach, operation).await,
    }
}

/// The entry first.
async fn claim_marked<P: Platform>(
    platform: &P,
    (of, lease_s): (LineOf<'_>, u32),
    fit: queue::Fit<'_>,
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
            Take::None => return Ok(None),
        };
        let person = fit.person.id.clone();
        let claim = Claim { person, claim: hold.by, now, lease_s, place: Some(place), marked: true };
        match take_ticket(platform, &claim, &step, Noted::Not).await {
            Ok(Tried::Taken(ticket)) => {
                let way = Way { line: of.line.clone(), seen: way };
                after_answer(platform, &ticket, Some(vec![way]), Event::Taken { left: Some(left) });
                return Ok(Some(Acted { ticket: *ticket }));
            }
            // Its entry stays held for a lease, so that it does not keep the line from the rest.
            Ok(Tried::Unusable) => {}
            Ok(Tried::Elsewhere { .. }) => put_right(platform, (of, &skills), place, &step).await?,
            Err(error) => {
                // The entry is held for a claim that did not come about: let the next one have it at once, if we can.
                let _ = put_right(platform, (of, &skills), place, &step).await;
                return Err(error);
            }
        }
    }
    Err(Error::Busy("the line's queue"))
}

/// The person's hands first.
async fn claim_noted<P: Platform>(
    platform: &P,
    (of, lease_s): (LineOf<'_>, u32),
    fit: queue::Fit<'_>,
    reach: &Reach<'_>,
    operation: &OperationId,
) -> Result<Option<Acted>, Error> {
    let mut errand = Errand { of, lease_s, fit, reach, operation, seen: BTreeSet::new(), stale: vec![] };
    let mut spent: Option<String> = None;
    let mut is_first = true;
    for attempt in 1..=CLAIM_ATTEMPTS_MAX {
        let (in_hand, now, choice) = errand.choose(platform, spent.as_deref()).await?;
        if let Some(ticket) = in_hand.repeated {
            return again(platform, ticket, fit.person).map(Some);
        }
        if let Some(hand) = in_hand.begun {
            return errand.join(platform, &hand).await.map(Some);
        }
        let (candidates, left) = match choice {
            Choice::Of { candidates, left, .. } => (candidates, left),
            Choice::Kept(needed) => {
                let refusal = reach.refusal(needed, in_hand.free);
                errand.end(platform, spent.map(|_| in_hand)).await;
                return Err(refusal);
            }
            Choice::None => {
                errand.end(platform, spent.map(|_| in_hand)).await;
                return Ok(None);
            }
        };
        let Some(hand) = in_hand.claim(reach, &candidates, now) else { continue };
        if !hands::note(platform, reach, in_hand, (hand.clone(), is_first)).await? {
            is_first = false;
            pause(platform, attempt).await;
            continue;
        }
        is_first = false;
        if let Some((ticket, candidate)) = errand.take_one(platform, &hand, &candidates).await? {
            let way = Way { line: of.line.clone(), seen: candidate.way.clone() };
            after_answer(platform, &ticket, Some(vec![way]), Event::Reached { left: Some(left) });
            errand.end(platform, None).await;
            return Ok(Some(Acted { ticket }));
        }
        spent = Some(hand.by);
    }
    Err(Error::Busy("the line's queue"))
}

/// A claim on its way along a line.
struct Errand<'a> {
    of: LineOf<'a>,
    lease_s: u32,
    fit: queue::Fit<'a>,
    reach: &'a Reach<'a>,
    operation: &'a OperationId,
    /// Tickets that were not to be had.
    seen: BTreeSet<TicketId>,
    /// Their entries that do not say so.
    stale: Vec<Stale>,
}

impl Errand<'_> {
    /// What the person has in hand, and what they can take. That is looked at again with all tickets asked where it was not known
    /// exactly what is free, and something seemed too heavy: it may have entered under greater weights.
    async fn choose<P: Platform>(
        &self,
        platform: &P,
        spent: Option<&str>,
    ) -> Result<(InHand<<P::Store as Store>::Cas>, Time, Choice), Error> {
        let mut wanted = self.reach.heaviest();
        loop {
            let what = For { beside: None, wanted, spent };
            let in_hand = hands::in_hand(platform, self.reach, what).await?;
            let now = Time(platform.now_ms());
            if in_hand.repeated.is_some() || in_hand.begun.is_some() {
                return Ok((in_hand, now, Choice::None));
            }
            let fit = queue::Fit { room: Some((self.reach.units(), in_hand.free)), ..self.fit };
            let choice = queue::candidates(platform, self.of, fit, &self.seen, now).await?;
            let doubt = matches!(choice, Choice::Kept(_) | Choice::Of { past_heavy: true, .. });
            if in_hand.is_exact || !doubt || wanted == self.reach.units() {
                return Ok((in_hand, now, choice));
            }
            wanted = self.reach.units();
        }
    }

    /// Takes the first that nobody else has; none if all are somebody's.
    async fn take_one<'c, P: Platform>(
        &mut self,
        platform: &P,
        hand: &Hand,
        candidates: &'c [Candidate],
    ) -> Result<Option<(Ticket, &'c Candidate)>, Error> {
        let step = self.operation.step(&hand.by);
        for candidate in candidates {
            Reach::still_reaches(hand.at, Time(platform.now_ms()))
                .map_err(|_| Error::Busy("the line's queue"))?;
            let (person, place) = (self.fit.person.id.clone(), Some(candidate.place));
            let (claim, now, lease_s) = (hand.by.clone(), hand.at, self.lease_s);
            let claim = Claim { person, claim, now, lease_s, place, marked: false };
            let stale = |hold| Stale { candidate: candidate.clone(), hold };
            match take_ticket(platform, &claim, &step, Noted::First(hand.at)).await? {
                Tried::Taken(ticket) => return Ok(Some((*ticket, candidate))),
                Tried::Elsewhere { lately: true } => {}
                Tried::Elsewhere { lately: false } => self.stale.push(stale(None)),
                Tried::Unusable => {
                    let until = hand.at.plus_s(self.lease_s);
                    self.stale.push(stale(Some(Hold { by: hand.by.clone(), until })));
                }
            }
            self.seen.insert(candidate.place.ticket);
        }
        Ok(None)
    }

    /// Goes on with a claim that the same request, delivered twice or repeated, has begun: it takes what that would take, and
    /// nothing that has changed since, of which it cannot be known whether the other has gone past it.
    async fn join<P: Platform>(&self, platform: &P, hand: &Hand) -> Result<Acted, Error> {
        let step = self.operation.step(&hand.by);
        for id in hand.tickets() {
            let found = hands::usable(ticket_now(platform, id).await)?;
            let stay = found.and_then(|ticket| ticket.stay).filter(|stay| stay.line == *self.of.line);
            let Some(stay) = stay else { continue };
            let (person, place) = (self.fit.person.id.clone(), Some(stay.place));
            let (claim, now, lease_s) = (hand.by.clone(), hand.at, self.lease_s);
            let claim = Claim { person, claim, now, lease_s, place, marked: false };
            if let Tried::Taken(ticket) = take_ticket(platform, &claim, &step, Noted::Joined(hand.at)).await?
            {
                after_answer(platform, &ticket, Some(vec![]), Event::Reached { left: None });
                return Ok(Acted { ticket: *ticket });
            }
        }
        Err(Error::KeyInProgress)
    }

    /// Lets go of what the last round noted in vain, and leaves for after the answer what others would stumble over too.
    async fn end<P: Platform>(&mut self, platform: &P, spent: Option<InHand<<P::Store as Store>::Cas>>) {
        if let Some(in_hand) = spent {
            hands::let_go(platform, self.reach, in_hand).await;
        }
        let stale = std::mem::take(&mut self.stale);
        if stale.is_empty() {
            return;
        }
        let (desk, line): (DeskId, LineId) = (self.of.desk.clone(), self.of.line.clone());
        let (caller, operation) = (platform.clone(), self.operation.step("stale"));
        platform.after_answer(async move {
            let of = LineOf { desk: &desk, line: &line };
            let _ = queue::put_all_right(&caller, of, stale, &operation).await;
        });
    }
}

/// What an earlier attempt of this claim took.
fn again<P: Platform>(platform: &P, ticket: Ticket, person: &Person) -> Result<Acted, Error> {
    held_by(&ticket, person, Time(platform.now_ms()))?;
    after_answer(platform, &ticket, None, Event::Other);
    Ok(Acted { ticket })
}

/// Whether it is theirs still: a claim may be repeated too late.
fn held_by(ticket: &Ticket, person: &Person, now: Time) -> Result<(), Refusal> {
    match ticket.holder(now) {
        Some(lease) if lease.person == person.id => Ok(()),
        Some(lease) => Err(Refusal::Held { holder: lease.person.clone(), until: lease.until }),
        None => Err(Refusal::NotHolder),
    }
}

/// How taking one ticket went.
enum Tried {
    Taken(Box<Ticket>),
    /// It is somebody's, or not in this place any more.
    Elsewhere {
        /// Whoever has it got it so lately that they may be about to say so.
        lately: bool,
    },
    /// Nobody can take it.
    Unusable,
}

/// When a claim was noted, if it was.
#[derive(Debug, Clone, Copy)]
enum Noted {
    Not,
    /// By this request.
    First(Time),
    /// By an earlier delivery of it, which may be at work.
    Joined(Time),
}

/// The ticket's side of a claim. One durable commit if it is taken.
async fn take_ticket<P: Platform>(
    platform: &P,
    claim: &Claim,
    step: &OperationId,
    noted: Noted,
) -> Result<Tried, Error> {
    let Some(place) = claim.place else { return Ok(Tried::Unusable) };
    let key = keys::ticket(place.ticket);
    let mut lately = true;
    let changed = change::<TicketDocument, _, Refusal>(platform, &key, step, |found| match found {
        Some(document) => {
            let (ticket, now) = (&document.body.0, Time(platform.now_ms()));
            if let Noted::First(since) | Noted::Joined(since) = noted {
                Reach::still_reaches(since, now)?;
            }
            if matches!(noted, Noted::Joined(since) if has_changed(ticket, since)) {
                return Err(Refusal::Moved);
            }
            let holder = ticket.holder(claim.now);
            lately = holder.is_some_and(|lease| lease.since.plus_s(ENTRY_LATE_S) > now);
            let claimed = ticket.claim(claim.clone());
            claimed.map(|next| Decision::Write(TicketDocument(next.owing_lists(Some(ticket)))))
        }
        None => {
            lately = false;
            Err(Refusal::Moved)
        }
    });
    match changed.await {
        Ok(changed) => {
            let Some(document) = changed.document() else { return Ok(Tried::Unusable) };
            let ticket = document.body.0;
            match ticket.holder(Time(platform.now_ms())) {
                Some(lease) if lease.person == claim.person => Ok(Tried::Taken(Box::new(ticket))),
                // A claim repeated too late: somebody else went on.
                Some(lease) => Err(Refusal::Held { holder: lease.person.clone(), until: lease.until }.into()),
                None => Err(Refusal::NotHolder.into()),
            }
        }
        Err(ChangeError::Refused(Refusal::Full { .. }) | ChangeError::Document(_)) => Ok(Tried::Unusable),
        Err(ChangeError::Refused(_)) => Ok(Tried::Elsewhere { lately }),
        Err(error) => Err(error.into()),
    }
}

/// Whether somebody had it since then, or did anything with it.
fn has_changed(ticket: &Ticket, since: Time) -> bool {
    ticket.lease.as_ref().is_some_and(|lease| lease.until > since)
        || ticket.history().any(|step| step.at >= since)
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
    let debt = Debt { line, place, skills: Some(skills), truth: Truth::Stored(place.ticket), is_owed: false };
    queue::agree(runtime, &debt, &step.step("right"), &mut vec![]).await?;
    Ok(())
}
