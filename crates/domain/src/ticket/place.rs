//! Entering and leaving lines: where a ticket's place comes from.

use super::{Status, Stay, Ticket, Work};
use crate::ids::LineId;
use crate::queue::Place;
use crate::time::Time;

impl Ticket {
    /// Enters `line` at `now`, having waited `credit_ms` already, with `head_start_s` of advantage.
    pub(super) fn enter(&mut self, line: LineId, now: Time, credit_ms: i64, head_start_s: u32) {
        self.leave(now);
        self.stays += 1;
        let e = now.minus_ms(credit_ms);
        let v = e.minus_ms(i64::from(head_start_s) * 1000);
        let place = Place { v, e, ticket: self.id, stay: self.stays };
        self.owe(&line, place);
        if self.line != line {
            self.work = Work::default();
        }
        self.line = line.clone();
        self.stay = Some(Stay { line, place, head_start_s });
        self.status = Status::Queued;
    }

    /// Leaves the line it is in, if any, remembering how long it waited on us.
    pub(super) fn leave(&mut self, now: Time) {
        self.end_hold(now);
        self.unserved = None;
        if let Some(stay) = self.stay.take() {
            self.waited_ms = now.since_ms(stay.place.e);
            self.owe(&stay.line, stay.place);
        }
    }
}
