//! Files go before words do: a desk can keep what was said and forget what came with it.

use super::{ErasedFile, Status, Ticket};
use crate::desk::Retention;
use crate::files::{File, FilesGone};
use crate::history::{Action, Actor, Step};
use crate::time::Time;

/// Milliseconds of a day.
pub(super) const DAY_MS: i64 = 86_400_000;

impl Ticket {
    /// When anything last happened to it that its people or its customer did.
    pub(super) fn touched_at(&self) -> Time {
        let touched = self.history().rev().find(|step| step.action != Action::FilesErased);
        touched.map_or(self.created_at, |step| step.at)
    }

    /// Whether its desk's rules want its files gone by `now`. In a line they are still needed.
    pub fn are_files_past(&self, retention: &Retention, now: Time) -> bool {
        let gone = self.files.gone.as_ref().map_or(0, |gone| gone.count);
        let past = |days: u32| now.since_ms(self.touched_at()) >= i64::from(days) * DAY_MS;
        self.erased.is_none()
            && self.status != Status::Queued
            && self.files.count > gone
            && retention.files_days.is_some_and(past)
    }

    /// This ticket with none of its files; their names and digests stay. Their bytes are still to be deleted.
    #[must_use]
    pub fn without_files(&self, now: Time) -> Self {
        let mut ticket = self.clone();
        let files = ticket.messages.iter_mut().flat_map(|message| &mut message.files);
        let mut due: Vec<_> = files.map(take_parts).filter(|file| file.parts > 0).collect();
        due.extend(self.files.gone.iter().flat_map(|gone| gone.files.iter().cloned()));
        let (to, count) = (self.messages_count(), self.files.count);
        ticket.files.gone = Some(FilesGone { to, count, files: due, is_due: true });
        let line = Some(self.line.clone());
        // Never refused for want of room, as an erasure is not.
        ticket.steps.push(Step { at: now, by: Actor::Desk, action: Action::FilesErased, line, digest: None });
        ticket
    }

    /// This ticket with the bytes of `gone` deleted.
    #[must_use]
    pub fn with_files_deleted(&self, gone: &FilesGone) -> Self {
        let mut ticket = self.clone();
        if ticket.files.gone.as_ref() == Some(gone) {
            ticket.files.gone = Some(FilesGone { files: vec![], is_due: false, ..gone.clone() });
        }
        ticket
    }

    /// Whether a message's files are gone.
    pub fn has_lost_files_of(&self, message: u32) -> bool {
        self.files.gone.as_ref().is_some_and(|gone| message <= gone.to)
    }
}

/// A file without parts is one that is gone.
fn take_parts(file: &mut File) -> ErasedFile {
    let erased = ErasedFile::of(file);
    file.parts = 0;
    erased
}
