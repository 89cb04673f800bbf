//! Counting what a request costs the store.
//!
//! A **read** is one `get`, `exists`, `current`, `get-many`, `list-keys` or `get-keys`. A **commit** is one
//! durable write as its caller sees it: `set`, `delete`, `swap`, `increment`, `set-many` or `delete-many`
//! that succeeded, even where several shared one sync of the disk. A failed compare-and-swap wrote nothing
//! and counts nothing. Counters belong to the request: what a chained component does counts for its caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use serde::Serialize;

/// Reads and commits, of one request or of the process.
#[derive(Debug, Default)]
pub struct Counters {
    reads: AtomicU64,
    commits: AtomicU64,
}

/// The counters' values at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Store reads.
    pub reads: u64,
    /// Durable writes.
    pub commits: u64,
}

impl Counters {
    /// The values now.
    pub fn counted(&self) -> Counted {
        Counted { reads: self.reads.load(Relaxed), commits: self.commits.load(Relaxed) }
    }
}

impl Counted {
    /// The value of a `Server-Timing` header.
    pub fn server_timing(&self) -> String {
        format!("reads;desc=\"{}\", commits;desc=\"{}\"", self.reads, self.commits)
    }
}

/// One request's counters, which also count for the process.
#[derive(Debug, Clone)]
pub struct RequestCounters {
    request: Arc<Counters>,
    process: Arc<Activity>,
}

impl RequestCounters {
    /// Counters for a new request.
    pub fn new(process: Arc<Activity>) -> Self {
        Self { request: Arc::default(), process }
    }

    /// Counts one read.
    pub fn read(&self) {
        self.request.reads.fetch_add(1, Relaxed);
        self.process.totals.reads.fetch_add(1, Relaxed);
    }

    /// Counts one durable write.
    pub fn commit(&self) {
        self.request.commits.fetch_add(1, Relaxed);
        self.process.totals.commits.fetch_add(1, Relaxed);
    }

    /// What this request cost so far.
    pub fn counted(&self) -> Counted {
        self.request.counted()
    }
}

/// What the whole process did, and whether it is doing anything.
#[derive(Debug, Default)]
pub struct Activity {
    totals: Counters,
    requests: AtomicU64,
    busy: AtomicUsize,
}

/// The body of `GET /.well-known/tierline/timing`.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub struct ActivityReport {
    /// Store reads since start.
    pub reads: u64,
    /// Durable writes since start.
    pub commits: u64,
    /// Requests since start; chained calls are part of theirs.
    pub requests: u64,
    /// No request and no work after an answer is under way.
    pub idle: bool,
}

impl Activity {
    /// Counts one request from outside.
    pub fn request(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    /// Marks something as under way until the guard is dropped.
    pub fn busy(self: &Arc<Self>) -> BusyGuard {
        self.busy.fetch_add(1, Relaxed);
        BusyGuard(self.clone())
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.busy.load(Relaxed) == 0
    }

    /// The totals now.
    pub fn report(&self) -> ActivityReport {
        let idle = self.is_idle();
        let Counted { reads, commits } = self.totals.counted();
        ActivityReport { reads, commits, requests: self.requests.load(Relaxed), idle }
    }
}

/// Keeps the process from being idle.
#[derive(Debug)]
pub struct BusyGuard(Arc<Activity>);

impl Drop for BusyGuard {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_counts_for_itself_and_for_the_process() {
        let activity = Arc::new(Activity::default());
        let first = RequestCounters::new(activity.clone());
        let second = RequestCounters::new(activity.clone());
        first.read();
        first.clone().commit();
        second.read();
        assert_eq!(first.counted(), Counted { reads: 1, commits: 1 });
        assert_eq!(first.counted().server_timing(), "reads;desc=\"1\", commits;desc=\"1\"");
        assert_eq!(activity.report().reads, 2);
    }

    #[test]
    fn busy_until_the_last_guard_goes() {
        let activity = Arc::new(Activity::default());
        let guards = (activity.busy(), activity.busy());
        drop(guards.0);
        assert!(!activity.report().idle);
        drop(guards.1);
        assert!(activity.report().idle);
    }
}
