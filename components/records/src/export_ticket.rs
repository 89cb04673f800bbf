//! `GET /v1/tickets/{ticket}/export`: all that is kept of a ticket, to an operator or to its own customer.

use crate::ticket_export::{TicketExport, export};
use http::{HeaderValue, StatusCode, header};
use tierline_desk::journal::append_entry;
use tierline_desk::{api, drafts, operator_of_ticket, thread, whole};
use tierline_domain::history::{self, Actor};
use tierline_domain::journal::Entry;
use tierline_domain::people::Action;
use tierline_domain::secrets::CUSTOMER_KEY_PREFIX;
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, persons_token};
use tierline_store::OperationId;

/// One store read for the customer; two for an operator, one for each who has had the ticket, and one durable commit, for the
/// journal. Thread pages are one more each.
pub async fn export_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let now = Time(platform.now_ms());
    let by_customer = persons_token(request)?.is_none_or(|token| token.starts_with(CUSTOMER_KEY_PREFIX));
    if by_customer {
        let ticket = api::ticket_as_customer(platform, request, params).await?;
        let messages = thread(platform, &ticket).await?;
        return Ok(answer(&ticket, &export(&ticket, &messages, None, now)));
    }
    let (ticket, by) = operator_of_ticket(platform, request, params, Action::ReleaseData).await?;
    let (ticket, messages) = whole(platform, &ticket).await?;
    let drafts = drafts(platform, &ticket).await?;
    record(platform, &ticket, by, now).await?;
    Ok(answer(&ticket, &export(&ticket, &messages, Some(&drafts), now)))
}

/// To be kept as a file, not shown.
fn answer(ticket: &Ticket, export: &TicketExport) -> Response {
    let mut response = json(StatusCode::OK, export);
    let name = format!("attachment; filename=\"ticket-{}.json\"", ticket.id);
    if let Ok(name) = HeaderValue::try_from(name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// That it was handed out, and to whom, before it is.
async fn record<P: Platform>(platform: &P, ticket: &Ticket, by: Actor, at: Time) -> Result<(), Problem> {
    let operation = OperationId::fresh(platform.random());
    let entry = Entry {
        id: operation.as_str().to_owned(),
        at,
        by,
        action: history::Action::Exported,
        about: Some(format!("ticket:{}", ticket.id)),
        digest: None,
    };
    Ok(append_entry(platform, &ticket.desk, &entry, &operation).await?)
}
