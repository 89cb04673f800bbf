//! The first ticket of a set: its queue is made with it.

use super::agree::{Debt, FirstWrites, write_first};
use crate::documents::{DirectoryDocument, PageDocument};
use crate::limits::SETS_CLOSED_TRIES_MAX;
use crate::{Error, keys};
use tierline_domain::queue::{Directory, Entry, Page, PageId, Room};
use tierline_store::{Decision, Document, OperationId, Runtime, Store, StoreError, Swap, change};

/// How it went.
pub enum Entered {
    /// The entry is the first of a new queue.
    Queue,
    /// There is no room for a queue of its own: it goes to the one that all sets share, which is there.
    Shares,
    /// Somebody else changed the directory.
    Again,
}

/// Enters the first entry of a set, with the queue for it. The page goes first, with the entry on it and under a name
/// nobody else uses; the one swap of the directory is then the whole of the entry. One durable commit for `first` and
/// the page, one for the swap; one more to close the queue of a set that has been empty, past the bound on sets.
///
/// `seen` is the directory, and the closed page at which the set's queue ended, if it had one.
pub async fn enter_new<R: Runtime>(
    runtime: &R,
    debt: &Debt<'_>,
    entry: Entry,
    seen: (&Directory, Option<PageId>),
    operation: &OperationId,
    first: &mut FirstWrites,
) -> Result<Entered, Error> {
    let (directory, ended) = seen;
    let room = match (&ended, debt.skills) {
        (Some(_), _) => Room::Own,
        (None, Some(skills)) => directory.room_for(skills),
        (None, None) => Room::Shared,
    };
    let (skills, instead_of) = match room {
        Room::Own => (debt.skills, ended),
        Room::InsteadOf(empty) => match close_one(runtime, debt, directory, &empty, operation).await? {
            Some(closed) => (debt.skills, Some(closed)),
            None => (None, None),
        },
        Room::Shared => (None, None),
    };
    if skills.is_none() && directory.shared().is_some() {
        return Ok(Entered::Shares);
    }
    // In a queue of its own the set's skills are not said again.
    let entry = if skills.is_some() { Entry { skills: vec![], ..entry } } else { entry };
    let id = PageId::fresh(runtime.random());
    let key = keys::page(debt.line.desk, debt.line.line, &id);
    let page = Page { entries: vec![entry], ..Page::default() };
    first.push((key.clone(), Document::first(PageDocument(page), operation.clone()).encode(&key)?));
    write_first(runtime, first).await?;
    name_it(runtime, debt, (skills, id, instead_of), operation).await
}

/// The swap of the directory. A page that it does not come to name is never read.
async fn name_it<R: Runtime>(
    runtime: &R,
    debt: &Debt<'_>,
    (skills, id, instead_of): (Option<&[String]>, PageId, Option<PageId>),
    operation: &OperationId,
) -> Result<Entered, Error> {
    let key = keys::directory(debt.line.desk, debt.line.line);
    let (bytes, cas) = runtime.store().load(&key).await?;
    let document = bytes.map(|bytes| Document::<DirectoryDocument>::decode(&key, &bytes)).transpose()?;
    let now = document.as_ref().map_or_else(Directory::default, |document| document.body.0.clone());
    let Some(next) = now.with_queue(skills, id, instead_of.as_ref()) else { return Ok(Entered::Again) };
    let body = DirectoryDocument(next);
    let document = Document::after(document.as_ref(), body, operation.clone());
    match runtime.store().swap(cas, &document.encode(&key)?).await {
        Ok(Swap::Done) => Ok(Entered::Queue),
        // Whether it was applied, the next look tells: the queue is there then, with the entry.
        Ok(Swap::Conflict) | Err(StoreError::Unavailable(_)) => Ok(Entered::Again),
        Err(error) => Err(error.into()),
    }
}

/// Closes the queue of one of the sets `empty`, if one is empty still, and says which page that was. A closed page
/// takes no entries any more, so that nobody can enter it while the directory forgets it.
async fn close_one<R: Runtime>(
    runtime: &R,
    debt: &Debt<'_>,
    directory: &Directory,
    empty: &[Vec<String>],
    operation: &OperationId,
) -> Result<Option<PageId>, Error> {
    for skills in empty.iter().take(SETS_CLOSED_TRIES_MAX) {
        let Some(head) = directory.of_set(skills).map(|chain| chain.head()) else { continue };
        let key = keys::page(debt.line.desk, debt.line.line, &head);
        let step = operation.step(&format!("close{}", head.as_str()));
        let changed = change::<PageDocument, _, Error>(runtime, &key, &step, |page| {
            let closed = page.and_then(|page| page.body.close());
            Ok(closed.map_or(Decision::Keep, |page| Decision::Write(PageDocument(page))))
        });
        if changed.await?.document().is_some_and(|document| document.body.is_closed()) {
            return Ok(Some(head));
        }
    }
    Ok(None)
}
