//! `GET /v1/tickets/{ticket}/export`: all that is kept of a ticket, to an operator or to its own customer.

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tierline_desk::journal::append_entry;
use tierline_desk::view::{
    AnswerView, MessageView, PeopleView, ReceiptView, TicketView, thread_for_customer, thread_for_people,
};
use tierline_desk::{api, operator_of_ticket, thread};
use tierline_domain::history::{self, Actor};
use tierline_domain::journal::Entry;
use tierline_domain::people::Action;
use tierline_domain::secrets::CUSTOMER_KEY_PREFIX;
use tierline_domain::ticket::{Customer, Message, Ticket};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, bearer, json};
use tierline_store::OperationId;

#[derive(Serialize)]
struct Export {
    exported_at: String,
    ticket: TicketView,
    customer: Customer,
    metadata: BTreeMap<String, String>,
    thread: Vec<MessageView>,
    answer: Option<AnswerView>,
    receipt: ReceiptView,
    participants: Value,
    /// What the desk keeps beside it; not for the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    desk: Option<Inside>,
}

#[derive(Serialize)]
struct Inside {
    #[serde(flatten)]
    view: PeopleView,
    steps: Value,
    relations: Value,
}

/// One store read for the customer; two for an operator and one durable commit, for the journal.
pub async fn export_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let now = Time(platform.now_ms());
    let by_customer = bearer(request)?.is_none_or(|token| token.starts_with(CUSTOMER_KEY_PREFIX));
    if by_customer {
        let ticket = api::ticket_as_customer(platform, request, params).await?;
        let messages = thread(platform, &ticket).await?;
        return Ok(answer(&ticket, &export(&ticket, &messages, now, false)));
    }
    let (ticket, by) = operator_of_ticket(platform, request, params, Action::ReleaseData).await?;
    let messages = thread(platform, &ticket).await?;
    record(platform, &ticket, by, now).await?;
    Ok(answer(&ticket, &export(&ticket, &messages, now, true)))
}

fn export(ticket: &Ticket, messages: &[Message], now: Time, inside: bool) -> Export {
    let value = |value: serde_json::Result<Value>| value.unwrap_or_default();
    let view = || Inside {
        view: PeopleView::of(ticket, now),
        steps: value(serde_json::to_value(&ticket.steps)),
        relations: value(serde_json::to_value(&ticket.relations)),
    };
    Export {
        exported_at: now.to_rfc3339(),
        ticket: TicketView::of(ticket, now),
        customer: ticket.customer.clone(),
        metadata: ticket.metadata.clone(),
        thread: if inside { thread_for_people(messages) } else { thread_for_customer(messages) },
        answer: AnswerView::of(ticket, messages),
        receipt: ReceiptView::of(ticket),
        participants: value(serde_json::to_value(&ticket.relations.participants)),
        desk: inside.then(view),
    }
}

/// To be kept as a file, not shown.
fn answer(ticket: &Ticket, export: &Export) -> Response {
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
