//! The lists a ticket stands in beside its line's queue: by state, by risk, by agent, by customer, by
//! participant.
//!
//! A list has no document of its own: its entries lie on a *shelf*, linked pages like a line's, ordered by list and
//! then newest ticket first. That key never changes while the ticket is in the list, so a reader who goes on after the
//! last key it saw neither loses nor repeats what was there throughout. Tickets in a line have no list by state: the
//! line's own queue is one. `docs/decisions/0007-lists.md`.

use crate::ids::{LineId, PersonId, TicketId};
use crate::limits::LIST_SHELVES;
use crate::queue::Place;
use crate::secrets::sha256_hex;
use crate::ticket::{Status, Ticket};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The layout of lists that this build keeps. A ticket of another one is listed anew.
pub const LISTS_LAYOUT: u8 = 3;

/// The one before it, which had no lists by participant.
const LISTS_LAYOUT_WITHOUT_PARTICIPANTS: u8 = 2;

/// Lists by state are below this; those named by people are above.
const NAMED: i64 = 16;

/// Says of an entry in a customer's list that they proved who they are.
pub const PROVEN: &str = "proven";

/// What is at risk, in whichever line.
const AT_RISK: ListId = ListId(5);

/// A list, by the number it is ordered by on its shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ListId(i64);

impl ListId {
    /// Tickets at rest in this state; none for `queued`, whose list is the line.
    pub fn of_status(status: Status) -> Option<Self> {
        match status {
            Status::Answered => Some(Self(1)),
            Status::Waiting => Some(Self(2)),
            Status::Solved => Some(Self(3)),
            Status::Closed => Some(Self(4)),
            Status::Queued => None,
        }
    }

    /// Tickets in lines whose promise is short of time or late.
    pub fn of_risk() -> Self {
        AT_RISK
    }

    /// A person's tickets: those that are done, or those that are not.
    pub fn of_agent(person: &PersonId, done: bool) -> Self {
        Self::named(&["agent", person.as_str(), if done { "done" } else { "open" }])
    }

    /// The tickets of this customer by the operator's own id: proven, or typed where nothing is proven.
    pub fn of_customer(external_id: &str) -> Self {
        Self::named(&["customer", external_id])
    }

    /// The tickets that name no id, but this address. Upper and lower case are the same.
    pub fn of_address(email: &str) -> Self {
        Self::named(&["address", &email.to_ascii_lowercase()])
    }

    /// The tickets where somebody is told by this address, beside the customer. Upper and lower case are the same.
    pub fn of_participant(address: &str) -> Self {
        Self::named(&["participant", &address.to_lowercase()])
    }

    /// Sixty-two bits of a digest. Two lists that share them share entries too, which their readers tell apart by
    /// looking at the tickets.
    fn named(parts: &[&str]) -> Self {
        let parts: Vec<_> = parts.iter().map(|part| part.as_bytes()).collect();
        let digest = sha256_hex(&parts);
        let bits =
            digest.get(..16).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or_default() >> 2;
        Self(i64::try_from(bits).unwrap_or_default().max(NAMED))
    }

    /// The shelves it lies on: all for a list of the desk's, which everybody writes; one for any other.
    pub fn shelves(self) -> Vec<u32> {
        match self.only_shelf() {
            Some(shelf) => vec![shelf],
            None => (0..LIST_SHELVES).collect(),
        }
    }

    /// Whether it is one by state. A ticket at rest stays in its line, so its entry there may say which that is.
    pub fn is_by_state(self) -> bool {
        self.is_the_desks() && self != AT_RISK
    }

    fn is_the_desks(self) -> bool {
        self.0 < NAMED
    }

    fn only_shelf(self) -> Option<u32> {
        let shelf = self.0.checked_rem(i64::from(LIST_SHELVES)).and_then(|shelf| u32::try_from(shelf).ok());
        if self.is_the_desks() { None } else { shelf }
    }

    /// The shelf that has this ticket's entry.
    pub fn shelf_of(self, ticket: TicketId) -> u32 {
        self.only_shelf().unwrap_or_else(|| ticket.shard(LIST_SHELVES))
    }

    /// Where the ticket's entry stands.
    pub fn place(self, key: ListKey) -> Place {
        Place { v: Time(self.0), e: Time(key.newest_first), ticket: key.ticket, stay: 0 }
    }

    /// Before every entry of the list.
    pub fn beginning(self) -> Place {
        Place { v: Time(self.0), e: Time(i64::MIN), ticket: TicketId::new(Time(0), [0; 16]), stay: 0 }
    }

    /// Whether the place is one of this list.
    pub fn has(self, place: &Place) -> bool {
        place.v.0 == self.0
    }
}

impl fmt::Display for ListId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Where a ticket stands in every list it is in. It never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListKey {
    /// The time of its creation, negated.
    #[serde(rename = "n")]
    pub newest_first: i64,
    /// Which ticket.
    #[serde(rename = "t")]
    pub ticket: TicketId,
}

impl ListKey {
    /// Of an entry's place.
    pub fn of(place: &Place) -> Self {
        Self { newest_first: place.e.0, ticket: place.ticket }
    }
}

impl Ticket {
    /// Whose ticket it is among the people: whoever took or answered it last.
    pub fn agent(&self) -> Option<&PersonId> {
        use crate::history::{Action, Actor};
        self.history().rev().find_map(|step| match (&step.by, step.action) {
            (Actor::Person(person), Action::Claimed | Action::Replied) => Some(person),
            _ => None,
        })
    }

    /// Where it stands in its lists.
    pub fn list_key(&self) -> ListKey {
        ListKey { newest_first: self.created_at.0.saturating_neg(), ticket: self.id }
    }

    /// The lists it belongs in.
    pub fn lists(&self) -> Vec<ListId> {
        let mut lists = self.lists_with(self.customer.list());
        lists.extend(self.relations.participants.iter().map(|told| ListId::of_participant(&told.address)));
        lists
    }

    /// Whether it was written by a build that kept the same lists for it. One without participants is in the same lists
    /// as before there were any of theirs.
    pub fn is_listed(&self) -> bool {
        self.listed == LISTS_LAYOUT
            || self.listed == LISTS_LAYOUT_WITHOUT_PARTICIPANTS && self.relations.participants.is_empty()
    }

    /// The lists it is in, as it was last written: in the first layout what was typed counted before what is proven.
    fn lists_before(&self) -> Vec<ListId> {
        match self.listed {
            LISTS_LAYOUT => self.lists(),
            LISTS_LAYOUT_WITHOUT_PARTICIPANTS => self.lists_with(self.customer.list()),
            0 => vec![],
            _ => self.lists_with(self.customer.external_id.as_deref().map(ListId::of_customer)),
        }
    }

    fn lists_with(&self, by_customer: Option<ListId>) -> Vec<ListId> {
        let done = matches!(self.status, Status::Solved | Status::Closed);
        let by_state = ListId::of_status(self.status);
        let by_agent = self.agent().map(|person| ListId::of_agent(person, done));
        let at_risk = self.is_at_risk().then_some(AT_RISK);
        [by_state, at_risk, by_agent, by_customer].into_iter().flatten().collect()
    }

    /// This ticket owing the lists in which it differs from `before`; all of them if it was not listed before. What
    /// is to be entered comes before what is to be left: for a moment it may be in two lists, but never in none.
    #[must_use]
    pub fn owing_lists(mut self, before: Option<&Self>) -> Self {
        let now = self.lists();
        let was = before.map(Self::lists_before).unwrap_or_default();
        let entered = now.iter().filter(|list| !was.contains(list));
        let left = was.iter().filter(|list| !now.contains(list));
        for list in entered.chain(left) {
            if !self.lists_owed.contains(list) {
                self.lists_owed.push(*list);
            }
        }
        self.lists_owed.sort_by_key(|list| !now.contains(list));
        self.listed = LISTS_LAYOUT;
        self
    }

    /// What its entry at `place` of a shelf says of it, so that a list can be read without a look at every ticket: its line,
    /// and in its customer's list [`PROVEN`] if that is who asked. What was split off was asked before.
    pub fn entry_words(&self, place: &Place) -> Vec<String> {
        let is_customers = self.customer.list().is_some_and(|list| list.has(place));
        let is_proven = self.customer.verified.is_some() && self.relations.split_from.is_none();
        let proven = (is_customers && is_proven).then(|| PROVEN.to_owned());
        [Some(self.line.to_string()), proven].into_iter().flatten().collect()
    }

    /// Whether an entry of this ticket belongs at `place` of the shelf `line`.
    pub fn is_listed_at(&self, line: &LineId, place: &Place) -> bool {
        let here = |list: &ListId| {
            list.place(self.list_key()) == *place && LineId::shelf(list.shelf_of(self.id)) == *line
        };
        self.lists().iter().any(here)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_by_state_are_spread_and_the_others_are_not() {
        let solved = ListId::of_status(Status::Solved).unwrap();
        assert_eq!(solved.shelves().len(), LIST_SHELVES as usize);
        assert_eq!(ListId::of_status(Status::Queued), None);
        for list in [ListId::of_customer("c-1"), ListId::of_agent(&PersonId::parse("ana").unwrap(), true)] {
            assert_eq!(list.shelves().len(), 1);
            assert_eq!(list.shelves(), [list.shelf_of(TicketId::new(Time(1), [9; 16]))]);
        }
        assert_ne!(ListId::of_customer("c-1"), ListId::of_customer("c-2"));
    }

    #[test]
    fn newer_tickets_come_first_and_after_the_beginning() {
        let list = ListId::of_customer("c-1");
        let key = |at: i64| ListKey { newest_first: -at, ticket: TicketId::new(Time(at), [1; 16]) };
        assert!(list.beginning() < list.place(key(2_000)));
        assert!(list.place(key(2_000)) < list.place(key(1_000)));
        assert!(list.has(&list.place(key(1))) && !ListId::of_customer("c-2").has(&list.place(key(1))));
    }
}
