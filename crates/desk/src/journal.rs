//! Appending to the desk's journal.

use crate::documents::JournalDocument;
use crate::limits::JOURNAL_ATTEMPTS_MAX;
use crate::{Error, keys};
use tierline_domain::journal::JournalPage;
use tierline_domain::limits::JOURNAL_SHARDS;
use tierline_domain::ticket::Ticket;
use tierline_store::{ChangeError, Decision, Document, OperationId, Runtime, Store, change, read};

/// The chain's page was full.
struct PageFull;

/// Appends what the journal lacks of the ticket's history. One durable commit, whatever the number of steps; two
/// more once a page, to seal it.
pub async fn append<R: Runtime>(runtime: &R, ticket: &Ticket, operation: &OperationId) -> Result<(), Error> {
    let (first, steps) = ticket.unjournaled();
    if steps.is_empty() {
        return Ok(());
    }
    let key = keys::journal(&ticket.desk, ticket.id.shard(JOURNAL_SHARDS));
    for _ in 0..JOURNAL_ATTEMPTS_MAX {
        let appended = change::<JournalDocument, _, PageFull>(runtime, &key, operation, |found| {
            let page = found.map_or_else(JournalPage::default, |document| document.body.0.clone());
            let next = page.append(ticket.id, first, steps);
            match (next == page, page.is_full()) {
                (true, _) => Ok(Decision::Keep),
                (false, true) => Err(PageFull),
                (false, false) => Ok(Decision::Write(JournalDocument(next))),
            }
        });
        match appended.await {
            Ok(_) => return Ok(()),
            Err(ChangeError::Refused(PageFull)) => seal(runtime, ticket, &key).await?,
            Err(ChangeError::Contended { .. }) => return Err(Error::Busy("the journal")),
            Err(ChangeError::Store(error)) => return Err(error.into()),
            Err(ChangeError::Document(error)) => return Err(error.into()),
        }
    }
    Err(Error::Busy("the journal"))
}

/// Copies the full page to its number, then begins the next. A full page no longer changes, so two that seal at once
/// write the same.
async fn seal<R: Runtime>(runtime: &R, ticket: &Ticket, key: &str) -> Result<(), Error> {
    let Some(head) = read::<JournalDocument, _>(runtime.store(), key).await? else { return Ok(()) };
    if !head.body.is_full() {
        return Ok(());
    }
    let number = head.body.number;
    let sealed = keys::journal_page(&ticket.desk, ticket.id.shard(JOURNAL_SHARDS), number);
    let operation = OperationId::fresh(runtime.random());
    let document = Document::first(head.body.clone(), operation.clone());
    runtime.store().set(&sealed, &document.encode(&sealed)?).await?;
    change::<JournalDocument, _, Error>(runtime, key, &operation, |found| {
        let page = found.filter(|document| document.body.number == number);
        Ok(page.map_or(Decision::Keep, |page| Decision::Write(JournalDocument(page.body.following()))))
    })
    .await?;
    Ok(())
}
