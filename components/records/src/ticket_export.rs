//! All that is kept of a ticket, as it is handed out.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tierline_desk::view::{
    AnswerView, MessageView, PeopleView, ReceiptView, TicketView, thread_for_customer, thread_for_people,
};
use tierline_domain::ids::PersonId;
use tierline_domain::ticket::{Customer, Draft, DraftKind, Message, Ticket};
use tierline_domain::time::Time;

#[derive(Serialize)]
pub struct TicketExport {
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
    drafts: Vec<DraftExport>,
}

/// What somebody typed and did not send.
#[derive(Serialize)]
struct DraftExport {
    person: String,
    kind: DraftKind,
    body: String,
    answer_id: Option<String>,
    saved_at: String,
    /// It was sent, and refused.
    refused: bool,
}

impl DraftExport {
    fn of((person, draft): &(PersonId, Draft)) -> Self {
        Self {
            person: person.to_string(),
            kind: draft.kind,
            body: draft.body.clone(),
            answer_id: draft.answer_id.as_ref().map(ToString::to_string),
            saved_at: draft.saved_at.to_rfc3339(),
            refused: draft.refused,
        }
    }
}

/// Of a ticket and its thread at `now`; with what the desk keeps beside it, these drafts too, or as its customer may have it.
pub fn export(
    ticket: &Ticket,
    messages: &[Message],
    inside: Option<&[(PersonId, Draft)]>,
    now: Time,
) -> TicketExport {
    let value = |value: serde_json::Result<Value>| value.unwrap_or_default();
    let view = |drafts: &[_]| Inside {
        view: PeopleView::of(ticket, now),
        steps: value(serde_json::to_value(&ticket.steps)),
        relations: value(serde_json::to_value(&ticket.relations)),
        drafts: drafts.iter().map(DraftExport::of).collect(),
    };
    TicketExport {
        exported_at: now.to_rfc3339(),
        ticket: TicketView::of(ticket, now),
        customer: ticket.customer.clone(),
        metadata: ticket.metadata.clone(),
        thread: if inside.is_some() { thread_for_people(messages) } else { thread_for_customer(messages) },
        answer: AnswerView::of(ticket, messages),
        receipt: ReceiptView::of(ticket),
        participants: value(serde_json::to_value(&ticket.relations.participants)),
        desk: inside.map(view),
    }
}
