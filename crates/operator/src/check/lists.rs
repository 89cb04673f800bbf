//! Whether each ticket stands in its lists: by state, by agent, by customer.

use std::collections::BTreeSet;

use tierline_desk::keys;
use tierline_domain::ids::TicketId;

use super::seen::{ListEntry, Seen};
use super::{Report, Severity};

/// Checks every ticket against the lists, and counts entries that lead to no ticket's place any more: readers pass them by.
pub fn check(seen: &Seen, report: &mut Report) {
    let mut expected: BTreeSet<&ListEntry> = BTreeSet::new();
    let mut settled: BTreeSet<TicketId> = BTreeSet::new();
    for (id, ticket) in &seen.tickets {
        let Some(lists) = &ticket.lists else { continue };
        settled.insert(*id);
        expected.extend(lists);
        let missing = lists.iter().filter(|entry| !seen.listed.contains(*entry)).count();
        if missing > 0 {
            let what = format!(
                "{missing} of its {} lists have it not: let the desk run, and have it listed anew by \
                 POST /v1/tick {{\"relist\": true}}, until that reached the oldest",
                lists.len()
            );
            report.add(Severity::Error, "not-in-list", keys::ticket(*id), what);
        }
    }
    let gone = |entry: &&ListEntry| {
        let known = seen.tickets.contains_key(&entry.2.ticket);
        !expected.contains(*entry) && (settled.contains(&entry.2.ticket) || !known)
    };
    report.counts.stale_list_entries = seen.listed.iter().filter(gone).count();
}
