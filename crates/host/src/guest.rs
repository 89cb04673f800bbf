//! What the host keeps for one instance of a component.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use wasmtime::component::{GuestTaskId, HasData, ResourceTable};
use wasmtime::{AsContextMut, CallHook, ResourceLimiter, StoreContextMut};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::cpu::GuestClock;
use crate::guest_log::{GuestLog, Stream};
use crate::limits::{INSTANCE_TABLE_ELEMENTS_MAX, Limits};
use crate::outbound::AllowedHosts;
use crate::outgoing::Outgoing;
use crate::request::RequestContext;
use crate::store::Store;

/// What a component is and may do, fixed at the start.
#[derive(Debug)]
pub struct Component {
    /// Its id.
    pub id: String,
    /// The stores it may open.
    pub key_value_stores: HashSet<String>,
    /// Where it may send requests.
    pub allowed_hosts: AllowedHosts,
    /// Its variables, filled.
    pub variables: BTreeMap<String, String>,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
}

/// The data of one instance.
pub struct GuestState {
    pub(crate) component: Arc<Component>,
    pub(crate) store: Store,
    pub(crate) table: ResourceTable,
    pub(crate) handles: usize,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    pub(crate) outgoing: Outgoing,
    pub(crate) clock: GuestClock,
    limiter: Limiter,
    requests: HashMap<GuestTaskId, RequestContext>,
}

impl GuestState {
    /// The data of a new instance.
    pub fn new(component: Arc<Component>, store: Store, outgoing: Outgoing, limits: &Limits) -> Self {
        let mut wasi = WasiCtx::builder();
        for (name, value) in &component.environment {
            wasi.env(name, value);
        }
        wasi.stdout(GuestLog::new(&component.id, Stream::Out));
        wasi.stderr(GuestLog::new(&component.id, Stream::Err));
        wasi.allow_tcp(false).allow_udp(false).allow_ip_name_lookup(false);
        Self {
            limiter: Limiter { component: component.clone(), memory_bytes_max: limits.memory_bytes_max },
            component,
            store,
            table: ResourceTable::new(),
            handles: 0,
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            outgoing,
            clock: GuestClock::default(),
            requests: HashMap::new(),
        }
    }

    /// The limiter wasmtime asks before memory or a table grows.
    pub fn limiter(&mut self) -> &mut dyn ResourceLimiter {
        &mut self.limiter
    }

    /// Remembers which request a task serves.
    pub fn begin(&mut self, task: GuestTaskId, request: RequestContext) {
        self.outgoing.set_request(request.clone());
        // At most one entry a request, and an instance serves few before it is replaced.
        self.requests.insert(task, request);
    }
}

/// The request on whose behalf the guest is calling the host right now.
pub fn current_request(mut context: StoreContextMut<'_, GuestState>) -> RequestContext {
    let root = context.async_call_stack().ok().and_then(Iterator::last);
    let state = context.data();
    match root.and_then(|task| state.requests.get(&task)) {
        Some(request) => request.clone(),
        None => state.outgoing.request().clone(),
    }
}

/// Runs the guest's clock while its code runs, and charges the request that it runs for.
pub fn keep_time(mut context: StoreContextMut<'_, GuestState>, event: CallHook) -> wasmtime::Result<()> {
    if event.exiting_host() {
        context.data().clock.start();
        return Ok(());
    }
    let took = context.data().clock.stop();
    if !took.is_zero() {
        current_request(context.as_context_mut()).counters.cpu(took);
    }
    Ok(())
}

/// Gives the host's own interfaces access to an instance's data.
pub struct HostApi;

impl HasData for HostApi {
    type Data<'a> = &'a mut GuestState;
}

impl WasiView for GuestState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for GuestState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.outgoing }
    }
}

/// The request behind a call through `access`.
pub fn request_behind(mut access: impl AsContextMut<Data = GuestState>) -> RequestContext {
    current_request(access.as_context_mut())
}

struct Limiter {
    component: Arc<Component>,
    memory_bytes_max: usize,
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let allowed = desired <= self.memory_bytes_max;
        if !allowed {
            let limit = self.memory_bytes_max;
            tracing::warn!(component = self.component.id, limit_bytes = limit, "memory limit reached");
        }
        Ok(allowed)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= INSTANCE_TABLE_ELEMENTS_MAX)
    }
}
