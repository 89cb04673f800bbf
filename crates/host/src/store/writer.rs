//! The one writer: whatever waits shares a transaction, and answers leave only after its commit.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, OptionalExtension, params};
use tierline_sqlite::statements::{DELETE, INSERT_NEW, REPLACE_SAME, SELECT_VALUE, UPSERT};
use tokio::sync::{mpsc, oneshot};

use super::{OpenError, Operation, StoreError, Write, Written};
use crate::limits::{STORE_BATCH_OPERATIONS_MAX, STORE_QUEUE_OPERATIONS_MAX};

type Answer = Result<Written, StoreError>;

/// A write on its way, with the place its answer goes to.
#[derive(Debug)]
struct Pending {
    store: String,
    write: Write,
    answer: oneshot::Sender<Answer>,
}

enum Message {
    Write(Pending),
    Stop,
}

/// The handle on the writer thread.
#[derive(Debug)]
pub struct Writer {
    queue: mpsc::Sender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread that owns `connection`; `syncs` counts its commits.
    pub fn start(connection: Connection, syncs: Arc<AtomicU64>) -> Result<Self, OpenError> {
        let (queue, inbox) = mpsc::channel(STORE_QUEUE_OPERATIONS_MAX);
        let path = connection.path().unwrap_or_default().into();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(connection, inbox, &syncs))
            .map_err(|error| OpenError::Other { path, detail: error.to_string() })?;
        Ok(Self { queue, thread: Mutex::new(Some(thread)) })
    }

    /// Queues a write and waits until it is durable.
    pub async fn write(&self, store: String, write: Write) -> Answer {
        let (answer, answered) = oneshot::channel();
        let message = Message::Write(Pending { store, write, answer });
        self.queue.send(message).await.map_err(|_| StoreError::Closing)?;
        answered.await.unwrap_or(Err(StoreError::Closing))
    }

    /// Stops after what is queued; blocks until the database is closed.
    pub fn stop(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        // A full queue drains by itself; from an async thread this cannot block on the channel.
        while let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(Message::Stop) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        if thread.join().is_err() {
            tracing::error!("the store's writer ended with a panic");
        }
    }
}

fn run(mut connection: Connection, mut inbox: mpsc::Receiver<Message>, syncs: &AtomicU64) {
    let mut open = true;
    while open {
        let mut batch = Vec::new();
        let mut next = inbox.blocking_recv();
        loop {
            match next {
                Some(Message::Write(pending)) => batch.push(pending),
                Some(Message::Stop) | None => {
                    open = false;
                    break;
                }
            }
            if batch.len() == STORE_BATCH_OPERATIONS_MAX {
                break;
            }
            match inbox.try_recv() {
                Ok(message) => next = Some(message),
                Err(_) => break,
            }
        }
        commit_batch(&mut connection, batch, syncs);
    }
    if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
        tracing::warn!(%error, "the write-ahead log could not be folded in; the next start does it");
    }
}

/// Commits a batch and answers everyone in it.
fn commit_batch(connection: &mut Connection, batch: Vec<Pending>, syncs: &AtomicU64) {
    if batch.is_empty() {
        return;
    }
    match attempt(connection, &batch, syncs) {
        Attempt::Settled(answers) => {
            for (pending, answer) in batch.into_iter().zip(answers) {
                // A caller that went away does not need its answer; the write stands.
                _ = pending.answer.send(answer);
            }
        }
        // SQLite rolled everything back because of one operation: nothing was answered, so each gets its own.
        Attempt::Poisoned if batch.len() > 1 => {
            for pending in batch {
                commit_batch(connection, vec![pending], syncs);
            }
        }
        Attempt::Poisoned => {
            for pending in batch {
                _ = pending.answer.send(Err(StoreError::Full));
            }
        }
    }
}

enum Attempt {
    Settled(Vec<Answer>),
    Poisoned,
}

fn attempt(connection: &mut Connection, batch: &[Pending], syncs: &AtomicU64) -> Attempt {
    let everyone = |error: StoreError| Attempt::Settled(batch.iter().map(|_| Err(error.clone())).collect());
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        return everyone(error.into());
    }
    let mut answers = Vec::with_capacity(batch.len());
    for pending in batch {
        let answer = apply_alone(connection, pending);
        if connection.is_autocommit() {
            return match answer {
                Err(error) if batch.len() == 1 => everyone(error),
                _ => Attempt::Poisoned,
            };
        }
        answers.push(answer);
    }
    if let Err(error) = connection.execute_batch("COMMIT") {
        if !connection.is_autocommit() {
            _ = connection.execute_batch("ROLLBACK");
        }
        return everyone(error.into());
    }
    if answers.iter().any(|answer| matches!(answer, Ok(Written::Done | Written::Counter(_)))) {
        syncs.fetch_add(1, Relaxed);
    }
    Attempt::Settled(answers)
}

/// Applies one write inside a savepoint, so that its failure undoes only itself.
fn apply_alone(connection: &Connection, pending: &Pending) -> Answer {
    connection.execute_batch("SAVEPOINT operation")?;
    let answer = apply(connection, &pending.store, &pending.write);
    if connection.is_autocommit() {
        return answer;
    }
    match &answer {
        Ok(_) => connection.execute_batch("RELEASE operation")?,
        Err(_) => connection.execute_batch("ROLLBACK TO operation; RELEASE operation")?,
    }
    answer
}

fn apply(connection: &Connection, store: &str, write: &Write) -> Answer {
    match write {
        Write::One { key, operation } => match operation {
            Operation::Set(value) => set(connection, store, key, value),
            Operation::Delete => delete(connection, store, key),
            Operation::Increment(delta) => increment(connection, store, key, *delta),
            Operation::Swap { expected, value } => swap(connection, store, key, expected.as_deref(), value),
        },
        Write::SetMany(pairs) => {
            pairs.iter().try_for_each(|(key, value)| set(connection, store, key, value).map(drop))?;
            Ok(Written::Done)
        }
        Write::DeleteMany(keys) => {
            keys.iter().try_for_each(|key| delete(connection, store, key).map(drop))?;
            Ok(Written::Done)
        }
    }
}

fn set(connection: &Connection, store: &str, key: &str, value: &[u8]) -> Answer {
    connection.prepare_cached(UPSERT)?.execute(params![store, key, value])?;
    Ok(Written::Done)
}

fn delete(connection: &Connection, store: &str, key: &str) -> Answer {
    connection.prepare_cached(DELETE)?.execute([store, key])?;
    Ok(Written::Done)
}

fn increment(connection: &Connection, store: &str, key: &str, delta: i64) -> Answer {
    let stored: Option<Vec<u8>> =
        connection.prepare_cached(SELECT_VALUE)?.query_row([store, key], |row| row.get(0)).optional()?;
    let before = match stored {
        None => 0,
        Some(bytes) => {
            let counter: [u8; 8] =
                bytes.as_slice().try_into().map_err(|_| StoreError::NotACounter { bytes: bytes.len() })?;
            i64::from_le_bytes(counter)
        }
    };
    let after = before.checked_add(delta).ok_or(StoreError::CounterOverflow)?;
    set(connection, store, key, &after.to_le_bytes())?;
    Ok(Written::Counter(after))
}

fn swap(connection: &Connection, store: &str, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Answer {
    let changed = match expected {
        Some(expected) => {
            connection.prepare_cached(REPLACE_SAME)?.execute(params![store, key, value, expected])?
        }
        None => connection.prepare_cached(INSERT_NEW)?.execute(params![store, key, value])?,
    };
    Ok(if changed == 1 { Written::Done } else { Written::Mismatch })
}
