//! `GET /v1/desks/{desk}/tickets`: tickets by state, line, agent, customer, risk, a page at a time.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::view::RowView;
use tierline_desk::{Error, Filter, api, limits, list, open_cursor, seal_cursor, ticket_secret};
use tierline_domain::desk::Desk;
use tierline_domain::ids::{LineId, PersonId};
use tierline_domain::limits::EXTERNAL_ID_CHARS_MAX;
use tierline_domain::people::Action;
use tierline_domain::ticket::State;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Query, Request, Response, json};

#[derive(Serialize)]
struct Page {
    tickets: Vec<RowView>,
    next_cursor: Option<String>,
}

/// Store reads as [`list`] says, and two to sign in. No commit.
pub async fn list_tickets<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let asked = Query::read(request, &["state", "line", "agent", "customer", "at_risk", "cursor", "limit"])?;
    let at = api::at_desk(platform, request, params, Action::ReadTicket).await?;
    let filter = read_filter(&asked, &at.desk)?;
    let limit = asked.number("limit", 1..=limits::LIST_LIMIT_MAX)?.unwrap_or(limits::LIST_LIMIT_DEFAULT);
    let secret = ticket_secret(platform).await?;
    let context = context(&at.desk, &filter);
    let after = asked.get("cursor").map(|cursor| open_cursor(&secret, &context, cursor)).transpose()?;
    let limit = usize::try_from(limit).unwrap_or_default();
    let listed = list(platform, &at.desk, &filter, after, limit).await?;
    let now = Time(platform.now_ms());
    let next = listed.next.as_ref().map(|position| seal_cursor(&secret, &context, position)).transpose()?;
    let page = Page {
        tickets: listed.tickets.iter().map(|ticket| RowView::of(ticket, now)).collect(),
        next_cursor: next,
    };
    Ok(json(StatusCode::OK, &page))
}

fn read_filter(asked: &Query, desk: &Desk) -> Result<Filter, Problem> {
    let what = "answered, queued, claimed, waiting, solved or closed";
    let state = asked.parsed("state", what, |text| {
        let text = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(text);
        State::deserialize(text).ok()
    })?;
    let line = asked.parsed("line", "the id of a line", |text| LineId::parse(text).ok())?;
    if line.as_ref().is_some_and(|line| desk.line(line).is_none()) {
        return Err(Error::UnknownLine.into());
    }
    let agent = asked.parsed("agent", "the id of a person", |text| PersonId::parse(text).ok())?;
    let what = format!("your own id of a customer, of 1 to {EXTERNAL_ID_CHARS_MAX} characters");
    let customer = asked.parsed("customer", &what, |text| {
        let fits = (1..=EXTERNAL_ID_CHARS_MAX).contains(&text.chars().count());
        fits.then(|| text.to_owned())
    })?;
    let at_risk = asked.parsed("at_risk", "true or false", |text| text.parse().ok())?.unwrap_or(false);
    Ok(Filter { state, line, agent, customer, at_risk, ..Filter::default() })
}

/// Names the list, for its cursors.
fn context(desk: &Desk, filter: &Filter) -> String {
    let Filter { state, line, agent, customer, at_risk, .. } = filter;
    serde_json::json!([
        desk.head.id.as_str(),
        state,
        line.as_ref().map(LineId::as_str),
        agent.as_ref().map(PersonId::as_str),
        customer,
        at_risk
    ])
    .to_string()
}
