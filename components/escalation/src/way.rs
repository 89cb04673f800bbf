//! Where a ticket goes, and why.

use serde::Serialize;
use tierline_desk::SignedIn;
use tierline_desk::api;
use tierline_desk::view::{PeopleView, TicketView};
use tierline_domain::desk::{Desk, skills_on_line};
use tierline_domain::ids::LineId;
use tierline_domain::limits::REASON_CHARS_MAX;
use tierline_domain::routing::KINDS;
use tierline_domain::ticket::{HandOverTo, Lead, Ticket};
use tierline_domain::time::Time;
use tierline_http::Problem;

/// What somebody wants to do with a ticket.
pub struct Way {
    pub to: LineId,
    pub kind: String,
    pub reason: String,
    pub tried: Option<String>,
    pub escalation: bool,
    pub urgent: bool,
}

impl Way {
    /// The same, checked, as a hand-over by the one who is signed in.
    pub fn hand_over(self, seen: &Ticket, by: &SignedIn, now: Time) -> Result<HandOverTo, Problem> {
        let policy = &by.desk.policy;
        let wanted = (seen.skills_wanted.as_slice(), seen.channel.as_str());
        let skills = |line: &LineId| skills_on_line(policy, &by.people, line, wanted);
        let lead = by.desk.routing().lead_line().map(|line| Lead {
            skills: skills(&line),
            is_mover: by.person.works_on(&line),
            line,
        });
        Ok(HandOverTo {
            person: by.person.id.clone(),
            now,
            skills: skills(&self.to),
            kind: self.kind,
            reason: api::text::<REASON_CHARS_MAX>("reason", &self.reason)?,
            tried: api::optional_text::<REASON_CHARS_MAX>("tried", self.tried.as_deref())?,
            lead,
            asked: None,
            escalation: self.escalation,
            urgent: self.urgent,
            head_start_max_s: policy.head_start_max_s,
            works_on_line: by.person.works_on(&seen.line),
            head_start_s: if self.urgent {
                policy.urgent_head_start_s.min(policy.head_start_max_s)
            } else {
                0
            },
            to: self.to,
        })
    }
}

/// The kind of reason that was given, if the desk has it; else what it is when nobody says.
pub fn kind(desk: &Desk, given: Option<String>, otherwise: &str) -> Result<String, Problem> {
    let Some(given) = given else { return Ok(otherwise.to_owned()) };
    let routing = desk.routing();
    if routing.has_kind(&given) {
        return Ok(given);
    }
    let own = routing.hand_over_reasons.keys().map(String::as_str);
    let known: Vec<_> = KINDS.into_iter().chain(own).collect();
    Err(Problem::invalid_field("kind", format!("Give one of the desk's reasons: {}.", known.join(", "))))
}

/// A ticket in its new line.
#[derive(Serialize)]
pub struct Moved {
    ticket: TicketView,
    desk: PeopleView,
}

impl Moved {
    /// As it is at `now`.
    pub fn of(ticket: &Ticket, desk: &Desk, now: Time) -> Self {
        Self { ticket: TicketView::of(ticket, now), desk: PeopleView::at(ticket, desk, now) }
    }
}
