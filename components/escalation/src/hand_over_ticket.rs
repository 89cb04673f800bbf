//! `POST /v1/tickets/{ticket}/handovers` to any line, `POST /v1/tickets/{ticket}/escalation` to the administrators.

use crate::BODY_BYTES_MAX;
use crate::way::{Moved, Way, kind};
use http::StatusCode;
use serde::Deserialize;
use tierline_desk::{Error, SignedIn, Words, act, api};
use tierline_domain::ids::LineId;
use tierline_domain::people::Action;
use tierline_domain::routing::{OTHER, TOO_HARD};
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json};

/// Administrators.
const ESCALATION_TIER: u8 = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandOverBody {
    to: LineId,
    reason: String,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    tried: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EscalationBody {
    reason: String,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    tried: Option<String>,
    #[serde(default)]
    urgent: bool,
}

/// Three durable commits: the ticket, out of one queue, into the other.
pub async fn hand_over_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let body = parse_json::<HandOverBody>(request, BODY_BYTES_MAX)?;
    let line = signed_in.desk.line(&body.to).ok_or(Error::UnknownLine)?;
    let way = Way {
        to: line.id.clone(),
        kind: kind(&signed_in.desk, body.kind, OTHER)?,
        reason: body.reason,
        tried: body.tried,
        escalation: line.tier == Some(ESCALATION_TIER),
        urgent: false,
    };
    move_ticket(platform, request, &seen, &signed_in, way).await
}

/// Three durable commits: the ticket, out of one queue, into the other.
pub async fn escalate_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let body = parse_json::<EscalationBody>(request, BODY_BYTES_MAX)?;
    let way = Way {
        to: signed_in.desk.line_of_tier(ESCALATION_TIER).ok_or(Error::UnknownLine)?.id.clone(),
        kind: kind(&signed_in.desk, body.kind, TOO_HARD)?,
        reason: body.reason,
        tried: body.tried,
        escalation: true,
        urgent: body.urgent,
    };
    move_ticket(platform, request, &seen, &signed_in, way).await
}

async fn move_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    seen: &Ticket,
    signed_in: &SignedIn,
    way: Way,
) -> Result<Response, Problem> {
    let operation = api::operation(platform, request, signed_in.person.id.as_str()).await?;
    let now = Time(platform.now_ms());
    let to = way.hand_over(seen, signed_in, now)?;
    let acted =
        act(platform, seen, &operation, (Words::Desk, 0), |ticket| ticket.hand_over(to.clone())).await?;
    Ok(json(StatusCode::CREATED, &Moved::of(&acted.ticket, &signed_in.desk, now)))
}
