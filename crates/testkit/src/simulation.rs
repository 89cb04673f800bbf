//! A deterministic scheduler on one thread, in virtual time.

use crate::limits::{TRACE_EVENTS_MAX, TRACE_EVENTS_SHOWN};
use crate::shelf::Write;
use crate::world::{MAIN, SimulationError, World, yield_now};
use crate::{Faults, LyingStore, Profile};
use futures::channel::oneshot;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tierline_store::{Counts, Runtime};

/// Where the virtual clock starts: 2026-01-01T00:00:00Z.
const START_MS: i64 = 1_767_225_600_000;

/// One world: a store of some [`Profile`], its [`Faults`], processes, and a clock that moves only when nothing is
/// ready to run. Everything follows from the seed.
///
/// A process is a name: its tasks die together, and share a clock error and a count of store calls.
pub struct Simulation {
    world: Rc<World>,
}

impl Simulation {
    /// An empty store at the start of time.
    pub fn new(seed: u64, profile: Profile, faults: Faults) -> Self {
        Self { world: World::new(seed, profile, faults) }
    }

    /// What the process `name` runs on. After a kill take a new one: calls on the old one never return.
    pub fn runtime(&self, name: &str) -> SimRuntime {
        SimRuntime::new(self.world.clone(), Rc::from(name))
    }

    /// Starts a task in the process `name`. It runs when the simulation does.
    pub fn spawn<T: 'static>(&self, name: &str, future: impl Future<Output = T> + 'static) -> TaskHandle<T> {
        spawn(&self.world, Rc::from(name), future)
    }

    /// Runs everything until `future` is done; other tasks stay where they are then.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> Result<T, SimulationError> {
        let mut future = pin!(future);
        let waker = self.world.waker(MAIN);
        waker.wake_by_ref();
        while let Some(id) = self.world.next_task(None)? {
            if id != MAIN {
                self.world.poll_task(id);
            } else if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Ok(value);
            }
        }
        Err(SimulationError::Stuck { seed: self.world.seed, tasks: vec!["block_on".to_owned()] })
    }

    /// Runs until every task is done or killed.
    pub fn run_until_idle(&self) -> Result<(), SimulationError> {
        while let Some(id) = self.world.next_task(None)? {
            self.world.poll_task(id);
        }
        let tasks = self.world.waiting();
        if tasks.is_empty() { Ok(()) } else { Err(SimulationError::Stuck { seed: self.world.seed, tasks }) }
    }

    /// Runs for `duration` of virtual time; tasks that are not done stay.
    pub fn run_for(&self, duration: Duration) -> Result<(), SimulationError> {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let until_us = self.world.now_us().saturating_add(micros);
        while let Some(id) = self.world.next_task(Some(until_us))? {
            self.world.poll_task(id);
        }
        self.world.move_clock_to(until_us);
        Ok(())
    }

    /// Drops every task of the process `name` where it stands. What it wrote stays; writes under way are lost.
    pub fn kill(&self, name: &str) {
        self.world.kill(&Rc::from(name));
    }

    /// Kills the process `name` instead of polling its tasks once more after `polls` more polls. With every
    /// number from 0 on, that is a crash at every await.
    pub fn kill_after(&self, name: &str, polls: u64) {
        self.world.kill_after(&Rc::from(name), polls);
    }

    /// Makes the clock of the process `name` wrong by so much.
    pub fn set_clock_skew_ms(&self, name: &str, skew_ms: i64) {
        self.world.set_clock_skew_ms(&Rc::from(name), skew_ms);
    }

    /// Changes what goes wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.world.set_faults(faults);
    }

    /// The value at `key`, seen from outside: no call, no fault.
    pub fn value(&self, key: &str) -> Option<Vec<u8>> {
        self.world.shelf.borrow().get(key).map(|entry| entry.bytes)
    }

    /// Puts a value there from outside: no call, no fault.
    pub fn put(&self, key: &str, value: &[u8]) {
        let write = Write::Set { key: key.to_owned(), value: value.to_vec() };
        let _ = self.world.apply(&Rc::from("outside"), "set", &write); // A plain set is always done.
    }

    /// Every key, seen from outside, in order.
    pub fn keys(&self) -> Vec<String> {
        self.world.shelf.borrow().keys()
    }

    /// Store calls of all processes so far.
    pub fn counts(&self) -> Counts {
        self.world.counts()
    }

    /// Store calls of the process `name` so far.
    pub fn counts_of(&self, name: &str) -> Counts {
        self.world.counts_of(&Rc::from(name))
    }

    /// Virtual time since the start.
    pub fn elapsed(&self) -> Duration {
        Duration::from_micros(self.world.now_us())
    }

    /// Polls so far.
    pub fn steps(&self) -> u64 {
        self.world.steps()
    }

    /// What happened, one line an event; the last [`TRACE_EVENTS_MAX`] of them.
    pub fn trace(&self) -> Vec<String> {
        self.world.trace.borrow().last(TRACE_EVENTS_MAX)
    }

    /// How often each thing that a trace can say happened: `applied`, `answer lost` and so on.
    pub fn counted(&self) -> BTreeMap<&'static str, u64> {
        self.world.trace.borrow().counted().clone()
    }

    /// Equal for equal histories: every choice of the scheduler and every event goes in.
    pub fn trace_hash(&self) -> u64 {
        self.world.trace.borrow().hash()
    }
}

impl Drop for Simulation {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let World { seed, profile, .. } = &*self.world;
            eprintln!("simulation of {profile:?} with seed {seed}, the end of its trace:");
            for line in self.world.trace.borrow().last(TRACE_EVENTS_SHOWN) {
                eprintln!("  {line}");
            }
        }
        self.world.drop_all_tasks(); // They hold the world, and it holds them.
    }
}

fn spawn<T: 'static>(
    world: &World,
    process: Rc<str>,
    future: impl Future<Output = T> + 'static,
) -> TaskHandle<T> {
    let (sender, receiver) = oneshot::channel();
    let task = async move {
        let _ = sender.send(future.await); // Nobody may be waiting for it.
    };
    world.spawn(process, Box::pin(task));
    TaskHandle { receiver }
}

/// A spawned task. Dropping it leaves the task running; awaiting it gives `None` if the task was killed.
pub struct TaskHandle<T> {
    receiver: oneshot::Receiver<T>,
}

impl<T> TaskHandle<T> {
    /// What the task returned: `None` if it is not done, was killed, or was asked before.
    pub fn take(&mut self) -> Option<T> {
        self.receiver.try_recv().ok().flatten()
    }
}

impl<T> Future for TaskHandle<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        Pin::new(&mut self.receiver).poll(context).map(Result::ok)
    }
}

/// What one process of a [`Simulation`] runs on.
#[derive(Clone)]
pub struct SimRuntime {
    world: Rc<World>,
    process: Rc<str>,
    store: LyingStore,
}

impl SimRuntime {
    fn new(world: Rc<World>, process: Rc<str>) -> Self {
        let store = LyingStore::new(world.clone(), process.clone());
        Self { world, process, store }
    }

    /// The name of the process.
    pub fn process(&self) -> &str {
        &self.process
    }

    /// What the process did on the store so far.
    pub fn counts(&self) -> Counts {
        self.world.counts_of(&self.process)
    }

    /// Starts another task in this process: work left for after the answer. Nothing happens if the process is dead.
    pub fn spawn<T: 'static>(&self, future: impl Future<Output = T> + 'static) -> TaskHandle<T> {
        if self.store.is_dead() {
            return TaskHandle { receiver: oneshot::channel().1 };
        }
        spawn(&self.world, self.process.clone(), future)
    }

    /// Lets others run.
    pub async fn yield_now(&self) {
        yield_now().await;
    }
}

impl Runtime for SimRuntime {
    type Store = LyingStore;

    fn store(&self) -> &LyingStore {
        &self.store
    }

    fn now_ms(&self) -> i64 {
        let elapsed_ms = i64::try_from(self.world.now_us() / 1_000).unwrap_or(i64::MAX);
        START_MS + elapsed_ms + self.world.clock_skew_ms(&self.process)
    }

    fn random(&self) -> [u8; 16] {
        self.world.random()
    }

    async fn sleep(&self, duration: Duration) {
        self.world.sleep(duration).await;
    }
}
