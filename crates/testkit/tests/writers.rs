//! Many writers change one document, on every kind of store, on bad days.
//!
//! The model: each writer appends its own name once. Whoever heard that it is written finds it there exactly once;
//! whoever heard of a failure, or died, finds it there once or not at all; nobody else is there.
#![allow(clippy::unwrap_used, clippy::panic)] // A test's helpers are part of it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tierline_store::{Decision, Document, OperationId, Runtime, Store, StoreError, Stored, Swap, change};
use tierline_testkit::{Faults, Profile, SimRuntime, Simulation, TaskHandle};

const WRITERS: usize = 16;
const KEY: &str = "page";
const SEEDS: u64 = 1_000;
const ATTEMPTS_OF_BELIEVERS: u32 = 60;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Names(Vec<String>);

impl Stored for Names {
    const SCHEMA: u32 = 1;
}

/// How one writer's change ended, as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    Acknowledged,
    Failed(String),
    Died,
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_on_honest() {
    check_many_seeds(Profile::Honest);
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_on_sqlite_spin() {
    check_many_seeds(Profile::SqliteSpin);
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_on_redis() {
    check_many_seeds(Profile::Redis);
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_on_dynamo_db() {
    check_many_seeds(Profile::DynamoDb);
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_on_cosmos_db() {
    check_many_seeds(Profile::CosmosDb);
}

fn check_many_seeds(profile: Profile) {
    let mut acknowledged = 0;
    for seed in 0..SEEDS {
        let sim = Simulation::new(seed, profile, Faults::rough());
        let ends = run_writers(&sim, append_with_change);
        if let Err(wrong) = check(&sim, &ends) {
            panic!("{profile:?}, seed {seed}: {wrong}");
        }
        acknowledged += ends.values().filter(|end| **end == End::Acknowledged).count();
    }
    let share = acknowledged as f64 / (SEEDS as f64 * WRITERS as f64);
    println!("{profile:?}: {:.1} % of the changes were acknowledged", share * 100.0);
    assert!(share > 0.8, "{profile:?}: only {share:.3} were acknowledged: nothing much was tested");
}

/// Spawns the writers, each a process of its own, lets all of it end, and asks each what it heard.
fn run_writers<F>(sim: &Simulation, append: impl Fn(SimRuntime, String) -> F) -> BTreeMap<String, End>
where
    F: Future<Output = Result<(), String>> + 'static,
{
    let first = Document::first(Names(Vec::new()), OperationId::fresh([0; 16]));
    sim.put(KEY, &first.encode(KEY).unwrap());
    let mut writers: Vec<(String, TaskHandle<_>)> = Vec::new();
    for number in 0..WRITERS {
        let name = format!("writer-{number}");
        let task = append(sim.runtime(&name), name.clone());
        writers.push((name.clone(), sim.spawn(&name, task)));
    }
    sim.run_until_idle().unwrap();
    let end = |mut task: TaskHandle<_>| match task.take() {
        Some(Ok(())) => End::Acknowledged,
        Some(Err(why)) => End::Failed(why),
        None => End::Died,
    };
    writers.into_iter().map(|(name, task)| (name, end(task))).collect()
}

fn check(sim: &Simulation, ends: &BTreeMap<String, End>) -> Result<(), String> {
    let bytes = sim.value(KEY).ok_or("the document is gone")?;
    let document = Document::<Names>::decode(KEY, &bytes).map_err(|error| error.to_string())?;
    let Names(there) = document.body;
    for (name, end) in ends {
        let times = there.iter().filter(|written| *written == name).count();
        match (end, times) {
            (End::Acknowledged, 1) | (End::Failed(_) | End::Died, 0 | 1) => {}
            _ => return Err(format!("{name} ended as {end:?} and is there {times} times")),
        }
    }
    match there.iter().find(|name| !ends.contains_key(*name)) {
        Some(stranger) => Err(format!("{stranger} is there")),
        None => Ok(()),
    }
}

fn appended(names: Option<&Names>, name: &str) -> Names {
    let mut names = names.cloned().unwrap_or(Names(Vec::new()));
    names.0.push(name.to_owned());
    names
}

async fn append_with_change(runtime: SimRuntime, name: String) -> Result<(), String> {
    let operation = OperationId::new(name.as_str()).unwrap();
    let decide = |current: Option<&Document<Names>>| {
        Ok::<_, ()>(Decision::Write(appended(current.map(|document| &document.body), &name)))
    };
    match change(&runtime, KEY, &operation, decide).await {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{error:?}")),
    }
}

/// As anyone would write it first: no operation ids, and the store is believed.
async fn append_believing(runtime: SimRuntime, name: String) -> Result<(), String> {
    for _ in 0..ATTEMPTS_OF_BELIEVERS {
        match try_to_append(&runtime, &name).await {
            Ok(Swap::Done) => return Ok(()),
            Ok(Swap::Conflict) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    Err("too often".to_owned())
}

async fn try_to_append(runtime: &SimRuntime, name: &str) -> Result<Swap, StoreError> {
    let (found, cas) = runtime.store().load(KEY).await?;
    runtime.store().swap(cas, &with_name_added(runtime, found, name)).await
}

/// Plain read and write, no swap at all.
async fn append_blindly(runtime: SimRuntime, name: String) -> Result<(), String> {
    let append = async {
        let found = runtime.store().get(KEY).await?;
        runtime.store().set(KEY, &with_name_added(&runtime, found, &name)).await
    };
    append.await.map_err(|error: StoreError| error.to_string())
}

fn with_name_added(runtime: &SimRuntime, found: Option<Vec<u8>>, name: &str) -> Vec<u8> {
    let document = found.map(|bytes| Document::<Names>::decode(KEY, &bytes).unwrap());
    let body = appended(document.as_ref().map(|document| &document.body), name);
    Document::first(body, OperationId::fresh(runtime.random())).encode(KEY).unwrap()
}

/// The checker can fail: a change that believes its store doubles names on Redis, and only there without faults.
#[test]
fn a_change_without_operation_ids_is_caught() {
    for profile in Profile::ALL {
        let sim = Simulation::new(1, profile, Faults::none());
        let ends = run_writers(&sim, append_believing);
        let found = check(&sim, &ends);
        assert_eq!(found.is_err(), profile == Profile::Redis, "{profile:?}: {found:?}");
    }
    let lost = Faults { answer_lost_after_apply: 300, ..Faults::none() };
    let sim = Simulation::new(1, Profile::DynamoDb, lost);
    let ends = run_writers(&sim, append_believing);
    assert!(check(&sim, &ends).is_err(), "a lost answer that DynamoDB's adapter calls a conflict");
}

#[test]
fn a_change_without_swap_is_caught() {
    for profile in Profile::ALL {
        let sim = Simulation::new(1, profile, Faults::none());
        let ends = run_writers(&sim, append_blindly);
        assert!(check(&sim, &ends).is_err(), "{profile:?}");
    }
}

/// Sixteen at once on a store that takes 2 to 4 ms a call: how often each has to try, and that none gives up.
#[test]
fn sixteen_writers_do_not_give_up() {
    for profile in Profile::ALL {
        let mut attempts = Vec::new();
        for seed in 0..100 {
            let sim = Simulation::new(seed, profile, Faults::latency(1..=2));
            let ends = run_writers(&sim, append_with_change);
            assert!(ends.values().all(|end| *end == End::Acknowledged), "{profile:?}, seed {seed}: {ends:?}");
            attempts.extend(ends.keys().map(|name| sim.counts_of(name).reads));
        }
        attempts.sort_unstable();
        let share = |percent: usize| attempts[(attempts.len() - 1) * percent / 100];
        println!(
            "{profile:?}: attempts p50 {}, p90 {}, p99 {}, most {}",
            share(50),
            share(90),
            share(99),
            share(100)
        );
    }
}
