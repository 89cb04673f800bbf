//! Whether each open ticket is in exactly one place, and each place is of a ticket.

use std::collections::{BTreeMap, BTreeSet};

use tierline_desk::keys;
use tierline_domain::ids::{DeskId, LineId, TicketId};
use tierline_domain::queue::{Chain, Page, Place, skill_set};

use super::seen::{LineKey, Seen};
use super::{Report, Severity};

/// Entries that can be reached, by their place, and the skills that they are found by.
type Entries<'a> = BTreeMap<(&'a LineKey, Place), Vec<String>>;

/// Checks all lines of all desks.
pub fn check(seen: &Seen, report: &mut Report) {
    let mut entries = Entries::new();
    for desk in seen.desks.values() {
        for line in &desk.lines {
            let line = (desk.head.id.clone(), line.id.clone());
            if !seen.directories.contains_key(&line) {
                let key = keys::directory(&line.0, &line.1);
                report.add(
                    Severity::Warning,
                    "missing-directory",
                    key,
                    "the line has no directory: the next to enter it makes one",
                );
            }
        }
    }
    let lines: BTreeSet<&LineKey> = seen.directories.keys().chain(seen.pages.keys()).collect();
    for line in lines {
        walk(seen, line, &mut entries, report);
    }
    report.counts.entries = entries.len();
    check_entries(seen, &entries, report);
    check_tickets(seen, &entries, report);
}

/// Follows the links of each queue of a line from its first page, and reports what is out of order on the way.
fn walk<'a>(seen: &'a Seen, line: &'a LineKey, entries: &mut Entries<'a>, report: &mut Report) {
    static NONE: BTreeMap<String, Page> = BTreeMap::new();
    let (desk, name) = line;
    let pages = seen.pages.get(line).unwrap_or(&NONE);
    let directory = seen.directories.get(line).cloned().unwrap_or_default();
    let mut reached = BTreeSet::new();
    for chain in directory.chains() {
        walk_queue(line, pages, chain, &mut reached, entries, report);
        for page in chain.pages() {
            if !pages.contains_key(page.id.as_str()) {
                let what = "the line's directory names it and it is not there";
                report.add(Severity::Error, "missing-page", keys::page(desk, name, &page.id), what);
            }
        }
    }
    report.counts.orphan_pages += pages.keys().filter(|id| !reached.contains(*id)).count();
}

fn walk_queue<'a>(
    line: &'a LineKey,
    pages: &'a BTreeMap<String, Page>,
    chain: Chain<'_>,
    reached: &mut BTreeSet<String>,
    entries: &mut Entries<'a>,
    report: &mut Report,
) {
    let (desk, name) = line;
    let mut id = chain.head();
    let mut last: Option<Place> = None;
    loop {
        let key = keys::page(desk, name, &id);
        if !reached.insert(id.as_str().to_owned()) {
            report.add(Severity::Error, "circular-line", key, "the line's pages lead back to this one");
            break;
        }
        let Some(page) = pages.get(id.as_str()) else {
            let what = "the line's pages lead here and it is not there: who entered it is not served";
            report.add(Severity::Error, "missing-page", key, what);
            break;
        };
        if page.retired && !page.entries.is_empty() {
            report.add(Severity::Error, "unsound-page", key.as_str(), "it is closed and has entries");
        }
        for entry in &page.entries {
            if last.is_some_and(|last| entry.place <= last) {
                report.add(Severity::Error, "unsound-page", key.as_str(), "its entries are not in order");
            }
            last = Some(entry.place);
            let skills = chain.skills().unwrap_or(&entry.skills).to_vec();
            entries.insert((line, entry.place), skills);
        }
        match &page.next {
            None => break,
            Some(link) => {
                if last.is_some_and(|last| last >= link.from) {
                    report.add(Severity::Error, "unsound-page", key, "it has entries of the page after it");
                }
                id = link.page.clone();
            }
        }
    }
}

/// Every entry must be its ticket's place, unless the ticket says that this is still to be put right.
fn check_entries(seen: &Seen, entries: &Entries<'_>, report: &mut Report) {
    for (((desk, line), place), skills) in entries {
        let Some(ticket) = seen.tickets.get(&place.ticket) else {
            if !seen.unreadable.contains(&place.ticket) {
                let what = "an entry of a ticket that is gone: whoever comes upon it removes it";
                report.add(Severity::Warning, "stale-entry", entry_key(desk, line, place.ticket), what);
            }
            continue;
        };
        if ticket.owed.iter().any(|owed| owed.line == *line && owed.place == *place) {
            continue;
        }
        let stands = ticket.desk == *desk
            && ticket.stay.as_ref().is_some_and(|stay| stay.line == *line && stay.place == *place);
        if !stands {
            let what = "an entry that its ticket has left: whoever comes upon it removes it";
            report.add(Severity::Warning, "stale-entry", entry_key(desk, line, place.ticket), what);
        } else if skill_set(skills) != skill_set(&ticket.skills) {
            let what = "the entry asks for other skills than its ticket";
            report.add(Severity::Warning, "other-skills", entry_key(desk, line, place.ticket), what);
        }
    }
}

/// Where an entry is, for people: the line's key and the ticket.
fn entry_key(desk: &DeskId, line: &LineId, ticket: TicketId) -> String {
    format!("{} {ticket}", keys::directory(desk, line))
}

/// Every ticket in a line must have its entry, unless it says that it owes it.
fn check_tickets(seen: &Seen, entries: &Entries<'_>, report: &mut Report) {
    for (id, ticket) in &seen.tickets {
        let Some(stay) = &ticket.stay else { continue };
        let owed = ticket.owed.iter().any(|owed| owed.line == stay.line && owed.place == stay.place);
        let line = (ticket.desk.clone(), stay.line.clone());
        if !owed && !entries.contains_key(&(&line, stay.place)) {
            report.add(
                Severity::Error,
                "not-in-line",
                keys::ticket(*id),
                format!("it waits in \"{}\" but is not in its queue: the next tick puts it back", stay.line),
            );
        }
    }
}
