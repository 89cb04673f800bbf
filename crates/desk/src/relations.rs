//! What concerns two tickets: links, mergers, splits. One ticket first, with what the other lacks due in it; then the
//! other. Whatever a crash leaves is paid by the next to touch the first, or by the tick; late or twice, it comes out
//! the same.

use crate::documents::TicketDocument;
use crate::files::{StoredFiles, copy_files};
use crate::limits::RELATION_ATTEMPTS_MAX;
use crate::lookup::ticket_now;
use crate::operations::{Words, change_ticket};
use crate::{Acted, Error, act, keys, lookup};
use tierline_domain::files::File;
use tierline_domain::ids::TicketId;
use tierline_domain::ticket::{Due, Merged, Refusal, SplitOff, Ticket};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{
    Decision, Document, OperationId, Runtime, Store, StoreError, Swap, change, pause, read,
};

/// Pays everything the ticket owes other tickets. Durable commits: one for each side of a link, two for a merger, one
/// for a split; none where the other ticket has it already.
pub async fn pay_relations<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    operation: &OperationId,
) -> Result<(), Error> {
    for due in &ticket.relations.due {
        match due {
            Due::Links(to) => mirror(runtime, ticket.id, *to, operation).await?,
            Due::Absorb(source) => {
                let promise = ticket.relations.absorbed.iter().find(|known| known.ticket == *source);
                if let Some(promise) = promise.filter(|promise| !promise.done) {
                    finish_merger(runtime, ticket.id, promise, operation).await?;
                }
            }
            Due::SplitFrom(source) => tell_source(runtime, ticket, *source, operation).await?,
        }
    }
    Ok(())
}

/// Brings one ticket's side of the links made at another into agreement with it.
///
/// The other is read after this one was loaded: if it changes then, whoever changed it writes here too, and the swap
/// conflicts. So what is taken back is always written, even where nothing is to be seen of it.
async fn mirror<R: Runtime>(
    runtime: &R,
    from: TicketId,
    to: TicketId,
    operation: &OperationId,
) -> Result<(), Error> {
    let key = keys::ticket(to);
    for attempt in 1..=RELATION_ATTEMPTS_MAX {
        let (bytes, cas) = runtime.store().load(&key).await?;
        let Some(bytes) = bytes else { return Ok(()) };
        let document = Document::<TicketDocument>::decode(&key, &bytes)?;
        let Some(source) = ticket_now(runtime, from).await? else { return Ok(()) };
        let mirrored = document.body.mirroring(&source);
        let is_linked = source.relations.links.iter().any(|link| link.ticket == to);
        if mirrored == document.body.0 && is_linked {
            return Ok(());
        }
        let next = document.next(TicketDocument(mirrored), operation.step("mirror"));
        match runtime.store().swap(cas, &next.encode(&key)?).await {
            Ok(Swap::Done) => return Ok(()),
            Ok(Swap::Conflict) | Err(StoreError::Unavailable(_)) => pause(runtime, attempt).await,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Busy("the linked ticket"))
}

/// Asks the source of a promised merger, then makes the promise good or withdraws it.
async fn finish_merger<R: Runtime>(
    runtime: &R,
    into: TicketId,
    promise: &Merged,
    operation: &OperationId,
) -> Result<(), Error> {
    let now = Time(runtime.now_ms());
    let source = promise.ticket;
    let (key, step) = (keys::ticket(source), operation.step(&format!("merge {}", promise.merger)));
    let asked = change::<TicketDocument, _, Error>(runtime, &key, &step, |found| {
        let document = found.ok_or(Error::UnknownTicket)?;
        let next = document.body.merge_into(into, promise, now)?;
        if next == document.body.0 {
            return Ok(Decision::Keep);
        }
        Ok(Decision::Write(TicketDocument(next.owing_lists(Some(&document.body)))))
    });
    let answered = match asked.await {
        Ok(changed) => changed.document().ok_or(Error::UnknownTicket)?.body.0,
        // No room for one more step: it can never be merged away.
        Err(tierline_store::ChangeError::Refused(Error::Refused(_))) => {
            return withdraw(runtime, into, source, false, operation).await;
        }
        Err(error) => return Err(error.into()),
    };
    crate::settle::pay_queues(runtime, &answered, &operation.step("merged")).await?;
    withdraw(runtime, into, source, answered.is_merged_into(into), operation).await
}

async fn withdraw<R: Runtime>(
    runtime: &R,
    into: TicketId,
    source: TicketId,
    agreed: bool,
    operation: &OperationId,
) -> Result<(), Error> {
    let now = Time(runtime.now_ms());
    let step = operation.step(&format!("absorbed {source}"));
    change::<TicketDocument, _, Error>(runtime, &keys::ticket(into), &step, |found| {
        let document = found.ok_or(Error::UnknownTicket)?;
        let next = document.body.absorbed(source, agreed, now)?;
        let same = next == document.body.0;
        Ok(if same { Decision::Keep } else { Decision::Write(TicketDocument(next)) })
    })
    .await?;
    Ok(())
}

async fn tell_source<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    source: TicketId,
    operation: &OperationId,
) -> Result<(), Error> {
    let Some(split) = &ticket.relations.split_from else { return Ok(()) };
    let split = tierline_domain::ticket::Split { ticket: ticket.id, ..split.clone() };
    let step = operation.step(&format!("split {}", ticket.id));
    change::<TicketDocument, _, Error>(runtime, &keys::ticket(source), &step, |found| {
        let Some(document) = found else { return Ok(Decision::Keep) };
        let next = document.body.record_split(&split)?;
        let same = next == document.body.0;
        Ok(if same { Decision::Keep } else { Decision::Write(TicketDocument(next)) })
    })
    .await?;
    Ok(())
}

/// Changes the ticket, then what other tickets lack of it, before the answer. Durable commits: those of [`act`] and of
/// [`pay_relations`].
pub async fn act_on_both<P: Platform>(
    platform: &P,
    seen: &Ticket,
    operation: &OperationId,
    decide: impl Fn(&Ticket) -> Result<Ticket, Refusal>,
) -> Result<Acted, Error> {
    let acted = act(platform, seen, operation, (Words::Desk, 0), decide).await?;
    pay_relations(platform, &acted.ticket, &operation.step("relations")).await?;
    Ok(acted)
}

/// Merges the ticket of `merger` into `into`, and gives both as they are then. Refused if it is elsewhere already, or if
/// somebody else holds it.
///
/// Durable commits: the target's promise, the source with its place in its line, the target again.
pub async fn merge<P: Platform>(
    platform: &P,
    into: &Ticket,
    merger: &Merged,
    operation: &OperationId,
) -> Result<(Ticket, Ticket), Error> {
    match promise_and_pay(platform, into, merger, operation).await {
        Err(Error::Refused(refusal)) => {
            // The key may have merged it into another ticket before: only the merged one knows.
            let key = keys::ticket(merger.ticket);
            let document = read::<TicketDocument, _>(platform.store(), &key).await?;
            let known = document.map(|document| document.operations).unwrap_or_default();
            let is_reused = known.iter().any(|known| operation.is_other_request_of(known));
            Err(if is_reused { Error::KeyReused } else { refusal.into() })
        }
        done => done,
    }
}

async fn promise_and_pay<P: Platform>(
    platform: &P,
    into: &Ticket,
    merger: &Merged,
    operation: &OperationId,
) -> Result<(Ticket, Ticket), Error> {
    let acted = change_ticket(platform, into, operation, Words::Desk, |ticket| ticket.absorb(merger.clone()));
    let promised = acted.await?.document().ok_or(Error::UnknownTicket)?.body.0;
    pay_relations(platform, &promised, &operation.step("relations")).await?;
    let source = ticket_now(platform, merger.ticket).await?.ok_or(Error::UnknownTicket)?;
    let target = ticket_now(platform, into.id).await?.ok_or(Error::UnknownTicket)?;
    for ticket in [&source, &target] {
        crate::settling::after_answer(platform, ticket, None, crate::settling::Event::Other);
    }
    if source.is_merged_into(into.id) {
        return Ok((source, target));
    }
    let now = Time(platform.now_ms());
    Err(match source.holder(now) {
        Some(lease) => Refusal::Held { holder: lease.person.clone(), until: lease.until }.into(),
        None => Refusal::Moved.into(),
    })
}

/// Splits the messages with these numbers off into a new ticket, which the caller then opens. It has copies of their
/// files, whose note the caller then forgets.
pub async fn split_off<R: Runtime>(
    runtime: &R,
    source: &Ticket,
    numbers: &[u32],
    split: SplitOff,
    operation: &OperationId,
) -> Result<(Ticket, StoredFiles), SplitError> {
    let thread = lookup::thread(runtime, source).await.map_err(SplitError::Desk)?;
    let mut messages = vec![];
    for number in numbers {
        let message = thread.iter().find(|message| message.number == *number);
        messages.push(message.cloned().ok_or(SplitError::NoMessage(*number))?);
    }
    let refused = |refusal: Refusal| SplitError::Desk(refusal.into());
    // Refused before a byte is copied.
    source.split_off(split.clone(), &messages).map_err(refused)?;
    let files: Vec<File> = messages.iter().flat_map(|message| message.files.clone()).collect();
    let stored = copy_files(runtime, split.id, operation, &files).await.map_err(SplitError::Desk)?;
    let mut copies = stored.files.iter().cloned();
    for message in &mut messages {
        let count = message.files.len();
        message.files = copies.by_ref().take(count).collect();
    }
    Ok((source.split_off(split, &messages).map_err(refused)?, stored))
}

/// Why nothing was split off.
#[derive(Debug, Clone, PartialEq)]
pub enum SplitError {
    /// The thread has no message of this number.
    NoMessage(u32),
    /// Anything else.
    Desk(Error),
}
