#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use super::*;
use crate::stub::{serve, server};
use crate::testing::DEMO;

fn published(version: u32) -> String {
    format!("{{\"desk\":{{\"id\":\"harborline\",\"version\":{version}}},\"changed\":true}}")
}

fn arguments(folder: &std::path::Path, url: &str, text: &str) -> Publish {
    let file = folder.join("desk.toml");
    std::fs::write(&file, text).unwrap();
    Publish { file, if_version: None, server: server(url, folder), json: false }
}

#[test]
fn a_file_goes_over_the_version_that_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let (url, asked) = serve(vec![(200, "etag: \"7\"\r\n", published(7)), (200, "", published(8))]);
    publish(&arguments(folder.path(), &url, DEMO)).unwrap();
    let asked = asked.join().unwrap();
    assert_eq!(asked[1].line, "PUT /v1/desks/harborline");
    assert_eq!(asked[1].header("if-match"), Some("\"7\""));
    assert_eq!(asked[1].header("content-type"), Some("application/toml"));
    assert_eq!(asked[1].body, DEMO);
}

#[test]
fn the_first_file_goes_only_where_none_is() {
    let folder = tempfile::tempdir().unwrap();
    let (url, asked) = serve(vec![(404, "", "{}".to_owned()), (201, "", published(1))]);
    publish(&arguments(folder.path(), &url, DEMO)).unwrap();
    assert_eq!(asked.join().unwrap()[1].header("if-none-match"), Some("*"));
}

#[test]
fn who_may_not_read_publishes_without_a_condition() {
    let folder = tempfile::tempdir().unwrap();
    let (url, asked) = serve(vec![(401, "", "{}".to_owned()), (200, "", published(2))]);
    publish(&arguments(folder.path(), &url, DEMO)).unwrap();
    let asked = asked.join().unwrap();
    assert_eq!((asked[1].header("if-match"), asked[1].header("if-none-match")), (None, None));
}

#[test]
fn a_named_version_is_not_looked_up() {
    let folder = tempfile::tempdir().unwrap();
    let (url, asked) = serve(vec![(412, "", "{\"detail\":\"It changed.\"}".to_owned())]);
    let publishing = Publish { if_version: Some("3".into()), ..arguments(folder.path(), &url, DEMO) };
    let failure = publish(&publishing).unwrap_err();
    assert_eq!(failure.kind, ExitKind::Busy, "{failure}");
    assert_eq!(asked.join().unwrap()[0].header("if-match"), Some("\"3\""));
}

#[test]
fn a_file_with_mistakes_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let publishing = arguments(folder.path(), "http://127.0.0.1:9", "[desk]\nid = 7\n");
    assert_eq!(publish(&publishing).unwrap_err().kind, ExitKind::BadData);
}

fn at(folder: &std::path::Path, url: &str, json: bool) -> At {
    At { desk: DeskId::parse("harborline").unwrap(), server: server(url, folder), json }
}

#[test]
fn versions_are_a_table_and_a_diff_is_text_without_tricks() {
    let folder = tempfile::tempdir().unwrap();
    let body = r#"{"versions":[{"version":2,"published_at":"2026-01-02T00:00:00Z","by":{"kind":"person","id":"elif"},
        "format":"toml","bytes":9,"sha256":"0123456789abcdef","rollback_of":1},
        {"version":1,"published_at":"2026-01-01T00:00:00Z","by":{"kind":"operator"},"format":"toml","bytes":9,
        "sha256":"fedcba9876543210","rollback_of":null}]}"#;
    let shown = history(&serde_json::from_str(body).unwrap());
    assert!(
        shown.contains("elif") && shown.contains("operator") && shown.contains("0123456789ab"),
        "{shown}"
    );
    assert_eq!(shown.lines().count(), 3);
    let diff = "--- version 1\n+++ version 2\n-a\n+\u{1b}[2J\n".to_owned();
    assert!(!lines(&diff).contains('\u{1b}'));
    let (url, asked) = serve(vec![
        (200, "", body.to_owned()),
        (200, "", diff.clone()),
        (200, "", diff),
        (200, "", String::new()),
        (404, "", "{\"detail\":\"No such version.\"}".to_owned()),
    ]);
    run(&Desk::Versions { at: at(folder.path(), &url, false) }).unwrap();
    let diff = |version, against, json| Desk::Diff { at: at(folder.path(), &url, json), version, against };
    run(&diff(2, None, false)).unwrap();
    run(&diff(2, Some(1), true)).unwrap();
    run(&diff(2, Some(2), false)).unwrap();
    assert_eq!(run(&diff(9, None, false)).unwrap_err().kind, ExitKind::MissingInput);
    let lines: Vec<_> = asked.join().unwrap().into_iter().map(|asked| asked.line).collect();
    assert_eq!(
        lines,
        [
            "GET /v1/desks/harborline/versions",
            "GET /v1/desks/harborline/versions/2/diff",
            "GET /v1/desks/harborline/versions/2/diff?against=1",
            "GET /v1/desks/harborline/versions/2/diff?against=2",
            "GET /v1/desks/harborline/versions/9/diff",
        ]
    );
}

#[test]
fn going_back_says_which_version_is_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let (url, asked) =
        serve(vec![(200, "", published(8)), (200, "", published(8)), (422, "", "{}".to_owned())]);
    for json in [false, true] {
        run(&Desk::Rollback { at: at(folder.path(), &url, json), version: 3 }).unwrap();
    }
    let refused = run(&Desk::Rollback { at: at(folder.path(), &url, false), version: 3 }).unwrap_err();
    assert_eq!(refused.kind, ExitKind::BadData);
    assert_eq!(asked.join().unwrap()[0].line, "POST /v1/desks/harborline/versions/3/rollback");
}

#[test]
fn a_desk_is_shown_in_tables() {
    let folder = tempfile::tempdir().unwrap();
    let body = r#"{"desk":{"id":"harborline","version":3,"lines":[{"id":"care","tier":1,"lease_s":900}]}}"#;
    let (url, asked) = serve(vec![(200, "", body.to_owned())]);
    let at =
        At { desk: DeskId::parse("harborline").unwrap(), server: server(&url, folder.path()), json: false };
    run(&Desk::Show { at }).unwrap();
    asked.join().unwrap();
    let words = in_words(&serde_json::from_str(body).unwrap());
    assert!(words.contains("harborline") && words.contains("900"), "{words}");
}
