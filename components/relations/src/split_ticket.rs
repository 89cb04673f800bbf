//! `POST /v1/tickets/{ticket}/split`: some messages are another problem, and get a ticket of their own.

use crate::BODY_BYTES_MAX;
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tierline_desk::files::forget_note;
use tierline_desk::view::{MessageView, QueueView, TicketView, thread_for_people};
use tierline_desk::{
    Error, Slot, SplitError, Standing, api, ask_standing, open, pay_relations, reserve, split_off,
    ticket_secret,
};
use tierline_domain::desk::Desk;
use tierline_domain::ids::TicketId;
use tierline_domain::limits::{SPLIT_MESSAGES_MAX, SUBJECT_CHARS_MAX};
use tierline_domain::people::Action;
use tierline_domain::ticket::{Refusal, SplitOff, Ticket};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, Whole, idempotency_key, json, parse_json};
use tierline_store::OperationId;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SplitBody {
    messages: BTreeSet<Whole>,
    #[serde(default)]
    subject: Option<String>,
}

#[derive(Serialize)]
struct SplitView {
    ticket: TicketView,
    thread: Vec<MessageView>,
    queue: Option<QueueView>,
    split_from: String,
}

/// At most four durable commits: the key's reservation where a key was sent, the new ticket, its place, the old ticket.
/// Files are copied, and have a budget of their own.
pub async fn split_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let body = parse_json::<SplitBody>(request, BODY_BYTES_MAX)?;
    if body.messages.is_empty() || body.messages.len() > SPLIT_MESSAGES_MAX {
        let detail =
            format!("The field \"messages\" must have 1 to {SPLIT_MESSAGES_MAX} numbers of messages.");
        return Err(Problem::invalid_field("messages", detail));
    }
    let subject = api::optional_line::<SUBJECT_CHARS_MAX>("subject", body.subject.as_deref())?;
    if seen.erased.is_some() {
        return Err(Error::Refused(Refusal::Erased).into());
    }
    let key = idempotency_key(request)?;
    // Kept apart from customers' keys, from other people's, and from the same person's on another ticket.
    let caller = format!("person {} splits {}", signed_in.person.id, seen.id);
    let secret = ticket_secret(platform).await?;
    let slot =
        reserve(platform, (&seen.desk, &secret), key.as_deref(), Some(&caller), request.body()).await?;
    if let Slot::Filled(ticket) = slot {
        let standing = ask_standing(platform, &ticket).await;
        return answer(platform, (&signed_in.desk, &seen), &ticket, standing).await;
    }
    let now = Time(platform.now_ms());
    let split = SplitOff {
        id: TicketId::new(now, platform.random()),
        salt: platform.random(),
        subject: subject.or_else(|| seen.subject.clone()),
        by: signed_in.person.id.clone(),
        now,
    };
    // A number that no thread can have names no message.
    let number = |whole: Whole| u32::try_from(whole.0).unwrap_or(u32::MAX);
    let numbers: Vec<u32> = body.messages.into_iter().map(number).collect();
    let operation = OperationId::fresh(platform.random());
    let (ticket, stored) = split_off(platform, &seen, &numbers, split, &operation).await.map_err(refused)?;
    let opened = open(platform, ticket, &slot, &operation).await?;
    forget_note(platform, stored);
    // The new ticket is safe and says what the old one lacks: if that fails now, it is paid later.
    let _ = pay_relations(platform, &opened.ticket, &operation).await;
    answer(platform, (&signed_in.desk, &seen), &opened.ticket, opened.standing).await
}

fn refused(error: SplitError) -> Problem {
    match error {
        SplitError::NoMessage(number) => {
            Problem::invalid_field("messages", format!("The thread has no message number {number}."))
        }
        SplitError::Desk(error) => error.into(),
    }
}

async fn answer<P: Platform>(
    platform: &P,
    (desk, source): (&Desk, &Ticket),
    ticket: &Ticket,
    standing: Option<Standing>,
) -> Result<Response, Problem> {
    let now = Time(platform.now_ms());
    let thread = tierline_desk::thread(platform, ticket).await?;
    let view = SplitView {
        ticket: TicketView::of(ticket, now),
        thread: thread_for_people(&thread),
        queue: QueueView::of(ticket, standing, desk, now),
        split_from: source.id.to_string(),
    };
    let mut response = json(StatusCode::CREATED, &view);
    let location =
        HeaderValue::try_from(format!("/v1/tickets/{}", ticket.id)).map_err(|_| Error::UnknownTicket)?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}
