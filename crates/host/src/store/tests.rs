use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use super::*;
use crate::exit::{ExitKind, Failure};

fn open(directory: &Path) -> Store {
    Store::open(&StoreOptions::new(directory)).expect("opened")
}

fn one(key: &str, operation: Operation) -> Write {
    Write::One { key: key.to_owned(), operation }
}

fn set(key: &str, value: &[u8]) -> Write {
    one(key, Operation::Set(value.to_vec()))
}

fn swap(key: &str, expected: Option<&[u8]>, value: &[u8]) -> Write {
    one(key, Operation::Swap { expected: expected.map(<[u8]>::to_vec), value: value.to_vec() })
}

#[tokio::test]
async fn what_is_set_is_read_until_deleted() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    assert_eq!(store.get("default", "a"), Ok(None));
    store.write("default", set("a", b"1")).await.expect("set");
    assert_eq!(store.get("default", "a"), Ok(Some(b"1".to_vec())));
    assert_eq!(store.get("other", "a"), Ok(None));
    assert_eq!(store.exists("default", "a"), Ok(true));
    store.write("default", one("a", Operation::Delete)).await.expect("deleted");
    assert_eq!(store.exists("default", "a"), Ok(false));
}

#[tokio::test]
async fn many_at_once_keep_order_and_cost_one_commit() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    let pairs = vec![("a".to_owned(), b"1".to_vec()), ("b".to_owned(), b"2".to_vec())];
    store.write("s", Write::SetMany(pairs)).await.expect("set");
    assert_eq!(store.syncs(), 1);
    let keys = ["b", "missing", "a"].map(str::to_owned);
    assert_eq!(store.get_many("s", &keys), Ok(vec![Some(b"2".to_vec()), None, Some(b"1".to_vec())]));
    let mut listed = store.list_keys("s").expect("keys");
    listed.sort();
    assert_eq!(listed, ["a", "b"]);
    store.write("s", Write::DeleteMany(vec!["a".to_owned(), "b".to_owned()])).await.expect("deleted");
    assert_eq!(store.list_keys("s"), Ok(Vec::new()));
}

#[tokio::test]
async fn swap_compares_with_what_was_read() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    assert_eq!(store.write("s", swap("k", None, b"1")).await, Ok(Written::Done));
    assert_eq!(store.write("s", swap("k", None, b"2")).await, Ok(Written::Mismatch));
    assert_eq!(store.write("s", swap("k", Some(b"0"), b"2")).await, Ok(Written::Mismatch));
    assert_eq!(store.write("s", swap("k", Some(b"1"), b"2")).await, Ok(Written::Done));
    assert_eq!(store.write("s", swap("gone", Some(b"1"), b"2")).await, Ok(Written::Mismatch));
    assert_eq!(store.get("s", "k"), Ok(Some(b"2".to_vec())));
}

#[tokio::test]
async fn swap_tells_an_empty_value_from_none() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    store.write("s", set("k", b"")).await.expect("set");
    assert_eq!(store.write("s", swap("k", None, b"1")).await, Ok(Written::Mismatch));
    assert_eq!(store.write("s", swap("k", Some(b""), b"1")).await, Ok(Written::Done));
}

#[tokio::test]
async fn counters_are_eight_bytes_or_an_error() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    assert_eq!(store.write("s", one("n", Operation::Increment(5))).await, Ok(Written::Counter(5)));
    assert_eq!(store.write("s", one("n", Operation::Increment(-7))).await, Ok(Written::Counter(-2)));
    assert_eq!(store.get("s", "n"), Ok(Some((-2_i64).to_le_bytes().to_vec())));
    store.write("s", set("text", b"abc")).await.expect("set");
    let refused = store.write("s", one("text", Operation::Increment(1))).await;
    assert_eq!(refused, Err(StoreError::NotACounter { bytes: 3 }));
    store.write("s", set("full", &i64::MAX.to_le_bytes())).await.expect("set");
    let refused = store.write("s", one("full", Operation::Increment(1))).await;
    assert_eq!(refused, Err(StoreError::CounterOverflow));
    assert_eq!(store.write("s", one("n", Operation::Increment(1))).await, Ok(Written::Counter(-1)));
}

/// Sixteen threads create one key at the same moment: exactly one of them did.
#[test]
fn a_race_to_create_has_one_winner() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    for round in 0..20 {
        let winners = Arc::new(AtomicUsize::new(0));
        let barrier = Arc::new(std::sync::Barrier::new(16));
        std::thread::scope(|scope| {
            for contender in 0..16_u8 {
                let (store, winners, barrier) = (store.clone(), winners.clone(), barrier.clone());
                scope.spawn(move || {
                    barrier.wait();
                    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("runtime");
                    let written =
                        runtime.block_on(store.write("s", swap(&format!("k{round}"), None, &[contender])));
                    if written == Ok(Written::Done) {
                        winners.fetch_add(1, SeqCst);
                    }
                });
            }
        });
        assert_eq!(winners.load(SeqCst), 1, "round {round}");
    }
}

/// Concurrent increments lose nothing, and share syncs.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writers_share_a_sync() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    let writers = (0..400).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.write("s", one("n", Operation::Increment(1))).await })
    });
    let mut values = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        match writer.await.expect("joined") {
            Ok(Written::Counter(value)) => values.push(value),
            other => panic!("{other:?}"),
        }
    }
    values.sort_unstable();
    assert_eq!(values, (1..=400).collect::<Vec<_>>(), "each increment returned a number of its own");
    assert!(store.syncs() < 400, "{} syncs for 400 writes", store.syncs());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_failing_operation_does_not_touch_its_neighbours() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    store.write("s", set("text", b"abc")).await.expect("set");
    let mut writes = Vec::new();
    for number in 0..60_u8 {
        let store = store.clone();
        writes.push(tokio::spawn(async move {
            match number % 3 {
                0 => store.write("s", one("text", Operation::Increment(1))).await,
                1 => store.write("s", swap("text", Some(b"other"), b"no")).await,
                _ => store.write("s", set(&format!("k{number}"), &[number])).await,
            }
        }));
    }
    for (number, write) in writes.into_iter().enumerate() {
        let written = write.await.expect("joined");
        match number % 3 {
            0 => assert_eq!(written, Err(StoreError::NotACounter { bytes: 3 })),
            1 => assert_eq!(written, Ok(Written::Mismatch)),
            _ => assert_eq!(written, Ok(Written::Done)),
        }
    }
    assert_eq!(store.get("s", "text"), Ok(Some(b"abc".to_vec())));
    assert_eq!(store.list_keys("s").expect("keys").len(), 21);
}

/// A batch is all or nothing, also when it fails in the middle.
#[tokio::test]
async fn a_failing_batch_leaves_nothing_behind() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    let too_long = "k".repeat(STORE_KEY_BYTES_MAX + 1);
    let pairs = vec![("a".to_owned(), b"1".to_vec()), (too_long.clone(), b"2".to_vec())];
    let refused = store.write("s", Write::SetMany(pairs)).await;
    assert_eq!(refused, Err(StoreError::KeyTooLong { bytes: too_long.len() }));
    assert_eq!(store.list_keys("s"), Ok(Vec::new()));
}

#[tokio::test]
async fn an_answer_means_it_is_on_the_disk() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    store.write("s", set("k", b"v")).await.expect("set");
    // Another connection, as after a crash of this process: nothing was closed or flushed.
    let elsewhere = rusqlite::Connection::open(store.path()).expect("opened");
    let value: Vec<u8> = elsewhere
        .query_row("SELECT value FROM spin_key_value WHERE store = 's' AND key = 'k'", [], |row| row.get(0))
        .expect("there");
    assert_eq!(value, b"v");
}

/// While another process holds the file, a whole batch fails, and later ones succeed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_cannot_be_made_fails_everyone_in_it() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    let other = rusqlite::Connection::open(store.path()).expect("opened");
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    let writes = (0..8_u8).map(|number| {
        let store = store.clone();
        tokio::spawn(async move { store.write("s", set(&format!("k{number}"), &[number])).await })
    });
    for write in writes.collect::<Vec<_>>() {
        assert_eq!(write.await.expect("joined"), Err(StoreError::Busy));
    }
    other.execute_batch("ROLLBACK").expect("unlocked");
    assert_eq!(store.list_keys("s"), Ok(Vec::new()));
    assert_eq!(store.write("s", set("k", b"v")).await, Ok(Written::Done));
}

#[tokio::test]
async fn a_full_store_says_so_keeps_what_it_has_and_recovers() {
    let directory = tempfile::tempdir().expect("dir");
    let options = StoreOptions { pages_max: Some(40), ..StoreOptions::new(directory.path()) };
    let store = Store::open(&options).expect("opened");
    store.write("s", set("kept", b"v")).await.expect("set");
    let large = vec![7; 100_000];
    assert_eq!(store.write("s", set("one", &large)).await, Ok(Written::Done));
    let refused = store.write("s", set("two", &large)).await;
    assert_eq!(refused, Err(StoreError::Full));
    assert!(refused.expect_err("full").to_string().contains("store full"));
    assert_eq!(store.get("s", "kept"), Ok(Some(b"v".to_vec())));
    assert_eq!(store.write("s", set("small", b"fits")).await, Ok(Written::Done));
    store.write("s", one("one", Operation::Delete)).await.expect("room again");
    assert_eq!(store.write("s", set("two", &large)).await, Ok(Written::Done));
}

/// A large write that does not fit must not take its small neighbours down.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_store_fails_only_what_does_not_fit() {
    let directory = tempfile::tempdir().expect("dir");
    let options = StoreOptions { pages_max: Some(60), ..StoreOptions::new(directory.path()) };
    let store = Store::open(&options).expect("opened");
    let mut writes = Vec::new();
    for number in 0..40_u8 {
        let store = store.clone();
        writes.push(tokio::spawn(async move {
            let value = if number % 4 == 0 { vec![number; 400_000] } else { vec![number] };
            store.write("s", set(&format!("k{number}"), &value)).await
        }));
    }
    for (number, write) in writes.into_iter().enumerate() {
        let written = write.await.expect("joined");
        match number % 4 {
            0 => assert_eq!(written, Err(StoreError::Full), "{number}"),
            _ => assert_eq!(written, Ok(Written::Done), "{number}"),
        }
    }
    assert_eq!(store.list_keys("s").expect("keys").len(), 30);
}

#[tokio::test]
async fn limits_are_named_when_hit() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    let refused = store.write("s", set("k", &vec![0; STORE_VALUE_BYTES_MAX + 1])).await;
    assert_eq!(refused, Err(StoreError::ValueTooLong { bytes: STORE_VALUE_BYTES_MAX + 1 }));
    let text = refused.expect_err("too long").to_string();
    assert!(text.contains("16777216"), "{text}");
}

#[tokio::test]
async fn closing_flushes_refuses_more_and_folds_the_log_in() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    store.write("s", set("k", b"v")).await.expect("set");
    store.close();
    assert_eq!(store.write("s", set("k", b"w")).await, Err(StoreError::Closing));
    let log = directory.path().join(format!("{DATABASE_FILE}-wal"));
    assert!(std::fs::metadata(log).map_or(0, |log| log.len()) == 0);
    drop(store);
    assert_eq!(open(directory.path()).get("s", "k"), Ok(Some(b"v".to_vec())));
}

/// Spin opens the file with SQLite's default journal and creates the table itself.
#[tokio::test]
async fn a_file_made_by_spin_opens_and_the_other_way_round() {
    let directory = tempfile::tempdir().expect("dir");
    let path = directory.path().join(DATABASE_FILE);
    let spin = rusqlite::Connection::open(&path).expect("opened");
    spin.execute(
        "CREATE TABLE IF NOT EXISTS spin_key_value (
                           store TEXT NOT NULL,
                           key   TEXT NOT NULL,
                           value BLOB NOT NULL,

                           PRIMARY KEY (store, key)
                        )",
        [],
    )
    .expect("created");
    spin.execute("INSERT INTO spin_key_value VALUES ('default', 'k', x'01')", []).expect("inserted");
    drop(spin);
    let store = open(directory.path());
    assert_eq!(store.get("default", "k"), Ok(Some(vec![1])));
    store.write("default", set("k", &[2])).await.expect("set");
    store.close();
    drop(store);
    let spin = rusqlite::Connection::open(&path).expect("opened again");
    let value: Vec<u8> =
        spin.query_row("SELECT value FROM spin_key_value", [], |row| row.get(0)).expect("there");
    assert_eq!(value, [2]);
}

fn refusal(directory: &Path) -> Failure {
    Store::open(&StoreOptions::new(directory)).expect_err("refused").into()
}

#[test]
fn garbage_is_a_corrupt_database() {
    let directory = tempfile::tempdir().expect("dir");
    std::fs::write(directory.path().join(DATABASE_FILE), vec![0x55; 8192]).expect("written");
    assert_eq!(refusal(directory.path()).kind, ExitKind::BadData);
}

#[test]
fn another_table_of_that_name_is_a_corrupt_database() {
    let directory = tempfile::tempdir().expect("dir");
    let connection = rusqlite::Connection::open(directory.path().join(DATABASE_FILE)).expect("opened");
    connection.execute_batch("CREATE TABLE spin_key_value (something TEXT)").expect("created");
    drop(connection);
    let failure = refusal(directory.path());
    assert_eq!(failure.kind, ExitKind::BadData);
    assert_eq!(failure.to_string().lines().count(), 2, "{failure}");
}

#[tokio::test]
async fn a_damaged_page_is_found_at_the_start() {
    let directory = tempfile::tempdir().expect("dir");
    let store = open(directory.path());
    for number in 0..200 {
        store.write("s", set(&format!("key-{number}"), &[7; 500])).await.expect("set");
    }
    store.close();
    drop(store);
    let path = directory.path().join(DATABASE_FILE);
    let mut bytes = std::fs::read(&path).expect("read");
    for byte in bytes.iter_mut().skip(8192).take(4096 * 4) {
        *byte ^= 0xff;
    }
    std::fs::write(&path, bytes).expect("written");
    assert_eq!(refusal(directory.path()).kind, ExitKind::BadData);
}

#[test]
fn a_directory_that_cannot_be_made_is_unwritable() {
    let directory = tempfile::tempdir().expect("dir");
    let file = directory.path().join("file");
    std::fs::write(&file, b"").expect("written");
    assert_eq!(refusal(&file.join("state")).kind, ExitKind::StateUnwritable);
}
