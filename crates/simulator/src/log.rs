//! What happened, in order, for whoever judges it.

use serde::{Deserialize, Serialize};
use tierline_domain::ids::{LineId, PersonId};
use tierline_domain::time::Time;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum What {
    /// A ticket's entry into a line was acknowledged.
    Entered {
        /// Which, numbered in the order they came.
        ticket: usize,
        /// Which of the scenario's groups.
        group: usize,
        /// Into which.
        line: LineId,
        /// Virtual arrival.
        v: Time,
        /// Entry, less the time already waited on us.
        e: Time,
        /// What a person must know.
        skills: Vec<String>,
        /// The first time, or by a hand-over.
        is_new: bool,
    },
    /// Somebody asks for the next ticket of a line.
    Asking {
        /// Numbers the claims.
        claim: usize,
        /// Who.
        person: PersonId,
        /// Of which.
        line: LineId,
    },
    /// And gets it, or none.
    Asked {
        /// Which claim.
        claim: usize,
        /// What it got.
        ticket: Option<usize>,
    },
    /// Something other than a claim begins to change a ticket: from here on it is not unchanged.
    Changing {
        /// Which.
        ticket: usize,
    },
    /// A lease ended by itself: the ticket is free again, at its place.
    Lapsed {
        /// Which.
        ticket: usize,
    },
    /// It left its line: solved, handed over.
    Left {
        /// Which.
        ticket: usize,
        /// Its line was the last one.
        is_solved: bool,
    },
    /// The customer gave up.
    GaveUp {
        /// Which.
        ticket: usize,
    },
    /// Somebody's shift begins.
    CameOn {
        /// Who.
        person: PersonId,
    },
    /// Somebody's shift ends. What they hold they finish.
    WentOff {
        /// Who.
        person: PersonId,
    },
}

/// Something and when. Equal times are told apart by the order in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// All that happened, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Log(pub Vec<Entry>);

impl Log {
    /// Adds to it.
    pub fn push(&mut self, at: Time, what: What) {
        self.0.push(Entry { at, what });
    }
}
