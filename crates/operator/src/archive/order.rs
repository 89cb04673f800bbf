//! In which order keys are exported, and whose they are.

use std::collections::BTreeSet;

use tierline_desk::kept::Kept;
use tierline_domain::files::FileId;
use tierline_domain::ids::{DeskId, TicketId};
use tierline_domain::ticket::Message;

/// Made by one creator of many, and good for nothing after.
const LEFT_OUT: &str = "guard";

/// Desks first, then tickets each with what belongs to it, then what follows from them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// What a desk is: by desk, `desk` itself first.
    Desk(String, bool, String),
    /// What a ticket is: by ticket, `ticket` itself first.
    Ticket(TicketId, bool, String),
    /// Queues, journals, what was asked before, and all else.
    Rest(String),
}

/// Where `key` comes in an export; none if it is left out.
pub fn rank(key: &str) -> Option<Rank> {
    let mut parts = key.split(':');
    let kind = parts.next().unwrap_or_default();
    if kind == LEFT_OUT {
        return None;
    }
    let whose = parts.next().unwrap_or_default();
    if let Some(ticket) = TicketId::parse(whose) {
        return Some(Rank::Ticket(ticket, kind != "ticket", key.to_owned()));
    }
    if matches!(kind, "desk" | "people" | "answers") {
        return Some(Rank::Desk(whose.to_owned(), kind != "desk", key.to_owned()));
    }
    Some(Rank::Rest(key.to_owned()))
}

/// What is one desk's among what does not have its name in the key.
#[derive(Debug, Default)]
pub struct Owned {
    tickets: BTreeSet<TicketId>,
    files: BTreeSet<FileId>,
    /// Keys of origins that list the desk.
    origins: BTreeSet<String>,
    /// Files named on thread pages, by ticket: a page does not say whose it is.
    older: Vec<(TicketId, Vec<FileId>)>,
}

impl Owned {
    /// Looks at one key and its value.
    pub fn look(&mut self, desk: &DeskId, key: &str, kept: Kept) {
        let files = |messages: &[Message]| -> Vec<FileId> {
            messages.iter().flat_map(|message| &message.files).map(|file| file.id.clone()).collect()
        };
        match kept {
            Kept::Ticket(ticket) if ticket.desk == *desk => {
                self.files.extend(files(&ticket.messages));
                self.tickets.insert(ticket.id);
            }
            Kept::Thread(ticket, _, page) => self.older.push((ticket, files(&page.messages))),
            Kept::Origin(desks) if desks.contains(desk) => drop(self.origins.insert(key.to_owned())),
            _ => {}
        }
    }

    /// After all keys were looked at.
    pub fn finish(mut self) -> Self {
        for (ticket, files) in std::mem::take(&mut self.older) {
            if self.tickets.contains(&ticket) {
                self.files.extend(files);
            }
        }
        self
    }

    /// Whether what is kept under `key` is `desk`'s.
    pub fn has(&self, desk: &DeskId, key: &str) -> bool {
        let mut parts = key.split(':');
        let (kind, whose) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let is_ours =
            |ticket: &str| TicketId::parse(ticket).is_some_and(|ticket| self.tickets.contains(&ticket));
        match kind {
            "file" => FileId::parse(whose).is_some_and(|file| self.files.contains(&file)),
            "upload" => parts.next().is_some_and(is_ours),
            "origin" => self.origins.contains(key),
            _ => whose == desk.as_str() || is_ours(whose),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test
    use super::*;
    use tierline_domain::time::Time;

    #[test]
    fn desks_come_first_and_tickets_with_what_is_theirs() {
        let (one, two) = (TicketId::new(Time(1), [1; 16]), TicketId::new(Time(2), [1; 16]));
        let mut keys = vec![
            format!("thread:{one}:p"),
            "queue:a:care".to_owned(),
            format!("ticket:{two}"),
            "answers:a:1:0".to_owned(),
            format!("ticket:{one}"),
            "guard:desk:a".to_owned(),
            "desk:a".to_owned(),
        ];
        keys.retain(|key| rank(key).is_some());
        keys.sort_by_key(|key| rank(key));
        let expected = [
            "desk:a".to_owned(),
            "answers:a:1:0".to_owned(),
            format!("ticket:{one}"),
            format!("thread:{one}:p"),
            format!("ticket:{two}"),
            "queue:a:care".to_owned(),
        ];
        assert_eq!(keys, expected);
    }
}
