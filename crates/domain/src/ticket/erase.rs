//! Forgetting what a ticket says: by its desk's rules when it is old, or because its customer asks.
//!
//! Figures stay: ids, times, states, which answer. What anybody wrote or could be known by goes, and with it the salt, so
//! that the journal's digests tell nothing any more and its chain still holds.

use super::expire::DAY_MS;
use super::relations::Relations;
use super::{Customer, Message, Status, ThreadPage, Ticket};
use crate::desk::Retention;
use crate::files::{File, FileId};
use crate::history::{Action, Actor, Step};
use crate::journal::text_digest;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// That a ticket was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// When.
    pub at: Time,
    /// By whom: a person, the operator, or the desk by its own rules.
    pub by: Actor,
    /// How many messages it had.
    pub messages: u32,
    /// Thread pages that are still to be deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<ThreadPage>,
    /// Files of the latest messages that are still to be deleted; the others' are on the pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<ErasedFile>,
}

/// What is needed to delete a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedFile {
    /// Which.
    pub id: FileId,
    /// In how many parts it is stored.
    pub parts: u32,
}

impl Erased {
    /// Whether anything is still to be deleted.
    pub fn owes(&self) -> bool {
        !self.pages.is_empty() || !self.files.is_empty()
    }
}

impl Ticket {
    /// This ticket with nothing left of what was said, or of who said it. It is closed then. Twice is once.
    #[must_use]
    pub fn erase(&self, by: &Actor, now: Time) -> Self {
        if self.erased.is_some() {
            return self.clone();
        }
        let mut ticket = self.clone();
        ticket.leave(now);
        ticket.status = Status::Closed;
        // Digested with the salt that goes, like every step before it; never refused for want of room.
        let digest = Some(text_digest(&self.salt, "erased"));
        let line = Some(self.line.clone());
        ticket.steps.push(Step { at: now, by: by.clone(), action: Action::Erased, line, digest });
        let mut files: Vec<_> =
            ticket.messages.iter().flat_map(|message| &message.files).map(ErasedFile::of).collect();
        files.extend(ticket.files.gone.iter_mut().flat_map(|gone| std::mem::take(&mut gone.files)));
        ticket.erased = Some(Erased {
            at: now,
            by: by.clone(),
            messages: self.messages_count(),
            pages: std::mem::take(&mut ticket.sealed),
            files,
        });
        ticket.forget();
        ticket
    }

    fn forget(&mut self) {
        self.subject = None;
        self.customer = Customer::default();
        self.metadata.clear();
        self.salt = [0; 16];
        self.messages = Vec::<Message>::new();
        self.receipt.candidates.iter_mut().for_each(|candidate| candidate.evidence.clear());
        if let Some(rating) = &mut self.rating {
            rating.comment = None;
        }
        for handover in &mut self.handovers {
            handover.reason.clear();
            handover.tried = None;
        }
        self.relations = Relations { participants: vec![], ..std::mem::take(&mut self.relations) };
    }

    /// Whether its desk's rules want it erased by `now`.
    pub fn is_past(&self, retention: &Retention, now: Time) -> bool {
        let days = match self.status {
            Status::Closed | Status::Solved => retention.closed_days,
            Status::Answered | Status::Waiting => retention.answered_days,
            Status::Queued => None,
        };
        let owes_others = !self.relations.due.is_empty();
        self.erased.is_none()
            && !owes_others
            && days.is_some_and(|days| now.since_ms(self.touched_at()) >= i64::from(days) * DAY_MS)
    }

    /// This ticket with all deleted that `deleted` still had to.
    #[must_use]
    pub fn without_erased(&self, deleted: &Erased) -> Self {
        let mut ticket = self.clone();
        if let Some(erased) = &mut ticket.erased {
            erased.pages.retain(|page| !deleted.pages.contains(page));
            erased.files.retain(|file| !deleted.files.contains(file));
        }
        ticket
    }
}

impl ErasedFile {
    pub(super) fn of(file: &File) -> Self {
        Self { id: file.id.clone(), parts: file.parts }
    }
}
