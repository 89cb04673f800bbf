//! A ticket that nobody who is there can take: its customer is told, and its desk's journal says so once a stay.

use super::{State, Ticket};
use crate::history::{Action, Actor};
use crate::presence::Missing;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// That nobody who is there could take a ticket, as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unserved {
    /// Since when.
    pub since: Time,
    /// When somebody was expected; none if that was not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_at: Option<Time>,
    /// Whether the journal says so.
    #[serde(default)]
    pub told: bool,
    /// Somebody who can was there since: it is so no longer.
    #[serde(default)]
    pub over: bool,
}

impl Ticket {
    /// That nobody who is there can take it at `now`, as far as is known.
    pub fn unserved_at(&self, now: Time) -> Option<&Unserved> {
        let waits = self.state(now) == State::Queued;
        let is_so = |unserved: &&Unserved| !unserved.over && unserved.back_at.is_none_or(|back| now < back);
        self.unserved.as_ref().filter(|_| waits).filter(is_so)
    }

    /// This ticket with what is known of those who could take it: that all are `missing`, or that somebody is there. Only one
    /// that waits is concerned.
    #[must_use]
    pub fn with_cover(&self, missing: Option<Missing>, now: Time) -> Self {
        if self.state(now) != State::Queued {
            return self.clone();
        }
        let known = self.unserved.as_ref();
        let unserved = match (missing, known) {
            (None, known) => known.map(|known| Unserved { over: true, ..known.clone() }),
            (Some(Missing { back_at }), Some(known)) => {
                let since = if known.over { now } else { known.since };
                Some(Unserved { since, back_at, over: false, told: known.told })
            }
            (Some(Missing { back_at }), None) => {
                Some(Unserved { since: now, back_at, told: false, over: false })
            }
        };
        Self { unserved, ..self.clone() }
    }

    /// The same, with a step that says so, if none of this stay does yet. A history that is full says nothing more.
    #[must_use]
    pub fn told_of_cover(&self, missing: Option<Missing>, now: Time) -> Self {
        let mut ticket = self.with_cover(missing, now);
        let untold = |unserved: &&mut Unserved| !unserved.over && !unserved.told;
        if let Some(unserved) = ticket.unserved.as_mut().filter(untold) {
            unserved.told = true;
            let _ = ticket.step(now, Actor::Desk, Action::Unserved, None);
        }
        ticket
    }
}
