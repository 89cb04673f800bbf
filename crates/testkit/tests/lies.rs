//! Each lie of each profile, and each fault, one by one.
#![allow(clippy::unwrap_used)] // A test's helpers are part of it.

use futures::future::{join, join_all};
use tierline_store::{Runtime, Store, StoreError, Swap};
use tierline_testkit::{Faults, LyingStore, Profile, Simulation};

fn quiet(profile: Profile) -> Simulation {
    Simulation::new(3, profile, Faults::none())
}

/// Runs `calls` on a store with `faults`, and gives what it returned.
fn with_faults<F: Future>(
    sim: &Simulation,
    faults: Faults,
    calls: impl FnOnce(LyingStore) -> F,
) -> F::Output {
    sim.set_faults(faults);
    let output = sim.block_on(calls(sim.runtime("caller").store().clone()));
    sim.set_faults(Faults::none());
    output.unwrap()
}

fn run<F: Future>(sim: &Simulation, calls: impl FnOnce(LyingStore) -> F) -> F::Output {
    with_faults(sim, Faults::none(), calls)
}

#[test]
fn sqlite_swaps_pass_on_a_value_that_came_back() {
    for profile in Profile::ALL {
        let sim = quiet(profile);
        sim.put("key", b"a");
        let swapped = run(&sim, |store| async move {
            let (_, cas) = store.load("key").await?;
            store.set("key", b"b").await?;
            store.set("key", b"a").await?;
            store.swap(cas, b"mine").await
        });
        let passes = matches!(profile, Profile::SqliteSpin | Profile::DynamoDb);
        assert_eq!(swapped == Ok(Swap::Done), passes, "{profile:?}: {swapped:?}");
    }
}

#[test]
fn dynamo_db_versions_start_again() {
    for profile in Profile::ALL {
        let sim = quiet(profile);
        let swapped = run(&sim, |store| async move {
            let (_, cas) = store.load("key").await?;
            store.swap(cas, b"first life").await?;
            let (_, stale) = store.load("key").await?;
            store.delete("key").await?;
            let (_, cas) = store.load("key").await?;
            store.swap(cas, b"second life").await?;
            store.swap(stale, b"mine").await
        });
        assert_eq!(swapped == Ok(Swap::Done), profile == Profile::DynamoDb, "{profile:?}: {swapped:?}");
    }
}

#[test]
fn two_creators_win_where_creating_is_an_upsert() {
    for profile in Profile::ALL {
        let sim = quiet(profile);
        run(&sim, |store| async move {
            let (_, first) = store.load("key").await?;
            let (_, second) = store.load("key").await?;
            store.swap(first, b"first").await?;
            store.swap(second, b"second").await
        })
        .unwrap();
        let upserts = matches!(profile, Profile::SqliteSpin | Profile::Redis);
        let expected: &[u8] = if upserts { b"second" } else { b"first" };
        assert_eq!(sim.value("key").as_deref(), Some(expected), "{profile:?}");
    }
}

#[test]
fn a_counter_of_the_wrong_length_breaks_spins_sqlite_for_good() {
    for profile in Profile::ALL {
        let sim = quiet(profile);
        sim.put("counter", b"no number");
        let added = run(&sim, |store| async move { store.increment("counter", 1).await });
        assert!(matches!(added, Err(StoreError::Unavailable(_))), "{profile:?}: {added:?}");
        let read = run(&sim, |store| async move { store.get("another").await });
        assert_eq!(read.is_err(), profile == Profile::SqliteSpin, "{profile:?}: {read:?}");
    }
}

#[test]
fn counters_are_kept_in_each_stores_own_way() {
    for profile in Profile::ALL {
        let sim = quiet(profile);
        run(&sim, |store| async move { store.increment("counter", 258).await }).unwrap();
        let read = run(&sim, |store| async move { store.get("counter").await });
        match profile {
            Profile::Honest | Profile::SqliteSpin => {
                assert_eq!(read, Ok(Some(vec![2, 1, 0, 0, 0, 0, 0, 0])));
            }
            Profile::Redis | Profile::DynamoDb => assert_eq!(read, Ok(Some(b"258".to_vec()))),
            Profile::CosmosDb => assert!(read.is_err(), "{read:?}"),
        }
    }
}

#[test]
fn increments_at_once_fail_on_dynamo_db_and_repeat_on_cosmos_db() {
    for profile in Profile::ALL {
        let sim = quiet(profile);
        let answers = run(&sim, |store| async move {
            join_all((0..8).map(|_| store.increment("counter", 1)).collect::<Vec<_>>()).await
        });
        let mut numbers: Vec<i64> = answers.iter().flatten().copied().collect();
        let total = run(&sim, |store| async move { store.increment("counter", 0).await });
        assert_eq!(total, Ok(numbers.len() as i64), "{profile:?}");
        assert_eq!(numbers.len() < 8, profile == Profile::DynamoDb, "{profile:?}: {answers:?}");
        numbers.sort_unstable();
        numbers.dedup();
        let repeats = numbers.len() < answers.iter().flatten().count();
        assert_eq!(repeats, profile == Profile::CosmosDb, "{profile:?}: {answers:?}");
    }
}

/// A crash in the middle leaves nothing or all where batches are atomic, and any prefix elsewhere.
#[test]
fn a_killed_batch_leaves_a_prefix_where_it_is_not_atomic() {
    for profile in Profile::ALL {
        let mut left = std::collections::BTreeSet::new();
        for polls in 0..8 {
            let sim = quiet(profile);
            let runtime = sim.runtime("caller");
            sim.kill_after("caller", polls);
            sim.spawn("caller", async move {
                let entries = ["a", "b", "c"].map(|key| (key.to_owned(), vec![1]));
                runtime.store().set_many(&entries).await
            });
            sim.run_until_idle().unwrap();
            left.insert(sim.keys().concat());
        }
        let left: Vec<_> = left.iter().map(String::as_str).collect();
        let partial = matches!(profile, Profile::DynamoDb | Profile::CosmosDb);
        let expected: &[&str] = if partial { &["", "a", "ab", "abc"] } else { &["", "abc"] };
        assert_eq!(left, expected, "{profile:?}");
    }
}

#[test]
fn a_failed_swap_is_called_a_conflict_by_network_stores() {
    for profile in Profile::ALL {
        let sim = quiet(profile);
        sim.put("key", b"old");
        let (_, cas) = run(&sim, |store| async move { store.load("key").await }).unwrap();
        let down = Faults { unavailable: 1_000, ..Faults::none() };
        let swapped = with_faults(&sim, down, |store| async move { store.swap(cas, b"new").await });
        match profile {
            Profile::Honest | Profile::SqliteSpin => assert!(swapped.is_err(), "{profile:?}: {swapped:?}"),
            _ => assert_eq!(swapped, Ok(Swap::Conflict), "{profile:?}"),
        }
        assert_eq!(sim.value("key").as_deref(), Some(b"old".as_slice()), "{profile:?}");
    }
}

#[test]
fn large_values_and_odd_keys_are_refused_where_they_are() {
    for profile in Profile::ALL {
        let sim = quiet(profile);
        let (large, odd) = run(&sim, |store| async move {
            join(store.set("large", &vec![0; 400_001]), store.set("a/b", b"")).await
        });
        assert_eq!(large.is_err(), profile == Profile::DynamoDb, "{profile:?}: {large:?}");
        assert_eq!(odd.is_err(), profile == Profile::CosmosDb, "{profile:?}: {odd:?}");
    }
}

#[test]
fn an_old_value_may_be_read_from_dynamo_db() {
    for profile in Profile::ALL {
        let sim = quiet(profile);
        sim.put("key", b"old");
        sim.put("key", b"new");
        let stale = Faults { stale_read: 1_000, ..Faults::none() };
        let (read, loaded) = with_faults(&sim, stale, |store| async move {
            (store.get("key").await.unwrap(), store.load("key").await.unwrap().0)
        });
        let expected: &[u8] = if profile == Profile::DynamoDb { b"old" } else { b"new" };
        assert_eq!(read.as_deref(), Some(expected), "{profile:?}");
        assert_eq!(loaded.as_deref(), Some(b"new".as_slice()), "{profile:?}: a load is consistent");
    }
}

#[test]
fn each_fault_strikes() {
    let always = 1_000;
    for (faults, answer_is_full, written_at_once, written_at_last) in [
        (Faults { unavailable: always, ..Faults::none() }, false, false, false),
        (Faults { full: always, ..Faults::none() }, true, false, false),
        (Faults { answer_lost_after_apply: always, ..Faults::none() }, false, true, true),
        (Faults { applied_late: always, ..Faults::none() }, false, false, true),
    ] {
        let sim = quiet(Profile::Honest);
        let answer =
            with_faults(&sim, faults.clone(), |store| async move { store.set("key", b"value").await });
        assert_eq!(matches!(answer, Err(StoreError::Full(_))), answer_is_full, "{faults:?}: {answer:?}");
        assert!(answer.is_err(), "{faults:?}");
        assert_eq!(sim.value("key").is_some(), written_at_once, "{faults:?}");
        sim.run_until_idle().unwrap();
        assert_eq!(sim.value("key").is_some(), written_at_last, "{faults:?}");
    }
}

#[test]
fn a_swap_may_conflict_without_cause() {
    let sim = quiet(Profile::Honest);
    let faults = Faults { spurious_conflict: 1_000, ..Faults::none() };
    let swapped = with_faults(&sim, faults, |store| async move {
        let (_, cas) = store.load("key").await?;
        store.swap(cas, b"mine").await
    });
    assert_eq!((swapped, sim.value("key")), (Ok(Swap::Conflict), None));
}

#[test]
fn calls_are_counted_for_each_caller() {
    let sim = quiet(Profile::Honest);
    run(&sim, |store| async move {
        store.get("key").await?;
        store.set_many(&[("a".to_owned(), vec![]), ("b".to_owned(), vec![])]).await?;
        let (_, cas) = store.load("a").await?;
        store.set("a", b"other").await?;
        store.swap(cas, b"mine").await
    })
    .unwrap();
    run(&sim, |store| async move { tierline_store::Sweep::list_keys(&store).await }).unwrap();
    let counts = sim.counts_of("caller");
    assert_eq!((counts.reads, counts.commits, counts.listings), (2, 2, 1), "a conflict is no commit");
    assert_eq!(sim.counts(), counts);
    assert_eq!(sim.counts_of("nobody"), Default::default());
}
