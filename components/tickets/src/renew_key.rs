//! `POST /v1/tickets/{ticket}/key`: a new key for the ticket's customer; the old one, and every cookie with it, is dead.

use http::StatusCode;
use serde::Serialize;
use tierline_desk::view::TicketView;
use tierline_desk::{Words, act, api, links, ticket_secret};
use tierline_domain::people::Action;
use tierline_domain::secrets::customer_key;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json};

#[derive(Serialize)]
struct Renewed {
    ticket: TicketView,
    customer_link: String,
}

/// One durable commit. The link is for the customer, to be sent where they have proven to be; who made it is in the
/// ticket's history.
pub async fn renew_key<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let secret = ticket_secret(platform).await?;
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::RenewKey).await?;
    let person = &signed_in.person.id;
    let operation = api::operation(platform, request, person.as_str()).await?;
    let now = Time(platform.now_ms());
    let acted =
        act(platform, &seen, &operation, (Words::None, 0), |ticket| ticket.renew_key(person, now)).await?;
    let ticket = acted.ticket;
    let key = customer_key(secret.as_bytes(), ticket.id, ticket.key_version);
    let customer_link = links::customer_link(platform, ticket.id, &key).await;
    Ok(json(StatusCode::CREATED, &Renewed { ticket: TicketView::of(&ticket, now), customer_link }))
}
