//! `tierline triage eval` without the host: `cargo run --release -p tierline-triage-eval --example eval -- --help`.

use clap::Parser;
use tierline_triage_eval::{EvalArgs, run};

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    arguments: EvalArgs,
}

fn main() -> anyhow::Result<()> {
    run(&Cli::parse().arguments, &mut std::io::stdout().lock())
}
