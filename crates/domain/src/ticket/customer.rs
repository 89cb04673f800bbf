//! What the customer does with a ticket.

use super::{GivenAnswer, Rating, Refusal, State, Status, Ticket};
use crate::desk::Policy;
use crate::history::{Action, Actor};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Like or dislike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Liked.
    Like,
    /// Disliked.
    Dislike,
}

/// What a ticket needs of the desk's policy when it comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// When.
    pub now: Time,
    /// Most seconds of earlier waiting that a reopened ticket brings along.
    pub reopen_credit_s: u32,
    /// The desk's bound on head starts, as it is now.
    pub head_start_max_s: u32,
}

impl Outcome {
    /// At `now`, under the policy in force.
    pub fn under(policy: &Policy, now: Time) -> Self {
        let Policy { reopen_credit_s, head_start_max_s, .. } = *policy;
        Self { now, reopen_credit_s, head_start_max_s }
    }
}

impl GivenAnswer {
    fn refused(self, now: Time) -> Self {
        Self { refused_at: Some(now), ..self }
    }
}

impl Ticket {
    /// More from the customer. On `answered`, `waiting` and `solved` it brings the ticket to its line.
    pub fn message(&self, body: &str, channel: &str, outcome: Outcome) -> Result<Self, Refusal> {
        if self.status == Status::Closed {
            return Err(Refusal::WrongState { state: State::Closed });
        }
        let mut ticket = self.clone();
        let message = ticket.next_message(outcome.now, Actor::Customer, channel, body);
        ticket.messages.push(message);
        ticket.step(outcome.now, Actor::Customer, Action::Messaged, Some(body))?;
        match self.status {
            Status::Waiting => ticket.come_back(outcome, self.waited_ms)?,
            Status::Solved => ticket.come_back(outcome, self.credit_ms(outcome))?,
            // More words on an answered ticket are no verdict on the answer, but nobody reads them unless it comes to people.
            Status::Answered => ticket.come_back(outcome, self.credit_ms(outcome))?,
            Status::Queued | Status::Closed => {}
        }
        Ok(ticket)
    }

    /// "This solved it" or "that did not help". Saying the same twice changes nothing.
    pub fn outcome(&self, solved: bool, outcome: Outcome) -> Result<Self, Refusal> {
        let mut ticket = self.clone();
        match (self.status, solved) {
            (Status::Closed, true) | (Status::Queued, false) => {}
            (Status::Closed, false) => return Err(Refusal::WrongState { state: State::Closed }),
            (_, true) => {
                ticket.leave(outcome.now);
                ticket.status = Status::Closed;
                ticket.step(outcome.now, Actor::Customer, Action::Confirmed, None)?;
            }
            (Status::Answered | Status::Solved | Status::Waiting, false) => {
                if self.status == Status::Answered {
                    ticket.answer = ticket.answer.map(|given| given.refused(outcome.now));
                }
                ticket.come_back(outcome, self.credit_ms(outcome))?;
            }
        }
        Ok(ticket)
    }

    /// Likes or dislikes; the last word counts.
    pub fn rate(&self, verdict: Verdict, comment: Option<String>, now: Time) -> Result<Self, Refusal> {
        let state = self.state(now);
        if !matches!(state, State::Answered | State::Solved | State::Closed) {
            return Err(Refusal::WrongState { state });
        }
        let mut ticket = self.clone();
        ticket.step(now, Actor::Customer, Action::Rated, comment.as_deref())?;
        ticket.rating = Some(Rating { verdict, comment, at: now });
        Ok(ticket)
    }

    fn credit_ms(&self, outcome: Outcome) -> i64 {
        self.waited_ms.min(i64::from(outcome.reopen_credit_s) * 1000)
    }

    fn come_back(&mut self, outcome: Outcome, credit_ms: i64) -> Result<(), Refusal> {
        let head_start_s = self.receipt.head_start_s.min(outcome.head_start_max_s);
        self.enter(self.line.clone(), outcome.now, credit_ms, head_start_s);
        self.step(outcome.now, Actor::Customer, Action::Reopened, None)
    }
}
