//! Chromium's DevTools protocol over two pipes: JSON, each message ended by a zero byte.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Longest that Chromium may take to answer: on a machine busy with tests it is slow to start.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// The connection: many threads may call, one reads.
pub struct Protocol {
    to: Mutex<ChildStdin>,
    answers: Mutex<HashMap<u64, Sender<Value>>>,
    events: Mutex<HashMap<String, Sender<Value>>>,
    calls: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Protocol {
    /// Over a Chromium's pipes.
    pub fn over(to: ChildStdin, from: ChildStdout) -> Arc<Self> {
        let protocol = Arc::new(Self {
            to: Mutex::new(to),
            answers: Mutex::default(),
            events: Mutex::default(),
            calls: AtomicU64::default(),
        });
        let reading = Arc::downgrade(&protocol);
        std::thread::spawn(move || {
            for message in BufReader::new(from).split(0).map_while(Result::ok) {
                let Some(protocol) = reading.upgrade() else { return };
                protocol.hand_out(serde_json::from_slice(&message).unwrap());
            }
        });
        protocol
    }

    fn hand_out(&self, message: Value) {
        let receiver = match message["id"].as_u64() {
            Some(id) => lock(&self.answers).remove(&id),
            None => {
                message["sessionId"].as_str().and_then(|session| lock(&self.events).get(session).cloned())
            }
        };
        // Whoever waited for it may have given up.
        receiver.map(|receiver| receiver.send(message));
    }

    /// What happens in a session from now on.
    pub fn listen(&self, session: &str) -> Receiver<Value> {
        let (send, receive) = channel();
        lock(&self.events).insert(session.to_owned(), send);
        receive
    }

    /// Calls a method, of the browser or of a session, and waits for its result.
    pub fn call(&self, session: Option<&str>, method: &str, params: Value) -> Value {
        let id = self.calls.fetch_add(1, Relaxed) + 1;
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let (send, receive) = channel();
        lock(&self.answers).insert(id, send);
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        lock(&self.to).write_all(&bytes).unwrap_or_else(|error| panic!("Chromium has gone: {error}"));
        let answer = receive.recv_timeout(ANSWER_MAX);
        let mut answer = answer.unwrap_or_else(|_| panic!("Chromium did not answer {method}"));
        assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
        answer["result"].take()
    }
}
