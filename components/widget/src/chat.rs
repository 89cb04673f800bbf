//! `GET /d/{desk}/chat`: the page in the launcher's frame. It is empty: its script fills it from the ticket's page.

use crate::assets::{CHAT, LOOK};
use crate::words::{Words, locale, words};
use askama::Template;
use http::{HeaderValue, StatusCode, header};
use tierline_desk::{api, desk, newcomer};
use tierline_domain::desk::Desk;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, html};
use tierline_page::{FilesField, ICON, STYLE, SUGGEST, accent_path, guard, people_from, render, wait_now};

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
    opens: Option<String>,
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
    let desk = desk(platform, &api::desk_param(params)?).await?;
    let words = words(request, Some(&desk.head.default_language));
    let now = Time(platform.now_ms());
    let opens = people_from(&words, &desk, now);
    let wait = match opens {
        Some(_) => None,
        None => wait(platform, &desk, &words, now).await,
    };
    let origins = desk.head.origins.join(" ");
    let policy = policy(&origins);
    let shown = ChatPage {
        desk: desk.head.id.to_string(),
        brand: desk.head.name.clone(),
        accent: accent_path(&desk),
        locale: locale(request).unwrap_or_else(|| words.language().to_owned()),
        files: FilesField::of(&words, &desk.policy.files),
        origins,
        opens,
        wait,
        words,
    };
    let mut response = html(StatusCode::OK, render(&shown)?);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    guard(headers, &policy);
    Ok(response)
}

async fn wait<P: Platform>(platform: &P, desk: &Desk, words: &Words, now: Time) -> Option<String> {
    let line = &desk.line_of_tier(1)?.id;
    let standing = newcomer(platform, &desk.head.id, line, now).await.ok()?;
    wait_now(words, standing.forecast.ok()?.forecast)
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
