//! Which value is kept under which schema.

use crate::versions::Version;
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use tierline_domain::capacity::Hands;
use tierline_domain::customers::CustomerRecord;
use tierline_domain::desk::{Answer, Desk, Route};
use tierline_domain::forecast::LineOutlook;
use tierline_domain::front::Front;
use tierline_domain::handovers::Figures;
use tierline_domain::history::Step;
use tierline_domain::hours::Timetable;
use tierline_domain::ids::TicketId;
use tierline_domain::journal::JournalPage;
use tierline_domain::lessons::Lessons;
use tierline_domain::people::Person;
use tierline_domain::presence::Roster;
use tierline_domain::proposals::Proposals;
use tierline_domain::queue::{Directory, Page};
use tierline_domain::staff::Staff;
use tierline_domain::ticket::{Draft, Message, Ticket};
use tierline_domain::time::Time;
use tierline_store::{Document, DocumentError, Old, OperationId, Part, Runtime, Store, Stored};

macro_rules! kept {
    ($($(#[$doc:meta])* $name:ident($body:ty) = $schema:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $body);

        impl Stored for $name {
            const SCHEMA: u32 = $schema;
        }

        impl Deref for $name {
            type Target = $body;
            fn deref(&self) -> &$body {
                &self.0
            }
        }
    )+};
}

kept! {
    /// A ticket.
    TicketDocument(Ticket) = 1;
    /// A desk.
    DeskDocument(Desk) = 1;
    /// What the operator knows of a customer.
    CustomerDocument(CustomerRecord) = 1;
    /// The versions of a desk file that are kept with one of them, newest first.
    HistoryDocument(Vec<Version>) = 1;
    /// A part of a desk file's text.
    FilePageDocument(String) = 1;
    /// A page of a line.
    PageDocument(Page) = 1;
    /// A page of a journal chain.
    JournalDocument(JournalPage) = 1;
    /// Hours that promises are counted by.
    HoursDocument(Timetable) = 1;
    /// The hand-overs out of a line, in figures.
    HandOversDocument(Figures) = 1;
    /// What became of a desk's answers.
    LessonsDocument(Lessons) = 1;
    /// Which tickets' questions are proposed as examples.
    ProposalsDocument(Proposals) = 1;
    /// What people said of their presence.
    RosterDocument(Roster) = 1;
    /// What a line's forecasts are made from.
    OutlookDocument(LineOutlook) = 1;
    /// What somebody typed and has not sent.
    DraftDocument(Draft) = 1;
}

/// A page of a ticket's older messages and steps.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ThreadDocument {
    /// Oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// Oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// The number of the first of the steps.
    #[serde(default)]
    pub steps_from: u32,
}

impl Stored for ThreadDocument {
    const SCHEMA: u32 = 2;

    /// Schema 1 was the messages alone.
    fn upgrade(old: Old<'_>) -> Result<Self, DocumentError> {
        match old.schema {
            1 => old.body().map(|messages| Self { messages, ..Self::default() }),
            schema => Err(DocumentError::Schema { found: schema, known: Self::SCHEMA }),
        }
    }
}

/// What of a desk its pages show.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct FrontPart(pub Front);

impl Part for FrontPart {
    type Of = DeskDocument;
}

/// A line's directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DirectoryDocument(pub Directory);

impl Stored for DirectoryDocument {
    const SCHEMA: u32 = 2;

    /// Schema 1 had one queue of pages, which is the shared one now. A build that knows only that one must not serve
    /// from a directory that has more.
    fn upgrade(old: Old<'_>) -> Result<Self, DocumentError> {
        match old.schema {
            1 => old.body().map(Self),
            schema => Err(DocumentError::Schema { found: schema, known: Self::SCHEMA }),
        }
    }
}

impl Deref for DirectoryDocument {
    type Target = Directory;
    fn deref(&self) -> &Directory {
        &self.0
    }
}

/// What one person has in hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HandsDocument(pub Hands);

impl Stored for HandsDocument {
    const SCHEMA: u32 = 2;

    /// Schema 1 had no claims of several tickets. A build that knows only that one would count less than there is.
    fn upgrade(old: Old<'_>) -> Result<Self, DocumentError> {
        match old.schema {
            1 => old.body().map(Self),
            schema => Err(DocumentError::Schema { found: schema, known: Self::SCHEMA }),
        }
    }
}

/// What tier 1 learnt from an edition: its parts are kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearntDocument {
    /// How many parts there are.
    pub parts: u32,
    /// Bytes of all parts together.
    pub bytes: usize,
}

impl Stored for LearntDocument {
    const SCHEMA: u32 = 1;
}

/// The people of a desk, under one edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StaffDocument(pub Staff);

impl From<Staff> for StaffDocument {
    fn from(staff: Staff) -> Self {
        Self(staff)
    }
}

impl Stored for StaffDocument {
    const SCHEMA: u32 = 2;

    /// Schema 1 had the file's people and nobody else.
    fn upgrade(old: Old<'_>) -> Result<Self, DocumentError> {
        match old.schema {
            1 => old.body::<Vec<Person>>().map(Staff::of_file).map(Self),
            schema => Err(DocumentError::Schema { found: schema, known: Self::SCHEMA }),
        }
    }
}

/// Part of what tier 1 learns from, in the desk file's order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AnswersPage {
    /// Canned answers.
    pub answers: Vec<Answer>,
    /// What people must solve.
    pub routes: Vec<Route>,
}

impl Stored for AnswersPage {
    const SCHEMA: u32 = 1;
}

/// What came of a request with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// What the request's body is known by: another body under the same key is another request. HMAC under the
    /// deployment's secret; a plain SHA-256 in records of builds that had no other.
    pub body_sha256: String,
    /// The ticket it made.
    pub ticket: TicketId,
}

impl Stored for RequestRecord {
    const SCHEMA: u32 = 1;
}

/// What a request that changes nothing was answered under its idempotency key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaidRecord {
    /// When.
    pub at: Time,
    /// The answer's body.
    pub answer: serde_json::Value,
}

impl Stored for SaidRecord {
    const SCHEMA: u32 = 1;
}

/// Where clearing away old idempotency keys goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestsCursor {
    /// Records after this key; all if there is none.
    pub after: Option<String>,
}

impl Stored for RequestsCursor {
    const SCHEMA: u32 = 1;
}

/// How far a desk's journal was read for what has its time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueCursor {
    /// Of each chain the page and the event that are next.
    pub read: Vec<(u32, u32)>,
}

impl Stored for DueCursor {
    const SCHEMA: u32 = 1;
}

/// Where the next sweep goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TickCursor {
    /// Tickets older than this one; all if there is none.
    pub before: Option<TicketId>,
}

impl Stored for TickCursor {
    const SCHEMA: u32 = 1;
}

/// Writes a document whose key nobody else writes, whatever was there. One durable commit.
pub(crate) async fn write<T: Stored, R: Runtime>(
    runtime: &R,
    key: &str,
    body: T,
    operation: &OperationId,
) -> Result<(), crate::Error> {
    set(runtime, key, Document::first(body, operation.clone()).encode(key)?).await
}

/// Apart from what it is that is written: the code is there once.
async fn set<R: Runtime>(runtime: &R, key: &str, bytes: Vec<u8>) -> Result<(), crate::Error> {
    Ok(runtime.store().set(key, &bytes).await?)
}
