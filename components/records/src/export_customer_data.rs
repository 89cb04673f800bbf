//! `GET /v1/desks/{desk}/customers/{external_id}/data?unverified=&cursor=&limit=`: all that is kept of a customer.

use crate::customer_data::{Asked, UnverifiedView};
use crate::ticket_export::{TicketExport, export};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use tierline_desk::view::{ParticipantView, RecordView};
use tierline_desk::{HandedOut, release_tickets};
use tierline_domain::history;
use tierline_domain::people::Action;
use tierline_domain::ticket::Tie;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json};
use tierline_store::OperationId;

#[derive(Serialize)]
struct CustomerExport {
    exported_at: String,
    /// Null if there is none.
    customer: Option<RecordView>,
    tickets: Vec<Exported>,
    unverified: Vec<UnverifiedView>,
    participations: Vec<Participation>,
    next_cursor: Option<String>,
}

/// Somebody else's ticket that the customer is told of: as whom, and nothing of what is said there.
#[derive(Serialize)]
struct Participation {
    ticket: String,
    participants: Vec<ParticipantView>,
}

#[derive(Serialize)]
struct Exported {
    tie: Tie,
    export: TicketExport,
}

/// Store reads: three to begin, those of a list by customer and its record's addresses, one a ticket, one a thread
/// page and one for each who has had a ticket. One durable commit, for the journal.
pub async fn export_customer_data<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let mut asked = Asked::read(platform, request, params, Action::ReleaseData).await?;
    let portion = std::mem::take(&mut asked.portion);
    let released = release_tickets(platform, &asked.at.desk, &asked.whose, portion).await?;
    let operation = OperationId::fresh(platform.random());
    asked.record(platform, history::Action::CustomerExported, &operation).await?;
    let now = Time(platform.now_ms());
    let tickets = released.tickets.iter();
    let body = CustomerExport {
        exported_at: now.to_rfc3339(),
        customer: asked.whose.record.as_ref().map(RecordView::of),
        tickets: tickets
            .map(|HandedOut { ticket, tie, messages, drafts }| Exported {
                tie: *tie,
                export: export(ticket, messages, Some(drafts), now),
            })
            .collect(),
        unverified: released.unverified.iter().map(UnverifiedView::of).collect(),
        participations: released
            .participations
            .iter()
            .map(|(ticket, told)| Participation {
                ticket: ticket.id.to_string(),
                participants: told.iter().map(ParticipantView::of).collect(),
            })
            .collect(),
        next_cursor: asked.cursor(released.next.as_ref())?,
    };
    let mut response = json(StatusCode::OK, &body);
    // To be kept as a file, not shown.
    let name = HeaderValue::from_static("attachment; filename=\"customer.json\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
