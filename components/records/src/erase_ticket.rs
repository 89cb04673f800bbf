//! `POST /v1/tickets/{ticket}/erasure`: what was said, and who said it, goes for good. Figures stay.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::view::TicketView;
use tierline_desk::{api, erase, operator_of_ticket};
use tierline_domain::people::Action;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json};

/// Bytes of the body.
const BODY_BYTES_MAX: usize = 1024;

/// Nothing can be said: there is nothing to choose.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ErasureBody {}

#[derive(Serialize)]
struct Erased {
    ticket: TicketView,
}

/// Durable commits: the ticket, its place if it is in a line, one a thread page, and what every change owes. An erased
/// ticket costs none.
pub async fn erase_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, by) = operator_of_ticket(platform, request, params, Action::EraseData).await?;
    if !request.body().is_empty() {
        parse_json::<ErasureBody>(request, BODY_BYTES_MAX)?;
    }
    let operation = api::operation(platform, request, "erasure").await?;
    let erased = erase(platform, seen.id, &by, &operation).await?;
    Ok(json(StatusCode::OK, &Erased { ticket: TicketView::of(&erased, Time(platform.now_ms())) }))
}
