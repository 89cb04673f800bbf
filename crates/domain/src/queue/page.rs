//! Part of a queue: entries in order, linked to what follows.

use super::{Entry, Hold, PageId, Place};
use crate::limits::{PAGE_BYTES_SPLIT, PAGE_ENTRIES_MAX, PAGE_ENTRIES_SPLIT};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Where the places past a page's end are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The first place that is not this page's.
    pub from: Place,
    /// The page that has it.
    pub page: PageId,
}

/// Bytes of an entry in a page, its skills aside, at most.
const ENTRY_BYTES: usize = 190;

/// Part of a queue: entries in order, and a link to what follows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Page {
    /// In order of their places.
    pub entries: Vec<Entry>,
    /// None on the last page.
    pub next: Option<Link>,
    /// An emptied page takes no entries any more; the link says where they go. A last page has no link: if it is
    /// retired its queue is closed, and the directory says where a new one begins.
    #[serde(default)]
    pub retired: bool,
}

/// What inserting an entry makes of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Insert {
    /// It is there already.
    Present,
    /// Its place is on this later page.
    Follow(PageId),
    /// The queue that this page was the last of is closed.
    Closed,
    /// The page with the entry.
    Fits(Page),
    /// The page is too long: store `right` under its new id first, then swap in `left`, which links to it.
    Splits {
        /// What stays, linked to `right`.
        left: Page,
        /// The new page's id.
        id: PageId,
        /// The new page.
        right: Page,
    },
}

impl Page {
    /// Where `place` must be if not here.
    pub fn follow(&self, place: &Place) -> Option<&PageId> {
        self.next.as_ref().filter(|link| self.retired || *place >= link.from).map(|link| &link.page)
    }

    fn index(&self, place: &Place) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.place.cmp(place))
    }

    /// The entry at `place`.
    pub fn find(&self, place: &Place) -> Option<&Entry> {
        self.index(place).ok().and_then(|index| self.entries.get(index))
    }

    /// This page with `entry`; `fresh` names the page that a split makes. `may_split` false keeps a page whole up to
    /// [`PAGE_ENTRIES_MAX`].
    pub fn insert(&self, entry: Entry, fresh: PageId, may_split: bool) -> Insert {
        if let Some(page) = self.follow(&entry.place) {
            return Insert::Follow(page.clone());
        }
        if self.retired {
            return Insert::Closed;
        }
        let index = match self.index(&entry.place) {
            Ok(_) => return Insert::Present,
            Err(index) => index,
        };
        let appended = index == self.entries.len();
        let wants_split = may_split && appended && self.next.is_none() && index >= PAGE_ENTRIES_SPLIT;
        let mut whole = self.clone();
        whole.entries.insert(index, entry);
        match (wants_split, whole.is_full()) {
            (true, _) => whole.split_at(index, fresh),
            (false, true) => {
                let half = whole.entries.len() / 2;
                whole.split_at(half, fresh)
            }
            (false, false) => Insert::Fits(whole),
        }
    }

    /// Whether it must not be kept as it is. Skills that entries spell themselves count by their length.
    fn is_full(&self) -> bool {
        let spelled = |entry: &Entry| entry.skills.iter().map(|skill| skill.len() + 3).sum::<usize>();
        let bytes: usize = self.entries.iter().map(|entry| ENTRY_BYTES + spelled(entry)).sum();
        self.entries.len() > PAGE_ENTRIES_MAX || bytes > PAGE_BYTES_SPLIT
    }

    fn split_at(mut self, index: usize, id: PageId) -> Insert {
        let entries = self.entries.split_off(index.min(self.entries.len()));
        let Some(from) = entries.first().map(|entry| entry.place) else { return Insert::Fits(self) };
        let right = Self { entries, next: self.next.take(), retired: false };
        let left =
            Self { entries: self.entries, next: Some(Link { from, page: id.clone() }), retired: false };
        Insert::Splits { left, id, right }
    }

    /// This page without the entry at `place`; `None` if it is not here.
    pub fn remove(&self, place: &Place) -> Option<Self> {
        let index = self.index(place).ok()?;
        let mut page = self.clone();
        page.entries.remove(index);
        Some(page)
    }

    /// This page with `entry` in place of the one at its place; `None` if there is none, or the same.
    pub fn with_entry(&self, entry: Entry) -> Option<Self> {
        let index = self.index(&entry.place).ok()?;
        let mut page = self.clone();
        let found = page.entries.get_mut(index)?;
        if *found == entry {
            return None;
        }
        *found = entry;
        Some(page)
    }

    /// This page with another hold on the entry at `place`; `None` if it is not here or has it already.
    pub fn with_hold(&self, place: &Place, hold: Option<Hold>) -> Option<Self> {
        let index = self.index(place).ok()?;
        let mut page = self.clone();
        let entry = page.entries.get_mut(index)?;
        if entry.hold == hold {
            return None;
        }
        entry.hold = hold;
        Some(page)
    }

    /// The first entry that is free at `now` and that `fits`.
    pub fn first_free(&self, now: Time, fits: impl Fn(&Entry) -> bool) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.is_free(now) && fits(entry))
    }

    /// Entries ahead of `place` that nobody holds at `now`.
    pub fn free_ahead(&self, place: &Place, now: Time) -> u32 {
        let ahead = self.entries.iter().take_while(|entry| entry.place < *place);
        super::count(ahead.filter(|entry| entry.is_free(now)).count())
    }

    /// Entries that nobody holds at `now`.
    pub fn free(&self, now: Time) -> u32 {
        super::count(self.entries.iter().filter(|entry| entry.is_free(now)).count())
    }

    /// This page closed, if it is empty and others follow.
    pub fn retire(&self) -> Option<Self> {
        let done = self.entries.is_empty() && self.next.is_some() && !self.retired;
        done.then(|| Self { retired: true, ..self.clone() })
    }

    /// This page closed, if it is empty and nothing follows: its queue has ended.
    pub fn close(&self) -> Option<Self> {
        let done = self.entries.is_empty() && self.next.is_none() && !self.retired;
        done.then(|| Self { retired: true, ..self.clone() })
    }

    /// Whether the queue that it was the last page of has ended.
    pub fn is_closed(&self) -> bool {
        self.retired && self.next.is_none()
    }

    /// This page linked to what follows its retired successor, whose range is that one's now. `past` is the
    /// successor's link. None if there is nothing to change.
    pub fn link_past(&self, past: &Link) -> Option<Self> {
        let link = self.next.as_ref().filter(|link| !self.retired && link.page != past.page)?;
        let next = Some(Link { from: link.from, page: past.page.clone() });
        Some(Self { entries: self.entries.clone(), next, retired: false })
    }
}
