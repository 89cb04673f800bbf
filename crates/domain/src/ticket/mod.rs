//! A ticket: one customer's problem, from first contact to rating, as one value that decides about itself.

mod boost;
mod customer;
mod draft;
mod due;
mod erase;
mod expire;
mod identity;
mod merge;
mod older;
mod open;
mod place;
mod relations;
mod time_box;
mod unserved;
mod work;

pub use boost::{Boost, Bought};
pub use customer::{Outcome, Verdict};
pub use draft::{Draft, DraftKind};
pub use erase::{Erased, ErasedFile};
pub use identity::Tie;
pub use merge::SplitOff;
pub use older::{Earlier, Sealing};
pub use open::{Opening, Triaged};
pub use relations::{Due, Link, LinkKind, Merged, Participant, Relations, Split};
pub use time_box::{TimeBox, Work};
pub use unserved::Unserved;
pub use work::{Claim, HandOverTo, Lead, Reply, Then};

use crate::desk::Difficulty;
use crate::files::{File, FilesTotal};
use crate::forecast::Told;
use crate::head_start::HeadStart;
use crate::history::{Action, Actor, Step};
use crate::hours::Timetable;
use crate::ids::{DeskId, LabelId, LineId, PersonId, TicketId};
use crate::journal::text_digest;
use crate::limits::{
    FILES_TICKET_BYTES_MAX, FILES_TICKET_MAX, RATINGS_MAX, STEPS_CUSTOMER_MAX, STEPS_DESK_KEPT, STEPS_MAX,
    STEPS_RESERVED,
};
use crate::lists::ListId;
use crate::packages::PackageUse;
use crate::queue::Place;
use crate::service_level::{Kept, Promise, kept};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The customer as they wrote themselves down. Only what is in `verified` is proven.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Customer {
    /// What to call them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// As typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The operator's own id for them, as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// What the operator's own site proved of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Verified>,
}

/// Who a customer has been proven to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// The operator's own id for them.
    pub external_id: String,
    /// Their address, if the proof names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their name, if the proof has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Where a ticket stands, as stored. Whether a queued one is claimed depends on the time: [`Ticket::state`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Tier 1 answered; the verdict is awaited.
    Answered,
    /// In a line.
    Queued,
    /// It is the customer's turn.
    Waiting,
    /// Done, as far as the desk knows.
    Solved,
    /// Done, and the customer says so.
    Closed,
}

/// Where a ticket stands at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Tier 1 answered; the verdict is awaited.
    Answered,
    /// In a line, nobody has it.
    Queued,
    /// Somebody has it.
    Claimed,
    /// It is the customer's turn.
    Waiting,
    /// Done, as far as the desk knows.
    Solved,
    /// Done, and the customer says so.
    Closed,
}

/// Whether customers see a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Part of the conversation.
    Public,
    /// Among colleagues.
    Note,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Counts the thread's messages, from 1.
    pub number: u32,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Actor,
    /// The channel it came or went through.
    pub channel: String,
    /// To whom.
    pub visibility: Visibility,
    /// The words.
    pub body: String,
    /// The canned answer it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_id: Option<LabelId>,
    /// What came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
}

impl Message {
    /// About how much it adds to a document.
    pub fn weight(&self) -> usize {
        MESSAGE_WEIGHT + weight_of(&self.body, self.files.len())
    }
}

/// Bytes that a message comes to beside its words and files.
pub const MESSAGE_WEIGHT: usize = 150;
/// Bytes that what is remembered of a file comes to.
const FILE_WEIGHT: usize = 400;

/// About how much words with so many files add to a document.
pub fn weight_of(words: &str, files: usize) -> usize {
    words.len() + files * FILE_WEIGHT
}

/// Older messages, moved out of the ticket so that it stays small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadPage {
    /// Names the page.
    pub id: String,
    /// Numbers of the first and the last message on it; of one that has none, the next and the last before it.
    pub numbers: (u32, u32),
    /// How many of them are notes.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub notes: u32,
}

/// A person's hold on a ticket. It ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Whose.
    pub person: PersonId,
    /// The claim that began it.
    pub claim: String,
    /// Since when.
    pub since: Time,
    /// Until when, unless renewed.
    pub until: Time,
}

/// A stay in a line's queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// Which line.
    pub line: LineId,
    /// Where in it.
    pub place: Place,
    /// What of the place is head start.
    pub head_start_s: u32,
}

/// A page to be brought into agreement with the ticket: the outbox. Paid late or twice, it comes out the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Which line's queue.
    pub line: LineId,
    /// Which place in it.
    pub place: Place,
    /// The skills whose queue it is in; none if it was owed before lines had a queue for each set: then the ticket's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skills: Option<Vec<String>>,
}

/// A ticket changing line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Actor,
    /// From where.
    pub from: LineId,
    /// To where.
    pub to: LineId,
    /// Why.
    pub reason: String,
    /// What was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<String>,
    /// Why, as one of the desk's kinds: see [`crate::routing::KINDS`]. None if it was before there were kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The line that was asked for, where it went to those who decide instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<LineId>,
    /// When somebody took it for the first time after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Time>,
    /// How much of it is in the desk's figures: nothing, that it was, that it was taken.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub counted: u8,
}

/// The canned answer tier 1 gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GivenAnswer {
    /// Which.
    pub answer_id: LabelId,
    /// The language of the text.
    pub language: String,
    /// Whether that is the customer's.
    pub in_customers_language: bool,
    /// How sure tier 1 was, 0 to 1.
    pub confidence: f64,
    /// The message that holds the text.
    pub message: u32,
    /// When the customer said that it did not help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_at: Option<Time>,
}

/// Liked or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// Which.
    pub verdict: Verdict,
    /// In the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// When.
    pub at: Time,
}

/// Something tier 1 thought of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// An answer or a route.
    pub label: String,
    /// 0 to 1.
    pub confidence: f64,
    /// The customer's words that weighed most.
    pub evidence: Vec<String>,
}

/// Why the desk decided as it did: for the customer, the agent and the reviewer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// `triage`, or why triage had no say: `deadline`, `failed`, `invalid`.
    pub decided_by: String,
    /// Which rule, in words.
    pub rule: String,
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// Version of the answers used.
    pub answers_version: u64,
    /// Version of the desk file in force.
    pub policy_version: u64,
    /// Seconds of advantage given.
    pub head_start_s: u32,
    /// What it is made of; what goes past the desk's most gives nothing.
    #[serde(default, skip_serializing_if = "HeadStart::is_none")]
    pub head_start: HeadStart,
    /// Seconds by which anybody who comes later can be ahead, at most.
    pub overtaking_max_s: u32,
    /// What of the customer's package was used up, if it covers so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<PackageUse>,
}

/// One customer's problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Which.
    pub id: TicketId,
    /// Whose.
    pub desk: DeskId,
    /// When it came.
    pub created_at: Time,
    /// How it came.
    pub channel: String,
    /// In a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Who asked.
    pub customer: Customer,
    /// What the asking site added.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Which version of the customer's key is valid.
    pub key_version: u32,
    /// Salt of this ticket's digests. Erased with its texts.
    pub salt: [u8; 16],
    /// Where it stands.
    pub status: Status,
    /// The line it is in, or would go to.
    pub line: LineId,
    /// Whose kind of problem.
    pub department: String,
    /// The customer's language, ISO 639-1 or `und`.
    pub language: String,
    /// How hard.
    pub difficulty: Difficulty,
    /// Whether waiting does harm.
    pub urgent: bool,
    /// What a person must know to take it in its present line.
    pub skills: Vec<String>,
    /// What a person should know, whether or not its present line has anybody who does.
    #[serde(default)]
    pub skills_wanted: Vec<String>,
    /// Older messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sealed: Vec<ThreadPage>,
    /// The latest messages, oldest first.
    pub messages: Vec<Message>,
    /// What came with all its messages.
    #[serde(default, skip_serializing_if = "FilesTotal::is_none")]
    pub files: FilesTotal,
    /// What tier 1 gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<GivenAnswer>,
    /// Its place in a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay: Option<Stay>,
    /// How many stays it has had.
    pub stays: u32,
    /// Milliseconds it waited on us before the present stay.
    pub waited_ms: i64,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
    /// How long it would wait, as it was told when it entered its line; gone once it is taken or has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// Work on it in its present line, before the present hold.
    #[serde(default, skip_serializing_if = "Work::is_none")]
    pub work: Work,
    /// That nobody who is there can take it, as last seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unserved: Option<Unserved>,
    /// What was promised when it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// Names the hours that its promise is counted by; none if that is around the clock, or was made before hours were
    /// stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_edition: Option<u64>,
    /// Head starts that were bought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boosts: Vec<Boost>,
    /// Changes of line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handovers: Vec<HandOver>,
    /// The customer's verdict on the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Why it was decided so.
    pub receipt: Receipt,
    /// What is known of steps that moved to pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Earlier>,
    /// What happened, since those.
    pub steps: Vec<Step>,
    /// How many steps are in the journal, of all.
    pub journaled: u32,
    /// Queue pages to be brought into agreement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<Owed>,
    /// Lists to be brought into agreement, those it is to be entered in first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists_owed: Vec<ListId>,
    /// The layout of lists it is in, or owes; 0 if it was written before there were lists.
    #[serde(default)]
    pub listed: u8,
    /// What it has to do with others.
    #[serde(default, skip_serializing_if = "Relations::is_empty")]
    pub relations: Relations,
    /// That what it said is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
}

/// Why a ticket refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not in a line.
    #[error("the ticket is in no line: it is {state:?}")]
    NotQueued {
        /// What it is.
        state: State,
    },
    /// Somebody else has it.
    #[error("{holder} has the ticket until {until:?}")]
    Held {
        /// Who.
        holder: PersonId,
        /// Until when.
        until: Time,
    },
    /// The caller does not have it: never had, or the lease lapsed and it went on.
    #[error("the caller does not hold the ticket")]
    NotHolder,
    /// The entry that led here is of an earlier stay.
    #[error("the ticket has left that place")]
    Moved,
    /// Not in this state.
    #[error("not possible while the ticket is {state:?}")]
    WrongState {
        /// What it is.
        state: State,
    },
    /// What it said is gone, and nothing can be said on it any more.
    #[error("the ticket was erased")]
    Erased,
    /// To the line it is in already.
    #[error("the ticket is in that line already")]
    SameLine,
    /// More than can be bought for it.
    #[error("at most {left_s} seconds can be bought")]
    Boost {
        /// Seconds.
        left_s: u32,
    },
    /// The time box was extended before.
    #[error("the time box was extended already")]
    Extended,
    /// The history, the hand-overs or the document are at their limit.
    #[error("the ticket has reached its limit of {limit} {what}")]
    Full {
        /// Of what.
        what: &'static str,
        /// How many.
        limit: usize,
    },
}

impl Ticket {
    /// Where it stands at `now`.
    pub fn state(&self, now: Time) -> State {
        match self.status {
            Status::Answered => State::Answered,
            Status::Queued if self.holder(now).is_some() => State::Claimed,
            Status::Queued => State::Queued,
            Status::Waiting => State::Waiting,
            Status::Solved => State::Solved,
            Status::Closed => State::Closed,
        }
    }

    /// Who has it at `now`.
    pub fn holder(&self, now: Time) -> Option<&Lease> {
        self.lease.as_ref().filter(|lease| lease.until > now)
    }

    /// How what was promised for it stands at `now`; none if nothing was. `hours` are those of its arrival.
    pub fn service_level(&self, hours: &Timetable, now: Time) -> Option<(&str, Kept)> {
        let promise = self.promise.as_ref()?;
        let calendar = hours.calendar(&self.line);
        Some((&promise.name, kept(promise, self.past(), calendar.as_ref(), now)))
    }

    /// How many messages its thread has, moved ones included.
    pub fn messages_count(&self) -> u32 {
        self.messages.last().map_or(self.sealed_to(), |message| message.number)
    }

    /// What the journal still lacks: the number of the first step, and the steps.
    pub fn unjournaled(&self) -> (u32, &[Step]) {
        let from = self.journaled.saturating_sub(self.steps_moved());
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        (self.journaled, self.steps.get(from..).unwrap_or_default())
    }

    /// Whether anything is owed to the queues, the lists, the journal or the figures.
    pub fn owes(&self) -> bool {
        self.erased.as_ref().is_some_and(Erased::owes)
            || !self.relations.due.is_empty()
            || !self.owed.is_empty()
            || !self.lists_owed.is_empty()
            || !self.unjournaled().1.is_empty()
            || self.uncounted().next().is_some()
    }

    /// This ticket with what `paid` had owed no longer owing. What came after `paid` stays owed.
    pub fn settled(&self, paid: &Self) -> Self {
        let mut ticket = self.clone();
        // A debt has no name of its own: once place or lease changed again, what looks the same is owed anew.
        if ticket.stay == paid.stay && ticket.lease == paid.lease {
            ticket.owed.retain(|owed| !paid.owed.contains(owed));
        }
        // Likewise: whatever changes its lists is a step.
        if ticket.steps_count() == paid.steps_count() && ticket.lists() == paid.lists() {
            ticket.lists_owed.retain(|list| !paid.lists_owed.contains(list));
        }
        ticket.settle_relations(paid);
        ticket.count_handovers_of(paid);
        ticket.journaled = ticket.journaled.max(paid.steps_count());
        ticket
    }

    /// This ticket with files at its last message.
    pub fn with_files(mut self, files: &[File]) -> Result<Self, Refusal> {
        if files.is_empty() {
            return Ok(self);
        }
        self.files.count = self.files.count.saturating_add(u32::try_from(files.len()).unwrap_or(u32::MAX));
        self.files.bytes = files.iter().fold(self.files.bytes, |sum, file| sum.saturating_add(file.bytes));
        if self.files.count > FILES_TICKET_MAX {
            let limit = usize::try_from(FILES_TICKET_MAX).unwrap_or(usize::MAX);
            return Err(Refusal::Full { what: "files", limit });
        }
        if self.files.bytes > FILES_TICKET_BYTES_MAX {
            let limit = usize::try_from(FILES_TICKET_BYTES_MAX).unwrap_or(usize::MAX);
            return Err(Refusal::Full { what: "bytes of files", limit });
        }
        if let Some(message) = self.messages.last_mut() {
            message.files.extend_from_slice(files);
        }
        Ok(self)
    }

    /// A new ticket with the files that came with the question.
    pub fn with_opening_files(mut self, files: &[File]) -> Result<Self, Refusal> {
        let answers = self.messages.split_off(self.messages.len().min(1));
        let mut ticket = self.with_files(files)?;
        ticket.messages.extend(answers);
        Ok(ticket)
    }

    /// This ticket with a new customer's key; the old ones open it no more.
    pub fn renew_key(&self, person: &PersonId, now: Time) -> Result<Self, Refusal> {
        let mut ticket = self.clone();
        ticket.key_version = self.key_version.saturating_add(1);
        ticket.step(now, Actor::Person(person.clone()), Action::KeyRenewed, None)?;
        Ok(ticket)
    }

    fn next_message(&self, at: Time, by: Actor, channel: &str, body: &str) -> Message {
        Message {
            number: self.messages_count() + 1,
            at,
            by,
            channel: channel.to_owned(),
            visibility: Visibility::Public,
            body: body.to_owned(),
            answer_id: None,
            files: vec![],
        }
    }

    fn step(&mut self, at: Time, by: Actor, action: Action, text: Option<&str>) -> Result<(), Refusal> {
        let steps_of = |is: fn(&Step) -> bool| self.steps.iter().filter(|step| is(step)).count();
        let all = self.steps.len();
        let (count, limit) = match action {
            // Who wrote as much as there may be can still say how it was.
            Action::Rated => {
                (self.history().filter(|step| step.action == Action::Rated).count(), RATINGS_MAX)
            }
            Action::Messaged | Action::Reopened if all < STEPS_MAX - STEPS_DESK_KEPT => {
                (steps_of(|step| step.by == Actor::Customer), STEPS_CUSTOMER_MAX)
            }
            Action::Messaged | Action::Reopened => (all, STEPS_MAX - STEPS_DESK_KEPT),
            // Whoever takes it must still be able to answer it, and who answers to end it.
            Action::Claimed => (all, STEPS_MAX + STEPS_RESERVED / 2),
            Action::Replied => (all, STEPS_MAX + STEPS_RESERVED * 3 / 4),
            Action::Solved
            | Action::Confirmed
            | Action::HandedOver
            | Action::Escalated
            | Action::Merged
            | Action::Absorbed
            | Action::SplitOff => (all, STEPS_MAX + STEPS_RESERVED),
            _ => (all, STEPS_MAX),
        };
        if count >= limit {
            return Err(Refusal::Full { what: "steps", limit });
        }
        let line = Some(self.line.clone());
        let digest = text.map(|text| text_digest(&self.salt, text));
        self.steps.push(Step { at, by, action, line, digest });
        Ok(())
    }

    fn owe(&mut self, line: &LineId, place: Place) {
        let owed = Owed { line: line.clone(), place, skills: Some(self.skills.clone()) };
        if !self.owed.contains(&owed) {
            self.owed.push(owed);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
