//! The request form as a page.

use crate::assets::stylesheet;
use crate::fault::Fault;
use crate::files::FilesField;
use crate::words::{Words, locale};
use askama::Template;
use tierline_domain::desk::Desk;
use tierline_http::{Form, Request};

/// What somebody typed: shown again if it was not taken.
#[derive(Debug, Default)]
pub struct Typed {
    /// The question, or the message.
    pub body: String,
    /// In a few words.
    pub subject: String,
    /// What to call them.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The word that goes with a rating.
    pub comment: String,
}

impl Typed {
    /// What a form had.
    pub fn of(form: &Form) -> Self {
        let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
        Self {
            body: text("body"),
            subject: text("subject"),
            name: text("name"),
            email: text("email"),
            comment: text("comment"),
        }
    }
}

#[derive(Template)]
#[template(path = "ask.html")]
pub struct AskPage {
    words: Words,
    stylesheet: &'static str,
    brand: String,
    action: String,
    typed: Typed,
    fault: Option<Fault>,
    takes_files: bool,
    files_hint: String,
    accept: String,
    locale: String,
}

impl AskPage {
    /// Of a desk; `attempt` names the sending of this page's form.
    pub fn new(request: &Request, desk: &Desk, attempt: &str, typed: Typed) -> Self {
        let words = Words::of(request, Some(&desk.head.default_language));
        let files = FilesField::of(&words, &desk.policy.files);
        Self {
            locale: locale(request).unwrap_or_else(|| words.language().to_owned()),
            words,
            stylesheet: stylesheet(),
            brand: desk.head.name.clone(),
            action: format!("/d/{}?try={attempt}", desk.head.id),
            typed,
            fault: None,
            takes_files: files.takes_files,
            files_hint: files.hint,
            accept: files.accept,
        }
    }

    /// With what was wrong with it.
    pub fn with_fault(mut self, make: impl FnOnce(&Words) -> Fault) -> Self {
        self.fault = Some(make(&self.words));
        self
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.fault.as_ref().is_some_and(|fault| fault.field.as_deref() == Some(field))
    }
}
