//! Proposed examples: tickets whose question could teach tier 1. Only their ids are kept: the words stay in the ticket, and go
//! with it when it is erased.

use crate::history::{Action, Actor};
use crate::ids::{LabelId, TicketId};
use crate::limits::{EXAMPLE_CHARS_MAX, PROPOSALS_MAX};
use crate::ticket::{Message, Status, Ticket, Verdict, Visibility};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// A desk's proposals, oldest first; at most [`PROPOSALS_MAX`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposals {
    /// Open ones, and those that were accepted and are in no edition yet.
    #[serde(rename = "p")]
    pub all: Vec<Proposal>,
}

/// A ticket whose question could be an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Which.
    #[serde(rename = "t")]
    pub ticket: TicketId,
    /// Of which answer; none if its reply could become a new one.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<LabelId>,
    /// When.
    #[serde(rename = "w")]
    pub at: Time,
    /// Whether an operator wants it.
    #[serde(rename = "y", default)]
    pub accepted: bool,
}

/// What a step of a ticket does to its proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposing {
    /// It is one now.
    Propose(Proposal),
    /// It did not help, or is gone.
    Withdraw(TicketId),
}

impl Proposals {
    /// With what a step did. One ticket is proposed once. Past the bound the oldest open one makes room; where all were
    /// accepted the new one is left out.
    pub fn apply(&mut self, step: &Proposing) {
        match step {
            Proposing::Withdraw(ticket) => {
                self.all.retain(|known| known.ticket != *ticket);
            }
            Proposing::Propose(proposal) if self.find(proposal.ticket).is_some() => {}
            Proposing::Propose(proposal) => {
                if self.all.len() >= PROPOSALS_MAX {
                    let Some(oldest) = self.all.iter().position(|known| !known.accepted) else { return };
                    self.all.remove(oldest);
                }
                self.all.push(proposal.clone());
            }
        }
    }

    /// With an operator's word on some of them. Those that were refused are gone.
    #[must_use]
    pub fn decided(&self, accept: &[TicketId], refuse: &[TicketId]) -> Self {
        let mut next = self.clone();
        next.all.retain(|known| !refuse.contains(&known.ticket));
        for known in next.all.iter_mut().filter(|known| accept.contains(&known.ticket)) {
            known.accepted = true;
        }
        next
    }

    /// The proposal of this ticket.
    pub fn find(&self, ticket: TicketId) -> Option<&Proposal> {
        self.all.iter().find(|known| known.ticket == ticket)
    }
}

impl Ticket {
    /// What the step of this number does to its proposal: a person's reply by a canned answer proposes its question as an
    /// example, a liked reply in a person's own words as a new answer; what did not help is none.
    pub fn proposes(&self, number: usize) -> Option<Proposing> {
        let (step, before) = self.step_at(number)?;
        let propose = |answer| {
            Some(Proposing::Propose(Proposal { ticket: self.id, answer, at: step.at, accepted: false }))
        };
        match step.action {
            _ if self.erased.is_some() => Some(Proposing::Withdraw(self.id)),
            Action::Replied => {
                let is_its = |message: &&Message| message.at == step.at && message.by == step.by;
                let answer =
                    self.messages.iter().filter(is_its).find_map(|message| message.answer_id.clone());
                answer.and_then(|answer| propose(Some(answer)))
            }
            Action::Rated if self.has_liked_words() => propose(None),
            Action::Reopened if before.iter().any(|step| step.action == Action::Solved) => {
                Some(Proposing::Withdraw(self.id))
            }
            _ => None,
        }
    }

    /// The reply in a person's own words that its customer liked.
    pub fn liked_reply(&self) -> Option<&Message> {
        let is_reply = |message: &&Message| {
            matches!(message.by, Actor::Person(_)) && message.visibility == Visibility::Public
        };
        self.messages.iter().rev().find(is_reply).filter(|message| message.answer_id.is_none())
    }

    fn has_liked_words(&self) -> bool {
        matches!(self.status, Status::Solved | Status::Closed)
            && self.rating.as_ref().is_some_and(|rating| rating.verdict == Verdict::Like)
            && self.liked_reply().is_some()
    }
}

/// A text as an example: on one line, and whether it had to be cut.
pub fn as_example(text: &str) -> (String, bool) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|character| !character.is_control()).collect();
    let example: String = line.chars().take(EXAMPLE_CHARS_MAX).collect();
    let is_cut = example.len() < line.len();
    (example, is_cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposal(number: u64) -> Proposal {
        let ticket = TicketId::new(Time(i64::try_from(number).unwrap()), [7; 16]);
        Proposal { ticket, answer: LabelId::parse("mail").ok(), at: Time(5), accepted: false }
    }

    #[test]
    fn one_ticket_is_one_proposal_and_the_oldest_open_one_makes_room() {
        let mut proposals = Proposals::default();
        proposals.apply(&Proposing::Propose(proposal(0)));
        proposals.apply(&Proposing::Propose(proposal(0)));
        assert_eq!(proposals.all.len(), 1);
        proposals = proposals.decided(&[proposal(0).ticket], &[]);
        (1..=PROPOSALS_MAX as u64).for_each(|number| proposals.apply(&Proposing::Propose(proposal(number))));
        assert_eq!(proposals.all.len(), PROPOSALS_MAX);
        assert!(proposals.find(proposal(0).ticket).unwrap().accepted, "what was accepted stays");
        assert_eq!(proposals.find(proposal(1).ticket), None);
        assert!(serde_json::to_vec(&proposals).unwrap().len() < 90_000);
        let all: Vec<TicketId> = proposals.all.iter().map(|known| known.ticket).collect();
        let mut full = proposals.decided(&all, &[]);
        full.apply(&Proposing::Propose(proposal(9_999)));
        assert_eq!(full.find(proposal(9_999).ticket), None);
        assert!(full.decided(&[], &all).all.is_empty());
    }

    #[test]
    fn an_example_is_one_line_within_its_bound() {
        assert_eq!(as_example(" My\tsite\n\nis \u{7f}down "), ("My site is down".to_owned(), false));
        let (example, is_cut) = as_example(&"ä".repeat(EXAMPLE_CHARS_MAX + 1));
        assert_eq!((example.chars().count(), is_cut), (EXAMPLE_CHARS_MAX, true));
    }
}
