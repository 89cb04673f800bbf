//! `POST /v1/tickets/{ticket}/notes`: a word among colleagues.

use crate::{BODY_BYTES_MAX, Worked, lease_s};
use http::StatusCode;
use serde::Deserialize;
use tierline_desk::{Words, act, api};
use tierline_domain::limits::BODY_CHARS_MAX;
use tierline_domain::people::Action;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteBody {
    body: String,
}

/// One durable commit.
pub async fn write_note<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WriteNote).await?;
    let body = parse_json::<NoteBody>(request, BODY_BYTES_MAX)?;
    let words = api::text::<BODY_CHARS_MAX>("body", &body.body)?;
    let operation = api::operation(platform, request, signed_in.person.id.as_str())?;
    let now = Time(platform.now_ms());
    let lease = lease_s(&signed_in, &seen);
    let acted = act(platform, &seen, &operation, (Words::Desk, words.len()), |ticket| {
        ticket.note(&signed_in.person.id, now, &words, lease)
    })
    .await?;
    Ok(json(StatusCode::CREATED, &Worked::of(&acted.ticket, now)))
}
