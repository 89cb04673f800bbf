#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::path::{Path, PathBuf};

use super::export::write_all;
use super::import::{ImportError, import_capped, read_all};
use super::*;
use crate::exit::ExitKind;
use crate::testing::{Bench, sqlite_bench};
use futures::executor::block_on;
use sha2::{Digest, Sha256};
use tierline_domain::ids::DeskId;
use tierline_domain::secrets::hex;
use tierline_sqlite::{DATABASE_FILE, StateLock};
use tierline_store::{MemoryStore, Store, Sweep};

fn bench() -> Bench<MemoryStore> {
    let bench = Bench::new(MemoryStore::new());
    bench.a_days_work("harborline");
    bench.a_days_work("northwind");
    bench
}

fn exported(store: &MemoryStore, desk: Option<&str>) -> String {
    let desk = desk.map(|desk| DeskId::parse(desk).unwrap());
    let mut output = vec![];
    block_on(write_all(store, desk.as_ref(), &mut output)).unwrap();
    String::from_utf8(output).unwrap()
}

fn imported(store: &MemoryStore, text: &str) -> Result<(u64, u64), ImportError> {
    block_on(read_all(store, &mut text.as_bytes())).map(|imported| (imported.written, imported.unchanged))
}

/// The text with another middle, and an end line that fits it.
fn resealed(text: &str, change: impl Fn(&str) -> String) -> String {
    let body = text.lines().take_while(|line| !line.starts_with("{\"end\"")).map(change);
    let body: String = body.filter(|line| !line.is_empty()).map(|line| line + "\n").collect();
    let entries = body.lines().count() - 1;
    let sha256 = hex(&Sha256::digest(&body));
    format!("{body}{{\"end\":true,\"entries\":{entries},\"sha256\":\"{sha256}\"}}\n")
}

#[test]
fn an_export_of_an_import_is_the_same_file() {
    let text = exported(bench().store(), None);
    let other = MemoryStore::new();
    let (written, unchanged) = imported(&other, &text).unwrap();
    assert!(written > 40 && unchanged == 0);
    assert_eq!(exported(&other, None), text);
    assert_eq!(imported(&other, &text).unwrap(), (0, written), "twice changes nothing");
    assert_eq!(exported(&other, None), text);
}

#[test]
fn an_imported_desk_goes_on_working() {
    let other = MemoryStore::new();
    imported(&other, &exported(bench().store(), None)).unwrap();
    let bench = Bench::new(other);
    let desk = bench.publish("harborline");
    assert_eq!(desk.version, 1, "the same file is no new version");
    let (ticket, _) = bench.claim(&desk, "consultants");
    bench.finish();
    assert_eq!(ticket.desk, desk.head.id);
    let report = block_on(crate::check::check_store(bench.store())).unwrap();
    assert_eq!(report.findings, []);
}

#[test]
fn one_desk_is_exported_alone() {
    let text = exported(bench().store(), Some("northwind"));
    assert!(text.starts_with("{\"tierline_export\":1,\"desk\":\"northwind\"}\n"), "{text:.80}");
    assert!(!text.contains("\"desk:harborline\"") && !text.contains(":harborline:"));
    let other = MemoryStore::new();
    imported(&other, &text).unwrap();
    let tickets = block_on(other.list_keys()).unwrap();
    assert_eq!(tickets.iter().filter(|key| key.starts_with("ticket:")).count(), 6);
    assert_eq!(exported(&other, None).lines().nth(1), text.lines().nth(1));
}

#[test]
fn bytes_that_are_no_json_go_as_base64() {
    let bench = bench();
    let guard = "guard:desk:harborline";
    assert!(block_on(bench.store().get(guard)).unwrap().is_some(), "left out of the export");
    assert!(!exported(bench.store(), None).contains(guard));
    let key = "journal:harborline:0";
    let spaced = block_on(bench.store().get(key)).unwrap().unwrap();
    let spaced = String::from_utf8(spaced).unwrap().replacen(',', ",\n", 1);
    block_on(bench.store().set(key, spaced.as_bytes())).unwrap();
    let text = exported(bench.store(), None);
    assert!(text.contains("\"base64\":\""));
    let other = MemoryStore::new();
    imported(&other, &text).unwrap();
    assert_eq!(block_on(other.get(key)).unwrap().unwrap(), spaced.as_bytes());
    assert_eq!(exported(&other, None), text);
}

#[test]
fn damaged_exports_are_refused() {
    let text = exported(bench().store(), None);
    let cut: String = text.split_inclusive('\n').take(9).collect();
    let refused = |text: &str| imported(&MemoryStore::new(), text).unwrap_err();
    assert!(matches!(refused(&cut), ImportError::CutOff { line: 9 }));
    let half = (text.len() / 2..).find(|at| text.is_char_boundary(*at)).unwrap();
    assert!(matches!(refused(&text[..half]), ImportError::CutOff { .. } | ImportError::Line { .. }));
    assert!(matches!(refused(&text.replacen("Ada", "Eve", 1)), ImportError::Digest));
    assert!(matches!(refused(""), ImportError::Line { line: 1, .. }));
    assert!(matches!(refused("{\"some\":\"json\"}\n"), ImportError::Line { line: 1, .. }));
    let later = text.replacen("\"tierline_export\":1", "\"tierline_export\":2,\"new\":true", 1);
    assert!(matches!(refused(&later), ImportError::Version { found: 2 }));
    assert!(matches!(refused(&format!("{text}{{}}\n")), ImportError::Line { .. }));
}

#[test]
fn a_line_that_is_wrong_is_named_without_what_it_says() {
    let text = exported(bench().store(), None);
    let at = text.lines().position(|line| line.starts_with("{\"kind\":\"ticket\"")).unwrap() as u64 + 1;
    let wrong = |from: &str, to: &str| {
        let changed = resealed(&text, |line| match line.starts_with("{\"kind\":\"ticket\"") {
            true => line.replacen(from, to, 1),
            false => line.to_owned(),
        });
        assert_ne!(changed, text, "{from}");
        imported(&MemoryStore::new(), &changed).unwrap_err()
    };
    for (from, to) in [
        ("\"kind\":\"ticket\"", "\"kind\":\"thread\""),
        ("\"schema\":1", "\"schema\":9"),
        ("\"document\":{", "\"x\":1,\"document\":{"),
        ("\"status\":\"", "\"status\":\"Ada "),
        ("\"document\":", "\"base64\":\"!\",\"document\":"),
    ] {
        match wrong(from, to) {
            ImportError::Line { line, what } => {
                assert_eq!(line, at, "{from}");
                assert!(!what.contains("Ada"), "{what}");
            }
            other => panic!("{from}: {other:?}"),
        }
    }
    let twice = resealed(&text, |line| match line.contains("\"desk:northwind\"") {
        true => format!("{line}\n{line}"),
        false => line.to_owned(),
    });
    assert!(matches!(imported(&MemoryStore::new(), &twice), Err(ImportError::Line { .. })));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let text = exported(bench().store(), None);
    let without_threads = resealed(&text, |line| match line.starts_with("{\"kind\":\"thread\"") {
        true => String::new(),
        false => line.to_owned(),
    });
    let Err(ImportError::Unsound(findings)) = imported(&MemoryStore::new(), &without_threads) else {
        panic!("imported")
    };
    assert!(findings.iter().all(|finding| finding.kind == "missing-thread"), "{findings:?}");
}

fn file(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("export.jsonl");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_database_gets_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let bench = sqlite_bench(&one);
    let desk = bench.a_days_work("harborline");
    let path = folder.path().join("out.jsonl");
    export(&one, None, &path, false).unwrap();
    assert_eq!(
        export(&one, None, &path, false).unwrap_err().kind,
        ExitKind::StateUnwritable,
        "there already"
    );
    import(&path, &two, false).unwrap();
    import(&path, &two, true).unwrap();
    let again = folder.path().join("again.jsonl");
    export(&two, None, &again, true).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&again).unwrap());

    // The first went on: what is not the same is not overwritten, and what is new does not come in alone.
    bench.ask(&desk, "One more", "care", false);
    bench.finish();
    drop(bench);
    let later = folder.path().join("later.jsonl");
    export(&one, None, &later, false).unwrap();
    let failure = import(&later, &two, false).unwrap_err();
    assert!(failure.problem.contains("not the same"), "{failure}");
    let after = folder.path().join("after.jsonl");
    export(&two, None, &after, false).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&after).unwrap(), "nothing was changed");
}

#[test]
fn a_full_disk_leaves_nothing_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let text = exported(bench().store(), None);
    let (path, state) = (file(folder.path(), &text), folder.path().join("state"));
    let failure = import_capped(&path, &state, false, Some(20)).unwrap_err();
    assert_eq!(failure.kind, ExitKind::StateUnwritable, "{failure}");
    assert!(failure.to_string().contains("free some space"), "{failure}");
    let report = crate::check::check_file(&state.join(DATABASE_FILE)).unwrap();
    assert_eq!(report.counts.keys, 0);
    import(&path, &state, false).unwrap();
}

#[test]
fn a_running_host_and_a_missing_file_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), &exported(bench().store(), None));
    let state = folder.path().join("state");
    drop(sqlite_bench(&state));
    let host = StateLock::share(&state).unwrap();
    assert_eq!(import(&path, &state, false).unwrap_err().kind, ExitKind::Busy);
    drop(host);
    let missing = folder.path().join("missing");
    assert_eq!(import(&missing, &state, false).unwrap_err().kind, ExitKind::MissingInput);
    assert_eq!(
        export(&missing, None, &folder.path().join("x"), false).unwrap_err().kind,
        ExitKind::MissingInput
    );
    import(&path, &state, false).unwrap();
    let unknown = DeskId::parse("unknown").unwrap();
    let failure = export(&state, Some(&unknown), &folder.path().join("x"), false).unwrap_err();
    assert_eq!(failure.kind, ExitKind::MissingInput);
}
