//! Everything a store holds, read back from its key: for tools that look at a whole store, never for a request.
//!
//! [`KINDS`] has a row for each kind of key that `keys.rs` spells; a test sees to that.

use crate::cors::OriginDesks;
use crate::documents::{
    AnswersPage, CustomerDocument, DeskDocument, DirectoryDocument, DraftDocument, DueCursor,
    FilePageDocument, HandOversDocument, HandsDocument, HistoryDocument, HoursDocument, JournalDocument,
    LearntDocument, LessonsDocument, OutlookDocument, PageDocument, ProposalsDocument, RequestRecord,
    RequestsCursor, RosterDocument, SaidRecord, StaffDocument, ThreadDocument, TickCursor, TicketDocument,
};
use crate::files::UploadNote;
use std::collections::BTreeSet;
use tierline_domain::desk::Desk;
use tierline_domain::files::FileId;
use tierline_domain::ids::{DeskId, LineId, PersonId, TicketId};
use tierline_domain::journal::JournalPage;
use tierline_domain::queue::{Directory, Page};
use tierline_domain::ticket::Ticket;
use tierline_store::{Document, DocumentError, Stored};

/// What a key and its value are.
#[derive(Debug, Clone, PartialEq)]
pub enum Kept {
    /// A desk in force.
    Desk(Box<Desk>),
    /// The people of an edition of a desk.
    People(DeskId, u64),
    /// A page of the answers of an edition of a desk.
    Answers(DeskId, u64, u32),
    /// A ticket.
    Ticket(Box<Ticket>),
    /// A page of a ticket's older messages, by its name.
    Thread(TicketId, String, ThreadDocument),
    /// A line's directory.
    Directory(DeskId, LineId, Directory),
    /// A page of a line, by its name.
    Page(DeskId, LineId, String, Page),
    /// A page of a shelf of a desk's lists, and the shelf.
    Shelf(DeskId, String, Page),
    /// The head of a journal chain.
    Journal(DeskId, u32, JournalPage),
    /// A sealed page of a journal chain.
    JournalPage(DeskId, u32, u32, JournalPage),
    /// A part of a file, by its number, and how many bytes it has.
    FilePart(FileId, u32, u64),
    /// The note that an upload for a ticket has begun: parts may be there that no ticket names.
    Upload(TicketId, Vec<FileId>),
    /// The desks that list an origin.
    Origin(BTreeSet<DeskId>),
    /// A well-formed document of another kind, which nothing else has to agree with.
    Other(&'static str),
    /// A counter that only made one creator of many.
    Guard,
}

/// Why a key and its value are nothing of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// The key is none that this build writes: another build's, or another program's.
    #[error("this build does not know what is kept under this key")]
    UnknownKey,
    /// The value is no document, or of a later build.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The value does not belong under this key.
    #[error("the document is of {0}, not of what its key says")]
    Misplaced(&'static str),
    /// A counter that is none.
    #[error("a counter has eight bytes, this has {0}")]
    NoCounter(usize),
}

/// The part of a key before its first `:`, and what it says in an export and a report.
pub const KINDS: [&str; 25] = [
    "customer",
    "deskfile",
    "desk",
    "guard",
    "people",
    "answers",
    "ticket",
    "thread",
    "file",
    "upload",
    "origin",
    "queue",
    "journal",
    "request",
    "said",
    "tick",
    "learnt",
    "presence",
    "outlook",
    "hours",
    "handovers",
    "lessons",
    "proposals",
    "hands",
    "draft",
];

/// The kind of a key, one of [`KINDS`]; none if it is not ours.
pub fn kind_of(key: &str) -> Option<&'static str> {
    let kind = key.split(':').next().unwrap_or_default();
    KINDS.into_iter().find(|known| *known == kind)
}

/// What is kept under `key`.
pub fn read_kept(key: &str, bytes: &[u8]) -> Result<Kept, NotKept> {
    let parts: Vec<&str> = key.split(':').collect();
    match parts.as_slice() {
        ["guard", ..] => counter(bytes),
        ["tick"] => decode::<TickCursor>(key, bytes).map(|_| Kept::Other("tick")),
        ["tick", "requests"] => decode::<RequestsCursor>(key, bytes).map(|_| Kept::Other("tick")),
        ["tick", "due", id] => {
            desk(id)?;
            decode::<DueCursor>(key, bytes).map(|_| Kept::Other("tick"))
        }
        ["desk", id] => {
            let desk = decode::<DeskDocument>(key, bytes)?.0;
            if desk.head.id != self::desk(id)? {
                return Err(NotKept::Misplaced("another desk"));
            }
            Ok(Kept::Desk(Box::new(desk)))
        }
        ["people", id, edition] => {
            decode::<StaffDocument>(key, bytes)?;
            Ok(Kept::People(desk(id)?, number(edition)?))
        }
        ["hours", id, edition] => {
            desk(id)?;
            number::<u64>(edition)?;
            decode::<HoursDocument>(key, bytes).map(|_| Kept::Other("hours"))
        }
        ["presence", id] => {
            desk(id)?;
            decode::<RosterDocument>(key, bytes).map(|_| Kept::Other("presence"))
        }
        ["outlook", id, line] => {
            desk(id)?;
            self::line(line)?;
            decode::<OutlookDocument>(key, bytes).map(|_| Kept::Other("outlook"))
        }
        ["hands", id, person] => {
            desk(id)?;
            PersonId::parse(person).map_err(|_| NotKept::UnknownKey)?;
            decode::<HandsDocument>(key, bytes).map(|_| Kept::Other("hands"))
        }
        ["handovers", id, line] => {
            desk(id)?;
            self::line(line)?;
            decode::<HandOversDocument>(key, bytes).map(|_| Kept::Other("handovers"))
        }
        ["lessons", id] => {
            desk(id)?;
            decode::<LessonsDocument>(key, bytes).map(|_| Kept::Other("lessons"))
        }
        ["proposals", id] => {
            desk(id)?;
            decode::<ProposalsDocument>(key, bytes).map(|_| Kept::Other("proposals"))
        }
        ["answers", id, edition, page] => {
            decode::<AnswersPage>(key, bytes)?;
            Ok(Kept::Answers(desk(id)?, number(edition)?, number(page)?))
        }
        ["learnt", id, edition] => {
            desk(id)?;
            number::<u64>(edition)?;
            decode::<LearntDocument>(key, bytes).map(|_| Kept::Other("learnt"))
        }
        // Bytes that only tier 1 reads; a broken one sends questions to people.
        ["learnt", id, edition, part] => {
            desk(id)?;
            number::<u64>(edition)?;
            number::<u32>(part)?;
            Ok(Kept::Other("learnt"))
        }
        ["ticket", id] => {
            let found = decode::<TicketDocument>(key, bytes)?.0;
            if found.id != ticket(id)? {
                return Err(NotKept::Misplaced("another ticket"));
            }
            Ok(Kept::Ticket(Box::new(found)))
        }
        ["thread", id, page] => {
            let found = decode::<ThreadDocument>(key, bytes)?;
            Ok(Kept::Thread(ticket(id)?, (*page).to_owned(), found))
        }
        ["draft", id, person] => {
            ticket(id)?;
            PersonId::parse(person).map_err(|_| NotKept::UnknownKey)?;
            decode::<DraftDocument>(key, bytes).map(|_| Kept::Other("draft"))
        }
        ["file", id, part] => {
            let id = FileId::parse(id).ok_or(NotKept::UnknownKey)?;
            Ok(Kept::FilePart(id, number(part)?, bytes.len() as u64))
        }
        ["upload", _, id, _] => {
            let note = decode::<UploadNote>(key, bytes)?;
            Ok(Kept::Upload(ticket(id)?, note.files.into_iter().map(|(file, _)| file).collect()))
        }
        ["origin", _] => Ok(Kept::Origin(decode::<OriginDesks>(key, bytes)?.desks().clone())),
        ["customer", id, _] => {
            desk(id)?;
            decode::<CustomerDocument>(key, bytes).map(|_| Kept::Other("customer"))
        }
        ["deskfile", id, edition] => {
            desk(id)?;
            number::<u64>(edition)?;
            decode::<HistoryDocument>(key, bytes).map(|_| Kept::Other("deskfile"))
        }
        ["deskfile", id, edition, page] => {
            desk(id)?;
            number::<u64>(edition)?;
            number::<u32>(page)?;
            decode::<FilePageDocument>(key, bytes).map(|_| Kept::Other("deskfile"))
        }
        // When its tickets are to be looked at: a hint, which the tick makes again.
        ["queue", id, "~due", _] => {
            desk(id)?;
            decode::<PageDocument>(key, bytes).map(|_| Kept::Other("due"))
        }
        // The shelves of a desk's lists: made again from the tickets.
        ["queue", id, shelf] if shelf.starts_with('~') => {
            desk(id)?;
            decode::<DirectoryDocument>(key, bytes).map(|_| Kept::Other("list"))
        }
        ["queue", id, shelf, _] if shelf.starts_with('~') => {
            Ok(Kept::Shelf(desk(id)?, (*shelf).to_owned(), decode::<PageDocument>(key, bytes)?.0))
        }
        ["queue", id, line] => {
            let directory = decode::<DirectoryDocument>(key, bytes)?.0;
            Ok(Kept::Directory(desk(id)?, self::line(line)?, directory))
        }
        ["queue", id, line, page] => {
            let found = decode::<PageDocument>(key, bytes)?.0;
            Ok(Kept::Page(desk(id)?, self::line(line)?, (*page).to_owned(), found))
        }
        ["journal", id, shard] => {
            Ok(Kept::Journal(desk(id)?, number(shard)?, decode::<JournalDocument>(key, bytes)?.0))
        }
        ["journal", id, shard, page] => {
            let found = decode::<JournalDocument>(key, bytes)?.0;
            Ok(Kept::JournalPage(desk(id)?, number(shard)?, number(page)?, found))
        }
        ["request", id, _] => {
            desk(id)?;
            decode::<RequestRecord>(key, bytes).map(|_| Kept::Other("request"))
        }
        ["said", _, _] => decode::<SaidRecord>(key, bytes).map(|_| Kept::Other("said")),
        _ => Err(NotKept::UnknownKey),
    }
}

fn decode<T: Stored>(key: &str, bytes: &[u8]) -> Result<T, NotKept> {
    Ok(Document::<T>::decode(key, bytes)?.body)
}

fn counter(bytes: &[u8]) -> Result<Kept, NotKept> {
    if bytes.len() == 8 { Ok(Kept::Guard) } else { Err(NotKept::NoCounter(bytes.len())) }
}

fn desk(text: &str) -> Result<DeskId, NotKept> {
    DeskId::parse(text).map_err(|_| NotKept::UnknownKey)
}

fn line(text: &str) -> Result<LineId, NotKept> {
    LineId::parse(text).map_err(|_| NotKept::UnknownKey)
}

fn ticket(text: &str) -> Result<TicketId, NotKept> {
    TicketId::parse(text).ok_or(NotKept::UnknownKey)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, NotKept> {
    text.parse().map_err(|_| NotKept::UnknownKey)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test
    use super::*;

    /// Whoever spells a new kind of key adds it here, so that `tierline check`, `export` and `import` know it.
    #[test]
    fn every_kind_of_key_has_its_row() {
        let spelled = include_str!("keys.rs").lines().filter_map(|line| {
            let (_, rest) = line.split_once('"')?;
            let (kind, _) = rest.split_once(':')?;
            kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-').then_some(kind)
        });
        let unknown: Vec<&str> = spelled.filter(|kind| !KINDS.contains(kind)).collect();
        assert!(unknown.is_empty(), "add to KINDS and to read_kept in kept.rs: {unknown:?}");
    }

    #[test]
    fn what_is_not_ours_is_told_from_what_is_damaged() {
        assert_eq!(read_kept("somebody:else", b"{}"), Err(NotKept::UnknownKey));
        assert!(matches!(read_kept("desk:a", b"{\"sche"), Err(NotKept::Document(_))));
        assert!(matches!(read_kept("desk:a", b"{\"schema\":99}"), Err(NotKept::Document(_))));
        assert_eq!(read_kept("guard:desk:a", &[0; 3]), Err(NotKept::NoCounter(3)));
        assert_eq!(read_kept("guard:desk:a", &1_i64.to_le_bytes()), Ok(Kept::Guard));
        assert_eq!(kind_of("tick"), Some("tick"));
        assert_eq!(kind_of("nonsense"), None);
    }
}
