//! Paying what tickets owe: queues, lists and journal brought into agreement with them.

use crate::documents::{TickCursor, TicketDocument, write};
use crate::drafts::delete_drafts;
use crate::erase::delete_pages;
use crate::lessons::ask_to_follow;
use crate::limits::{EDITION_KEYS_REMOVED_MAX, SWEEP_TICKETS_MAX};
use crate::queue::{self, Debt, FirstWrites, LineOf, Truth};
use crate::relations::pay_relations;
use crate::settling::{Way, Whole, settle_whole};
use crate::tidy::Tidy;
use crate::versions::forget_versions;
use crate::{Error, due, files, handovers, journal, keys, lists, lookup};
use serde::Serialize;
use std::collections::BTreeSet;
use tierline_domain::ids::TicketId;
use tierline_domain::queue::{Sighting, skill_set};
use tierline_domain::ticket::{Owed, Ticket};
use tierline_http::Platform;
use tierline_store::{Decision, Document, OperationId, Runtime, Sweep, change, read};

/// Brings every queue page that the ticket owes into agreement with it. One durable commit a page.
pub async fn pay_queues<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    operation: &OperationId,
) -> Result<Vec<Way>, Error> {
    let mut ways = vec![];
    for (index, owed) in ticket.owed.iter().enumerate() {
        let step = operation.step(&format!("queue{index}"));
        let seen = pay(runtime, ticket, (owed, true), &step).await?;
        ways.push(Way { line: owed.line.clone(), seen });
    }
    Ok(ways)
}

async fn pay<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    (owed, is_owed): (&Owed, bool),
    operation: &OperationId,
) -> Result<Vec<Sighting>, Error> {
    let line = LineOf { desk: &ticket.desk, line: &owed.line };
    let skills = skill_set(owed.skills.as_ref().unwrap_or(&ticket.skills));
    let truth = Truth::Stored(ticket.id);
    let debt = Debt { line, place: owed.place, skills: Some(&skills), truth, is_owed };
    queue::agree(runtime, &debt, operation, &mut FirstWrites::new()).await
}

/// Pays other tickets, deletes what was erased, writes the journal, the lists and the figures, then notes in the ticket that
/// nothing is owed of what `paid` owed; and what `note` makes of it. Two durable commits, one for each list it enters or leaves, one
/// for a hand-over that is to be counted, and those of what is due to others. The queues must have been paid.
pub async fn close_accounts<R: Runtime>(
    runtime: &R,
    paid: &Ticket,
    note: Option<impl Fn(Ticket) -> Ticket>,
) -> Result<(), Error> {
    if !paid.owes() && note.is_none() {
        return Ok(());
    }
    let operation = OperationId::fresh(runtime.random());
    pay_relations(runtime, paid, &operation.step("relations")).await?;
    delete_pages(runtime, paid).await?;
    delete_drafts(runtime, paid).await?;
    journal::append(runtime, paid, &operation).await?;
    lists::pay(runtime, paid, (&paid.lists_owed, true), &operation).await?;
    handovers::count(runtime, paid).await?;
    change::<TicketDocument, _, Error>(runtime, &keys::ticket(paid.id), &operation, |found| {
        let Some(document) = found else { return Ok(Decision::Keep) };
        let settled = document.body.settled(paid);
        // What is noted is of this stay and holder; somebody may have taken it since.
        let is_same = document.body.stay == paid.stay && document.body.lease == paid.lease;
        let settled = match &note {
            Some(note) if is_same => note(settled),
            _ => settled,
        };
        Ok(if settled == document.body.0 { Decision::Keep } else { Decision::Write(TicketDocument(settled)) })
    })
    .await?;
    Ok(())
}

/// Nothing is noted in the ticket but that it is paid.
const NOTHING: Option<fn(Ticket) -> Ticket> = None;

/// Pays everything a ticket owes, and puts its entry right even if nothing is owed: a page can be lost or restored
/// from before. Late or twice, it comes out the same.
pub async fn settle<R: Runtime>(runtime: &R, ticket: TicketId) -> Result<bool, Error> {
    let ticket = listed(runtime, lookup::ticket(runtime, ticket).await?).await?;
    let operation = OperationId::fresh(runtime.random());
    if let Some(stay) = ticket.stay.as_ref().filter(|_| ticket.owed.is_empty()) {
        let owed = Owed { line: stay.line.clone(), place: stay.place, skills: Some(ticket.skills.clone()) };
        pay(runtime, &ticket, (&owed, false), &operation.step("stay")).await?;
    }
    if !ticket.owes() {
        return Ok(false);
    }
    for way in pay_queues(runtime, &ticket, &operation).await? {
        queue::tend(runtime, LineOf { desk: &ticket.desk, line: &way.line }, way.seen).await?;
    }
    close_accounts(runtime, &ticket, NOTHING).await?;
    Ok(true)
}

/// A ticket from before there were these lists owes those it is not in.
async fn listed<R: Runtime>(runtime: &R, ticket: Ticket) -> Result<Ticket, Error> {
    if ticket.is_listed() {
        return Ok(ticket);
    }
    let operation = OperationId::fresh(runtime.random());
    let key = keys::ticket(ticket.id);
    let changed = change::<TicketDocument, _, Error>(runtime, &key, &operation, |found| {
        let document = found.filter(|document| !document.body.is_listed());
        let owing =
            |document: &Document<TicketDocument>| document.body.0.clone().owing_lists(Some(&document.body));
        Ok(document.map_or(Decision::Keep, |document| Decision::Write(TicketDocument(owing(document)))))
    });
    Ok(changed.await?.document().map_or(ticket, |document| document.body.0))
}

/// Enters the ticket in the lists that have lost it.
pub async fn relist<R: Runtime>(runtime: &R, ticket: TicketId) -> Result<(), Error> {
    let ticket = lookup::ticket(runtime, ticket).await?;
    lists::pay(runtime, &ticket, (&ticket.lists(), false), &OperationId::fresh(runtime.random())).await
}

/// How a sweep went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Tickets looked at.
    pub looked_at: usize,
    /// Tickets that owed something and do no more.
    pub settled: usize,
    /// Tickets whose debts could not be paid now.
    pub failed: usize,
    /// Files removed that no ticket names: their requests had failed.
    pub files_removed: usize,
    /// Tickets that were looked at because something of them was due.
    pub due: usize,
    /// Whether more is due than one tick looks at.
    pub more_due: bool,
    /// Tickets whose people were warned that what was promised is short of time.
    pub warned: usize,
    /// Tickets whose people were told that what was promised is late.
    pub missed: usize,
    /// Tickets that went up because their time box was over.
    pub escalated: usize,
    /// Tickets that were found to wait for somebody who is not there, and put in the journal as such.
    pub unserved: usize,
    /// Tickets that were erased because their desk keeps them no longer.
    pub erased: usize,
    /// Tickets whose files were erased because their desk keeps files no longer.
    pub files_erased: usize,
    /// What is past use, and gone: thread pages that nothing names, old idempotency keys, old journal pages.
    pub deleted: usize,
    /// Whether it came to the oldest ticket: the next one begins at the newest again.
    pub reached_the_oldest: bool,
}

impl Swept {
    fn tell_due(&mut self, done: &due::Done) {
        (self.due, self.more_due) = (done.visited, done.is_more);
        (self.warned, self.missed, self.escalated) = (done.warned, done.missed, done.escalated);
        self.failed += done.failed;
    }
}

/// Sees to what is due, at whichever ticket. Then looks at `tickets_max` tickets, newest first, and settles those that
/// owe; the next sweep goes on where this one stopped, and begins again at the newest when it reached the oldest. Lists
/// keys, so it is for the tick only.
///
/// With `relist` each ticket's entries in its lists are looked at too, though nothing is owed: for lists that were lost, or
/// restored from before. Two store reads more for each list of a ticket.
pub async fn sweep<P>(platform: &P, tickets_max: usize, relist: bool) -> Result<Swept, Error>
where
    P: Platform<Store: Sweep>,
{
    match sweep_all(platform, tickets_max, relist).await {
        // It was listed: a store that does not show it yet is behind.
        Err(Error::UnknownDesk) => Err(lookup::missing("a desk")),
        swept => swept,
    }
}

async fn sweep_all<P>(platform: &P, tickets_max: usize, relist: bool) -> Result<Swept, Error>
where
    P: Platform<Store: Sweep>,
{
    // The listing must be complete before the store is used again: Spin's SQLite store deadlocks otherwise.
    let keys = platform.store().list_keys().await?;
    prepare_desks(platform, &keys).await?;
    let mut tickets: Vec<TicketId> = keys.iter().filter_map(|key| keys::parse_ticket(key)).collect();
    tickets.sort_unstable_by(|one, other| other.cmp(one));
    let cursor =
        read::<TickCursor, _>(platform.store(), keys::TICK).await?.and_then(|cursor| cursor.body.before);
    let rest = tickets.iter().filter(|ticket| cursor.is_none_or(|before| **ticket < before));
    let (mut swept, mut tidy) = (Swept::default(), Tidy::of(&keys));
    tidy.see_to_due(platform).await?;
    for desk in keys.iter().filter_map(|key| keys::parse_desk(key)) {
        ask_to_follow(platform, &desk).await;
    }
    let mut before = None;
    for ticket in rest {
        if swept.looked_at == tickets_max.min(SWEEP_TICKETS_MAX) {
            break;
        }
        swept.looked_at += 1;
        before = Some(*ticket);
        match settle_whole(platform, Whole { ticket: *ticket, by_tick: true, relist }).await {
            Ok(paid) => {
                swept.settled += usize::from(paid.owed);
                swept.unserved += usize::from(paid.unserved);
            }
            Err(_) => swept.failed += 1,
        }
        swept.failed += usize::from(tidy.ticket(platform, *ticket).await.is_err());
    }
    swept.files_removed = files::sweep_uploads(platform, &keys).await?;
    tidy.requests(platform).await?;
    tidy.journals(platform).await?;
    tidy.enter_due(platform).await?;
    swept.tell_due(&tidy.due);
    (swept.erased, swept.files_erased, swept.deleted) = (tidy.erased, tidy.files_erased, tidy.deleted);
    let is_last = before.is_none() || before == tickets.last().copied();
    swept.reached_the_oldest = is_last;
    remember(platform, cursor, before.filter(|_| !is_last)).await?;
    Ok(swept)
}

/// Removes what past editions of desk files left; and makes what desks of an earlier build lack.
async fn prepare_desks<R: Runtime>(runtime: &R, keys: &[String]) -> Result<(), Error> {
    let known: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    for desk in keys.iter().filter_map(|key| keys::parse_desk(key)) {
        if keys.iter().any(|key| keys::parse_edition(&desk, key).is_some()) {
            let desk = lookup::desk(runtime, &desk).await?;
            forget_versions(runtime, &desk, keys, EDITION_KEYS_REMOVED_MAX).await?;
        }
        if !crate::publish::is_prepared(&desk, |key| known.contains(key)) {
            let desk = lookup::desk(runtime, &desk).await?;
            crate::publish::prepare(runtime, &desk, &OperationId::fresh(runtime.random())).await?;
        }
    }
    Ok(())
}

/// Writes where the next sweep begins, if that is elsewhere than this one did.
async fn remember<R: Runtime>(
    runtime: &R,
    was: Option<TicketId>,
    before: Option<TicketId>,
) -> Result<(), Error> {
    if was == before {
        return Ok(());
    }
    write(runtime, keys::TICK, TickCursor { before }, &OperationId::fresh(runtime.random())).await
}
