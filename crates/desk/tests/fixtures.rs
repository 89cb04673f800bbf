//! Documents as earlier builds wrote them still open. A file here never changes; a new schema adds one.

use tierline_desk::cors::OriginDesks;
use tierline_desk::files::UploadNote;
use tierline_desk::{
    CustomerDocument, DeskDocument, HistoryDocument, JournalDocument, StaffDocument, TicketDocument,
};
use tierline_domain::ticket::Status;
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
