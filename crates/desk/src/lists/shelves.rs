//! Reading linked pages, several at once, in one order.

use super::{Candidate, Look, Position};
use crate::Error;
use crate::limits::LIST_PAGES_READ_MAX;
use crate::queue::{self, LineOf};
use std::collections::VecDeque;
use tierline_domain::ids::{DeskId, LineId};
use tierline_domain::lists::{ListId, ListKey, PROVEN};
use tierline_domain::queue::{Entry, PageId, Place};
use tierline_store::Runtime;

/// Several lists, or several lines, merged.
pub struct Shelves {
    walks: Vec<Walk>,
    /// The last key given.
    last: Option<Position>,
    pages_read: usize,
}

/// One list on one shelf, or one queue of a line.
struct Walk {
    line: LineId,
    list: Option<ListId>,
    /// Nothing up to here is wanted.
    after: Option<Place>,
    entries: VecDeque<Entry>,
    next: Option<PageId>,
}

impl Shelves {
    pub async fn of_lists<R: Runtime>(
        runtime: &R,
        desk: &DeskId,
        lists: &[ListId],
        after: Option<ListKey>,
    ) -> Result<Self, Error> {
        let mut walks = vec![];
        for list in lists {
            let begin = after.map_or(list.beginning(), |key| list.place(key));
            for shelf in list.shelves() {
                walks
                    .extend(Walk::open(runtime, desk, LineId::shelf(shelf), Some(*list), Some(begin)).await?);
            }
        }
        Ok(Self { walks, last: after.map(Position::List), pages_read: 0 })
    }

    pub async fn of_lines<R: Runtime>(
        runtime: &R,
        desk: &DeskId,
        lines: &[LineId],
        after: Option<Place>,
    ) -> Result<Self, Error> {
        let mut walks = vec![];
        for line in lines {
            walks.extend(Walk::open(runtime, desk, line.clone(), None, after).await?);
        }
        Ok(Self { walks, last: after.map(Position::Line), pages_read: 0 })
    }

    pub fn position(&self) -> Option<Position> {
        self.last.clone()
    }

    /// The next entry of all.
    pub async fn next<R: Runtime>(&mut self, runtime: &R, desk: &DeskId) -> Result<Look, Error> {
        loop {
            for walk in &mut self.walks {
                while walk.entries.is_empty() && walk.next.is_some() {
                    if self.pages_read >= LIST_PAGES_READ_MAX {
                        return Ok(Look::Enough);
                    }
                    self.pages_read += 1;
                    walk.load(runtime, desk).await?;
                }
            }
            let first = self.walks.iter_mut().filter(|walk| !walk.entries.is_empty());
            let Some(walk) = first.min_by_key(|walk| walk.key()) else { return Ok(Look::End) };
            let Some(entry) = walk.entries.pop_front() else { return Ok(Look::End) };
            let position = match walk.list {
                Some(_) => Position::List(ListKey::of(&entry.place)),
                None => Position::Line(entry.place),
            };
            // In two lists for a moment, on its way from one to the other.
            if self.last.as_ref() == Some(&position) {
                continue;
            }
            self.last = Some(position);
            let is_line = walk.list.is_none();
            // In other lists an entry may be older than the ticket's present line.
            let tells_line = walk.list.is_some_and(ListId::is_by_state);
            return Ok(Look::Found(Candidate {
                ticket: entry.place.ticket,
                place: is_line.then_some(entry.place),
                is_proven: entry.skills.iter().skip(1).any(|word| word == PROVEN),
                line: entry.skills.into_iter().next().filter(|_| tells_line),
            }));
        }
    }
}

impl Walk {
    /// One for each of its queues, from the page that has what follows `after`. A store read, and one for each queue.
    async fn open<R: Runtime>(
        runtime: &R,
        desk: &DeskId,
        line: LineId,
        list: Option<ListId>,
        after: Option<Place>,
    ) -> Result<Vec<Self>, Error> {
        let directory = queue::directory(runtime, LineOf { desk, line: &line }).await?;
        let mut walks = vec![];
        for chain in directory.chains() {
            let next = after.map_or_else(|| chain.head(), |place| chain.page_for(&place));
            let (line, entries) = (line.clone(), VecDeque::new());
            let mut walk = Self { line, list, after, entries, next: Some(next) };
            walk.load(runtime, desk).await?;
            walks.push(walk);
        }
        Ok(walks)
    }

    /// Reads the next page. One store read.
    async fn load<R: Runtime>(&mut self, runtime: &R, desk: &DeskId) -> Result<(), Error> {
        let Some(id) = self.next.take() else { return Ok(()) };
        let page = queue::page(runtime, LineOf { desk, line: &self.line }, &id).await?;
        self.next = page.next.map(|link| link.page);
        for entry in page.entries {
            if self.after.is_some_and(|after| entry.place <= after) {
                continue;
            }
            if self.list.is_some_and(|list| !list.has(&entry.place)) {
                // Another list begins here.
                self.next = None;
                break;
            }
            self.entries.push_back(entry);
        }
        Ok(())
    }

    /// What entries of several walks are compared by: lists by the ticket, lines by who is served first.
    fn key(&self) -> Option<(i64, Place)> {
        let place = self.entries.front()?.place;
        Some(match self.list {
            Some(_) => (0, Place { v: place.e, ..place }),
            None => (0, place),
        })
    }
}
