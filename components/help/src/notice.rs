//! A help page that cannot be shown, and why, in the reader's language.

use crate::page::{refusal, stylesheet};
use crate::words::{LANGUAGES, Words};
use askama::Template;
use http::header;
use tierline_http::{Problem, ProblemKind, Request, Response, html_problem};

/// What went wrong.
#[derive(Debug)]
pub struct Notice(Problem);

impl From<Problem> for Notice {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<tierline_desk::Error> for Notice {
    fn from(error: tierline_desk::Error) -> Self {
        Self(error.into())
    }
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    language: &'static str,
    stylesheet: &'static str,
    title: String,
    text: String,
}

impl Notice {
    /// The page.
    pub fn response(&self, request: &Request) -> Response {
        let words = Words::of(&LANGUAGES, request, None);
        let is_missing = matches!(self.0.kind, ProblemKind::NotFound | ProblemKind::UnknownDesk);
        let (title, text) =
            if is_missing { ("nothing-title", "nothing-text") } else { ("trouble-title", "trouble-text") };
        let shown = NoticePage {
            language: words.language(),
            stylesheet: stylesheet(),
            title: words.say(title),
            text: words.say(text),
        };
        let plain = self.0.response();
        let Ok(mut response) = refusal(plain.status(), &shown) else { return html_problem(&self.0) };
        for name in [header::ALLOW, header::RETRY_AFTER] {
            if let Some(value) = plain.headers().get(&name) {
                response.headers_mut().insert(name, value.clone());
            }
        }
        *response.extensions_mut() = plain.extensions().clone();
        response
    }
}
