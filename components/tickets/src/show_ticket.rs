//! `GET /v1/tickets/{ticket}`: the ticket, to its customer or to the desk's people.

use http::StatusCode;
use serde::Serialize;
use tierline_desk::view::{
    AnswerView, MessageView, PeopleView, QueueView, ReceiptView, ServiceLevelView, TicketView,
    thread_for_customer, thread_for_people,
};
use tierline_desk::{api, ask_standing, cors, desk_of, hours_of, thread};
use tierline_domain::desk::Desk;
use tierline_domain::people::Action;
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json};

#[derive(Serialize)]
struct Shown {
    ticket: TicketView,
    thread: Vec<MessageView>,
    queue: Option<QueueView>,
    answer: Option<AnswerView>,
    receipt: ReceiptView,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_level: Option<ServiceLevelView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    desk: Option<PeopleView>,
}

/// One store read, and four more in a line: its hours, its past, its pages. One more if its promise is counted by hours that
/// its desk has no more. One more a page of a very long thread; no write.
pub async fn show_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    if api::is_by_people(request)? {
        return show_to_people(platform, request, params).await;
    }
    let ticket = api::ticket_as_customer(platform, request, params).await?;
    let now = Time(platform.now_ms());
    let messages = thread(platform, &ticket).await?;
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
        thread: thread_for_customer(&messages),
        queue,
        answer: AnswerView::of(&ticket, &messages),
        receipt: ReceiptView::of(&ticket),
        service_level,
        desk: None,
    };
    Ok(cors::of_desk(&ticket.desk, json(StatusCode::OK, &shown)))
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
) -> Result<Response, Problem> {
    let (ticket, signed_in) = api::ticket_as_person(platform, request, params, Action::ReadTicket).await?;
    let now = Time(platform.now_ms());
    let messages = thread(platform, &ticket).await?;
    let shown = Shown {
        ticket: TicketView::of(&ticket, now),
        thread: thread_for_people(&messages),
        queue: QueueView::of(&ticket, None, &signed_in.desk, now),
        answer: AnswerView::of(&ticket, &messages),
        receipt: ReceiptView::of(&ticket),
        service_level: service_level(platform, &signed_in.desk, &ticket, now).await?,
        desk: Some(PeopleView::at(&ticket, &signed_in.desk, now)),
    };
    Ok(json(StatusCode::OK, &shown))
}
