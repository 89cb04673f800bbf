//! The host and the components under load, killed at random moments; the power cut; the disk full, read-only, broken; the file
//! damaged. `cargo xtask crash --cycles N` runs as many cycles as it is told, a test run a few.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

mod damage;
mod kills;
mod power;
mod stored;
mod trouble;

use serde_json::{Value, json};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;
use tempfile::TempDir;
use tierline_e2e::{Crowd, Desk, Host, HostOptions, Missing, binary, component_dir};
use tierline_native::{Call, OPERATOR_TOKEN, small_file};

/// Customers who ask beside two consultants.
const CUSTOMERS: usize = 6;
/// Where the host keeps compiled components, in its state directory.
const COMPILED_DIR: &str = "tierline-compiled";
/// Cycles where nobody says how many.
const CYCLES: u64 = 3;

/// How many cycles, and from which seed.
fn cycles() -> (u64, u64) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    (number("TIERLINE_CRASH_CYCLES").unwrap_or(CYCLES), number("TIERLINE_CRASH_SEED").unwrap_or(1))
}

/// A fresh state directory with the components compiled already: that is done once, and kept beside them for the next run.
fn fresh_state() -> TempDir {
    static COMPILED: OnceLock<PathBuf> = OnceLock::new();
    let compiled = COMPILED.get_or_init(|| {
        let state = component_dir().join("crash");
        std::fs::create_dir_all(&state).unwrap();
        assert_eq!(Host::start(&state, &HostOptions::default()).stop(), Some(0));
        state.join(COMPILED_DIR)
    });
    let fresh = tempfile::tempdir().unwrap();
    let folder = fresh.path().join(COMPILED_DIR);
    std::fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
    for file in std::fs::read_dir(compiled).unwrap().flatten() {
        std::fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
    fresh
}

/// The small desk over `state_dir`.
fn start(state_dir: &Path, environment: Vec<(String, std::ffi::OsString)>) -> Desk {
    let desk = Desk::bare(Host::start(state_dir, &HostOptions { environment, ..HostOptions::default() }));
    // Publishing what is in force already changes nothing.
    let published = desk.put_desk(&small_file());
    assert!(matches!(published.status, 200 | 201), "{published:?}");
    desk
}

/// Under load until some moment within a second and a half, then no more.
fn work_until_killed(crowd: &Crowd, desk: Desk, dice: &mut fastrand::Rng) {
    let moment = Duration::from_millis(dice.u64(100..1_500));
    let url = desk.host.url.clone();
    crowd.work(&url, || {
        std::thread::sleep(moment);
        desk.host.kill();
    });
}

/// What is left is finished, the tick comes, and nothing may be lost, doubled, owed or wrong.
fn finish(crowd: &Crowd, desk: Desk, state_dir: &Path) {
    crowd.finish(&desk.host.url);
    assert!(crowd.is_at_rest(), "somebody still waits for an answer");
    for _ in 0..50 {
        let tick = Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN).json(&json!({"limit": 500}));
        let swept = desk.call(&tick).body;
        if swept["failed"] == 0 && swept["settled"] == 0 && swept["reached_the_oldest"] == json!(true) {
            break;
        }
    }
    assert_eq!(crowd.ledger().compare(state_dir), Missing::default());
    let checked = tierline(&["check", "--json", "--state-dir", state_dir.to_str().unwrap()]);
    let report: Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!((&report["ok"], &report["counts"]["owing"]), (&json!(true), &json!(0)), "{report:#}");
    assert_eq!(desk.host.stop(), Some(0));
}

/// Runs one of the operator's commands.
fn tierline(arguments: &[&str]) -> Output {
    Command::new(binary()).args(arguments).output().unwrap()
}
