//! A line's directory: which queues it has, one for each set of skills, and their pages.

use super::{Link, Page, PageId, Place, count};
use crate::limits::{COUNT_DRIFT_MAX, LINE_SETS_MAX, PAGES_MAX, SET_SKILLS_BYTES_MAX};
use crate::people::Person;
use serde::{Deserialize, Serialize};

/// What a line's directory knows of a page. A hint: the links are what is true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRef {
    /// Which.
    #[serde(rename = "i")]
    pub id: PageId,
    /// The first place that can be on it; none for the first page.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Place>,
    /// How many entries nobody held when last looked at.
    #[serde(rename = "n")]
    pub count: u32,
}

impl PageRef {
    fn begins(id: PageId, count: u32) -> Self {
        Self { id, from: None, count }
    }
}

/// The queue of those who require the same skills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SetQueue {
    #[serde(rename = "s")]
    skills: Vec<String>,
    #[serde(rename = "p")]
    pages: Vec<PageRef>,
}

impl SetQueue {
    fn chain(&self) -> Chain<'_> {
        Chain { skills: Some(&self.skills), pages: &self.pages }
    }
}

/// A line's directory: its queues, and the pages of each in order.
///
/// A queue is there once the directory names its first page: that swap is what makes it, so that no two can make it
/// differently. What is said of further pages and their lengths is a hint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// The queue that is looked through: for sets that have none of their own, and for what an earlier build
    /// entered. Shelves of lists have only this one. Empty if there is none.
    pages: Vec<PageRef>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sets: Vec<SetQueue>,
}

impl Default for Directory {
    /// Of a shelf of lists, and of a line of which nothing is known.
    fn default() -> Self {
        Self { pages: vec![PageRef::begins(PageId::first(), 0)], sets: vec![] }
    }
}

/// One queue of a line, as its directory knows it.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'a> {
    skills: Option<&'a [String]>,
    pages: &'a [PageRef],
}

/// Where the entries of a set go that has no queue yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Room {
    /// Into a queue of its own.
    Own,
    /// Into a queue of its own, once one of these sets, which have been empty, has given its up.
    InsteadOf(Vec<Vec<String>>),
    /// Into the queue that all sets share.
    Shared,
}

/// What somebody who looked at a page learned about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Which page.
    pub id: PageId,
    /// How many entries it has.
    pub count: u32,
    /// How many of them nobody holds.
    pub waiting: u32,
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
            waiting: count(page.entries.iter().filter(|entry| entry.hold.is_none()).count()),
            next: page.next.clone(),
            retired: page.retired,
        }
    }
}

impl<'a> Chain<'a> {
    /// The skills that all its entries require; none for the queue that sets share, whose entries say so themselves.
    pub fn skills(&self) -> Option<&'a [String]> {
        self.skills
    }

    /// Whether `person` can take some of what is in it: everything, in a set's own queue.
    pub fn is_open_to(&self, person: &Person) -> bool {
        self.skills.is_none_or(|skills| person.has_skills(skills))
    }

    /// Its pages, in order.
    pub fn pages(&self) -> &'a [PageRef] {
        self.pages
    }

    /// The first page there is.
    pub fn head(&self) -> PageId {
        self.pages.first().map_or_else(PageId::first, |page| page.id.clone())
    }

    /// The page to begin with when looking for `place`; follow its links from there.
    pub fn page_for(&self, place: &Place) -> PageId {
        let begins_before = |page: &&PageRef| page.from.as_ref().is_none_or(|from| from <= place);
        let found = self.pages.iter().rev().find(begins_before).or(self.pages.first());
        found.map_or_else(PageId::first, |page| page.id.clone())
    }

    /// Entries that nobody holds on the pages before `id`, as last counted.
    pub fn counted_before(&self, id: &PageId) -> u32 {
        self.pages.iter().take_while(|page| page.id != *id).map(|page| page.count).sum()
    }
}

impl Directory {
    /// Of a line that nobody has entered yet.
    pub fn of_new_line() -> Self {
        Self { pages: vec![], sets: vec![] }
    }

    /// All queues: the sets' own, then the shared one if there is one.
    pub fn chains(&self) -> impl Iterator<Item = Chain<'_>> {
        self.sets.iter().map(SetQueue::chain).chain(self.shared())
    }

    /// The queue that sets share, if there is one.
    pub fn shared(&self) -> Option<Chain<'_>> {
        (!self.pages.is_empty()).then_some(Chain { skills: None, pages: &self.pages })
    }

    /// The queue of those who require exactly `skills`, which are in order.
    pub fn of_set(&self, skills: &[String]) -> Option<Chain<'_>> {
        self.sets.iter().find(|set| set.skills == skills).map(SetQueue::chain)
    }

    /// How many sets have a queue of their own.
    pub fn sets_count(&self) -> usize {
        self.sets.len()
    }

    /// Where a set without a queue goes.
    pub fn room_for(&self, skills: &[String]) -> Room {
        let bytes: usize = skills.iter().map(String::len).sum();
        if bytes > SET_SKILLS_BYTES_MAX {
            return Room::Shared;
        }
        if self.sets.len() < LINE_SETS_MAX {
            return Room::Own;
        }
        let is_empty = |set: &&SetQueue| matches!(set.pages.as_slice(), [only] if only.count == 0);
        let empty: Vec<_> = self.sets.iter().filter(is_empty).map(|set| set.skills.clone()).collect();
        if empty.is_empty() { Room::Shared } else { Room::InsteadOf(empty) }
    }

    /// This directory with a queue for `skills` (the shared one if there are none) that begins at `id`, in place of one
    /// that began at the closed page `instead_of`. `None` if that is not how things are: somebody else was first.
    pub fn with_queue(
        &self,
        skills: Option<&[String]>,
        id: PageId,
        instead_of: Option<&PageId>,
    ) -> Option<Self> {
        let mut directory = self.clone();
        if let Some(closed) = instead_of {
            let began = directory.sets.len() + directory.pages.len();
            directory.sets.retain(|set| !matches!(set.pages.as_slice(), [only] if only.id == *closed));
            directory.pages.retain(|page| page.id != *closed);
            if began == directory.sets.len() + directory.pages.len() {
                return None;
            }
        }
        let pages = vec![PageRef::begins(id, 1)];
        match skills {
            None if directory.pages.is_empty() => directory.pages = pages,
            Some(skills) if directory.of_set(skills).is_none() && directory.sets.len() < LINE_SETS_MAX => {
                directory.sets.push(SetQueue { skills: skills.to_vec(), pages });
            }
            _ => return None,
        }
        Some(directory)
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
        let has_room = self.pages_count() < PAGES_MAX;
        // Whose queue is empty matters only when another set wants one.
        let says_empty = self.sets.len() >= LINE_SETS_MAX;
        let chains = self.sets.iter_mut().map(|set| &mut set.pages).chain([&mut self.pages]);
        for pages in chains {
            if let Some(index) = pages.iter().position(|page| page.id == sighting.id) {
                return learn_of(pages, index, sighting, has_room, says_empty);
            }
        }
        false
    }

    #[cfg(test)]
    pub(super) fn sets_mut(&mut self) -> impl Iterator<Item = &mut Vec<String>> {
        self.sets.iter_mut().map(|set| &mut set.skills)
    }

    fn pages_count(&self) -> usize {
        self.pages.len() + self.sets.iter().map(|set| set.pages.len()).sum::<usize>()
    }
}

fn learn_of(
    pages: &mut Vec<PageRef>,
    index: usize,
    sighting: &Sighting,
    has_room: bool,
    says_empty: bool,
) -> bool {
    let linked = has_room && learn_link(pages, index, sighting);
    if let (true, Some(link)) = (sighting.retired, &sighting.next) {
        forget(pages, index, link);
        return true;
    }
    let Some(page) = pages.get_mut(index) else { return linked };
    let drifted = page.count.abs_diff(sighting.waiting) > COUNT_DRIFT_MAX;
    let flips = says_empty && (page.count == 0) != (sighting.waiting == 0);
    if linked || drifted || flips {
        page.count = sighting.waiting;
    }
    linked || drifted || flips
}

/// Drops a retired page. Where the bound on pages kept its successor out, that takes its row.
fn forget(pages: &mut Vec<PageRef>, index: usize, link: &Link) {
    if pages.iter().any(|page| page.id == link.page) {
        pages.remove(index);
    } else if let Some(page) = pages.get_mut(index) {
        *page = PageRef { id: link.page.clone(), from: Some(link.from), count: 1 };
    }
    if let Some(first) = pages.first_mut() {
        first.from = None;
    }
}

/// Adds the page that `sighting` links to, if it is not known.
fn learn_link(pages: &mut Vec<PageRef>, index: usize, sighting: &Sighting) -> bool {
    let Some(link) = &sighting.next else { return false };
    if pages.iter().any(|page| page.id == link.page) {
        return false;
    }
    let page = PageRef { id: link.page.clone(), from: Some(link.from), count: 1 };
    pages.insert(index + 1, page);
    true
}
