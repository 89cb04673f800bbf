//! What is counted and measured, and under which names.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use http::Method;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};

use super::traces::known_method;
use crate::store::Store;
use crate::timing::{Activity, Counted, RouteCosts};
use crate::turns::Turns;

/// Upper bounds in seconds; those of the semantic conventions for HTTP, and finer below.
const SECONDS: [f64; 16] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// What the host counts as it goes.
#[derive(Debug)]
pub struct Instruments {
    meter: Meter,
    duration: Histogram<f64>,
    failures: Counter<u64>,
    shed: Counter<u64>,
    limited: Counter<u64>,
    store_writes: Histogram<f64>,
    streams: Arc<AtomicI64>,
}

/// An open stream of events.
#[derive(Debug)]
pub struct StreamGuard(Arc<AtomicI64>);

impl Drop for StreamGuard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// What is looked at when somebody asks.
pub struct Watched {
    /// What the process did.
    pub activity: Arc<Activity>,
    /// What each route cost.
    pub routes: Arc<RouteCosts>,
    /// Who waits.
    pub turns: Arc<Turns>,
    /// The database.
    pub store: Store,
    /// Instances by component.
    pub instances: Vec<(String, Arc<AtomicI64>)>,
}

/// Why a component did not answer.
#[derive(Debug, Clone, Copy)]
pub enum Failure {
    /// It trapped, or ended without an answer.
    Trap,
    /// It took too long.
    Timeout,
    /// There was no room for an instance.
    NoInstance,
}

impl Failure {
    fn name(self) -> &'static str {
        match self {
            Self::Trap => "trap",
            Self::Timeout => "timeout",
            Self::NoInstance => "no_instance",
        }
    }
}

/// What is taken of a cost.
type Count = fn(Counted) -> u64;

impl Instruments {
    /// Instruments of `meter`.
    pub fn new(meter: Meter) -> Self {
        let seconds = |name: &'static str, about: &'static str| {
            let builder = meter.f64_histogram(name).with_unit("s").with_description(about);
            builder.with_boundaries(SECONDS.to_vec()).build()
        };
        Self {
            duration: seconds("http.server.request.duration", "Until a request's answer begins"),
            failures: meter
                .u64_counter("tierline.component.failures")
                .with_description("Calls of a component that ended without its answer")
                .build(),
            shed: meter
                .u64_counter("tierline.requests.shed")
                .with_description("Requests answered 503 because too many wait")
                .build(),
            limited: meter
                .u64_counter("tierline.requests.limited")
                .with_description("Requests answered 429 because their address asks or guesses too much")
                .build(),
            store_writes: seconds("tierline.store.write.duration", "Until a write is durable"),
            streams: Arc::default(),
            meter,
        }
    }

    /// A request was answered.
    pub fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let labels = [
            KeyValue::new("http.request.method", known_method(method)),
            KeyValue::new("http.route", route.to_owned()),
            KeyValue::new("http.response.status_code", i64::from(status)),
        ];
        self.duration.record(took.as_secs_f64(), &labels);
    }

    /// A request was refused for want of a turn.
    pub fn shed(&self, route: &str) {
        self.shed.add(1, &[KeyValue::new("http.route", route.to_owned())]);
    }

    /// A request was refused for what its address did before.
    pub fn limited(&self, why: &'static str) {
        self.limited.add(1, &[KeyValue::new("error.type", why)]);
    }

    /// A stream of events is open until the guard is dropped.
    pub fn stream(&self) -> StreamGuard {
        self.streams.fetch_add(1, Relaxed);
        StreamGuard(self.streams.clone())
    }

    /// A component did not answer.
    pub fn failed(&self, component: &str, why: Failure) {
        let labels = [
            KeyValue::new("tierline.component", component.to_owned()),
            KeyValue::new("error.type", why.name()),
        ];
        self.failures.add(1, &labels);
    }

    /// Begins to look at what counts itself.
    pub fn watch(&self, watched: Watched) {
        let Watched { activity, routes, turns, store, instances } = watched;
        self.watch_routes(&routes);
        self.watch_store(&store);
        self.watch_process();
        let meter = &self.meter;
        meter
            .u64_observable_counter("tierline.requests")
            .with_description("Requests from outside")
            .with_callback(move |observer| observer.observe(activity.report().requests, &[]))
            .build();
        meter
            .u64_observable_gauge("tierline.requests.waiting")
            .with_description("Requests that wait for their turn")
            .with_callback(move |observer| observer.observe(turns.waiting() as u64, &[]))
            .build();
        let streams = self.streams.clone();
        meter
            .i64_observable_gauge("tierline.streams.open")
            .with_description("Streams of events that are open")
            .with_callback(move |observer| observer.observe(streams.load(Relaxed), &[]))
            .build();
        meter
            .i64_observable_gauge("tierline.component.instances")
            .with_description("Instances of a component")
            .with_callback(move |observer| {
                for (component, count) in &instances {
                    let label = KeyValue::new("tierline.component", component.clone());
                    observer.observe(count.load(Relaxed), &[label]);
                }
            })
            .build();
    }

    /// What each route cost, work after the answer included.
    fn watch_routes(&self, routes: &Arc<RouteCosts>) {
        let meter = &self.meter;
        let counts: [(&str, &str, Count); 2] = [
            ("tierline.store.reads", "Reads of the store", |cost| cost.reads),
            ("tierline.store.commits", "Durable writes", |cost| cost.commits),
        ];
        for (name, about, count) in counts {
            let kept = routes.clone();
            meter
                .u64_observable_counter(name)
                .with_description(about)
                .with_callback(move |observer| {
                    for (label, cost) in kept.all() {
                        observer.observe(count(cost), &[label]);
                    }
                })
                .build();
        }
        let kept = routes.clone();
        meter
            .f64_observable_counter("tierline.guest.cpu.time")
            .with_unit("s")
            .with_description("Time on a processor inside components")
            .with_callback(move |observer| {
                for (label, cost) in kept.all() {
                    observer.observe(cost.cpu.as_secs_f64(), &[label]);
                }
            })
            .build();
    }

    fn watch_store(&self, store: &Store) {
        let writes = self.store_writes.clone();
        store.measure_writes(move |took| writes.record(took.as_secs_f64(), &[]));
        let kept = store.clone();
        self.meter
            .u64_observable_counter("tierline.store.syncs")
            .with_description("Commits to the disk, each shared by all writes that waited")
            .with_callback(move |observer| observer.observe(kept.syncs(), &[]))
            .build();
        let database = store.path().to_owned();
        self.meter
            .u64_observable_gauge("tierline.store.size")
            .with_unit("By")
            .with_description("The database with its log")
            .with_callback(move |observer| observer.observe(bytes_on_disk(&database), &[]))
            .build();
    }

    fn watch_process(&self) {
        self.meter
            .f64_observable_counter("process.cpu.time")
            .with_unit("s")
            .with_description("Time on a processor, of the whole host")
            .with_callback(|observer| observer.observe(crate::cpu::of_process().as_secs_f64(), &[]))
            .build();
        self.meter
            .u64_observable_gauge("process.memory.usage")
            .with_unit("By")
            .with_description("Memory that the host has of the machine")
            .with_callback(|observer| {
                if let Some(bytes) = memory_bytes() {
                    observer.observe(bytes, &[]);
                }
            })
            .build();
    }
}

fn bytes_on_disk(database: &PathBuf) -> u64 {
    let mut log = database.clone().into_os_string();
    log.push("-wal");
    let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |data| data.len());
    size(database) + size(&PathBuf::from(log))
}

/// Resident memory, where Linux tells it.
fn memory_bytes() -> Option<u64> {
    let pages: u64 = std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}
