use super::*;
use crate::limits::{LINE_SETS_MAX, PAGE_ENTRIES_MAX, PAGE_ENTRIES_SPLIT};
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

    fn chain(&self) -> Chain<'_> {
        self.directory.shared().unwrap()
    }

    fn walk_to(&self, place: &Place) -> PageId {
        let mut id = self.chain().page_for(place);
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
        let mut id = Some(self.chain().head());
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
    assert_eq!(line.chain().pages().len(), 4);
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
    assert_eq!(line.chain().pages().len(), 1);
    assert_ne!(line.chain().head(), PageId::first());
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
        hold: Some(Hold { by: "0123456789abcdef0123456789abcdef".into(), until: Time(1_769_860_800_000) }),
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

fn set(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

fn id(name: &str) -> PageId {
    PageId(name.to_owned())
}

/// A directory with as many sets as may be.
fn full() -> Directory {
    let enter = |directory: Directory, number: usize| {
        let skills = set(&format!("lang:{number:02}"));
        directory.with_queue(Some(&skills), id(&format!("p{number}")), None).unwrap()
    };
    (0..LINE_SETS_MAX).fold(Directory::of_new_line(), enter)
}

#[test]
fn a_set_has_one_queue_and_whoever_comes_second_uses_it() {
    let directory = Directory::of_new_line();
    assert_eq!((directory.chains().count(), directory.room_for(&set("lang:de"))), (0, Room::Own));
    let one = directory.with_queue(Some(&set("lang:de")), id("a"), None).unwrap();
    assert_eq!(one.of_set(&set("lang:de")).unwrap().head(), id("a"));
    assert_eq!(one.with_queue(Some(&set("lang:de")), id("b"), None), None);
    let shared = one.with_queue(None, id("c"), None).unwrap();
    assert_eq!(shared.shared().unwrap().head(), id("c"));
    assert_eq!(shared.with_queue(None, id("d"), None), None);
}

#[test]
fn past_the_bound_an_empty_set_makes_room_and_else_all_share() {
    let directory = full();
    assert_eq!(directory.room_for(&set("lang:zz")), Room::Shared);
    assert_eq!(directory.with_queue(Some(&set("lang:zz")), id("z"), None), None);
    let emptied = Sighting { id: id("p3"), count: 0, waiting: 0, next: None, retired: false };
    let learned = directory.learn(&[emptied]).expect("it is full: who is empty matters");
    assert_eq!(learned.room_for(&set("lang:zz")), Room::InsteadOf(vec![set("lang:03")]));
    let changed = learned.with_queue(Some(&set("lang:zz")), id("z"), Some(&id("p3"))).unwrap();
    assert!(changed.of_set(&set("lang:03")).is_none() && changed.of_set(&set("lang:zz")).is_some());
    assert_eq!(changed.sets_count(), LINE_SETS_MAX);
    assert_eq!(learned.with_queue(Some(&set("lang:zz")), id("z"), Some(&id("gone"))), None);
    let long: Vec<_> = (0..9).map(|number| format!("{number}{}", "x".repeat(40))).collect();
    assert_eq!(Directory::of_new_line().room_for(&long), Room::Shared);
}

#[test]
fn a_closed_page_takes_nothing_and_says_so() {
    let closed = Page::default().close().unwrap();
    assert!(closed.is_closed() && closed.close().is_none());
    assert_eq!(closed.insert(entry(1, 1), id("x"), true), Insert::Closed);
    assert!(Page { entries: vec![entry(1, 1)], ..Page::default() }.close().is_none());
}

#[test]
fn a_page_of_entries_that_spell_their_skills_stays_small() {
    let skills: Vec<_> = (0..8).map(|number| format!("{number}{}", "s".repeat(63))).collect();
    let mut page = Page::default();
    for v in 0..450 {
        let entry = Entry { skills: skills.clone(), ..entry(1_769_860_800_000 + v, 1) };
        match page.insert(entry, id("x"), false) {
            Insert::Fits(whole) => page = whole,
            Insert::Splits { left, .. } => {
                assert!(left.entries.len() > 50, "{}", left.entries.len());
                return;
            }
            other => panic!("{other:?}"),
        }
        assert!(serde_json::to_vec(&page).unwrap().len() < 95_000);
    }
    panic!("it never split");
}

#[test]
fn a_directory_at_its_bounds_fits_a_document() {
    let mut directory = full();
    let far = i64::from(u32::MAX) * 1_000;
    let skills = || (0..6).map(|number| format!("{number}{}", "x".repeat(39))).collect::<Vec<_>>();
    for (number, set) in directory.sets_mut().enumerate() {
        *set = skills().into_iter().map(|skill| format!("{skill}{number:02}")).take(5).collect();
    }
    let long_id = |number: usize| PageId(format!("{number:032}"));
    let mut last = PageId("p0".to_owned());
    for number in 0..2_000 {
        let from = entry(far + number as i64, 7).place;
        let next = Some(Link { from, page: long_id(number) });
        let seen = Sighting { id: last.clone(), count: 450, waiting: 450, next, retired: false };
        directory = directory.learn(&[seen]).unwrap_or(directory);
        last = long_id(number);
    }
    let bytes = serde_json::to_vec(&directory).unwrap().len();
    assert!((80_000..95_000).contains(&bytes), "{bytes}");
}
