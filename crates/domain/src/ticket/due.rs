//! What of a ticket has its time: its promise and its time box. When the next of it is due, and what is told then.

use super::{Refusal, Status, Ticket};
use crate::desk::Desk;
use crate::history::Actor;
use crate::hours::Timetable;
use crate::service_level::{self, Notice};
use crate::time::Time;

impl Ticket {
    /// The next moment at which something is to be told or done, by the hours of its arrival; a moment that is over, if that was not done yet.
    pub fn next_due(&self, desk: &Desk, hours: &Timetable, now: Time) -> Option<Time> {
        let notices = self.notices(hours, now);
        notices.iter().map(|notice| notice.at).chain(self.time_box_ends(desk, now)).min()
    }

    /// This ticket with what its people are to be told of its promise by `now`, once each; none if that is nothing.
    pub fn telling(&self, hours: &Timetable, now: Time) -> Option<Result<Self, Refusal>> {
        let notices = self.notices(hours, now).into_iter().filter(|notice| notice.at <= now);
        let mut notices = notices.peekable();
        notices.peek()?;
        let mut ticket = self.clone();
        let told = notices.try_for_each(|notice| ticket.step(now, Actor::Desk, notice.action, None));
        Some(told.map(|()| ticket))
    }

    /// Whether it is our turn, and its promise is short of time or late, and people were told so.
    pub fn is_at_risk(&self) -> bool {
        let at_risk = |promise| service_level::is_at_risk(promise, self.past());
        self.status == Status::Queued && self.promise.as_ref().is_some_and(at_risk)
    }

    /// Whether tier 1's answer did not help.
    pub(super) fn is_refused(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.refused_at.is_some())
    }

    fn notices(&self, hours: &Timetable, now: Time) -> Vec<Notice> {
        let Some(promise) = self.promise.as_ref().filter(|_| self.erased.is_none()) else { return vec![] };
        let calendar = hours.calendar(&self.line);
        service_level::notices(promise, self.past(), calendar.as_ref(), now)
    }

    /// When it goes up by itself, if whoever has it keeps it until then.
    fn time_box_ends(&self, desk: &Desk, now: Time) -> Option<Time> {
        let line = desk.line(&self.line)?;
        desk.line_above(line)?;
        let time_box = self.time_box(line, now)?;
        match &self.lease {
            Some(lease) if time_box.is_over() || lease.until > now => {
                let left_ms = (time_box.limit_ms - self.work.held_ms).max(0);
                Some(Time(lease.since.0.saturating_add(left_ms)))
            }
            None if time_box.is_over() => self.steps.last().map(|step| step.at),
            // Nobody works on it.
            _ => None,
        }
    }
}
