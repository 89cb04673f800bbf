//! The journal, reckoned again from its description: every link, every step.

use super::{Wrong, history, list, tickets};
use crate::play::Evidence;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use tierline_native::DESK;

const CHAINS: u32 = 8;

/// Looks.
pub fn look(evidence: &Evidence) -> Vec<Wrong> {
    let mut wrong = vec![];
    let mut events: BTreeMap<(String, u64), Vec<&Value>> = BTreeMap::new();
    for chain in 0..CHAINS {
        look_at_chain(evidence, chain, &mut wrong, &mut events);
    }
    for (id, ticket) in tickets(evidence) {
        for (number, step) in (0..).zip(history(evidence, id, ticket)) {
            let there = events.remove(&(id.to_owned(), number)).unwrap_or_default();
            let same = |event: &&Value| {
                ["at", "by", "action", "line", "digest"].iter().all(|name| event[*name] == step[*name])
            };
            if there.len() != 1 || !there.iter().all(same) {
                wrong.push(format!(
                    "step {number} of {id} is in the journal {} times: {there:?}",
                    there.len()
                ));
            }
        }
    }
    wrong.extend(
        events.keys().map(|(id, step)| format!("the journal has step {step} of {id}, which has it not")),
    );
    wrong
}

fn look_at_chain<'a>(
    evidence: &'a Evidence,
    chain: u32,
    wrong: &mut Vec<Wrong>,
    events: &mut BTreeMap<(String, u64), Vec<&'a Value>>,
) {
    let head = format!("journal:{DESK}:{chain}");
    let Some(last) = evidence.image.get(&head).map(|found| &found["body"]) else {
        wrong.push(format!("{head} is not there"));
        return;
    };
    let mut before = String::new();
    let sealed = (0..last["number"].as_u64().unwrap_or(0)).map(|number| format!("{head}:{number}"));
    for key in sealed.chain([head.clone()]) {
        let Some(page) = evidence.image.get(&key).map(|found| &found["body"]) else {
            wrong.push(format!("{key} is not there"));
            return;
        };
        if page["before"] != before {
            wrong.push(format!("{key} does not follow from the page before it"));
        }
        for event in list(page, "events") {
            let link = link_after(&before, event);
            if event["link"] != link {
                wrong.push(format!("{key}: {} does not follow from what is before it", event["link"]));
            }
            before = event["link"].as_str().unwrap_or_default().to_owned();
            if let Some(ticket) = event["ticket"].as_str() {
                let step = event["step"].as_u64().unwrap_or(0);
                events.entry((ticket.to_owned(), step)).or_default().push(event);
            }
        }
    }
}

/// SHA-256 over the parts, each after its length as eight bytes, big endian.
fn link_after(before: &str, event: &Value) -> String {
    let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let at = event["at"].as_i64().unwrap_or(0).to_be_bytes();
    let by = match event["by"]["person"].as_str() {
        Some(person) => format!("person {person}"),
        None => text("by"),
    };
    let action = camel(&text("action"));
    let digest = text("digest");
    let mut parts: Vec<Vec<u8>> = vec![before.into()];
    match event["ticket"].as_str() {
        Some(ticket) => {
            let step = u32::try_from(event["step"].as_u64().unwrap_or(0)).unwrap_or(0);
            parts.extend([
                uuid_bytes(ticket),
                step.to_be_bytes().to_vec(),
                at.to_vec(),
                by.into(),
                action.into(),
            ]);
            parts.extend([text("line").into_bytes(), digest.into()]);
        }
        None => {
            parts.extend([b"entry".to_vec(), text("entry").into(), at.to_vec(), by.into(), action.into()]);
            parts.extend([text("about").into_bytes(), digest.into()]);
        }
    }
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(&part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `handed_over` as `HandedOver`.
fn camel(action: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{}{rest}", first.to_uppercase())
    };
    action.split('_').map(word).collect()
}

fn uuid_bytes(id: &str) -> Vec<u8> {
    let digits: Vec<u32> = id.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).filter_map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok()).collect()
}
