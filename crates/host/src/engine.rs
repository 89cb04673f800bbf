//! The wasmtime engine: a pooling allocator of modest size, and a clock that makes busy guests give way.

use std::sync::Arc;

use wasmtime::component::Linker;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::bindings;
use crate::exit::Failure;
use crate::guest::{GuestState, HostApi};
use crate::limits::{EPOCH_TICK, INSTANCE_TABLE_ELEMENTS_MAX, INSTANCES_MAX, Limits};
use crate::outgoing::Client;
use crate::timing::Activity;

/// Core instances, memories and tables a component of ours is made of, at most.
const CORE_INSTANCES_PER_COMPONENT: u32 = 8;
/// The clock ticks slower while nothing runs.
const IDLE_TICKS: u32 = 10;

/// Builds the engine.
pub fn build(limits: &Limits) -> Result<Engine, Failure> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(INSTANCES_MAX)
        .total_core_instances(INSTANCES_MAX * CORE_INSTANCES_PER_COMPONENT)
        .total_memories(INSTANCES_MAX)
        .total_tables(INSTANCES_MAX * 2)
        .total_stacks(INSTANCES_MAX)
        .max_memory_size(limits.memory_bytes_max)
        .table_elements(INSTANCE_TABLE_ELEMENTS_MAX)
        .max_unused_warm_slots(16);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .wasm_component_model_async(true)
        .epoch_interruption(true)
        .generate_address_map(false)
        .native_unwind_info(cfg!(windows));
    Engine::new(&config).map_err(|error| Failure::internal(format!("no wasm engine: {error:#}")))
}

/// Everything a component may import.
pub fn linker(engine: &Engine) -> wasmtime::Result<Linker<GuestState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    add_http(&mut linker)?;
    bindings::Host_::add_to_linker::<_, HostApi>(&mut linker, |state| state)?;
    Ok(linker)
}

/// `wasi:http` 0.3, with our own client in front of the usual one.
fn add_http(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    use wasmtime_wasi_http::p3::bindings::http::{client, types};
    use wasmtime_wasi_http::{WasiHttp, WasiHttpView};
    types::add_to_linker::<_, WasiHttp>(linker, GuestState::http)?;
    client::add_to_linker::<_, Client>(linker, GuestState::http)
}

/// Starts the clock that interrupts computing guests. It ends with the engine.
pub fn start_clock(engine: &Engine, activity: Arc<Activity>) -> Result<(), Failure> {
    let engine = engine.weak();
    let tick = move || {
        loop {
            std::thread::sleep(if activity.is_idle() { EPOCH_TICK * IDLE_TICKS } else { EPOCH_TICK });
            match engine.upgrade() {
                Some(engine) => engine.increment_epoch(),
                None => return,
            }
        }
    };
    let thread = std::thread::Builder::new().name("epoch-clock".to_owned()).spawn(tick);
    thread.map(drop).map_err(|error| Failure::internal(format!("no thread for the clock: {error}")))
}
