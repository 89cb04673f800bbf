//! A head start that is bought while waiting.

use super::{Refusal, State, Ticket};
use crate::desk::Policy;
use crate::history::{Action, Actor};
use crate::journal::text_digest;
use crate::limits::BOOSTS_MAX;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// What was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boost {
    /// When.
    pub at: Time,
    /// Seconds.
    pub seconds: u32,
    /// Salted digest of the payment's reference: the same payment is not used twice.
    pub payment: String,
}

/// What somebody wants to buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bought {
    /// By whom it is told.
    pub by: Actor,
    /// When.
    pub now: Time,
    /// Seconds.
    pub seconds: u32,
    /// How the payment is known.
    pub payment: String,
}

impl Ticket {
    /// Seconds that can still be bought for it: what is left of the boosts' cap and of the desk's on everything.
    pub fn boost_left_s(&self, policy: &Policy) -> u32 {
        let held = self.stay.as_ref().map_or(self.receipt.head_start_s, |stay| stay.head_start_s);
        let boosts = policy.boost_max_s.saturating_sub(self.receipt.head_start.boost_s);
        boosts.min(policy.head_start_max_s.saturating_sub(held))
    }

    /// Moves it ahead by what was bought. All of it or nothing: past a cap it is refused, and nothing is to be paid. A
    /// payment that was used here before changes nothing.
    pub fn boost(&self, bought: &Bought, policy: &Policy) -> Result<Self, Refusal> {
        let payment = text_digest(&self.salt, &bought.payment);
        if self.boosts.iter().any(|boost| boost.payment == payment) {
            return Ok(self.clone());
        }
        let state = self.state(bought.now);
        let stay = self.stay.as_ref().filter(|_| state == State::Queued);
        let stay = stay.ok_or(Refusal::WrongState { state })?.clone();
        let left_s = self.boost_left_s(policy);
        if bought.seconds == 0 || bought.seconds > left_s {
            return Err(Refusal::Boost { left_s });
        }
        if self.boosts.len() >= BOOSTS_MAX {
            return Err(Refusal::Full { what: "boosts", limit: BOOSTS_MAX });
        }
        let mut ticket = self.clone();
        let waited_ms = bought.now.since_ms(stay.place.e);
        ticket.boosts.push(Boost { at: bought.now, seconds: bought.seconds, payment });
        ticket.receipt.head_start.boost_s += bought.seconds;
        ticket.receipt.head_start_s = ticket.receipt.head_start_s.saturating_add(bought.seconds);
        ticket.enter(stay.line, bought.now, waited_ms, stay.head_start_s.saturating_add(bought.seconds));
        ticket.step(bought.now, bought.by.clone(), Action::Boosted, Some(&bought.payment))?;
        Ok(ticket)
    }
}
