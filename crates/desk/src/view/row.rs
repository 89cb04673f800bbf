//! A ticket as a line of a list.

use super::ActorView;
use serde::Serialize;
use tierline_domain::desk::Difficulty;
use tierline_domain::history::{Action, Step};
use tierline_domain::ticket::{State, Ticket, Verdict};
use tierline_domain::time::Time;

/// What a console's list shows of a ticket.
#[derive(Debug, Serialize)]
pub struct RowView {
    id: String,
    state: State,
    line: String,
    department: String,
    language: String,
    difficulty: Difficulty,
    urgent: bool,
    /// Whether its promise is short of time or late, as its people were told.
    at_risk: bool,
    subject: Option<String>,
    channel: String,
    created_at: String,
    /// When anything last happened to it.
    updated_at: String,
    /// Since when it waits in its line; null in none.
    waiting_since: Option<String>,
    holder: Option<HolderView>,
    /// Who took or answered it last.
    agent: Option<String>,
    customer: CustomerInRow,
    /// How many messages its thread has, notes included.
    messages: u32,
    /// The last word that the customer sees.
    last_message: Option<LastMessage>,
    rating: Option<RatingInRow>,
}

#[derive(Debug, Serialize)]
struct HolderView {
    person: String,
    until: String,
}

/// Whose it is, as far as anybody knows.
#[derive(Debug, Serialize)]
struct CustomerInRow {
    /// Proven, or else as typed; so is the id.
    name: Option<String>,
    external_id: Option<String>,
    /// Whether the id is proven.
    verified: bool,
}

#[derive(Debug, Serialize)]
struct LastMessage {
    at: String,
    by: ActorView,
}

#[derive(Debug, Serialize)]
struct RatingInRow {
    verdict: Verdict,
    at: String,
}

impl RowView {
    /// The ticket at `now`.
    pub fn of(ticket: &Ticket, now: Time) -> Self {
        let speaks = |step: &&Step| {
            matches!(step.action, Action::Opened | Action::Answered | Action::Replied | Action::Messaged)
        };
        let last = ticket.history().rev().find(speaks);
        let updated_at = ticket.history().map(|step| step.at).max().unwrap_or(ticket.created_at);
        let holder = ticket.holder(now);
        let rating = ticket.rating.as_ref();
        let proof = ticket.customer.verified.as_ref();
        Self {
            id: ticket.id.to_string(),
            state: ticket.state(now),
            line: ticket.line.to_string(),
            department: ticket.department.clone(),
            language: ticket.language.clone(),
            difficulty: ticket.difficulty,
            urgent: ticket.urgent,
            at_risk: ticket.is_at_risk(),
            subject: ticket.subject.clone(),
            channel: ticket.channel.clone(),
            created_at: ticket.created_at.to_rfc3339(),
            updated_at: updated_at.to_rfc3339(),
            waiting_since: ticket.stay.as_ref().map(|stay| stay.place.e.to_rfc3339()),
            holder: holder.map(|lease| HolderView {
                person: lease.person.to_string(),
                until: lease.until.to_rfc3339(),
            }),
            agent: ticket.agent().map(ToString::to_string),
            customer: CustomerInRow {
                name: proof.and_then(|proof| proof.name.clone()).or_else(|| ticket.customer.name.clone()),
                external_id: ticket.customer.external_id().map(ToOwned::to_owned),
                verified: proof.is_some(),
            },
            messages: ticket.messages_count(),
            last_message: last
                .map(|step| LastMessage { at: step.at.to_rfc3339(), by: ActorView::of(&step.by) }),
            rating: rating.map(|rating| RatingInRow { verdict: rating.verdict, at: rating.at.to_rfc3339() }),
        }
    }
}
