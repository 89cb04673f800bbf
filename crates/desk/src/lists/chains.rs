//! All tickets of a desk, newest first: the journal's chains read backwards, for what was opened.

use super::{Candidate, Look, Position};
use crate::documents::JournalDocument;
use crate::journal::sealed;
use crate::limits::LIST_PAGES_READ_MAX;
use crate::{Error, keys};
use tierline_domain::history::Action;
use tierline_domain::ids::{DeskId, TicketId};
use tierline_domain::journal::JournalPage;
use tierline_domain::limits::JOURNAL_SHARDS;
use tierline_domain::time::Time;
use tierline_store::{Runtime, read};

/// The chains, each at its own place.
pub struct Chains {
    chains: Vec<Chain>,
    pages_read: usize,
}

/// One chain. Its pages only grow, and full ones never change: a place in it stays what it is.
struct Chain {
    shard: u32,
    number: u32,
    /// When and which ticket was opened, oldest first, of the page as it was when it was read.
    opened: Vec<(usize, Time, TicketId)>,
    /// Events before this index are still to come.
    left: usize,
    /// The first page that is kept.
    first: u32,
}

impl Chains {
    pub async fn open<R: Runtime>(
        runtime: &R,
        desk: &DeskId,
        after: Option<Vec<(u32, u32)>>,
    ) -> Result<Self, Error> {
        let mut chains = vec![];
        for shard in 0..JOURNAL_SHARDS {
            let at = after.as_ref().and_then(|all| all.get(usize::try_from(shard).unwrap_or(usize::MAX)));
            chains.push(Chain::open(runtime, desk, shard, at.copied()).await?);
        }
        Ok(Self { chains, pages_read: 0 })
    }

    pub fn position(&self) -> Position {
        let left = |chain: &Chain| u32::try_from(chain.left).unwrap_or(u32::MAX);
        Position::Journal(self.chains.iter().map(|chain| (chain.number, left(chain))).collect())
    }

    /// The newest ticket of all that are still to come.
    pub async fn next<R: Runtime>(&mut self, runtime: &R, desk: &DeskId) -> Result<Look, Error> {
        for chain in &mut self.chains {
            while chain.newest().is_none() && chain.number > chain.first {
                if self.pages_read >= LIST_PAGES_READ_MAX {
                    return Ok(Look::Enough);
                }
                self.pages_read += 1;
                chain.go_back(runtime, desk).await?;
            }
        }
        let newest = self.chains.iter_mut().max_by_key(|chain| chain.newest().map(|(_, at, id)| (at, id)));
        let Some(chain) = newest else { return Ok(Look::End) };
        let Some((index, _, ticket)) = chain.newest() else { return Ok(Look::End) };
        chain.left = index;
        Ok(Look::Found(Candidate { ticket, place: None, is_proven: false, line: None }))
    }
}

impl Chain {
    /// At its end, or where an earlier reader stopped. One store read, two if the page was sealed since.
    async fn open<R: Runtime>(
        runtime: &R,
        desk: &DeskId,
        shard: u32,
        at: Option<(u32, u32)>,
    ) -> Result<Self, Error> {
        let head = read::<JournalDocument, _>(runtime.store(), &keys::journal(desk, shard)).await?;
        let head = head.map_or_else(JournalPage::default, |document| document.body.0);
        let first = head.beginning().0;
        let page = match at {
            Some((number, _)) if number != head.number => page_of(runtime, desk, shard, number).await?,
            _ => head,
        };
        let left = at.map_or(page.events.len(), |(_, left)| usize::try_from(left).unwrap_or(usize::MAX));
        Ok(Self { shard, number: page.number, left, opened: opened(&page), first })
    }

    fn newest(&self) -> Option<(usize, Time, TicketId)> {
        self.opened.iter().rev().find(|(index, ..)| *index < self.left).copied()
    }

    async fn go_back<R: Runtime>(&mut self, runtime: &R, desk: &DeskId) -> Result<(), Error> {
        let page = page_of(runtime, desk, self.shard, self.number.saturating_sub(1)).await?;
        (self.number, self.left, self.opened) = (page.number, page.events.len(), opened(&page));
        Ok(())
    }
}

fn opened(page: &JournalPage) -> Vec<(usize, Time, TicketId)> {
    let events = page.events.iter().enumerate();
    let opened = events.filter(|(_, event)| event.action == Action::Opened);
    opened.filter_map(|(index, event)| Some((index, event.at, event.ticket?))).collect()
}

async fn page_of<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    shard: u32,
    number: u32,
) -> Result<JournalPage, Error> {
    let lost = || JournalPage { number, ..JournalPage::default() };
    Ok(sealed(runtime, desk, shard, number).await?.unwrap_or_else(lost))
}
