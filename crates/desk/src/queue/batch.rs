//! Many places of one shelf at once: one swap a page, however many of them are on it.

use super::LineOf;
use super::agree::{FirstWrites, swap_page, write_first};
use super::reach::{Reached, directory, reach};
use super::tend::tend;
use crate::documents::PageDocument;
use crate::limits::QUEUE_ATTEMPTS_MAX;
use crate::{Error, keys};
use tierline_domain::queue::{Entry, Insert, Page, PageId, Place};
use tierline_store::{Document, OperationId, Runtime, Store, pause};

/// What a batch does to its places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// They are entered; what is there stays.
    Enter,
    /// They are taken out; what is not there is no matter.
    Remove,
}

/// Enters or removes these places of a shelf, in order, a page at a time. Store reads: the directory and the page, for
/// each page they are on; one durable commit for each of these that differs, one more for a page that is split.
pub async fn batch<R: Runtime>(
    runtime: &R,
    shelf: LineOf<'_>,
    what: Batch,
    mut places: Vec<Place>,
) -> Result<(), Error> {
    places.sort_unstable();
    places.dedup();
    let operation = OperationId::fresh(runtime.random());
    let mut left = places.as_slice();
    let mut attempt = 0;
    while let Some(first) = left.first() {
        let directory = directory(runtime, shelf).await?;
        let chain = directory.shared().ok_or(Error::Busy("the shelf"))?;
        let mut reached = reach(runtime, shelf, chain.page_for(first), first).await?;
        let mut way = std::mem::take(&mut reached.way);
        let step = operation.step(&format!("{}-{attempt}", left.len()));
        match one_page(runtime, shelf, what, reached, left, &step).await? {
            Some(done) => {
                left = left.get(done.places..).unwrap_or_default();
                way.extend(done.seen);
                tend(runtime, shelf, way).await?;
                attempt = 0;
            }
            None if attempt >= QUEUE_ATTEMPTS_MAX => return Err(Error::Busy("the shelf")),
            None => {
                attempt += 1;
                pause(runtime, attempt).await;
            }
        }
    }
    Ok(())
}

/// What came of one page.
struct Done {
    places: usize,
    seen: Option<tierline_domain::queue::Sighting>,
}

/// Brings as many of `places` as are this page's into the page, or out of it; `None` after a conflict.
async fn one_page<R: Runtime>(
    runtime: &R,
    shelf: LineOf<'_>,
    what: Batch,
    reached: Reached<<R::Store as Store>::Cas>,
    places: &[Place],
    operation: &OperationId,
) -> Result<Option<Done>, Error> {
    let page = reached.page();
    let (next, count, new) = match what {
        Batch::Enter => entered(&page, places, PageId::fresh(runtime.random())),
        Batch::Remove => removed(&page, places),
    };
    if count == 0 {
        return Ok(None);
    }
    if next == page {
        return Ok(Some(Done { places: count, seen: None }));
    }
    let mut first = FirstWrites::new();
    if let Some((id, right)) = new {
        let key = keys::page(shelf.desk, shelf.line, &id);
        let document = Document::first(PageDocument(right), operation.clone());
        first.push((key.clone(), document.encode(&key)?));
    }
    write_first(runtime, &mut first).await?;
    let seen = swap_page(runtime, shelf, reached, &next, operation).await?;
    Ok(seen.map(|seen| Done { places: count, seen: Some(seen) }))
}

/// The page with those of `places` that are its own, how many these were, and the page that a split makes. It stops at
/// a split: what comes then is to be looked for anew.
fn entered(page: &Page, places: &[Place], fresh: PageId) -> (Page, usize, Option<(PageId, Page)>) {
    let mut page = page.clone();
    for (count, place) in places.iter().enumerate() {
        let entry = Entry { place: *place, skills: vec![], hold: None };
        match page.insert(entry, fresh.clone(), true) {
            Insert::Present => {}
            Insert::Fits(next) => page = next,
            Insert::Splits { left, id, right } => return (left, count + 1, Some((id, right))),
            Insert::Follow(_) | Insert::Closed => return (page, count, None),
        }
    }
    (page, places.len(), None)
}

fn removed(page: &Page, places: &[Place]) -> (Page, usize, Option<(PageId, Page)>) {
    let here = places.iter().take_while(|place| page.follow(place).is_none());
    let count = here.clone().count();
    let mut next = page.clone();
    for place in here {
        next = next.remove(place).unwrap_or(next);
    }
    (next, count, None)
}
