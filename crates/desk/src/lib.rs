//! The desk's operations: domain decisions carried to the store.
//!
//! An operation reads what it needs, lets the domain decide, writes the ticket first and what follows from it after.
//! Whatever a crash leaves unwritten stands in the ticket as owed, and [`settle`] pays it: now, later, or twice.

pub mod api;
mod ask_triage;
mod audit;
mod claims;
pub mod cors;
mod cover;
mod cursor;
mod customer_data;
mod customers;
mod documents;
mod drafts;
mod due;
mod erase;
mod error;
pub mod files;
mod handovers;
mod hands;
pub mod journal;
pub mod kept;
pub mod keys;
mod learnt;
mod lessons;
pub mod limits;
mod lines;
pub mod links;
mod lists;
mod lookup;
mod operations;
mod outlook;
pub mod posted;
mod presence;
mod proposals;
mod proven;
mod publish;
mod queue;
mod relations;
mod requests;
mod said;
pub mod session;
mod settle;
pub mod settling;
mod sign_in;
mod staff;
mod standings;
mod tidy;
mod time_box;
mod versions;
pub mod view;

pub use ask_triage::ask_triage;
pub use audit::{Audit, AuditCursor, Checked, audit, verify};
pub use claims::claim_next;
pub use cursor::{foreign_cursor, open_cursor, seal_cursor};
pub use customer_data::{
    Forgotten, HandedOut, Participation, Portion, Released, Unverified, Whose, erase_tickets,
    release_tickets, whose,
};
pub use customers::{change_customer, customer, customer_pseudonym};
pub use documents::{
    AnswersPage, CustomerDocument, DeskDocument, DirectoryDocument, DueCursor, HistoryDocument,
    HoursDocument, JournalDocument, LearntDocument, PageDocument, RequestRecord, StaffDocument,
    ThreadDocument, TicketDocument,
};
pub use drafts::{after_sending, draft, drafts, forget_draft, keep_draft};
pub use erase::{erase, forget_participants};
pub use error::Error;
pub use handovers::handovers;
pub use hands::prepare_hands;
pub use learnt::{Lesson, learnt, teach, write_learnt};
pub use lessons::{Following, follow_answers, lessons};
pub use lines::{LineNow, line_now};
pub use lists::{Filter, Listed, Position, list, unlist};
pub use lookup::{
    Latest, answers, desk, desk_of, edition_answers, front, has_answer, hours_of, latest, message, people,
    thread, ticket, whole,
};
pub use operations::{Acted, Entries, Words, act, act_in_reach};
pub use outlook::{expect_anew, outlook};
pub use presence::{Heard, roster, say};
pub use proposals::{Proposed, decide_proposals, proposals, proposed};
pub use proven::{Known, proven};
pub use publish::{Publication, Published, publish};
pub use queue::Standing;
pub use queue::{standing, wait_now};
pub use relations::{SplitError, act_on_both, merge, pay_relations, split_off};
pub use requests::{Opened, Slot, open, release, reserve};
pub use said::say_once;
pub use settle::{Swept, settle, sweep};
pub use sign_in::{
    AtDesk, Entrance, Publisher, SignedIn, at_desk, entrance, operator_of_ticket, publisher,
    require_deployment_operator, sign_in, ticket_secret,
};
pub use staff::{Given, add_person, change_person, give_token, staff};
pub use standings::{answer_standing, ask_standing};
pub use versions::{Format, Source, Version, version, version_text, versions};
