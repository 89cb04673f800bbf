//! Taking the earliest ticket that a person can serve.

use super::LineOf;
use super::reach::directory;
use crate::documents::PageDocument;
use crate::limits::{CLAIM_SWAPS_MAX, QUEUE_LINKS_MAX};
use crate::{Error, keys};
use futures::future::try_join_all;
use tierline_domain::people::Person;
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
    /// There is none.
    None,
}

/// Who takes, and how.
#[derive(Clone, Copy)]
struct Taker<'a> {
    line: LineOf<'a>,
    person: &'a Person,
    /// Seconds after its virtual arrival for which a ticket waits for who has the skills it desires.
    desired_s: u32,
    hold: &'a Hold,
    now: Time,
    operation: &'a OperationId,
}

impl Taker<'_> {
    /// Whether a ticket at `place` that has these skills does not wait for somebody who fits it better.
    fn fits(&self, place: &Place, skills: &[String]) -> bool {
        place.v.plus_s(self.desired_s) <= self.now || self.person.has_desired(skills)
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
    /// Nothing yet: from here on all wait for somebody who has what they desire.
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
    way: Vec<Sighting>,
}

/// Takes the earliest entry of the line that nobody holds and whose skills the person has: the earliest of the heads of
/// those queues that are open to them. One that desires skills which they do not have is theirs `desired_s` seconds after its
/// virtual arrival: the order of a queue is that of being theirs, too, so its head still tells.
///
/// One durable commit. Store reads: the directory, and one page for each set of skills that the person covers; one more
/// for each page before that on which everything is held, and for each conflict. At most [`CLAIM_SWAPS_MAX`] swaps are
/// tried.
pub async fn take_first<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    (person, desired_s): (&Person, u32),
    hold: &Hold,
    now: Time,
    operation: &OperationId,
) -> Result<Take, Error> {
    let taker = Taker { line, person, desired_s, hold, now, operation };
    let directory = directory(runtime, line).await?;
    let open = directory.chains().filter(|chain| chain.is_open_to(person));
    let heads: Vec<_> = open.map(|chain| (chain.skills().map(<[_]>::to_vec), chain.head())).collect();
    let looks = heads.into_iter().map(|(skills, head)| look(runtime, taker, skills, head));
    let mut looks = try_join_all(looks).await?;
    for attempt in 1..=CLAIM_SWAPS_MAX {
        let left = left(&directory, &looks);
        if let Some(ended) = ended(&looks, left) {
            return Ok(ended);
        }
        let Some(best) = earliest(&looks) else { return nothing(&looks) };
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

/// Which queue has the earliest that is free.
fn earliest<C>(looks: &[Look<C>]) -> Option<usize> {
    let free = looks.iter().enumerate().filter_map(|(index, look)| match &look.found {
        Found::Free(entry) => Some((entry.place, index)),
        _ => None,
    });
    free.min().map(|(_, index)| index)
}

fn nothing<C>(looks: &[Look<C>]) -> Result<Take, Error> {
    match looks.iter().any(|look| matches!(look.found, Found::TooFar)) {
        true => Err(Error::Busy("the line's queue")),
        false => Ok(Take::None),
    }
}

/// Walks a queue from the page `id`. One store read a page.
async fn look<R: Runtime>(
    runtime: &R,
    taker: Taker<'_>,
    skills: Option<Vec<String>>,
    mut id: PageId,
) -> Result<Look<<R::Store as Store>::Cas>, Error> {
    let mut way = vec![];
    for _ in 0..QUEUE_LINKS_MAX {
        let key = keys::page(taker.line.desk, taker.line.line, &id);
        let (bytes, cas) = runtime.store().load(&key).await?;
        let document = bytes.map(|bytes| Document::<PageDocument>::decode(&key, &bytes)).transpose()?;
        let Some(document) = document else {
            return Ok(Look { skills, at: None, found: Found::None, way });
        };
        way.push(Sighting::of(&id, &document.body));
        let found = find(&document, taker, skills.as_deref());
        let next = document.body.next.as_ref().map(|link| link.page.clone());
        match (found, next) {
            (Found::None, Some(next)) => id = next,
            (found, _) => return Ok(Look { skills, at: Some((id, document, cas)), found, way }),
        }
    }
    Ok(Look { skills, at: None, found: Found::TooFar, way })
}

fn find(document: &Document<PageDocument>, taker: Taker<'_>, skills: Option<&[String]>) -> Found {
    let page = &document.body;
    let mine = |entry: &&Entry| entry.hold.as_ref().is_some_and(|held| held.by == taker.hold.by);
    if let Some(entry) = page.entries.iter().find(mine) {
        return Found::Mine(entry.clone());
    }
    if document.has(taker.operation) {
        return Found::Was;
    }
    let can = |entry: &Entry| taker.person.has_skills(&entry.skills);
    let free = match skills {
        Some(skills) => match page.first_free(taker.now, can) {
            Some(entry) if !taker.fits(&entry.place, skills) => return Found::Later,
            free => free,
        },
        None => page.first_free(taker.now, |entry| can(entry) && taker.fits(&entry.place, &entry.skills)),
    };
    free.map_or(Found::None, |entry| Found::Free(entry.clone()))
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
