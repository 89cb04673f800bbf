//! The request form as a page.

use crate::fault::Fault;
use crate::files::FilesField;
use crate::wait::wait_in_words;
use crate::words::{Words, locale, words};
use askama::Template;
use tierline_domain::desk::Desk;
use tierline_domain::forecast::Forecast;
use tierline_domain::time::Time;
use tierline_http::{Form, Request};
use tierline_page::{ICON, STYLE};

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
    action: String,
    typed: Typed,
    fault: Option<Fault>,
    takes_files: bool,
    files_hint: String,
    accept: String,
    locale: String,
    opens: Option<String>,
    wait: Option<String>,
}

impl AskPage {
    /// Of a desk at `now`; `attempt` names the sending of this page's form.
    pub fn new(request: &Request, desk: &Desk, now: Time, attempt: &str, typed: Typed) -> Self {
        let words = words(request, Some(&desk.head.default_language));
        let files = FilesField::of(&words, &desk.policy.files);
        Self {
            opens: opens(&words, desk, now),
            wait: None,
            locale: locale(request).unwrap_or_else(|| words.language().to_owned()),
            words,
            brand: desk.head.name.clone(),
            action: format!("/d/{}?try={attempt}", desk.head.id),
            typed,
            fault: None,
            takes_files: files.takes_files,
            files_hint: files.hint,
            accept: files.accept,
        }
    }

    /// With how long who comes now would wait for people, unless they are not there.
    pub fn with_wait(mut self, forecast: Option<Forecast>) -> Self {
        let told = forecast.filter(|_| self.opens.is_none()).and_then(|forecast| {
            let (median_s, p90_s) = (f64::from(forecast.median_s), f64::from(forecast.p90_s));
            wait_in_words(&self.words, ("wait-now", "wait-now-hours"), median_s, p90_s)
        });
        self.wait = told;
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

/// When people are there again, if nobody is now: tier 1 answers at any time. The first line is who it would come to.
fn opens(words: &Words, desk: &Desk, now: Time) -> Option<String> {
    let opens_at = desk.opening(&desk.line_of_tier(1)?.id, now).opens_at?;
    let local = desk.zone().local(opens_at);
    Some(words.with("people-from", "moment", &words.day_and_time(local)))
}
