//! `GET /v1/desks/{desk}/lines`: how each line stands.

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use tierline_desk::{LineNow, api, line_now, people};
use tierline_domain::desk::Line;
use tierline_domain::people::{Action, Person};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json};

#[derive(Serialize)]
struct Lines {
    lines: Vec<LineView>,
}

#[derive(Serialize)]
struct LineView {
    id: String,
    name: String,
    tier: Option<u8>,
    department: String,
    /// Tickets that nobody has.
    waiting: u32,
    /// Tickets that somebody has.
    claimed: u32,
    /// Whether the two are exact.
    exact: bool,
    oldest_wait_s: Option<i64>,
    /// People who hold a ticket of the line now. Who is there without one is not known yet.
    on_shift: usize,
    /// People who take work from the line, there or not.
    people: usize,
    /// Null as long as there is too little history to promise anything.
    forecast: Option<Value>,
}

impl LineView {
    fn of(line: &Line, now: &LineNow, people: &[Person]) -> Self {
        Self {
            id: line.id.to_string(),
            name: line.name.clone(),
            tier: line.tier,
            department: line.department.clone(),
            waiting: now.waiting,
            claimed: now.claimed,
            exact: now.exact,
            oldest_wait_s: now.oldest_wait_s,
            on_shift: now.at_work.len(),
            people: people.iter().filter(|person| person.works_on(&line.id)).count(),
            forecast: None,
        }
    }
}

/// Store reads: three to sign in and for the people, and as [`line_now`] says for each line. No commit.
pub async fn list_lines<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ReadTicket).await?;
    let people = people(platform, &at.desk).await?;
    let now = Time(platform.now_ms());
    let mut lines = vec![];
    for line in &at.desk.lines {
        let found = line_now(platform, &at.desk.head.id, &line.id, now).await?;
        lines.push(LineView::of(line, &found, &people));
    }
    Ok(json(StatusCode::OK, &Lines { lines }))
}
