//! Bringing one place's page into agreement with its ticket.

use super::LineOf;
use super::enter::{self, Entered};
use super::reach::{Reached, directory, reach};
use crate::documents::PageDocument;
use crate::limits::QUEUE_ATTEMPTS_MAX;
use crate::lookup::ticket_now;
use crate::{Error, keys};
use tierline_domain::ids::TicketId;
use tierline_domain::queue::{
    Chain, Directory, Entry, Hold, Insert, Page, PageId, Place, Sighting, skill_set,
};
use tierline_domain::ticket::Ticket;
use tierline_store::{Document, OperationId, Runtime, Store, StoreError, Swap, pause};

/// A place whose page must agree with its ticket.
#[derive(Debug, Clone, Copy)]
pub struct Debt<'a> {
    /// The line whose queue it is.
    pub line: LineOf<'a>,
    /// Which place.
    pub place: Place,
    /// The skills whose queue it is in, as [`skill_set`] orders them; none on a shelf of lists.
    pub skills: Option<&'a [String]>,
    /// The ticket.
    pub truth: Truth<'a>,
    /// Whether the ticket owes it. Then somebody may be paying it as the ticket was before: the page is written even if it agrees, so
    /// that their swap, should it come later, does not.
    pub is_owed: bool,
}

/// Where a ticket is found.
#[derive(Debug, Clone, Copy)]
pub enum Truth<'a> {
    /// Not in the store yet: nobody else can have changed it.
    New(&'a Ticket),
    /// In the store. It is read after the page was loaded: if it changes then, so does the page, and the swap conflicts.
    Stored(TicketId),
}

/// Writes that must be durable before a queue learns of them: the new ticket, ahead of its place.
pub type FirstWrites = Vec<(String, Vec<u8>)>;

impl Debt<'_> {
    /// What the ticket wants at the place: an entry that spells its skills, or nothing.
    pub(super) async fn entry<R: Runtime>(&self, runtime: &R) -> Result<Option<Entry>, Error> {
        let id = match self.truth {
            Truth::New(ticket) => return Ok(self.entry_by(ticket)),
            Truth::Stored(id) => id,
        };
        let ticket = ticket_now(runtime, id).await?;
        Ok(ticket.and_then(|ticket| self.entry_by(&ticket)))
    }

    fn entry_by(&self, ticket: &Ticket) -> Option<Entry> {
        if ticket.is_listed_at(self.line.line, &self.place) {
            return Some(Entry { place: self.place, skills: ticket.entry_words(&self.place), hold: None });
        }
        let stay =
            ticket.stay.as_ref().filter(|stay| stay.line == *self.line.line && stay.place == self.place)?;
        let hold = ticket.lease.as_ref().map(|lease| Hold { by: lease.claim.clone(), until: lease.until });
        Some(Entry { place: stay.place, skills: skill_set(&ticket.skills), hold })
    }

    /// What of the ticket's wish concerns the queue `chain`.
    pub(super) fn entry_in(&self, chain: Chain<'_>, wanted: Option<Entry>) -> Option<Entry> {
        let Some(skills) = chain.skills() else { return wanted };
        let here = wanted.filter(|entry| entry.skills == skills)?;
        Some(Entry { skills: vec![], ..here })
    }
}

/// How one queue stands after one attempt.
enum Tried {
    /// It agrees, and has the entry or has not.
    Agrees { has_entry: bool },
    /// It has ended; its last page is this one.
    Closed(PageId),
    /// It changed meanwhile.
    Again,
}

/// Brings the page of one place into agreement with its ticket, after `first` is written; gives the pages seen, its own last.
/// One durable commit for `first`, with the new page of a split or of a new queue in it, and one for the swap; conflicts cost reads only.
///
/// Store reads: the directory, the page, and the ticket if it is stored; as much again for the shared queue where the
/// line has one, since an entry of the ticket may be there.
pub async fn agree<R: Runtime>(
    runtime: &R,
    debt: &Debt<'_>,
    operation: &OperationId,
    first: &mut FirstWrites,
) -> Result<Vec<Sighting>, Error> {
    let mut way = vec![];
    for attempt in 1..=QUEUE_ATTEMPTS_MAX {
        let seen = directory(runtime, debt.line).await?;
        if agree_once(runtime, debt, seen, (operation, attempt), first, &mut way).await? {
            return Ok(way);
        }
        pause(runtime, attempt).await;
    }
    Err(Error::Busy("the line's queue"))
}

/// Whether it agrees now; if not, it must be tried again.
async fn agree_once<R: Runtime>(
    runtime: &R,
    debt: &Debt<'_>,
    seen: Directory,
    by: (&OperationId, u32),
    first: &mut FirstWrites,
    way: &mut Vec<Sighting>,
) -> Result<bool, Error> {
    let is_new = matches!(debt.truth, Truth::New(_));
    if let Some(shared) = seen.shared().filter(|_| debt.skills.is_none() || !is_new) {
        // Of a line's shared queue only what is in it already is put right here.
        let may_insert = debt.skills.is_none();
        match agree_in(runtime, debt, shared, may_insert, by, first, way).await? {
            Tried::Again => return Ok(false),
            Tried::Agrees { has_entry } if may_insert || has_entry => return Ok(true),
            Tried::Agrees { .. } | Tried::Closed(_) => {}
        }
    }
    let Some(skills) = debt.skills else { return Ok(false) };
    let mut closed = None;
    if let Some(chain) = seen.of_set(skills) {
        match agree_in(runtime, debt, chain, true, by, first, way).await? {
            Tried::Again => return Ok(false),
            Tried::Agrees { .. } => return Ok(true),
            Tried::Closed(page) => closed = Some(page),
        }
    }
    let wanted = debt.entry(runtime).await?.filter(|entry| entry.skills == skills);
    let Some(entry) = wanted else {
        write_first(runtime, first).await?;
        return Ok(true);
    };
    let entered = enter::enter_new(runtime, debt, entry, (&seen, closed), by.0, first).await?;
    match entered {
        Entered::Queue => Ok(true),
        Entered::Shares => {
            let Some(shared) = seen.shared() else { return Ok(false) };
            match agree_in(runtime, debt, shared, true, by, first, way).await? {
                Tried::Agrees { .. } => Ok(true),
                Tried::Again | Tried::Closed(_) => Ok(false),
            }
        }
        Entered::Again => Ok(false),
    }
}

/// One attempt at one queue.
async fn agree_in<R: Runtime>(
    runtime: &R,
    debt: &Debt<'_>,
    chain: Chain<'_>,
    may_insert: bool,
    (operation, attempt): (&OperationId, u32),
    first: &mut FirstWrites,
    way: &mut Vec<Sighting>,
) -> Result<Tried, Error> {
    let mut reached = reach(runtime, debt.line, chain.page_for(&debt.place), &debt.place).await?;
    let page = reached.page();
    let present = page.find(&debt.place).is_some();
    let entry = if present || may_insert { debt.entry_in(chain, debt.entry(runtime).await?) } else { None };
    let has_entry = entry.is_some();
    // Later attempts let a page grow rather than pay for another new page.
    let insert = change_of(&page, &debt.place, entry, PageId::fresh(runtime.random()), attempt == 1);
    let agrees = Tried::Agrees { has_entry };
    let seen_first = way.len();
    way.append(&mut reached.way);
    let next = match insert {
        None | Some(Insert::Present) => {
            if may_insert {
                write_first(runtime, first).await?;
            }
            let is_untouched = reached.document.as_ref().is_some_and(|found| !found.has(operation));
            if debt.is_owed && is_untouched && (may_insert || present) {
                let id = reached.id.clone();
                if swap_page(runtime, debt.line, reached, &page, operation).await?.is_none() {
                    way.truncate(seen_first);
                    return Ok(Tried::Again);
                }
                way.push(Sighting::of(&id, &page));
                return Ok(agrees);
            }
            way.push(Sighting::of(&reached.id, &page));
            return Ok(agrees);
        }
        Some(Insert::Closed) => return Ok(Tried::Closed(reached.id)),
        Some(Insert::Follow(_)) => {
            way.truncate(seen_first);
            return Ok(Tried::Again);
        }
        Some(Insert::Fits(page)) => page,
        Some(Insert::Splits { left, id, right }) => {
            let key = keys::page(debt.line.desk, debt.line.line, &id);
            let document = Document::first(PageDocument(right), operation.clone());
            first.push((key.clone(), document.encode(&key)?));
            left
        }
    };
    write_first(runtime, first).await?;
    match swap_page(runtime, debt.line, reached, &next, operation).await? {
        Some(seen) => {
            way.push(seen);
            Ok(agrees)
        }
        None => {
            way.truncate(seen_first);
            Ok(Tried::Again)
        }
    }
}

/// The page as it must be, or `None` if it is so already.
fn change_of(
    page: &Page,
    place: &Place,
    entry: Option<Entry>,
    fresh: PageId,
    may_split: bool,
) -> Option<Insert> {
    let changed = match entry {
        None => page.remove(place),
        Some(entry) if page.find(place).is_some() => page.with_entry(entry),
        Some(entry) => return Some(page.insert(entry, fresh, may_split)),
    };
    changed.map(Insert::Fits)
}

/// What could not be written stays in `first`: nothing may be acknowledged then.
pub(super) async fn write_first<R: Runtime>(runtime: &R, first: &mut FirstWrites) -> Result<(), Error> {
    match first.as_slice() {
        [] => {}
        [(key, value)] => runtime.store().set(key, value).await?,
        several => runtime.store().set_many(several).await?,
    }
    first.clear();
    Ok(())
}

/// `None` after a conflict, and after a failure whose outcome the next look will tell.
pub(super) async fn swap_page<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    reached: Reached<<R::Store as Store>::Cas>,
    next: &Page,
    operation: &OperationId,
) -> Result<Option<Sighting>, Error> {
    let key = keys::page(line.desk, line.line, &reached.id);
    let body = PageDocument(next.clone());
    let document = match &reached.document {
        Some(document) => document.next(body, operation.clone()),
        None => Document::first(body, operation.clone()),
    };
    match runtime.store().swap(reached.cas, &document.encode(&key)?).await {
        Ok(Swap::Done) => Ok(Some(Sighting::of(&reached.id, next))),
        Ok(Swap::Conflict) | Err(StoreError::Unavailable(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
