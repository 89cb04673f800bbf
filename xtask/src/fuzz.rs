//! `cargo xtask fuzz`: garbage for everything that reads what others wrote.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::project::Project;

/// How long, and at what.
#[derive(Debug, Args)]
pub struct Options {
    /// Seconds for each target.
    #[arg(long, default_value_t = 60)]
    pub seconds: u64,
    /// Where the garbage begins.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Only this target.
    #[arg(long)]
    pub target: Option<String>,
}

/// Tries it.
pub fn run(project: &Project, options: &Options) -> Result<ExitCode> {
    let mut command = project.cargo();
    command.args(["run", "--quiet", "--package", "tierline-fuzz", "--bin", "fuzz", "--"]);
    command.args(["--seconds", &options.seconds.to_string(), "--seed", &options.seed.to_string()]);
    if let Some(target) = &options.target {
        command.args(["--target", target]);
    }
    let status = command.status().context("cannot start cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
