//! `POST /v1/tickets/{ticket}/extension`: the time box once more, for a reason.

use http::StatusCode;
use serde::Deserialize;
use tierline_desk::view::Worked;
use tierline_desk::{Words, act, api};
use tierline_domain::limits::REASON_CHARS_MAX;
use tierline_domain::people::Action;
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, ProblemKind, Request, Response, json, parse_json};

/// Bytes of the body.
const BODY_BYTES_MAX: usize = 32 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtensionBody {
    reason: String,
}

/// One durable commit. The reason is a note in the thread.
pub async fn extend_time_box<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let ExtensionBody { reason } = parse_json(request, BODY_BYTES_MAX)?;
    let reason = api::text::<REASON_CHARS_MAX>("reason", &reason)?;
    if signed_in.desk.line(&seen.line).is_none_or(|line| line.time_box_s.is_none()) {
        return Err(Problem::new(
            ProblemKind::StateConflict,
            "The ticket's line has no time box: it may take the time it takes.",
        ));
    }
    let operation = api::operation(platform, request, signed_in.person.id.as_str()).await?;
    let now = Time(platform.now_ms());
    let person = &signed_in.person.id;
    let extend = |ticket: &Ticket| ticket.extend(person, now, &reason);
    let acted = act(platform, &seen, &operation, (Words::Desk, reason.len()), extend).await?;
    Ok(json(StatusCode::CREATED, &Worked::of(&acted.ticket, &signed_in.desk, now)))
}
