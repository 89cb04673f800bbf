//! `POST /v1/tickets/{ticket}/handovers` to any line, `POST /v1/tickets/{ticket}/escalation` to the administrators.

use crate::BODY_BYTES_MAX;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::view::{PeopleView, TicketView};
use tierline_desk::{Error, SignedIn, Words, act, api};
use tierline_domain::desk::skills_on_line;
use tierline_domain::ids::LineId;
use tierline_domain::limits::REASON_CHARS_MAX;
use tierline_domain::people::Action;
use tierline_domain::ticket::{HandOverTo, Ticket};
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
    tried: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EscalationBody {
    reason: String,
    #[serde(default)]
    tried: Option<String>,
    #[serde(default)]
    urgent: bool,
}

#[derive(Serialize)]
struct Moved {
    ticket: TicketView,
    desk: PeopleView,
}

/// Three durable commits: the ticket, out of one queue, into the other.
pub async fn hand_over_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let body = parse_json::<HandOverBody>(request, BODY_BYTES_MAX)?;
    let to = signed_in.desk.line(&body.to).ok_or(Error::UnknownLine)?.id.clone();
    let escalation = signed_in.desk.line(&to).and_then(|line| line.tier) == Some(ESCALATION_TIER);
    let way = Way { to, reason: body.reason, tried: body.tried, escalation, urgent: false };
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
    let to = signed_in.desk.line_of_tier(ESCALATION_TIER).ok_or(Error::UnknownLine)?.id.clone();
    let way = Way { to, reason: body.reason, tried: body.tried, escalation: true, urgent: body.urgent };
    move_ticket(platform, request, &seen, &signed_in, way).await
}

struct Way {
    to: LineId,
    reason: String,
    tried: Option<String>,
    escalation: bool,
    urgent: bool,
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
    let policy = &signed_in.desk.policy;
    let to = HandOverTo {
        person: signed_in.person.id.clone(),
        now,
        skills: skills_on_line(&signed_in.people, &way.to, &seen.skills_wanted),
        reason: api::text::<REASON_CHARS_MAX>("reason", &way.reason)?,
        tried: api::optional_text::<REASON_CHARS_MAX>("tried", way.tried.as_deref())?,
        escalation: way.escalation,
        urgent: way.urgent,
        head_start_max_s: policy.head_start_max_s,
        works_on_line: signed_in.person.works_on(&seen.line),
        head_start_s: if way.urgent { policy.urgent_head_start_s.min(policy.head_start_max_s) } else { 0 },
        to: way.to,
    };
    let acted =
        act(platform, seen, &operation, (Words::Desk, 0), |ticket| ticket.hand_over(to.clone())).await?;
    let moved = Moved {
        ticket: TicketView::of(&acted.ticket, now),
        desk: PeopleView::at(&acted.ticket, &signed_in.desk, now),
    };
    Ok(json(StatusCode::CREATED, &moved))
}
