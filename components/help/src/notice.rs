//! A help page that cannot be shown, and why, in the reader's language.

use crate::page::refusal;
use crate::words::{LANGUAGES, Words};
use askama::Template;
use tierline_http::{Problem, ProblemKind, Request, Response, as_refused, html_problem};
use tierline_page::{ICON, STYLE};

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    words: Words,
    title: String,
    text: String,
}

/// The page that says so.
pub fn notice(problem: &Problem, request: &Request) -> Response {
    let words = Words::of(&LANGUAGES, request, None);
    let is_missing = matches!(problem.kind, ProblemKind::NotFound | ProblemKind::UnknownDesk);
    let (title, text) =
        if is_missing { ("nothing-title", "nothing-text") } else { ("trouble-title", "trouble-text") };
    let shown = NoticePage { title: words.say(title), text: words.say(text), words };
    let plain = problem.response();
    refusal(plain.status(), &shown).map_or_else(|_| html_problem(problem), |page| as_refused(page, &plain))
}
