//! `GET /v1/desks/{desk}/audit?ticket=&cursor=&limit=`: who did what, when. No text: digests only.

use http::StatusCode;
use serde::Serialize;
use tierline_desk::view::ActorView;
use tierline_desk::{AuditCursor, api, audit, foreign_cursor};
use tierline_domain::history::Action as What;
use tierline_domain::ids::TicketId;
use tierline_domain::journal::Event;
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Query, Request, Response, json};

/// Events of one answer, where the caller does not say.
const LIMIT_DEFAULT: u32 = 50;
/// And at most.
const LIMIT_MAX: u32 = 200;

#[derive(Serialize)]
struct Page {
    events: Vec<EventView>,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct EventView {
    at: String,
    by: ActorView,
    action: What,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    link: String,
}

fn view(event: &Event) -> EventView {
    EventView {
        at: event.at.to_rfc3339(),
        by: ActorView::of(&event.by),
        action: event.action,
        ticket: event.ticket.map(|ticket| ticket.to_string()),
        step: event.ticket.map(|_| event.step),
        line: event.line.as_ref().map(ToString::to_string),
        about: event.about.clone(),
        digest: event.digest.clone(),
        link: event.link.clone(),
    }
}

/// Ten store reads, and one for each full page of the journal that is turned; no write.
pub async fn list_audit<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let query = Query::read(request, &["ticket", "cursor", "limit"])?;
    let desk = api::at_desk(platform, request, params, Action::ReadAudit).await?.desk.head.id;
    let ticket = query.parsed("ticket", "the id of a ticket", TicketId::parse)?;
    let cursor = query.get("cursor").map(|text| AuditCursor::parse(&desk, text).ok_or_else(foreign_cursor));
    let cursor = cursor.transpose()?;
    let limit = query.number("limit", 1..=LIMIT_MAX)?.unwrap_or(LIMIT_DEFAULT);
    let found = audit(platform, &desk, cursor, ticket, limit as usize).await?;
    let page = Page {
        events: found.events.iter().map(view).collect(),
        next_cursor: found.next.map(|cursor| cursor.write(&desk)),
    };
    Ok(json(StatusCode::OK, &page))
}
