//! Hand-overs in figures: a document for each line, written after the answer.

use crate::documents::HandOversDocument;
use crate::{Error, keys};
use tierline_domain::handovers::{Figures, Tally};
use tierline_domain::ids::{DeskId, LineId};
use tierline_domain::ticket::Ticket;
use tierline_store::{Decision, OperationId, Runtime, change, read};

/// Counts what is to be counted of the ticket's hand-overs, each under a name that is made from the ticket: paid twice, it
/// is counted once, unless as many others as a document remembers were counted in between. One durable commit for each.
/// Two that are the first ever out of a line, at once: one of them may be left out.
pub async fn count<R: Runtime>(runtime: &R, ticket: &Ticket) -> Result<(), Error> {
    for tally in ticket.uncounted() {
        let key = keys::handovers(&ticket.desk, &tally.from);
        let operation = name(ticket, tally.number, tally.waited_ms.is_some());
        change::<HandOversDocument, _, Error>(runtime, &key, &operation, |found| {
            let figures = found.map_or_else(Figures::default, |document| document.body.0.clone());
            let has =
                |is_taken| found.is_some_and(|document| document.has(&name(ticket, tally.number, is_taken)));
            if has(true) {
                return Ok(Decision::Keep);
            }
            // Of two that pay at once, one may know already that it was taken.
            let tally = Tally { is_new: tally.is_new && !has(false), ..tally.clone() };
            Ok(Decision::Write(HandOversDocument(figures.with(&tally))))
        })
        .await?;
    }
    Ok(())
}

/// Names the count of a hand-over, or of its being taken.
fn name(ticket: &Ticket, number: usize, is_taken: bool) -> OperationId {
    let what = if is_taken { "taken" } else { "handover" };
    OperationId::fresh(*ticket.id.as_bytes()).step(&format!("{what}{number}"))
}

/// The hand-overs out of a line, in figures. One store read.
pub async fn handovers<R: Runtime>(runtime: &R, desk: &DeskId, line: &LineId) -> Result<Figures, Error> {
    let found = read::<HandOversDocument, _>(runtime.store(), &keys::handovers(desk, line)).await?;
    Ok(found.map_or_else(Figures::default, |document| document.body.0))
}
