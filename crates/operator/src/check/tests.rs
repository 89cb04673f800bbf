#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use super::*;
use crate::testing::{Bench, sqlite_bench};
use tierline_desk::keys;
use tierline_domain::ticket::Then;
use tierline_store::{MemoryStore, Store};

fn bench() -> Bench<MemoryStore> {
    let bench = Bench::new(MemoryStore::new());
    bench.a_days_work("harborline");
    bench
}

fn report(bench: &Bench<MemoryStore>) -> Report {
    block_on(check_store(bench.store())).unwrap()
}

fn kinds(report: &Report, severity: Severity) -> Vec<&'static str> {
    let mut kinds: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.severity == severity)
        .map(|finding| finding.kind)
        .collect();
    kinds.dedup();
    kinds
}

fn key_like(bench: &Bench<MemoryStore>, like: impl Fn(&str) -> bool) -> String {
    let mut keys = block_on(bench.store().list_keys()).unwrap();
    keys.sort();
    keys.into_iter().find(|key| like(key)).expect("such a key")
}

fn edit(bench: &Bench<MemoryStore>, key: &str, from: &str, to: &str) {
    let value = block_on(bench.store().get(key)).unwrap().unwrap();
    let text = String::from_utf8(value).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    block_on(bench.store().set(key, text.replacen(from, to, 1).as_bytes())).unwrap();
}

fn delete(bench: &Bench<MemoryStore>, key: &str) {
    assert!(block_on(bench.store().get(key)).unwrap().is_some(), "{key}");
    block_on(bench.store().delete(key)).unwrap();
}

#[test]
fn a_days_work_agrees() {
    let report = report(&bench());
    assert_eq!(report.findings, []);
    assert_eq!((report.counts.desks, report.counts.tickets), (1, 6));
    assert_eq!((report.counts.in_line, report.counts.entries, report.counts.owing), (4, 4, 0));
    assert!(report.counts.journal_events > 10);
}

#[test]
fn what_a_crash_left_is_owed_and_no_fault() {
    let bench = bench();
    let desk = bench.publish("harborline");
    bench.ask(&desk, "The answer leaves, then the power fails", "care", false);
    let report = report(&bench);
    assert_eq!(kinds(&report, Severity::Note), ["owing"]);
    assert_eq!(report.count(Severity::Error) + report.count(Severity::Warning), 0, "{:?}", report.findings);
    assert_eq!(report.counts.owing, 1);
}

#[test]
fn a_ticket_lost_from_its_queue_is_found() {
    let bench = bench();
    let page = key_like(&bench, |key| key.starts_with("queue:harborline:consultants:"));
    let value = block_on(bench.store().get(&page)).unwrap().unwrap();
    let mut document: serde_json::Value = serde_json::from_slice(&value).unwrap();
    document["body"]["entries"].as_array_mut().unwrap().pop();
    block_on(bench.store().set(&page, &serde_json::to_vec(&document).unwrap())).unwrap();
    assert_eq!(kinds(&report(&bench), Severity::Error), ["not-in-line"]);
    delete(&bench, &page);
    assert_eq!(kinds(&report(&bench), Severity::Error), ["missing-page", "not-in-line"]);
}

#[test]
fn an_entry_whose_ticket_is_gone_is_found() {
    let bench = bench();
    let waiting = report(&bench).counts.entries;
    let desk = bench.publish("harborline");
    let asked = bench.ask(&desk, "One more", "care", false);
    bench.finish();
    delete(&bench, &keys::ticket(asked.id));
    let report = report(&bench);
    assert_eq!(report.counts.entries, waiting + 1);
    assert_eq!(kinds(&report, Severity::Warning), ["stale-entry"]);
}

#[test]
fn a_changed_past_is_found() {
    let bench = bench();
    let key = key_like(&bench, |key| {
        let value = block_on(bench.store().get(key)).unwrap().unwrap();
        key.starts_with("journal:") && String::from_utf8_lossy(&value).contains("\"solved\"")
    });
    edit(&bench, &key, "\"solved\"", "\"reopened\"");
    assert_eq!(kinds(&report(&bench), Severity::Error), ["broken-journal", "not-in-journal"]);
}

#[test]
fn a_lost_journal_is_found() {
    let bench = bench();
    let key = key_like(&bench, |key| {
        let value = block_on(bench.store().get(key)).unwrap().unwrap();
        key.starts_with("journal:") && String::from_utf8_lossy(&value).contains("\"solved\"")
    });
    delete(&bench, &key);
    assert_eq!(kinds(&report(&bench), Severity::Error), ["not-in-journal"]);
}

#[test]
fn a_ticket_lost_from_its_lists_is_found_with_the_way_back_and_a_stale_entry_is_only_counted() {
    let bench = bench();
    let pages: Vec<String> = block_on(bench.store().list_keys())
        .unwrap()
        .into_iter()
        .filter(|key| key.starts_with("queue:") && key.contains(":~") && key.matches(':').count() == 3)
        .filter(|key| {
            let page = block_on(bench.store().get(key)).unwrap().unwrap();
            !String::from_utf8_lossy(&page).contains("\"entries\":[]")
        })
        .collect();
    assert!(!pages.is_empty(), "somebody is in a list");
    let page = block_on(bench.store().get(&pages[0])).unwrap().unwrap();
    let page = String::from_utf8(page).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&page).unwrap();
    value["body"]["entries"] = serde_json::json!([]);
    block_on(bench.store().set(&pages[0], value.to_string().as_bytes())).unwrap();
    let found = report(&bench);
    assert_eq!(kinds(&found, Severity::Error), ["not-in-list"]);
    assert!(found.findings[0].what.contains("relist"), "{:?}", found.findings[0]);
    block_on(bench.store().set(&pages[0], page.as_bytes())).unwrap();
    assert_eq!(report(&bench).findings, []);
    let mut stale: serde_json::Value = serde_json::from_str(&page).unwrap();
    let mut known: tierline_domain::queue::Page = serde_json::from_value(stale["body"].clone()).unwrap();
    let mut other = known.entries[0].clone();
    other.place.v.0 += 1;
    known.entries.push(other);
    stale["body"] = serde_json::to_value(&known).unwrap();
    block_on(bench.store().set(&pages[0], stale.to_string().as_bytes())).unwrap();
    let found = report(&bench);
    assert_eq!((found.findings.len(), found.counts.stale_list_entries), (0, 1), "{:?}", found.findings);
}

#[test]
fn a_lost_thread_page_is_found_and_an_orphan_is_only_counted() {
    let bench = bench();
    let key = key_like(&bench, |key| key.starts_with("thread:"));
    let value = block_on(bench.store().get(&key)).unwrap().unwrap();
    let other = format!("{key}-left-by-a-conflict");
    block_on(bench.store().set(&other, &value)).unwrap();
    let before = report(&bench);
    assert_eq!((before.findings.len(), before.counts.orphan_threads), (0, 1));
    delete(&bench, &key);
    assert_eq!(kinds(&report(&bench), Severity::Error), ["missing-thread"]);
}

#[test]
fn steps_that_moved_to_pages_are_held_to_the_journal() {
    let bench = bench();
    let desk = bench.publish("harborline");
    bench.finish();
    let (mut ticket, person) = bench.claim(&desk, "consultants");
    for step in 0..150 {
        ticket = bench.reply(&ticket, &person, &format!("We are at step {step}."), Then::Keep);
        bench.finish();
    }
    let prefix = format!("thread:{}:", ticket.id);
    let first = |key: &str| {
        let value = block_on(bench.store().get(key)).unwrap().unwrap();
        key.starts_with(&prefix) && String::from_utf8_lossy(&value).contains("\"opened\"")
    };
    let key = key_like(&bench, first);
    assert_eq!(report(&bench).findings, []);
    let page = block_on(bench.store().get(&key)).unwrap().unwrap();
    edit(&bench, &key, "\"replied\"", "\"noted\"");
    assert_eq!(kinds(&report(&bench), Severity::Error), ["not-in-journal"]);
    let mut less: serde_json::Value = serde_json::from_slice(&page).unwrap();
    less["body"]["steps"].as_array_mut().unwrap().pop();
    block_on(bench.store().set(&key, less.to_string().as_bytes())).unwrap();
    assert_eq!(kinds(&report(&bench), Severity::Error), ["torn-thread"]);
    delete(&bench, &key);
    assert_eq!(kinds(&report(&bench), Severity::Error), ["missing-thread"]);
}

#[test]
fn a_lost_part_of_a_file_is_found_and_an_orphan_is_only_counted() {
    let bench = bench();
    let key = key_like(&bench, |key| key.starts_with("file:") && key.ends_with(":1"));
    let before = report(&bench);
    assert_eq!((before.findings.len(), before.counts.orphan_files), (0, 0));
    block_on(bench.store().set("file:00000000000000000000000000000000:0", b"left")).unwrap();
    assert_eq!(report(&bench).counts.orphan_files, 1);
    delete(&bench, &key);
    assert_eq!(kinds(&report(&bench), Severity::Error), ["missing-file"]);
}

#[test]
fn torn_and_foreign_values_are_found() {
    let bench = bench();
    let key = key_like(&bench, |key| key.starts_with("ticket:"));
    let value = block_on(bench.store().get(&key)).unwrap().unwrap();
    block_on(bench.store().set(&key, &value[..value.len() / 2])).unwrap();
    block_on(bench.store().set("somebody:else", b"x")).unwrap();
    let found = report(&bench);
    assert_eq!(kinds(&found, Severity::Error), ["unreadable"]);
    assert_eq!(kinds(&found, Severity::Warning), ["unknown-key"]);
    block_on(bench.store().set(&key, &value)).unwrap();
    edit(&bench, &key, "\"schema\":1", "\"schema\":77");
    let found = report(&bench);
    assert!(found.findings.iter().any(|finding| finding.what.contains("77")), "{:?}", found.findings);
}

#[test]
fn a_desk_without_its_people_is_found() {
    let bench = bench();
    delete(&bench, &key_like(&bench, |key| key.starts_with("people:")));
    delete(&bench, &key_like(&bench, |key| key.starts_with("answers:")));
    assert_eq!(kinds(&report(&bench), Severity::Error), ["missing-answers", "missing-people"]);
    delete(&bench, "desk:harborline");
    assert_eq!(kinds(&report(&bench), Severity::Error), ["missing-desk"]);
}

#[test]
fn a_database_is_checked_while_a_desk_writes_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let bench = sqlite_bench(folder.path());
    bench.a_days_work("harborline");
    let path = folder.path().join(DATABASE_FILE);
    let report = check_file(&path).unwrap();
    assert_eq!((report.findings.len(), report.counts.tickets), (0, 6));
    let text = in_words(&path, &report);
    assert!(text.contains("6 tickets (4 in line, 0 owing)") && text.contains("Everything agrees"), "{text}");
    check(folder.path(), true).unwrap();
}

#[test]
fn a_database_with_faults_ends_with_65() {
    let folder = tempfile::tempdir().unwrap();
    let bench = sqlite_bench(folder.path());
    bench.a_days_work("harborline");
    block_on(bench.store().delete("desk:harborline")).unwrap();
    let failure = check(folder.path(), false).unwrap_err();
    assert_eq!(failure.kind, ExitKind::BadData, "{failure}");
}

#[test]
fn damaged_files_are_told_apart_from_missing_ones() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(check(folder.path(), false).unwrap_err().kind, ExitKind::MissingInput);
    let path = folder.path().join(DATABASE_FILE);
    std::fs::write(&path, vec![0x55; 8192]).unwrap();
    assert_eq!(check(folder.path(), false).unwrap_err().kind, ExitKind::BadData);
    std::fs::remove_file(&path).unwrap();
    let bench = sqlite_bench(folder.path());
    bench.a_days_work("harborline");
    bench.store().connection().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(bench);
    let mut bytes = std::fs::read(&path).unwrap();
    for byte in bytes.iter_mut().skip(4096 * 3).take(4096 * 6) {
        *byte ^= 0xff;
    }
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(check(folder.path(), false).unwrap_err().kind, ExitKind::BadData);
    // Cut off in the middle of a page.
    std::fs::write(&path, &bytes[..4096 * 2 + 100]).unwrap();
    assert_eq!(check(folder.path(), false).unwrap_err().kind, ExitKind::BadData);
}
