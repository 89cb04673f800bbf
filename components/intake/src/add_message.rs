//! `POST /v1/tickets/{ticket}/messages`: more from the customer.

use crate::request_body::REQUEST_BYTES_MAX;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::view::TicketView;
use tierline_desk::{Words, act, api, desk};
use tierline_domain::limits::BODY_CHARS_MAX;
use tierline_domain::ticket::Outcome;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageBody {
    body: String,
}

#[derive(Serialize)]
struct Added {
    ticket: TicketView,
}

/// One durable commit for the ticket, one more if the message brings it back to its line.
pub async fn add_message<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let seen = api::ticket_as_customer(platform, request, params).await?;
    let body = parse_json::<MessageBody>(request, REQUEST_BYTES_MAX)?;
    let words = api::text::<BODY_CHARS_MAX>("body", &body.body)?;
    let operation = api::operation(platform, request, "customer")?;
    let policy = desk(platform, &seen.desk).await?.policy;
    let outcome = Outcome::under(&policy, Time(platform.now_ms()));
    let acted = act(platform, &seen, &operation, (Words::Customer, words.len()), |ticket| {
        ticket.message(&words, &ticket.channel, outcome)
    })
    .await?;
    let now = Time(platform.now_ms());
    Ok(json(StatusCode::CREATED, &Added { ticket: TicketView::of(&acted.ticket, now) }))
}
