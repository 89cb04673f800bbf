//! Appending to the desk's journal.

use crate::documents::JournalDocument;
use crate::limits::JOURNAL_ATTEMPTS_MAX;
use crate::{Error, keys};
use tierline_domain::journal::JournalPage;
use tierline_domain::limits::JOURNAL_SHARDS;
use tierline_domain::ticket::Ticket;
use tierline_store::{ChangeError, Decision, Document, OperationId, Runtime, Store, change};

/// Appends what the journal lacks of the ticket's history. One durable commit for as many steps as the page has room
/// for; a full page costs one more, to seal it.
pub async fn append<R: Runtime>(runtime: &R, ticket: &Ticket, operation: &OperationId) -> Result<(), Error> {
    let (first, steps) = ticket.unjournaled();
    let key = keys::journal(&ticket.desk, ticket.id.shard(JOURNAL_SHARDS));
    let mut sealed = None;
    let mut written = 0;
    for attempt in 0..JOURNAL_ATTEMPTS_MAX {
        let Some(left) = steps.get(written..).filter(|left| !left.is_empty()) else { return Ok(()) };
        let number = first + u32::try_from(written).unwrap_or(u32::MAX);
        let step = operation.step(&format!("journal{attempt}"));
        let mut appended = 0;
        let changed = change::<JournalDocument, _, PageFull>(runtime, &key, &step, |found| {
            let page = found.map_or_else(JournalPage::default, |document| document.body.0.clone());
            let page = match (page.is_full(), sealed == Some(page.number)) {
                (true, false) => return Err(PageFull),
                (true, true) => page.following(),
                (false, _) => page,
            };
            appended = left.len().min(page.room());
            let next = page.append(ticket.id, number, left.get(..appended).unwrap_or_default());
            Ok(if next == page { Decision::Keep } else { Decision::Write(JournalDocument(next)) })
        });
        match changed.await {
            Ok(_) => written += appended,
            Err(ChangeError::Refused(PageFull)) => sealed = seal(runtime, ticket, &key, &step).await?,
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
    ticket: &Ticket,
    key: &str,
    operation: &OperationId,
) -> Result<Option<u32>, Error> {
    let (bytes, _) = runtime.store().load(key).await?;
    let Some(bytes) = bytes else { return Ok(None) };
    let head = Document::<JournalDocument>::decode(key, &bytes)?;
    if !head.body.is_full() {
        return Ok(None);
    }
    let number = head.body.number;
    let sealed = keys::journal_page(&ticket.desk, ticket.id.shard(JOURNAL_SHARDS), number);
    let document = Document::first(head.body, operation.clone());
    runtime.store().set(&sealed, &document.encode(&sealed)?).await?;
    Ok(Some(number))
}
