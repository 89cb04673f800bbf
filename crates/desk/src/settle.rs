//! Paying what tickets owe: queues and journal brought into agreement with them.

use crate::documents::TicketDocument;
use crate::queue::{self, FirstWrites, LineOf, Wanted};
use crate::{Error, journal, keys, lookup};
use serde::Serialize;
use tierline_domain::ids::TicketId;
use tierline_domain::queue::Sighting;
use tierline_domain::ticket::Ticket;
use tierline_store::{Decision, OperationId, Runtime, Sweep, change};

/// Brings every queue page that the ticket owes into agreement with it. One durable commit a page that differs.
pub async fn pay_queues<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    operation: &OperationId,
) -> Result<Vec<Sighting>, Error> {
    let mut seen = vec![];
    for (index, owed) in ticket.owed.iter().enumerate() {
        let line = LineOf { desk: &ticket.desk, line: &owed.line };
        let step = operation.step(&format!("queue{index}"));
        seen.push(
            queue::agree(runtime, line, &Wanted::by(ticket, owed), &step, &mut FirstWrites::new())
                .await?
                .seen,
        );
    }
    Ok(seen)
}

/// Writes the journal, then notes in the ticket that nothing is owed of what `paid` owed. Two durable commits.
/// The queues must have been paid.
pub async fn close_accounts<R: Runtime>(runtime: &R, paid: &Ticket) -> Result<(), Error> {
    if !paid.owes() {
        return Ok(());
    }
    let operation = OperationId::fresh(runtime.random());
    journal::append(runtime, paid, &operation).await?;
    change::<TicketDocument, _, Error>(runtime, &keys::ticket(paid.id), &operation, |found| {
        let Some(document) = found else { return Ok(Decision::Keep) };
        let settled = document.body.settled(paid);
        Ok(if settled == document.body.0 { Decision::Keep } else { Decision::Write(TicketDocument(settled)) })
    })
    .await?;
    Ok(())
}

/// Pays everything a ticket owes. Late or twice, it comes out the same.
pub async fn settle<R: Runtime>(runtime: &R, ticket: TicketId) -> Result<bool, Error> {
    let ticket = lookup::ticket(runtime, ticket).await?;
    if !ticket.owes() {
        return Ok(false);
    }
    let operation = OperationId::fresh(runtime.random());
    for (owed, seen) in ticket.owed.iter().zip(pay_queues(runtime, &ticket, &operation).await?) {
        queue::tend(runtime, LineOf { desk: &ticket.desk, line: &owed.line }, seen).await?;
    }
    close_accounts(runtime, &ticket).await?;
    Ok(true)
}

/// How a sweep went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Tickets looked at.
    pub looked_at: usize,
    /// Tickets that owed something and do no more.
    pub settled: usize,
    /// Tickets whose debts could not be paid now.
    pub failed: usize,
    /// Where the next sweep goes on; none when this one reached the end.
    pub next: Option<String>,
}

/// Looks at `tickets_max` tickets after `after` and settles those that owe. Lists keys, so it is for the tick only.
pub async fn sweep<R>(runtime: &R, after: Option<&str>, tickets_max: usize) -> Result<Swept, Error>
where
    R: Runtime<Store: Sweep>,
{
    // The listing must be complete before the store is used again: Spin's SQLite store deadlocks otherwise.
    let mut tickets: Vec<TicketId> =
        runtime.store().list_keys().await?.iter().filter_map(|key| keys::parse_ticket(key)).collect();
    tickets.sort_unstable();
    let after = after.and_then(TicketId::parse);
    let rest = tickets.iter().filter(|ticket| after.is_none_or(|after| **ticket > after));
    let mut swept = Swept::default();
    for ticket in rest {
        if swept.looked_at == tickets_max.min(crate::limits::SWEEP_TICKETS_MAX) {
            return Ok(swept);
        }
        swept.looked_at += 1;
        swept.next = Some(ticket.to_string());
        match settle(runtime, *ticket).await {
            Ok(settled) => swept.settled += usize::from(settled),
            Err(_) => swept.failed += 1,
        }
    }
    swept.next = None;
    Ok(swept)
}
