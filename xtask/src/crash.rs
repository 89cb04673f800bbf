//! `cargo xtask crash`: the host and the components under load, killed and cut off again and again.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::project::Project;
use crate::{build, step, test};

/// How often, and from which seed.
#[derive(Debug, Args)]
pub struct Options {
    /// How often it is killed, and how often its power is cut.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub cycles: u64,
    /// Which moments.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Builds what is deployed, and runs the crash tests on it.
pub fn run(project: &Project, options: &Options) -> Result<ExitCode> {
    build::to_serve(project)?;
    let mut command = project.cargo();
    command.args([
        "test",
        "--package",
        "tierline-e2e",
        "--test",
        "crash",
        "--",
        "--nocapture",
        "--test-threads",
        "1",
    ]);
    test::tell_where(project, &mut command);
    command.env("TIERLINE_CRASH_CYCLES", options.cycles.to_string());
    command.env("TIERLINE_CRASH_SEED", options.seed.to_string());
    step::run(&mut command, "the crash tests")?;
    Ok(ExitCode::SUCCESS)
}
