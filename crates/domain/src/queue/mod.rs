//! A line's queue as values: ordered by virtual arrival, kept in linked pages, never sorted again.
//!
//! A ticket enters with `v = e - h`: `e` its time of entry, `h` its head start (`0 <= h <= H`). Ageing everybody
//! alike never changes an order, so the order is `v` (ties by `e`, then id) and stays so; whoever came more than `H`
//! later can never be ahead. Each set of skills that tickets of a line require has a queue of its own, so that whoever
//! can serve some of them finds the earliest of those at a head, whatever waits beside it.
//! `docs/decisions/0004-queue-pages.md` says why pages are linked as in a B-link tree (Lehman and Yao, 1981): one swap
//! on one page is the whole of an entry, a split included.

mod directory;
mod page;
mod position;

pub use directory::{Chain, Directory, PageRef, Room, Sighting};
pub use page::{Insert, Link, Page};
pub use position::{is_told_exactly, told};

use crate::ids::TicketId;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// A place in a queue. Comparing places compares who is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Virtual arrival: entry less head start.
    pub v: Time,
    /// Entry, less the time already waited on us.
    pub e: Time,
    /// The ticket.
    pub ticket: TicketId,
    /// Which stay of the ticket in a queue this is, counted over its life: a late repair of an earlier stay
    /// cannot touch a later one.
    pub stay: u32,
}

/// Somebody's hold on an entry, as far as the page knows. The ticket's own lease is what counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The claim that took it.
    pub by: String,
    /// When it lapses. The entry keeps its place, so a lapse needs no work from anybody.
    pub until: Time,
}

/// A ticket's entry in a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Where it stands.
    #[serde(rename = "p")]
    pub place: Place,
    /// Skills a person must have, in the queue that all sets share. In a set's own queue they are the set's, and not
    /// said again.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// Who has it.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
}

impl Entry {
    /// Whether nobody holds it at `now`.
    pub fn is_free(&self, now: Time) -> bool {
        self.hold.as_ref().is_none_or(|hold| hold.until <= now)
    }
}

/// A set of skills in the one order that names it: two tickets that require the same wait in the same queue.
pub fn skill_set(skills: &[String]) -> Vec<String> {
    let mut set = skills.to_vec();
    set.sort_unstable();
    set.dedup();
    set
}

/// Names a page of one line. It is made from chance; only the page that is there before anything else has a fixed name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageId(String);

impl PageId {
    /// The page that a shelf of lists begins with; and a line, in builds before lines had a queue for each set of skills.
    pub fn first() -> Self {
        Self("0".to_owned())
    }

    /// A page nobody else can be making.
    pub fn fresh(random: [u8; 16]) -> Self {
        Self(crate::secrets::hex(&random))
    }

    /// The text, for a key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn count(entries: usize) -> u32 {
    u32::try_from(entries).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
