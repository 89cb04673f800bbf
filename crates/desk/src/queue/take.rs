//! Taking the earliest ticket that a person can serve.

use super::LineOf;
use super::reach::{directory, directory_now};
use crate::documents::PageDocument;
use crate::limits::{CLAIM_SWAPS_MAX, QUEUE_LINKS_MAX};
use crate::{Error, keys};
use futures::future::try_join_all;
use tierline_domain::people::{DesiredWaits, Person, weight};
use tierline_domain::queue::{Directory, Entry, Hold, PageId, PageRef, Place, Sighting};
use tierline_domain::time::Time;
use tierline_store::{Document, OperationId, Runtime, Store, StoreError, Swap, pause};

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
    /// What would be next takes so many units, more than are free, and nothing lighter may go before it.
    Kept(u32),
    /// There is none.
    None,
}

/// Who takes, and what they can take.
#[derive(Clone, Copy)]
pub struct Fit<'a> {
    /// Who.
    pub person: &'a Person,
    /// How long after its virtual arrival a ticket waits for who has the skills it desires.
    pub desired: DesiredWaits,
    /// Units that they can have in hand, and how many of them are free; none where the desk does not bound it.
    pub room: Option<(u32, u32)>,
    /// Seconds after the virtual arrival of what is too heavy for them now, up to which lighter ones go before it.
    pub lighter_s: u32,
}

/// Who takes, and how.
#[derive(Clone, Copy)]
struct Taker<'a> {
    line: LineOf<'a>,
    fit: Fit<'a>,
    hold: &'a Hold,
    now: Time,
    operation: &'a OperationId,
}

impl Taker<'_> {
    /// Whether a ticket at `place` that has these skills does not wait for somebody who fits it better.
    fn fits(&self, place: &Place, skills: &[String]) -> bool {
        place.v.plus_s(self.fit.desired.of(skills)) <= self.now || self.fit.person.has_desired(skills)
    }

    /// What a ticket with these skills takes, if that is more than is free.
    fn too_heavy(&self, skills: &[String]) -> Option<u32> {
        let (units, free) = self.fit.room?;
        Some(weight(skills).min(units)).filter(|weight| *weight > free)
    }
}

/// What a look at one queue found.
enum Found {
    /// The entry that this claim holds already.
    Mine(Entry),
    /// The claim was here before, and what it took has gone.
    Was,
    /// The earliest that is free.
    Free(Entry),
    /// Nothing.
    None,
    /// Nothing yet: from here on all wait for somebody who has what they desire, or has more room.
    Later,
    /// Nothing on as many pages as one claim reads.
    TooFar,
}

/// One queue, from its head to the first entry that the person can take.
struct Look<C> {
    /// The skills of the queue; none if its entries spell theirs.
    skills: Option<Vec<String>>,
    /// The page that has what was found, for the swap.
    at: Option<(PageId, Document<PageDocument>, C)>,
    found: Found,
    /// The earliest that they could take but for its weight.
    heavy: Option<(Place, u32)>,
    way: Vec<Sighting>,
}

/// Takes the earliest entry of the line that nobody holds and whose skills the person has: the earliest of the heads of
/// those queues that are open to them. One that desires skills which they do not have is theirs so many seconds after its
/// virtual arrival: the order of a queue is that of being theirs, too, so its head still tells. What weighs more than they
/// have room for stays, and lighter ones go before it only while they came less than `lighter_s` after it: what is free then
/// is kept for it.
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
    let taker = Taker { line, fit, hold, now, operation };
    let seen = directory(runtime, line).await?;
    let taken = take_from(runtime, taker, &seen).await?;
    if !matches!(taken, Take::None) {
        return Ok(taken);
    }
    // Nobody is sent away by what a store showed from the past.
    let there = directory_now(runtime, line).await?;
    if there == seen { Ok(Take::None) } else { take_from(runtime, taker, &there).await }
}

async fn take_from<R: Runtime>(runtime: &R, taker: Taker<'_>, directory: &Directory) -> Result<Take, Error> {
    let fit = taker.fit;
    let open = directory.chains().filter(|chain| chain.is_open_to(fit.person));
    let heads: Vec<_> = open.map(|chain| (chain.skills().map(<[_]>::to_vec), chain.head())).collect();
    let looks = heads.into_iter().map(|(skills, head)| look(runtime, taker, skills, head));
    let mut looks = try_join_all(looks).await?;
    for attempt in 1..=CLAIM_SWAPS_MAX {
        let left = left(directory, &looks);
        if let Some(ended) = ended(&looks, left) {
            return Ok(ended);
        }
        let Some(best) = earliest(&looks, fit.lighter_s) else { return nothing(&looks) };
        let Some(chosen) = looks.get_mut(best) else { return Ok(Take::None) };
        match swap(runtime, taker, chosen, left).await? {
            Swapped::Taken(taken) => return Ok(taken),
            Swapped::Not(from) => {
                pause(runtime, attempt).await;
                let skills = chosen.skills.take();
                *chosen = look(runtime, taker, skills, from).await?;
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
    let skills = look.skills.clone().unwrap_or_else(|| entry.skills.clone());
    Take::Taken { place: entry.place, skills, way: look.way.clone(), left }
}

/// Free tickets of the line but for one.
fn left<C>(directory: &Directory, looks: &[Look<C>]) -> u32 {
    let seen = || looks.iter().flat_map(|look| &look.way);
    let is_seen = |page: &&PageRef| seen().any(|sighting| sighting.id == page.id);
    let elsewhere = directory.chains().flat_map(|chain| chain.pages()).filter(|page| !is_seen(page));
    let waiting: u32 = seen().map(|sighting| sighting.waiting).sum();
    waiting.saturating_add(elsewhere.map(|page| page.count).sum()).saturating_sub(1)
}

/// The earliest of all that are too heavy.
fn heaviest_first<C>(looks: &[Look<C>]) -> Option<(Place, u32)> {
    looks.iter().filter_map(|look| look.heavy).min()
}

/// Which queue has the earliest that is free, and not so late that it must not go before what is too heavy now.
fn earliest<C>(looks: &[Look<C>], lighter_s: u32) -> Option<usize> {
    let kept_from = heaviest_first(looks).map(|(heavy, _)| heavy.v.plus_s(lighter_s));
    let free = looks.iter().enumerate().filter_map(|(index, look)| match &look.found {
        Found::Free(entry) => Some((entry.place, index)),
        _ => None,
    });
    free.filter(|(place, _)| kept_from.is_none_or(|from| place.v < from)).min().map(|(_, index)| index)
}

fn nothing<C>(looks: &[Look<C>]) -> Result<Take, Error> {
    if looks.iter().any(|look| matches!(look.found, Found::TooFar)) {
        return Err(Error::Busy("the line's queue"));
    }
    Ok(heaviest_first(looks).map_or(Take::None, |(_, weight)| Take::Kept(weight)))
}

/// Walks a queue from the page `id`. One store read a page.
async fn look<R: Runtime>(
    runtime: &R,
    taker: Taker<'_>,
    skills: Option<Vec<String>>,
    mut id: PageId,
) -> Result<Look<<R::Store as Store>::Cas>, Error> {
    let (mut way, mut heavy) = (vec![], None);
    for _ in 0..QUEUE_LINKS_MAX {
        let key = keys::page(taker.line.desk, taker.line.line, &id);
        let (bytes, cas) = runtime.store().load(&key).await?;
        let document = bytes.map(|bytes| Document::<PageDocument>::decode(&key, &bytes)).transpose()?;
        let Some(document) = document else {
            return Ok(Look { skills, at: None, found: Found::None, heavy, way });
        };
        way.push(Sighting::of(&id, &document.body));
        let found = find(&document, taker, skills.as_deref(), &mut heavy);
        let next = document.body.next.as_ref().map(|link| link.page.clone());
        match (found, next) {
            (Found::None, Some(next)) => id = next,
            (found, _) => return Ok(Look { skills, at: Some((id, document, cas)), found, heavy, way }),
        }
    }
    Ok(Look { skills, at: None, found: Found::TooFar, heavy, way })
}

/// What the page has; `heavy` learns of the first that is too heavy.
fn find(
    document: &Document<PageDocument>,
    taker: Taker<'_>,
    skills: Option<&[String]>,
    heavy: &mut Option<(Place, u32)>,
) -> Found {
    let page = &document.body;
    let mine = |entry: &&Entry| entry.hold.as_ref().is_some_and(|held| held.by == taker.hold.by);
    if let Some(entry) = page.entries.iter().find(mine) {
        return Found::Mine(entry.clone());
    }
    if document.has(taker.operation) {
        return Found::Was;
    }
    // In a queue of its own, the first that is free tells of all of them.
    for entry in page.entries.iter().filter(|entry| entry.is_free(taker.now)) {
        let words = skills.unwrap_or(&entry.skills);
        let can = taker.fit.person.has_skills(&entry.skills) && taker.fits(&entry.place, words);
        match taker.too_heavy(words) {
            None if can => return Found::Free(entry.clone()),
            Some(weight) if can => *heavy = heavy.or(Some((entry.place, weight))),
            _ => {}
        }
        if skills.is_some() {
            return Found::Later;
        }
    }
    Found::None
}

enum Swapped {
    Taken(Take),
    /// Somebody else was there, or it is not known: look again from this page on.
    Not(PageId),
}

async fn swap<R: Runtime>(
    runtime: &R,
    taker: Taker<'_>,
    look: &mut Look<<R::Store as Store>::Cas>,
    left: u32,
) -> Result<Swapped, Error> {
    let (Found::Free(entry), Some((id, document, cas))) = (&look.found, look.at.take()) else {
        return Ok(Swapped::Taken(Take::None));
    };
    let Some(next) = document.body.with_hold(&entry.place, Some(taker.hold.clone())) else {
        return Ok(Swapped::Not(id));
    };
    let key = keys::page(taker.line.desk, taker.line.line, &id);
    let next = document.next(PageDocument(next), taker.operation.clone());
    match runtime.store().swap(cas, &next.encode(&key)?).await {
        Ok(Swap::Done) => Ok(Swapped::Taken(taken(entry, look, left))),
        Ok(Swap::Conflict) | Err(StoreError::Unavailable(_)) => Ok(Swapped::Not(id)),
        Err(error) => Err(error.into()),
    }
}
