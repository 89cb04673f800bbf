//! Drafts: what people typed and have not sent, a document for each person and ticket.

use crate::documents::DraftDocument;
use crate::{Error, keys};
use tierline_domain::ids::{PersonId, TicketId};
use tierline_domain::ticket::{Draft, DraftKind, Ticket};
use tierline_http::Platform;
use tierline_store::{Decision, OperationId, Runtime, Store, change, read};

/// Keeps somebody's draft in the place of the one they had. One durable commit.
pub async fn keep_draft<R: Runtime>(
    runtime: &R,
    (ticket, person): (TicketId, &PersonId),
    draft: &Draft,
    operation: &OperationId,
) -> Result<(), Error> {
    let key = keys::draft(ticket, person);
    let decide = |_: Option<&_>| Ok(Decision::Write(DraftDocument(draft.clone())));
    change::<DraftDocument, _, Error>(runtime, &key, operation, decide).await?;
    Ok(())
}

/// Somebody's draft, unless it was sent. One store read.
pub async fn draft<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    person: &PersonId,
) -> Result<Option<Draft>, Error> {
    let found = read::<DraftDocument, _>(runtime.store(), &keys::draft(ticket.id, person)).await?;
    let draft = found.map(|document| document.body.0);
    Ok(draft.filter(|draft| ticket.erased.is_none() && !ticket.has_sent(person, draft)))
}

/// All that was typed on a ticket and not sent, to be handed out. One store read for each who has had it.
pub async fn drafts<R: Runtime>(runtime: &R, ticket: &Ticket) -> Result<Vec<(PersonId, Draft)>, Error> {
    let mut found = vec![];
    for person in ticket.drafters() {
        found.extend(draft(runtime, ticket, person).await?.map(|draft| (person.clone(), draft)));
    }
    Ok(found)
}

/// Deletes somebody's draft. One store read, and one durable commit if there was one.
pub async fn forget_draft<R: Runtime>(runtime: &R, ticket: TicketId, person: &PersonId) -> Result<(), Error> {
    let key = keys::draft(ticket, person);
    let (bytes, _) = runtime.store().load(&key).await?;
    match bytes {
        Some(_) => Ok(runtime.store().delete(&key).await?),
        None => Ok(()),
    }
}

/// Deletes, once the answer has left, the draft of what was just sent. Lost with the instance, it is no draft any more all
/// the same, by the ticket's steps.
pub fn after_sending<P: Platform>(platform: &P, ticket: &Ticket, person: &PersonId, kind: DraftKind) {
    let (own, key) = (platform.clone(), keys::draft(ticket.id, person));
    platform.after_answer(async move {
        let found = read::<DraftDocument, _>(own.store(), &key).await;
        if matches!(found, Ok(Some(document)) if document.body.kind == kind) {
            let _ = own.store().delete(&key).await;
        }
    });
}

/// Deletes all drafts of an erased ticket. One store read for each who has had it, and one durable commit a draft.
pub(crate) async fn delete_drafts<R: Runtime>(runtime: &R, ticket: &Ticket) -> Result<(), Error> {
    if ticket.erased.is_some() {
        for person in ticket.drafters() {
            forget_draft(runtime, ticket.id, person).await?;
        }
    }
    Ok(())
}
