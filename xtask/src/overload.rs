//! `cargo xtask overload`: more asked of the host than it can do.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::project::Project;
use crate::{build, test};

/// How long.
#[derive(Debug, Args)]
pub struct Options {
    /// Seconds that each phase lasts; there are eight.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=3_600))]
    pub seconds: u32,
    /// What the host is told besides.
    #[arg(last = true)]
    pub host: Vec<String>,
}

/// Builds what is deployed, and tells how it bears it.
pub fn run(project: &Project, options: &Options) -> Result<ExitCode> {
    build::to_serve(project)?;
    let mut command = project.cargo();
    command.args(["run", "--quiet", "--package", "tierline-e2e", "--bin", "overload", "--"]);
    command.arg(options.seconds.to_string()).args(&options.host);
    test::tell_where(project, &mut command);
    let status = command.status().context("cannot start cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
