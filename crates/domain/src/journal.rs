//! The desk's journal: who did what when, in chains that show a change of the past.
//!
//! An event holds salted digests, no text: a customer's words can be erased with their salt and the chain still holds.
//! Events are copied from the tickets' histories, at least once; an event's `ticket` and `step` make it itself. What
//! changes the desk, its people or a customer's record is an [`Entry`]; its `id` makes it itself.
//!
//! An event's `link` is the SHA-256, in hexadecimal, over these parts, each after its length as eight bytes, big endian:
//! the link before it; then, of a ticket's event, the ticket's sixteen bytes, the step's number as four bytes and the
//! time as eight, big endian, who (`customer`, `triage`, `desk`, `operator`, `person <id>`), what (`Opened` and so on),
//! the line and the digest; of an entry `entry`, its id, the time, who, what, what it is about and the digest. What an
//! event does not have is empty.

use crate::history::{Action, Actor, Step};
use crate::ids::{LineId, TicketId};
use crate::limits::JOURNAL_PAGE_EVENTS_MAX;
use crate::secrets::sha256_hex;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// One thing that happened at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Which ticket; none for an [`Entry`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// Which step of its history, from 0.
    #[serde(default)]
    pub step: u32,
    /// Which entry; none for a ticket's step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// What the entry is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
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

/// A change that is no ticket's: of the desk, its people, a customer's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Makes it itself, for example the operation's id: appended twice, it is there once.
    pub id: String,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Actor,
    /// What.
    pub action: Action,
    /// What was changed, like `desk:7`, `person:ana` or `customer:<hash>`: never what a person could be known by who
    /// asked to be forgotten.
    pub about: Option<String>,
    /// Digest of what was written: of a desk file, or, salted, of what is personal.
    pub digest: Option<String>,
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
    /// What of the chain is kept no longer; said by its current page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forgotten: Option<Forgotten>,
}

/// The beginning of a chain that its desk did not keep any longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    /// The first page that is still kept.
    pub to: u32,
    /// The link before it: the rest of the chain still follows from what was there.
    pub link: String,
    /// The latest time of what is gone.
    pub until: Time,
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
        self.events.iter().any(|event| event.ticket == Some(ticket) && event.step == step)
    }

    /// Whether the entry of this id is on this page.
    pub fn has_entry(&self, id: &str) -> bool {
        self.events.iter().any(|event| event.entry.as_deref() == Some(id))
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
        Self {
            number: self.number + 1,
            before: self.last_link().to_owned(),
            events: vec![],
            forgotten: self.forgotten.clone(),
        }
    }

    /// The first page of the chain that is kept, and the link before it.
    pub fn beginning(&self) -> (u32, &str) {
        self.forgotten.as_ref().map_or((0, ""), |forgotten| (forgotten.to, &forgotten.link))
    }

    /// What is forgotten once this page, the first that is kept, goes too; none while it has anything younger than `before`.
    pub fn forgetting(&self, forgotten: Option<&Forgotten>, before: Time) -> Option<Forgotten> {
        let latest = self.events.iter().map(|event| event.at).max()?;
        let until = forgotten.map_or(latest, |forgotten| forgotten.until.max(latest));
        let link = self.last_link().to_owned();
        (latest < before).then_some(Forgotten { to: self.number + 1, link, until })
    }

    /// This page with the steps from number `first` on appended, those it has already left out.
    pub fn append(&self, ticket: TicketId, first: u32, steps: &[Step]) -> Self {
        let mut page = self.clone();
        for (number, step) in (first..).zip(steps) {
            if !page.has(ticket, number) {
                page.link(of_step(ticket, number, step));
            }
        }
        page
    }

    /// This page with the entry appended, if it is not there already.
    pub fn append_entry(&self, entry: &Entry) -> Self {
        let mut page = self.clone();
        if !page.has_entry(&entry.id) {
            page.link(of_entry(entry));
        }
        page
    }

    fn link(&mut self, event: Event) {
        let link = link_after(self.last_link(), &event);
        self.events.push(Event { link, ..event });
    }

    /// Checks every link of this page.
    pub fn verify(&self) -> Result<(), BrokenChain> {
        let mut before = self.before.as_str();
        for (index, event) in self.events.iter().enumerate() {
            if link_after(before, event) != event.link {
                return Err(BrokenChain { page: self.number, index });
            }
            before = &event.link;
        }
        Ok(())
    }
}

fn of_step(ticket: TicketId, number: u32, step: &Step) -> Event {
    Event {
        ticket: Some(ticket),
        step: number,
        entry: None,
        about: None,
        at: step.at,
        by: step.by.clone(),
        action: step.action,
        line: step.line.clone(),
        digest: step.digest.clone(),
        link: String::new(),
    }
}

fn of_entry(entry: &Entry) -> Event {
    Event {
        ticket: None,
        step: 0,
        entry: Some(entry.id.clone()),
        about: entry.about.clone(),
        at: entry.at,
        by: entry.by.clone(),
        action: entry.action,
        line: None,
        digest: entry.digest.clone(),
        link: String::new(),
    }
}

fn link_after(before: &str, event: &Event) -> String {
    let by = match &event.by {
        Actor::Customer => "customer".to_owned(),
        Actor::Triage => "triage".to_owned(),
        Actor::Desk => "desk".to_owned(),
        Actor::Operator => "operator".to_owned(),
        Actor::Person(person) => format!("person {person}"),
    };
    let line = event.line.as_ref().map_or("", LineId::as_str);
    let digest = event.digest.as_deref().unwrap_or("");
    let action = format!("{:?}", event.action);
    let (step, at) = (event.step.to_be_bytes(), event.at.0.to_be_bytes());
    let (before, by, action) = (before.as_bytes(), by.as_bytes(), action.as_bytes());
    match event.ticket {
        Some(ticket) => sha256_hex(&[
            before,
            ticket.as_bytes(),
            &step,
            &at,
            by,
            action,
            line.as_bytes(),
            digest.as_bytes(),
        ]),
        None => {
            let entry = event.entry.as_deref().unwrap_or("").as_bytes();
            let about = event.about.as_deref().unwrap_or("").as_bytes();
            sha256_hex(&[before, b"entry", entry, &at, by, action, about, digest.as_bytes()])
        }
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
    fn an_entry_is_there_once_and_linked() {
        let entry = Entry {
            id: "op-1".into(),
            at: Time(4),
            by: Actor::Operator,
            action: Action::Published,
            about: Some("desk:2".into()),
            digest: Some("f".into()),
        };
        let page = JournalPage::default().append(ticket(), 0, &[step(1)]).append_entry(&entry);
        assert_eq!(page.append_entry(&entry), page);
        assert_eq!((page.events.len(), page.verify()), (2, Ok(())));
        for change in [
            |event: &mut Event| event.about = Some("desk:3".into()),
            |event: &mut Event| event.by = Actor::Desk,
            |event: &mut Event| event.entry = Some("op-2".into()),
            |event: &mut Event| event.digest = None,
        ] {
            let mut other = page.clone();
            change(&mut other.events[1]);
            assert_eq!(other.verify(), Err(BrokenChain { page: 0, index: 1 }));
        }
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
