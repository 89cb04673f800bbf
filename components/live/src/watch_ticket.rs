//! `GET /v1/tickets/{ticket}/events`: what happens to the ticket from now on, to its customer or the desk's people.

use crate::events::Events;
use crate::hub::{self, Watch};
use crate::limits::{RETRY_MS, STREAM_LESS_MS_MAX, STREAM_S_MAX, STREAMS_PER_TICKET_MAX};
use crate::side::Side;
use crate::told::Told;
use http::{HeaderName, HeaderValue, header};
use tierline_desk::ask_standing;
use tierline_domain::people::Action;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, ProblemKind, Query, Request, Response, persons_token};

/// How the ticket stands now, unless `Last-Event-ID` says that this is known; then each change as it is seen, and what the
/// other side does. Store reads: the ticket (three for one of the people), and in a line those of its place; what the stream
/// costs later is in [`hub`]. No write.
pub async fn watch_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let query = Query::read(request, &["for_s"])?;
    let for_s = query.number("for_s", 1..=STREAM_S_MAX)?;
    let polls = hub::polls();
    let (ticket, side) = Side::of(platform, request, params, Action::ReadTicket).await?;
    let standing = ask_standing(platform, &ticket).await;
    let now = Time(platform.now_ms());
    let told = Told::of(&ticket, standing, now);
    let known = request.headers().get("last-event-id").is_some_and(|id| id.as_bytes() == told.id.as_bytes());
    let mut first = format!("retry: {RETRY_MS}\n\n").into_bytes();
    if !known {
        first.extend_from_slice(&told.event);
    }
    let watch = Watch::of(&ticket, side, told, polls, now).ok_or_else(too_many)?;
    let for_ms = for_s.map_or_else(|| usual_ms(platform), |for_s| i64::from(for_s) * 1_000);
    let until = Time(now.0.saturating_add(for_ms));
    let token = persons_token(request)?.filter(|_| side == Side::People).map(ToOwned::to_owned);
    platform.go_on(Events::new(platform.clone(), watch, token, until));
    let mut response = Response::new(first.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // Proxies that gather answers before they pass them on would tell of everything a minute late.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(side.answer(&ticket, response))
}

fn usual_ms<P: Platform>(platform: &P) -> i64 {
    let [one, other, ..] = platform.random();
    let less = i64::from(u16::from_le_bytes([one, other])) % STREAM_LESS_MS_MAX;
    i64::from(STREAM_S_MAX) * 1_000 - less
}

fn too_many() -> Problem {
    let detail = format!(
        "The ticket is watched {STREAMS_PER_TICKET_MAX} times already. Close another stream of it, or ask again in a minute."
    );
    Problem::new(ProblemKind::Busy, detail)
}
