//! The earliest tickets that a person can take, in order, without taking any: whoever reaches for them notes first which.

use super::LineOf;
use super::agree::{self, Debt, Truth};
use super::look::{Fit, Look, Looker, earliest_heavy, free, left, look_at_all};
use super::reach::{directory, directory_now, reach};
use super::take::is_too_far;
use crate::Error;
use crate::limits::{CANDIDATES_MAX, STALE_ATTEMPTS_MAX};
use futures::future::try_join_all;
use std::collections::BTreeSet;
use tierline_domain::ids::TicketId;
use tierline_domain::queue::{Chain, Directory, Hold, Page, Place, Sighting};
use tierline_domain::time::Time;
use tierline_store::{OperationId, Runtime, pause};

/// One that can be taken.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Where the ticket stands.
    pub place: Place,
    /// The skills whose queue that is.
    pub skills: Vec<String>,
    /// The pages seen on the way, its own last.
    pub way: Vec<Sighting>,
}

/// What there is to take.
pub enum Choice {
    /// These, in the order in which they are to be taken; at least one.
    Of {
        /// At most [`CANDIDATES_MAX`].
        candidates: Vec<Candidate>,
        /// Free tickets that stay in the line, one taken: as seen where it was looked, elsewhere as last counted.
        left: u32,
        /// Whether one that is too heavy came before some of them.
        past_heavy: bool,
    },
    /// What would be next takes so many units, more than are free, and nothing lighter may go before it.
    Kept(u32),
    /// There is none.
    None,
}

/// The first of the line that nobody holds and whose skills the person has, but for those `beside`. What weighs more than they
/// have room for stays, and lighter ones go before it only while they came less than `lighter_s` after it: what is free then
/// is kept for it.
///
/// Store reads: the directory, and one page for each set of skills that the person covers; one more for each page before that
/// on which everything is held.
pub async fn candidates<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    fit: Fit<'_>,
    beside: &BTreeSet<TicketId>,
    now: Time,
) -> Result<Choice, Error> {
    let looker = Looker { line, fit, now, claim: None, many: CANDIDATES_MAX, beside };
    let seen = directory(runtime, line).await?;
    let choice = choose(runtime, looker, &seen).await?;
    if !matches!(choice, Choice::None) {
        return Ok(choice);
    }
    // Nobody is sent away by what a store showed from the past.
    let there = directory_now(runtime, line).await?;
    if there == seen { Ok(Choice::None) } else { choose(runtime, looker, &there).await }
}

async fn choose<R: Runtime>(runtime: &R, looker: Looker<'_>, directory: &Directory) -> Result<Choice, Error> {
    let looks = look_at_all(runtime, looker, directory).await?;
    // What comes after a page that was not read is not known.
    let unseen_from = looks.iter().filter_map(Look::unseen_from).min();
    let free = free(&looks, looker.fit.lighter_s).into_iter();
    let seen = free.filter(|(entry, _)| unseen_from.is_none_or(|from| entry.place < from));
    let candidates: Vec<_> = seen
        .take(CANDIDATES_MAX)
        .filter_map(|(entry, index)| {
            let look = looks.get(index)?;
            Some(Candidate { place: entry.place, skills: look.skills_of(entry), way: look.way.clone() })
        })
        .collect();
    let heavy = earliest_heavy(&looks);
    if let Some(last) = candidates.last() {
        let past_heavy = heavy.is_some_and(|(heavy, _)| heavy < last.place);
        return Ok(Choice::Of { candidates, left: left(directory, &looks), past_heavy });
    }
    if is_too_far(&looks) {
        return Err(Error::Busy("the line's queue"));
    }
    Ok(heavy.map_or(Choice::None, |(_, weight)| Choice::Kept(weight)))
}

/// An entry that does not say what its ticket is.
#[derive(Debug, Clone)]
pub struct Stale {
    /// Where it was found.
    pub candidate: Candidate,
    /// To be held like this, since nobody can take its ticket; if not, it is to agree with it.
    pub hold: Option<Hold>,
}

/// Puts these entries right, so that nobody else stumbles over them. For each page one durable commit, and one store read for each
/// ticket that can tell; nothing where others are at work there all the time: whoever stumbles next does it.
pub async fn put_all_right<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    mut stale: Vec<Stale>,
    operation: &OperationId,
) -> Result<(), Error> {
    let directory = directory(runtime, line).await?;
    let mut attempt = 1;
    while let Some(first) = stale.first().map(|stale| stale.candidate.clone()) {
        let chain = directory.of_set(&first.skills).or_else(|| directory.shared());
        let Some(chain) = chain else { return Ok(()) };
        let reached = reach(runtime, line, chain.page_for(&first.place), &first.place).await?;
        let page = reached.page();
        let is_here = |stale: &Stale| page.find(&stale.candidate.place).is_some();
        let (here, others): (Vec<_>, Vec<_>) = stale.into_iter().partition(is_here);
        let is_right = match right(runtime, (line, chain), page, &here).await? {
            Some(next) => agree::swap_page(runtime, line, reached, &next, operation).await?.is_some(),
            None => true,
        };
        if !is_right && attempt < STALE_ATTEMPTS_MAX {
            pause(runtime, attempt).await;
            attempt += 1;
            stale = others.into_iter().chain(here).collect();
            stale.sort_unstable_by_key(|stale| stale.candidate.place);
            continue;
        }
        stale = others.into_iter().filter(|stale| stale.candidate.place != first.place).collect();
    }
    Ok(())
}

/// The page with these entries as they must be; none if they are.
async fn right<R: Runtime>(
    runtime: &R,
    (line, chain): (LineOf<'_>, Chain<'_>),
    page: Page,
    stale: &[Stale],
) -> Result<Option<Page>, Error> {
    let wanted = try_join_all(stale.iter().map(|Stale { candidate, hold }| async move {
        let Candidate { place, skills, .. } = candidate;
        if hold.is_some() {
            return Ok(None);
        }
        let truth = Truth::Stored(place.ticket);
        let debt = Debt { line, place: *place, skills: Some(skills), truth, is_owed: false };
        Ok::<_, Error>(debt.entry_in(chain, debt.entry(runtime).await?))
    }))
    .await?;
    let mut next = page.clone();
    for (Stale { candidate, hold }, entry) in stale.iter().zip(wanted) {
        let changed = match (hold, entry) {
            (Some(hold), _) => next.with_hold(&candidate.place, Some(hold.clone())),
            (None, Some(entry)) => next.with_entry(entry),
            (None, None) => next.remove(&candidate.place),
        };
        next = changed.unwrap_or(next);
    }
    Ok((next != page).then_some(next))
}
