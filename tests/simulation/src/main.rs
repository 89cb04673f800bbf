//! `simulate`: plays histories and says what came of them.

#![allow(clippy::print_stdout, clippy::indexing_slicing, clippy::unwrap_used)] // a test's program

use clap::Parser;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;
use tierline_simulation::limits::TRACE_LINES_SHOWN;
use tierline_simulation::{CHECKERS, Evidence, Plan, choices, judge_and_trace};

/// Plays whole histories of the desk from seeds, and judges them.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask simulate")]
struct Options {
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many histories, each of the seed after the last. One is printed call by call.
    #[arg(long, default_value_t = 1)]
    runs: u64,
    /// Print every call on the store too, as far back as is kept.
    #[arg(long)]
    store: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let (started, mut totals) = (Instant::now(), Totals::default());
    for seed in options.seed..options.seed + options.runs {
        let plan = Plan::of(seed);
        let verdict = judge_and_trace(&plan, options.runs == 1);
        if options.runs == 1 || !verdict.wrong.is_empty() {
            tell(&plan, verdict.evidence.as_ref(), &options, verdict.wrong.is_empty());
        }
        for (checker, wrong) in &verdict.wrong {
            println!("WRONG seed {seed} {checker}: {wrong}");
            *totals.wrong.entry(*checker).or_default() += 1;
        }
        totals.add(verdict.evidence.as_ref());
    }
    totals.tell(started.elapsed().as_secs_f64());
    if totals.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One history, readably.
fn tell(plan: &Plan, evidence: Option<&Evidence>, options: &Options, is_right: bool) {
    println!("{plan}");
    let Some(evidence) = evidence else { return };
    let start_ms = evidence.history.iter().map(|spoken| spoken.begun.ms).min().unwrap_or(0);
    for spoken in &evidence.history {
        let ms = spoken.begun.ms - start_ms;
        println!("{:>5}.{:03} s  {spoken}", ms / 1_000, ms % 1_000);
    }
    let shown = if options.store { usize::MAX } else { TRACE_LINES_SHOWN };
    let skip = evidence.trace.len().saturating_sub(shown);
    if options.store || !is_right {
        println!("-- the store's calls, the last {}:", evidence.trace.len() - skip);
        evidence.trace.iter().skip(skip).for_each(|line| println!("{line}"));
    }
    println!("-- its mark: {:016x}", evidence.trace_hash);
}

#[derive(Default)]
struct Totals {
    histories: u64,
    requests: u64,
    acknowledged: u64,
    sent: u64,
    choices: usize,
    counted: BTreeMap<&'static str, u64>,
    wrong: BTreeMap<&'static str, u64>,
}

impl Totals {
    fn add(&mut self, evidence: Option<&Evidence>) {
        self.histories += 1;
        let Some(evidence) = evidence else { return };
        for spoken in &evidence.history {
            self.requests += 1;
            self.acknowledged += u64::from(spoken.is_acknowledged());
            self.sent += u64::from(spoken.tries);
        }
        self.choices += choices(evidence);
        for (what, times) in &evidence.counted {
            *self.counted.entry(what).or_default() += times;
        }
    }

    fn tell(&self, seconds: f64) {
        let Self { histories, requests, acknowledged, sent, choices, .. } = self;
        println!(
            "{histories} histories in {seconds:.1} s: {requests} requests, sent {sent} times, {acknowledged} \
             acknowledged; {choices} claims had a choice"
        );
        let counted: Vec<_> = self.counted.iter().map(|(what, times)| format!("{what} {times}")).collect();
        println!("store: {}", counted.join(", "));
        for checker in &CHECKERS {
            let wrong = self.wrong.get(checker.name).copied().unwrap_or(0);
            println!("{:<13} {wrong:>5} wrong  {}", checker.name, checker.holds);
        }
        let stuck = self.wrong.get("progress").copied().unwrap_or(0);
        println!("{:<13} {stuck:>5} wrong  every history comes to its end", "progress");
    }
}
