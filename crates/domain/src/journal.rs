//! The desk's journal: who did what when, in chains that show a change of the past.
//!
//! An event holds salted digests, no text: a customer's words can be erased with their salt and the chain still holds.
//! Events are copied from the tickets' histories, at least once; an event's `ticket` and `step` make it itself.

use crate::history::{Action, Actor, Step};
use crate::ids::{LineId, TicketId};
use crate::limits::JOURNAL_PAGE_EVENTS_MAX;
use crate::secrets::sha256_hex;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// One thing that happened at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Which ticket.
    pub ticket: TicketId,
    /// Which step of its history, from 0.
    pub step: u32,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Actor,
    /// What.
    pub action: Action,
    /// The line concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineId>,
    /// Salted digest of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// SHA-256 over the link before it and everything above.
    pub link: String,
}

/// A page of a chain. The current one is the chain's head document; full ones are sealed under their number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JournalPage {
    /// Counts the chain's pages from 0.
    pub number: u32,
    /// The last link of the page before; empty at the chain's beginning.
    pub before: String,
    /// In the order they came.
    pub events: Vec<Event>,
}

/// Where a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("journal page {page}: event {index} does not follow from the one before it")]
pub struct BrokenChain {
    /// Which page.
    pub page: u32,
    /// Which event of it.
    pub index: usize,
}

impl JournalPage {
    /// The last link so far.
    pub fn last_link(&self) -> &str {
        self.events.last().map_or(&self.before, |event| &event.link)
    }

    /// Whether `step` of `ticket` is on this page.
    pub fn has(&self, ticket: TicketId, step: u32) -> bool {
        self.events.iter().any(|event| event.ticket == ticket && event.step == step)
    }

    /// Whether the next append should begin a new page.
    pub fn is_full(&self) -> bool {
        self.events.len() >= JOURNAL_PAGE_EVENTS_MAX
    }

    /// How many more events it takes.
    pub fn room(&self) -> usize {
        JOURNAL_PAGE_EVENTS_MAX.saturating_sub(self.events.len())
    }

    /// The empty page that follows this one.
    pub fn following(&self) -> Self {
        Self { number: self.number + 1, before: self.last_link().to_owned(), events: vec![] }
    }

    /// This page with the steps from number `first` on appended, those it has already left out.
    pub fn append(&self, ticket: TicketId, first: u32, steps: &[Step]) -> Self {
        let mut page = self.clone();
        for (number, step) in (first..).zip(steps) {
            if !page.has(ticket, number) {
                let event = linked(page.last_link(), ticket, number, step);
                page.events.push(event);
            }
        }
        page
    }

    /// Checks every link of this page.
    pub fn verify(&self) -> Result<(), BrokenChain> {
        let mut before = self.before.as_str();
        for (index, event) in self.events.iter().enumerate() {
            let step = Step {
                at: event.at,
                by: event.by.clone(),
                action: event.action,
                line: event.line.clone(),
                digest: event.digest.clone(),
            };
            if linked(before, event.ticket, event.step, &step).link != event.link {
                return Err(BrokenChain { page: self.number, index });
            }
            before = &event.link;
        }
        Ok(())
    }
}

fn linked(before: &str, ticket: TicketId, number: u32, step: &Step) -> Event {
    let by = match &step.by {
        Actor::Customer => "customer".to_owned(),
        Actor::Triage => "triage".to_owned(),
        Actor::Desk => "desk".to_owned(),
        Actor::Person(person) => format!("person {person}"),
    };
    let line = step.line.as_ref().map_or("", LineId::as_str);
    let digest = step.digest.as_deref().unwrap_or("");
    let action = format!("{:?}", step.action);
    let link = sha256_hex(&[
        before.as_bytes(),
        ticket.as_bytes(),
        &number.to_be_bytes(),
        &step.at.0.to_be_bytes(),
        by.as_bytes(),
        action.as_bytes(),
        line.as_bytes(),
        digest.as_bytes(),
    ]);
    Event {
        ticket,
        step: number,
        at: step.at,
        by: step.by.clone(),
        action: step.action,
        line: step.line.clone(),
        digest: step.digest.clone(),
        link,
    }
}

/// The digest kept of a text: SHA-256 over salt and text.
pub fn text_digest(salt: &[u8; 16], text: &str) -> String {
    sha256_hex(&[salt, text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(at: i64) -> Step {
        Step {
            at: Time(at),
            by: Actor::Customer,
            action: Action::Opened,
            line: None,
            digest: Some("d".into()),
        }
    }

    fn ticket() -> TicketId {
        TicketId::new(Time(1), [3; 16])
    }

    #[test]
    fn appending_twice_changes_nothing() {
        let page = JournalPage::default().append(ticket(), 0, &[step(1), step(2)]);
        assert_eq!(page.events.len(), 2);
        assert_eq!(page.append(ticket(), 1, &[step(2)]), page);
        assert_eq!(page.append(ticket(), 1, &[step(2), step(3)]).events.len(), 3);
    }

    #[test]
    fn a_changed_past_shows() {
        let page = JournalPage::default().append(ticket(), 0, &[step(1), step(2), step(3)]);
        assert_eq!(page.verify(), Ok(()));
        let mut other = page.clone();
        other.events[1].by = Actor::Desk;
        assert_eq!(other.verify(), Err(BrokenChain { page: 0, index: 1 }));
        let mut shorter = page.clone();
        shorter.events.remove(0);
        assert!(shorter.verify().is_err());
    }

    #[test]
    fn the_chain_goes_on_over_pages() {
        let first = JournalPage::default().append(ticket(), 0, &[step(1)]);
        let second = first.following().append(ticket(), 1, &[step(2)]);
        assert_eq!((second.number, second.before.as_str()), (1, first.last_link()));
        assert_eq!(second.verify(), Ok(()));
    }
}
