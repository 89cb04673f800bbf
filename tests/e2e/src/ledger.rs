//! What clients were told, kept outside the desk, and a look into the database whether it is there, once. It knows how tickets
//! are written down, and uses none of the desk's code.

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What was acknowledged.
#[derive(Debug, Default, Clone)]
pub struct Ledger {
    /// Tickets by the text that was asked.
    pub asked: BTreeMap<String, String>,
    /// Messages, replies: ticket and text.
    pub said: Vec<(String, String)>,
    /// Claims: ticket and person.
    pub claimed: Vec<(String, String)>,
}

/// What a look found wrong.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Acknowledged, and not there.
    pub lost: Vec<String>,
    /// There more than once.
    pub doubled: Vec<String>,
}

impl Ledger {
    /// How many acknowledgements.
    pub fn len(&self) -> usize {
        self.asked.len() + self.said.len() + self.claimed.len()
    }

    /// Whether nothing was acknowledged.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds what somebody else was told.
    pub fn add(&mut self, other: Self) {
        self.asked.extend(other.asked);
        self.said.extend(other.said);
        self.claimed.extend(other.claimed);
    }

    /// Looks into the database in `state_dir`, which a host may be serving from.
    pub fn compare(&self, state_dir: &Path) -> Missing {
        let tickets = tickets(state_dir);
        let mut missing = Missing::default();
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for text in tickets.values().flat_map(texts) {
            *times.entry(text).or_default() += 1;
        }
        // Everybody's words are their own: none is there twice, acknowledged or not.
        let twice = times.iter().filter(|(_, times)| **times > 1);
        missing.doubled.extend(twice.map(|(text, times)| format!("\"{text}\" {times} times")));
        let given_out = tickets.iter().filter(|(_, ticket)| is_given_out_twice(ticket));
        missing.doubled.extend(given_out.map(|(id, _)| format!("{id} was given out while somebody had it")));
        let asked = self.asked.iter().map(|(text, ticket)| (ticket, text));
        let said = self.said.iter().map(|(ticket, text)| (ticket, text));
        for (ticket, text) in asked.chain(said) {
            if !tickets.get(ticket).is_some_and(|found| texts(found).any(|one| one == text)) {
                missing.lost.push(format!("\"{text}\" on {ticket}"));
            }
        }
        for claim @ (ticket, person) in &self.claimed {
            let told = self.claimed.iter().filter(|other| *other == claim).count();
            if tickets.get(ticket).map_or(0, |found| claims(found, person)) < told {
                missing.lost.push(format!("{person}'s claim of {ticket}"));
            }
        }
        missing
    }
}

fn tickets(state_dir: &Path) -> BTreeMap<String, Value> {
    let path = state_dir.join("sqlite_key_value.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    let mut statement = database
        .prepare("SELECT substr(key, 8), value FROM spin_key_value WHERE key LIKE 'ticket:%'")
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
    let body = |bytes: Vec<u8>| serde_json::from_slice::<Value>(&bytes).unwrap()["body"].take();
    rows.map(|row| row.map(|(id, bytes)| (id, body(bytes))).unwrap()).collect()
}

fn texts(ticket: &Value) -> impl Iterator<Item = &str> {
    let messages = ticket["messages"].as_array().into_iter().flatten();
    messages.filter_map(|message| message["body"].as_str())
}

fn steps(ticket: &Value) -> impl Iterator<Item = &Value> {
    ticket["steps"].as_array().into_iter().flatten()
}

fn claims(ticket: &Value, person: &str) -> usize {
    steps(ticket).filter(|step| step["action"] == "claimed" && step["by"]["person"] == person).count()
}

/// Claimed, and claimed again before it was given back or solved: no lease ends within a test.
fn is_given_out_twice(ticket: &Value) -> bool {
    let mut is_held = false;
    steps(ticket).any(|step| {
        let was_held = is_held;
        match step["action"].as_str() {
            Some("claimed") => is_held = true,
            Some("solved" | "released" | "handed_over") => is_held = false,
            _ => {}
        }
        was_held && step["action"] == "claimed"
    })
}
