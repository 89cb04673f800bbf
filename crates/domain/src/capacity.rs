//! How much somebody has in hand at a time, over all lines and channels: a chat takes more of them than a mail.
//!
//! Each ticket weighs so many units, by its channel, as the desk said when the ticket entered its line. Weights are part
//! of the skills that name a queue: tickets that weigh the same wait in the same one, so whoever has little room left
//! finds the earliest that fits at a head, however many heavier ones wait beside it.

use crate::history::{Action, Actor};
use crate::ids::{PersonId, TicketId};
use crate::limits::{CAPACITY_UNITS_MAX, CLAIM_AT_WORK_S, LAPSED_REMEMBERED};
use crate::people::{WEIGHT, weight};
use crate::ticket::Ticket;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How tickets come.
pub const CHANNELS: [&str; 4] = ["api", "chat", "email", "form"];

/// What one person can have in hand at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Units.
    pub units: u32,
    /// Units of a ticket, by its channel; 1 if not said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<String, u32>,
}

impl Capacity {
    /// What is wrong with it, and where.
    pub(crate) fn mistakes(&self) -> Vec<(String, String)> {
        let mut found = vec![];
        if !(1..=CAPACITY_UNITS_MAX).contains(&self.units) {
            found.push(("units".to_owned(), format!("must be from 1 to {CAPACITY_UNITS_MAX}")));
        }
        if self.weights.keys().any(|channel| !CHANNELS.contains(&channel.as_str())) {
            found.push(("weights".to_owned(), format!("channels are {}", CHANNELS.join(", "))));
        }
        let known = self.weights.iter().filter(|(channel, _)| CHANNELS.contains(&channel.as_str()));
        for (channel, _) in known.filter(|(_, units)| !(1..=self.units).contains(*units)) {
            let what = "must be from 1 to policy.capacity.units: what weighs more fits nobody".to_owned();
            found.push((format!("weights.{channel}"), what));
        }
        found
    }

    /// What a ticket that came by `channel` has among its skills for its weight; nothing for one unit.
    pub fn word(&self, channel: &str) -> Option<String> {
        self.weights.get(channel).filter(|units| **units > 1).map(|units| format!("{WEIGHT}{units}"))
    }

    /// What a ticket with these skills takes. One that entered when the desk allowed more takes all there is: whoever has
    /// nothing else in hand can still do it.
    pub fn weight(&self, skills: &[String]) -> u32 {
        weight(skills).min(self.units)
    }
}

/// A ticket that somebody took, or is just taking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// Which.
    pub ticket: TicketId,
    /// Units.
    pub weight: u32,
    /// Since when.
    pub at: Time,
    /// Names the request that takes it: repeated, it takes nothing more.
    pub by: String,
}

/// What a ticket says of somebody's hand on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grip {
    /// They have it, or may be just taking it.
    Firm,
    /// Their lease has lapsed and nobody took it since: with their next word on it they have it again.
    Loose,
    /// They have it no more.
    None,
}

impl Hand {
    fn grip(&self, ticket: Option<&Ticket>, person: &PersonId, now: Time) -> Grip {
        let lease = ticket.and_then(|ticket| ticket.lease.as_ref()).filter(|lease| lease.person == *person);
        if lease.is_some_and(|lease| lease.until > now) {
            return Grip::Firm;
        }
        let took = |ticket: &Ticket| {
            let since = ticket.steps.iter().rev().take_while(|step| step.at >= self.at);
            since.into_iter().any(|step| {
                step.action == Action::Claimed && matches!(&step.by, Actor::Person(by) if by == person)
            })
        };
        if self.at.plus_s(CLAIM_AT_WORK_S) > now && !ticket.is_some_and(took) {
            return Grip::Firm;
        }
        if lease.is_some() { Grip::Loose } else { Grip::None }
    }
}

/// All that one person has in hand. The tickets' leases are what is true: this says where to look.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hands {
    /// Those that count.
    firm: Vec<Hand>,
    /// Those that count again if a lapsed lease is worked on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    loose: Vec<Hand>,
}

impl Hands {
    /// Units in hand, but for what the request `by` takes. No more than this, whatever the tickets say.
    pub fn units_beside(&self, by: &str) -> u32 {
        let beside = self.firm.iter().chain(&self.loose).filter(|hand| hand.by != by);
        beside.map(|hand| hand.weight).fold(0, u32::saturating_add)
    }

    /// The tickets it tells of, each once.
    pub fn tickets(&self) -> Vec<TicketId> {
        self.firm.iter().chain(&self.loose).map(|hand| hand.ticket).collect()
    }

    /// As these tickets say it is at `now`.
    #[must_use]
    pub fn as_told(&self, tickets: &BTreeMap<TicketId, Ticket>, person: &PersonId, now: Time) -> Self {
        let mut told = Self::default();
        for hand in self.firm.iter().chain(&self.loose) {
            match hand.grip(tickets.get(&hand.ticket), person, now) {
                Grip::Firm => told.firm.push(hand.clone()),
                Grip::Loose => told.loose.push(hand.clone()),
                Grip::None => {}
            }
        }
        told.loose.sort_by_key(|hand| std::cmp::Reverse(hand.at));
        told.loose.truncate(LAPSED_REMEMBERED);
        told
    }

    /// Units that count at the last look, but for what the request `by` takes.
    pub fn firm_beside(&self, by: &str) -> u32 {
        let beside = self.firm.iter().filter(|hand| hand.by != by);
        beside.map(|hand| hand.weight).fold(0, u32::saturating_add)
    }

    /// With one more, in the place of what its request took before.
    #[must_use]
    pub fn with(&self, hand: Hand) -> Self {
        let mut hands = self.without(&hand.by);
        hands.firm.retain(|known| known.ticket != hand.ticket);
        hands.loose.retain(|known| known.ticket != hand.ticket);
        hands.firm.push(hand);
        hands
    }

    /// Without what the request `by` takes.
    #[must_use]
    pub fn without(&self, by: &str) -> Self {
        let mut hands = self.clone();
        hands.firm.retain(|hand| hand.by != by);
        hands.loose.retain(|hand| hand.by != by);
        hands
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_names_a_queue_and_nothing_is_heavier_than_somebody_with_empty_hands_can_take() {
        let capacity = Capacity { units: 4, weights: [("chat".to_owned(), 3), ("api".to_owned(), 1)].into() };
        assert_eq!(capacity.mistakes(), vec![]);
        assert_eq!((capacity.word("chat").as_deref(), capacity.word("api")), (Some("=3"), None));
        assert_eq!(capacity.word("phone"), None);
        let weighs =
            |words: &[&str]| capacity.weight(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!((weighs(&["lang:en", "=3"]), weighs(&["~lang:en"]), weighs(&["=9"])), (3, 1, 4));
    }

    #[test]
    fn mistakes_name_their_place() {
        let weights = [("chat".to_owned(), 9), ("pigeon".to_owned(), 1), ("api".to_owned(), 0)];
        let capacity = Capacity { units: 4, weights: weights.into() };
        let at: Vec<_> = capacity.mistakes().into_iter().map(|(at, _)| at).collect();
        assert_eq!(at, ["weights", "weights.api", "weights.chat"]);
        for units in [0, CAPACITY_UNITS_MAX + 1] {
            let capacity = Capacity { units, weights: BTreeMap::new() };
            assert_eq!(capacity.mistakes().first().map(|(at, _)| at.as_str()), Some("units"));
        }
    }

    fn hand(ticket: u8, by: &str, at: i64) -> Hand {
        Hand { ticket: TicketId::new(Time(0), [ticket; 16]), weight: 2, at: Time(at), by: by.to_owned() }
    }

    #[test]
    fn what_is_just_being_taken_counts_until_it_cannot_be_any_more() {
        let person = PersonId::parse("ana").unwrap();
        let hands = Hands::default().with(hand(1, "a", 0)).with(hand(2, "b", 30_000));
        assert_eq!((hands.units_beside("a"), hands.units_beside("c")), (2, 4));
        let told = |at: i64| hands.as_told(&BTreeMap::new(), &person, Time(at)).firm_beside("");
        let last = i64::from(CLAIM_AT_WORK_S) * 1000;
        assert_eq!((told(last - 1), told(last), told(last + 30_000)), (4, 2, 0));
    }

    #[test]
    fn a_request_takes_one_ticket_however_often_it_comes() {
        let hands = Hands::default().with(hand(1, "a", 0)).with(hand(1, "a", 0)).with(hand(2, "a", 1));
        assert_eq!((hands.units_beside(""), hands.tickets().len()), (2, 1));
        assert_eq!(hands.without("a"), Hands::default());
        let twice = Hands::default().with(hand(1, "a", 0)).with(hand(1, "b", 0));
        assert_eq!(twice.units_beside(""), 2, "one ticket, whoever asks");
    }
}
