//! A line's queue in the store: pages brought into agreement with tickets, one swap at a time.

use crate::documents::{DirectoryDocument, PageDocument, TicketDocument};
use crate::limits::{QUEUE_ATTEMPTS_MAX, QUEUE_LINKS_MAX};
use crate::{Error, keys};
use tierline_domain::ids::{DeskId, LineId, TicketId};
use tierline_domain::limits::CLAIM_PAGES_MAX;
use tierline_domain::people::Person;
use tierline_domain::queue::{Directory, Entry, Hold, Insert, Page, PageId, Place, Sighting};
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_store::{
    Changed, Decision, Document, OperationId, Runtime, Store, StoreError, Swap, change, pause, read,
};

/// One line of one desk.
#[derive(Debug, Clone, Copy)]
pub struct LineOf<'a> {
    /// Whose.
    pub desk: &'a DeskId,
    /// Which.
    pub line: &'a LineId,
}

/// A page loaded for a change, and what was seen on the way to it.
pub struct Reached<C> {
    id: PageId,
    document: Option<Document<PageDocument>>,
    cas: C,
    directory: Directory,
    way: Vec<Sighting>,
}

impl<C> Reached<C> {
    /// The page; an empty one if it is not there.
    pub fn page(&self) -> Page {
        self.document.as_ref().map_or_else(Page::default, |document| document.body.0.clone())
    }
}

/// A ticket's place, as shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many are served no later, this one included.
    pub position: u32,
    /// False where pages ahead were counted some time ago.
    pub exact: bool,
}

/// The line's directory. One store read.
pub async fn directory<R: Runtime>(runtime: &R, line: LineOf<'_>) -> Result<Directory, Error> {
    let found = read::<DirectoryDocument, _>(runtime.store(), &keys::directory(line.desk, line.line)).await?;
    Ok(found.map_or_else(Directory::default, |document| document.body.0))
}

/// Loads the page that `place` belongs to. Two store reads, and one for each page the directory does not know yet.
pub async fn reach<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    place: &Place,
) -> Result<Reached<<R::Store as Store>::Cas>, Error> {
    let directory = directory(runtime, line).await?;
    let mut id = directory.page_for(place);
    let mut way = vec![];
    for _ in 0..QUEUE_LINKS_MAX {
        let key = keys::page(line.desk, line.line, &id);
        let (bytes, cas) = runtime.store().load(&key).await?;
        let document = bytes.map(|bytes| Document::<PageDocument>::decode(&key, &bytes)).transpose()?;
        let Some(page) = document.as_ref().map(|document| &document.body) else {
            return Ok(Reached { id, document, cas, directory, way });
        };
        match page.follow(place) {
            Some(next) => {
                way.push(Sighting::of(&id, page));
                id = next.clone();
            }
            None => return Ok(Reached { id, document, cas, directory, way }),
        }
    }
    Err(Error::Busy("the line's queue"))
}

/// A place whose page must agree with its ticket.
#[derive(Debug, Clone, Copy)]
pub struct Debt<'a> {
    /// The line whose queue it is.
    pub line: LineOf<'a>,
    /// Which place.
    pub place: Place,
    /// The ticket.
    pub truth: Truth<'a>,
}

/// Where a ticket is found.
#[derive(Debug, Clone, Copy)]
pub enum Truth<'a> {
    /// Not in the store yet: nobody else can have changed it.
    New(&'a Ticket),
    /// In the store. It is read after the page was loaded: if it changes then, so does the page, and the swap conflicts.
    Stored(TicketId),
}

impl Debt<'_> {
    /// What the ticket wants at the place: an entry, or nothing.
    async fn entry<R: Runtime>(&self, runtime: &R) -> Result<Option<Entry>, Error> {
        let id = match self.truth {
            Truth::New(ticket) => return Ok(self.entry_by(ticket)),
            Truth::Stored(id) => id,
        };
        let key = keys::ticket(id);
        // Not `get`, which some stores answer from the past.
        let (bytes, _) = runtime.store().load(&key).await?;
        let document = bytes.map(|bytes| Document::<TicketDocument>::decode(&key, &bytes)).transpose()?;
        Ok(document.and_then(|document| self.entry_by(&document.body)))
    }

    fn entry_by(&self, ticket: &Ticket) -> Option<Entry> {
        if ticket.is_listed_at(self.line.line, &self.place) {
            // What a list is filtered by without a look at every ticket.
            let line = ticket.line.to_string();
            return Some(Entry { place: self.place, skills: vec![line], hold: None });
        }
        let stay =
            ticket.stay.as_ref().filter(|stay| stay.line == *self.line.line && stay.place == self.place)?;
        let hold = ticket.lease.as_ref().map(|lease| Hold { by: lease.claim.clone(), until: lease.until });
        Some(Entry { place: stay.place, skills: ticket.skills.clone(), hold })
    }

    /// The page as it must be, or `None` if it is so already.
    fn insert(&self, page: &Page, entry: Option<Entry>, fresh: PageId, may_split: bool) -> Option<Insert> {
        let changed = match entry {
            None => page.remove(&self.place),
            Some(entry) if page.find(&self.place).is_some() => page.with_hold(&self.place, entry.hold),
            Some(entry) => return Some(page.insert(entry, fresh, may_split)),
        };
        changed.map(Insert::Fits)
    }
}

/// A page that agrees with its ticket now.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// The pages seen, this one last.
    pub way: Vec<Sighting>,
    /// Where the place stands in its line.
    pub standing: Standing,
}

/// Writes that must be durable before a queue learns of them: the new ticket, ahead of its place.
pub type FirstWrites = Vec<(String, Vec<u8>)>;

/// Brings the page of one place into agreement with its ticket, after `first` is written. One durable commit for
/// `first`, with the new page of a split in it, and one for the swap; conflicts cost reads only.
///
/// What was seen of the pages comes back: for the directory to learn from, and for the customer to be told.
pub async fn agree<R: Runtime>(
    runtime: &R,
    debt: &Debt<'_>,
    operation: &OperationId,
    first: &mut FirstWrites,
) -> Result<Agreed, Error> {
    for attempt in 1..=QUEUE_ATTEMPTS_MAX {
        let mut reached = reach(runtime, debt.line, &debt.place).await?;
        let page = reached.page();
        let standing = standing_on(&page, &reached, &debt.place, Time(runtime.now_ms()));
        let mut way = std::mem::take(&mut reached.way);
        let entry = debt.entry(runtime).await?;
        // Later attempts let a page grow rather than pay for another new page.
        let insert = debt.insert(&page, entry, PageId::fresh(runtime.random()), attempt == 1);
        let next = match insert {
            None | Some(Insert::Present) => {
                write_first(runtime, first).await?;
                way.push(Sighting::of(&reached.id, &page));
                return Ok(Agreed { way, standing });
            }
            Some(Insert::Follow(_)) => {
                pause(runtime, attempt).await;
                continue;
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
                return Ok(Agreed { way, standing });
            }
            None => pause(runtime, attempt).await,
        }
    }
    Err(Error::Busy("the line's queue"))
}

/// What could not be written stays in `first`: nothing may be acknowledged then.
async fn write_first<R: Runtime>(runtime: &R, first: &mut FirstWrites) -> Result<(), Error> {
    match first.as_slice() {
        [] => {}
        [(key, value)] => runtime.store().set(key, value).await?,
        several => runtime.store().set_many(several).await?,
    }
    first.clear();
    Ok(())
}

/// `None` after a conflict, and after a failure whose outcome the next look will tell.
async fn swap_page<R: Runtime>(
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

/// For after the answer: closes pages that ran empty, links past closed ones, and teaches the directory what was
/// seen on the way. Commits only where something is to be put right.
pub async fn tend<R: Runtime>(runtime: &R, line: LineOf<'_>, mut way: Vec<Sighting>) -> Result<(), Error> {
    let operation = OperationId::fresh(runtime.random());
    for seen in &mut way {
        if seen.count == 0 && seen.next.is_some() && !seen.retired {
            mend(runtime, line, seen, &operation, Page::retire).await?;
        }
    }
    let closed: Vec<_> = way.iter().filter(|seen| seen.retired).cloned().collect();
    for seen in way.iter_mut().filter(|seen| !seen.retired) {
        let past = closed.iter().find(|gone| seen.next.as_ref().is_some_and(|link| link.page == gone.id));
        if let Some(past) = past.and_then(|gone| gone.next.clone()) {
            mend(runtime, line, seen, &operation.step(past.page.as_str()), |page| page.link_past(&past))
                .await?;
        }
    }
    if directory(runtime, line).await?.learn(&way).is_none() {
        return Ok(());
    }
    let key = keys::directory(line.desk, line.line);
    change::<DirectoryDocument, _, Error>(runtime, &key, &operation, |found| {
        let directory = found.map_or_else(Directory::default, |document| document.body.0.clone());
        let learned = directory.learn(&way);
        Ok(learned.map_or(Decision::Keep, |directory| Decision::Write(DirectoryDocument(directory))))
    })
    .await?;
    Ok(())
}

/// Changes a page, and what was seen of it with it.
async fn mend<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    seen: &mut Sighting,
    operation: &OperationId,
    mended: impl Fn(&Page) -> Option<Page>,
) -> Result<(), Error> {
    let key = keys::page(line.desk, line.line, &seen.id);
    let changed = change::<PageDocument, _, Error>(runtime, &key, operation, |page| {
        let page = page.and_then(|page| mended(&page.body));
        Ok(page.map_or(Decision::Keep, |page| Decision::Write(PageDocument(page))))
    });
    if let Some(document) = changed.await?.document() {
        *seen = Sighting::of(&seen.id, &document.body);
    }
    Ok(())
}

/// A page by its name, empty if it is not there. One store read.
pub async fn page<R: Runtime>(runtime: &R, line: LineOf<'_>, id: &PageId) -> Result<Page, Error> {
    let found = read::<PageDocument, _>(runtime.store(), &keys::page(line.desk, line.line, id)).await?;
    Ok(found.map_or_else(Page::default, |document| document.body.0))
}

/// Where a ticket stands. Two store reads; the position is exact while its page is the first one.
pub async fn standing<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    line: &LineId,
    place: &Place,
    now: Time,
) -> Result<Standing, Error> {
    let reached = reach(runtime, LineOf { desk, line }, place).await?;
    Ok(standing_on(&reached.page(), &reached, place, now))
}

fn standing_on<C>(page: &Page, reached: &Reached<C>, place: &Place, now: Time) -> Standing {
    let before = reached.directory.counted_before(&reached.id);
    Standing { position: before + page.free_ahead(place, now) + 1, exact: before == 0 }
}

/// How taking the first free entry went.
pub enum Take {
    /// This one is held for the claim now.
    Taken {
        /// Where the ticket stands.
        place: Place,
        /// The pages seen, its own last.
        way: Vec<Sighting>,
    },
    /// This claim took one before, and lost it since.
    Lost,
    /// There is none.
    None,
}

/// Takes the first entry of the line that nobody holds and whose skills `person` has. One durable commit; two store
/// reads, and one more for each page before it that has none.
pub async fn take_first<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    person: &Person,
    hold: &Hold,
    now: Time,
    operation: &OperationId,
) -> Result<Take, Error> {
    let mut id = directory(runtime, line).await?.head();
    let (mut way, mut looked_through) = (vec![], 0);
    let mine = |entry: &&Entry| entry.hold.as_ref().is_some_and(|held| held.by == hold.by);
    for _ in 0..QUEUE_LINKS_MAX {
        let key = keys::page(line.desk, line.line, &id);
        let changed = change::<PageDocument, _, Error>(runtime, &key, operation, |page| {
            let taken = page.filter(|page| page.body.entries.iter().find(mine).is_none()).and_then(|page| {
                let entry = page.body.first_free(now, |entry| person.has_skills(&entry.skills))?;
                page.body.with_hold(&entry.place, Some(hold.clone()))
            });
            Ok(taken.map_or(Decision::Keep, |page| Decision::Write(PageDocument(page))))
        })
        .await?;
        let is_kept = matches!(changed, Changed::Kept(_));
        let Some(document) = changed.document() else { return Ok(Take::None) };
        way.push(Sighting::of(&id, &document.body));
        match document.body.entries.iter().find(mine) {
            Some(entry) => return Ok(Take::Taken { place: entry.place, way }),
            None if !is_kept => return Ok(Take::Lost),
            None => {}
        }
        looked_through += usize::from(!document.body.entries.is_empty());
        match &document.body.next {
            Some(_) if looked_through >= CLAIM_PAGES_MAX => break,
            Some(link) => id = link.page.clone(),
            None => return Ok(Take::None),
        }
    }
    Err(Error::Busy("the line's queue"))
}
