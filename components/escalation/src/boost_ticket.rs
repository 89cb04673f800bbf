//! `POST /v1/tickets/{ticket}/boosts`: a head start that was bought while waiting, told by the operator's own shop.

use crate::BODY_BYTES_MAX;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::view::{QueueView, TicketView};
use tierline_desk::{Words, act, api, ask_standing, desk_of, operator_of_ticket};
use tierline_domain::limits::PAYMENT_CHARS_MAX;
use tierline_domain::people::Action;
use tierline_domain::ticket::{Bought, Ticket};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, Whole, json, parse_json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoostBody {
    seconds: Whole,
    payment_reference: String,
}

#[derive(Serialize)]
struct Boosted {
    ticket: TicketView,
    queue: Option<QueueView>,
    /// All of the ticket's advantage.
    head_start_s: u32,
    /// Seconds that can still be bought for it.
    left_s: u32,
}

/// Three durable commits: the ticket, its old place, its new one. None for a payment that was used before.
pub async fn boost_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, by) = operator_of_ticket(platform, request, params, Action::BoostTicket).await?;
    let BoostBody { seconds, payment_reference } = parse_json(request, BODY_BYTES_MAX)?;
    let payment = api::text::<PAYMENT_CHARS_MAX>("payment_reference", &payment_reference)?;
    let seconds = u32::try_from(seconds.0).ok().filter(|seconds| (1..=86_400).contains(seconds));
    let seconds = seconds.ok_or_else(|| {
        Problem::invalid_field("seconds", "Give the seconds that were bought: from 1 to 86400.")
    })?;
    let desk = desk_of(platform, &seen).await?;
    let operation = api::operation(platform, request, "operator").await?;
    let now = Time(platform.now_ms());
    let bought = Bought { by, now, seconds, payment };
    let decide = |ticket: &Ticket| ticket.boost(&bought, &desk.policy);
    let ticket = act(platform, &seen, &operation, (Words::Desk, 0), decide).await?.ticket;
    let standing = ask_standing(platform, &ticket).await;
    let boosted = Boosted {
        ticket: TicketView::of(&ticket, now),
        queue: QueueView::of(&ticket, standing, &desk, now),
        head_start_s: ticket.receipt.head_start_s,
        left_s: ticket.boost_left_s(&desk.policy),
    };
    Ok(json(StatusCode::CREATED, &boosted))
}
