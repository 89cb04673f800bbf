//! What `change` does when its process dies, and when the store lies at the worst moment.
#![allow(clippy::unwrap_used, clippy::panic)] // A test's helpers are part of it.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use tierline_store::limits::{CHANGE_ATTEMPTS_MAX, CHANGE_PAUSE_FIRST_MS, CHANGE_PAUSE_MAX_MS};
use tierline_store::{
    ChangeError, Changed, Decision, Document, OperationId, Runtime, Stored, change, pause, read,
};
use tierline_testkit::{Faults, Profile, SimRuntime, Simulation, TaskHandle};

const KEY: &str = "page";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Number(u64);

impl Stored for Number {
    const SCHEMA: u32 = 1;
}

fn with_document(seed: u64, profile: Profile) -> Simulation {
    let sim = Simulation::new(seed, profile, Faults::none());
    let document = Document::first(Number(0), OperationId::fresh([0; 16]));
    sim.put(KEY, &document.encode(KEY).unwrap());
    sim
}

fn number(sim: &Simulation) -> u64 {
    Document::<Number>::decode(KEY, &sim.value(KEY).unwrap()).unwrap().body.0
}

async fn add_one(runtime: SimRuntime, name: &str) -> Result<Changed<Number>, ChangeError<()>> {
    let operation = OperationId::new(name).unwrap();
    change(&runtime, KEY, &operation, |current: Option<&Document<Number>>| {
        Ok(Decision::Write(Number(current.map_or(0, |document| document.body.0) + 1)))
    })
    .await
}

/// Killed at every await, and done again by a new process with the same operation id: it happened once.
#[test]
fn a_killed_change_can_be_repeated() {
    for profile in Profile::ALL {
        let (mut dead_before, mut dead_after) = (0, 0);
        for polls in 0.. {
            let sim = with_document(polls, profile);
            sim.kill_after("first", polls);
            let mut first = sim.spawn("first", add_one(sim.runtime("first"), "operation"));
            sim.run_until_idle().unwrap();
            let survived = first.take().is_some();
            match (survived, number(&sim)) {
                (true, _) => break,
                (false, 0) => dead_before += 1,
                (false, _) => dead_after += 1,
            }
            let again = sim.block_on(add_one(sim.runtime("second"), "operation")).unwrap().unwrap();
            assert_eq!(again.document().unwrap().body, Number(1), "{profile:?} after {polls} polls");
            assert_eq!(number(&sim), 1, "{profile:?} after {polls} polls");
        }
        assert!(dead_before > 0 && dead_after > 0, "{profile:?}: {dead_before}, {dead_after}");
    }
}

/// "Too busy" says that nothing was written. So the last look must not be an old value.
#[test]
fn too_busy_means_not_written() {
    let sim = with_document(1, Profile::DynamoDb);
    sim.set_faults(Faults { spurious_conflict: 1_000, ..Faults::none() });
    let runtime = sim.runtime("writer");
    let mut attempts = 0;
    let operation = OperationId::new("operation").unwrap();
    let end = sim.block_on(change(&runtime, KEY, &operation, |_: Option<&Document<Number>>| {
        attempts += 1;
        if attempts == CHANGE_ATTEMPTS_MAX {
            let (answer_lost_after_apply, stale_read) = (1_000, 1_000);
            sim.set_faults(Faults { answer_lost_after_apply, stale_read, ..Faults::none() });
        }
        Ok::<_, ()>(Decision::Write(Number(1)))
    }));
    assert_eq!(number(&sim), 1);
    assert!(matches!(end, Ok(Ok(Changed::Repeated(_)))), "{end:?}");
}

/// A single lost answer is looked into; the caller never hears of it.
#[test]
fn one_lost_answer_is_survived() {
    for profile in Profile::ALL {
        let sim = with_document(1, profile);
        sim.set_faults(Faults { answer_lost_after_apply: 1_000, ..Faults::none() });
        let changed = sim.block_on(add_one(sim.runtime("writer"), "operation")).unwrap().unwrap();
        assert!(matches!(changed, Changed::Repeated(_)), "{profile:?}: {changed:?}");
        assert_eq!(number(&sim), 1, "{profile:?}");
    }
}

/// A store that is down is reported at once, not after all attempts.
#[test]
fn a_store_that_is_down_is_reported() {
    for profile in Profile::ALL {
        let sim = with_document(1, profile);
        sim.set_faults(Faults { unavailable: 1_000, ..Faults::none() });
        let end = sim.block_on(add_one(sim.runtime("writer"), "operation")).unwrap();
        assert!(matches!(end, Err(ChangeError::Store(_))), "{profile:?}: {end:?}");
        assert_eq!(sim.counts_of("writer").reads, 1, "{profile:?}");
    }
}

/// The price on a quiet store: one read and one commit, and one more read where the answer is always "conflict".
#[test]
fn a_quiet_change_costs_one_read_and_one_commit() {
    for profile in Profile::ALL {
        let sim = with_document(1, profile);
        sim.block_on(add_one(sim.runtime("writer"), "operation")).unwrap().unwrap();
        let counts = sim.counts_of("writer");
        let reads = if profile == Profile::Redis { 2 } else { 1 };
        assert_eq!((counts.reads, counts.commits, counts.listings), (reads, 1, 0), "{profile:?}");
        let runtime = sim.runtime("reader");
        sim.block_on(read::<Number, _>(runtime.store(), KEY)).unwrap().unwrap();
        assert_eq!(sim.counts_of("reader").commits, 0, "{profile:?}");
    }
}

/// Pauses start short, double, and stay below their limit.
#[test]
fn pauses_are_as_long_as_their_limits_say() {
    for (attempt, ceiling_ms) in
        [(1, CHANGE_PAUSE_FIRST_MS), (2, 2 * CHANGE_PAUSE_FIRST_MS), (40, CHANGE_PAUSE_MAX_MS)]
    {
        let longest = (0..200).map(|seed| {
            let sim = with_document(seed, Profile::Honest);
            sim.block_on(pause(&sim.runtime("writer"), attempt)).unwrap();
            sim.elapsed()
        });
        let longest = longest.max().unwrap();
        let ceiling = Duration::from_millis(ceiling_ms);
        assert!(longest <= ceiling && longest > ceiling * 9 / 10, "after attempt {attempt}: {longest:?}");
    }
}

/// A writer that stalls while the document goes on and forgets it must not try again: it may be done already.
#[test]
fn a_change_overtaken_by_many_is_never_done_twice() {
    for profile in Profile::ALL {
        for seed in 0..5 {
            let sim = with_document(seed, profile);
            sim.set_faults(Faults { slow: 20, slow_ms: 1_000..=1_000, ..Faults::none() });
            let writers = ["a", "b", "c", "d", "e", "f", "g", "h"];
            let mut tasks = writers.map(|name| sim.spawn(name, add_many(sim.runtime(name))));
            sim.run_until_idle().unwrap();
            let ends = tasks.iter_mut().filter_map(TaskHandle::take);
            let (done, unknown) = ends.fold((0, 0), |(done, unknown), end| (done + end.0, unknown + end.1));
            let range = done..=done + unknown;
            assert!(range.contains(&number(&sim)), "{profile:?}, seed {seed}: {} of {range:?}", number(&sim));
            assert!(unknown <= done / 20, "{profile:?}, seed {seed}: {unknown} unknown, {done} done");
        }
    }
}

/// How many of many changes were acknowledged, and how many ended unknown.
async fn add_many(runtime: SimRuntime) -> (u64, u64) {
    let (mut done, mut unknown) = (0, 0);
    for number in 0..50 {
        match add_one(runtime.clone(), &format!("{}-{number}", runtime.process())).await {
            Ok(_) => done += 1,
            Err(ChangeError::Store(_)) => unknown += 1,
            Err(error) => panic!("{error}"),
        }
        runtime.sleep(Duration::from_millis(5)).await;
    }
    (done, unknown)
}
