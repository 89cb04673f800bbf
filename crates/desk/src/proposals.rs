//! Proposed examples: found as what became of answers is counted, decided by operators, and dropped once a desk file has them.
//! An example enters a desk file by an operator's hand only, so a customer's words are learnt once somebody has read them.

use crate::documents::ProposalsDocument;
use crate::{Error, keys, lookup};
use tierline_domain::desk::Answer;
use tierline_domain::ids::{DeskId, TicketId};
use tierline_domain::proposals::{Proposal, Proposals, Proposing, as_example};
use tierline_domain::ticket::Ticket;
use tierline_store::{Decision, OperationId, Runtime, change, read};

/// A proposal with its words, as they are in its ticket now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// Which.
    pub proposal: Proposal,
    /// The customer's language.
    pub language: String,
    /// Their question on one line.
    pub text: String,
    /// Whether it is longer than an example may be, and was cut.
    pub is_cut: bool,
    /// The reply that could become an answer, where it is proposed as one.
    pub reply: Option<String>,
}

/// The desk's proposals. One store read.
pub async fn proposals<R: Runtime>(runtime: &R, desk: &DeskId) -> Result<Proposals, Error> {
    let found = read::<ProposalsDocument, _>(runtime.store(), &keys::proposals(desk)).await?;
    Ok(found.map_or_else(Proposals::default, |document| document.body.0))
}

/// The words of a proposal; none where its ticket has none any more. One store read, and one a page of a long thread.
pub async fn proposed<R: Runtime>(runtime: &R, proposal: &Proposal) -> Result<Option<Proposed>, Error> {
    let ticket = match lookup::ticket(runtime, proposal.ticket).await {
        Ok(ticket) => ticket,
        Err(Error::UnknownTicket) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some((text, is_cut)) = question(runtime, &ticket).await? else { return Ok(None) };
    let reply = ticket.liked_reply().filter(|_| proposal.answer.is_none());
    let reply = reply.map(|reply| reply.body.clone());
    Ok(Some(Proposed { proposal: proposal.clone(), language: ticket.language, text, is_cut, reply }))
}

async fn question<R: Runtime>(runtime: &R, ticket: &Ticket) -> Result<Option<(String, bool)>, Error> {
    if ticket.erased.is_some() {
        return Ok(None);
    }
    let first = lookup::message(runtime, ticket, 1).await?;
    let example = first.map(|message| as_example(&message.body));
    Ok(example.filter(|(text, _)| !text.is_empty()))
}

/// Accepts and refuses; gives what is left then. Twice is once. One store read, and one durable commit if anything changes.
pub async fn decide_proposals<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    (accept, refuse): (&[TicketId], &[TicketId]),
    operation: &OperationId,
) -> Result<Proposals, Error> {
    let key = keys::proposals(desk);
    let changed = change::<ProposalsDocument, _, Error>(runtime, &key, operation, |found| {
        let Some(document) = found else { return Ok(Decision::Keep) };
        if document.operations.iter().any(|known| operation.is_other_request_of(known)) {
            return Err(Error::KeyReused);
        }
        let next = document.body.decided(accept, refuse);
        Ok(if next == document.body.0 { Decision::Keep } else { Decision::Write(ProposalsDocument(next)) })
    });
    Ok(changed.await?.document().map_or_else(Proposals::default, |document| document.body.0))
}

/// Notes what became of proposals. One durable commit if anything did.
pub(crate) async fn propose<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    proposing: &[Proposing],
) -> Result<(), Error> {
    if proposing.is_empty() {
        return Ok(());
    }
    let operation = OperationId::fresh(runtime.random());
    change::<ProposalsDocument, _, Error>(runtime, &keys::proposals(desk), &operation, |found| {
        let known = found.map_or_else(Proposals::default, |document| document.body.0.clone());
        let mut next = known.clone();
        proposing.iter().for_each(|step| next.apply(step));
        Ok(if next == known { Decision::Keep } else { Decision::Write(ProposalsDocument(next)) })
    })
    .await?;
    Ok(())
}

/// Drops what was accepted and stands in the answers now. A store read for each that was accepted, after a publication.
pub(crate) async fn drop_learnt<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    answers: &[Answer],
) -> Result<(), Error> {
    let mut learnt = vec![];
    for proposal in proposals(runtime, desk).await?.all.into_iter().filter(|proposal| proposal.accepted) {
        let Some(proposed) = proposed(runtime, &proposal).await? else { continue };
        let examples = answers.iter().flat_map(|answer| answer.examples.values().flatten());
        if examples.into_iter().any(|example| as_example(example).0 == proposed.text) {
            learnt.push(Proposing::Withdraw(proposal.ticket));
        }
    }
    propose(runtime, desk, &learnt).await
}
