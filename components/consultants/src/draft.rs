//! `PUT`, `GET` and `DELETE /v1/tickets/{ticket}/draft`: what one has typed and not sent.

use crate::BODY_BYTES_MAX;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::{Error, SignedIn, api, draft, forget_draft, keep_draft};
use tierline_domain::ids::LabelId;
use tierline_domain::people::Action;
use tierline_domain::ticket::{Draft, DraftKind, Refusal, Then, Ticket};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, no_content, parse_json};
use tierline_store::OperationId;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftBody {
    body: String,
    #[serde(default)]
    kind: DraftKind,
    #[serde(default)]
    answer_id: Option<LabelId>,
    #[serde(default)]
    then: Option<Then>,
}

#[derive(Serialize)]
struct Shown {
    draft: Option<DraftView>,
}

#[derive(Serialize)]
struct DraftView {
    kind: DraftKind,
    body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_id: Option<LabelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    then: Option<Then>,
    saved_at: String,
    /// It was sent, and refused because the lease was gone.
    refused: bool,
}

impl Shown {
    fn of(draft: Option<Draft>) -> Self {
        let view = |draft: Draft| DraftView {
            kind: draft.kind,
            body: draft.body,
            answer_id: draft.answer_id,
            then: draft.then,
            saved_at: draft.saved_at.to_rfc3339(),
            refused: draft.refused,
        };
        Self { draft: draft.map(view) }
    }
}

/// One durable commit. For whoever has the ticket, or has had it.
pub async fn save_draft<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (ticket, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let DraftBody { body, kind, answer_id, then } = parse_json(request, BODY_BYTES_MAX)?;
    let draft = Draft {
        kind,
        body: api::words(&body, false)?,
        answer_id,
        then,
        saved_at: Time(platform.now_ms()),
        refused: false,
    };
    let person = &signed_in.person.id;
    if ticket.erased.is_some() {
        return Err(Error::from(Refusal::Erased).into());
    }
    if !ticket.was_had_by(person) {
        return Err(Error::from(Refusal::NotHolder).into());
    }
    let operation = api::operation(platform, request, person.as_str()).await?;
    keep_draft(platform, (ticket.id, person), &draft, &operation).await?;
    Ok(json(StatusCode::OK, &Shown::of(Some(draft))))
}

/// Four store reads. No commit.
pub async fn show_draft<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (ticket, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let found = draft(platform, &ticket, &signed_in.person.id).await?;
    Ok(json(StatusCode::OK, &Shown::of(found)))
}

/// One durable commit if there was one.
pub async fn drop_draft<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (ticket, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    forget_draft(platform, ticket.id, &signed_in.person.id).await?;
    Ok(no_content())
}

/// The refusal of a reply whose author no longer has the ticket, once what they typed is kept for them. One durable commit.
pub async fn refused<P: Platform>(
    platform: &P,
    (ticket, signed_in): (&Ticket, &SignedIn),
    draft: Draft,
    error: Error,
    operation: &OperationId,
) -> Problem {
    let is_gone = matches!(
        error,
        Error::Refused(Refusal::Held { .. } | Refusal::NotHolder | Refusal::WrongState { .. })
    );
    let person = &signed_in.person.id;
    let problem = Problem::from(error);
    if !is_gone || draft.body.is_empty() || !ticket.was_had_by(person) {
        return problem;
    }
    match keep_draft(platform, (ticket.id, person), &draft, &operation.step("draft")).await {
        Ok(()) => {
            let mut problem = problem.with("draft", format!("/v1/tickets/{}/draft", ticket.id));
            problem.detail.push_str(" What you typed is kept as your draft.");
            problem
        }
        Err(_) => problem,
    }
}
