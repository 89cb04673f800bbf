//! Whether the journals are whole, unchanged, and say what the tickets say.

use tierline_desk::keys;
use tierline_domain::ids::DeskId;

use super::seen::{Chain, Seen};
use super::{Report, Severity};

/// Checks the chains from page to page, and every ticket's steps against them.
pub fn check(seen: &Seen, report: &mut Report) {
    for ((desk, shard), chain) in &seen.journals {
        check_chain(desk, *shard, chain, report);
    }
    for (id, ticket) in &seen.tickets {
        let pages = ticket.sealed.iter().filter_map(|page| seen.threads.get(&(*id, page.id.clone())));
        let moved = pages.flat_map(|page| (page.steps_from..).zip(&page.steps));
        let here = (ticket.steps_moved..ticket.journaled).zip(&ticket.steps);
        for (number, step) in moved.chain(here) {
            let what = match seen.events.get(&(*id, number)) {
                Some(event) if event == &step.mark => continue,
                None if seen.is_forgotten(ticket, *id, step.at) => continue,
                Some(_) => "the journal says otherwise",
                None => "the journal does not have it",
            };
            let what = format!("step {number} of its history: {what}");
            report.add(Severity::Error, "not-in-journal", keys::ticket(*id), what);
        }
    }
}

fn check_chain(desk: &DeskId, shard: u32, chain: &Chain, report: &mut Report) {
    let head = keys::journal(desk, shard);
    let Some(last) = &chain.head else {
        report.add(Severity::Error, "missing-journal", head, "the chain has sealed pages but no head");
        return;
    };
    report.counts.journal_events += last.events;
    let (first, link) = last.beginning.clone();
    let mut before = link;
    for number in first..last.number {
        let key = keys::journal_page(desk, shard, number);
        let Some(page) = chain.sealed.get(&number) else {
            report.add(Severity::Error, "missing-journal", key, "a page of the chain is not there");
            return;
        };
        report.counts.journal_events += page.events;
        if page.before != before || page.number != number {
            report.add(Severity::Error, "broken-journal", key, "it does not follow from the page before it");
        }
        before.clone_from(&page.last);
    }
    if last.before != before {
        report.add(Severity::Error, "broken-journal", head, "it does not follow from the page before it");
    }
}
