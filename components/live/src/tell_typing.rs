//! `POST /v1/tickets/{ticket}/typing`: whoever asks is writing something, and the other side may know.

use crate::hub;
use crate::side::Side;
use tierline_domain::people::Action;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, no_content};

/// Counts for a few seconds. It is kept in this instance's memory, for those who watch the ticket here, and nowhere else. Store
/// reads: the ticket; three for one of the people. No write.
pub async fn tell_typing<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (ticket, side) = Side::of(platform, request, params, Action::WorkTicket).await?;
    hub::types(ticket.id, side, Time(platform.now_ms()));
    Ok(side.answer(&ticket, no_content()))
}
