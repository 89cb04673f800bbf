//! `POST /v1/tickets/{ticket}/outcome`: "this solved it", or "that did not help", which sends it to people.

use crate::VERDICT_BYTES_MAX;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::view::{QueueView, TicketView};
use tierline_desk::{Words, act, api, ask_standing, cors, desk_of};
use tierline_domain::ticket::Outcome;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeBody {
    solved: bool,
}

#[derive(Serialize)]
struct Told {
    ticket: TicketView,
    queue: Option<QueueView>,
}

/// One durable commit for the ticket, one more if it enters or leaves a line.
pub async fn tell_outcome<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let seen = api::ticket_as_customer(platform, request, params).await?;
    let OutcomeBody { solved } = parse_json(request, VERDICT_BYTES_MAX)?;
    let operation = api::operation(platform, request, "customer").await?;
    let desk = desk_of(platform, &seen).await?;
    let outcome = Outcome::under(&desk.policy, Time(platform.now_ms()));
    let ticket = act(platform, &seen, &operation, (Words::None, 0), |ticket| ticket.outcome(solved, outcome))
        .await?
        .ticket;
    let now = Time(platform.now_ms());
    let standing = ask_standing(platform, &ticket).await;
    let queue = QueueView::of(&ticket, standing, &desk, now);
    let told = Told { ticket: TicketView::of(&ticket, now), queue };
    Ok(cors::of_desk(&ticket.desk, json(StatusCode::OK, &told)))
}
