//! `GET` and `POST /d/{desk}`: the form, and what becomes of it.

use crate::ask::{AskPage, Typed};
use crate::backend::{Call, call};
use crate::fault::{Fault, Notice};
use crate::page::{attempt, is_secure, page, see_other};
use http::{Method, StatusCode, header};
use serde::Deserialize;
use tierline_desk::{api, front, links, wait_now};
use tierline_domain::time::Time;
use tierline_http::{
    FormShape, Params, Platform, Problem, Query, Request, Response, Upload, read_form, set_key_cookie,
};

/// Fields whose content is shown again.
const FIELDS: &[&str] = &["subject", "body", "name", "email", "locale"];
/// Bytes of what was typed, and files that are looked at, when a form is shown again.
const TYPED_BYTES_MAX: usize = 256 * 1024;
const FILES_SEEN_MAX: usize = 32;

#[derive(Deserialize)]
struct Created {
    ticket: CreatedTicket,
    customer_key: String,
}

#[derive(Deserialize)]
struct CreatedTicket {
    id: String,
}

/// Store reads: the desk, and those of [`wait_now`].
pub async fn show_form<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Notice> {
    let desk = front(platform, &api::desk_param(params)?).await?;
    let now = Time(platform.now_ms());
    let form = AskPage::new(request, &desk, now, &attempt(platform), Typed::default());
    page(StatusCode::OK, &form.with_wait(wait_now(platform, &desk, now).await))
}

/// Taken: 303 to the ticket's page, with its cookie. Not taken: the form again, with what was typed and what is wrong.
pub async fn send_request<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Notice> {
    let query = Query::read(request, &["try"])?;
    let desk = front(platform, &api::desk_param(params)?).await?;
    let body =
        request.headers().get(header::CONTENT_TYPE).cloned().map(|kind| (kind, request.body().clone()));
    let asked = call::<P, Created>(
        platform,
        Call {
            component: "intake",
            method: Method::POST,
            path: format!("/v1/desks/{}/requests", desk.head.id),
            key: None,
            attempt: query.get("try"),
            body,
        },
    )
    .await?;
    match asked {
        Ok(created) => opened(platform, request, &created.ticket.id, &created.customer_key).await,
        Err(refused) => {
            let (typed, files_lost) = typed(request).await;
            let again = AskPage::new(request, &desk, Time(platform.now_ms()), &attempt(platform), typed);
            page(refused.status, &again.with_fault(|words| Fault::of(words, &refused, files_lost)))
        }
    }
}

/// The browser learns the key as a cookie, for this ticket's paths only.
pub async fn opened<P: Platform>(
    platform: &P,
    request: &Request,
    ticket: &str,
    key: &str,
) -> Result<Response, Notice> {
    let path = format!("/t/{ticket}");
    let mut response = see_other(&path)?;
    let secure = is_secure(request, links::public_url(platform).await.as_deref());
    set_key_cookie(&mut response, key, &[path, format!("/v1/tickets/{ticket}")], secure);
    Ok(response)
}

/// What was typed, and whether files were chosen. What cannot be read is left empty.
pub async fn typed(request: &Request) -> (Typed, bool) {
    let shape =
        FormShape { fields: FIELDS, files: Some(("files", FILES_SEEN_MAX)), bytes_max: TYPED_BYTES_MAX };
    let read: Result<_, Problem> = read_form(request, shape).await;
    match read {
        Ok(mut form) => {
            let files: Vec<Upload> = form.take_files();
            (Typed::of(&form), !files.is_empty())
        }
        Err(_) => (Typed::default(), false),
    }
}
