//! `POST /v1/tickets/{ticket}/pull`: straight out of another line, by somebody of the line where it belongs.

use crate::BODY_BYTES_MAX;
use crate::way::{Moved, Way, kind};
use http::StatusCode;
use serde::Deserialize;
use tierline_desk::{Entries, Error, Words, act_in_reach, api};
use tierline_domain::ids::LineId;
use tierline_domain::people::Action;
use tierline_domain::routing::PULLED;
use tierline_domain::ticket::{Claim, HandOverTo, Refusal};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PullBody {
    to: LineId,
    reason: String,
    #[serde(default)]
    kind: Option<String>,
}

/// Three durable commits (a fourth where the desk bounds what people have in hand): the ticket, out of one queue, into the other, where it is held at once.
pub async fn pull_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let body = parse_json::<PullBody>(request, BODY_BYTES_MAX)?;
    let line = signed_in.desk.line(&body.to).ok_or(Error::UnknownLine)?;
    if !signed_in.person.works_on(&line.id) {
        return Err(Error::Forbidden("You are not on this line. The desk file says who is.").into());
    }
    let routing = signed_in.desk.routing();
    let operation = api::operation(platform, request, signed_in.person.id.as_str()).await?;
    let now = Time(platform.now_ms());
    let way = Way {
        to: line.id.clone(),
        kind: kind(&signed_in.desk, body.kind, PULLED)?,
        reason: body.reason,
        tried: None,
        escalation: false,
        urgent: false,
    };
    // Whoever takes it has it: there is nothing left to decide.
    let to = HandOverTo { lead: None, works_on_line: true, ..way.hand_over(&seen, &signed_in, now)? };
    let claim = Claim {
        person: signed_in.person.id.clone(),
        claim: operation.as_str().to_owned(),
        now,
        lease_s: line.lease_s,
        place: None,
        marked: false,
    };
    let may = |from: &LineId| *from == line.id || routing.may_pull(&line.id, from);
    if !may(&seen.line) {
        return Err(Error::Forbidden(
            "Your line takes nothing out of that one. Ask its people to hand it over.",
        )
        .into());
    }
    let hands = (&signed_in.desk, &signed_in.person.id, to.skills.as_slice());
    let acted =
        act_in_reach(platform, &seen, hands, &operation, now, (Words::Desk, Entries::Before), &|ticket| {
            // It may have gone where nobody takes it from since it was read.
            if may(&ticket.line) { ticket.pull(to.clone(), claim.clone()) } else { Err(Refusal::Moved) }
        })
        .await?;
    Ok(json(StatusCode::CREATED, &Moved::of(&acted.ticket, &signed_in.desk, now)))
}
