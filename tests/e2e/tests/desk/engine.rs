//! Another engine in tier 1's place, in JavaScript: one line of `spin.toml`, and whatever it does, the customer's request is
//! taken.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::time::{Duration, Instant};
use tierline_e2e::{Desk, Host, HostOptions, Reply, component_dir, repository};
use tierline_native::small_file;

/// What `cargo xtask test` makes of `tests/engine-js/faulty.js`.
const ENGINE: &str = "guest_engine.wasm";

/// Of what is given here, this is what intake waits for tier 1 at most.
const DEADLINE_MS: &str = "1500";

/// The host ends a component that hangs once its time is over, half a minute.
const AGAIN_MAX: Duration = Duration::from_secs(90);

/// The repository's manifest with another engine, and paths that do not depend on where it lies.
fn manifest(folder: &std::path::Path) -> std::path::PathBuf {
    let own = std::fs::read_to_string(repository().join("spin.toml")).unwrap();
    let built = "target/wasm32-wasip2/component/";
    assert_eq!(own.matches("tierline_engine.wasm").count(), 1, "it is one line");
    let changed = own.replace("tierline_engine.wasm", ENGINE);
    let changed = changed.replace(built, &format!("{}/", component_dir().display()));
    let engine = component_dir().join(ENGINE);
    assert!(engine.is_file(), "{} is missing: run `cargo xtask test` first", engine.display());
    let file = folder.join("spin.toml");
    std::fs::write(&file, changed).unwrap();
    file
}

#[test]
fn another_engine_answers_and_its_faults_cost_the_customer_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let options = HostOptions {
        manifest: Some(manifest(folder.path())),
        environment: vec![("SPIN_VARIABLE_TRIAGE_DEADLINE_MS".into(), DEADLINE_MS.into())],
        ..HostOptions::default()
    };
    let desk = Desk::bare(Host::start(folder.path(), &options));
    assert_eq!(desk.put_desk(&small_file()).status, 201);
    let ask = |body: &str| -> (Reply, Duration) {
        let started = Instant::now();
        let asked = desk.ask(body, None);
        assert_eq!(asked.status, 201, "{body}: {asked:?}");
        (asked, started.elapsed())
    };
    let (answered, _) = ask("Cannot log in, need a new password!");
    assert_eq!(answered.text("/ticket/state"), "answered", "{answered:?}");
    assert_eq!(answered.text("/receipt/rule"), "password-reset: words in common", "{answered:?}");
    assert!(answered.text("/answer/text").contains("password"), "in the desk's own words: {answered:?}");
    let (routed, _) = ask("The website does not load");
    assert_eq!(routed.text("/ticket/line"), "consultants", "by the route's phrasing: {routed:?}");
    let (unknown, _) = ask("Something else");
    assert_eq!(
        (unknown.text("/ticket/state"), unknown.text("/ticket/line")),
        ("queued".into(), "care".into())
    );
    for (body, why) in [
        ("please trap", "failed"),
        ("please lie", "invalid"),
        ("please invent", "invalid"),
        ("please babble", "invalid"),
        ("please hang", "deadline"),
    ] {
        let (asked, took) = ask(body);
        assert_eq!(asked.text("/queue/line"), "care", "{body}: {asked:?}");
        assert_eq!(asked.text("/receipt/decided_by"), why, "{body}: {asked:?}");
        assert!(took < Duration::from_secs(8), "{body}: {took:?}");
        // And it answers again: at once, or when the host has ended what hangs, whose calls people get meanwhile.
        let until = Instant::now() + AGAIN_MAX;
        while ask("I forgot my password").0.text("/ticket/state") != "answered" {
            assert!(Instant::now() < until, "after {body}");
            std::thread::sleep(Duration::from_secs(2));
        }
    }
}
