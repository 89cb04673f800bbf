//! How a line stands now: who waits, how long, and who works.

use crate::documents::TicketDocument;
use crate::limits::{LINE_PAGES_READ_MAX, LINE_TICKETS_READ_MAX};
use crate::queue::{self, LineOf};
use crate::{Error, keys};
use std::collections::{BTreeMap, BTreeSet};
use tierline_domain::ids::{DeskId, LineId, PersonId};
use tierline_domain::people::required;
use tierline_domain::queue::{Chain, Entry, PageRef};
use tierline_domain::time::Time;
use tierline_store::{Runtime, read};

/// A line at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineNow {
    /// Tickets that nobody has.
    pub waiting: u32,
    /// Tickets that somebody has.
    pub claimed: u32,
    /// Whether the two are exact: pages far behind the head are counted as they were last seen, as waiting.
    pub exact: bool,
    /// Seconds that the one waiting longest waits; none if nobody does.
    pub oldest_wait_s: Option<i64>,
    /// Who holds a ticket of the line.
    pub at_work: BTreeSet<PersonId>,
    /// How many of the waiting require which skills.
    pub waiting_by_skills: BTreeMap<Vec<String>, u32>,
}

/// Looks at a line. Store reads: its directory, of each of its queues up to [`LINE_PAGES_READ_MAX`] pages from the head,
/// and up to [`LINE_TICKETS_READ_MAX`] tickets that are or were held; however long the line is.
pub async fn line_now<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    line: &LineId,
    now: Time,
) -> Result<LineNow, Error> {
    let of = LineOf { desk, line };
    let directory = queue::directory(runtime, of).await?;
    let (mut entries, mut behind, mut exact) = (vec![], 0_u32, true);
    let mut by_skills: BTreeMap<Vec<String>, u32> = BTreeMap::new();
    for chain in directory.chains() {
        let from = entries.len();
        let seen = look(runtime, of, chain, &mut entries).await?;
        behind = behind.saturating_add(seen.unwrap_or(0));
        exact &= seen.is_none();
        // In a set's own queue the skills are not said again.
        for entry in entries.iter_mut().skip(from) {
            entry.skills = chain.skills().map_or_else(|| entry.skills.clone(), <[_]>::to_vec);
        }
        if let (Some(skills), Some(behind)) = (chain.skills(), seen) {
            *by_skills.entry(required_of(skills)).or_default() += behind;
        }
    }
    let mut found = sort_out(runtime, &entries, now).await?;
    found.waiting = found.waiting.saturating_add(behind);
    found.exact = exact;
    for (skills, count) in by_skills {
        let waiting = found.waiting_by_skills.entry(skills).or_default();
        *waiting = waiting.saturating_add(count);
    }
    found.waiting_by_skills.retain(|_, waiting| *waiting > 0);
    Ok(found)
}

/// Collects what one queue has near its head; how many are behind that, as last counted, or `None` if that is all.
async fn look<R: Runtime>(
    runtime: &R,
    of: LineOf<'_>,
    chain: Chain<'_>,
    entries: &mut Vec<Entry>,
) -> Result<Option<u32>, Error> {
    let mut next = Some(chain.head());
    let mut seen = vec![];
    for _ in 0..LINE_PAGES_READ_MAX {
        let Some(id) = next.take() else { break };
        let page = queue::page(runtime, of, &id).await?;
        next = page.next.map(|link| link.page);
        entries.extend(page.entries);
        seen.push(id);
    }
    let is_behind = |page: &&PageRef| !seen.contains(&page.id);
    let behind = || chain.pages().iter().filter(is_behind).map(|page| page.count).sum();
    Ok(next.is_some().then(behind))
}

/// What is only desired keeps nobody from taking it in the end.
fn required_of(skills: &[String]) -> Vec<String> {
    required(skills).map(str::to_owned).collect()
}

/// Free and held entries. A hold that lapsed on the page may have been renewed in its ticket: that one decides.
async fn sort_out<R: Runtime>(runtime: &R, entries: &[Entry], now: Time) -> Result<LineNow, Error> {
    let held: Vec<_> =
        entries.iter().filter(|entry| entry.hold.is_some()).take(LINE_TICKETS_READ_MAX).collect();
    let keys: Vec<_> = held.iter().map(|entry| keys::ticket(entry.place.ticket)).collect();
    let reads = keys.iter().map(|key| read::<TicketDocument, _>(runtime.store(), key));
    let mut at_work = BTreeSet::new();
    let mut claimed = BTreeSet::new();
    for (entry, document) in held.iter().zip(futures::future::try_join_all(reads).await?) {
        let Some(ticket) = document.map(|document| document.body.0) else { continue };
        let stands = ticket.stay.as_ref().is_some_and(|stay| stay.place == entry.place);
        if let Some(lease) = ticket.holder(now).filter(|_| stands) {
            at_work.insert(lease.person.clone());
            claimed.insert(entry.place);
        }
    }
    let looked_at: BTreeSet<_> = held.iter().map(|entry| entry.place).collect();
    let is_claimed = |entry: &&Entry| {
        claimed.contains(&entry.place) || (!looked_at.contains(&entry.place) && !entry.is_free(now))
    };
    let (held, free): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| is_claimed(entry));
    let oldest = free.iter().map(|entry| entry.place.e).min();
    let mut waiting_by_skills: BTreeMap<Vec<String>, u32> = BTreeMap::new();
    for entry in &free {
        *waiting_by_skills.entry(required_of(&entry.skills)).or_default() += 1;
    }
    let count = |entries: &[&Entry]| u32::try_from(entries.len()).unwrap_or(u32::MAX);
    Ok(LineNow {
        waiting: count(&free),
        claimed: count(&held),
        exact: true,
        oldest_wait_s: oldest.map(|since| now.since_ms(since) / 1000),
        at_work,
        waiting_by_skills,
    })
}
