//! `POST /v1/desks/{desk}/requests`: a question comes in; an answer or a place in the queue goes out.

use crate::ask_triage::ask_triage;
use crate::request_body::{Asked, REQUEST_BYTES_MAX, RequestBody};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use tierline_contracts::triage::Question;
use tierline_desk::view::{AnswerView, QueueView, ReceiptView, TicketView};
use tierline_desk::{
    Error, Slot, Standing, api, desk as desk_in_force, open, people, reserve, standing, ticket_secret,
};
use tierline_domain::desk::{Desk, skills_on_line};
use tierline_domain::ids::TicketId;
use tierline_domain::secrets::customer_key;
use tierline_domain::ticket::{Opening, Ticket, Triaged};
use tierline_domain::time::Time;
use tierline_http::{
    Params, Platform, Problem, ProblemKind, Request, Response, idempotency_key, json, parse_json,
};
use tierline_store::OperationId;

#[derive(Serialize)]
struct Created {
    ticket: TicketView,
    customer_key: String,
    answer: Option<AnswerView>,
    queue: Option<QueueView>,
    receipt: ReceiptView,
}

/// At most three durable commits before the answer: the key's reservation where a key was sent, the ticket, its place.
pub async fn create_request<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let asked = parse_json::<RequestBody>(request, REQUEST_BYTES_MAX)?.check()?;
    let secret = ticket_secret(platform).await?;
    let desk = desk_in_force(platform, &api::desk_param(params)?).await?;
    let key = idempotency_key(request)?;
    let slot = reserve(platform, &desk.head.id, key.as_deref(), request.body()).await?;
    if let Slot::Filled(ticket) = slot {
        return created(platform, &secret, &ticket, None).await;
    }
    let triaged = triage(platform, &desk, &asked).await?;
    let ticket = Ticket::open(opening(platform, asked), triaged, &desk);
    let opened = open(platform, ticket, &slot, &OperationId::fresh(platform.random())).await?;
    created(platform, &secret, &opened.ticket, opened.standing).await
}

async fn triage<P: Platform>(platform: &P, desk: &Desk, asked: &Asked) -> Result<Triaged, Problem> {
    let question = Question {
        desk: desk.head.id.to_string(),
        subject: asked.subject.clone(),
        body: asked.body.clone(),
        locale: asked.customer.locale.clone(),
    };
    let mut triaged = ask_triage(platform, desk, &question).await.ok_or_else(|| {
        Problem::new(ProblemKind::Internal, "The desk has no first line. Its operator must publish it again.")
    })?;
    triaged.skills_wanted.clone_from(&triaged.skills);
    if !triaged.skills.is_empty() {
        // Also for an answered one: it comes to people if the answer does not help.
        let people = people(platform, desk).await?;
        triaged.skills = skills_on_line(&people, &triaged.line, &triaged.skills);
    }
    Ok(triaged)
}

fn opening<P: Platform>(platform: &P, asked: Asked) -> Opening {
    let now = Time(platform.now_ms());
    Opening {
        id: TicketId::new(now, platform.random()),
        now,
        salt: platform.random(),
        channel: asked.channel.to_owned(),
        subject: asked.subject,
        body: asked.body,
        customer: asked.customer,
        metadata: asked.metadata,
    }
}

async fn created<P: Platform>(
    platform: &P,
    secret: &str,
    ticket: &Ticket,
    known: Option<Standing>,
) -> Result<Response, Problem> {
    let now = Time(platform.now_ms());
    let thread = tierline_desk::thread(platform, ticket).await?;
    let standing = match (&ticket.stay, known) {
        (Some(stay), None) => standing(platform, &ticket.desk, &stay.line, &stay.place, now).await.ok(),
        (_, known) => known,
    };
    let body = Created {
        ticket: TicketView::of(ticket, now),
        customer_key: customer_key(secret.as_bytes(), ticket.id, ticket.key_version),
        answer: AnswerView::of(ticket, &thread),
        queue: QueueView::of(ticket, standing),
        receipt: ReceiptView::of(ticket),
    };
    let mut response = json(StatusCode::CREATED, &body);
    let location =
        HeaderValue::try_from(format!("/v1/tickets/{}", ticket.id)).map_err(|_| Error::UnknownTicket)?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}
