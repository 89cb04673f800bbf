//! A ticket as a page.

use crate::ask::Typed;
use crate::assets::LIVE;
use crate::fault::Fault;
use crate::words::Words;
use askama::Template;
use serde::Deserialize;
use tierline_domain::front::Front;
use tierline_domain::hours::Zone;
use tierline_domain::time::Time;
use tierline_page::{FilesField, ICON, STYLE, accent_path, size, wait_in_words};

/// A ticket as its customer's call gives it, as far as the page shows it.
#[derive(Debug, Deserialize)]
pub struct Shown {
    /// In short.
    pub ticket: ShownTicket,
    thread: Vec<ShownMessage>,
    /// Older ones are there: those before this number.
    #[serde(default)]
    thread_before: Option<u32>,
    #[serde(default)]
    queue: Option<ShownQueue>,
    receipt: ShownReceipt,
}

#[derive(Debug, Deserialize)]
struct ShownReceipt {
    #[serde(default)]
    package: Option<ShownPackage>,
}

#[derive(Debug, Deserialize)]
struct ShownPackage {
    name: String,
    used: u64,
    of: u64,
    covered: bool,
    renews_at: String,
}

/// Which messages of a ticket are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The latest.
    Latest,
    /// The latest but for those up to this number, which are there already.
    After(u32),
    /// The latest before this number.
    Before(u32),
}

impl Wanted {
    /// The number after which what is shown goes on without a gap; 0 if it begins anew.
    fn follows(self, shown: &Shown) -> u32 {
        let (first, last) = (shown.thread.first(), shown.thread.last());
        let reaches = |after: &u32| {
            last.is_some_and(|last| last.number >= *after)
                && (shown.thread_before.is_none() || first.is_some_and(|first| first.number <= *after))
        };
        match self {
            Self::After(after) => Some(after).filter(reaches).unwrap_or(0),
            Self::Latest | Self::Before(_) => 0,
        }
    }
}

/// A ticket in short.
#[derive(Debug, Deserialize)]
pub struct ShownTicket {
    id: String,
    /// Whose.
    pub desk: String,
    state: String,
    /// The customer's language.
    pub language: String,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    rating: Option<ShownRating>,
}

#[derive(Debug, Deserialize)]
struct ShownRating {
    verdict: String,
    #[serde(default)]
    comment: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ShownQueue {
    #[serde(default)]
    position: Option<u64>,
    #[serde(default)]
    exact: bool,
    #[serde(default)]
    forecast: Option<ShownForecast>,
    #[serde(default)]
    no_forecast: Option<String>,
    #[serde(default)]
    opens_at: Option<String>,
    #[serde(default)]
    nobody_takes: bool,
    #[serde(default)]
    somebody_at: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ShownForecast {
    median_s: f64,
    p90_s: f64,
}

#[derive(Debug, Deserialize)]
struct ShownMessage {
    number: u32,
    at: String,
    by: ShownActor,
    body: String,
    #[serde(default)]
    files: Vec<ShownFile>,
}

#[derive(Debug, Deserialize)]
struct ShownActor {
    kind: String,
}

#[derive(Debug, Deserialize)]
struct ShownFile {
    id: String,
    name: String,
    bytes: u64,
}

struct MessageLine {
    number: u32,
    is_own: bool,
    by: String,
    at: String,
    shown_at: String,
    body: String,
    files: Vec<FileLine>,
}

struct FileLine {
    href: String,
    name: String,
    size: String,
}

#[derive(Template)]
#[template(path = "ticket.html")]
pub struct TicketPage {
    words: Words,
    brand: String,
    accent: Option<String>,
    heading: String,
    path: String,
    /// Where what happens to the ticket is told, and what is known of it here.
    events: String,
    state: String,
    last_at: String,
    position: String,
    /// The message up to which all are left out, for a page that shows them already.
    first: u32,
    /// Where the messages before these are.
    older: Option<String>,
    /// Whether these are not the latest: then nothing can be said here.
    is_past: bool,
    ask_again: String,
    attempt: String,
    fault: Option<Fault>,
    typed: Typed,
    state_text: String,
    place: Option<String>,
    forecast: Option<String>,
    opens: Option<String>,
    package: Option<String>,
    clocks: String,
    is_done: bool,
    messages: Vec<MessageLine>,
    asks_outcome: bool,
    takes_messages: bool,
    takes_rating: bool,
    is_rated: bool,
    verdict: String,
    takes_files: bool,
    files_hint: String,
    accept: String,
}

impl TicketPage {
    /// Of a ticket and the messages of it that are wanted; `attempt` names the sending of this page's forms.
    pub fn new(
        words: Words,
        desk: &Front,
        (shown, wanted): (&Shown, Wanted),
        attempt: &str,
        mut typed: Typed,
        fault: Option<Fault>,
    ) -> Self {
        let ticket = &shown.ticket;
        let first = wanted.follows(shown);
        let path = format!("/t/{}", ticket.id);
        let zone = desk.zone();
        let state = ticket.state.as_str();
        let files = FilesField::of(&words, &desk.policy.files);
        let queue = shown.queue.as_ref().filter(|_| state == "queued");
        if let Some(comment) = ticket.rating.as_ref().and_then(|rating| rating.comment.clone())
            && typed.comment.is_empty()
        {
            typed.comment = comment;
        }
        Self {
            heading: ticket.subject.clone().unwrap_or_else(|| words.say("ticket-title")),
            older: shown.thread_before.map(|number| format!("{path}?before={number}")),
            is_past: matches!(wanted, Wanted::Before(_)),
            path,
            ask_again: format!("/d/{}", desk.head.id),
            attempt: attempt.to_owned(),
            events: format!("/v1/tickets/{}/events", ticket.id),
            state: state.to_owned(),
            last_at: shown.thread.last().map(|message| message.at.clone()).unwrap_or_default(),
            position: shown.position(),
            first,
            state_text: words.say(state_id(state)),
            place: queue.and_then(|queue| place(&words, queue)),
            forecast: queue.and_then(|queue| forecast(&words, queue)),
            opens: queue.and_then(|queue| opens(&words, &zone, queue)),
            package: shown.receipt.package.as_ref().and_then(|package| package_line(&words, &zone, package)),
            clocks: words.with("clocks", "zone", zone.name()),
            is_done: matches!(state, "answered" | "solved" | "closed"),
            messages: shown
                .thread
                .iter()
                .filter(|message| message.number > first)
                .map(|message| line(&words, (desk, &zone), &ticket.id, message))
                .collect(),
            asks_outcome: matches!(state, "answered" | "solved" | "waiting"),
            takes_messages: state != "closed",
            takes_rating: matches!(state, "answered" | "solved" | "closed"),
            is_rated: ticket.rating.is_some(),
            verdict: ticket.rating.as_ref().map(|rating| rating.verdict.clone()).unwrap_or_default(),
            brand: desk.head.name.clone(),
            accent: accent_path(desk.head.accent.as_deref()),
            takes_files: files.takes_files,
            files_hint: files.hint,
            accept: files.accept,
            fault,
            typed,
            words,
        }
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.fault.as_ref().is_some_and(|fault| fault.field.as_deref() == Some(field))
    }
}

impl Shown {
    /// In its line; empty if it is in none, or if that is not known.
    fn position(&self) -> String {
        let position = self.queue.as_ref().and_then(|queue| queue.position);
        position.map(|position| position.to_string()).unwrap_or_default()
    }
}

fn state_id(state: &str) -> &'static str {
    match state {
        "answered" => "state-answered",
        "claimed" => "state-claimed",
        "waiting" => "state-waiting",
        "solved" => "state-solved",
        "closed" => "state-closed",
        _ => "state-queued",
    }
}

fn place(words: &Words, queue: &ShownQueue) -> Option<String> {
    let position = queue.position?;
    Some(words.count(if queue.exact { "place" } else { "place-about" }, &[("position", position)]))
}

fn forecast(words: &Words, queue: &ShownQueue) -> Option<String> {
    if queue.no_forecast.is_some() {
        return Some(words.say("forecast-none"));
    }
    let forecast = queue.forecast.as_ref()?;
    wait_in_words(words, ("forecast", "forecast-hours"), forecast.median_s, forecast.p90_s)
}

fn line(words: &Words, (desk, zone): (&Front, &Zone), ticket: &str, message: &ShownMessage) -> MessageLine {
    let kind = message.by.kind.as_str();
    let by = match kind {
        "customer" => words.say("by-you"),
        "triage" => words.with("by-automatic", "desk", &desk.head.name),
        _ => words.with("by-desk", "desk", &desk.head.name),
    };
    let file = |file: &ShownFile| FileLine {
        href: format!("/v1/tickets/{ticket}/files/{}", file.id),
        name: file.name.clone(),
        size: size(words, file.bytes),
    };
    MessageLine {
        number: message.number,
        is_own: kind == "customer",
        by,
        shown_at: shown_at(words, zone, &message.at),
        at: message.at.clone(),
        body: message.body.clone(),
        files: message.files.iter().map(file).collect(),
    }
}

/// By the desk's clocks.
fn shown_at(words: &Words, zone: &Zone, at: &str) -> String {
    Time::from_rfc3339(at).map_or_else(|| at.to_owned(), |at| words.moment(zone.local(at)))
}

/// What of the package is used up: said as it is, and that nobody is turned away for it.
fn package_line(words: &Words, zone: &Zone, package: &ShownPackage) -> Option<String> {
    let numbers = [("used", package.used), ("of", package.of)];
    if package.covered {
        return Some(words.all("package-within", &numbers, &[("name", &package.name)]));
    }
    let moment = words.day_and_time(zone.local(Time::from_rfc3339(&package.renews_at)?));
    Some(words.all("package-over", &numbers, &[("name", &package.name), ("moment", &moment)]))
}

/// When people are there who can take it, if none is there now.
fn opens(words: &Words, zone: &Zone, queue: &ShownQueue) -> Option<String> {
    let moment = |at: &str| Some(words.day_and_time(zone.local(Time::from_rfc3339(at)?)));
    if let Some(at) = &queue.opens_at {
        return Some(words.with("closed-until", "moment", &moment(at)?));
    }
    let expected = queue.somebody_at.as_deref().and_then(moment);
    queue.nobody_takes.then(|| match expected {
        Some(moment) => words.with("nobody-until", "moment", &moment),
        None => words.say("nobody-here"),
    })
}
