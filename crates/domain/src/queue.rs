//! A line's queue as values: ordered by virtual arrival, kept in linked pages, never sorted again.
//!
//! A ticket enters with `v = e - h`: `e` its time of entry, `h` its head start (`0 <= h <= H`). Ageing everybody
//! alike never changes an order, so the order is `v` (ties by `e`, then id) and stays so; whoever came more than `H`
//! later can never be ahead. `docs/decisions/0004-queue-pages.md` says why pages are linked as in a B-link tree
//! (Lehman and Yao, 1981): one swap on one page is the whole of an entry, a split included.

use crate::ids::TicketId;
use crate::limits::{COUNT_DRIFT_MAX, PAGE_ENTRIES_MAX, PAGE_ENTRIES_SPLIT, PAGES_MAX};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// A place in a queue. Comparing places compares who is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Virtual arrival: entry less head start.
    pub v: Time,
    /// Entry, less the time already waited on us.
    pub e: Time,
    /// The ticket.
    pub ticket: TicketId,
    /// Which stay of the ticket in a queue this is, counted over its life: a late repair of an earlier stay
    /// cannot touch a later one.
    pub stay: u32,
}

/// Somebody's hold on an entry, as far as the page knows. The ticket's own lease is what counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The claim that took it.
    pub by: String,
    /// When it lapses. The entry keeps its place, so a lapse needs no work from anybody.
    pub until: Time,
}

/// A ticket's entry in a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Where it stands.
    #[serde(rename = "p")]
    pub place: Place,
    /// Skills a person must have.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// Who has it.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
}

impl Entry {
    /// Whether nobody holds it at `now`.
    pub fn is_free(&self, now: Time) -> bool {
        self.hold.as_ref().is_none_or(|hold| hold.until <= now)
    }
}

/// Names a page of one line. The first is always [`PageId::FIRST`]; later ones are made from chance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageId(String);

impl PageId {
    /// The page a line begins with.
    pub fn first() -> Self {
        Self("0".to_owned())
    }

    /// A page nobody else can be making.
    pub fn fresh(random: [u8; 16]) -> Self {
        Self(crate::secrets::hex(&random))
    }

    /// The text, for a key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where the places past a page's end are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The first place that is not this page's.
    pub from: Place,
    /// The page that has it.
    pub page: PageId,
}

/// Part of a queue: entries in order, and a link to what follows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Page {
    /// In order of their places.
    pub entries: Vec<Entry>,
    /// None on the last page.
    pub next: Option<Link>,
    /// An emptied page takes no entries any more; the link says where they go. Never true of the last page.
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
        let index = match self.index(&entry.place) {
            Ok(_) => return Insert::Present,
            Err(index) => index,
        };
        let appended = index == self.entries.len();
        let wants_split = may_split && appended && self.next.is_none() && index >= PAGE_ENTRIES_SPLIT;
        let mut whole = self.clone();
        whole.entries.insert(index, entry);
        match (wants_split, whole.entries.len() > PAGE_ENTRIES_MAX) {
            (true, _) => whole.split_at(index, fresh),
            (false, true) => whole.split_at(PAGE_ENTRIES_MAX / 2, fresh),
            (false, false) => Insert::Fits(whole),
        }
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
        count(ahead.filter(|entry| entry.is_free(now)).count())
    }

    /// This page closed, if it is empty and others follow.
    pub fn retire(&self) -> Option<Self> {
        let done = self.entries.is_empty() && self.next.is_some() && !self.retired;
        done.then(|| Self { retired: true, ..self.clone() })
    }

    /// This page linked to what follows its retired successor, whose range is that one's now. `past` is the
    /// successor's link. None if there is nothing to change.
    pub fn link_past(&self, past: &Link) -> Option<Self> {
        let link = self.next.as_ref().filter(|link| !self.retired && link.page != past.page)?;
        let next = Some(Link { from: link.from, page: past.page.clone() });
        Some(Self { entries: self.entries.clone(), next, retired: false })
    }
}

fn count(entries: usize) -> u32 {
    u32::try_from(entries).unwrap_or(u32::MAX)
}

/// What a line's directory knows of a page. A hint: the links are what is true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRef {
    /// Which.
    #[serde(rename = "i")]
    pub id: PageId,
    /// The first place that can be on it; none for the first page.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Place>,
    /// How many entries it had when last looked at.
    #[serde(rename = "n")]
    pub count: u32,
}

/// A line's directory of pages, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    pages: Vec<PageRef>,
}

impl Default for Directory {
    fn default() -> Self {
        Self { pages: vec![PageRef { id: PageId::first(), from: None, count: 0 }] }
    }
}

/// What somebody who looked at a page learned about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Which page.
    pub id: PageId,
    /// Its length, link and whether it is retired.
    pub count: u32,
    /// What follows.
    pub next: Option<Link>,
    /// Takes no more entries.
    pub retired: bool,
}

impl Sighting {
    /// Of `page`, which has `id`.
    pub fn of(id: &PageId, page: &Page) -> Self {
        Self {
            id: id.clone(),
            count: count(page.entries.len()),
            next: page.next.clone(),
            retired: page.retired,
        }
    }
}

impl Directory {
    /// The pages, in order.
    pub fn pages(&self) -> &[PageRef] {
        &self.pages
    }

    /// The page to begin with when looking for `place`; follow its links from there.
    pub fn page_for(&self, place: &Place) -> PageId {
        let begins_before = |page: &&PageRef| page.from.as_ref().is_none_or(|from| from <= place);
        let found = self.pages.iter().rev().find(begins_before).or(self.pages.first());
        found.map_or_else(PageId::first, |page| page.id.clone())
    }

    /// The first page there is.
    pub fn head(&self) -> PageId {
        self.pages.first().map_or_else(PageId::first, |page| page.id.clone())
    }

    /// Entries on the pages before `id`, as last counted.
    pub fn counted_before(&self, id: &PageId) -> u32 {
        self.pages.iter().take_while(|page| page.id != *id).map(|page| page.count).sum()
    }

    /// All entries, as last counted, with `seen` in place of its page's count.
    pub fn counted(&self, seen: &Sighting) -> u32 {
        let count_of = |page: &PageRef| if page.id == seen.id { seen.count } else { page.count };
        self.pages.iter().map(count_of).sum()
    }

    /// The directory with what `sightings` teach, or `None` if they teach nothing worth a write.
    pub fn learn(&self, sightings: &[Sighting]) -> Option<Self> {
        let mut learned = self.clone();
        let mut worth_it = false;
        for sighting in sightings {
            worth_it |= learned.learn_one(sighting);
        }
        worth_it.then_some(learned)
    }

    fn learn_one(&mut self, sighting: &Sighting) -> bool {
        let Some(index) = self.pages.iter().position(|page| page.id == sighting.id) else { return false };
        let linked = self.learn_link(index, sighting);
        if let (true, Some(link)) = (sighting.retired, &sighting.next) {
            self.forget(index, link);
            return true;
        }
        let Some(page) = self.pages.get_mut(index) else { return linked };
        let drifted = page.count.abs_diff(sighting.count) > COUNT_DRIFT_MAX;
        if linked || drifted {
            page.count = sighting.count;
        }
        linked || drifted
    }

    /// Drops a retired page. Where the bound on pages kept its successor out, that takes its row.
    fn forget(&mut self, index: usize, link: &Link) {
        if self.pages.iter().any(|page| page.id == link.page) {
            self.pages.remove(index);
        } else if let Some(page) = self.pages.get_mut(index) {
            *page = PageRef { id: link.page.clone(), from: Some(link.from), count: 1 };
        }
        if let Some(first) = self.pages.first_mut() {
            first.from = None;
        }
    }

    /// Adds the page that `sighting` links to, if it is not known.
    fn learn_link(&mut self, index: usize, sighting: &Sighting) -> bool {
        let Some(link) = &sighting.next else { return false };
        let known = self.pages.iter().any(|page| page.id == link.page);
        if known || self.pages.len() >= PAGES_MAX {
            return false;
        }
        let page = PageRef { id: link.page.clone(), from: Some(link.from), count: 1 };
        self.pages.insert(index + 1, page);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn entry(v: i64, tail: u8) -> Entry {
        let place = Place { v: Time(v), e: Time(v), ticket: TicketId::new(Time(0), [tail; 16]), stay: 1 };
        Entry { place, skills: vec![], hold: None }
    }

    /// Pages and a directory, used as the desk uses them but in memory.
    #[derive(Default)]
    struct Line {
        directory: Directory,
        pages: BTreeMap<PageId, Page>,
        made: u32,
    }

    impl Line {
        fn new() -> Self {
            let mut line = Self::default();
            line.pages.insert(PageId::first(), Page::default());
            line
        }

        fn walk_to(&self, place: &Place) -> PageId {
            let mut id = self.directory.page_for(place);
            while let Some(next) = self.pages[&id].follow(place) {
                id = next.clone();
            }
            id
        }

        fn insert(&mut self, entry: Entry, learns: bool) {
            let id = self.walk_to(&entry.place);
            self.made += 1;
            match self.pages[&id].insert(entry, PageId(format!("p{}", self.made)), true) {
                Insert::Present => {}
                Insert::Fits(page) => drop(self.pages.insert(id.clone(), page)),
                Insert::Splits { left, id: new, right } => {
                    self.pages.insert(new, right);
                    self.pages.insert(id.clone(), left);
                }
                other => panic!("{other:?}"),
            }
            if learns {
                self.learn(&id);
            }
        }

        fn learn(&mut self, id: &PageId) {
            let sighting = Sighting::of(id, &self.pages[id]);
            if let Some(directory) = self.directory.learn(&[sighting]) {
                self.directory = directory;
            }
        }

        fn remove(&mut self, place: &Place) {
            let id = self.walk_to(place);
            if let Some(page) = self.pages[&id].remove(place) {
                self.pages.insert(id.clone(), page);
            }
            if let Some(page) = self.pages[&id].retire() {
                self.pages.insert(id.clone(), page);
                self.learn(&id);
                self.link_past(&id);
            }
        }

        /// Whoever links to the retired page `id` links past it.
        fn link_past(&mut self, id: &PageId) {
            let past = self.pages[id].next.clone().unwrap();
            let links_here = |page: &&mut Page| page.next.as_ref().is_some_and(|link| link.page == *id);
            for page in self.pages.values_mut().filter(links_here) {
                if let Some(linked) = page.link_past(&past) {
                    *page = linked;
                }
            }
        }

        fn in_order(&self) -> Vec<Place> {
            let mut places = vec![];
            let mut id = Some(self.directory.head());
            while let Some(page) = id.as_ref().map(|id| &self.pages[id]) {
                places.extend(page.entries.iter().map(|entry| entry.place));
                id = page.next.as_ref().map(|link| link.page.clone());
            }
            places
        }
    }

    #[test]
    fn a_long_line_splits_into_full_pages_and_stays_in_order() {
        let mut line = Line::new();
        for v in 0..1_000 {
            line.insert(entry(v, (v % 250) as u8), true);
        }
        let places = line.in_order();
        assert_eq!(places.len(), 1_000);
        assert!(places.is_sorted());
        assert_eq!(line.directory.pages().len(), 4);
        assert!(line.pages.values().all(|page| page.entries.len() <= PAGE_ENTRIES_SPLIT));
    }

    #[test]
    fn head_starts_into_a_full_page_split_it_in_half() {
        let mut line = Line::new();
        for v in 0..=PAGE_ENTRIES_SPLIT as i64 {
            line.insert(entry(v * 1_000, 1), true);
        }
        for v in 0..PAGE_ENTRIES_MAX as i64 {
            line.insert(entry(500_000 / 2 + v, 2), true);
        }
        assert!(line.in_order().is_sorted());
        assert!(line.pages.values().all(|page| page.entries.len() <= PAGE_ENTRIES_MAX));
        assert_eq!(line.in_order().len(), PAGE_ENTRIES_SPLIT + 1 + PAGE_ENTRIES_MAX);
    }

    #[test]
    fn an_emptied_page_retires_and_its_range_moves_on() {
        let mut line = Line::new();
        for v in 0..=PAGE_ENTRIES_SPLIT as i64 {
            line.insert(entry(v, 1), true);
        }
        for v in 0..PAGE_ENTRIES_SPLIT as i64 {
            line.remove(&entry(v, 1).place);
        }
        assert_eq!(line.directory.pages().len(), 1);
        assert_ne!(line.directory.head(), PageId::first());
        line.insert(entry(3, 9), true);
        assert_eq!(line.in_order().first(), Some(&entry(3, 9).place), "earlier than all that is left");
    }

    #[test]
    fn a_lapsed_hold_is_free_again_at_its_place() {
        let held = Page { entries: vec![entry(1, 1), entry(2, 2)], ..Page::default() };
        let hold = Some(Hold { by: "c".into(), until: Time(100) });
        let held = held.with_hold(&entry(1, 1).place, hold).unwrap();
        let first = |now| held.first_free(Time(now), |_| true).unwrap().place;
        assert_eq!(first(99), entry(2, 2).place);
        assert_eq!(first(100), entry(1, 1).place);
        assert_eq!(held.free_ahead(&entry(2, 2).place, Time(99)), 0);
        assert_eq!(held.free_ahead(&entry(2, 2).place, Time(100)), 1);
    }

    #[test]
    fn a_page_at_its_bound_fits_a_document() {
        let entries = (0..PAGE_ENTRIES_MAX as i64).map(|v| Entry {
            skills: vec!["lang:es".into()],
            hold: Some(Hold {
                by: "0123456789abcdef0123456789abcdef".into(),
                until: Time(1_769_860_800_000),
            }),
            ..entry(1_769_860_800_000 + v, 1)
        });
        let page = Page { entries: entries.collect(), ..Page::default() };
        let bytes = serde_json::to_vec(&page).unwrap().len();
        assert!(bytes < 95_000, "{bytes}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// Whatever is entered and removed, and however seldom the directory learns, the pages hold exactly what
        /// was entered and not removed, in order.
        #[test]
        fn pages_are_a_sorted_set(steps in prop::collection::vec((0_i64..2_000, 0_u8..4, 0_u8..4, any::<bool>()), 1..2_000)) {
            let mut line = Line::new();
            let mut model = std::collections::BTreeSet::new();
            for (v, tail, remove, learns) in steps {
                let entry = entry(v, tail);
                if remove == 0 {
                    line.remove(&entry.place);
                    model.remove(&entry.place);
                } else {
                    line.insert(entry.clone(), learns);
                    model.insert(entry.place);
                }
            }
            prop_assert_eq!(line.in_order(), model.into_iter().collect::<Vec<_>>());
        }
    }
}
