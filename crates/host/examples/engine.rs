//! What a tier 1 engine costs inside wasm, ours or another behind the same contract:
//! `cargo run --release -p tierline-host --example engine -- --engine engine.wasm --train train.csv --test test.csv`.
//!
//! It is compiled and loaded as the host does, given a desk of one answer a label with what was learnt of the examples, and
//! asked every question.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use clap::Parser;
use tierline_triage_eval::{Labelled, OUT_OF_SCOPE, learn, read};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, ResourceLimiter, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

mod generated {
    #![allow(missing_docs, clippy::all)]
    wasmtime::component::bindgen!({ world: "triage-engine", path: "../../wit" });
}
use generated::TriageEnginePre;

use generated::exports::tierline::triage::engine::{Desk, Difficulty, Phrasing, Question, Settings, Topic};

/// Instances made, each of which opens the desk: the first is what a cold start costs, of the rest the middle is told.
const LOADS: usize = 11;

#[derive(Parser)]
struct Cli {
    /// The engine's component.
    #[arg(long, value_name = "FILE")]
    engine: PathBuf,
    /// The examples: CSV with the columns `text,label`; the label `oos` means none of the others.
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// The questions, likewise.
    #[arg(long, value_name = "FILE")]
    test: PathBuf,
    /// Bytes of linear memory that it may have.
    #[arg(long, value_name = "BYTES", default_value_t = tierline_host::limits::INSTANCE_MEMORY_BYTES_MAX)]
    max_memory_bytes: usize,
}

/// One instance's data.
struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    memory: Memory,
}

/// Counts, and refuses what the host would.
struct Memory {
    bytes: usize,
    bytes_max: usize,
}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.bytes = self.bytes.max(desired);
        Ok(desired <= self.bytes_max)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let examples = read(&cli.train)?;
    let questions = read(&cli.test)?;
    let desk = desk(&examples)?;

    let mut config = Config::new();
    config.wasm_component_model_async(true).epoch_interruption(true).generate_address_map(false);
    let engine = Engine::new(&config).map_err(|error| anyhow!("no wasm engine: {error:#}"))?;
    let wasm = std::fs::read(&cli.engine).with_context(|| cli.engine.display().to_string())?;
    let started = Instant::now();
    let component = Component::new(&engine, &wasm).map_err(|error| anyhow!("{error:#}"))?;
    let compiled = started.elapsed();
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).map_err(|error| anyhow!("{error:#}"))?;
    let pre = linker.instantiate_pre(&component).and_then(TriageEnginePre::new);
    let pre = pre.map_err(|error| anyhow!("it does not fit the contract: {error:#}"))?;

    let load = || -> Result<_> {
        let memory = Memory { bytes: 0, bytes_max: cli.max_memory_bytes };
        let state = State { wasi: WasiCtx::builder().build(), table: ResourceTable::new(), memory };
        let mut store = Store::new(&engine, state);
        store.limiter(|state| &mut state.memory);
        store.set_epoch_deadline(u64::MAX / 2);
        let started = Instant::now();
        let instance = pre.instantiate(&mut store).map_err(|error| anyhow!("{error:#}"))?;
        let tier1 = instance.tierline_triage_engine().tier1();
        let opened = tier1.call_open(&mut store, &desk).map_err(|error| anyhow!("{error:#}"))?;
        let opened = opened.map_err(|why| anyhow!("it does not open: {why}"))?;
        Ok((started.elapsed(), store, instance, opened))
    };
    let (cold, mut store, instance, opened) = load()?;
    let mut loads = (1..LOADS).map(|_| load().map(|loaded| loaded.0)).collect::<Result<Vec<_>>>()?;
    let loaded = middle(&mut loads);

    let tier1 = instance.tierline_triage_engine().tier1();
    let mut times = Vec::with_capacity(questions.len());
    let (mut right, mut in_scope) = (0_usize, 0_usize);
    for Labelled { text, label } in &questions {
        let question = Question { desk: "bench".into(), subject: None, body: text.clone(), locale: None };
        let started = Instant::now();
        let said = tier1.call_decide(&mut store, opened, &question).map_err(|error| anyhow!("{error:#}"))?;
        times.push(started.elapsed());
        let best = said.candidates.first().map(|candidate| &candidate.label);
        in_scope += usize::from(label != OUT_OF_SCOPE);
        right += usize::from(best == Some(label));
    }
    let mean_us = times.iter().sum::<Duration>().as_secs_f64() * 1e6 / times.len().max(1) as f64;
    let middle_us = middle(&mut times).as_secs_f64() * 1e6;
    let slow_us = times.get(times.len() * 99 / 100).map_or(0.0, |time| time.as_secs_f64() * 1e6);

    let line = |name: &str, value: String| println!("{name:<48}{value:>12}");
    line("bytes of the component", wasm.len().to_string());
    line("seconds to compile it, once for each build", format!("{:.1}", compiled.as_secs_f64()));
    line("labels", desk.topics.len().to_string());
    line("examples", examples.len().to_string());
    line("milliseconds to load, the first time", format!("{:.1}", cold.as_secs_f64() * 1e3));
    line("milliseconds to load, another instance", format!("{:.1}", loaded.as_secs_f64() * 1e3));
    line("questions asked", questions.len().to_string());
    line("microseconds a text: mean", format!("{mean_us:.0}"));
    line("microseconds a text: half take less than", format!("{middle_us:.0}"));
    line("microseconds a text: 99 of 100 take less than", format!("{slow_us:.0}"));
    line("MiB of memory", format!("{:.1}", store.data().memory.bytes as f64 / f64::from(1 << 20)));
    line("best candidate right, in scope", format!("{:.2} %", 100.0 * right as f64 / in_scope.max(1) as f64));
    Ok(())
}

/// Sorts them, too.
fn middle(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// One answer a label.
fn desk(examples: &[Labelled]) -> Result<Desk> {
    let mut labels: Vec<&str> = examples.iter().map(|example| example.label.as_str()).collect();
    labels.retain(|label| *label != OUT_OF_SCOPE);
    labels.sort_unstable();
    labels.dedup();
    let topic = |label: &str| Topic {
        id: label.to_owned(),
        languages: vec!["en".to_owned()],
        line: "care".to_owned(),
        department: "technical".to_owned(),
        difficulty: Difficulty::Easy,
        urgent: false,
        named: false,
        skills: vec![],
        phrasings: vec![Phrasing {
            language: "en".to_owned(),
            examples: examples.iter().filter(|one| one.label == label).map(|one| one.text.clone()).collect(),
        }],
    };
    let settings = Settings {
        precision: 0.97,
        confidence_min: 0.55,
        route_confidence_min: 0.3,
        default_language: "en".to_owned(),
        languages: vec!["en".to_owned()],
        fallback_line: "care".to_owned(),
        fallback_department: "technical".to_owned(),
        held_back: vec![],
    };
    Ok(Desk {
        topics: labels.into_iter().map(topic).collect(),
        settings,
        learnt: Some(learn(examples)?.write()),
    })
}
