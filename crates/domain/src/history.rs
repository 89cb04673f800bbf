//! What happened to a ticket, step by step: its own record, and the source of the desk's journal.

use crate::ids::PersonId;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The one who asked.
    Customer,
    /// Somebody at the desk.
    Person(PersonId),
    /// Tier 1's automatic step.
    Triage,
    /// The desk by itself: lapses, repairs.
    Desk,
    /// The deployment's operator, known by the variable and no person of a desk.
    Operator,
}

/// What was done. The names go into the journal's links: none of them ever changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A request came in.
    Opened,
    /// Tier 1 answered.
    Answered,
    /// It entered a line.
    Queued,
    /// Somebody took it.
    Claimed,
    /// Its holder gave it back.
    Released,
    /// An answer by a person.
    Replied,
    /// A word among colleagues.
    Noted,
    /// More from the customer.
    Messaged,
    /// Now it is the customer's turn.
    Waiting,
    /// Done, as far as the desk knows.
    Solved,
    /// The customer says it is done.
    Confirmed,
    /// The customer says it is not.
    Reopened,
    /// Moved to another line.
    HandedOver,
    /// Moved up to the administrators.
    Escalated,
    /// Liked or disliked.
    Rated,
    /// Somebody more is told.
    ParticipantAdded,
    /// Somebody is told no more.
    ParticipantRemoved,
    /// Linked to another ticket.
    Linked,
    /// A link was taken back.
    Unlinked,
    /// It goes on in another ticket.
    Merged,
    /// Another ticket goes on here.
    Absorbed,
    /// Some of its messages went to a ticket of their own.
    SplitOff,
    /// What was said, and who said it, was erased.
    Erased,
    /// Its files were erased, and its words kept.
    FilesErased,
    /// What it says was handed out.
    Exported,
    /// A desk file was put in force.
    Published,
    /// Somebody joined the desk.
    PersonAdded,
    /// Somebody's role, lines or the like were changed.
    PersonChanged,
    /// Somebody left the desk.
    PersonRemoved,
    /// Somebody's token was replaced or taken away.
    PersonRevoked,
    /// A customer's record was written.
    CustomerChanged,
    /// What is known of a customer was handed out.
    CustomerExported,
    /// What was known of a customer was erased.
    CustomerErased,
    /// The customer got a new key; the old one is dead.
    KeyRenewed,
    /// Somebody ended all their sessions.
    SignedOut,
    /// A head start was bought.
    Boosted,
    /// A time box was extended.
    Extended,
    /// Nobody who is there can take it.
    Unserved,
    /// Four fifths of the time for the first answer are over.
    FirstResponseWarned,
    /// The first answer is late.
    FirstResponseMissed,
    /// Four fifths of the time for the answer to the customer's last word are over.
    NextResponseWarned,
    /// The answer to the customer's last word is late.
    NextResponseMissed,
    /// Four fifths of the time to its end are over.
    ResolutionWarned,
    /// Its end is late.
    ResolutionMissed,
}

impl Action {
    /// Telling people that time is short.
    pub const WARNINGS: [Self; 3] =
        [Self::FirstResponseWarned, Self::NextResponseWarned, Self::ResolutionWarned];
    /// Telling people that something is late.
    pub const MISSES: [Self; 3] =
        [Self::FirstResponseMissed, Self::NextResponseMissed, Self::ResolutionMissed];
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Actor,
    /// What.
    pub action: Action,
    /// The line concerned, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<crate::ids::LineId>,
    /// Salted digest of the text that belongs to the step, hexadecimal. With text and salt gone, it tells nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}
