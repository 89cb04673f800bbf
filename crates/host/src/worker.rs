//! Running a component: instances made when needed, used again, and dropped when idle, spent or too slow.

use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::Sleep;
use wasmtime::component::GuestTaskId;
use wasmtime::{Engine, Store as WasmStore, StoreContextMut, UpdateDeadline};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};

use crate::app::AppHandle;
use crate::cpu::GuestClock;
use crate::guest::{Component, GuestState, keep_time};
use crate::limits::{Limits, RESPONSE_STREAM_MAX};
use crate::outgoing::Outgoing;
use crate::request::{OpenBody, RequestContext};
use crate::store::Store;
use crate::timing::{Activity, BusyGuard};

/// The caller has answered for a late component by now; its instance goes a little later.
const EXPIRY_GRACE: Duration = Duration::from_millis(200);
/// How often an instance whose answer is still being read is looked at.
const STREAM_LOOK: Duration = Duration::from_secs(1);

/// Makes instances of one component.
pub struct Factory {
    /// The engine.
    pub engine: Engine,
    /// What the component is and may do.
    pub component: Arc<Component>,
    /// The component, linked.
    pub linked: ProxyPre<GuestState>,
    /// Requests one instance of it serves at once.
    pub concurrent_requests: usize,
    /// Requests one instance of it serves before it is replaced.
    pub requests_max: usize,
    /// The limits.
    pub limits: Arc<Limits>,
    /// The key-value store.
    pub store: Store,
    /// What the process is doing.
    pub activity: Arc<Activity>,
    /// The application, for calls to other components.
    pub app: AppHandle,
    /// How many there are.
    pub instances: Arc<AtomicI64>,
}

impl Factory {
    /// An instance of a 0.2 component serves one request; its interface knows no second.
    fn requests_max(&self) -> usize {
        match self.linked {
            ProxyPre::P2(_) => 1,
            ProxyPre::P3(_) => self.requests_max,
        }
    }
}

impl HandlerState for Factory {
    type StoreData = GuestState;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<GuestState, Expiration, Worker>> {
        let nobody = RequestContext::new(self.activity.clone());
        let outgoing = Outgoing::new(self.app.clone(), self.component.clone(), nobody);
        let state = GuestState::new(self.component.clone(), self.store.clone(), outgoing, &self.limits);
        let mut store = WasmStore::new(&self.engine, state);
        store.limiter(GuestState::limiter);
        // A guest that computes gives way at each tick, so that its deadline can be looked at.
        store.set_epoch_deadline(1);
        let clock = store.data().clock.clone();
        store.epoch_deadline_callback(move |_| {
            Ok(UpdateDeadline::YieldCustom(1, Box::pin(give_way(clock.clone()))))
        });
        store.call_hook(keep_time);
        let proxy = self.linked.instantiate_async(&mut store).await?;
        let duty = Arc::new(Duty::new(self.activity.clone()));
        self.instances.fetch_add(1, Relaxed);
        Ok(Instance {
            store,
            proxy,
            view: GuestState::http,
            expiration: Expiration {
                limits: self.limits.clone(),
                duty: duty.clone(),
                sleep: Box::pin(tokio::time::sleep(self.limits.instance_idle)),
            },
            state: Worker {
                component: self.component.clone(),
                limits: self.limits.clone(),
                concurrent_requests: self.concurrent_requests,
                requests_max: self.requests_max(),
                duty,
                instances: self.instances.clone(),
            },
        })
    }
}

/// Others run, and the guest's clock does not meanwhile. Its request is charged with what it had when the host is next entered.
async fn give_way(clock: GuestClock) {
    let had = clock.stop();
    tokio::task::yield_now().await;
    clock.resume(had);
}

/// What an instance is busy with.
struct Duty {
    activity: Arc<Activity>,
    now: Mutex<Now>,
}

#[derive(Default)]
struct Now {
    busy: Option<BusyGuard>,
    bodies: Vec<Arc<OpenBody>>,
}

impl Duty {
    fn new(activity: Arc<Activity>) -> Self {
        Self { activity, now: Mutex::default() }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Now) -> T) -> T {
        change(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn begin(&self, body: Arc<OpenBody>) {
        self.with(|now| {
            now.busy.get_or_insert_with(|| self.activity.busy());
            now.bodies.retain(|body| body.is_open());
            now.bodies.push(body);
        });
    }

    fn rest(&self) {
        self.with(|now| *now = Now::default());
    }

    fn streams(&self) -> bool {
        self.with(|now| now.bodies.iter().any(|body| body.is_open()))
    }
}

/// Decides how many requests an instance takes.
pub struct Worker {
    component: Arc<Component>,
    limits: Arc<Limits>,
    concurrent_requests: usize,
    requests_max: usize,
    duty: Arc<Duty>,
    instances: Arc<AtomicI64>,
}

impl WorkerState for Worker {
    type StoreData = GuestState;
    type RequestData = RequestContext;

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= self.requests_max {
            ShouldAccept::Never
        } else if concurrent >= self.concurrent_requests {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        mut store: StoreContextMut<'_, GuestState>,
        request: RequestContext,
        task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        self.duty.begin(request.body.clone());
        store.data_mut().begin(task, request);
        Box::pin(tokio::time::sleep(self.limits.request_timeout))
    }

    fn drop(&self, store: WasmStore<GuestState>, result: wasmtime::Result<()>) {
        drop(store);
        self.instances.fetch_sub(1, Relaxed);
        let had_work = self.duty.with(|now| now.busy.is_some());
        self.duty.rest();
        match result {
            Err(error) if had_work => {
                tracing::error!(component = self.component.id, cause = %error.root_cause(), "instance ended");
            }
            // An idle instance that is dropped with the runtime, when the host stops.
            Err(error) => {
                tracing::debug!(component = self.component.id, cause = %error.root_cause(), "idle instance ended");
            }
            Ok(()) => {}
        }
    }
}

/// Decides when an instance has to go.
pub struct Expiration {
    limits: Arc<Limits>,
    duty: Arc<Duty>,
    sleep: Pin<Box<Sleep>>,
}

impl Expiration {
    /// When to look again, and whether the instance is over if that moment is past.
    fn deadline(&self, status: WorkerStatus, start: Instant) -> Instant {
        match status {
            WorkerStatus::Idle => start + self.limits.instance_idle,
            WorkerStatus::Requests => start + self.limits.request_timeout + EXPIRY_GRACE,
            WorkerStatus::PostReturn if self.duty.streams() => start + RESPONSE_STREAM_MAX,
            WorkerStatus::PostReturn => start + self.limits.post_return_max,
        }
    }
}

impl WorkerExpiration for Expiration {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        if status == WorkerStatus::Idle {
            self.duty.rest();
        }
        loop {
            let deadline = self.deadline(status, start);
            let now = Instant::now();
            if now >= deadline {
                return Poll::Ready(());
            }
            let wake = match status {
                WorkerStatus::PostReturn => deadline.min(next_look(start, now)),
                WorkerStatus::Idle | WorkerStatus::Requests => deadline,
            };
            if self.sleep.deadline() != wake.into() {
                self.sleep.as_mut().reset(wake.into());
            }
            if self.sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

/// The next whole look after `start`: a fixed grid, so that frequent polls do not move the timer.
fn next_look(start: Instant, now: Instant) -> Instant {
    let looks = now.saturating_duration_since(start).as_secs() / STREAM_LOOK.as_secs();
    start + STREAM_LOOK * u32::try_from(looks + 1).unwrap_or(u32::MAX)
}
