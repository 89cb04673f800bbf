//! The request form as a page.

use crate::fault::Fault;
use crate::words::{Words, locale, words};
use askama::Template;
use tierline_domain::forecast::Forecast;
use tierline_domain::front::Front;
use tierline_domain::time::Time;
use tierline_http::{Form, Request};
use tierline_page::{FilesField, ICON, STYLE, SUGGEST, accent_path, people_now, wait_now};

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
    brand: String,
    accent: Option<String>,
    action: String,
    /// Where answers that fit are asked for while somebody types.
    suggest: String,
    typed: Typed,
    fault: Option<Fault>,
    takes_files: bool,
    files_hint: String,
    accept: String,
    locale: String,
    /// When people are there.
    people: Option<String>,
    wait: Option<String>,
    /// Where the desk's help pages are, if it has any.
    help: Option<String>,
}

impl AskPage {
    /// Of a desk at `now`; `attempt` names the sending of this page's form.
    pub fn new(request: &Request, desk: &Front, now: Time, attempt: &str, typed: Typed) -> Self {
        let words = words(request, Some(&desk.head.default_language));
        let files = FilesField::of(&words, &desk.policy.files);
        Self {
            people: people_now(&words, desk, now),
            wait: None,
            help: desk.has_help.then(|| format!("/d/{}/help", desk.head.id)),
            locale: locale(request).unwrap_or_else(|| words.language().to_owned()),
            words,
            brand: desk.head.name.clone(),
            accent: accent_path(desk.head.accent.as_deref()),
            action: format!("/d/{}?try={attempt}", desk.head.id),
            suggest: format!("/d/{}/suggestions", desk.head.id),
            typed,
            fault: None,
            takes_files: files.takes_files,
            files_hint: files.hint,
            accept: files.accept,
        }
    }

    /// With how long who comes now would wait for people.
    pub fn with_wait(mut self, forecast: Option<Forecast>) -> Self {
        self.wait = forecast.and_then(|forecast| wait_now(&self.words, forecast));
        self
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
