//! `cargo xtask simulate`: whole histories of the desk from seeds.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::project::Project;

/// Which histories.
#[derive(Debug, Args)]
pub struct Options {
    /// The first seed. One history alone is printed call by call, and is the same each time.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// How many, each of the seed after the last.
    #[arg(long, default_value_t = 1)]
    pub runs: u64,
    /// Print every call on the store too.
    #[arg(long)]
    pub store: bool,
}

/// Plays them.
pub fn run(project: &Project, options: &Options) -> Result<ExitCode> {
    let mut command = project.cargo();
    command.args(["run", "--quiet", "--package", "tierline-simulation", "--bin", "simulate", "--"]);
    command.args(["--seed", &options.seed.to_string(), "--runs", &options.runs.to_string()]);
    if options.store {
        command.arg("--store");
    }
    let status = command.status().context("cannot start cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
