#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use super::*;
use crate::exit::ExitKind;
use crate::stub::{serve, server};

fn at(url: &str, folder: &std::path::Path) -> At {
    At { desk: DeskId::parse("harborline").unwrap(), server: server(url, folder), json: false }
}

fn ana() -> PersonId {
    PersonId::parse("ana").unwrap()
}

#[test]
fn each_command_is_one_call() {
    let folder = tempfile::tempdir().unwrap();
    let made = r#"{"person":{"id":"ana"},"token":"tla_harborline.ana.secret"}"#.to_owned();
    let answers = vec![
        (200, "", r#"{"people":[{"id":"ana","name":"Ana","role":"care","lines":["care"]}]}"#.to_owned()),
        (201, "", made.clone()),
        (201, "", made),
        (204, "", String::new()),
    ];
    let (url, asked) = serve(answers);
    let at = || at(&url, folder.path());
    run(&People::List { at: at() }).unwrap();
    run(&People::Add {
        id: ana(),
        name: "Ana".into(),
        role: "care".into(),
        lines: vec![LineId::parse("care").unwrap()],
        languages: vec!["en".into()],
        skills: vec!["dns".into(), "wordpress".into()],
        at: at(),
    })
    .unwrap();
    run(&People::Rotate { id: ana(), at: at() }).unwrap();
    run(&People::Revoke { id: ana(), at: at() }).unwrap();
    let asked = asked.join().unwrap();
    let lines: Vec<_> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "GET /v1/desks/harborline/people",
            "POST /v1/desks/harborline/people",
            "POST /v1/desks/harborline/people/ana/token",
            "DELETE /v1/desks/harborline/people/ana/token",
        ]
    );
    assert!(asked.iter().all(|asked| asked.header("authorization") == Some("Bearer an-operators-token")));
    let person: Value = serde_json::from_str(&asked[1].body).unwrap();
    assert_eq!(
        person,
        json!({"id": "ana", "name": "Ana", "role": "care", "lines": ["care"], "languages": ["en"],
               "skills": ["dns", "wordpress"]})
    );
}

#[test]
fn refusals_and_silence_have_their_codes() {
    let folder = tempfile::tempdir().unwrap();
    let (url, asked) = serve(vec![(403, "", r#"{"detail":"Not yours."}"#.to_owned())]);
    let failure = run(&People::List { at: at(&url, folder.path()) }).unwrap_err();
    assert_eq!(failure.kind, ExitKind::Refused);
    assert!(failure.problem.contains("Not yours."));
    asked.join().unwrap();
    let failure = run(&People::List { at: at(&url, folder.path()) }).unwrap_err();
    assert_eq!(failure.kind, ExitKind::Unavailable, "{failure}");
}

#[test]
fn people_are_a_table() {
    let body = json!({"people": [
        {"id": "ana", "name": "Ana", "role": "care", "lines": ["care", "sales"], "languages": ["en"], "has_token": true},
        {"id": "bo", "name": "Bo", "role": "admin", "lines": [], "languages": [], "skills": ["dns", "mail"], "has_token": false},
    ]});
    let table = list(&body);
    assert!(table.contains("dns,mail"), "{table}");
    assert!(table.contains("care,sales") && table.contains("HAS_TOKEN") && table.contains("yes"), "{table}");
    assert_eq!(table.lines().count(), 3);
}
