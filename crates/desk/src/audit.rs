//! Reading the journal: newest first, a page at a time, and checking that its chains hold.

use crate::documents::JournalDocument;
use crate::journal::sealed;
use crate::limits::{AUDIT_PAGES_MAX, VERIFY_PAGES_MAX};
use crate::{Error, keys};
use tierline_domain::ids::{DeskId, TicketId};
use tierline_domain::journal::{Event, JournalPage};
use tierline_domain::limits::{JOURNAL_PAGE_EVENTS_MAX, JOURNAL_SHARDS};
use tierline_domain::secrets::sha256_hex;
use tierline_store::{Runtime, read};

/// Where reading goes on in each chain: everything before this event of this page. Chains only grow at their other end,
/// so a cursor never loses or repeats an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCursor(Vec<(u32, usize)>);

impl AuditCursor {
    /// Before everything.
    fn newest() -> Self {
        Self(vec![(u32::MAX, usize::MAX); JOURNAL_SHARDS as usize])
    }

    /// Reads what [`AuditCursor::write`] gave for the same desk, and nothing else.
    pub fn parse(desk: &DeskId, text: &str) -> Option<Self> {
        let rest = text.strip_prefix(&mark(desk))?;
        let position = |part: &str| {
            let (page, index) = part.split_once('.')?;
            let (page, index) = (page.parse().ok()?, index.parse().ok()?);
            (index <= JOURNAL_PAGE_EVENTS_MAX).then_some((page, index))
        };
        let positions: Vec<_> = rest.split('-').map(position).collect::<Option<_>>()?;
        (positions.len() == JOURNAL_SHARDS as usize).then_some(Self(positions))
    }

    /// As text.
    pub fn write(&self, desk: &DeskId) -> String {
        let positions: Vec<_> = self.0.iter().map(|(page, index)| format!("{page}.{index}")).collect();
        format!("{}{}", mark(desk), positions.join("-"))
    }
}

/// Tells a desk's cursors from those of others.
fn mark(desk: &DeskId) -> String {
    let hash: String = sha256_hex(&[b"audit", desk.as_str().as_bytes()]).chars().take(8).collect();
    format!("a{hash}-")
}

/// A chain being read backwards.
struct Chain {
    shard: u32,
    page: JournalPage,
    /// How many events of the page are still to be read.
    left: usize,
    is_open: bool,
}

impl Chain {
    async fn open<R: Runtime>(
        runtime: &R,
        desk: &DeskId,
        shard: u32,
        position: (u32, usize),
    ) -> Result<Self, Error> {
        let head = read::<JournalDocument, _>(runtime.store(), &keys::journal(desk, shard)).await?;
        let head = head.map_or_else(JournalPage::default, |document| document.body.0);
        let page = match position.0 < head.number {
            true => sealed(runtime, desk, shard, position.0).await?,
            false => Some(head),
        };
        let is_open = page.is_some();
        let page = page.unwrap_or_default();
        let left = page.events.len().min(position.1);
        Ok(Self { shard, page, left, is_open })
    }

    fn next(&self) -> Option<&Event> {
        self.page.events.get(self.left.checked_sub(1)?)
    }

    fn is_before_a_page(&self) -> bool {
        self.is_open && self.left == 0 && self.page.number > 0
    }

    async fn turn<R: Runtime>(&mut self, runtime: &R, desk: &DeskId) -> Result<(), Error> {
        match sealed(runtime, desk, self.shard, self.page.number - 1).await? {
            Some(page) => {
                self.left = page.events.len();
                self.page = page;
            }
            None => self.is_open = false,
        }
        Ok(())
    }
}

/// Some of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// Newest first, as far as the chains tell.
    pub events: Vec<Event>,
    /// Where to go on; none at the journal's beginning.
    pub next: Option<AuditCursor>,
}

/// Up to `limit` events before `cursor`, of one ticket or of all. Store reads: one a chain, and one a page turned, at
/// most [`AUDIT_PAGES_MAX`]; then fewer events come than were asked for, with a cursor to go on.
pub async fn audit<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    cursor: Option<AuditCursor>,
    ticket: Option<TicketId>,
    limit: usize,
) -> Result<Audit, Error> {
    let mut positions = cursor.unwrap_or_else(AuditCursor::newest).0;
    let only = ticket.map(|ticket| ticket.shard(JOURNAL_SHARDS));
    let mut chains = vec![];
    for (shard, position) in (0..).zip(&positions).filter(|(shard, _)| only.is_none_or(|only| only == *shard))
    {
        chains.push(Chain::open(runtime, desk, shard, *position).await?);
    }
    let (mut events, mut turned) = (vec![], 0);
    let is_done = loop {
        if events.len() >= limit {
            break false;
        }
        if let Some(chain) = chains.iter_mut().find(|chain| chain.is_before_a_page()) {
            if turned == AUDIT_PAGES_MAX {
                break false;
            }
            turned += 1;
            chain.turn(runtime, desk).await?;
            continue;
        }
        let newest = chains.iter_mut().filter(|chain| chain.next().is_some());
        let Some(chain) = newest.max_by_key(|chain| chain.next().map(|event| event.at)) else { break true };
        let event = chain.next().filter(|event| ticket.is_none_or(|ticket| event.ticket == Some(ticket)));
        events.extend(event.cloned());
        chain.left -= 1;
    };
    for chain in &chains {
        if let Some(position) = positions.get_mut(chain.shard as usize) {
            *position = (chain.page.number, if chain.is_open { chain.left } else { 0 });
        }
    }
    // A chain that is read to its beginning stays there; those that were not opened stay where they were.
    Ok(Audit { events, next: (!is_done).then_some(AuditCursor(positions)) })
}

/// One chain, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Which.
    pub chain: u32,
    /// How many of its pages were checked in this call.
    pub pages: u32,
    /// And how many events.
    pub events: usize,
    /// The last link: kept elsewhere, it shows later that nothing before it was changed.
    pub last_link: String,
    /// Page and event that do not follow from the ones before; a page that is missing breaks at its first.
    pub broken: Option<(u32, usize)>,
}

/// Checks a chain from page `from` on, after the link `before`, at most [`VERIFY_PAGES_MAX`] pages. Gives also the page
/// to go on with, if there are more. One store read a page.
pub async fn verify<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    chain: u32,
    (from, before): (u32, &str),
) -> Result<(Checked, Option<u32>), Error> {
    let head = read::<JournalDocument, _>(runtime.store(), &keys::journal(desk, chain)).await?;
    let head = head.map_or_else(JournalPage::default, |document| document.body.0);
    let mut checked = Checked { chain, pages: 0, events: 0, last_link: String::new(), broken: None };
    let beginning = head.beginning();
    let (from, before) = if from < beginning.0 { beginning } else { (from, before) };
    checked.last_link = before.to_owned();
    for number in from..=head.number {
        if checked.pages == VERIFY_PAGES_MAX {
            return Ok((checked, Some(number)));
        }
        let page = match number == head.number {
            true => Some(head.clone()),
            false => sealed(runtime, desk, chain, number).await?,
        };
        let Some(page) = page.filter(|page| page.before == checked.last_link && page.number == number) else {
            checked.broken = Some((number, 0));
            return Ok((checked, None));
        };
        if let Err(broken) = page.verify() {
            checked.broken = Some((broken.page, broken.index));
            return Ok((checked, None));
        }
        checked.pages += 1;
        checked.events += page.events.len();
        checked.last_link = page.last_link().to_owned();
    }
    Ok((checked, None))
}
