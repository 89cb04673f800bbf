//! `POST /v1/tickets/{ticket}/messages`: more from the customer.

use crate::BODY_BYTES_MAX;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::posted::{plain, read_posted};
use tierline_desk::view::TicketView;
use tierline_desk::{Words, act, api, cors, desk_of, files};
use tierline_domain::ticket::{Outcome, weight_of};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageBody {
    #[serde(default)]
    body: String,
}

#[derive(Serialize)]
struct Added {
    ticket: TicketView,
}

/// One durable commit for the ticket, one more if the message brings it back to its line. Files have a budget of their
/// own, and can come without words.
pub async fn add_message<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let seen = api::ticket_as_customer(platform, request, params).await?;
    let arrange = |form: &_| plain(form, &["body"]);
    let mut posted = read_posted::<MessageBody>(request, BODY_BYTES_MAX, &["body"], arrange).await?;
    let words = api::words(&posted.value.body, posted.has_files())?;
    let policy = desk_of(platform, &seen).await?.policy;
    let checked = posted.check_files(&policy.files)?;
    let operation = api::operation_of(platform, request, "customer", &posted.content).await?;
    let stored = files::add_files(platform, &seen, &operation, &checked).await?;
    let outcome = Outcome::under(&policy, Time(platform.now_ms()));
    let weight = weight_of(&words, stored.files.len());
    let acted = act(platform, &seen, &operation, (Words::Customer, weight), |ticket| {
        ticket.message(&words, &ticket.channel, outcome)?.with_files(&stored.files)
    })
    .await?;
    files::forget_note(platform, stored);
    let now = Time(platform.now_ms());
    let added = Added { ticket: TicketView::of(&acted.ticket, now) };
    Ok(cors::of_desk(&seen.desk, json(StatusCode::CREATED, &added)))
}
