//! Whether each ticket is sound in itself, and its thread whole.

use std::collections::{BTreeMap, BTreeSet};

use tierline_desk::keys;
use tierline_domain::files::FileId;
use tierline_domain::ids::TicketId;
use tierline_domain::ticket::Status;

use super::seen::{Facts, FileFacts, Seen, without_gap};
use super::{Report, Severity};

/// Checks every ticket and every thread page.
pub fn check(seen: &Seen, report: &mut Report) {
    report.counts.tickets = seen.tickets.len();
    for (id, ticket) in &seen.tickets {
        report.counts.in_line += usize::from(ticket.status == Status::Queued);
        check_state(*id, ticket, report);
        check_desk(seen, *id, ticket, report);
        check_thread(seen, *id, ticket, report);
        check_files(seen, *id, ticket, report);
        if ticket.owes {
            report.counts.owing += 1;
            let steps =
                (ticket.steps_moved as usize + ticket.steps.len()).saturating_sub(ticket.journaled as usize);
            report.add(
                Severity::Note,
                "owing",
                keys::ticket(*id),
                format!(
                    "owes {} places in queues and {steps} steps of the journal; the next tick pays",
                    ticket.owed.len()
                ),
            );
        }
    }
    count_orphans(seen, report);
}

fn check_state(id: TicketId, ticket: &Facts, report: &mut Report) {
    let key = || keys::ticket(id);
    let in_line = ticket.status == Status::Queued;
    if in_line != ticket.stay.is_some() {
        let what = if in_line { "it is queued but has no place" } else { "it has a place but is not queued" };
        report.add(Severity::Error, "unsound-ticket", key(), what);
    }
    if let Some(stay) = &ticket.stay
        && (stay.line != ticket.line || stay.place.ticket != id)
    {
        report.add(Severity::Error, "unsound-ticket", key(), "its place is of another line or ticket");
    }
    if ticket.has_lease && ticket.stay.is_none() {
        report.add(Severity::Error, "unsound-ticket", key(), "somebody holds it though it is in no line");
    }
    if ticket.journaled as usize > ticket.steps_moved as usize + ticket.steps.len() {
        report.add(Severity::Error, "unsound-ticket", key(), "more of its steps are journaled than it has");
    }
}

fn check_desk(seen: &Seen, id: TicketId, ticket: &Facts, report: &mut Report) {
    match seen.desks.get(&ticket.desk) {
        None => report.add(
            Severity::Error,
            "missing-desk",
            keys::ticket(id),
            format!("its desk \"{}\" is not published: publish its desk file", ticket.desk),
        ),
        Some(desk) if desk.line(&ticket.line).is_none() => report.add(
            Severity::Error,
            "missing-line",
            keys::ticket(id),
            format!("its line \"{}\" is not one of the desk's: add it to the desk file", ticket.line),
        ),
        Some(_) => {}
    }
}

/// The pages in their order, then what is in the document: numbers from 1 without a gap.
fn check_thread(seen: &Seen, id: TicketId, ticket: &Facts, report: &mut Report) {
    let (mut next, mut next_step) = (1, 0);
    for page in &ticket.sealed {
        let key = keys::thread(id, &page.id);
        match seen.threads.get(&(id, page.id.clone())) {
            None => {
                report.add(Severity::Error, "missing-thread", key, "older messages of the ticket are lost")
            }
            Some(found)
                if found.has_messages != page.has_messages()
                    || (found.has_messages && found.numbers != Some(page.numbers)) =>
            {
                report.add(Severity::Error, "torn-thread", key, "it has other messages than the ticket says");
            }
            Some(found) if found.steps_from != next_step && !found.steps.is_empty() => {
                report.add(Severity::Error, "torn-thread", key, "steps are missing between pages");
            }
            Some(found) => next_step += found.steps.len() as u32,
        }
        if page.numbers.0 != next {
            report.add(
                Severity::Error,
                "torn-thread",
                keys::ticket(id),
                "messages are missing between pages",
            );
        }
        next = page.numbers.1.saturating_add(1);
    }
    if next_step != ticket.steps_moved
        && ticket.sealed.iter().all(|page| seen.threads.contains_key(&(id, page.id.clone())))
    {
        let what = format!("its pages have {next_step} of the {} steps that moved", ticket.steps_moved);
        report.add(Severity::Error, "torn-thread", keys::ticket(id), what);
    }
    let sound = match ticket.messages.first() {
        None => true,
        Some(first) => *first == next && without_gap(&ticket.messages).is_some(),
    };
    if !sound {
        report.add(
            Severity::Error,
            "torn-thread",
            keys::ticket(id),
            "its messages are not numbered in order",
        );
    }
}

/// Every part of every file that a message names, with as many bytes as it says.
fn check_files(seen: &Seen, id: TicketId, ticket: &Facts, report: &mut Report) {
    let older = seen.older_files.get(&id).map_or(&[][..], Vec::as_slice);
    let kept = |file: &&FileFacts| file.message > ticket.files_gone_to;
    for FileFacts { id: file, parts, bytes, .. } in ticket.files.iter().chain(older).filter(kept) {
        let found = seen.parts.get(file);
        let whole = |found: &BTreeMap<u32, u64>| {
            found.keys().copied().eq(0..*parts) && found.values().sum::<u64>() == *bytes
        };
        if !found.is_some_and(whole) {
            let what = format!("its ticket {id} names it, and some or all of it is lost");
            report.add(Severity::Error, "missing-file", keys::file_part(file, 0), what);
        }
    }
}

/// A conflict leaves a page that no ticket names: written before the name, and never read.
fn count_orphans(seen: &Seen, report: &mut Report) {
    let named: BTreeSet<(TicketId, &str)> = seen
        .tickets
        .iter()
        .flat_map(|(id, ticket)| ticket.sealed.iter().map(|page| (*id, page.id.as_str())))
        .collect();
    let orphan = |(ticket, page): &&(TicketId, String)| {
        !named.contains(&(*ticket, page.as_str())) && !seen.unreadable.contains(ticket)
    };
    report.counts.orphan_threads = seen.threads.keys().filter(orphan).count();
    let files =
        seen.tickets.values().flat_map(|ticket| &ticket.files).chain(seen.older_files.values().flatten());
    let named: BTreeSet<&FileId> = files.map(|file| &file.id).chain(&seen.uploads).collect();
    report.counts.orphan_files = seen.parts.keys().filter(|file| !named.contains(file)).count();
}
