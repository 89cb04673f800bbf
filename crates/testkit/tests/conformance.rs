//! The suite on the in-memory adapter and on every kind of lying store.
#![allow(clippy::expect_used)] // A test's helpers are part of it.

use std::time::Duration;
use tierline_store::{MemoryStore, Runtime};
use tierline_testkit::conformance::{self, Expectations};
use tierline_testkit::{Faults, Profile, Simulation};

/// The in-memory adapter without a simulation: nothing there waits for anything.
#[derive(Clone, Default)]
struct MemoryRuntime(MemoryStore);

impl Runtime for MemoryRuntime {
    type Store = MemoryStore;

    fn store(&self) -> &MemoryStore {
        &self.0
    }

    fn now_ms(&self) -> i64 {
        0
    }

    fn random(&self) -> [u8; 16] {
        [7; 16]
    }

    async fn sleep(&self, _: Duration) {}
}

#[test]
fn the_memory_store_keeps_every_promise() {
    let runtime = MemoryRuntime::default();
    futures::executor::block_on(async {
        for _ in 0..2 {
            let report = conformance::run(&runtime, "suite", &Expectations::FULL).await;
            assert!(report.passed(), "{report}");
            let report = conformance::run_sweep(&runtime, "suite", &Expectations::FULL).await;
            assert!(report.passed(), "{report}");
        }
    });
}

#[test]
fn every_profile_keeps_what_it_promises() {
    for profile in Profile::ALL {
        for seed in 0..5 {
            let failures = failures(seed, profile, profile.expectations());
            assert!(failures.is_empty(), "{profile:?}, seed {seed}: {failures:?}");
            let failures = self::failures(seed, profile, Expectations::PORTABLE);
            assert!(failures.is_empty(), "{profile:?}, seed {seed}: {failures:?}");
        }
    }
}

/// The suite sees each lie: asked for everything, exactly the cases fail that the profile does not promise.
#[test]
fn the_suite_catches_every_lie() {
    let redis = ["swap_on_existing", "swap_after_another_swap", "swap_creates", "second_creator"];
    for (profile, expected) in [
        (Profile::Honest, &[][..]),
        (Profile::SqliteSpin, &["second_creator"]),
        (Profile::Redis, &redis),
        (Profile::DynamoDb, &["increments_at_once"]),
        (Profile::CosmosDb, &["any_key_character", "increments_at_once"]),
    ] {
        assert_eq!(failures(1, profile, Expectations::FULL), expected, "{profile:?}");
    }
}

fn failures(seed: u64, profile: Profile, expectations: Expectations) -> Vec<String> {
    let sim = Simulation::new(seed, profile, Faults::latency(0..=3));
    let runtime = sim.runtime("suite");
    let reports = sim.block_on(async {
        let run = conformance::run(&runtime, "suite", &expectations).await;
        let sweep = conformance::run_sweep(&runtime, "suite", &expectations).await;
        [run, sweep]
    });
    let reports = reports.expect("the suite ends");
    reports.iter().flat_map(|report| report.failures()).map(str::to_owned).collect()
}
