//! Documents as earlier builds wrote them still open. A file here never changes; a new schema adds one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use tierline_desk::cors::OriginDesks;
use tierline_desk::files::UploadNote;
use tierline_desk::{
    CustomerDocument, DeskDocument, DirectoryDocument, DueCursor, HistoryDocument, HoursDocument,
    JournalDocument, PageDocument, RequestRecord, StaffDocument, ThreadDocument, TicketDocument,
};
use tierline_domain::history::Action;
use tierline_domain::ids::LineId;
use tierline_domain::lists::ListId;
use tierline_domain::queue::PageId;
use tierline_domain::ticket::{LinkKind, Status, Ticket};
use tierline_store::Document;

#[test]
fn a_ticket_of_schema_1_opens() {
    let bytes = include_bytes!("fixtures/ticket-1.json");
    let ticket = Document::<TicketDocument>::decode("ticket", bytes).unwrap().body.0;
    assert_eq!((ticket.status, ticket.messages.len()), (Status::Queued, 1));
    assert!(ticket.lease.is_some() && ticket.stay.is_some());
    assert_eq!(ticket.skills_wanted, Vec::<String>::new(), "came later");
}

#[test]
fn a_desk_of_schema_1_opens() {
    let bytes = include_bytes!("fixtures/desk-1.json");
    let desk = Document::<DeskDocument>::decode("desk", bytes).unwrap().body.0;
    assert_eq!((desk.head.id.as_str(), desk.lines.len()), ("harborline", 5));
}

#[test]
fn a_journal_of_schema_1_opens_and_still_holds() {
    let bytes = include_bytes!("fixtures/journal-1.json");
    let page = Document::<JournalDocument>::decode("journal", bytes).unwrap().body.0;
    assert_eq!((page.events.len(), page.verify()), (5, Ok(())));
    assert!(page.events.iter().all(|event| event.ticket.is_some() && event.entry.is_none()));
}

#[test]
fn notes_of_uploads_and_lists_of_origins_open() {
    let bytes = include_bytes!("fixtures/upload-1.json");
    let note = Document::<UploadNote>::decode("upload", bytes).unwrap().body;
    assert_eq!(note.files.first().map(|(id, parts)| (id.as_str().len(), *parts)), Some((32, 3)));
    let bytes = include_bytes!("fixtures/origin-1.json");
    assert!(Document::<OriginDesks>::decode("origin", bytes).is_ok());
}

#[test]
fn a_thread_page_of_messages_alone_opens() {
    let bytes = include_bytes!("fixtures/thread-1.json");
    let page = Document::<ThreadDocument>::decode("thread", bytes).unwrap().body;
    assert_eq!((page.messages.len(), page.messages[1].number, page.steps.len()), (2, 2, 0));
}

#[test]
fn a_ticket_with_files_opens() {
    let bytes = include_bytes!("fixtures/ticket-files-1.json");
    let ticket = Document::<TicketDocument>::decode("ticket", bytes).unwrap().body.0;
    assert_eq!((ticket.files.count, ticket.messages[0].files[0].name.as_str()), (1, "a.png"));
}

#[test]
fn people_of_both_schemas_open() {
    let bytes = include_bytes!("fixtures/people-1.json");
    let staff = Document::<StaffDocument>::decode("people", bytes).unwrap().body.0;
    assert_eq!((staff.people.len(), staff.notes.len()), (1, 0));
    let bytes = include_bytes!("fixtures/people-2.json");
    let staff = Document::<StaffDocument>::decode("people", bytes).unwrap().body.0;
    let [ana, zoe] = ["ana", "zoe"].map(|id| tierline_domain::ids::PersonId::parse(id).unwrap());
    assert_eq!((staff.people.len(), staff.is_added(&ana), staff.is_added(&zoe)), (2, false, true));
}

#[test]
fn a_customer_and_versions_of_schema_1_open() {
    let bytes = include_bytes!("fixtures/customer-1.json");
    let customer = Document::<CustomerDocument>::decode("customer", bytes).unwrap().body.0;
    assert_eq!(
        (customer.external_id.as_str(), customer.pin.is_some(), customer.erased),
        ("c-1", true, false)
    );
    let bytes = include_bytes!("fixtures/versions-1.json");
    let versions = Document::<HistoryDocument>::decode("versions", bytes).unwrap().body.0;
    assert_eq!((versions.len(), versions[0].rollback_of, versions[1].rollback_of), (2, Some(1), None));
}

fn ticket(bytes: &[u8]) -> Ticket {
    Document::<TicketDocument>::decode("ticket", bytes).unwrap().body.0
}

#[test]
fn tickets_that_have_to_do_with_others_open() {
    let target = ticket(include_bytes!("fixtures/ticket-relations-1.json"));
    let source = ticket(include_bytes!("fixtures/ticket-merged-1.json"));
    let split = ticket(include_bytes!("fixtures/ticket-split-1.json"));
    let relations = &target.relations;
    assert_eq!(relations.participants[0].address, "bo@example.com");
    assert_eq!(relations.links[0].kind, LinkKind::Related);
    assert!(relations.absorbed[0].done && relations.absorbed[0].ticket == source.id);
    assert!(source.is_merged_into(target.id) && source.status == Status::Closed);
    assert_eq!(
        (relations.split_into[0].ticket, relations.split_into[0].messages.clone()),
        (split.id, vec![1])
    );
    assert_eq!(split.relations.split_from.map(|from| from.ticket), Some(target.id));
    assert_eq!(split.subject.as_deref(), Some("Another"));
    assert!(target.relations.due.is_empty() && target.lists().contains(&ListId::of_customer("c-1")));
}

#[test]
fn what_was_erased_opens_and_says_so() {
    let erased = ticket(include_bytes!("fixtures/ticket-erased-1.json"));
    assert!(erased.erased.is_some() && erased.messages.is_empty() && erased.customer.list().is_none());
    assert_eq!((erased.salt, erased.steps.last().map(|step| step.action)), ([0; 16], Some(Action::Erased)));
    let files = ticket(include_bytes!("fixtures/ticket-files-gone-1.json"));
    assert!(files.has_lost_files_of(1) && files.messages[0].files[0].parts == 0);
    assert_eq!(files.files.gone.map(|gone| (gone.count, gone.is_due)), Some((1, false)));
    let bytes = include_bytes!("fixtures/customer-erased-1.json");
    let customer = Document::<CustomerDocument>::decode("customer", bytes).unwrap().body.0;
    assert!(customer.erased && customer.external_id.is_empty());
}

#[test]
fn a_journal_without_its_beginning_opens_and_holds() {
    let bytes = include_bytes!("fixtures/journal-forgotten-1.json");
    let page = Document::<JournalDocument>::decode("journal", bytes).unwrap().body.0;
    assert_eq!((page.number, page.beginning().0, page.verify()), (1, 1, Ok(())));
    assert_eq!(page.before, page.beginning().1);
}

#[test]
fn hours_of_an_arrival_and_how_far_the_journal_was_read_open() {
    let bytes = include_bytes!("fixtures/hours-1.json");
    let hours = Document::<HoursDocument>::decode("hours", bytes).unwrap().body.0;
    let holidays = |line: &str| {
        let line = LineId::parse(line).unwrap();
        hours.calendar(&line).map(|calendar| (calendar.zone.name().to_owned(), calendar.hours.holidays.len()))
    };
    assert_eq!(holidays("admins"), Some(("Europe/Madrid".to_owned(), 1)));
    assert_eq!(holidays("care"), holidays("admins"));
    let bytes = include_bytes!("fixtures/due-1.json");
    let cursor = Document::<DueCursor>::decode("tick:due:harborline", bytes).unwrap().body;
    assert_eq!((cursor.read[0], cursor.read[7]), ((0, 5), (12, 127)));
}

#[test]
fn what_an_idempotency_key_remembers_opens() {
    let bytes = include_bytes!("fixtures/request-1.json");
    let record = Document::<RequestRecord>::decode("request", bytes).unwrap().body;
    assert_eq!((record.body_sha256.len(), record.ticket.to_string().len()), (43, 36));
}

#[test]
fn a_queue_of_schema_1_opens_and_is_the_one_that_all_sets_share() {
    let bytes = include_bytes!("fixtures/queue-directory-1.json");
    let directory = Document::<DirectoryDocument>::decode("queue", bytes).unwrap().body.0;
    let shared = directory.shared().unwrap();
    assert_eq!((shared.pages().len(), shared.head(), directory.sets_count()), (2, PageId::first(), 0));
    let bytes = include_bytes!("fixtures/queue-page-1.json");
    let page = Document::<PageDocument>::decode("queue", bytes).unwrap().body.0;
    assert_eq!((page.entries.len(), page.entries[0].skills.as_slice()), (2, &["lang:en".to_owned()][..]));
    assert!(page.next.is_some() && page.entries[1].hold.is_some());
}
