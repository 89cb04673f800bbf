//! Erasing: the ticket says so first, then its thread pages go; what a crash leaves is deleted by the tick.

use crate::documents::{ThreadDocument, TicketDocument};
use crate::files::delete_parts;
use crate::settling::settle_now;
use crate::{Error, keys};
use tierline_domain::desk::Retention;
use tierline_domain::history::Actor;
use tierline_domain::ids::TicketId;
use tierline_domain::ticket::{Message, Ticket};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{Decision, Document, OperationId, Runtime, Store, change, read_now};

/// Erases what the ticket says and who said it, and the digests of requests it remembered. Durable commits: the ticket,
/// its place in its line, one for each thread page, and what every change owes afterwards.
pub async fn erase<P: Platform>(
    platform: &P,
    ticket: TicketId,
    by: &Actor,
    operation: &OperationId,
) -> Result<Ticket, Error> {
    let now = Time(platform.now_ms());
    let key = keys::ticket(ticket);
    let changed = change::<TicketDocument, _, Error>(platform, &key, operation, |found| {
        let document = found.ok_or(Error::UnknownTicket)?;
        if document.operations.iter().any(|known| operation.is_other_request_of(known)) {
            return Err(Error::KeyReused);
        }
        Ok(match document.body.erased {
            Some(_) => Decision::Keep,
            // A request's operation id holds a digest of its body without salt.
            None => Decision::Forget(TicketDocument(
                document.body.erase(by, now).owing_lists(Some(&document.body)),
            )),
        })
    });
    let erased = changed.await?.document().ok_or(Error::UnknownTicket)?.body.0;
    settle_now(platform, ticket).await?;
    Ok(erased)
}

/// Takes whoever is told by one of `addresses` out of somebody else's ticket; nothing else of it changes. Durable commits:
/// the ticket, and what it owes then.
pub async fn forget_participants<P: Platform>(
    platform: &P,
    ticket: TicketId,
    addresses: &[String],
    by: &Actor,
    operation: &OperationId,
) -> Result<Ticket, Error> {
    let now = Time(platform.now_ms());
    let key = keys::ticket(ticket);
    let changed = change::<TicketDocument, _, Error>(platform, &key, operation, |found| {
        let document = found.ok_or(Error::UnknownTicket)?;
        let next = document.body.forget_participants(addresses, by, now);
        Ok(match next == document.body.0 {
            true => Decision::Keep,
            false => Decision::Write(TicketDocument(next.owing_lists(Some(&document.body)))),
        })
    });
    let left = changed.await?.document().ok_or(Error::UnknownTicket)?.body.0;
    settle_now(platform, ticket).await?;
    Ok(left)
}

/// Erases the ticket if its desk's rules want that by now. `true` if it did.
pub async fn erase_if_past<P: Platform>(
    platform: &P,
    ticket: &Ticket,
    retention: &Retention,
) -> Result<bool, Error> {
    let now = Time(platform.now_ms());
    if !ticket.is_past(retention, now) {
        return Ok(false);
    }
    let operation = OperationId::fresh(platform.random());
    let key = keys::ticket(ticket.id);
    let changed = change::<TicketDocument, _, Error>(platform, &key, &operation, |found| {
        let document = found.filter(|document| document.body.is_past(retention, now));
        let erased = document.map(|document| {
            let erased = document.body.erase(&Actor::Desk, now);
            TicketDocument(erased.owing_lists(Some(&document.body)))
        });
        Ok(erased.map_or(Decision::Keep, Decision::Forget))
    });
    let is_erased = changed.await?.document().is_some_and(|document| document.body.erased.is_some());
    if is_erased {
        settle_now(platform, ticket.id).await?;
    }
    Ok(is_erased)
}

/// Erases the ticket's files if its desk's rules want that by now; what a crash left of an earlier time is deleted too.
/// `true` if files went. Durable commits: the ticket twice, and one a part.
pub async fn erase_files_if_past<P: Platform>(
    platform: &P,
    ticket: &Ticket,
    retention: &Retention,
) -> Result<bool, Error> {
    let now = Time(platform.now_ms());
    let is_past = ticket.are_files_past(retention, now);
    if !is_past && !ticket.files.gone.as_ref().is_some_and(|gone| gone.is_due) {
        return Ok(false);
    }
    let operation = OperationId::fresh(platform.random());
    let key = keys::ticket(ticket.id);
    let step = operation.step("mark");
    let marked = change::<TicketDocument, _, Error>(platform, &key, &step, |found| {
        let past = found.filter(|document| document.body.are_files_past(retention, now));
        let next = past.map(|document| Decision::Write(TicketDocument(document.body.without_files(now))));
        Ok(next.unwrap_or(Decision::Keep))
    });
    let ticket = marked.await?.document().ok_or(Error::UnknownTicket)?.body.0;
    let Some(gone) = ticket.files.gone.as_ref().filter(|gone| gone.is_due && ticket.erased.is_none()) else {
        return Ok(false);
    };
    for file in &gone.files {
        delete_parts(platform, &file.id, file.parts).await?;
    }
    for page in &ticket.sealed {
        let key = keys::thread(ticket.id, &page.id);
        let Some(page) = tierline_store::read::<ThreadDocument, _>(platform.store(), &key).await? else {
            continue;
        };
        for message in page.body.messages.iter().filter(|message| message.number <= gone.to) {
            delete_parts_of(platform, message).await?;
        }
    }
    change::<TicketDocument, _, Error>(platform, &key, &operation, |found| {
        let Some(document) = found else { return Ok(Decision::Keep) };
        let next = document.body.with_files_deleted(gone);
        Ok(if next == document.body.0 { Decision::Keep } else { Decision::Write(TicketDocument(next)) })
    })
    .await?;
    settle_now(platform, ticket.id).await?;
    Ok(true)
}

async fn delete_parts_of<R: Runtime>(runtime: &R, message: &Message) -> Result<(), Error> {
    for file in &message.files {
        delete_parts(runtime, &file.id, file.parts).await?;
    }
    Ok(())
}

/// Deletes what an erased ticket still names. One durable commit a page and a file's part.
pub(crate) async fn delete_pages<R: Runtime>(runtime: &R, ticket: &Ticket) -> Result<(), Error> {
    let Some(erased) = ticket.erased.as_ref().filter(|erased| erased.owes()) else { return Ok(()) };
    for file in &erased.files {
        delete_parts(runtime, &file.id, file.parts).await?;
    }
    for page in &erased.pages {
        delete_page(runtime, &keys::thread(ticket.id, &page.id)).await?;
    }
    let operation = OperationId::fresh(runtime.random());
    change::<TicketDocument, _, Error>(runtime, &keys::ticket(ticket.id), &operation, |found| {
        let Some(document) = found else { return Ok(Decision::Keep) };
        let next = document.body.without_erased(erased);
        Ok(if next == document.body.0 { Decision::Keep } else { Decision::Write(TicketDocument(next)) })
    })
    .await?;
    Ok(())
}

/// The page goes last: it alone names its files.
async fn delete_page<R: Runtime>(runtime: &R, key: &str) -> Result<(), Error> {
    let Some(page) = read_now::<ThreadDocument, _>(runtime.store(), key).await? else { return Ok(()) };
    for message in &page.body.messages {
        delete_parts_of(runtime, message).await?;
    }
    Ok(runtime.store().delete(key).await?)
}

/// Deletes the thread pages among `pages` that no ticket can ever name: of an erased ticket, or holding messages that
/// another page holds already. A page whose ticket may just be about to name it stays. One store read a page looked at.
pub(crate) async fn delete_orphans<P: Platform>(
    platform: &P,
    ticket: &Ticket,
    pages: &[&str],
) -> Result<usize, Error> {
    let mut deleted = 0;
    for page in pages.iter().filter(|page| ticket.sealed.iter().all(|named| named.id != **page)) {
        let key = keys::thread(ticket.id, page);
        let Some(bytes) = platform.store().get(&key).await? else { continue };
        let document = Document::<ThreadDocument>::decode(&key, &bytes)?;
        let ThreadDocument { messages, steps_from, .. } = &document.body;
        // A page is named only where it goes on from what has moved.
        let is_held = messages.first().is_some_and(|message| message.number <= ticket.sealed_to())
            || *steps_from < ticket.steps_moved();
        if ticket.erased.is_some() {
            delete_page(platform, &key).await?;
        } else if is_held {
            // Another page holds the same, and owns the files.
            platform.store().delete(&key).await?;
        } else {
            continue;
        }
        deleted += 1;
    }
    Ok(deleted)
}
