//! The scheduler: one seed, one history; virtual time; death of processes; no endless runs.
#![allow(clippy::unwrap_used)] // A test's helpers are part of it.

use std::time::Duration;
use tierline_store::{Runtime, Store};
use tierline_testkit::{Faults, Profile, Simulation, SimulationError};

fn history(seed: u64) -> (u64, Vec<String>, Duration) {
    let sim = Simulation::new(seed, Profile::CosmosDb, Faults::rough());
    for number in 0..8 {
        let name = format!("process-{number}");
        let runtime = sim.runtime(&name);
        sim.spawn(&name, async move {
            for _ in 0..5 {
                let _ = runtime.store().increment("counter", 1).await;
                let _ = runtime.store().set("value", &runtime.random()).await;
                runtime.sleep(Duration::from_millis(3)).await;
            }
        });
    }
    sim.run_until_idle().unwrap();
    (sim.trace_hash(), sim.trace(), sim.elapsed())
}

#[test]
fn the_same_seed_gives_the_same_history() {
    let hashes: std::collections::BTreeSet<u64> = (0..50)
        .map(|seed| {
            let first = history(seed);
            assert_eq!(first, history(seed), "seed {seed}");
            first.0
        })
        .collect();
    assert_eq!(hashes.len(), 50, "and another seed another one");
}

#[test]
fn time_is_virtual_and_may_be_wrong() {
    let sim = Simulation::new(1, Profile::Honest, Faults::none());
    sim.set_clock_skew_ms("late", -90_000);
    let (right, late) = (sim.runtime("right"), sim.runtime("late"));
    let start_ms = right.now_ms();
    sim.block_on(right.sleep(Duration::from_secs(3_600))).unwrap();
    assert_eq!(right.now_ms(), start_ms + 3_600_000);
    assert_eq!(late.now_ms(), start_ms + 3_600_000 - 90_000);
    sim.run_for(Duration::from_secs(60)).unwrap();
    assert_eq!(sim.elapsed(), Duration::from_secs(3_660));
}

#[test]
fn work_after_the_answer_goes_on_and_dies_with_its_process() {
    let sim = Simulation::new(1, Profile::Honest, Faults::none());
    for name in ["lives", "dies"] {
        let runtime = sim.runtime(name);
        let answer = sim.block_on(async {
            let (late, key) = (runtime.clone(), runtime.process().to_owned());
            runtime.spawn(async move {
                late.sleep(Duration::from_secs(3)).await;
                late.store().set(&key, b"paid").await
            });
            "owed"
        });
        assert_eq!(answer, Ok("owed"));
    }
    sim.kill("dies");
    sim.run_until_idle().unwrap();
    assert_eq!(sim.keys(), ["lives"]);
}

#[test]
fn a_dead_runtime_does_nothing_and_a_new_one_works() {
    let sim = Simulation::new(1, Profile::Honest, Faults::none());
    let dead = sim.runtime("process");
    sim.kill("process");
    let orphan = dead.clone();
    assert_eq!(sim.block_on(dead.spawn(async move { orphan.process().len() })), Ok(None));
    let stuck = sim.block_on(dead.store().set("key", b"from the grave"));
    assert!(matches!(stuck, Err(SimulationError::Stuck { seed: 1, .. })), "{stuck:?}");
    sim.block_on(sim.runtime("process").store().set("key", b"alive")).unwrap().unwrap();
    assert_eq!(sim.value("key").as_deref(), Some(b"alive".as_slice()));
}

#[test]
fn a_task_that_waits_in_vain_is_named() {
    let sim = Simulation::new(5, Profile::Honest, Faults::none());
    sim.spawn("waiter", std::future::pending::<()>());
    let stuck = SimulationError::Stuck { seed: 5, tasks: vec!["waiter".to_owned()] };
    assert_eq!(sim.run_until_idle(), Err(stuck));
}

#[test]
fn a_livelock_is_an_error() {
    let sim = Simulation::new(5, Profile::Honest, Faults::none());
    let runtime = sim.runtime("spinner");
    sim.spawn("spinner", async move {
        loop {
            runtime.yield_now().await;
        }
    });
    let error = sim.run_until_idle().unwrap_err();
    assert_eq!(error, SimulationError::Livelock { seed: 5, tasks: vec!["spinner".to_owned()] });
    assert!(error.to_string().contains("SIMULATION_STEPS_MAX"), "{error}");
}

#[test]
fn a_killed_task_says_so_to_who_awaits_it() {
    let sim = Simulation::new(1, Profile::Honest, Faults::none());
    let task = sim.spawn("victim", std::future::pending::<()>());
    sim.kill_after("victim", 0);
    assert_eq!(sim.block_on(task), Ok(None));
}
