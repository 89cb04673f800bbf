//! Time boxes that are over: the tick moves their tickets up. Late, it is done late, and once.

use crate::operations::{Words, change_ticket};
use crate::{Error, lookup, settle};
use tierline_domain::desk::{Desk, skills_on_line};
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_store::{Changed, OperationId, Runtime};

/// Moves the ticket to the tier above if its time box is over. No store read if not; then one for the people, three durable
/// commits, and what every change owes.
pub async fn escalate_overdue<R: Runtime>(runtime: &R, desk: &Desk, ticket: &Ticket) -> Result<bool, Error> {
    let now = Time(runtime.now_ms());
    let Some(line) = desk.line(&ticket.line) else { return Ok(false) };
    let Some(to) = desk.line_above(line) else { return Ok(false) };
    let to = &to.id;
    if ticket.escalate_overdue(line, (to, &[]), &desk.policy, now).is_none() {
        return Ok(false);
    }
    let people = lookup::people(runtime, desk).await?;
    let skills = skills_on_line(&desk.policy, &people, to, &ticket.skills_wanted);
    let operation = OperationId::fresh(runtime.random());
    let moved = change_ticket(runtime, ticket, &operation, Words::None, |ticket| {
        ticket.escalate_overdue(line, (to, &skills), &desk.policy, now).unwrap_or_else(|| Ok(ticket.clone()))
    })
    .await?;
    settle(runtime, ticket.id).await?;
    Ok(matches!(moved, Changed::Written(document) if document.body.line == *to))
}
