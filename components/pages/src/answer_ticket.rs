//! `POST /t/{ticket}/messages`, `/outcome` and `/rating`: what customers do on their ticket's page. Done: 303 back to it.

use crate::ask::Typed;
use crate::backend::{Call, Refused, call};
use crate::fault::{Fault, Notice};
use crate::page::see_other;
use crate::send_request::typed;
use crate::show_ticket::{Opened, Sent, sent_key, show};
use crate::ticket_page::Wanted;
use bytes::Bytes;
use http::{HeaderValue, Method, header};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tierline_desk::{api, links};
use tierline_domain::ids::TicketId;
use tierline_http::{
    Form, FormShape, Params, Platform, Problem, Query, Request, Response, read_form, require_same_site,
};

/// Bytes of a verdict's form.
const VERDICT_BYTES_MAX: usize = 32 * 1024;

/// Who does it, and under which name.
struct Asked<'a> {
    ticket: TicketId,
    key: &'a str,
    query: Query,
}

async fn asked<'a, P: Platform>(
    platform: &P,
    request: &'a Request,
    params: &Params,
) -> Result<Asked<'a>, Notice> {
    let ticket = api::ticket_param(params)?;
    let query = Query::read(request, &["try"])?;
    let key = match sent_key(request)? {
        // No other site's page can make a browser send it.
        Sent::AsToken(key) => key,
        Sent::AsCookie(key) => {
            require_same_site(request, links::public_url(platform).await.as_deref())?;
            key
        }
    };
    Ok(Asked { ticket, key, query })
}

/// More words or files.
pub async fn add_message<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Notice> {
    let asked = asked(platform, request, params).await?;
    let kind = request.headers().get(header::CONTENT_TYPE).cloned();
    let kind = kind.unwrap_or_else(|| HeaderValue::from_static("application/octet-stream"));
    let sent = send(platform, &asked, "tickets", "messages", (kind, request.body().clone())).await?;
    match sent {
        Ok(_) => back(asked.ticket),
        Err(refused) => {
            let (typed, files_lost) = typed(request).await;
            again(platform, request, &asked, typed, &refused, files_lost).await
        }
    }
}

/// "This solved it", or "it did not help".
pub async fn tell_outcome<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Notice> {
    let asked = asked(platform, request, params).await?;
    let form = verdict(request, &["solved"]).await?;
    let body = json!({"solved": form.get("solved") == Some("true")});
    match send(platform, &asked, "ratings", "outcome", json_body(&body)).await? {
        Ok(_) => back(asked.ticket),
        Err(refused) => again(platform, request, &asked, Typed::default(), &refused, false).await,
    }
}

/// Liked or not.
pub async fn rate_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Notice> {
    let asked = asked(platform, request, params).await?;
    let form = verdict(request, &["verdict", "comment"]).await?;
    let body = tierline_desk::posted::plain(&form, &["verdict", "comment"]);
    match send(platform, &asked, "ratings", "rating", json_body(&body)).await? {
        Ok(_) => back(asked.ticket),
        Err(refused) => again(platform, request, &asked, Typed::of(&form), &refused, false).await,
    }
}

async fn verdict(request: &Request, fields: &[&str]) -> Result<Form, Problem> {
    read_form(request, FormShape { fields, files: None, bytes_max: VERDICT_BYTES_MAX }).await
}

fn json_body(body: &Value) -> (HeaderValue, Bytes) {
    (HeaderValue::from_static("application/json"), body.to_string().into())
}

async fn send<P: Platform>(
    platform: &P,
    asked: &Asked<'_>,
    component: &str,
    what: &str,
    body: (HeaderValue, Bytes),
) -> Result<Result<IgnoredAny, Refused>, Problem> {
    let made = Call {
        component,
        method: Method::POST,
        path: format!("/v1/tickets/{}/{what}", asked.ticket),
        key: Some(asked.key),
        attempt: asked.query.get("try"),
        body: Some(body),
    };
    call(platform, made).await
}

fn back(ticket: TicketId) -> Result<Response, Notice> {
    see_other(&links::ticket_page(ticket))
}

async fn again<P: Platform>(
    platform: &P,
    request: &Request,
    asked: &Asked<'_>,
    typed: Typed,
    refused: &Refused,
    files_lost: bool,
) -> Result<Response, Notice> {
    let status = refused.status;
    let fault = |words: &_| Some(Fault::of(words, refused, files_lost));
    let opened = Opened { ticket: asked.ticket, key: asked.key, wanted: Wanted::Latest };
    show(platform, request, opened, status, typed, fault).await
}
