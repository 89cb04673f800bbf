//! Whether somebody who is there can take a ticket: looked at when it has entered a line, whenever it is read, and by every tick.

use crate::operations::{Words, change_ticket};
use crate::queue::Cover;
use crate::{Error, line_now, lookup, roster, settle};
use futures::future::join;
use tierline_domain::ids::TicketId;
use tierline_domain::people::{Action, Person};
use tierline_domain::presence::Missing;
use tierline_domain::ticket::{State, Ticket};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{Changed, OperationId};

/// Whether all who could take the ticket are known not to be there, though its line is open. Whoever holds a ticket of the
/// line is there: where nobody else is, that is looked at. Store reads: the desk; while the line is open its people and who
/// is there; and the line where nobody seems to be.
async fn missing<P: Platform>(platform: &P, ticket: &Ticket, now: Time) -> Result<Option<Missing>, Error> {
    let (desk, line) = (lookup::desk_of(platform, ticket).await?, &ticket.line);
    if !desk.opening(line, now).open {
        return Ok(None);
    }
    let (people, roster) = join(lookup::people(platform, &desk), roster(platform, &desk.head.id)).await;
    let (people, roster) = (people?, roster?);
    let can = |person: &&Person| {
        person.works_on(line) && person.role.may(Action::WorkTicket) && person.has_skills(&ticket.skills)
    };
    let missing = roster.missing(people.iter().filter(can), &desk.zone(), now);
    if missing.is_none() || !people.iter().any(|person| can(&person)) {
        return Ok(missing);
    }
    let at_work = line_now(platform, &desk.head.id, line, now).await?.at_work;
    let somebody = people.iter().filter(can).any(|person| at_work.contains(&person.id));
    Ok(missing.filter(|_| !somebody))
}

/// Whether somebody is there now who can take a ticket: for who reads it while it waits. Store reads: those of [`missing`].
pub(crate) async fn cover<P: Platform>(platform: &P, ticket: &Ticket, now: Time) -> Cover {
    if ticket.state(now) != State::Queued {
        return Cover::Unknown;
    }
    match missing(platform, ticket, now).await {
        Ok(None) => Cover::Somebody,
        Ok(Some(missing)) => Cover::Nobody { back_at: missing.back_at },
        // What was seen last is told then.
        Err(_) => Cover::Unknown,
    }
}

/// Whether nobody is there who could take a ticket that has just entered a line or come back to it; nothing of others. Store
/// reads: those of [`missing`].
pub(crate) async fn at_entry<P: Platform>(
    platform: &P,
    ticket: &Ticket,
    now: Time,
) -> Result<Option<Missing>, Error> {
    if ticket.owed.is_empty() || ticket.state(now) != State::Queued {
        return Ok(None);
    }
    missing(platform, ticket, now).await
}

/// The ticket with a step that says that nobody is there, if it has none of this stay. One durable commit.
pub(crate) async fn tell<P: Platform>(
    platform: &P,
    ticket: Ticket,
    missing: Missing,
    now: Time,
) -> Result<Ticket, Error> {
    let operation = OperationId::fresh(platform.random());
    let tell = |ticket: &Ticket| Ok(ticket.told_of_cover(Some(missing), now));
    let told = change_ticket(platform, &ticket, &operation, Words::None, tell).await?;
    // Where something else came of it meanwhile, that is paid by whoever did it.
    let same = |told: &Ticket| told.stay == ticket.stay && told.lease == ticket.lease;
    Ok(told.document().map(|document| document.body.0).filter(same).unwrap_or(ticket))
}

/// Looks after a ticket that waits: what is new of those who could take it stands in it then, and the first time of a stay in
/// the journal. `true` if that was told now. Store reads: the ticket, and those of [`missing`] if it waits.
pub(crate) async fn look<P: Platform>(platform: &P, ticket: TicketId) -> Result<bool, Error> {
    let (ticket, now) = (lookup::ticket(platform, ticket).await?, Time(platform.now_ms()));
    if ticket.state(now) != State::Queued {
        return Ok(false);
    }
    let missing = missing(platform, &ticket, now).await?;
    note(platform, &ticket, missing, now).await
}

/// Keeps in the ticket what is known of those who could take it, and tells the journal the first time that nobody is there.
/// `true` if it did. Durable commits only where something is new: the ticket, and what it owes then.
async fn note<P: Platform>(
    platform: &P,
    ticket: &Ticket,
    missing: Option<Missing>,
    now: Time,
) -> Result<bool, Error> {
    if ticket.told_of_cover(missing, now) == *ticket {
        return Ok(false);
    }
    let operation = OperationId::fresh(platform.random());
    let noted = change_ticket(platform, ticket, &operation, Words::None, |ticket| {
        Ok(ticket.told_of_cover(missing, now))
    })
    .await?;
    settle(platform, ticket.id).await?;
    let is_told = |ticket: &Ticket| ticket.unserved.as_ref().is_some_and(|unserved| unserved.told);
    Ok(!is_told(ticket) && matches!(noted, Changed::Written(document) if is_told(&document.body)))
}
