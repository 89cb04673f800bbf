//! A new ticket: tier 1 answered it, or it enters a line.

use super::{Candidate, Customer, GivenAnswer, Receipt, Relations, Status, Ticket, Work};
use crate::desk::{Desk, Difficulty};
use crate::files::FilesTotal;
use crate::head_start::{HeadStart, Proven};
use crate::history::{Action, Actor};
use crate::ids::{LabelId, LineId, TicketId};
use crate::packages::PackageUse;
use crate::placeholders::Filling;
use crate::service_level::Promise;
use crate::time::Time;
use std::collections::BTreeMap;

/// What came in.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Fresh.
    pub id: TicketId,
    /// When.
    pub now: Time,
    /// Fresh chance for digests.
    pub salt: [u8; 16],
    /// How it came.
    pub channel: String,
    /// In a few words.
    pub subject: Option<String>,
    /// The question.
    pub body: String,
    /// Who asked.
    pub customer: Customer,
    /// What the asking site added.
    pub metadata: BTreeMap<String, String>,
    /// What is known of a customer who proved who they are.
    pub proven: Option<Proven>,
}

/// What tier 1 made of it, checked against the desk.
#[derive(Debug, Clone, PartialEq)]
pub struct Triaged {
    /// The answer to give: id, language, whether that is the customer's, confidence, text.
    pub answer: Option<(LabelId, String, bool, f64, String)>,
    /// The line it goes to, or would if the answer does not help.
    pub line: LineId,
    /// Whose kind of problem.
    pub department: String,
    /// How hard.
    pub difficulty: Difficulty,
    /// Whether waiting does harm.
    pub urgent: bool,
    /// The customer's language.
    pub language: String,
    /// What a person must know to take it in its line.
    pub skills: Vec<String>,
    /// What a person should know.
    pub skills_wanted: Vec<String>,
    /// See [`Receipt::decided_by`].
    pub decided_by: String,
    /// Which rule.
    pub rule: String,
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// Version of the answers used.
    pub answers_version: u64,
}

impl Triaged {
    /// What people must answer, whatever tier 1 would have said.
    #[must_use]
    pub fn for_people(self, rule: &str) -> Self {
        Self { answer: None, rule: rule.to_owned(), ..self }
    }
}

impl Ticket {
    /// Opens a ticket: answered if tier 1 has an answer, else queued.
    pub fn open(mut opening: Opening, triaged: Triaged, desk: &Desk) -> Self {
        let package = PackageUse::at_arrival(&desk.packages, opening.proven.as_ref());
        if package.as_ref().is_some_and(|package| !package.is_covered()) {
            // Used up: the rest of what is known of them counts as it does for everybody.
            opening.proven = opening.proven.map(|proven| Proven { package: None, ..proven });
        }
        let head_start =
            HeadStart::at_arrival(&desk.policy, &desk.packages, triaged.urgent, opening.proven.as_ref());
        let head_start_s = head_start.total_s(desk.policy.head_start_max_s);
        let paid = opening.proven.as_ref().and_then(|proven| desk.package(proven.package.as_deref()?));
        let promise = Promise::of(&desk.service_levels, paid, triaged.urgent);
        let answer = triaged.answer.clone();
        let (now, body) = (opening.now, opening.body.clone());
        let in_hours = promise.as_ref().is_some_and(|promise| !promise.targets.around_the_clock);
        let hours_edition = desk.hours_edition.filter(|_| in_hours);
        let opened = Self::unanswered(opening, triaged, desk, head_start);
        let mut ticket = Self { promise, hours_edition, ..opened };
        ticket.receipt.package = package;
        let first = ticket.next_message(now, Actor::Customer, &ticket.channel, &body);
        ticket.messages.push(first);
        // A new ticket is far from its limits: none of these steps can be refused.
        let _ = ticket.step(now, Actor::Customer, Action::Opened, Some(&body));
        match answer {
            Some((id, language, own, confidence, text)) => {
                ticket.give(
                    desk,
                    now,
                    GivenAnswer {
                        answer_id: id,
                        language,
                        in_customers_language: own,
                        confidence,
                        message: ticket.messages_count() + 1,
                        refused_at: None,
                    },
                    &text,
                );
            }
            None => {
                ticket.enter(ticket.line.clone(), now, 0, head_start_s);
                let _ = ticket.step(now, Actor::Triage, Action::Queued, None);
            }
        }
        ticket.owing_lists(None)
    }

    fn unanswered(opening: Opening, triaged: Triaged, desk: &Desk, head_start: HeadStart) -> Self {
        let overtaking_max_s = desk.policy.overtaking_max_s(&triaged.skills);
        Self {
            id: opening.id,
            desk: desk.head.id.clone(),
            created_at: opening.now,
            channel: opening.channel,
            subject: opening.subject,
            customer: opening.customer,
            metadata: opening.metadata,
            key_version: 1,
            salt: opening.salt,
            status: Status::Answered,
            line: triaged.line,
            department: triaged.department,
            language: triaged.language,
            difficulty: triaged.difficulty,
            urgent: triaged.urgent,
            skills: triaged.skills,
            skills_wanted: triaged.skills_wanted,
            sealed: vec![],
            messages: vec![],
            files: FilesTotal::default(),
            answer: None,
            stay: None,
            stays: 0,
            waited_ms: 0,
            lease: None,
            told: None,
            work: Work::default(),
            unserved: None,
            promise: None,
            hours_edition: None,
            boosts: vec![],
            handovers: vec![],
            rating: None,
            receipt: Receipt {
                decided_by: triaged.decided_by,
                rule: triaged.rule,
                candidates: triaged.candidates,
                answers_version: triaged.answers_version,
                policy_version: desk.version,
                head_start_s: head_start.total_s(desk.policy.head_start_max_s),
                head_start,
                overtaking_max_s,
                package: None,
            },
            earlier: None,
            steps: vec![],
            journaled: 0,
            owed: vec![],
            lists_owed: vec![],
            listed: 0,
            relations: Relations::default(),
            erased: None,
        }
    }

    fn give(&mut self, desk: &Desk, now: Time, given: GivenAnswer, text: &str) {
        let id = self.id.to_string();
        let filling = Filling { customer_name: self.customer.name.as_deref(), ticket: Some(&id) };
        let words = desk.speak(&given.language, text, filling);
        let mut message = self.next_message(now, Actor::Triage, &self.channel, &words);
        message.answer_id = Some(given.answer_id.clone());
        self.messages.push(message);
        self.answer = Some(given);
        let _ = self.step(now, Actor::Triage, Action::Answered, Some(&words));
    }
}
