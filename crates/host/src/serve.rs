//! `tierline serve`: from a manifest to a running application, and down again.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use wasmtime::Engine;
use wasmtime::component::Linker;
use wasmtime_wasi_http::handler::{ProxyHandler, ProxyPre};

use crate::addresses::Addresses;
use crate::app::{App, AppHandle};
use crate::cache::{Cache, Origin};
use crate::cli::ServeArgs;
use crate::compose::{Dependency, compose};
use crate::drain::StopSignal;
use crate::exit::{ExitKind, Failure};
use crate::guest::{Component, GuestState};
use crate::limits::{
    INSTANCE_CONCURRENT_REQUESTS, INSTANCE_CONCURRENT_REQUESTS_SWAPPING, INSTANCE_REQUESTS_MAX,
    INSTANCE_REQUESTS_MAX_SWAPPING, Limits,
};
use crate::manifest::{ComponentSpec, Manifest};
use crate::outbound::AllowedHosts;
use crate::routes::Routes;
use crate::server::Server;
use crate::store::{PAGES_PER_MIB, Store, StoreOptions};
use crate::telemetry::{Scrape, Telemetry, Watched};
use crate::timing::Activity;
use crate::variables::{Variables, read_dotenv};
use crate::worker::Factory;
use crate::{engine, logs};

/// Runs until told to stop.
pub fn run(arguments: &ServeArgs) -> Result<(), Failure> {
    logs::start(arguments.log_format);
    let start = Instant::now();
    let telemetry = Telemetry::start()?;
    let limits = Arc::new(limits(arguments));
    let manifest = Manifest::read(&arguments.from)?;
    let routes = Routes::build(&manifest.triggers)?;
    let components = describe_components(&manifest, arguments)?;
    let wasm = read_sources(&manifest)?;
    let state_dir = state_dir(arguments);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::internal(format!("no runtime: {error}")))?;
    // Before the work: whoever has the address, a desk that runs already perhaps, is known at once.
    let listener = runtime.block_on(bind(arguments.listen))?;
    let scrape =
        arguments.metrics_listen.map(|address| runtime.block_on(Scrape::bind(address))).transpose()?;
    let pages_max = arguments.max_store_mib.map(|mib| mib * PAGES_PER_MIB);
    let store = Store::open(&StoreOptions { pages_max, ..StoreOptions::new(&state_dir) })?;
    let engine = engine::build(&limits)?;
    let compiled = compile_all(&engine, &Cache::open(&engine, &state_dir), wasm)?;
    let activity = Arc::new(Activity::default());
    engine::start_clock(&engine, activity.clone())?;
    let parts =
        Parts { engine, components, store: store.clone(), limits, activity, telemetry: telemetry.clone() };
    let listeners = (listener, scrape);
    let outcome = runtime.block_on(serve(arguments, listeners, manifest, routes, compiled, parts, start));
    runtime.shutdown_timeout(Duration::from_secs(1));
    store.close();
    telemetry.stop();
    outcome
}

/// What the application is made of.
struct Parts {
    engine: Engine,
    components: BTreeMap<String, Component>,
    store: Store,
    limits: Arc<Limits>,
    activity: Arc<Activity>,
    telemetry: Arc<Telemetry>,
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(
            ExitKind::Unavailable,
            format!("cannot listen on {address}: {error}"),
            "stop what uses the address, or name another with --listen",
        )
    })
}

async fn serve(
    arguments: &ServeArgs,
    (listener, scrape): (TcpListener, Option<Scrape>),
    manifest: Manifest,
    routes: Routes,
    compiled: BTreeMap<String, wasmtime::component::Component>,
    parts: Parts,
    start: Instant,
) -> Result<(), Failure> {
    let limits = parts.limits.clone();
    let (activity, telemetry, store) = (parts.activity.clone(), parts.telemetry.clone(), parts.store.clone());
    let handle = AppHandle::default();
    let Linked { handlers, instances } = link_all(&manifest, compiled, parts, &handle)?;
    let app = Arc::new(App::new(routes, manifest.triggers, handlers, limits.clone(), telemetry.clone()));
    handle.set(&app);

    let address = listener.local_addr().map_err(|error| Failure::internal(error.to_string()))?;
    let stop = StopSignal::catch().map_err(|error| Failure::internal(format!("no signals: {error}")))?;
    tracing::info!(application = manifest.name, %address, ms = start.elapsed().as_millis() as u64, "ready");
    let metrics = scrape.as_ref().and_then(Scrape::address);
    announce(address, metrics, arguments.ready_json);
    let routes = app.costs().clone();
    let server = Arc::new(Server::new(app, activity.clone(), telemetry.clone(), limits, arguments.timing));
    let turns = server.turns().clone();
    telemetry.instruments.watch(Watched { activity, routes, turns, store, instances });
    if let Some(scrape) = scrape {
        tokio::spawn(scrape.run(telemetry));
    }
    server.run(listener, stop.received()).await;
    Ok(())
}

fn limits(arguments: &ServeArgs) -> Limits {
    Limits {
        request_timeout: Duration::from_secs(arguments.request_timeout_s),
        memory_bytes_max: arguments.max_memory_bytes,
        body_bytes_max: arguments.max_body_bytes,
        client_silence_max: Duration::from_secs(arguments.client_silence_s),
        requests_concurrent_max: arguments.max_concurrent_requests,
        requests_waiting_max: arguments.max_waiting_requests,
        client_requests_per_s: arguments.max_client_requests_per_s,
        client_refusals_per_min: arguments.max_client_refusals_per_min,
        addresses: Addresses {
            trusted: arguments.trust_forwarded_from.clone(),
            unlimited: arguments.unlimited_from.clone(),
        },
        instance_requests_max: arguments.max_instance_reuse_count,
        instance_concurrent_requests: arguments.max_instance_concurrent_reuse_count,
        instance_idle: Duration::from_millis(arguments.idle_instance_timeout_ms),
        post_return_max: Duration::from_secs(arguments.post_return_timeout_s),
        ..Limits::default()
    }
}

fn state_dir(arguments: &ServeArgs) -> PathBuf {
    let beside_manifest = || arguments.from.parent().unwrap_or(Path::new(".")).join(".spin");
    arguments.state_dir.clone().unwrap_or_else(beside_manifest)
}

/// What each component is and may do.
fn describe_components(
    manifest: &Manifest,
    arguments: &ServeArgs,
) -> Result<BTreeMap<String, Component>, Failure> {
    let file = read_dotenv(&manifest.path)?;
    let environment = |name: &str| std::env::var(name).ok().or_else(|| file.get(name).cloned());
    let variables = Variables::resolve(&manifest.variables, &arguments.given_variables(), environment)?;
    let mut filled = variables.fill_components(manifest)?;
    let describe = |(id, spec): (&String, &ComponentSpec)| {
        let component = Component {
            id: id.clone(),
            key_value_stores: spec.key_value_stores.iter().cloned().collect(),
            allowed_hosts: allowed_hosts(manifest, id, spec, &variables)?,
            variables: filled.remove(id).unwrap_or_default(),
            environment: spec.environment.clone(),
        };
        Ok((id.clone(), component))
    };
    manifest.components.iter().map(describe).collect()
}

fn allowed_hosts(
    manifest: &Manifest,
    id: &str,
    spec: &ComponentSpec,
    variables: &Variables,
) -> Result<AllowedHosts, Failure> {
    let refuse = |problem: String| {
        let place = format!("{}:{}", manifest.path.display(), spec.line);
        Failure::configuration(
            format!("{place}: allowed_outbound_hosts of component `{id}`: {problem}"),
            "write each entry as scheme://host or scheme://host:port",
        )
    };
    let entries = spec.allowed_outbound_hosts.iter().map(|entry| variables.fill(entry));
    let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|error| refuse(error.to_string()))?;
    AllowedHosts::parse(&entries).map_err(refuse)
}

fn read_sources(manifest: &Manifest) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let read = |(id, spec): (&String, &ComponentSpec)| {
        let wasm = read_wasm(id, &spec.source)?;
        let dependency = |spec| Ok(Dependency { spec, wasm: read_wasm(id, &spec.path)? });
        let parts = spec.dependencies.iter().map(dependency).collect::<Result<Vec<_>, Failure>>()?;
        let whole = compose(wasm, parts, !spec.environment.is_empty()).map_err(|unfit| {
            let place = format!("{}:{}", manifest.path.display(), spec.line);
            Failure::configuration(
                format!("{place}: component `{id}`: {unfit}"),
                "correct [component.ID.dependencies]; crates/host/README.md says what a dependency may do",
            )
        })?;
        Ok((id.clone(), whole))
    };
    manifest.components.iter().map(read).collect()
}

fn read_wasm(id: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        Failure::new(
            ExitKind::MissingInput,
            format!("the wasm file of component `{id}` cannot be read: {}: {error}", path.display()),
            "build the components first (`cargo xtask build`, or `spin build`)",
        )
    })
}

/// Loads or compiles all components, each core taking the next one.
fn compile_all(
    engine: &Engine,
    cache: &Cache,
    wasm: BTreeMap<String, Vec<u8>>,
) -> Result<BTreeMap<String, wasmtime::component::Component>, Failure> {
    let todo = Mutex::new(wasm);
    let done = Mutex::new(BTreeMap::new());
    let lock =
        |queue: &Mutex<BTreeMap<_, _>>| queue.lock().unwrap_or_else(PoisonError::into_inner).pop_first();
    let work = || {
        while let Some((id, bytes)) = lock(&todo) {
            let compiled = compile(engine, cache, &id, &bytes);
            done.lock().unwrap_or_else(PoisonError::into_inner).insert(id, compiled);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    cache.sweep();
    give_back_memory();
    done.into_iter().map(|(id, compiled)| Ok((id, compiled?))).collect()
}

/// Compiling takes tens of megabytes that glibc would keep for later; nothing later needs them.
fn give_back_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "a call into the C library")]
    // SAFETY: `malloc_trim` may be called at any time; it only hands free pages back to the system.
    unsafe {
        libc::malloc_trim(0);
    }
}

fn compile(
    engine: &Engine,
    cache: &Cache,
    id: &str,
    wasm: &[u8],
) -> Result<wasmtime::component::Component, Failure> {
    let start = Instant::now();
    let (component, origin) = cache.load(engine, id, wasm).map_err(|error| {
        Failure::new(
            ExitKind::MissingInput,
            format!("component `{id}` is not a usable wasm component: {}", first_line(&error)),
            "build it for wasm32-wasip2 (`cargo xtask build`, or `spin build`)",
        )
    })?;
    let ms = start.elapsed().as_millis() as u64;
    match origin {
        Origin::Compiled => tracing::info!(component = id, ms, "compiled"),
        Origin::Cached => tracing::debug!(component = id, ms, "loaded from the cache"),
    }
    Ok(component)
}

/// The components, ready for requests.
struct Linked {
    handlers: BTreeMap<String, ProxyHandler<Factory>>,
    /// How many instances each has.
    instances: Vec<(String, Arc<AtomicI64>)>,
}

fn link_all(
    manifest: &Manifest,
    compiled: BTreeMap<String, wasmtime::component::Component>,
    mut parts: Parts,
    handle: &AppHandle,
) -> Result<Linked, Failure> {
    let linker = engine::linker(&parts.engine)
        .map_err(|error| Failure::internal(format!("the host's interfaces do not link: {error:#}")))?;
    let mut linked = Linked { handlers: BTreeMap::new(), instances: Vec::new() };
    for (id, component) in compiled {
        let Some(description) = parts.components.remove(&id) else { continue };
        let is_shared = !swaps(&parts, &component);
        let factory = Factory {
            engine: parts.engine.clone(),
            component: Arc::new(description),
            linked: link(manifest, &linker, &id, &component)?,
            concurrent_requests: concurrent_requests(&parts.limits, is_shared),
            requests_max: requests_max(&parts.limits, is_shared),
            limits: parts.limits.clone(),
            store: parts.store.clone(),
            activity: parts.activity.clone(),
            app: handle.clone(),
            instances: Arc::default(),
        };
        linked.instances.push((id.clone(), factory.instances.clone()));
        linked.handlers.insert(id, ProxyHandler::new(factory));
    }
    Ok(linked)
}

/// Whether a component swaps in the store: it then waits for the disk with everything in it.
fn swaps(parts: &Parts, component: &wasmtime::component::Component) -> bool {
    let kind = component.component_type();
    kind.imports(&parts.engine).any(|(name, _)| name.starts_with("wasi:keyvalue/atomics@"))
}

/// How many requests an instance takes at once. One of a component that only reads and computes is better shared, with what it
/// has loaded.
fn concurrent_requests(limits: &Limits, is_shared: bool) -> usize {
    let usual = if is_shared { INSTANCE_CONCURRENT_REQUESTS } else { INSTANCE_CONCURRENT_REQUESTS_SWAPPING };
    limits.instance_concurrent_requests.unwrap_or(usual)
}

/// How many requests an instance takes in all.
fn requests_max(limits: &Limits, is_shared: bool) -> usize {
    let usual = if is_shared { INSTANCE_REQUESTS_MAX } else { INSTANCE_REQUESTS_MAX_SWAPPING };
    limits.instance_requests_max.unwrap_or(usual)
}

/// Links a component and finds out which `wasi:http` it serves.
fn link(
    manifest: &Manifest,
    linker: &Linker<GuestState>,
    id: &str,
    component: &wasmtime::component::Component,
) -> Result<ProxyPre<GuestState>, Failure> {
    let place = manifest.path.display();
    let pre = linker.instantiate_pre(component).map_err(|error| {
        Failure::configuration(
            format!("{place}: component `{id}` needs what this host does not offer: {}", first_line(&error)),
            "run it under Spin, or build it without that interface",
        )
    })?;
    if let Ok(pre) = wasmtime_wasi_http::p3::bindings::ServicePre::new(pre.clone()) {
        return Ok(ProxyPre::P3(pre));
    }
    wasmtime_wasi_http::p2::bindings::ProxyPre::new(pre).map(ProxyPre::P2).map_err(|_| {
        Failure::configuration(
            format!("{place}: component `{id}` does not serve wasi:http 0.3 or 0.2"),
            "build it as an HTTP component",
        )
    })
}

fn first_line(error: &wasmtime::Error) -> String {
    format!("{error:#}").lines().next().unwrap_or_default().to_owned()
}

#[expect(clippy::print_stderr, reason = "what a person at the terminal waits for")]
fn announce(address: SocketAddr, metrics: Option<SocketAddr>, ready_json: bool) {
    let url = format!("http://{address}");
    let metrics = metrics.map(|address| format!("http://{address}/metrics"));
    if ready_json {
        let line = serde_json::json!({ "url": url, "metrics": metrics, "pid": std::process::id() });
        let mut output = std::io::stdout().lock();
        // Whoever closed our output does not want the line.
        _ = writeln!(output, "{line}").and_then(|()| output.flush());
    } else {
        eprintln!("Listening on {url}");
        if let Some(metrics) = metrics {
            eprintln!("Metrics at {metrics}");
        }
    }
}
