//! What belongs to one request and travels with it, into chained components too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use uuid::Uuid;

use crate::telemetry::Span;
use crate::timing::{Activity, Counters, RequestCounters};

/// A request's identity, cost and depth.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// Its id, in logs and in problems.
    pub id: Uuid,
    /// What it costs the store.
    pub counters: RequestCounters,
    /// How many components stand between the client and this call.
    pub depth: u8,
    /// Whether the answer's body is still being read.
    pub body: Arc<OpenBody>,
    /// Its part of a trace.
    pub span: Span,
}

impl RequestContext {
    /// A request from outside.
    pub fn new(activity: Arc<Activity>) -> Self {
        Self {
            id: Uuid::now_v7(),
            counters: RequestCounters::new(activity),
            depth: 0,
            body: Arc::default(),
            span: Span::default(),
        }
    }

    /// The same request, which counts for a route too.
    pub fn of_route(&self, route: Option<Arc<Counters>>) -> Self {
        let mut request = self.clone();
        if let Some(route) = route {
            request.counters = request.counters.of_route(route);
        }
        request
    }

    /// The same request, one component further.
    pub fn chained(&self) -> Self {
        Self { depth: self.depth.saturating_add(1), body: Arc::default(), ..self.clone() }
    }
}

/// Whether an answer's body is still being read: its instance must stay.
#[derive(Debug, Default)]
pub struct OpenBody(AtomicBool);

impl OpenBody {
    /// Marks the body as being read, until the guard is dropped.
    pub fn open(self: Arc<Self>) -> OpenGuard {
        self.0.store(true, Relaxed);
        OpenGuard(self)
    }

    /// Whether it is being read.
    pub fn is_open(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// Someone is reading the body.
#[derive(Debug)]
pub struct OpenGuard(Arc<OpenBody>);

impl Drop for OpenGuard {
    fn drop(&mut self) {
        self.0.0.store(false, Relaxed);
    }
}
