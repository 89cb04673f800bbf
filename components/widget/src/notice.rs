//! A page or script that cannot be had, and why, in the reader's language.

use crate::words::{Words, words};
use askama::Template;
use http::{HeaderValue, header};
use tierline_http::{Problem, ProblemKind, Request, Response, as_refused, html, html_problem};
use tierline_page::{ICON, STYLE, guard, render};

/// Nothing runs in it and nobody frames it.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    words: Words,
    title: String,
    text: String,
}

/// The page that says so.
pub fn notice(problem: &Problem, request: &Request) -> Response {
    let words = words(request, None);
    let is_missing = matches!(problem.kind, ProblemKind::NotFound | ProblemKind::UnknownDesk);
    let (title, text) =
        if is_missing { ("nothing-title", "nothing-text") } else { ("trouble-title", "fault-other") };
    let shown = NoticePage { title: words.say(title), text: words.say(text), words };
    let plain = problem.response();
    let Ok(text) = render(&shown) else { return html_problem(problem) };
    let mut page = html(plain.status(), text);
    let headers = page.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    guard(headers, POLICY);
    as_refused(page, &plain)
}
