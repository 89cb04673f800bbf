//! Where tickets stand: read off the pages by following them from the directories.

use super::{Wrong, list, tickets};
use crate::play::Evidence;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tierline_native::DESK;

/// Looks.
pub fn look(evidence: &Evidence) -> Vec<Wrong> {
    let mut wrong = vec![];
    let entries = entries(evidence);
    for (id, ticket) in tickets(evidence) {
        let there = entries.get(id).map_or(&[][..], Vec::as_slice);
        let stay = &ticket["stay"];
        let right = there.iter().filter(|(line, place)| stay["line"] == **line && stay["place"] == **place);
        let (right, waits) = (right.count(), ticket["status"] == "queued");
        if waits && right != 1 {
            wrong.push(format!("{id} waits in {} and stands there {right} times", stay["line"]));
        }
        if there.len() > right || (!waits && right > 0) {
            let lines: Vec<_> = there.iter().map(|(line, _)| line).collect();
            wrong.push(format!("{id} is {} and stands in {lines:?}", ticket["status"]));
        }
    }
    let known: BTreeSet<&str> = tickets(evidence).map(|(id, _)| id).collect();
    let ghosts = entries.keys().filter(|id| !known.contains(id.as_str()));
    wrong.extend(ghosts.map(|id| format!("{id} stands in a line and is no ticket")));
    wrong.extend(unclaimed(evidence));
    wrong
}

/// What waits, and what somebody on all lines was given, must be the same.
fn unclaimed(evidence: &Evidence) -> Vec<Wrong> {
    let given: BTreeSet<&str> = evidence.claimed.iter().map(String::as_str).collect();
    let waits = tickets(evidence).filter(|(_, ticket)| ticket["status"] == "queued").map(|(id, _)| id);
    let waits: BTreeSet<&str> = waits.collect();
    let mut wrong: Vec<_> =
        waits.difference(&given).map(|id| format!("{id} waits and nobody gets it")).collect();
    wrong.extend(given.difference(&waits).map(|id| format!("{id} was given out and did not wait")));
    if given.len() != evidence.claimed.len() {
        wrong.push(format!("something was given out twice: {:?}", evidence.claimed));
    }
    wrong
}

type Entries<'a> = BTreeMap<String, Vec<(&'a str, &'a Value)>>;

/// Every entry that can be reached, by its ticket: line and place.
fn entries(evidence: &Evidence) -> Entries<'_> {
    let mut entries = Entries::new();
    for line in ["care", "consultants", "admins"] {
        let mut seen = BTreeSet::new();
        let directory =
            evidence.image.get(&format!("queue:{DESK}:{line}")).map_or(&Value::Null, |found| &found["body"]);
        let mut next: Vec<String> = pages_named(directory);
        // The page that is there before anything else.
        next.extend(evidence.image.keys().filter_map(|key| first_page(key, line)));
        while let Some(page) = next.pop() {
            if !seen.insert(page.clone()) {
                continue;
            }
            let Some(found) = evidence.image.get(&format!("queue:{DESK}:{line}:{page}")) else { continue };
            let page = &found["body"];
            for entry in list(page, "entries") {
                let id = entry["p"]["ticket"].as_str().unwrap_or_default().to_owned();
                entries.entry(id).or_default().push((line, &entry["p"]));
            }
            next.extend(page["next"]["page"].as_str().map(str::to_owned));
        }
    }
    entries
}

/// Every page id that a directory names, however it is nested.
fn pages_named(directory: &Value) -> Vec<String> {
    match directory {
        Value::Array(values) => values.iter().flat_map(pages_named).collect(),
        Value::Object(fields) => {
            let own = fields.get("i").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(fields.values().flat_map(pages_named)).collect()
        }
        _ => vec![],
    }
}

fn first_page(key: &str, line: &str) -> Option<String> {
    let page = key.strip_prefix("queue:")?.strip_prefix(DESK)?.strip_prefix(':')?;
    let page = page.strip_prefix(line)?.strip_prefix(':')?;
    (page.len() < 8).then(|| page.to_owned())
}
