//! What went wrong, for people: in their language as far as there are words for it.

use crate::backend::Refused;
use crate::page::page;
use crate::words::{Words, words};
use askama::Template;
use http::StatusCode;
use tierline_http::{Problem, ProblemKind, Request, Response, as_refused, html_problem};
use tierline_page::{ICON, STYLE};

/// A form that was not taken.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What to do about it.
    pub text: String,
    /// The desk's own words, in English, where ours are not exact.
    pub detail: Option<String>,
    /// The field at fault.
    pub field: Option<String>,
    /// Whether files were chosen: browsers forget them.
    pub files_lost: bool,
}

impl Fault {
    /// Of what a component refused.
    pub fn of(words: &Words, refused: &Refused, files_lost: bool) -> Self {
        let field =
            refused.field.as_deref().map(|field| field.rsplit('.').next().unwrap_or(field).to_owned());
        let (id, exact) = match (refused.slug(), field.as_deref()) {
            ("invalid-field", Some("body")) => ("fault-body", true),
            ("invalid-field", Some("email")) => ("fault-email", true),
            ("invalid-field", Some(_)) => ("fault-field", false),
            ("unsupported-file-type", _) => ("fault-file-type", false),
            ("file-type-mismatch", _) => ("fault-file-mismatch", false),
            ("file-too-large" | "body-too-large", _) => ("fault-file-large", false),
            ("too-many-files", _) => ("fault-files-many", false),
            ("busy" | "store-unavailable" | "idempotency-in-progress", _) => ("fault-busy", true),
            ("limit-reached", _) => ("fault-full", true),
            ("state-conflict", _) => ("fault-state", false),
            _ => ("fault-other", false),
        };
        let of_files = id.starts_with("fault-file");
        Self {
            text: words.say(id),
            detail: (!exact && !refused.detail.is_empty()).then(|| refused.detail.clone()),
            field: if of_files { Some("files".to_owned()) } else { field },
            files_lost,
        }
    }
}

/// A page that cannot be shown, and why.
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
    words: Words,
    brand: &'static str,
    accent: Option<String>,
    title: String,
    text: String,
    detail: Option<String>,
}

impl Notice {
    /// A ticket that does not open: wrong key, no key, no such ticket. They look alike.
    pub fn lost() -> Self {
        Self(Problem::new(ProblemKind::UnknownTicket, "There is no such ticket for you."))
    }

    /// The page, in the language of whoever asked.
    pub fn response(&self, request: &Request) -> Response {
        let words = words(request, None);
        let (title, text, exact) = match self.0.kind {
            ProblemKind::UnknownTicket | ProblemKind::Unauthorized => ("lost-title", "lost-text", true),
            ProblemKind::NotFound | ProblemKind::UnknownDesk => ("nothing-title", "nothing-text", true),
            ProblemKind::CrossSiteRequest => ("trouble-title", "fault-site", true),
            kind if kind.is_passing() => ("trouble-title", "fault-busy", true),
            _ => ("trouble-title", "fault-other", false),
        };
        let plain = self.0.response();
        let status =
            if plain.status() == StatusCode::UNAUTHORIZED { StatusCode::NOT_FOUND } else { plain.status() };
        let shown = NoticePage {
            title: words.say(title),
            text: words.say(text),
            detail: (!exact).then(|| self.0.detail.clone()),
            brand: "",
            accent: None,
            words,
        };
        page(status, &shown).map_or_else(|_| html_problem(&self.0), |page| as_refused(page, &plain))
    }
}
