//! Time boxes that are over: the tick moves their tickets up. Late, it is done late, and once.

use crate::operations::{Words, change_ticket};
use crate::settling::settle_now;
use crate::{Error, lookup};
use tierline_domain::desk::{Desk, skills_on_line};
use tierline_domain::ticket::{Refusal, Ticket};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{Changed, OperationId};

/// Moves the ticket to the tier above if its time box is over. No store read if not; then one for the people, three durable
/// commits, and what every change owes.
pub async fn escalate_overdue<P: Platform>(
    platform: &P,
    desk: &Desk,
    ticket: &Ticket,
) -> Result<bool, Error> {
    let now = Time(platform.now_ms());
    let Some(line) = desk.line(&ticket.line) else { return Ok(false) };
    let Some(to) = desk.line_above(line) else { return Ok(false) };
    let to = &to.id;
    if ticket.escalate_overdue(line, (to, &[]), &desk.policy, now).is_none() {
        return Ok(false);
    }
    let people = lookup::people(platform, desk).await?;
    let skills = skills_on_line(&desk.policy, &people, to, (&ticket.skills_wanted, &ticket.channel));
    let operation = OperationId::fresh(platform.random());
    let moved = change_by_tick(platform, ticket, &operation, &|ticket| {
        ticket.escalate_overdue(line, (to, &skills), &desk.policy, now)
    })
    .await?;
    Ok(moved.is_some_and(|ticket| ticket.line == *to))
}

/// Changes the ticket as `decide` says and pays what it owes then; none if there was nothing to change. One durable commit,
/// and what every change owes.
pub(crate) async fn change_by_tick<P: Platform>(
    platform: &P,
    ticket: &Ticket,
    operation: &OperationId,
    // One function for all of them: each would be compiled anew.
    decide: &dyn Fn(&Ticket) -> Option<Result<Ticket, Refusal>>,
) -> Result<Option<Ticket>, Error> {
    let changed = change_ticket(platform, ticket, operation, Words::None, |ticket| {
        decide(ticket).unwrap_or_else(|| Ok(ticket.clone()))
    })
    .await?;
    settle_now(platform, ticket.id).await?;
    Ok(match changed {
        Changed::Written(document) => Some(document.body.0),
        _ => None,
    })
}
