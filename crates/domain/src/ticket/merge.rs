//! Two tickets into one, and one into two.
//!
//! A merger has a name. The target promises first (`absorbed`, not `done`), and while a promise is open it cannot itself
//! be merged away; then the source closes and points to it, or declines that name for good; then the promise is made
//! good or withdrawn. So tickets never point at each other in a ring, wherever a crash or another merger comes between.

use super::relations::{Due, Merged, Relations, Split};
use super::{Message, Receipt, Refusal, State, Status, Ticket, Work};
use crate::files::FilesTotal;
use crate::history::{Action, Actor};
use crate::ids::{PersonId, TicketId};
use crate::limits::{ABSORBED_MAX, DECLINED_REMEMBERED, SPLIT_BYTES_MAX, SPLITS_MAX};
use crate::time::Time;

impl Ticket {
    /// The target's promise: `merger.ticket` goes on here.
    pub fn absorb(&self, merger: Merged) -> Result<Self, Refusal> {
        if self.relations.merged_into.is_some() {
            return Err(Refusal::WrongState { state: State::Closed });
        }
        self.must_be_open()?;
        let mut ticket = self.clone();
        if self.relations.absorbed.iter().any(|known| known.ticket == merger.ticket) {
            return Ok(ticket);
        }
        if self.relations.absorbed.len() >= ABSORBED_MAX {
            return Err(Refusal::Full { what: "merged tickets", limit: ABSORBED_MAX });
        }
        ticket.owe_relation(Due::Absorb(merger.ticket));
        ticket.relations.absorbed.push(merger);
        Ok(ticket)
    }

    /// The source's answer to a promise: closed and pointing to `into`, or the merger declined. Only one that is merged
    /// into `into` afterwards has agreed.
    pub fn merge_into(&self, into: TicketId, merger: &Merged, now: Time) -> Result<Self, Refusal> {
        let mut ticket = self.clone();
        let settled = self.relations.merged_into.is_some()
            || self.erased.is_some()
            || self.relations.declined.contains(&merger.merger);
        if settled {
            return Ok(ticket);
        }
        let promised = self.relations.absorbed.iter().any(|known| !known.done);
        let held = self.holder(now).is_some_and(|lease| lease.person != merger.by);
        if promised || held {
            ticket.relations.declined.push(merger.merger.clone());
            let forget = ticket.relations.declined.len().saturating_sub(DECLINED_REMEMBERED);
            ticket.relations.declined.drain(..forget);
            return Ok(ticket);
        }
        ticket.leave(now);
        ticket.status = Status::Closed;
        ticket.relations.merged_into = Some(Merged { ticket: into, done: true, ..merger.clone() });
        ticket.step(now, Actor::Person(merger.by.clone()), Action::Merged, None)?;
        Ok(ticket)
    }

    /// Whether it went on in `into`.
    pub fn is_merged_into(&self, into: TicketId) -> bool {
        self.relations.merged_into.as_ref().is_some_and(|merged| merged.ticket == into)
    }

    /// The target after the source's answer: the promise is made good, or withdrawn.
    pub fn absorbed(&self, source: TicketId, agreed: bool, now: Time) -> Result<Self, Refusal> {
        let mut ticket = self.clone();
        ticket.relations.due.retain(|due| *due != Due::Absorb(source));
        let promise =
            ticket.relations.absorbed.iter_mut().find(|known| known.ticket == source && !known.done);
        let Some(promise) = promise else { return Ok(ticket) };
        if agreed {
            promise.done = true;
            let by = Actor::Person(promise.by.clone());
            ticket.step(now, by, Action::Absorbed, None)?;
        } else {
            ticket.relations.absorbed.retain(|known| known.ticket != source);
        }
        Ok(ticket)
    }

    /// A new ticket of the same customer with `messages` of this one, in the same line, having waited as long. This one
    /// is told afterwards. The files of `messages` are the new ticket's: copies, for two tickets must not own the same
    /// bytes.
    pub fn split_off(&self, split: SplitOff, messages: &[Message]) -> Result<Self, Refusal> {
        if self.relations.split_into.len() >= SPLITS_MAX {
            return Err(Refusal::Full { what: "tickets split off", limit: SPLITS_MAX });
        }
        let bytes: usize = messages.iter().map(|message| message.body.len()).sum();
        if bytes > SPLIT_BYTES_MAX {
            return Err(Refusal::Full { what: "bytes in one split", limit: SPLIT_BYTES_MAX });
        }
        let SplitOff { id, salt, subject, by, now } = split;
        let numbers = messages.iter().map(|message| message.number).collect();
        let from = Split { ticket: self.id, messages: numbers, by: by.clone(), at: now };
        let relations =
            Relations { split_from: Some(from), due: vec![Due::SplitFrom(self.id)], ..Relations::default() };
        let mut ticket = Self {
            id,
            salt,
            subject,
            created_at: now,
            key_version: 1,
            sealed: vec![],
            messages: vec![],
            files: total(messages),
            answer: None,
            stay: None,
            stays: 0,
            waited_ms: 0,
            lease: None,
            told: None,
            work: Work::default(),
            boosts: vec![],
            handovers: vec![],
            rating: None,
            receipt: self.receipt_of_split(),
            steps: vec![],
            journaled: 0,
            owed: vec![],
            lists_owed: vec![],
            listed: 0,
            relations,
            status: Status::Answered,
            ..self.clone()
        };
        for (number, message) in (1..).zip(messages) {
            ticket.messages.push(Message { number, ..message.clone() });
        }
        let words: String = messages.iter().flat_map(|message| [message.body.as_str(), "\n"]).collect();
        ticket.step(now, Actor::Person(by), Action::Opened, Some(&words))?;
        let credit_ms = self.stay.as_ref().map_or(0, |stay| now.since_ms(stay.place.e));
        let head_start_s = self.stay.as_ref().map_or(0, |stay| stay.head_start_s);
        ticket.enter(self.line.clone(), now, credit_ms, head_start_s);
        Ok(ticket.owing_lists(None))
    }

    fn receipt_of_split(&self) -> Receipt {
        Receipt {
            decided_by: "person".to_owned(),
            rule: "split from another ticket".to_owned(),
            candidates: vec![],
            package: None,
            head_start_s: self.stay.as_ref().map_or(0, |stay| stay.head_start_s),
            ..self.receipt.clone()
        }
    }
}

fn total(messages: &[Message]) -> FilesTotal {
    let files = || messages.iter().flat_map(|message| &message.files).filter(|file| file.parts > 0);
    let count = u32::try_from(files().count()).unwrap_or(u32::MAX);
    FilesTotal { count, bytes: files().map(|file| file.bytes).sum(), gone: None }
}

/// What a ticket split from another begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitOff {
    /// Fresh.
    pub id: TicketId,
    /// Fresh chance for digests.
    pub salt: [u8; 16],
    /// In a few words.
    pub subject: Option<String>,
    /// Who splits.
    pub by: PersonId,
    /// When.
    pub now: Time,
}

impl Ticket {
    /// Whether both are proven to be the same customer's. What somebody typed proves nothing.
    pub fn is_proven_to_be_of_the_same_customer_as(&self, other: &Self) -> bool {
        let proven = |ticket: &Self| ticket.customer.verified.as_ref().map(|proof| proof.external_id.clone());
        proven(self).is_some_and(|customer| proven(other) == Some(customer))
    }
}
