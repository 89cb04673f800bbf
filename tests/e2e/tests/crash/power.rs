//! The power is cut: what was not synced at that moment is lost, or lands in any mixture.

use crate::{CUSTOMERS, cycles, finish, fresh_state, start, work_until_killed};
use std::ffi::OsString;
use std::path::Path;
use tempfile::TempDir;
use tierline_e2e::{Crowd, Disk, Missing, Unsynced, library};

/// What the host is started with, so that what it does to its files is written down.
fn written_down(library: &Path, log: &Path) -> Vec<(String, OsString)> {
    vec![("LD_PRELOAD".to_owned(), library.into()), ("TIERLINE_DISK_LOG".to_owned(), log.into())]
}

struct Cut {
    crowd: Crowd,
    state: TempDir,
    syncs: usize,
    unsynced_bytes: usize,
}

/// Works, and cuts the power, so many times. With `syncs_count` false the disk is told of no sync.
fn cut_again_and_again(cycles: u64, seed: u64, syncs_count: bool) -> Cut {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path());
    let (crowd, mut dice) = (Crowd::new(CUSTOMERS), fastrand::Rng::with_seed(seed));
    // What a desk is published with is there before the first cut.
    let mut state = fresh_state();
    assert_eq!(start(state.path(), vec![]).host.stop(), Some(0));
    let (mut syncs, mut unsynced_bytes) = (0, 0);
    for cycle in 0..cycles {
        let log = folder.path().join(format!("{cycle}.log"));
        let mut disk = Disk::of(state.path());
        let desk = start(state.path(), written_down(&library, &log));
        if syncs_count {
            let context = format!("after {cycle} cuts, seed {seed}");
            assert_eq!(crowd.ledger().compare(state.path()), Missing::default(), "{context}");
        }
        work_until_killed(&crowd, desk, &mut dice);
        disk.replay(&log, syncs_count);
        syncs += disk.syncs;
        unsynced_bytes += disk.unsynced_bytes();
        let left = fresh_state();
        let unsynced = if cycle % 2 == 0 { Unsynced::Lost } else { Unsynced::Mixed };
        disk.cut(left.path(), unsynced, &mut dice);
        state = left;
    }
    Cut { crowd, state, syncs, unsynced_bytes }
}

#[test]
fn cut_off_at_any_moment_it_loses_nothing_that_was_acknowledged() {
    let (cycles, seed) = cycles();
    let Cut { crowd, state, syncs, unsynced_bytes } = cut_again_and_again(cycles, seed, true);
    let acknowledged = crowd.ledger().len();
    finish(&crowd, start(state.path(), vec![]), state.path());
    println!(
        "{cycles} cuts, {syncs} syncs, {unsynced_bytes} bytes cut off, {acknowledged} acknowledgements, none lost"
    );
    assert!(syncs > 0 && acknowledged as u64 > cycles, "{syncs} syncs, {acknowledged} acknowledgements");
}

/// The test can fail: a disk that hears of no sync, as with `synchronous=OFF`, loses what was acknowledged.
#[test]
fn without_syncs_acknowledged_work_is_lost() {
    let Cut { crowd, state, unsynced_bytes, .. } = cut_again_and_again(1, 7, false);
    let desk = start(state.path(), vec![]);
    let missing = crowd.ledger().compare(state.path());
    println!(
        "{} of {} acknowledgements lost, {unsynced_bytes} bytes",
        missing.lost.len(),
        crowd.ledger().len()
    );
    assert!(!missing.lost.is_empty() && unsynced_bytes > 0);
    assert_eq!(desk.host.stop(), Some(0));
}
