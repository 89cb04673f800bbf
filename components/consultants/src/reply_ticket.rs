//! `POST /v1/tickets/{ticket}/replies`: an answer by a person.

use crate::{BODY_BYTES_MAX, Worked, lease_s};
use http::StatusCode;
use serde::Deserialize;
use tierline_desk::{Words, act, api, has_answer};
use tierline_domain::ids::LabelId;
use tierline_domain::limits::BODY_CHARS_MAX;
use tierline_domain::people::Action;
use tierline_domain::ticket::{Reply, Then};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyBody {
    body: String,
    #[serde(default)]
    answer_id: Option<LabelId>,
    then: Then,
}

/// One durable commit for the ticket, one more if it leaves its line. With `answer_id`, a store read for each page of the
/// desk's answers until it is found.
pub async fn reply_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let body = parse_json::<ReplyBody>(request, BODY_BYTES_MAX)?;
    let operation = api::operation(platform, request, signed_in.person.id.as_str())?;
    if let Some(answer) = &body.answer_id
        && !has_answer(platform, &signed_in.desk, answer).await?
    {
        let detail = "The desk has no canned answer of this id. Leave \"answer_id\" out, or take one of its desk file.";
        return Err(Problem::invalid_field("answer_id", detail));
    }
    let now = Time(platform.now_ms());
    let reply = Reply {
        person: signed_in.person.id.clone(),
        now,
        body: api::text::<BODY_CHARS_MAX>("body", &body.body)?,
        answer_id: body.answer_id,
        then: body.then,
        lease_s: lease_s(&signed_in, &seen),
    };
    let acted = act(platform, &seen, &operation, (Words::Desk, reply.body.len()), |ticket| {
        ticket.reply(reply.clone())
    })
    .await?;
    Ok(json(StatusCode::CREATED, &Worked::of(&acted.ticket, now)))
}
