//! Build, run and test: the one entry point (`cargo xtask <command>`).
//!
//! A person with a fresh clone, a laptop in the middle of a change and a build server all use these
//! same commands, so that "it works here" means the same thing everywhere. They are for Unix.

mod build;
mod contract;
mod crash;
mod digest;
mod failure;
mod fuzz;
mod manifest;
mod mutants;
mod overload;
mod project;
mod run;
mod simulate;
mod sizes;
mod step;
mod test;
mod tidy;
mod toolchain;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Tierline's tasks.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Get the wasm target, then build every component, test guest and the host.
    Build,
    /// Build what changed, serve the demo desk, and say how to try it.
    Run(run::Options),
    /// Everything a change must pass: tidy, format, lints, build, tests.
    Test,
    /// Ask the running desk, by schemathesis with every check on, whether it is as its OpenAPI document says.
    Contract(contract::Options),
    /// Put the host under load, kill it and cut its power at random moments, and look whether anything was lost.
    Crash(crash::Options),
    /// Give garbage to everything that reads what others wrote: requests, desk files, documents in the store, tokens.
    Fuzz(fuzz::Options),
    /// Make known mistakes in a copy of the code, one at a time: each must be found by the checker it is meant for.
    Mutants(mutants::Options),
    /// Ask more of the host than it can do: what is shed, how soon the rest is answered, whether one desk starves another.
    Overload(overload::Options),
    /// Play whole histories of the desk from seeds: stores that lie, instances that die, clocks that jump.
    Simulate(simulate::Options),
    /// Only the housekeeping checks of `test`.
    Tidy,
}

fn main() -> ExitCode {
    perform(Cli::parse().task).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(failure::exit_code(&error))
    })
}

fn perform(task: Task) -> Result<ExitCode> {
    let project = project::Project::find()?;
    match task {
        Task::Build => build::everything(&project).map(|()| ExitCode::SUCCESS),
        Task::Run(options) => run::run(&project, &options),
        Task::Test => test::run(&project),
        Task::Contract(options) => contract::run(&project, &options),
        Task::Crash(options) => crash::run(&project, &options),
        Task::Fuzz(options) => fuzz::run(&project, &options),
        Task::Mutants(options) => mutants::run(&project, &options),
        Task::Overload(options) => overload::run(&project, &options),
        Task::Simulate(options) => simulate::run(&project, &options),
        Task::Tidy => tidy::check(&project).map(|()| ExitCode::SUCCESS),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn flags_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn run_takes_a_listen_address_and_a_state_folder() {
        let cli = Cli::try_parse_from(["xtask", "run", "--listen", "[::1]:8080", "--json"]).unwrap();
        let Task::Run(options) = cli.task else { panic!("not run") };
        assert_eq!(options.listen.to_string(), "[::1]:8080");
        assert!(options.json);
        assert_eq!(options.state_dir, None);
        assert!(Cli::try_parse_from(["xtask", "run", "--listen", "3000"]).is_err());
    }
}
