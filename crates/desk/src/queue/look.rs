//! Looking for the earliest tickets of a line that a person can take: the heads of the queues that are open to them.

use super::LineOf;
use crate::documents::PageDocument;
use crate::limits::QUEUE_LINKS_MAX;
use crate::{Error, keys};
use futures::future::try_join_all;
use std::collections::BTreeSet;
use tierline_domain::ids::TicketId;
use tierline_domain::people::{DesiredWaits, Person, weight};
use tierline_domain::queue::{Directory, Entry, Hold, PageId, PageRef, Place, Sighting};
use tierline_domain::time::Time;
use tierline_store::{Document, OperationId, Runtime, Store};

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

/// Who looks, and for what.
#[derive(Clone, Copy)]
pub(super) struct Looker<'a> {
    pub line: LineOf<'a>,
    pub fit: Fit<'a>,
    pub now: Time,
    /// The claim that would hold the entry, and its operation, if it has them: an earlier attempt may be found.
    pub claim: Option<(&'a Hold, &'a OperationId)>,
    /// How many free entries of a queue are wanted.
    pub many: usize,
    /// Tickets that are not wanted.
    pub beside: &'a BTreeSet<TicketId>,
}

impl Looker<'_> {
    /// Whether a ticket at `place` that has these skills does not wait for somebody who fits it better.
    fn fits(&self, place: &Place, skills: &[String]) -> bool {
        place.v.plus_s(self.fit.desired.of(skills)) <= self.now || self.fit.person.has_desired(skills)
    }

    /// What a ticket with these skills takes, if that is more than is free.
    fn too_heavy(&self, skills: &[String]) -> Option<u32> {
        let (units, free) = self.fit.room?;
        Some(weight(skills).min(units)).filter(|weight| *weight > free)
    }

    fn is_free(&self, entry: &Entry) -> bool {
        entry.is_free(self.now) && !self.beside.contains(&entry.place.ticket)
    }
}

/// What a look at one queue found.
pub(super) enum Found {
    /// The entry that this claim holds already.
    Mine(Entry),
    /// The claim was here before, and what it took has gone.
    Was,
    /// The earliest that are free, in order; at least one.
    Free {
        /// No more than were wanted.
        entries: Vec<Entry>,
        /// Whether the next page may have more.
        may_go_on: bool,
    },
    /// Nothing.
    None,
    /// Nothing yet: from here on all wait for somebody who has what they desire, or has more room.
    Later,
    /// Nothing on as many pages as one claim reads.
    TooFar,
}

/// One queue, from its head to the first page with an entry that the person can take.
pub(super) struct Look<C> {
    /// The skills of the queue; none if its entries spell theirs.
    pub skills: Option<Vec<String>>,
    /// The page that has what was found, for the swap.
    pub at: Option<(PageId, Document<PageDocument>, C)>,
    pub found: Found,
    /// The earliest that they could take but for its weight.
    pub heavy: Option<(Place, u32)>,
    pub way: Vec<Sighting>,
}

impl<C> Look<C> {
    /// The skills of an entry that was found.
    pub fn skills_of(&self, entry: &Entry) -> Vec<String> {
        self.skills.clone().unwrap_or_else(|| entry.skills.clone())
    }

    /// From where on there may be free entries that were not looked at.
    pub fn unseen_from(&self) -> Option<Place> {
        let Found::Free { may_go_on: true, .. } = self.found else { return None };
        let (_, document, _) = self.at.as_ref()?;
        document.body.next.as_ref().map(|link| link.from)
    }
}

/// The queues that are open to the person. One store read each, and one more for each page on which everything is held.
pub(super) async fn look_at_all<R: Runtime>(
    runtime: &R,
    looker: Looker<'_>,
    directory: &Directory,
) -> Result<Vec<Look<<R::Store as Store>::Cas>>, Error> {
    let open = directory.chains().filter(|chain| chain.is_open_to(looker.fit.person));
    let heads: Vec<_> = open.map(|chain| (chain.skills().map(<[_]>::to_vec), chain.head())).collect();
    try_join_all(heads.into_iter().map(|(skills, head)| look(runtime, looker, skills, head))).await
}

/// Free tickets of the line but for one.
pub(super) fn left<C>(directory: &Directory, looks: &[Look<C>]) -> u32 {
    let seen = || looks.iter().flat_map(|look| &look.way);
    let is_seen = |page: &&PageRef| seen().any(|sighting| sighting.id == page.id);
    let elsewhere = directory.chains().flat_map(|chain| chain.pages()).filter(|page| !is_seen(page));
    let waiting: u32 = seen().map(|sighting| sighting.waiting).sum();
    waiting.saturating_add(elsewhere.map(|page| page.count).sum()).saturating_sub(1)
}

/// The earliest of all that are too heavy.
pub(super) fn earliest_heavy<C>(looks: &[Look<C>]) -> Option<(Place, u32)> {
    looks.iter().filter_map(|look| look.heavy).min()
}

/// All that are free, the earliest first, and which look found them; none so late that it must not go before what is too
/// heavy now.
pub(super) fn free<C>(looks: &[Look<C>], lighter_s: u32) -> Vec<(&Entry, usize)> {
    let kept_from = earliest_heavy(looks).map(|(heavy, _)| heavy.v.plus_s(lighter_s));
    let found = looks.iter().enumerate().filter_map(|(index, look)| match &look.found {
        Found::Free { entries, .. } => Some(entries.iter().map(move |entry| (entry, index))),
        _ => None,
    });
    let is_given = |(entry, _): &(&Entry, usize)| kept_from.is_none_or(|from| entry.place.v < from);
    let mut all: Vec<_> = found.flatten().filter(is_given).collect();
    all.sort_by_key(|(entry, _)| entry.place);
    all
}

/// Walks a queue from the page `id`. One store read a page.
pub(super) async fn look<R: Runtime>(
    runtime: &R,
    looker: Looker<'_>,
    skills: Option<Vec<String>>,
    mut id: PageId,
) -> Result<Look<<R::Store as Store>::Cas>, Error> {
    let (mut way, mut heavy) = (vec![], None);
    for _ in 0..QUEUE_LINKS_MAX {
        let key = keys::page(looker.line.desk, looker.line.line, &id);
        let (bytes, cas) = runtime.store().load(&key).await?;
        let document = bytes.map(|bytes| Document::<PageDocument>::decode(&key, &bytes)).transpose()?;
        let Some(document) = document else {
            return Ok(Look { skills, at: None, found: Found::None, heavy, way });
        };
        way.push(Sighting::of(&id, &document.body));
        let found = find(&document, looker, skills.as_deref(), &mut heavy);
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
    looker: Looker<'_>,
    skills: Option<&[String]>,
    heavy: &mut Option<(Place, u32)>,
) -> Found {
    let page = &document.body;
    if let Some((hold, operation)) = looker.claim {
        let mine = |entry: &&Entry| entry.hold.as_ref().is_some_and(|held| held.by == hold.by);
        if let Some(entry) = page.entries.iter().find(mine) {
            return Found::Mine(entry.clone());
        }
        if document.has(operation) {
            return Found::Was;
        }
    }
    let mut found = vec![];
    for entry in page.entries.iter().filter(|entry| looker.is_free(entry)) {
        let words = skills.unwrap_or(&entry.skills);
        let can = looker.fit.person.has_skills(&entry.skills) && looker.fits(&entry.place, words);
        match looker.too_heavy(words) {
            None if can => {
                found.push(entry.clone());
                if found.len() >= looker.many {
                    return Found::Free { entries: found, may_go_on: true };
                }
                continue;
            }
            Some(weight) if can => *heavy = heavy.or(Some((entry.place, weight))),
            _ => {}
        }
        // In a queue of its own, the first that cannot be taken tells of all after it.
        if skills.is_some() {
            return if found.is_empty() {
                Found::Later
            } else {
                Found::Free { entries: found, may_go_on: false }
            };
        }
    }
    if found.is_empty() { Found::None } else { Found::Free { entries: found, may_go_on: true } }
}
