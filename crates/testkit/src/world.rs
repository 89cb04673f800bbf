//! What all parts of one simulation share: the clock, the tasks, the dice, the stored values and the trace.

use crate::limits::{LATE_WRITE_MS_MAX, SIMULATION_STEPS_MAX};
use crate::shelf::{Shelf, Write};
use crate::trace::{Event, Trace};
use crate::{Faults, Profile};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tierline_store::Counts;

pub(crate) type TaskId = u64;

/// The future given to [`crate::Simulation::block_on`]; spawned tasks count from one.
pub(crate) const MAIN: TaskId = 0;

/// Why a simulation could not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// Tasks kept running without end: a livelock, or an endless loop that sleeps.
    #[error(
        "seed {seed}: still running after {SIMULATION_STEPS_MAX} steps (SIMULATION_STEPS_MAX): {tasks:?}"
    )]
    Livelock {
        /// Of the simulation.
        seed: u64,
        /// Processes that still have tasks.
        tasks: Vec<String>,
    },
    /// Nothing is ready, no timer is set, and tasks still wait for something.
    #[error("seed {seed}: waiting for what never comes: {tasks:?}")]
    Stuck {
        /// Of the simulation.
        seed: u64,
        /// Processes that still have tasks.
        tasks: Vec<String>,
    },
}

struct Task {
    process: Rc<str>,
    future: Pin<Box<dyn Future<Output = ()>>>,
}

#[derive(Default)]
struct Process {
    /// How often it was killed: a runtime of an earlier life is dead.
    kills: u32,
    polls: u64,
    polls_max: Option<u64>,
    clock_skew_ms: i64,
    counts: Counts,
}

pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) profile: Profile,
    pub(crate) shelf: RefCell<Shelf>,
    pub(crate) trace: RefCell<Trace>,
    faults: RefCell<Faults>,
    dice: RefCell<fastrand::Rng>,
    now_us: Cell<u64>,
    steps: Cell<u64>,
    last_id: Cell<u64>,
    ready: Arc<Ready>,
    /// By time, then by order of registration.
    timers: RefCell<BTreeMap<(u64, u64), Waker>>,
    tasks: RefCell<BTreeMap<TaskId, Task>>,
    processes: RefCell<BTreeMap<Rc<str>, Process>>,
}

/// Tasks that can go on. Wakers must be `Send`, hence the lock; it is never contended.
#[derive(Default)]
struct Ready(Mutex<Vec<TaskId>>);

struct TaskWaker {
    id: TaskId,
    ready: Arc<Ready>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.ready.add(self.id);
    }
}

impl Ready {
    fn add(&self, id: TaskId) {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }

    fn take_any(&self, dice: &mut fastrand::Rng) -> Option<TaskId> {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (!ids.is_empty()).then(|| {
            let chosen = dice.usize(..ids.len());
            ids.swap_remove(chosen)
        })
    }
}

/// Running tasks.
impl World {
    pub(crate) fn new(seed: u64, profile: Profile, faults: Faults) -> Rc<Self> {
        Rc::new(Self {
            seed,
            profile,
            shelf: RefCell::default(),
            trace: RefCell::default(),
            faults: RefCell::new(faults),
            dice: RefCell::new(fastrand::Rng::with_seed(seed)),
            now_us: Cell::new(0),
            steps: Cell::new(0),
            last_id: Cell::new(MAIN),
            ready: Arc::default(),
            timers: RefCell::default(),
            tasks: RefCell::default(),
            processes: RefCell::default(),
        })
    }

    pub(crate) fn spawn(&self, process: Rc<str>, future: Pin<Box<dyn Future<Output = ()>>>) {
        let id = self.fresh_id();
        self.tasks.borrow_mut().insert(id, Task { process, future });
        self.ready.add(id);
    }

    pub(crate) fn waker(&self, id: TaskId) -> Waker {
        Waker::from(Arc::new(TaskWaker { id, ready: self.ready.clone() }))
    }

    /// The next task to poll, chosen by chance among those that are ready. If there is none the clock moves on to the
    /// next timer, but not past `until_us`. `None`: nothing is left to do till then.
    pub(crate) fn next_task(&self, until_us: Option<u64>) -> Result<Option<TaskId>, SimulationError> {
        loop {
            let chosen = self.ready.take_any(&mut self.dice.borrow_mut());
            if let Some(id) = chosen {
                if self.steps.get() == SIMULATION_STEPS_MAX {
                    return Err(SimulationError::Livelock { seed: self.seed, tasks: self.waiting() });
                }
                self.steps.set(self.steps.get() + 1);
                self.trace.borrow_mut().mix(id);
                return Ok(Some(id));
            }
            if !self.fire_next_timers(until_us) {
                return Ok(None);
            }
        }
    }

    pub(crate) fn poll_task(&self, id: TaskId) {
        let Some(mut task) = self.tasks.borrow_mut().remove(&id) else { return };
        if self.is_out_of_polls(&task.process) {
            drop(task);
            return;
        }
        let kills = self.kills(&task.process);
        let waker = self.waker(id);
        let done = task.future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
        if !done && kills == self.kills(&task.process) {
            self.tasks.borrow_mut().insert(id, task);
        }
    }

    fn is_out_of_polls(&self, name: &Rc<str>) -> bool {
        let out = self.with_process(name, |process| {
            process.polls += 1;
            process.polls_max.take_if(|max| process.polls > *max).is_some()
        });
        if out {
            self.kill(name);
        }
        out
    }

    fn fire_next_timers(&self, until_us: Option<u64>) -> bool {
        let mut timers = self.timers.borrow_mut();
        let Some(at_us) = timers.first_key_value().map(|((at_us, _), _)| *at_us) else { return false };
        if until_us.is_some_and(|until_us| at_us > until_us) {
            return false;
        }
        self.now_us.set(at_us.max(self.now_us.get()));
        while let Some(timer) = timers.first_entry().filter(|timer| timer.key().0 == at_us) {
            timer.remove().wake();
        }
        true
    }

    /// Drops the tasks of a process, and makes its runtimes dead: their calls never return.
    pub(crate) fn kill(&self, name: &Rc<str>) {
        self.with_process(name, |process| process.kills += 1);
        self.record(name, "killed", "", "every task dropped");
        let dead: Vec<Task> = {
            let mut tasks = self.tasks.borrow_mut();
            let ids: Vec<_> =
                tasks.iter().filter(|(_, task)| task.process == *name).map(|(id, _)| *id).collect();
            ids.iter().filter_map(|id| tasks.remove(id)).collect()
        };
        drop(dead); // After the borrow: what a task owns may call back when dropped.
    }

    /// Kills `name` when its tasks have been polled `polls` more times.
    pub(crate) fn kill_after(&self, name: &Rc<str>, polls: u64) {
        self.with_process(name, |process| process.polls_max = Some(process.polls + polls));
    }

    pub(crate) fn kills(&self, name: &Rc<str>) -> u32 {
        self.with_process(name, |process| process.kills)
    }

    pub(crate) fn drop_all_tasks(&self) {
        let tasks = std::mem::take(&mut *self.tasks.borrow_mut());
        drop(tasks);
    }

    pub(crate) fn waiting(&self) -> Vec<String> {
        self.tasks.borrow().values().map(|task| task.process.to_string()).collect()
    }

    pub(crate) fn steps(&self) -> u64 {
        self.steps.get()
    }

    fn fresh_id(&self) -> u64 {
        self.last_id.set(self.last_id.get() + 1);
        self.last_id.get()
    }

    fn with_process<T>(&self, name: &Rc<str>, act: impl FnOnce(&mut Process) -> T) -> T {
        act(self.processes.borrow_mut().entry(name.clone()).or_default())
    }
}

/// The clock, chance and the record.
impl World {
    pub(crate) fn now_us(&self) -> u64 {
        self.now_us.get()
    }

    pub(crate) fn move_clock_to(&self, at_us: u64) {
        self.now_us.set(at_us.max(self.now_us.get()));
    }

    pub(crate) fn clock_skew_ms(&self, name: &Rc<str>) -> i64 {
        self.with_process(name, |process| process.clock_skew_ms)
    }

    pub(crate) fn set_clock_skew_ms(&self, name: &Rc<str>, skew_ms: i64) {
        self.with_process(name, |process| process.clock_skew_ms = skew_ms);
    }

    /// Waits in virtual time. Others that are ready go first, however short it is.
    pub(crate) async fn sleep(self: &Rc<Self>, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let key = (self.now_us.get().saturating_add(micros), self.fresh_id());
        let mut timer = Timer { world: self.clone(), key, set: false };
        poll_fn(|context| timer.poll(context)).await;
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        *self.faults.borrow_mut() = faults;
    }

    /// Whether a fault with this chance in a thousand strikes now.
    pub(crate) fn strikes(&self, chance: impl FnOnce(&Faults) -> u16) -> bool {
        let chance = chance(&self.faults.borrow());
        chance > 0 && self.dice.borrow_mut().u16(..1_000) < chance
    }

    pub(crate) fn slowness(&self) -> Duration {
        let range = self.faults.borrow().slow_ms.clone();
        Duration::from_micros(self.dice.borrow_mut().u64(range.start() * 1_000..=range.end() * 1_000))
    }

    pub(crate) fn random(&self) -> [u8; 16] {
        self.dice.borrow_mut().u128(..).to_le_bytes()
    }

    pub(crate) fn shuffle<T>(&self, values: &mut [T]) {
        self.dice.borrow_mut().shuffle(values);
    }

    pub(crate) fn record(&self, process: &Rc<str>, call: &'static str, key: &str, what: &'static str) {
        let event =
            Event { at_us: self.now_us.get(), process: process.clone(), call, key: key.to_owned(), what };
        self.trace.borrow_mut().push(event);
    }

    pub(crate) fn count(&self, name: &Rc<str>, add: impl FnOnce(&mut Counts)) {
        self.with_process(name, |process| add(&mut process.counts));
    }

    pub(crate) fn counts_of(&self, name: &Rc<str>) -> Counts {
        self.with_process(name, |process| process.counts)
    }

    pub(crate) fn counts(&self) -> Counts {
        let mut sum = Counts::default();
        for Process { counts, .. } in self.processes.borrow().values() {
            sum.reads += counts.reads;
            sum.commits += counts.commits;
            sum.listings += counts.listings;
        }
        sum
    }

    /// Does `write` a little later, whether its caller still lives or not.
    pub(crate) fn apply_late(self: &Rc<Self>, caller: &Rc<str>, call: &'static str, write: Write) {
        let late = Duration::from_micros(self.dice.borrow_mut().u64(..LATE_WRITE_MS_MAX * 1_000));
        let (world, caller) = (self.clone(), caller.clone());
        self.spawn(
            Rc::from("late writes"),
            Box::pin(async move {
                world.sleep(late).await;
                let _ = world.apply(&caller, call, &write); // Nobody is left to be told.
            }),
        );
    }
}

/// A set timer is in the world's list; it goes when it fires or is dropped.
struct Timer {
    world: Rc<World>,
    key: (u64, u64),
    set: bool,
}

impl Timer {
    fn poll(&mut self, context: &Context<'_>) -> Poll<()> {
        let mut timers = self.world.timers.borrow_mut();
        if self.set && !timers.contains_key(&self.key) {
            return Poll::Ready(());
        }
        timers.insert(self.key, context.waker().clone());
        self.set = true;
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.world.timers.borrow_mut().remove(&self.key);
    }
}

/// Lets others go first.
pub(crate) async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
