//! A page that cannot be shown, and why, in the reader's language.

use crate::asset::{ICON, STYLE};
use crate::send::{guard, render};
use crate::words::Words;
use askama::Template;
use http::{HeaderValue, header};
use tierline_http::{Problem, ProblemKind, Response, as_refused, html, html_problem};

/// Nothing runs in it, nothing is sent from it, and nobody frames it.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; \
                      frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice {
    words: Words,
    title: String,
    text: String,
}

/// The page that says so: by the messages `nothing-title` and `nothing-text` where there is nothing, else by `trouble-title` and
/// the message `trouble`.
pub fn notice(problem: &Problem, words: Words, trouble: &str) -> Response {
    let is_missing = matches!(problem.kind, ProblemKind::NotFound | ProblemKind::UnknownDesk);
    let (title, text) =
        if is_missing { ("nothing-title", "nothing-text") } else { ("trouble-title", trouble) };
    let shown = Notice { title: words.say(title), text: words.say(text), words };
    let plain = problem.response();
    let Ok(text) = render(&shown) else { return html_problem(problem) };
    let mut page = html(plain.status(), text);
    let headers = page.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    guard(headers, POLICY);
    as_refused(page, &plain)
}
