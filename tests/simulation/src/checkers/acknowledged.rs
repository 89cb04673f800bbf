//! Requests and the tickets they became.

use super::{Wrong, list, tickets};
use crate::history::What;
use crate::play::Evidence;
use std::collections::BTreeMap;

/// Looks.
pub fn look(evidence: &Evidence) -> Vec<Wrong> {
    let mut wrong = vec![];
    let mut became: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, ticket) in tickets(evidence) {
        let first = list(ticket, "messages").first().and_then(|message| message["body"].as_str());
        became.entry(first.unwrap_or_default()).or_default().push(id);
    }
    let mut asked = vec![];
    for spoken in &evidence.history {
        let What::Ask { body, .. } = &spoken.what else { continue };
        asked.push(body.as_str());
        let there = became.get(body.as_str()).map_or(&[][..], Vec::as_slice);
        if there.len() > 1 {
            wrong.push(format!("{}'s \"{body}\" became {} tickets: {there:?}", spoken.who, there.len()));
        }
        if spoken.is_acknowledged() && !spoken.about().is_some_and(|told| there.contains(&told.as_str())) {
            wrong.push(format!(
                "{}'s \"{body}\" was acknowledged as {:?}, and is not there",
                spoken.who,
                spoken.about()
            ));
        }
    }
    let unasked = became.keys().filter(|body| !asked.contains(body));
    wrong.extend(unasked.map(|body| format!("nobody asked \"{body}\"")));
    wrong
}
