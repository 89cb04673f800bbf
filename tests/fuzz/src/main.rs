//! `fuzz`: garbage until the time is up, or until something is found.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // a test's program

use clap::Parser;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tierline_fuzz::{Garbage, TARGETS, Target, bear};

/// Garbage for everything that reads what others wrote.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask fuzz")]
struct Options {
    /// Seconds for each target.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Where the garbage begins.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only this target.
    #[arg(long)]
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(TARGETS.iter().map(|target| target.name)))]
    target: Option<String>,
    /// Prints the targets and does nothing.
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if options.list {
        TARGETS.iter().for_each(|target| println!("{}", target.name));
        return ExitCode::SUCCESS;
    }
    let wanted = |target: &&Target| options.target.as_ref().is_none_or(|name| name == target.name);
    let mut is_found = false;
    for target in TARGETS.iter().filter(wanted) {
        let (prepared, mut garbage) = ((target.prepare)(), Garbage::new(options.seed));
        let (started, mut inputs) = (Instant::now(), 0_u64);
        let found = loop {
            if started.elapsed() > Duration::from_secs(options.seconds) {
                break None;
            }
            inputs += 1;
            if let Some(found) = bear(&prepared, &garbage.next(&prepared.seeds)) {
                break Some(found);
            }
        };
        println!(
            "{:<12} {inputs:>9} inputs  {}",
            target.name,
            if found.is_some() { "FOUND" } else { "nothing" }
        );
        if let Some(found) = found {
            is_found = true;
            let file = std::env::temp_dir().join(format!("{}-{inputs}", target.name));
            std::fs::write(&file, &found.input).unwrap();
            println!(
                "    {}\n    the input: {}; mend it, and keep the input in tests/fuzz/found/",
                found.what,
                file.display()
            );
        }
    }
    if is_found { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
