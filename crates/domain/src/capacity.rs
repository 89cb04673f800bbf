//! How much somebody has in hand at a time, over all lines and channels: a chat takes more of them than a mail.
//!
//! Each ticket weighs so many units, by its channel, as the desk said when the ticket entered its line. Weights are part
//! of the skills that name a queue: tickets that weigh the same wait in the same one, so whoever has little room left
//! finds the earliest that fits at a head, however many heavier ones wait beside it.

use crate::history::{Action, Actor};
use crate::ids::{PersonId, TicketId};
use crate::limits::{CAPACITY_UNITS_MAX, CLAIM_AT_WORK_S, HANDS_LONG, LAPSED_REMEMBERED};
use crate::people::{WEIGHT, weight};
use crate::ticket::Ticket;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How tickets come.
pub const CHANNELS: [&str; 4] = ["api", "chat", "email", "form"];

/// What one person can have in hand at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    /// Units.
    pub units: u32,
    /// Units of a ticket, by its channel; 1 if not said.
    pub weights: BTreeMap<String, u32>,
}

impl Capacity {
    /// As a desk file that was checked says it; none if it says nothing. Read by hand: every component carries this.
    pub fn read(said: &Value) -> Option<Self> {
        let units = |value: &Value| u32::try_from(value.as_u64()?).ok();
        let weights = said.get("weights").and_then(Value::as_object).into_iter().flatten();
        let weights = weights.filter_map(|(channel, value)| Some((channel.clone(), units(value)?)));
        Some(Self { units: units(said.get("units")?)?, weights: weights.collect() })
    }

    /// What is wrong with what a desk file says, and where.
    pub(crate) fn mistakes(said: &Value) -> Vec<(&'static str, &'static str)> {
        if said.is_null() {
            return vec![];
        }
        let within = |value: Option<&Value>, most: u64| {
            value.and_then(Value::as_u64).is_some_and(|units| (1..=most).contains(&units))
        };
        let mut found = vec![];
        let known = |name: &String| matches!(name.as_str(), "units" | "weights");
        if !said.as_object().is_some_and(|table| table.keys().all(known)) {
            found.push(("", "is a table of units and weights"));
        }
        if !within(said.get("units"), u64::from(CAPACITY_UNITS_MAX)) {
            found.push((".units", "must be from 1 to 32"));
        }
        let most = said.get("units").and_then(Value::as_u64).unwrap_or(0);
        let fits = |(channel, value): (&String, &Value)| {
            CHANNELS.contains(&channel.as_str()) && within(Some(value), most)
        };
        let weights = said.get("weights");
        if !weights.is_none_or(|weights| weights.as_object().is_some_and(|table| table.iter().all(fits))) {
            found.push((".weights", "are of api, chat, email and form, each from 1 to units"));
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
    /// Whether the request may still be at work.
    fn is_at_work(&self, now: Time) -> bool {
        self.at.plus_s(CLAIM_AT_WORK_S) > now
    }

    fn grip(&self, ticket: Option<&Ticket>, person: &PersonId, now: Time) -> Grip {
        let lease = ticket.and_then(|ticket| ticket.lease.as_ref()).filter(|lease| lease.person == *person);
        if lease.is_some_and(|lease| lease.until > now) {
            return Grip::Firm;
        }
        let took = |ticket: &Ticket| {
            let since = ticket.history().rev().take_while(|step| step.at >= self.at);
            since.into_iter().any(|step| {
                step.action == Action::Claimed && matches!(&step.by, Actor::Person(by) if by == person)
            })
        };
        if self.is_at_work(now) && !ticket.is_some_and(took) {
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

/// What is left out of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside<'a> {
    /// What a request takes.
    Request(&'a str),
    /// This ticket, whoever takes it.
    Ticket(TicketId),
}

impl Beside<'_> {
    fn has(self, hand: &Hand) -> bool {
        match self {
            Self::Request(by) => hand.by == by,
            Self::Ticket(ticket) => hand.ticket == ticket,
        }
    }
}

impl Hands {
    fn all(&self) -> impl Iterator<Item = &Hand> {
        self.firm.iter().chain(&self.loose)
    }

    /// Units in hand, beside what is left out; no fewer than the tickets will say.
    pub fn at_most(&self, beside: Beside<'_>) -> u32 {
        units(self.all().filter(|hand| !beside.has(hand)))
    }

    /// Units that counted when the tickets were last asked, beside what is left out.
    pub fn firm(&self, beside: Beside<'_>) -> u32 {
        units(self.firm.iter().filter(|hand| !beside.has(hand)))
    }

    /// The tickets it tells of, each once.
    pub fn tickets(&self) -> BTreeSet<TicketId> {
        self.all().map(|hand| hand.ticket).collect()
    }

    /// Whether it has more than it should need: then the tickets are asked, whatever it says.
    pub fn is_long(&self) -> bool {
        self.firm.len() >= HANDS_LONG
    }

    /// As these tickets say it is at `now`.
    #[must_use]
    pub fn as_told(&self, tickets: &BTreeMap<TicketId, Ticket>, person: &PersonId, now: Time) -> Self {
        let mut told = Self::default();
        for hand in self.all() {
            let ticket = tickets.get(&hand.ticket);
            match hand.grip(ticket, person, now) {
                Grip::Firm => told.firm.push(hand.clone()),
                Grip::Loose => told.loose.push(hand.clone()),
                Grip::None => {}
            }
        }
        let mut seen = BTreeSet::new();
        told.firm.sort_by_key(|hand| std::cmp::Reverse(hand.at));
        told.firm.retain(|hand| seen.insert(hand.ticket) || hand.is_at_work(now));
        told.loose.sort_by_key(|hand| std::cmp::Reverse(hand.at));
        told.loose.truncate(LAPSED_REMEMBERED);
        told
    }

    /// With one more: once for each request.
    #[must_use]
    pub fn with(&self, hand: Hand) -> Self {
        let mut hands = self.without(hand.ticket, &hand.by);
        hands.firm.push(hand);
        hands
    }

    /// Without what the request `by` takes of `ticket`.
    #[must_use]
    pub fn without(&self, ticket: TicketId, by: &str) -> Self {
        let mut hands = self.clone();
        for kept in [&mut hands.firm, &mut hands.loose] {
            kept.retain(|hand| hand.ticket != ticket || hand.by != by);
        }
        hands
    }
}

/// Of each ticket once, whoever of somebody's requests takes it.
fn units<'a>(hands: impl Iterator<Item = &'a Hand>) -> u32 {
    let each: BTreeMap<_, _> = hands.map(|hand| (hand.ticket, hand.weight)).collect();
    each.values().copied().fold(0, u32::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_weight_names_a_queue_and_nothing_is_heavier_than_somebody_with_empty_hands_can_take() {
        let said = json!({"units": 4, "weights": {"chat": 3, "api": 1}});
        assert_eq!(Capacity::mistakes(&said), vec![]);
        let capacity = Capacity::read(&said).unwrap();
        assert_eq!((capacity.word("chat").as_deref(), capacity.word("api")), (Some("=3"), None));
        assert_eq!(capacity.word("phone"), None);
        let weighs =
            |words: &[&str]| capacity.weight(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!((weighs(&["lang:en", "=3"]), weighs(&["~lang:en"]), weighs(&["=9"])), (3, 1, 4));
        assert_eq!((Capacity::read(&Value::Null), Capacity::mistakes(&Value::Null)), (None, vec![]));
    }

    #[test]
    fn mistakes_name_their_place() {
        let at = |said: Value| Capacity::mistakes(&said).into_iter().map(|(at, _)| at).collect::<Vec<_>>();
        for weights in
            [json!({"chat": 9}), json!({"pigeon": 1}), json!({"api": 0}), json!({"api": "1"}), json!(3)]
        {
            assert_eq!(at(json!({"units": 4, "weights": weights})), [".weights"]);
        }
        assert_eq!(
            (CAPACITY_UNITS_MAX, CHANNELS.join(" ")),
            (32, "api chat email form".to_owned()),
            "as it is told"
        );
        for units in [json!(0), json!(CAPACITY_UNITS_MAX + 1), json!(-1), json!(1.5), json!("4")] {
            assert_eq!(at(json!({"units": units})), [".units"]);
        }
        assert_eq!(at(json!({"units": 4, "unit": 4})), [""]);
        assert_eq!(at(json!(4)), ["", ".units"]);
    }

    fn hand(ticket: u8, by: &str, at: i64) -> Hand {
        Hand { ticket: TicketId::new(Time(0), [ticket; 16]), weight: 2, at: Time(at), by: by.to_owned() }
    }

    #[test]
    fn what_is_just_being_taken_counts_until_it_cannot_be_any_more() {
        let person = PersonId::parse("ana").unwrap();
        let hands = Hands::default().with(hand(1, "a", 0)).with(hand(2, "b", 30_000));
        assert_eq!((hands.at_most(Beside::Request("a")), hands.at_most(Beside::Request("c"))), (2, 4));
        let told = |at: i64| hands.as_told(&BTreeMap::new(), &person, Time(at)).firm(Beside::Request(""));
        let last = i64::from(CLAIM_AT_WORK_S) * 1000;
        assert_eq!((told(last - 1), told(last), told(last + 30_000)), (4, 2, 0));
    }

    #[test]
    fn a_ticket_counts_once_whoever_asks_for_it_and_is_let_go_by_who_asked() {
        let all = Beside::Request("");
        let once = Hands::default().with(hand(1, "a", 0)).with(hand(1, "a", 0));
        assert_eq!((once.at_most(all), once.tickets().len()), (2, 1));
        assert_eq!(once.without(hand(1, "a", 0).ticket, "a"), Hands::default());
        let twice = once.with(hand(1, "b", 0));
        assert_eq!((twice.at_most(all), twice.at_most(Beside::Ticket(hand(1, "", 0).ticket))), (2, 0));
        assert_eq!(twice.without(hand(1, "b", 0).ticket, "b"), once, "the other may still come about");
        assert_eq!(
            twice.with(hand(2, "a", 1)).at_most(all),
            4,
            "a request that was told nothing may have two"
        );
    }
}
