//! Taking the earliest ticket that a person can serve: one swap on its page.

use super::LineOf;
use super::look::{Fit, Found, Look, Looker, free, left, look, look_at_all};
use super::reach::{directory, directory_now};
use crate::documents::PageDocument;
use crate::limits::CLAIM_SWAPS_MAX;
use crate::{Error, keys};
use std::collections::BTreeSet;
use tierline_domain::queue::{Directory, Entry, Hold, PageId, Place, Sighting};
use tierline_domain::time::Time;
use tierline_store::{OperationId, Runtime, Store, StoreError, Swap, pause};

/// How taking the first free entry went.
pub enum Take {
    /// This one is held for the claim now.
    Taken {
        /// Where the ticket stands.
        place: Place,
        /// The skills whose queue that is.
        skills: Vec<String>,
        /// The pages seen, its own last.
        way: Vec<Sighting>,
        /// Free tickets that stay in the line: as seen where it was looked, elsewhere as last counted.
        left: u32,
    },
    /// This claim took one before, and lost it since.
    Lost,
    /// There is none.
    None,
}

/// Takes the earliest entry of the line that nobody holds and whose skills the person has: the earliest of the heads of
/// those queues that are open to them. One that desires skills which they do not have is theirs so many seconds after its
/// virtual arrival: the order of a queue is that of being theirs, too, so its head still tells.
///
/// One durable commit. Store reads: the directory, and one page for each set of skills that the person covers; one more
/// for each page before that on which everything is held, and for each conflict. At most [`CLAIM_SWAPS_MAX`] swaps are
/// tried.
pub async fn take_first<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    fit: Fit<'_>,
    hold: &Hold,
    now: Time,
    operation: &OperationId,
) -> Result<Take, Error> {
    let beside = BTreeSet::new();
    let looker = Looker { line, fit, now, claim: Some((hold, operation)), many: 1, beside: &beside };
    let by = (hold, operation);
    let seen = directory(runtime, line).await?;
    let taken = take_from(runtime, looker, by, &seen).await?;
    if !matches!(taken, Take::None) {
        return Ok(taken);
    }
    // Nobody is sent away by what a store showed from the past.
    let there = directory_now(runtime, line).await?;
    if there == seen { Ok(Take::None) } else { take_from(runtime, looker, by, &there).await }
}

async fn take_from<R: Runtime>(
    runtime: &R,
    looker: Looker<'_>,
    by: (&Hold, &OperationId),
    directory: &Directory,
) -> Result<Take, Error> {
    let mut looks = look_at_all(runtime, looker, directory).await?;
    for attempt in 1..=CLAIM_SWAPS_MAX {
        let left = left(directory, &looks);
        if let Some(ended) = ended(&looks, left) {
            return Ok(ended);
        }
        let best =
            free(&looks, looker.fit.lighter_s).first().map(|(entry, index)| (Entry::clone(entry), *index));
        let Some((entry, index)) = best else {
            return if is_too_far(&looks) { Err(Error::Busy("the line's queue")) } else { Ok(Take::None) };
        };
        let Some(chosen) = looks.get_mut(index) else { return Ok(Take::None) };
        match swap(runtime, looker.line, by, chosen, &entry).await? {
            Swapped::Taken => return Ok(taken(&entry, chosen, left)),
            Swapped::Not(from) => {
                pause(runtime, attempt).await;
                let skills = chosen.skills.take();
                *chosen = look(runtime, looker, skills, from).await?;
            }
        }
    }
    Err(Error::Busy("the line's queue"))
}

/// What an earlier attempt of this claim already decided.
fn ended<C>(looks: &[Look<C>], left: u32) -> Option<Take> {
    for look in looks {
        if let Found::Mine(entry) = &look.found {
            return Some(taken(entry, look, left));
        }
    }
    looks.iter().any(|look| matches!(look.found, Found::Was)).then_some(Take::Lost)
}

fn taken<C>(entry: &Entry, look: &Look<C>, left: u32) -> Take {
    Take::Taken { place: entry.place, skills: look.skills_of(entry), way: look.way.clone(), left }
}

pub(super) fn is_too_far<C>(looks: &[Look<C>]) -> bool {
    looks.iter().any(|look| matches!(look.found, Found::TooFar))
}

enum Swapped {
    Taken,
    /// Somebody else was there, or it is not known: look again from this page on.
    Not(PageId),
}

async fn swap<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    (hold, operation): (&Hold, &OperationId),
    look: &mut Look<<R::Store as Store>::Cas>,
    entry: &Entry,
) -> Result<Swapped, Error> {
    let Some((id, document, cas)) = look.at.take() else { return Err(Error::Busy("the line's queue")) };
    let Some(next) = document.body.with_hold(&entry.place, Some(hold.clone())) else {
        return Ok(Swapped::Not(id));
    };
    let key = keys::page(line.desk, line.line, &id);
    let next = document.next(PageDocument(next), operation.clone());
    match runtime.store().swap(cas, &next.encode(&key)?).await {
        Ok(Swap::Done) => Ok(Swapped::Taken),
        Ok(Swap::Conflict) | Err(StoreError::Unavailable(_)) => Ok(Swapped::Not(id)),
        Err(error) => Err(error.into()),
    }
}
