//! `POST /v1/desks/{desk}/requests`: a question comes in; an answer or a place in the queue goes out.

use crate::ask_tokens::ask_tokens;
use crate::request_body::{Asked, FORM_FIELDS, REQUEST_BYTES_MAX, RequestBody, arrange, in_form};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use tierline_contracts::triage::Question;
use tierline_desk::files::{self, CheckedFile};
use tierline_desk::posted::read_posted;
use tierline_desk::settling::settle_now;
use tierline_desk::view::{AnswerView, QueueView, ReceiptView, TicketView};
use tierline_desk::{
    Error, Known, Opened, Slot, Standing, api, ask_standing, ask_triage, cors, desk as desk_in_force, links,
    open, people, release, reserve, ticket_secret,
};
use tierline_domain::desk::{Desk, skills_on_line};
use tierline_domain::ids::TicketId;
use tierline_domain::secrets::customer_key;
use tierline_domain::ticket::{Opening, Ticket, Triaged};
use tierline_domain::time::Time;
use tierline_http::{
    BodyKind, Params, Platform, Problem, ProblemKind, Request, Response, body_kind, html_problem,
    idempotency_key, json, prefers_html,
};
use tierline_store::OperationId;

#[derive(Serialize)]
struct Created {
    ticket: TicketView,
    customer_key: String,
    customer_link: String,
    answer: Option<AnswerView>,
    queue: Option<QueueView>,
    receipt: ReceiptView,
}

/// At most three durable commits before the answer: the key's reservation where a key was sent, the ticket, its place.
/// Files have a budget of their own. A browser's form is answered as browsers understand it: by the ticket's page, or
/// by a page that says what is wrong.
pub async fn create_request<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let browser = is_form(request) && prefers_html(request);
    match (take(platform, request, params).await, browser) {
        (Ok((_, link)), true) => see_other(&link),
        (Ok((response, _)), false) => Ok(response),
        (Err(problem), true) => Ok(html_problem(&problem)),
        (Err(problem), false) => Err(problem),
    }
}

fn is_form(request: &Request) -> bool {
    body_kind(request) != BodyKind::Json
}

fn see_other(link: &str) -> Result<Response, Problem> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    let location = HeaderValue::try_from(link).map_err(|_| Error::UnknownTicket)?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// The answer, and the customer's link.
async fn take<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<(Response, String), Problem> {
    let posted = read_posted::<RequestBody>(request, REQUEST_BYTES_MAX, FORM_FIELDS, arrange).await;
    let mut posted = posted.map_err(|problem| if is_form(request) { in_form(problem) } else { problem })?;
    let secret = ticket_secret(platform).await?;
    let desk = desk_in_force(platform, &api::desk_param(params)?).await?;
    let checked = posted.check_files(&desk.policy.files)?;
    let mut asked = posted.value.check(posted.is_form)?;
    if let Some(token) = asked.token.take() {
        let Known { verified, proven } = ask_tokens(platform, &desk.head.id, &token).await?;
        (asked.customer.verified, asked.proven) = (Some(verified), proven);
        // Signed anew each time: who asks is in the name of the key, and the same words again are the same request.
        posted.content = String::from_utf8_lossy(&posted.content).replace(&token, "").into_bytes();
    }
    let caller = asked.customer.verified.as_ref().map(|verified| verified.external_id.clone());
    let key = idempotency_key(request)?;
    let slot =
        reserve(platform, (&desk.head.id, &secret), key.as_deref(), caller.as_deref(), &posted.content)
            .await?;
    if let Slot::Filled(ticket) = slot {
        let standing = standing_again(platform, &ticket).await;
        return created(platform, (&desk, &secret), &ticket, standing).await;
    }
    let opened = fill(platform, &desk, asked, &checked, &slot).await?;
    created(platform, (&desk, &secret), &opened.ticket, opened.standing).await
}

/// Where a ticket stands whose request is repeated: nobody repeats what was answered, so its instance may have died before it
/// was in its line. Then it enters now, and has no position while that cannot be done.
async fn standing_again<P: Platform>(platform: &P, ticket: &Ticket) -> Option<Standing> {
    if !ticket.owed.is_empty() {
        settle_now(platform, ticket.id).await.ok()?;
    }
    ask_standing(platform, ticket).await
}

/// Asks tier 1, stores the files, opens the ticket. What fails before the ticket is written gives the key back.
async fn fill<P: Platform>(
    platform: &P,
    desk: &Desk,
    asked: Asked,
    checked: &[CheckedFile],
    slot: &Slot,
) -> Result<Opened, Problem> {
    let operation = OperationId::fresh(platform.random());
    let prepared = prepare(platform, desk, asked, checked, &operation).await;
    let (ticket, stored) = match prepared {
        Ok(prepared) => prepared,
        Err(problem) => {
            release(platform, slot).await;
            return Err(problem);
        }
    };
    let opened = open(platform, ticket, slot, &operation).await?;
    files::forget_note(platform, stored);
    Ok(opened)
}

async fn prepare<P: Platform>(
    platform: &P,
    desk: &Desk,
    asked: Asked,
    checked: &[CheckedFile],
    operation: &OperationId,
) -> Result<(Ticket, files::StoredFiles), Problem> {
    let triaged = triage(platform, desk, &asked).await?;
    let opening = opening(platform, asked);
    let stored = files::store_files(platform, opening.id, operation, checked).await?;
    let ticket =
        Ticket::open(opening, triaged, desk).with_opening_files(&stored.files).map_err(Error::from)?;
    Ok((ticket, stored))
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
    if asked.proven.as_ref().is_some_and(|proven| proven.has_incident) {
        triaged = triaged.for_people("an incident of the customer's is open");
    }
    triaged.skills_wanted.clone_from(&triaged.skills);
    // Also for an answered one: it comes to people if the answer does not help.
    let people = if triaged.skills.is_empty() { vec![] } else { people(platform, desk).await? };
    triaged.skills = skills_on_line(&desk.policy, &people, &triaged.line, (&triaged.skills, asked.channel));
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
        proven: asked.proven,
    }
}

async fn created<P: Platform>(
    platform: &P,
    (desk, secret): (&Desk, &str),
    ticket: &Ticket,
    standing: Option<Standing>,
) -> Result<(Response, String), Problem> {
    let now = Time(platform.now_ms());
    let answer = match &ticket.answer {
        Some(given) => tierline_desk::message(platform, ticket, given.message).await?,
        None => None,
    };
    // The first, also where the request is repeated after another replaced it: who has this request may be why.
    let key = customer_key(secret.as_bytes(), ticket.id, 1);
    let link = links::customer_link(platform, ticket.id, &key).await;
    let body = Created {
        ticket: TicketView::of(ticket, now),
        customer_key: key,
        customer_link: link.clone(),
        answer: AnswerView::of(ticket, answer.as_slice()),
        queue: QueueView::of(ticket, standing, desk, now),
        receipt: ReceiptView::of(ticket),
    };
    let mut response = json(StatusCode::CREATED, &body);
    let location =
        HeaderValue::try_from(format!("/v1/tickets/{}", ticket.id)).map_err(|_| Error::UnknownTicket)?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok((cors::of_desk(&ticket.desk, response), link))
}
