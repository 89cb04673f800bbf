//! `POST /v1/tickets/{ticket}/links` links two tickets of one desk, `DELETE .../links/{kind}/{to}` takes that back.

use crate::list_links::LinksView;
use crate::{BODY_BYTES_MAX, other_ticket};
use http::StatusCode;
use serde::Deserialize;
use tierline_desk::{act_on_both, api};
use tierline_domain::ids::TicketId;
use tierline_domain::people::Action;
use tierline_domain::ticket::{Link, LinkKind};
use tierline_domain::time::Time;
use tierline_http::{
    Params, Platform, Problem, ProblemKind, Request, Response, json, no_content, parse_json,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkBody {
    to: String,
    kind: LinkKind,
}

/// Two durable commits: this ticket, then the other.
pub async fn link_tickets<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let body = parse_json::<LinkBody>(request, BODY_BYTES_MAX)?;
    let other = other_ticket(platform, &seen, "to", &body.to).await?;
    let is_new = !other.relations.linked_from.iter().any(|link| link.ticket == seen.id);
    if is_new {
        other.can_be_linked().map_err(tierline_desk::Error::from)?;
    }
    let operation = api::operation(platform, request, signed_in.person.id.as_str()).await?;
    let (by, at) = (signed_in.person.id.clone(), Time(platform.now_ms()));
    let link = Link { ticket: other.id, kind: body.kind, by, at };
    let acted = act_on_both(platform, &seen, &operation, |ticket| ticket.link(link.clone())).await?;
    Ok(json(StatusCode::CREATED, &LinksView::of(&acted.ticket)))
}

/// Two durable commits: this ticket, then the other; none for a link that is not there.
pub async fn unlink_tickets<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let none = || Problem::new(ProblemKind::NotFound, "There is no such link. GET .../links shows them.");
    let kind = LinkKind::parse(params.require("kind")?).ok_or_else(none)?;
    let to = TicketId::parse(params.require("to")?).ok_or_else(none)?;
    let operation = api::operation(platform, request, signed_in.person.id.as_str()).await?;
    let now = Time(platform.now_ms());
    act_on_both(platform, &seen, &operation, |ticket| ticket.unlink(to, kind, &signed_in.person.id, now))
        .await?;
    Ok(no_content())
}
