//! What a ticket has to do with others: who else is told, what it is linked to, merged into, split from.
//!
//! Where two tickets are concerned each holds its own part. One is changed first and says in its `due` what the other
//! still lacks; that is paid at once, by whoever touches it next, or by the tick, and twice does no harm.

use super::{Refusal, State, Status, Ticket};
use crate::history::{Action, Actor, Step};
use crate::ids::{PersonId, TicketId};
use crate::limits::{LINKED_FROM_MAX, LINKS_MAX, PARTICIPANTS_MAX};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// All of it; empty for most tickets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Relations {
    /// Who else is told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Participant>,
    /// Links that were made here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Links that were made at the other ticket.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub linked_from: Vec<Link>,
    /// Where it went on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Merged>,
    /// Tickets that go on here. One that is not `done` may still refuse.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<Merged>,
    /// Mergers this ticket refused, by name, the last ones: they are not tried again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub declined: Vec<String>,
    /// The ticket that its messages came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_from: Option<Split>,
    /// Tickets that some of its messages went to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub split_into: Vec<Split>,
    /// What other tickets still lack.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<Due>,
}

impl Relations {
    /// Whether there is nothing of it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Somebody who is told beside the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Made from the address: the same address is the same participant.
    pub id: String,
    /// E-mail.
    pub address: String,
    /// What to call them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who added them.
    pub by: Actor,
    /// When.
    pub at: Time,
}

impl Participant {
    fn is_at(&self, addresses: &[String]) -> bool {
        addresses.contains(&self.address.to_lowercase())
    }
}

/// What a link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// They have to do with each other.
    Related,
    /// This one asks the same as the other.
    Duplicate,
    /// This one comes from the other.
    CausedBy,
}

impl LinkKind {
    /// The word used in paths and bodies.
    pub fn parse(text: &str) -> Option<Self> {
        [("related", Self::Related), ("duplicate", Self::Duplicate), ("caused_by", Self::CausedBy)]
            .into_iter()
            .find_map(|(word, kind)| (word == text).then_some(kind))
    }
}

/// A link between two tickets of one desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The other one.
    pub ticket: TicketId,
    /// What it says, read from the ticket where it was made.
    pub kind: LinkKind,
    /// Who made it.
    pub by: PersonId,
    /// When.
    pub at: Time,
}

/// A ticket going on in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// The other one.
    pub ticket: TicketId,
    /// Names this merger.
    pub merger: String,
    /// Who merged them.
    pub by: PersonId,
    /// When.
    pub at: Time,
    /// Whether both are proven to be the same customer's. Otherwise neither customer hears of the other's ticket.
    pub same_customer: bool,
    /// Whether both tickets have it.
    pub done: bool,
}

/// Messages that went to a ticket of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// The other one.
    pub ticket: TicketId,
    /// Their numbers in the ticket they came from.
    pub messages: Vec<u32>,
    /// Who split them off.
    pub by: PersonId,
    /// When.
    pub at: Time,
}

/// What another ticket still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// Its side of the links made here.
    Links(TicketId),
    /// To be closed, and point here; or to refuse.
    Absorb(TicketId),
    /// To know that messages of it are here.
    SplitFrom(TicketId),
}

impl Ticket {
    /// Tells somebody more. The same address again changes at most the name.
    pub fn add_participant(&self, participant: Participant) -> Result<Self, Refusal> {
        let mut ticket = self.clone();
        let known = ticket.relations.participants.iter_mut().find(|known| known.id == participant.id);
        match known {
            Some(known) if known.name == participant.name => return Ok(ticket),
            Some(known) => known.name.clone_from(&participant.name),
            None if self.relations.participants.len() >= PARTICIPANTS_MAX => {
                return Err(Refusal::Full { what: "participants", limit: PARTICIPANTS_MAX });
            }
            None => ticket.relations.participants.push(participant.clone()),
        }
        // No digest: an address is soon guessed, and its owner may want to be forgotten before the ticket is.
        ticket.step(participant.at, participant.by, Action::ParticipantAdded, None)?;
        Ok(ticket)
    }

    /// Tells them no more. Nothing happens if nobody did.
    pub fn remove_participant(&self, id: &str, by: &PersonId, now: Time) -> Result<Self, Refusal> {
        let mut ticket = self.clone();
        ticket.relations.participants.retain(|known| known.id != id);
        if ticket.relations.participants.len() != self.relations.participants.len() {
            ticket.step(now, Actor::Person(by.clone()), Action::ParticipantRemoved, None)?;
        }
        Ok(ticket)
    }

    /// Those who are told here by one of `addresses`, in lower case.
    pub fn participants_at<'a>(&'a self, addresses: &'a [String]) -> impl Iterator<Item = &'a Participant> {
        self.relations.participants.iter().filter(|known| known.is_at(addresses))
    }

    /// This ticket with nobody told any more by one of `addresses`, in lower case, because they want to be forgotten:
    /// never refused, not even for want of room.
    #[must_use]
    pub fn forget_participants(&self, addresses: &[String], by: &Actor, now: Time) -> Self {
        let mut ticket = self.clone();
        ticket.relations.participants.retain(|known| !known.is_at(addresses));
        if ticket.relations.participants.len() != self.relations.participants.len() {
            let (by, action, line) = (by.clone(), Action::ParticipantRemoved, Some(self.line.clone()));
            ticket.steps.push(Step { at: now, by, action, line, digest: None });
        }
        ticket
    }

    /// Links this ticket to another. The other one's side is due.
    pub fn link(&self, link: Link) -> Result<Self, Refusal> {
        let mut ticket = self.clone();
        let is_there = |known: &Link| known.ticket == link.ticket && known.kind == link.kind;
        if self.relations.links.iter().any(is_there) {
            return Ok(ticket);
        }
        if self.relations.links.len() >= LINKS_MAX {
            return Err(Refusal::Full { what: "links", limit: LINKS_MAX });
        }
        ticket.step(link.at, Actor::Person(link.by.clone()), Action::Linked, None)?;
        ticket.owe_relation(Due::Links(link.ticket));
        ticket.relations.links.push(link);
        Ok(ticket)
    }

    /// Takes a link back that was made here.
    pub fn unlink(&self, to: TicketId, kind: LinkKind, by: &PersonId, now: Time) -> Result<Self, Refusal> {
        let mut ticket = self.clone();
        ticket.relations.links.retain(|known| known.ticket != to || known.kind != kind);
        if ticket.relations.links.len() == self.relations.links.len() {
            return Ok(ticket);
        }
        ticket.step(now, Actor::Person(by.clone()), Action::Unlinked, None)?;
        ticket.owe_relation(Due::Links(to));
        Ok(ticket)
    }

    /// This ticket with its side of the links that were made at `from`, exactly those.
    pub fn mirroring(&self, from: &Self) -> Self {
        let mut ticket = self.clone();
        let made = from.relations.links.iter().filter(|link| link.ticket == self.id);
        ticket.relations.linked_from.retain(|link| link.ticket != from.id);
        ticket.relations.linked_from.extend(made.map(|link| Link { ticket: from.id, ..link.clone() }));
        ticket
    }

    /// Whether so many link here that one more would not be shown.
    pub fn can_be_linked(&self) -> Result<(), Refusal> {
        if self.relations.linked_from.len() < LINKED_FROM_MAX {
            return Ok(());
        }
        Err(Refusal::Full { what: "links from other tickets", limit: LINKED_FROM_MAX })
    }

    /// Remembers which messages went to which ticket.
    pub fn record_split(&self, split: &Split) -> Result<Self, Refusal> {
        let mut ticket = self.clone();
        if !self.relations.split_into.iter().any(|known| known.ticket == split.ticket) {
            ticket.relations.split_into.push(split.clone());
            ticket.step(split.at, Actor::Person(split.by.clone()), Action::SplitOff, None)?;
        }
        Ok(ticket)
    }

    /// What was due when this ticket was as `paid` is due no more, unless it came to be due again.
    pub(super) fn settle_relations(&mut self, paid: &Self) {
        let same_links = self.relations.links == paid.relations.links;
        self.relations.due.retain(|due| match due {
            // Ended by the merger itself, in this ticket.
            Due::Absorb(_) => true,
            Due::Links(_) => !same_links || !paid.relations.due.contains(due),
            Due::SplitFrom(_) => !paid.relations.due.contains(due),
        });
    }

    pub(super) fn owe_relation(&mut self, due: Due) {
        if !self.relations.due.contains(&due) {
            self.relations.due.push(due);
        }
    }

    /// Refuses on a closed ticket.
    pub(super) fn must_be_open(&self) -> Result<(), Refusal> {
        if self.status == Status::Closed {
            return Err(Refusal::WrongState { state: State::Closed });
        }
        Ok(())
    }
}
