//! `POST /v1/tickets/{ticket}/replies`: an answer by a person.

use crate::BODY_BYTES_MAX;
use crate::draft::refused;
use http::StatusCode;
use serde::Deserialize;
use tierline_desk::posted::{plain, read_posted};
use tierline_desk::view::Worked;
use tierline_desk::{Words, act, after_sending, api, files, has_answer};
use tierline_domain::ids::LabelId;
use tierline_domain::people::Action;
use tierline_domain::ticket::{Draft, DraftKind, Reply, Then, weight_of};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json};

/// Fields of the form, beside its files.
const FIELDS: &[&str] = &["body", "answer_id", "then"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyBody {
    #[serde(default)]
    body: String,
    #[serde(default)]
    answer_id: Option<LabelId>,
    then: Then,
}

/// One durable commit for the ticket, one more if it leaves its line. With `answer_id`, a store read for each page of the
/// desk's answers until it is found. Files have a budget of their own. Refused because its author has the ticket no more, it is
/// kept as their draft, for one commit; files are not.
pub async fn reply_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let arrange = |form: &_| plain(form, FIELDS);
    let mut posted = read_posted::<ReplyBody>(request, BODY_BYTES_MAX, FIELDS, arrange).await?;
    let words = api::words(&posted.value.body, posted.has_files())?;
    if let Some(answer) = &posted.value.answer_id
        && !has_answer(platform, &signed_in.desk, answer).await?
    {
        let detail = "The desk has no canned answer of this id. Leave \"answer_id\" out, or take one of its desk file.";
        return Err(Problem::invalid_field("answer_id", detail));
    }
    let checked = posted.check_files(&signed_in.desk.policy.files)?;
    let operation =
        api::operation_of(platform, request, signed_in.person.id.as_str(), &posted.content).await?;
    let stored = files::add_files(platform, &seen, &operation, &checked).await?;
    let now = Time(platform.now_ms());
    let reply = Reply {
        person: signed_in.person.id.clone(),
        now,
        body: words,
        answer_id: posted.value.answer_id,
        then: posted.value.then,
        lease_s: signed_in.lease_s(&seen),
    };
    let weight = weight_of(&reply.body, stored.files.len());
    let acted = act(platform, &seen, &operation, (Words::Desk, weight), |ticket| {
        ticket.reply(reply.clone())?.with_files(&stored.files)
    })
    .await;
    let acted = match acted {
        Ok(acted) => acted,
        Err(error) => {
            let draft = Draft {
                kind: DraftKind::Reply,
                body: reply.body,
                answer_id: reply.answer_id,
                then: Some(reply.then),
                saved_at: now,
                refused: true,
            };
            return Err(refused(platform, (&seen, &signed_in), draft, error, &operation).await);
        }
    };
    after_sending(platform, &acted.ticket, &signed_in.person.id, DraftKind::Reply);
    files::forget_note(platform, stored);
    Ok(json(StatusCode::CREATED, &Worked::of(&acted.ticket, &signed_in.desk, now)))
}
