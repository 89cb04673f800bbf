//! What the desk's operations run on here.

use crate::chance::Chance;
use futures::future::LocalBoxFuture;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;
use tierline_desk::answer_standing;
use tierline_desk::settling::{Settling, settle_answered};
use tierline_domain::ticket::Ticket;
use tierline_http::{CallError, Platform, Request, Response, VariableError};
use tierline_store::{MemoryStore, Runtime};

/// Where work goes that an operation leaves for after its answer.
pub trait Background: Runtime {
    /// Takes it.
    fn leave(&self, work: LocalBoxFuture<'static, ()>);
}

/// An in-memory store, a clock that is set by hand, and chance from a seed. No time passes in any of its calls.
#[derive(Clone)]
pub struct Stage {
    store: MemoryStore,
    now_ms: Rc<Cell<i64>>,
    chance: Rc<RefCell<Chance>>,
    later: Rc<RefCell<Vec<LocalBoxFuture<'static, ()>>>>,
}

impl Stage {
    /// An empty store.
    pub fn new(seed: u64) -> Self {
        Self {
            store: MemoryStore::new(),
            now_ms: Rc::default(),
            // A stream that no group of customers has.
            chance: Rc::new(RefCell::new(Chance::new(seed, u64::MAX))),
            later: Rc::default(),
        }
    }

    /// Sets the clock.
    pub fn set_now_ms(&self, now_ms: i64) {
        self.now_ms.set(now_ms);
    }

    /// Does an operation, then what it left for after its answer.
    pub fn perform<T>(&self, operation: impl Future<Output = T>) -> T {
        let answer = futures::executor::block_on(operation);
        loop {
            let works = self.later.take();
            if works.is_empty() {
                return answer;
            }
            for work in works {
                futures::executor::block_on(work);
            }
        }
    }
}

impl Runtime for Stage {
    type Store = MemoryStore;

    fn store(&self) -> &MemoryStore {
        &self.store
    }

    fn now_ms(&self) -> i64 {
        self.now_ms.get()
    }

    fn random(&self) -> [u8; 16] {
        self.chance.borrow_mut().bytes()
    }

    async fn sleep(&self, _: Duration) {}
}

impl Background for Stage {
    fn leave(&self, work: LocalBoxFuture<'static, ()>) {
        self.later.borrow_mut().push(work);
    }
}

/// What is done once an answer has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Books {
    /// All of it: the queue's directories, the lists, the journal.
    Kept,
    /// The queue's directories only. What is left out decides nothing about who is served when, and is most of the work.
    Left,
}

/// A platform without variables, on which nobody can be called but who pays what follows an answer.
#[derive(Clone)]
pub struct StagePlatform<R> {
    runtime: R,
    books: Books,
}

impl<R> StagePlatform<R> {
    /// On this runtime.
    pub fn new(runtime: R, books: Books) -> Self {
        Self { runtime, books }
    }
}

impl<R: Background> StagePlatform<R> {
    async fn settle(&self, request: &Request) -> Result<Response, CallError> {
        let failed = |error: String| CallError::Failed(error);
        let mut settling: Settling<Ticket> =
            serde_json::from_slice(request.body()).map_err(|error| failed(error.to_string()))?;
        if self.books == Books::Left && settling.ways.is_some() {
            let ticket = &mut settling.ticket;
            ticket.owed.clear();
            ticket.lists_owed.clear();
            ticket.journaled = ticket.steps_count();
        }
        settle_answered(self, settling).await.map_err(|error| failed(error.to_string()))?;
        Ok(Response::default())
    }
}

impl<R: Background> Runtime for StagePlatform<R> {
    type Store = R::Store;

    fn store(&self) -> &R::Store {
        self.runtime.store()
    }

    fn now_ms(&self) -> i64 {
        self.runtime.now_ms()
    }

    fn random(&self) -> [u8; 16] {
        self.runtime.random()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        self.runtime.sleep(duration)
    }
}

impl<R: Background> Platform for StagePlatform<R> {
    async fn variable(&self, name: &str) -> Result<String, VariableError> {
        Err(VariableError::Undefined(name.to_owned()))
    }

    async fn call(&self, component: &str, request: Request, _: Duration) -> Result<Response, CallError> {
        match component {
            // Boxed: what it settles asks back where a ticket stands.
            "settling" => Box::pin(self.settle(&request)).await,
            "standings" => {
                let answer = answer_standing(self, &request).await;
                answer.map_err(|error| CallError::Failed(error.to_string()))
            }
            other => Err(CallError::Failed(format!("there is no {other} here"))),
        }
    }

    async fn fetch(&self, _: Request, _: usize, _: Duration) -> Result<Response, CallError> {
        Err(CallError::Failed("there are no other hosts here".to_owned()))
    }

    fn after_answer(&self, work: impl Future<Output = ()> + 'static) {
        self.runtime.leave(Box::pin(work));
    }
}
