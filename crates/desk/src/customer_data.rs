//! Everything of one customer: their record and their tickets, to be handed out or erased, a page at a time.
//!
//! Only tickets that are proven to be theirs count by themselves. Those where somebody typed their id or address are
//! named, and taken along where the operator says so: handing them out could give one person's words to another, and
//! erasing them could take another's away.
//!
//! Where they are only told of somebody else's ticket, by an address of their record, that they are told is theirs; what
//! is said there is not.

use crate::drafts::drafts;
use crate::limits::EXPORT_PAGE_BYTES_MAX;
use crate::lists::{Filter, Position, list};
use crate::{Error, customer, erase, forget_participants, whole};
use tierline_domain::customers::CustomerRecord;
use tierline_domain::desk::Desk;
use tierline_domain::history::Actor;
use tierline_domain::ids::PersonId;
use tierline_domain::ticket::{Draft, Message, Participant, Ticket, Tie};
use tierline_http::Platform;
use tierline_store::{OperationId, Runtime};

/// A customer whose data is asked for.
#[derive(Debug, Clone)]
pub struct Whose {
    /// What the operator knows of them, if anything.
    pub record: Option<CustomerRecord>,
    filter: Filter,
}

/// Who that is. One store read.
pub async fn whose<R: Runtime>(runtime: &R, desk: &Desk, external_id: &str) -> Result<Whose, Error> {
    let record = customer(runtime, &desk.head.id, external_id).await?;
    let addresses = record.as_ref().map(|record| record.emails.clone()).unwrap_or_default();
    let customer = Some(external_id.to_owned());
    let filter = Filter { customer, addresses, as_participant: true, ..Filter::default() };
    Ok(Whose { record, filter })
}

impl Whose {
    fn tie(&self, ticket: &Ticket) -> Option<Tie> {
        ticket.customer.tie(self.filter.customer.as_deref()?, &self.filter.addresses)
    }

    fn told(&self, ticket: &Ticket) -> Vec<Participant> {
        ticket.participants_at(&self.filter.addresses).cloned().collect()
    }
}

/// Which part, and how much of it.
#[derive(Debug, Clone, Default)]
pub struct Portion {
    /// Where to go on.
    pub after: Option<Position>,
    /// Tickets at most.
    pub limit: usize,
    /// Whether what only was typed counts too.
    pub with_unverified: bool,
}

/// A customer's ticket that nobody proved to be theirs.
pub type Unverified = (Ticket, Tie);

/// Somebody else's ticket, and as whom the customer is told of it.
pub type Participation = (Ticket, Vec<Participant>);

/// A ticket of the customer, with all that was said on it and all that was typed and not sent.
#[derive(Debug, Clone)]
pub struct HandedOut {
    /// Which.
    pub ticket: Ticket,
    /// How it is theirs.
    pub tie: Tie,
    /// Its thread.
    pub messages: Vec<Message>,
    /// By whom, and what.
    pub drafts: Vec<(PersonId, Draft)>,
}

/// Some of a customer's tickets, with all that was said on them.
#[derive(Debug, Clone)]
pub struct Released {
    /// Newest first.
    pub tickets: Vec<HandedOut>,
    /// Those that were left out.
    pub unverified: Vec<Unverified>,
    /// Those that are not handed out, but where the customer is told.
    pub participations: Vec<Participation>,
    /// Where to go on; none at the end.
    pub next: Option<Position>,
}

/// Reads a portion of a customer's tickets. Store reads: those of [`list`], one a thread page, and one for each who
/// has had the ticket. A page ends early after [`EXPORT_PAGE_BYTES_MAX`] bytes of messages and drafts.
pub async fn release_tickets<R: Runtime>(
    runtime: &R,
    desk: &Desk,
    whose: &Whose,
    portion: Portion,
) -> Result<Released, Error> {
    let listed = list(runtime, desk, &whose.filter, portion.after, portion.limit).await?;
    let mut released =
        Released { tickets: vec![], unverified: vec![], participations: vec![], next: listed.next };
    let (mut bytes, last) = (0, listed.tickets.last().map(|ticket| ticket.id));
    for ticket in listed.tickets {
        let tie = whose.tie(&ticket);
        let Some(tie) = tie.filter(|tie| *tie == Tie::Proven || portion.with_unverified) else {
            let told = whose.told(&ticket);
            if !told.is_empty() {
                released.participations.push((ticket.clone(), told));
            }
            released.unverified.extend(tie.map(|tie| (ticket, tie)));
            continue;
        };
        let (ticket, messages) = whole(runtime, &ticket).await?;
        let drafts = drafts(runtime, &ticket).await?;
        bytes += messages.iter().map(Message::weight).sum::<usize>();
        bytes += drafts.iter().map(|(_, draft)| draft.body.len()).sum::<usize>();
        let (is_last, here) = (last == Some(ticket.id), Position::List(ticket.list_key()));
        released.tickets.push(HandedOut { ticket, tie, messages, drafts });
        if bytes >= EXPORT_PAGE_BYTES_MAX && !is_last {
            released.next = Some(here);
            break;
        }
    }
    Ok(released)
}

/// What became of a portion of a customer's tickets.
#[derive(Debug, Clone)]
pub struct Forgotten {
    /// Those that were erased now.
    pub erased: Vec<Ticket>,
    /// Those that nobody proved to be theirs: what they say was left as it is.
    pub unverified: Vec<Unverified>,
    /// Those where they are told no more, and nothing else was changed.
    pub left: Vec<Ticket>,
    /// Where to go on; none at the end.
    pub next: Option<Position>,
}

/// Erases a portion of a customer's tickets. An erased ticket leaves its customer's list, so a portion asked for twice
/// erases nothing twice. Durable commits: those of [`erase`] for each, and four where they are only told, with one for
/// each address.
pub async fn erase_tickets<P: Platform>(
    platform: &P,
    desk: &Desk,
    whose: &Whose,
    portion: Portion,
    by: &Actor,
) -> Result<Forgotten, Error> {
    let listed = list(platform, desk, &whose.filter, portion.after, portion.limit).await?;
    let mut forgotten = Forgotten { erased: vec![], unverified: vec![], left: vec![], next: listed.next };
    for ticket in listed.tickets {
        let (tie, operation) = (whose.tie(&ticket), OperationId::fresh(platform.random()));
        if tie.is_some_and(|tie| tie == Tie::Proven || portion.with_unverified) {
            forgotten.erased.push(erase(platform, ticket.id, by, &operation).await?);
            continue;
        }
        if !whose.told(&ticket).is_empty() {
            let addresses = &whose.filter.addresses;
            forgotten.left.push(forget_participants(platform, ticket.id, addresses, by, &operation).await?);
        }
        forgotten.unverified.extend(tie.map(|tie| (ticket, tie)));
    }
    Ok(forgotten)
}
