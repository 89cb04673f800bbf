//! What the API shows of tickets and desks. Stored shapes can change under these; these cannot change under clients.

mod customer;
mod participant;
mod row;

pub use customer::RecordView;
pub use participant::ParticipantView;
pub use row::RowView;

use crate::Standing;
use crate::queue::Cover;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tierline_domain::desk::{Desk, Difficulty};
use tierline_domain::files::File;
use tierline_domain::forecast::{Forecast, Thin};
use tierline_domain::history::{Action, Actor, Step};
use tierline_domain::hours::{Hours, Opening, Timetable};
use tierline_domain::packages::PackageUse;
use tierline_domain::people::{desired, required};
use tierline_domain::queue::Place;
use tierline_domain::service_level::Clock;
use tierline_domain::ticket::{
    Customer, GivenAnswer, HandOver, Message, Receipt, State, Ticket, TimeBox, Verdict, Visibility,
};
use tierline_domain::time::Time;

/// A ticket in short.
#[derive(Debug, Serialize)]
pub struct TicketView {
    id: String,
    desk: String,
    state: State,
    line: String,
    department: String,
    language: String,
    difficulty: Difficulty,
    urgent: bool,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<RatingView>,
    /// When what it said was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    erased_at: Option<String>,
}

#[derive(Debug, Serialize)]
struct RatingView {
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    at: String,
}

impl TicketView {
    /// The ticket at `now`.
    pub fn of(ticket: &Ticket, now: Time) -> Self {
        let rating = ticket.rating.as_ref().map(|rating| RatingView {
            verdict: rating.verdict,
            comment: rating.comment.clone(),
            at: rating.at.to_rfc3339(),
        });
        Self {
            id: ticket.id.to_string(),
            desk: ticket.desk.to_string(),
            state: ticket.state(now),
            line: ticket.line.to_string(),
            department: ticket.department.clone(),
            language: ticket.language.clone(),
            difficulty: ticket.difficulty,
            urgent: ticket.urgent,
            created_at: ticket.created_at.to_rfc3339(),
            subject: ticket.subject.clone(),
            rating,
            erased_at: ticket.erased.as_ref().map(|erased| erased.at.to_rfc3339()),
        }
    }
}

/// The answer tier 1 gave.
#[derive(Debug, Serialize)]
pub struct AnswerView {
    text: String,
    answer_id: String,
    language: String,
    in_customers_language: bool,
    confidence: f64,
}

impl AnswerView {
    /// The answer with its text, if there is one.
    pub fn of(ticket: &Ticket, thread: &[Message]) -> Option<Self> {
        let given = ticket.answer.as_ref()?;
        let message = thread.iter().find(|message| message.number == given.message)?;
        Some(Self {
            text: message.body.clone(),
            answer_id: given.answer_id.to_string(),
            language: given.language.clone(),
            in_customers_language: given.in_customers_language,
            confidence: rounded(given.confidence),
        })
    }
}

/// To four digits: more would claim to know more.
fn rounded(confidence: f64) -> f64 {
    (confidence * 10_000.0).round() / 10_000.0
}

/// A place in a line.
#[derive(Debug, Serialize)]
pub struct QueueView {
    line: String,
    /// Null while the place is still being entered.
    position: Option<u32>,
    /// Whether the position is exact.
    exact: bool,
    /// Null while somebody has it, and where too little is known to tell.
    forecast: Option<ForecastView>,
    /// Why there is no forecast, while nobody has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_forecast: Option<Thin>,
    /// Whether people are there for the line now.
    open: bool,
    /// When they are there again; null if they are now, or if no opening is planned.
    opens_at: Option<String>,
    /// Whether nobody of those who are there can take it, though the line is open.
    nobody_takes: bool,
    /// When somebody who can is expected; null if somebody is there, or if that is not known.
    somebody_at: Option<String>,
}

impl QueueView {
    /// Of the line a ticket is in.
    pub fn of(ticket: &Ticket, standing: Option<Standing>, desk: &Desk, now: Time) -> Option<Self> {
        let stay = ticket.stay.as_ref()?;
        let Opening { open, opens_at } = desk.opening(&stay.line, now);
        let forecast = standing.filter(|_| ticket.holder(now).is_none()).map(|standing| standing.forecast);
        let (nobody_takes, somebody_at) = match standing.map(|standing| standing.cover) {
            _ if !open => (false, None),
            Some(Cover::Somebody) => (false, None),
            Some(Cover::Nobody { back_at }) => (true, back_at),
            // As it was last seen.
            Some(Cover::Unknown) | None => {
                let seen = ticket.unserved_at(now);
                (seen.is_some(), seen.and_then(|unserved| unserved.back_at))
            }
        };
        Some(Self {
            nobody_takes,
            somebody_at: somebody_at.map(Time::to_rfc3339),
            open,
            opens_at: opens_at.map(Time::to_rfc3339),
            line: stay.line.to_string(),
            position: standing.map(|standing| standing.position),
            exact: standing.is_some_and(|standing| standing.exact),
            forecast: forecast.and_then(|forecast| Some(ForecastView::of(forecast.ok()?.forecast))),
            no_forecast: forecast.and_then(Result::err),
        })
    }
}

/// How long a ticket will wait from now: half of such tickets are taken by the median, nine of ten by the 90th percentile.
#[derive(Debug, Serialize)]
pub struct ForecastView {
    /// Half wait no longer.
    pub median_s: u32,
    /// Nine in ten wait no longer.
    pub p90_s: u32,
}

impl ForecastView {
    /// Of a forecast.
    pub fn of(forecast: Forecast) -> Self {
        Self { median_s: forecast.median_s, p90_s: forecast.p90_s }
    }
}

/// A message.
#[derive(Debug, Serialize)]
pub struct MessageView {
    number: u32,
    at: String,
    by: ActorView,
    channel: String,
    visibility: Visibility,
    body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<FileView>,
}

/// A file of a message; its bytes are at `/v1/tickets/{ticket}/files/{id}`.
#[derive(Debug, Serialize)]
pub struct FileView {
    id: String,
    name: String,
    #[serde(rename = "type")]
    media_type: String,
    bytes: u64,
    sha256: String,
    /// It is not kept any longer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
}

impl FileView {
    fn of(file: &File) -> Self {
        Self {
            id: file.id.as_str().to_owned(),
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            deleted: file.parts == 0,
        }
    }
}

/// How what was promised for a ticket stands.
#[derive(Debug, Serialize)]
pub struct ServiceLevelView {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_response: Option<ClockView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_response: Option<ClockView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<ClockView>,
}

#[derive(Debug, Serialize)]
struct ClockView {
    state: tierline_domain::service_level::Standing,
    due_at: Option<String>,
}

impl ServiceLevelView {
    /// Of a ticket at `now`, by the hours of its arrival; none if nothing was promised.
    pub fn of(ticket: &Ticket, hours: &Timetable, now: Time) -> Option<Self> {
        let (name, kept) = ticket.service_level(hours, now)?;
        let view = |clock: Option<Clock>| {
            clock.map(|clock| ClockView { state: clock.standing, due_at: clock.due.map(Time::to_rfc3339) })
        };
        Some(Self {
            name: name.to_owned(),
            first_response: view(kept.first_response),
            next_response: view(kept.next_response),
            resolution: view(kept.resolution),
        })
    }
}

/// Who did something.
#[derive(Debug, Serialize)]
pub struct ActorView {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

impl ActorView {
    /// Customers and colleagues see the same.
    pub fn of(actor: &Actor) -> Self {
        let (kind, id) = match actor {
            Actor::Customer => ("customer", None),
            Actor::Person(person) => ("person", Some(person.to_string())),
            Actor::Triage => ("triage", None),
            Actor::Desk => ("desk", None),
            Actor::Operator => ("operator", None),
        };
        Self { kind, id }
    }
}

/// The thread as a customer sees it: no notes, and numbered without them. A gap would tell of a note.
pub fn thread_for_customer(thread: &[Message]) -> Vec<MessageView> {
    let public = thread.iter().filter(|message| message.visibility == Visibility::Public);
    (1..).zip(public).map(|(number, message)| MessageView { number, ..message_view(message) }).collect()
}

/// The thread as the desk sees it, or what of it was numbered before: see [`crate::Latest`].
pub fn thread_for_people(thread: &[Message]) -> Vec<MessageView> {
    thread.iter().map(message_view).collect()
}

fn message_view(message: &Message) -> MessageView {
    MessageView {
        number: message.number,
        at: message.at.to_rfc3339(),
        by: ActorView::of(&message.by),
        channel: message.channel.clone(),
        visibility: message.visibility,
        body: message.body.clone(),
        answer_id: message.answer_id.as_ref().map(ToString::to_string),
        files: message.files.iter().map(FileView::of).collect(),
    }
}

/// Why it was decided so.
#[derive(Debug, Serialize)]
pub struct ReceiptView {
    #[serde(flatten)]
    receipt: Receipt,
    /// In a sentence.
    promise: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<PackageView>,
}

/// What of a package was used up when the request came.
#[derive(Debug, Serialize)]
struct PackageView {
    name: String,
    used: u32,
    of: u32,
    covered: bool,
    renews_at: String,
}

impl PackageView {
    fn of(usage: &PackageUse) -> Self {
        Self {
            name: usage.name.clone(),
            used: usage.used,
            of: usage.of,
            covered: usage.is_covered(),
            renews_at: usage.renews_at.to_rfc3339(),
        }
    }
}

impl ReceiptView {
    /// The receipt, with its bound spelled out.
    pub fn of(ticket: &Ticket) -> Self {
        let mut receipt = ticket.receipt.clone();
        for candidate in &mut receipt.candidates {
            candidate.confidence = rounded(candidate.confidence);
        }
        let promise = format!(
            "Nobody who can take your request is given, as their next, one that came more than {} s after it.",
            receipt.overtaking_max_s
        );
        // Its times are shown as times.
        let package = receipt.package.take().as_ref().map(PackageView::of);
        Self { receipt, promise, package }
    }
}

/// A hold on a ticket.
#[derive(Debug, Serialize)]
pub struct LeaseView {
    person: String,
    since: String,
    until: String,
}

/// The canned answer that was tried, and what became of it.
#[derive(Debug, Serialize)]
struct TriedView {
    answer_id: String,
    language: String,
    confidence: f64,
    /// The number of the message that holds its text.
    message: u32,
    /// When the customer said that it did not help; null if they did not.
    refused_at: Option<String>,
}

/// What only the desk sees.
#[derive(Debug, Serialize)]
pub struct PeopleView {
    customer: Customer,
    #[serde(skip_serializing_if = "Option::is_none")]
    tried: Option<TriedView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lease: Option<LeaseView>,
    handovers: Vec<HandOverView>,
    skills: Vec<String>,
    /// What whoever takes it should know; dropped after a time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skills_desired: Vec<String>,
    waiting_since: Option<String>,
    /// Working time in its line, where that is limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_box: Option<TimeBoxView>,
    /// What came with the request beside its words: an order's number, the page it was asked from.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
    /// What its people were told of its promise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<NoticeView>,
}

/// That a part of a promise is short of time or late.
#[derive(Debug, Serialize)]
struct NoticeView {
    at: String,
    what: Action,
}

/// Working time on a ticket: warned at four fifths, moved up when it is over.
#[derive(Debug, Serialize)]
struct TimeBoxView {
    limit_s: i64,
    worked_s: i64,
    left_s: i64,
    warning: bool,
    over: bool,
    extended: bool,
}

impl TimeBoxView {
    fn of(time_box: &TimeBox) -> Self {
        Self {
            limit_s: time_box.limit_ms / 1000,
            worked_s: time_box.worked_ms / 1000,
            left_s: time_box.left_ms() / 1000,
            warning: time_box.is_short(),
            over: time_box.is_over(),
            extended: time_box.extended,
        }
    }
}

#[derive(Debug, Serialize)]
struct HandOverView {
    at: String,
    by: ActorView,
    from: String,
    to: String,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tried: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// The line that was asked for, where it went to those who decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<String>,
}

impl PeopleView {
    /// The ticket's inside at `now`.
    pub fn of(ticket: &Ticket, now: Time) -> Self {
        let lease = ticket.holder(now).map(|lease| LeaseView {
            person: lease.person.to_string(),
            since: lease.since.to_rfc3339(),
            until: lease.until.to_rfc3339(),
        });
        Self {
            customer: ticket.customer.clone(),
            tried: ticket.answer.as_ref().map(tried_view),
            lease,
            handovers: ticket.handovers.iter().map(hand_over_view).collect(),
            skills: required(&ticket.skills).map(str::to_owned).collect(),
            skills_desired: desired(&ticket.skills).map(str::to_owned).collect(),
            waiting_since: ticket.stay.as_ref().map(|stay| place_entry(&stay.place)),
            time_box: None,
            metadata: BTreeMap::new(),
            notices: ticket.history().filter_map(notice_view).collect(),
        }
    }

    /// The same, with what its line allows and what came with the request.
    pub fn at(ticket: &Ticket, desk: &Desk, now: Time) -> Self {
        let time_box = desk.line(&ticket.line).and_then(|line| ticket.time_box(line, now));
        Self {
            time_box: time_box.as_ref().map(TimeBoxView::of),
            metadata: ticket.metadata.clone(),
            ..Self::of(ticket, now)
        }
    }
}

fn notice_view(step: &Step) -> Option<NoticeView> {
    let told = Action::WARNINGS.contains(&step.action) || Action::MISSES.contains(&step.action);
    told.then(|| NoticeView { at: step.at.to_rfc3339(), what: step.action })
}

fn tried_view(given: &GivenAnswer) -> TriedView {
    TriedView {
        answer_id: given.answer_id.to_string(),
        language: given.language.clone(),
        confidence: rounded(given.confidence),
        message: given.message,
        refused_at: given.refused_at.map(Time::to_rfc3339),
    }
}

fn place_entry(place: &Place) -> String {
    place.e.to_rfc3339()
}

fn hand_over_view(handover: &HandOver) -> HandOverView {
    HandOverView {
        at: handover.at.to_rfc3339(),
        by: ActorView::of(&handover.by),
        from: handover.from.to_string(),
        to: handover.to.to_string(),
        reason: handover.reason.clone(),
        tried: handover.tried.clone(),
        kind: handover.kind.clone(),
        asked: handover.asked.as_ref().map(ToString::to_string),
    }
}

/// A desk as its people see it: no hashes, no file.
#[derive(Debug, Serialize)]
pub struct DeskView {
    id: String,
    name: String,
    version: u64,
    published_at: String,
    languages: Vec<String>,
    default_language: String,
    lines: Value,
    policy: Value,
    /// How lines pass work on, if its file says.
    #[serde(skip_serializing_if = "Value::is_null")]
    routing: Value,
    /// When it is open; always, if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<Hours>,
}

impl DeskView {
    /// Of the desk in force.
    pub fn of(desk: &Desk) -> Self {
        Self {
            id: desk.head.id.to_string(),
            name: desk.head.name.clone(),
            version: desk.version,
            published_at: desk.published_at.to_rfc3339(),
            languages: desk.head.languages.clone(),
            default_language: desk.head.default_language.clone(),
            lines: serde_json::to_value(&desk.lines).unwrap_or_default(),
            policy: serde_json::to_value(&desk.policy).unwrap_or_default(),
            routing: desk.routing.clone(),
            hours: desk.hours.clone(),
        }
    }
}

/// A ticket as its worker sees it. Messages moved to thread pages are on the ticket's own page.
#[derive(Debug, Serialize)]
pub struct Worked {
    ticket: TicketView,
    thread: Vec<MessageView>,
    desk: PeopleView,
}

impl Worked {
    /// As it is at `now`.
    pub fn of(ticket: &Ticket, desk: &Desk, now: Time) -> Self {
        Self {
            ticket: TicketView::of(ticket, now),
            thread: thread_for_people(&ticket.messages),
            desk: PeopleView::at(ticket, desk, now),
        }
    }
}
