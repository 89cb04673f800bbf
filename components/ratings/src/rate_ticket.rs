//! `POST /v1/tickets/{ticket}/rating`: liked or disliked, with a word if one likes.

use crate::VERDICT_BYTES_MAX;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::view::TicketView;
use tierline_desk::{Words, act, api, cors};
use tierline_domain::limits::COMMENT_CHARS_MAX;
use tierline_domain::ticket::Verdict;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RatingBody {
    verdict: Verdict,
    #[serde(default)]
    comment: Option<String>,
}

#[derive(Serialize)]
struct Rated {
    ticket: TicketView,
}

/// One durable commit.
pub async fn rate_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let seen = api::ticket_as_customer(platform, request, params).await?;
    let body = parse_json::<RatingBody>(request, VERDICT_BYTES_MAX)?;
    let comment = api::optional_text::<COMMENT_CHARS_MAX>("comment", body.comment.as_deref())?;
    let operation = api::operation(platform, request, "customer").await?;
    let now = Time(platform.now_ms());
    let acted = act(platform, &seen, &operation, (Words::Customer, 0), |ticket| {
        ticket.rate(body.verdict, comment.clone(), now)
    })
    .await?;
    let rated = Rated { ticket: TicketView::of(&acted.ticket, now) };
    Ok(cors::of_desk(&seen.desk, json(StatusCode::OK, &rated)))
}
