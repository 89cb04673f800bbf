//! `GET /v1/tickets/{ticket}`: the ticket, to its customer or to the desk's people.

use http::StatusCode;
use serde::Serialize;
use tierline_desk::limits::{THREAD_SHOWN_BYTES_MAX, THREAD_SHOWN_MAX};
use tierline_desk::view::{
    AnswerView, MessageView, PeopleView, QueueView, ReceiptView, ServiceLevelView, TicketView,
    thread_for_people,
};
use tierline_desk::{Latest, api, ask_standing, cors, desk_of, hours_of, latest, message};
use tierline_domain::desk::Desk;
use tierline_domain::people::Action;
use tierline_domain::ticket::{Message, Ticket};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Query, Request, Response, json};

#[derive(Serialize)]
struct Shown {
    ticket: TicketView,
    thread: Vec<MessageView>,
    /// Older ones are there: asked for by this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_before: Option<u32>,
    queue: Option<QueueView>,
    answer: Option<AnswerView>,
    receipt: ReceiptView,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_level: Option<ServiceLevelView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    desk: Option<PeopleView>,
}

/// One store read, and four more in a line: its hours, its past, its pages. One more if its promise is counted by hours that
/// its desk has no more. One more for each page of a very long thread that what is asked for is on; no write.
pub async fn show_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let wanted = wanted(request)?;
    if api::is_by_people(request)? {
        return show_to_people(platform, request, params, Latest { with_notes: true, ..wanted }).await;
    }
    let ticket = api::ticket_as_customer(platform, request, params).await?;
    let now = Time(platform.now_ms());
    let messages = latest(platform, &ticket, wanted).await?;
    // Only what is shown by the desk's hours asks for the desk.
    let desk = match ticket.stay.is_some() || ticket.promise.is_some() {
        true => Some(desk_of(platform, &ticket).await?),
        false => None,
    };
    let service_level = match &desk {
        Some(desk) => service_level(platform, desk, &ticket, now).await?,
        None => None,
    };
    let queue = match &desk {
        Some(desk) => {
            let standing = ask_standing(platform, &ticket).await;
            QueueView::of(&ticket, standing, desk, now)
        }
        None => None,
    };
    let shown = Shown {
        ticket: TicketView::of(&ticket, now),
        thread: thread_for_people(&messages),
        thread_before: before(&messages),
        queue,
        answer: answer(platform, &ticket, &messages).await?,
        receipt: ReceiptView::of(&ticket),
        service_level,
        desk: None,
    };
    Ok(cors::of_desk(&ticket.desk, json(StatusCode::OK, &shown)))
}

/// The latest messages, or those before a number; at most so many.
fn wanted(request: &Request) -> Result<Latest, Problem> {
    let query = Query::read(request, &["before", "limit"])?;
    let before = query.number("before", 1..=u32::MAX)?.unwrap_or(u32::MAX);
    let count = query.number("limit", 1..=THREAD_SHOWN_MAX)?.unwrap_or(THREAD_SHOWN_MAX);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Ok(Latest { before, count, bytes: THREAD_SHOWN_BYTES_MAX, with_notes: false })
}

fn before(messages: &[Message]) -> Option<u32> {
    messages.first().map(|first| first.number).filter(|number| *number > 1)
}

/// What tier 1 answered. One store read if it is not among what is shown.
async fn answer<P: Platform>(
    platform: &P,
    ticket: &Ticket,
    shown: &[Message],
) -> Result<Option<AnswerView>, Problem> {
    let Some(given) = &ticket.answer else { return Ok(None) };
    let answer = match AnswerView::of(ticket, shown) {
        Some(answer) => Some(answer),
        None => AnswerView::of(ticket, message(platform, ticket, given.message).await?.as_slice()),
    };
    Ok(answer)
}

/// How what was promised stands. One store read if the desk's hours are not those of the ticket's arrival any more.
async fn service_level<P: Platform>(
    platform: &P,
    desk: &Desk,
    ticket: &Ticket,
    now: Time,
) -> Result<Option<ServiceLevelView>, Problem> {
    if ticket.promise.is_none() {
        return Ok(None);
    }
    let hours = hours_of(platform, desk, ticket).await?;
    Ok(ServiceLevelView::of(ticket, &hours, now))
}

/// People see notes, hand-overs and who has it; the queue's view of it is on their line, not here.
async fn show_to_people<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
    wanted: Latest,
) -> Result<Response, Problem> {
    let (ticket, signed_in) = api::ticket_as_person(platform, request, params, Action::ReadTicket).await?;
    let now = Time(platform.now_ms());
    let messages = latest(platform, &ticket, wanted).await?;
    let shown = Shown {
        ticket: TicketView::of(&ticket, now),
        thread: thread_for_people(&messages),
        thread_before: before(&messages),
        queue: QueueView::of(&ticket, None, &signed_in.desk, now),
        answer: answer(platform, &ticket, &messages).await?,
        receipt: ReceiptView::of(&ticket),
        service_level: service_level(platform, &signed_in.desk, &ticket, now).await?,
        desk: Some(PeopleView::at(&ticket, &signed_in.desk, now)),
    };
    Ok(json(StatusCode::OK, &shown))
}
