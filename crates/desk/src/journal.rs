//! Appending to the desk's journal.

use crate::documents::JournalDocument;
use crate::limits::JOURNAL_ATTEMPTS_MAX;
use crate::{Error, keys};
use std::ops::Range;
use tierline_domain::ids::DeskId;
use tierline_domain::journal::{Entry, Event, JournalPage};
use tierline_domain::limits::{ENTRIES_SHARD, JOURNAL_SHARDS};
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_store::{ChangeError, Decision, Document, OperationId, Runtime, Store, change, read, read_now};

/// Forgets the pages of a chain on which nothing is younger than `before`, at most `pages_max` of them, and deletes them
/// with what an earlier time left of `there`, the numbers of its sealed pages. The chain's current page says first where
/// it begins. Store reads: one, and one a page; durable commits: one, and one a page.
pub(crate) async fn forget<R: Runtime>(
    runtime: &R,
    (desk, shard): (&DeskId, u32),
    (before, pages_max): (Time, usize),
    there: &[u32],
) -> Result<usize, Error> {
    let key = keys::journal(desk, shard);
    let Some(head) = read::<JournalDocument, _>(runtime.store(), &key).await? else { return Ok(0) };
    let mut forgotten = head.body.forgotten.clone();
    for _ in 0..pages_max {
        let number = forgotten.as_ref().map_or(0, |forgotten| forgotten.to);
        if number >= head.body.number {
            break;
        }
        let Some(page) = sealed(runtime, desk, shard, number).await? else { break };
        let Some(next) = page.forgetting(forgotten.as_ref(), before) else { break };
        forgotten = Some(next);
    }
    let Some(forgotten) = forgotten else { return Ok(0) };
    let operation = OperationId::fresh(runtime.random());
    let changed = change::<JournalDocument, _, Error>(runtime, &key, &operation, |found| {
        let known = |page: &JournalPage| page.beginning().0 >= forgotten.to;
        let Some(document) = found.filter(|document| !known(&document.body)) else {
            return Ok(Decision::Keep);
        };
        let page = JournalPage { forgotten: Some(forgotten.clone()), ..document.body.0.clone() };
        Ok(Decision::Write(JournalDocument(page)))
    });
    changed.await?;
    let gone = there.iter().filter(|number| **number < forgotten.to).take(pages_max);
    for number in gone.clone() {
        runtime.store().delete(&keys::journal_page(desk, shard, *number)).await?;
    }
    Ok(gone.count())
}

/// A sealed page of a chain; none if it is gone. One store read.
pub(crate) async fn sealed<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    shard: u32,
    number: u32,
) -> Result<Option<JournalPage>, Error> {
    let key = keys::journal_page(desk, shard, number);
    Ok(read::<JournalDocument, _>(runtime.store(), &key).await?.map(|document| document.body.0))
}

/// A page of a chain, and an event on it.
pub(crate) type ComeTo = (u32, u32);

/// The next events of a chain, at most a page of them, and where to go on after them. One that was never read is read from
/// its present page on. One store read, and one for a page that is sealed.
pub(crate) async fn read_on<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    shard: u32,
    begun: Option<ComeTo>,
) -> Result<(ComeTo, Vec<Event>), Error> {
    let key = keys::journal(desk, shard);
    let Some(head) = read::<JournalDocument, _>(runtime.store(), &key).await? else {
        return Ok(((0, 0), vec![]));
    };
    let head = head.body.0;
    let (number, seen) = begun.unwrap_or((head.number, 0));
    // What the desk keeps no longer has nothing that is to come.
    let first = head.beginning().0;
    let (number, seen) = if number < first { (first, 0) } else { (number, seen) };
    if number >= head.number {
        // A store that was restored from before has a shorter chain.
        let seen = if number == head.number { seen } else { 0 };
        let come_to = (head.number, u32::try_from(head.events.len()).unwrap_or(u32::MAX));
        return Ok((come_to, unread(head, seen)));
    }
    let page = sealed(runtime, desk, shard, number).await?.unwrap_or_default();
    Ok(((number + 1, 0), unread(page, seen)))
}

fn unread(page: JournalPage, seen: u32) -> Vec<Event> {
    page.events.into_iter().skip(usize::try_from(seen).unwrap_or(usize::MAX)).collect()
}

/// One of a desk's chains.
#[derive(Debug, Clone, Copy)]
struct Chain<'a> {
    desk: &'a DeskId,
    shard: u32,
}

/// Appends what the journal lacks of the ticket's history. One durable commit for as many steps as the page has room
/// for; a full page costs one more, to seal it.
pub async fn append<R: Runtime>(runtime: &R, ticket: &Ticket, operation: &OperationId) -> Result<(), Error> {
    let (first, steps) = ticket.unjournaled();
    let chain = Chain { desk: &ticket.desk, shard: ticket.id.shard(JOURNAL_SHARDS) };
    append_all(runtime, chain, steps.len(), operation, |page, part| {
        let number = first + u32::try_from(part.start).unwrap_or(u32::MAX);
        page.append(ticket.id, number, steps.get(part).unwrap_or_default())
    })
    .await
}

/// Appends a change that is no ticket's. Write it before the change is in force: after a crash, an entry without its
/// change does no harm, a change without its entry would. One durable commit; a full page costs one more, to seal it.
pub async fn append_entry<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    entry: &Entry,
    operation: &OperationId,
) -> Result<(), Error> {
    let chain = Chain { desk, shard: ENTRIES_SHARD };
    append_all(runtime, chain, 1, operation, |page, _| page.append_entry(entry)).await
}

/// Appends `count` events to the chain, in as many parts as its pages need. `add` gives the page with one part on it.
async fn append_all<R: Runtime>(
    runtime: &R,
    chain: Chain<'_>,
    count: usize,
    operation: &OperationId,
    add: impl Fn(&JournalPage, Range<usize>) -> JournalPage,
) -> Result<(), Error> {
    let key = keys::journal(chain.desk, chain.shard);
    let mut sealed = None;
    let mut written = 0;
    for attempt in 0..JOURNAL_ATTEMPTS_MAX {
        if written >= count {
            return Ok(());
        }
        let step = operation.step(&format!("journal{attempt}"));
        let mut appended = 0;
        let changed = change::<JournalDocument, _, PageFull>(runtime, &key, &step, |found| {
            let page = found.map_or_else(JournalPage::default, |document| document.body.0.clone());
            let page = match (page.is_full(), sealed == Some(page.number)) {
                (true, false) => return Err(PageFull),
                (true, true) => page.following(),
                (false, _) => page,
            };
            appended = (count - written).min(page.room());
            let next = add(&page, written..written + appended);
            Ok(if next == page { Decision::Keep } else { Decision::Write(JournalDocument(next)) })
        });
        match changed.await {
            Ok(_) => written += appended,
            Err(ChangeError::Refused(PageFull)) => sealed = seal(runtime, chain, &key, &step).await?,
            Err(ChangeError::Contended { .. }) => return Err(Error::Busy("the journal")),
            Err(ChangeError::Store(error)) => return Err(error.into()),
            Err(ChangeError::Document(error)) => return Err(error.into()),
        }
    }
    Err(Error::Busy("the journal"))
}

/// The chain's page is full, and not sealed yet.
struct PageFull;

/// Copies the full page to its number and gives that. A full page no longer changes, so two that seal at once write
/// the same.
async fn seal<R: Runtime>(
    runtime: &R,
    chain: Chain<'_>,
    key: &str,
    operation: &OperationId,
) -> Result<Option<u32>, Error> {
    let Some(head) = read_now::<JournalDocument, _>(runtime.store(), key).await? else { return Ok(None) };
    if !head.body.is_full() {
        return Ok(None);
    }
    let number = head.body.number;
    let sealed = keys::journal_page(chain.desk, chain.shard, number);
    let document = Document::first(head.body, operation.clone());
    runtime.store().set(&sealed, &document.encode(&sealed)?).await?;
    Ok(Some(number))
}
