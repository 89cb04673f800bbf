//! `GET /d/{desk}/chat`: the page in the launcher's frame. It is empty: its script fills it from the ticket's page.

use crate::assets::{CHAT, LOOK};
use crate::words::{Words, locale, words};
use askama::Template;
use http::{HeaderValue, StatusCode, header};
use tierline_desk::{api, front, wait_now};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, html};
use tierline_page::{FilesField, ICON, STYLE, SUGGEST, accent_path, guard, people_now, render};

#[derive(Template)]
#[template(path = "chat.html")]
struct ChatPage {
    words: Words,
    desk: String,
    brand: String,
    accent: Option<String>,
    /// Whose pages may frame it and talk to it, with spaces between.
    origins: String,
    locale: String,
    /// When people are there.
    people: Option<String>,
    wait: Option<String>,
    files: FilesField,
}

/// Framed by the sites that the desk lists, and by its own pages; by nobody else. Store reads: the desk, and to say how
/// long people take those of its first line.
pub async fn show_chat<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let desk = front(platform, &api::desk_param(params)?).await?;
    let words = words(request, Some(&desk.head.default_language));
    let now = Time(platform.now_ms());
    let origins = desk.head.origins.join(" ");
    let policy = policy(&origins);
    let shown = ChatPage {
        desk: desk.head.id.to_string(),
        brand: desk.head.name.clone(),
        accent: accent_path(desk.head.accent.as_deref()),
        locale: locale(request).unwrap_or_else(|| words.language().to_owned()),
        files: FilesField::of(&words, &desk.policy.files),
        people: people_now(&words, &desk, now),
        wait: wait_now(platform, &desk, now)
            .await
            .and_then(|forecast| tierline_page::wait_now(&words, forecast)),
        origins,
        words,
    };
    let mut response = html(StatusCode::OK, render(&shown)?);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    guard(headers, &policy);
    Ok(response)
}

/// Nothing comes from elsewhere or is sent elsewhere, and nothing that stands in the page runs.
fn policy(origins: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'self' {origins}"
    )
    .trim_end()
    .to_owned()
}
