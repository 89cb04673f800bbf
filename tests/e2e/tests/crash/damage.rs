//! Damaged files: said clearly, by code and by word; and the way back, from a backup that was taken while the desk worked.

use crate::{CUSTOMERS, fresh_state, start, tierline};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tierline_e2e::{Crowd, Desk, Missing, binary, repository};

const DATABASE: &str = "sqlite_key_value.db";

/// What the host says of a state directory that it cannot serve from: code and words.
fn refusal(state_dir: &Path) -> (Option<i32>, String) {
    let mut command = Command::new(binary());
    command.args(["serve", "--listen", "127.0.0.1:0", "--from"]).arg(repository().join("spin.toml"));
    command.arg("--state-dir").arg(state_dir).stdin(Stdio::null());
    command.env("SPIN_VARIABLE_TICKET_SECRET", "a-ticket-secret-for-tests-of-32-characters");
    let output =
        command.env("SPIN_VARIABLE_OPERATOR_TOKEN", tierline_native::OPERATOR_TOKEN).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

type Damage = fn(&Path);

/// Turns some bytes over.
fn corrupt(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let (from, to) = (bytes.len() / 4, bytes.len() / 2);
    bytes[from..to].iter_mut().for_each(|byte| *byte ^= 0xff);
    std::fs::write(path, bytes).unwrap();
}

/// Cuts the file off in the middle of a page.
fn tear(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    std::fs::write(path, &bytes[..bytes.len() / 2 + 100]).unwrap();
}

#[test]
fn a_damaged_database_is_told_and_its_backup_brings_it_back() {
    let (folder, fresh) = (tempfile::tempdir().unwrap(), fresh_state());
    let (state, backup) = (fresh.path(), folder.path().join("backup.db"));
    let (state_text, backup_text) = (state.to_str().unwrap(), backup.to_str().unwrap());
    let desk = start(state, vec![]);
    let crowd = Crowd::new(CUSTOMERS);
    crowd.work(&desk.host.url, || std::thread::sleep(Duration::from_millis(300)));
    let kept = crowd.ledger();
    assert!(!kept.is_empty());
    // While others go on working.
    crowd.work(&desk.host.url, || {
        let taken = tierline(&["backup", "--state-dir", state_text, "--to", backup_text]);
        assert!(taken.status.success(), "{taken:?}");
        let checked = tierline(&["check", "--state-dir", state_text]);
        assert!(checked.status.success(), "{checked:?}");
    });
    stop(desk);

    for (what, damage) in [("corrupt", corrupt as Damage), ("torn", tear)] {
        damage(&state.join(DATABASE));
        let (code, words) = refusal(state);
        assert_eq!(code, Some(65), "{what}: {words}");
        assert!(words.contains(DATABASE) && words.contains("backup"), "{what}: {words}");
        assert_eq!(tierline(&["check", "--state-dir", state_text]).status.code(), Some(65), "{what}");
        let restored = tierline(&["restore", "--replace", "--state-dir", state_text, "--from", backup_text]);
        assert!(restored.status.success(), "{what}: {restored:?}");
        let desk = start(state, vec![]);
        assert_eq!(kept.compare(state), Missing::default(), "{what}");
        stop(desk);
    }
}

fn stop(desk: Desk) {
    assert_eq!(desk.host.stop(), Some(0));
}
