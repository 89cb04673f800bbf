//! Every key of the store, spelled here and nowhere else.
//!
//! Ids are slugs and UUIDs, so no part can hold a `:` and no two kinds can meet. Cosmos DB refuses `/`, `\`, `?` and `#`.

use tierline_domain::files::FileId;
use tierline_domain::ids::{DeskId, LineId, PersonId, TicketId};
use tierline_domain::queue::PageId;
use tierline_domain::time::Time;
use tierline_store::OperationId;

/// A desk: its policy, lines and the edition in force.
pub fn desk(desk: &DeskId) -> String {
    format!("desk:{desk}")
}

/// The desk that a key is of.
pub fn parse_desk(key: &str) -> Option<DeskId> {
    DeskId::parse(key.strip_prefix("desk:")?).ok()
}

/// Counts who began to create a desk.
pub fn desk_guard(desk: &DeskId) -> String {
    format!("guard:desk:{desk}")
}

/// The people of one edition. Never changed once written.
pub fn people(desk: &DeskId, edition: u64) -> String {
    format!("people:{desk}:{edition}")
}

/// Hours of a desk that promises are counted by. Never changed once written.
pub fn hours(desk: &DeskId, edition: u64) -> String {
    format!("hours:{desk}:{edition}")
}

/// What people of a desk said of their presence.
pub fn roster(desk: &DeskId) -> String {
    format!("presence:{desk}")
}

/// What somebody has in hand.
pub fn hands(desk: &DeskId, person: &PersonId) -> String {
    format!("hands:{desk}:{person}")
}

/// Counts who began to create what somebody has in hand, in one reservation period.
pub fn hands_guard(desk: &DeskId, person: &PersonId, period: i64) -> String {
    format!("guard:{}:{period}", hands(desk, person))
}

/// The hand-overs out of a line, in figures.
pub fn handovers(desk: &DeskId, line: &LineId) -> String {
    format!("handovers:{desk}:{line}")
}

/// What became of a desk's answers.
pub fn lessons(desk: &DeskId) -> String {
    format!("lessons:{desk}")
}

/// Which tickets' questions are proposed as examples.
pub fn proposals(desk: &DeskId) -> String {
    format!("proposals:{desk}")
}

/// A page of the answers of one edition. Never changed once written.
pub fn answers(desk: &DeskId, edition: u64, page: u32) -> String {
    format!("answers:{desk}:{edition}:{page}")
}

/// Which versions are kept with an edition, and what is known of them. Never changed once written.
pub fn desk_file(desk: &DeskId, edition: u64) -> String {
    format!("deskfile:{desk}:{edition}")
}

/// A part of the text of an edition's file. Never changed once written.
pub fn desk_file_page(desk: &DeskId, edition: u64, page: u32) -> String {
    format!("deskfile:{desk}:{edition}:{page}")
}

/// What tier 1 learnt from the answers of one edition: how many parts there are. Never changed once written.
pub fn learnt(desk: &DeskId, edition: u64) -> String {
    format!("learnt:{desk}:{edition}")
}

/// A part of what tier 1 learnt. Never changed once written.
pub fn learnt_part(desk: &DeskId, edition: u64, part: u32) -> String {
    format!("learnt:{desk}:{edition}:{part}")
}

/// What of an edition a key is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditionKind {
    /// Its file's text.
    File,
    /// People, answers, or what was learnt from these.
    InForce,
}

/// The edition of this desk that a key is of.
pub fn parse_edition(desk: &DeskId, key: &str) -> Option<(EditionKind, u64)> {
    let (kind, rest) = key.split_once(':')?;
    let kind = match kind {
        "deskfile" => EditionKind::File,
        "people" | "answers" | "learnt" => EditionKind::InForce,
        _ => return None,
    };
    let rest = rest.strip_prefix(desk.as_str())?.strip_prefix(':')?;
    rest.split(':').next()?.parse().ok().map(|edition| (kind, edition))
}

/// What the operator knows of a customer.
pub fn customer(desk: &DeskId, external_id: &str) -> String {
    format!("customer:{desk}:{}", crate::customers::hash(external_id))
}

/// Counts who began to create a customer's record.
pub fn customer_guard(desk: &DeskId, external_id: &str) -> String {
    format!("guard:{}", customer(desk, external_id))
}

/// A ticket: the source of truth.
pub fn ticket(ticket: TicketId) -> String {
    format!("{TICKET_PREFIX}{ticket}")
}

/// What every ticket's key begins with.
pub const TICKET_PREFIX: &str = "ticket:";

/// The ticket that a key is of.
pub fn parse_ticket(key: &str) -> Option<TicketId> {
    TicketId::parse(key.strip_prefix(TICKET_PREFIX)?)
}

/// A page of a ticket's older messages. Never changed once written.
pub fn thread(ticket: TicketId, page: &str) -> String {
    format!("thread:{ticket}:{page}")
}

/// What somebody typed on a ticket and has not sent.
pub fn draft(ticket: TicketId, person: &PersonId) -> String {
    format!("draft:{ticket}:{person}")
}

/// The ticket that a draft's key is of.
pub fn parse_draft(key: &str) -> Option<TicketId> {
    TicketId::parse(key.strip_prefix("draft:")?.split_once(':')?.0)
}

/// A part of a file. Never changed once written.
pub fn file_part(file: &FileId, number: u32) -> String {
    format!("file:{}:{number}", file.as_str())
}

/// The note that an upload for a ticket has begun, and when: the tick knows its age without reading it.
pub fn upload(at: Time, ticket: TicketId, operation: &OperationId) -> String {
    format!("{UPLOAD_PREFIX}{}:{ticket}:{}", at.0, operation.as_str())
}

const UPLOAD_PREFIX: &str = "upload:";

/// When the upload began whose note has this key.
pub fn parse_upload(key: &str) -> Option<Time> {
    let (at, _) = key.strip_prefix(UPLOAD_PREFIX)?.split_once(':')?;
    at.parse().ok().map(Time)
}

/// Which desks let an origin's pages call them; `hash` is of the origin.
pub fn origin(hash: &str) -> String {
    format!("origin:{hash}")
}

/// The ticket and the page's name that a thread page's key is of.
pub fn parse_thread(key: &str) -> Option<(TicketId, &str)> {
    let (ticket, page) = key.strip_prefix("thread:")?.split_once(':')?;
    Some((TicketId::parse(ticket)?, page))
}

/// A line's directory of pages.
pub fn directory(desk: &DeskId, line: &LineId) -> String {
    format!("queue:{desk}:{line}")
}

/// A page of a line.
pub fn page(desk: &DeskId, line: &LineId, page: &PageId) -> String {
    format!("queue:{desk}:{line}:{}", page.as_str())
}

/// What a line's forecasts are made from.
pub fn outlook(desk: &DeskId, line: &LineId) -> String {
    format!("outlook:{desk}:{line}")
}

/// The head of one chain of a desk's journal.
pub fn journal(desk: &DeskId, shard: u32) -> String {
    format!("journal:{desk}:{shard}")
}

/// A sealed page of a chain.
pub fn journal_page(desk: &DeskId, shard: u32, number: u32) -> String {
    format!("journal:{desk}:{shard}:{number}")
}

/// The chain and the number of a sealed page of this desk's journal.
pub fn parse_journal_page(desk: &DeskId, key: &str) -> Option<(u32, u32)> {
    let rest = key.strip_prefix("journal:")?.strip_prefix(desk.as_str())?.strip_prefix(':')?;
    let (shard, number) = rest.split_once(':')?;
    Some((shard.parse().ok()?, number.parse().ok()?))
}

/// What came of a request with an idempotency key; `hash` is of the key.
pub fn request(desk: &DeskId, hash: &str) -> String {
    format!("request:{desk}:{hash}")
}

/// Counts who began on a request in one reservation period.
pub fn request_guard(desk: &DeskId, hash: &str, period: i64) -> String {
    format!("guard:request:{desk}:{hash}:{period}")
}

/// Whether a key is of what came of a request.
pub fn is_request(key: &str) -> bool {
    key.starts_with("request:")
}

/// What a request that changes nothing was answered under an idempotency key; `name` is of the request and its key.
/// `scope` is the desk, or the deployment.
pub fn said(scope: &str, name: &str) -> String {
    format!("said:{scope}:{name}")
}

/// Whether a key is of what a request was answered.
pub fn is_said(key: &str) -> bool {
    key.starts_with("said:")
}

/// The period that a request's guard is of.
pub fn parse_request_guard(key: &str) -> Option<i64> {
    key.strip_prefix("guard:request:")?.rsplit_once(':')?.1.parse().ok()
}

/// Where clearing away old idempotency keys goes on.
pub const TICK_REQUESTS: &str = "tick:requests";

/// How far a desk's journal was read for what has its time.
pub fn tick_due(desk: &DeskId) -> String {
    format!("tick:due:{desk}")
}

/// Where the next sweep goes on.
pub const TICK: &str = "tick";
