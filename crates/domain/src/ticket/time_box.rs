//! Working time: how long people have worked on a ticket in its line, how long they may, and what comes then.
//!
//! Working time is the time somebody held the ticket, a lapsed hold up to its end. It begins anew in another line.

use super::{HandOver, Refusal, Ticket};
use crate::desk::{Line, Policy};
use crate::history::{Action, Actor};
use crate::ids::{LineId, PersonId};
use crate::limits::REASON_CHARS_MAX;
use crate::routing::TIME_BOX;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Work on a ticket in its present line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Work {
    /// Milliseconds of the holds that are over.
    #[serde(default)]
    pub held_ms: i64,
    /// Whether the time box was extended.
    #[serde(default)]
    pub extended: bool,
}

impl Work {
    /// Whether there was none.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A ticket's time box at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeBox {
    /// Working time it may take here, with the extension if there was one.
    pub limit_ms: i64,
    /// Working time it took.
    pub worked_ms: i64,
    /// Whether it was extended: it can be once.
    pub extended: bool,
}

impl TimeBox {
    /// Whether four fifths are over: of 15 minutes, 12.
    pub fn is_short(&self) -> bool {
        self.worked_ms.saturating_mul(5) >= self.limit_ms.saturating_mul(4)
    }

    /// Whether all of it is.
    pub fn is_over(&self) -> bool {
        self.worked_ms >= self.limit_ms
    }

    /// What is left.
    pub fn left_ms(&self) -> i64 {
        (self.limit_ms - self.worked_ms).max(0)
    }
}

/// Why the desk moves a ticket up by itself.
const REASON: &str = "time box over";

impl Ticket {
    /// Its time box in `line`; none if that has none, or if it is in no line.
    pub fn time_box(&self, line: &Line, now: Time) -> Option<TimeBox> {
        let limit_s = line.time_box_s.filter(|_| self.stay.is_some() && self.line == line.id)?;
        let held = self.lease.as_ref().map_or(0, |lease| now.min(lease.until).since_ms(lease.since));
        let boxes = if self.work.extended { 2 } else { 1 };
        Some(TimeBox {
            limit_ms: i64::from(limit_s) * 1000 * boxes,
            worked_ms: self.work.held_ms.saturating_add(held),
            extended: self.work.extended,
        })
    }

    /// Ends the hold there is, if any: its time counts as work.
    pub(super) fn end_hold(&mut self, now: Time) {
        if let Some(lease) = self.lease.take() {
            let held = now.min(lease.until).since_ms(lease.since);
            self.work.held_ms = self.work.held_ms.saturating_add(held);
        }
    }

    /// Gives its holder the time box once more, for a reason that colleagues can read as a note.
    pub fn extend(&self, person: &PersonId, now: Time, reason: &str) -> Result<Self, Refusal> {
        if self.holder(now).is_none_or(|lease| lease.person != *person) {
            return Err(Refusal::NotHolder);
        }
        if self.work.extended {
            return Err(Refusal::Extended);
        }
        let mut ticket = self.clone();
        let by = Actor::Person(person.clone());
        ticket.push_note(now, by.clone(), reason);
        ticket.work.extended = true;
        ticket.step(now, by, Action::Extended, Some(reason))?;
        Ok(ticket)
    }

    /// Moves it to `to`, if its time box is over, with what its people wrote last: no place is lost. Nothing if there is
    /// no need.
    pub fn escalate_overdue(
        &self,
        line: &Line,
        (to, skills): (&LineId, &[String]),
        policy: &Policy,
        now: Time,
    ) -> Option<Result<Self, Refusal>> {
        let overdue = self.time_box(line, now).is_some_and(|time_box| time_box.is_over());
        let stay = self.stay.as_ref().filter(|stay| overdue && stay.line != *to)?;
        let over = HandOver {
            at: now,
            by: Actor::Desk,
            from: stay.line.clone(),
            to: to.clone(),
            reason: REASON.to_owned(),
            tried: self.last_words_of_people(),
            kind: Some(TIME_BOX.to_owned()),
            asked: None,
            taken_at: None,
            counted: 0,
        };
        let head_start_s = stay.head_start_s.min(policy.head_start_max_s);
        Some(self.pass_on(stay, over, (skills.to_vec(), head_start_s), Action::Escalated))
    }

    /// What somebody at the desk wrote last, replies and notes alike, cut to what a hand-over holds.
    fn last_words_of_people(&self) -> Option<String> {
        let by_people = |actor: &Actor| matches!(actor, Actor::Person(_));
        let last = self.messages.iter().rev().find(|message| by_people(&message.by))?;
        Some(last.body.chars().take(REASON_CHARS_MAX).collect()).filter(|words: &String| !words.is_empty())
    }
}
