//! `POST /v1/tickets/{ticket}/merge`: this ticket goes on in another, which is the same problem.

use crate::list_links::LinksView;
use crate::{BODY_BYTES_MAX, other_ticket};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::view::TicketView;
use tierline_desk::{api, merge};
use tierline_domain::people::Action;
use tierline_domain::secrets::sha256_hex;
use tierline_domain::ticket::Merged;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MergeBody {
    into: String,
}

#[derive(Serialize)]
struct MergedBody {
    ticket: TicketView,
    links: LinksView,
    into: TicketView,
}

/// Four durable commits, one fewer if it is in no line: the other ticket's promise, this one, out of its queue, the
/// promise made good.
pub async fn merge_tickets<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let body = parse_json::<MergeBody>(request, BODY_BYTES_MAX)?;
    let into = other_ticket(platform, &seen, "into", &body.into).await?;
    if seen.erased.is_some() {
        return Err(tierline_desk::Error::Refused(tierline_domain::ticket::Refusal::Erased).into());
    }
    let operation = api::operation(platform, request, signed_in.person.id.as_str()).await?;
    let now = Time(platform.now_ms());
    let merger = Merged {
        ticket: seen.id,
        merger: sha256_hex(&[operation.as_str().as_bytes(), &platform.random()]).chars().take(32).collect(),
        by: signed_in.person.id.clone(),
        at: now,
        same_customer: seen.is_proven_to_be_of_the_same_customer_as(&into),
        done: false,
    };
    let (source, target) = merge(platform, &into, &merger, &operation).await?;
    let merged = MergedBody {
        ticket: TicketView::of(&source, now),
        links: LinksView::of(&source),
        into: TicketView::of(&target, now),
    };
    Ok(json(StatusCode::OK, &merged))
}
