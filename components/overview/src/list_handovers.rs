//! `GET /v1/desks/{desk}/handovers`: how often which line handed on to which, why, and how long that took.

use http::StatusCode;
use serde::Serialize;
use tierline_desk::{AtDesk, Error, api, handovers};
use tierline_domain::handovers::Row;
use tierline_domain::ids::LineId;
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Request, Response, json};

#[derive(Serialize)]
struct HandOvers {
    handovers: Vec<RowView>,
}

/// Hand-overs of one month from one line to another for one kind of reason.
#[derive(Serialize)]
struct RowView {
    /// By the clock of UTC.
    month: String,
    from: String,
    to: String,
    kind: String,
    count: u32,
    /// How many of them somebody took since.
    taken: u32,
    /// From the hand-over to whoever took it, on average; null if nobody took any.
    mean_delay_s: Option<i64>,
    max_delay_s: Option<i64>,
}

impl RowView {
    fn of(month: &str, from: &LineId, row: Row) -> Self {
        let mean_ms = row.waited_mean_ms();
        Self {
            month: month.to_owned(),
            from: from.to_string(),
            mean_delay_s: mean_ms.map(|mean_ms| mean_ms / 1000),
            max_delay_s: mean_ms.map(|_| row.waited_max_ms / 1000),
            to: row.to.to_string(),
            kind: row.kind,
            count: row.count,
            taken: row.taken,
        }
    }
}

/// Store reads: two to sign in, and one a line. No commit. For the operator, quality, and those who decide.
pub async fn list_handovers<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ReadTicket).await?;
    if !at.role().may(Action::ReadFigures) && !decides(&at) {
        let why = "These figures are for operators, for quality, and for the people of the desk's lead line.";
        return Err(Error::Forbidden(why).into());
    }
    let mut rows = vec![];
    for line in &at.desk.lines {
        for month in handovers(platform, &at.desk.head.id, &line.id).await?.months {
            rows.extend(month.rows.into_iter().map(|row| RowView::of(&month.month, &line.id, row)));
        }
    }
    rows.sort_by(|a, b| (&b.month, b.count, &a.from, &a.to).cmp(&(&a.month, a.count, &b.from, &b.to)));
    Ok(json(StatusCode::OK, &HandOvers { handovers: rows }))
}

/// Whether whoever asks is on the desk's lead line.
fn decides(at: &AtDesk) -> bool {
    let lead = at.desk.routing().lead_line();
    lead.is_some_and(|lead| at.person.as_ref().is_some_and(|person| person.works_on(&lead)))
}
