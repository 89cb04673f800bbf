//! The checkers. They know what the desk promises and how documents are written down, and use none of its code for
//! either: what they read is JSON, what they compare with is what clients were told.

mod acknowledged;
mod agreement;
mod capacity;
mod holder;
mod journal;
mod lists;
mod once;
mod owed;
mod places;
mod queue;
mod thread;

use crate::play::Evidence;
use serde_json::Value;

pub use capacity::full_hands;
pub use queue::choices;

/// Something that must not be, in words.
pub type Wrong = String;

/// One checker.
pub struct Checker {
    /// What it is called.
    pub name: &'static str,
    /// What it holds.
    pub holds: &'static str,
    /// Looks; gives what is wrong.
    pub look: fn(&Evidence) -> Vec<Wrong>,
}

/// All of them.
pub const CHECKERS: [Checker; 11] = [
    Checker {
        name: "acknowledged",
        holds: "every request that was acknowledged is there, as the one ticket it was told, and none became two",
        look: acknowledged::look,
    },
    Checker {
        name: "places",
        holds: "a ticket that waits stands once in its line, one that does not stands in none; all that wait can be claimed",
        look: places::look,
    },
    Checker {
        name: "thread",
        holds: "a thread has what was acknowledged, once, in order, and nothing that nobody said",
        look: thread::look,
    },
    Checker {
        name: "once",
        holds: "whatever was acknowledged was done, and no request was done twice",
        look: once::look,
    },
    Checker { name: "holder", holds: "a ticket has one holder at a time", look: holder::look },
    Checker {
        name: "capacity",
        holds: "nobody has more in hand than the desk allows, over all lines, at any moment",
        look: capacity::look,
    },
    Checker { name: "owed", holds: "nothing is owed once the tick has come", look: owed::look },
    Checker {
        name: "journal",
        holds: "the journal's chains are whole, and have each step of each ticket once",
        look: journal::look,
    },
    Checker {
        name: "lists",
        holds: "the desk lists by state exactly the tickets that are in it",
        look: lists::look,
    },
    Checker {
        name: "agreement",
        holds: "`tierline check` finds every index as the tickets have it",
        look: agreement::look,
    },
    Checker {
        name: "queue",
        holds: "nobody is passed over: the next ticket is the earliest that was free",
        look: queue::look,
    },
];

/// The tickets in the store: id and document's body.
fn tickets(evidence: &Evidence) -> impl Iterator<Item = (&str, &Value)> {
    let tickets =
        evidence.image.iter().filter_map(|(key, value)| Some((key.strip_prefix("ticket:")?, value)));
    tickets.map(|(id, document)| (id, &document["body"]))
}

/// All steps of a ticket: those that moved to its pages, and those in its document.
fn history<'a>(evidence: &'a Evidence, id: &str, ticket: &'a Value) -> Vec<&'a Value> {
    let page = |page: &Value| {
        let key = format!("thread:{id}:{}", page["id"].as_str().unwrap_or_default());
        evidence.image.get(&key).map(|document| list(&document["body"], "steps"))
    };
    let moved = list(ticket, "sealed").iter().filter_map(page).flatten();
    moved.chain(list(ticket, "steps")).collect()
}

/// A list in a document; empty if it is left out.
fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
