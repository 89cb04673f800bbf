//! Every bound of the operations, by name and unit.

/// Attempts to create one document.
pub const CREATE_ATTEMPTS_MAX: u32 = 16;
/// Attempts to bring one queue page into agreement with a ticket.
pub const QUEUE_ATTEMPTS_MAX: u32 = 48;
/// Pages a walk along links may take: the directory is never further behind than this.
pub const QUEUE_LINKS_MAX: usize = 64;
/// Swaps that one claim tries on the heads of its line's queues: more than the people of a desk that claim at once.
pub const CLAIM_SWAPS_MAX: u32 = 96;
/// Pages of one queue before a ticket's own that are read to tell its position exactly.
pub const POSITION_PAGES_MAX: usize = 4;
/// Empty sets that are tried to close for one that has no queue.
pub const SETS_CLOSED_TRIES_MAX: usize = 8;
/// Tickets that one claim notes at once where people's hands are bounded: whoever finds the first taken goes to the next. More
/// than the people of a desk that claim at once.
pub const CANDIDATES_MAX: usize = 64;
/// Seconds after which an entry that says nothing of its ticket's holder is put right by whoever finds it: until then the
/// holder's own request may be about to.
pub const ENTRY_LATE_S: u32 = 10;
/// Attempts to put such entries right.
pub const STALE_ATTEMPTS_MAX: u32 = 8;
/// Attempts to note what somebody takes: requests of one person that run into each other.
pub const HANDS_ATTEMPTS_MAX: u32 = 32;
/// Entries that claim-next may find taken before it gives up.
pub const CLAIM_ATTEMPTS_MAX: u32 = 64;
/// Attempts to append to a journal chain: pages that one ticket's steps may fill, and seals that others win.
pub const JOURNAL_ATTEMPTS_MAX: u32 = 12;
/// A reserved request is given up by others after this long: longer than any request may take.
pub const RESERVATION_S: i64 = 60;
/// Of the next reservation period, how long the one before may still be at work.
pub const RESERVATION_GRACE_S: i64 = 35;
/// Bytes of canned answers stored in one page.
pub const ANSWERS_PAGE_BYTES_MAX: usize = 60_000;
/// Bytes of one stored part of what tier 1 learnt: what the strictest edge store takes as a value.
pub const LEARNT_PART_BYTES: usize = 384 * 1024;
/// Bytes of all that tier 1 may have learnt for one desk.
pub const LEARNT_BYTES_MAX: usize = 4_000_000;
/// How long publishing waits for tier 1 to learn. After that the desk is in force all the same, and its questions go to
/// people until it is published again.
pub const LEARN_DEADLINE: std::time::Duration = std::time::Duration::from_secs(20);
/// How long a tick waits until what became of a desk's answers is counted: what is not done then, the next does.
pub const FOLLOW_DEADLINE: std::time::Duration = std::time::Duration::from_secs(20);
/// Proposals of one page, where the caller does not say.
pub const PROPOSALS_LIMIT_DEFAULT: u32 = 25;
/// Proposals of one page at most: each costs a read of its ticket.
pub const PROPOSALS_LIMIT_MAX: u32 = 50;
/// Characters of the digest of an answer's texts: 64 bits.
pub const TEXTS_DIGEST_CHARS: usize = 16;
/// Bytes of one stored part of a file: well under what edge stores take as a value.
pub const FILE_PART_BYTES: usize = 256 * 1024;
/// Bytes of parts written in one commit.
pub const FILE_BATCH_BYTES: usize = 2 * 1024 * 1024;
/// An upload older than this is not at work any more, whatever became of it.
pub const UPLOAD_AGE_S_MIN: u32 = 3_600;
/// Notes of uploads that one sweep looks at.
pub const UPLOADS_SWEPT_MAX: usize = 100;
/// Attempts to bring a linked ticket into agreement.
pub const RELATION_ATTEMPTS_MAX: u32 = 48;
/// Sealed journal pages that one reading of the audit turns.
pub const AUDIT_PAGES_MAX: u32 = 16;
/// Pages of one chain that one call checks.
pub const VERIFY_PAGES_MAX: u32 = 32;
/// Records of idempotency keys that one sweep looks at.
pub const SWEEP_REQUESTS_MAX: usize = 200;
/// Guards past their life that one sweep deletes.
pub const SWEEP_GUARDS_MAX: usize = 200;
/// Pages of one journal chain that one sweep forgets.
pub const SWEEP_JOURNAL_PAGES_MAX: usize = 16;
/// Tickets that one sweep erases, or takes the files of: the next ones are for the next round.
pub const SWEEP_ERASED_MAX: usize = 100;
/// Days that an idempotency key of a request is remembered.
pub const REQUEST_RECORD_DAYS: i64 = 7;
/// Tickets of one page of a customer's data, where the caller does not say.
pub const CUSTOMER_DATA_LIMIT_DEFAULT: u32 = 10;
/// Tickets of one page of a customer's data at most: each of them costs several writes to erase.
pub const CUSTOMER_DATA_LIMIT_MAX: u32 = 25;
/// Bytes of messages after which a page of an export is full, whatever its limit.
pub const EXPORT_PAGE_BYTES_MAX: usize = 4_000_000;
/// Tickets that one sweep settles.
pub const SWEEP_TICKETS_MAX: usize = 500;
/// Tickets that one tick looks at because something of them is due, of one desk: the next ones are for the next tick.
pub const DUE_VISITED_MAX: usize = 200;
/// Seconds until a ticket that could not be seen to is looked at again.
pub const DUE_AGAIN_S: u32 = 600;
/// How often a second creator of a desk looks for what the first one made.
pub const CREATOR_LOOKS_MAX: u32 = 20;
/// How long it waits between looks.
pub const CREATOR_LOOK_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);
/// Tickets of one page of a list, where the caller does not say.
pub const LIST_LIMIT_DEFAULT: u32 = 50;
/// Tickets of one page of a list at most.
pub const LIST_LIMIT_MAX: u32 = 100;
/// Tickets that one page of a list looks at.
pub const LIST_TICKETS_READ_MAX: usize = 400;
/// Index pages that one page of a list reads beyond the first of each.
pub const LIST_PAGES_READ_MAX: usize = 64;
/// Tickets read side by side.
pub const LIST_READS_AT_ONCE: usize = 25;
/// Pages from the head that are looked at to say how a line stands.
pub const LINE_PAGES_READ_MAX: usize = 4;
/// Tickets that are looked at to say who works in a line.
pub const LINE_TICKETS_READ_MAX: usize = 64;
/// Characters of a cursor.
pub const CURSOR_CHARS_MAX: usize = 2_000;
/// How often a change of a desk's people begins again because others changed them.
pub const STAFF_ATTEMPTS_MAX: u32 = 16;
/// Versions of a desk file that are kept.
pub const VERSIONS_KEPT_MAX: usize = 50;
/// Bytes of a desk file's text stored in one page: as JSON they can be twice as many.
pub const DESK_FILE_PAGE_BYTES_MAX: usize = 45_000;
/// Keys of past editions that one tick removes.
pub const EDITION_KEYS_REMOVED_MAX: usize = 200;
/// Characters of what tells one content from another under the same idempotency key: 72 bits.
pub const CONTENT_MARK_CHARS: usize = 12;

/// Messages of a thread that one answer shows; the older ones are asked for by number.
pub const THREAD_SHOWN_MAX: u32 = 2_000;
/// Bytes of messages after which an answer shows no older page of them.
pub const THREAD_SHOWN_BYTES_MAX: usize = 1_000_000;
