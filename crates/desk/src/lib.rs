//! The desk's operations: domain decisions carried to the store.
//!
//! An operation reads what it needs, lets the domain decide, writes the ticket first and what follows from it after.
//! Whatever a crash leaves unwritten stands in the ticket as owed, and [`settle`] pays it: now, later, or twice.

pub mod api;
pub mod cors;
mod customer_token;
mod documents;
mod error;
pub mod files;
pub mod journal;
pub mod kept;
pub mod keys;
mod limits;
pub mod links;
mod lookup;
mod operations;
pub mod posted;
mod publish;
mod queue;
mod requests;
mod settle;
mod sign_in;
pub mod view;

pub use customer_token::verify_customer;
pub use documents::{AnswersPage, DeskDocument, JournalDocument, RequestRecord, TicketDocument};
pub use error::Error;
pub use lookup::{answers, desk, has_answer, people, people_of, thread, ticket};
pub use operations::{Acted, Words, act, claim_next};
pub use publish::{Published, publish};
pub use queue::Standing;
pub use queue::standing;
pub use requests::{Opened, Slot, open, release, reserve};
pub use settle::{Swept, settle, sweep};
pub use sign_in::{SignedIn, require_deployment_operator, require_operator, sign_in, ticket_secret};
