//! Counting what a request costs the store.
//!
//! A **read** is one `get`, `exists`, `current`, `get-many`, `list-keys` or `get-keys`. A **commit** is one
//! durable write as its caller sees it: `set`, `delete`, `swap`, `increment`, `set-many` or `delete-many`
//! that succeeded, even where several shared one sync of the disk. A failed compare-and-swap wrote nothing
//! and counts nothing. Counters belong to the request: what a chained component does counts for its caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use opentelemetry::KeyValue;
use serde::Serialize;

/// What was used, by one request, by all of a route, or by the process.
#[derive(Debug, Default)]
pub struct Counters {
    reads: AtomicU64,
    commits: AtomicU64,
    cpu_ns: AtomicU64,
}

/// The counters' values at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Store reads.
    pub reads: u64,
    /// Durable writes.
    pub commits: u64,
    /// Time on a processor inside components.
    pub cpu: Duration,
}

impl Counters {
    /// The values now.
    pub fn counted(&self) -> Counted {
        Counted {
            reads: self.reads.load(Relaxed),
            commits: self.commits.load(Relaxed),
            cpu: Duration::from_nanos(self.cpu_ns.load(Relaxed)),
        }
    }
}

impl Counted {
    /// The value of a `Server-Timing` header.
    pub fn server_timing(&self) -> String {
        format!("reads;desc=\"{}\", commits;desc=\"{}\"", self.reads, self.commits)
    }

    /// Processor time in microseconds.
    pub fn cpu_us(&self) -> u64 {
        u64::try_from(self.cpu.as_micros()).unwrap_or(u64::MAX)
    }
}

/// One request's counters, which also count for the process.
#[derive(Debug, Clone)]
pub struct RequestCounters {
    request: Arc<Counters>,
    /// Those of its route, once that is known.
    route: Option<Arc<Counters>>,
    process: Arc<Activity>,
}

impl RequestCounters {
    /// Counters for a new request.
    pub fn new(process: Arc<Activity>) -> Self {
        Self { request: Arc::default(), route: None, process }
    }

    /// The same, which count for a route too.
    pub fn of_route(self, route: Arc<Counters>) -> Self {
        Self { route: Some(route), ..self }
    }

    fn count(&self, add: impl Fn(&Counters)) {
        add(&self.request);
        add(&self.process.totals);
        if let Some(route) = &self.route {
            add(route);
        }
    }

    /// Counts one read.
    pub fn read(&self) {
        self.count(|counters| _ = counters.reads.fetch_add(1, Relaxed));
    }

    /// Counts one durable write.
    pub fn commit(&self) {
        self.count(|counters| _ = counters.commits.fetch_add(1, Relaxed));
    }

    /// Counts time that a component's code had on a processor.
    pub fn cpu(&self, time: Duration) {
        let ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.count(|counters| _ = counters.cpu_ns.fetch_add(ns, Relaxed));
    }

    /// What this request cost so far.
    pub fn counted(&self) -> Counted {
        self.request.counted()
    }
}

/// What each route of the application cost.
#[derive(Debug)]
pub struct RouteCosts(Vec<(KeyValue, Arc<Counters>)>);

impl RouteCosts {
    /// For the manifest's triggers, in their order; what has no route is no client's.
    pub fn new<'a>(routes: impl Iterator<Item = Option<&'a str>>) -> Self {
        let label = |route: Option<&str>| KeyValue::new("http.route", route.unwrap_or_default().to_owned());
        Self(routes.map(|route| (label(route), Arc::default())).collect())
    }

    /// The counters of a trigger.
    pub fn of(&self, trigger: usize) -> Option<Arc<Counters>> {
        self.0.get(trigger).map(|(_, counters)| counters.clone())
    }

    /// All that were asked at least once, with their label.
    pub fn all(&self) -> impl Iterator<Item = (KeyValue, Counted)> {
        let counted = self.0.iter().map(|(label, counters)| (label.clone(), counters.counted()));
        counted.filter(|(_, counted)| *counted != Counted { reads: 0, commits: 0, cpu: Duration::ZERO })
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
        let Counted { reads, commits, .. } = self.totals.counted();
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
        let (reads, commits, cpu) = (1, 1, Duration::from_micros(3));
        first.cpu(cpu);
        assert_eq!(first.counted(), Counted { reads, commits, cpu });
        assert_eq!(first.counted().server_timing(), "reads;desc=\"1\", commits;desc=\"1\"");
        assert_eq!(activity.report().reads, 2);
    }

    #[test]
    fn a_route_counts_what_its_requests_did() {
        let costs = RouteCosts::new([Some("/a"), None, Some("/b")].into_iter());
        let activity = Arc::new(Activity::default());
        for _ in 0..2 {
            let request = RequestCounters::new(activity.clone()).of_route(costs.of(2).expect("there"));
            request.read();
            request.cpu(Duration::from_millis(1));
        }
        let all: Vec<_> = costs.all().collect();
        let counted = Counted { reads: 2, commits: 0, cpu: Duration::from_millis(2) };
        assert_eq!(all, [(KeyValue::new("http.route", "/b"), counted)]);
        assert!(costs.of(3).is_none());
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
