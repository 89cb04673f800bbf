//! `POST /v1/tickets/{ticket}/notes`: a word among colleagues.

use crate::BODY_BYTES_MAX;
use http::StatusCode;
use serde::Deserialize;
use tierline_desk::posted::{plain, read_posted};
use tierline_desk::view::Worked;
use tierline_desk::{Words, act, after_sending, api, files};
use tierline_domain::people::Action;
use tierline_domain::ticket::{DraftKind, weight_of};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteBody {
    #[serde(default)]
    body: String,
}

/// One durable commit. Files have a budget of their own.
pub async fn write_note<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WriteNote).await?;
    let arrange = |form: &_| plain(form, &["body"]);
    let mut posted = read_posted::<NoteBody>(request, BODY_BYTES_MAX, &["body"], arrange).await?;
    let words = api::words(&posted.value.body, posted.has_files())?;
    let checked = posted.check_files(&signed_in.desk.policy.files)?;
    let operation =
        api::operation_of(platform, request, signed_in.person.id.as_str(), &posted.content).await?;
    let stored = files::add_files(platform, &seen, &operation, &checked).await?;
    let now = Time(platform.now_ms());
    let lease = signed_in.lease_s(&seen);
    let weight = weight_of(&words, stored.files.len());
    let acted = act(platform, &seen, &operation, (Words::Desk, weight), |ticket| {
        ticket.note(&signed_in.person.id, now, &words, lease)?.with_files(&stored.files)
    })
    .await?;
    after_sending(platform, &acted.ticket, &signed_in.person.id, DraftKind::Note);
    files::forget_note(platform, stored);
    Ok(json(StatusCode::CREATED, &Worked::of(&acted.ticket, &signed_in.desk, now)))
}
