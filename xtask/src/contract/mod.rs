//! `cargo xtask contract`: the running desk against its own OpenAPI document, by schemathesis with every check on.

mod python;

use std::fs;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use clap::Args;

use self::python::Venv;
use crate::build;
use crate::project::Project;
use crate::run::demo::Demo;
use crate::run::host::{Host, Serving};
use crate::run::secrets::Secrets;
use crate::run::{check_target_dir, publish};
use crate::step;

/// Where schemathesis' settings and hooks are.
const FOLDER: &str = "tests/contract";
/// Roles of the demo's people, and the variables that their tokens come to the hooks in.
const TOKENS: [(&str, &str); 4] = [
    ("care", "TIERLINE_CARE_TOKEN"),
    ("consultant", "TIERLINE_CONSULTANT_TOKEN"),
    ("admin", "TIERLINE_ADMIN_TOKEN"),
    ("operator", "TIERLINE_STAFF_OPERATOR_TOKEN"),
];
/// How much longer than its budget schemathesis may take: it finishes what it is at.
const OVERTIME: Duration = Duration::from_secs(300);

/// How long, and from which seed.
#[derive(Debug, Args)]
pub struct Options {
    /// How long to go on finding nothing.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub minutes: u64,
    /// Repeats the run that named this seed.
    #[arg(long)]
    pub seed: Option<u64>,
}

/// Builds, serves the demo desk over an empty database, and asks it for so many minutes.
pub fn run(project: &Project, options: &Options) -> Result<ExitCode> {
    build::to_serve(project)?;
    check(project, Duration::from_secs(options.minutes * 60), options.seed)?;
    Ok(ExitCode::SUCCESS)
}

/// Asks what was built. Fails with schemathesis' own words above.
pub fn check(project: &Project, budget: Duration, seed: Option<u64>) -> Result<()> {
    check_target_dir(project)?;
    let venv = Venv::ready(project, &project.root.join(FOLDER).join("requirements.txt"))?;
    let state_dir = project.target_dir.join("contract").join("state");
    if state_dir.exists() {
        fs::remove_dir_all(&state_dir).context("cannot remove the last run's database")?;
    }
    let demo = Demo::read(&project.root.join("demo").join("desk.toml"))?;
    let secrets = Secrets::load_or_generate(&state_dir, &demo)?;
    let listen = ([127, 0, 0, 1], 0).into();
    let host = match Host::start(project, listen, &state_dir, &secrets)?.wait_until_ready()? {
        Serving::Ready(host) => host,
        Serving::Ended(_) => return Err(anyhow!("the host ended; the reason is above")),
    };
    let outcome = publish::publish(host.url(), &demo, &secrets).and_then(|()| {
        let mut command = schemathesis(project, &venv, host.url(), budget, seed);
        tell_secrets(&mut command, host.url(), &demo, &secrets)?;
        step::run_within(&mut command, "schemathesis", budget + OVERTIME)
    });
    match host.stop_unless_ended()? {
        Some(_) => Err(anyhow!("the host ended while it was asked; the reason is above")),
        None => outcome,
    }
}

fn schemathesis(project: &Project, venv: &Venv, url: &str, budget: Duration, seed: Option<u64>) -> Command {
    let folder = project.root.join(FOLDER);
    let mut command = venv.command("schemathesis");
    // Python would leave its compiled hooks beside them.
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command.current_dir(&folder).arg("--config-file").arg(folder.join("schemathesis.toml")).arg("run");
    command.arg(format!("{url}/openapi.json")).args(["--checks", "all", "--no-color"]);
    command.args(["--generation-database", "none", "--max-time", &budget.as_secs().to_string()]);
    if let Some(seed) = seed {
        command.arg("--seed").arg(seed.to_string());
    }
    command
}

/// In the environment, not on the command line, where every user of the machine could read them.
fn tell_secrets(command: &mut Command, url: &str, demo: &Demo, secrets: &Secrets) -> Result<()> {
    command.env("TIERLINE_URL", url).env("TIERLINE_DESK", &demo.desk);
    command.env("TIERLINE_OPERATOR_TOKEN", &secrets.operator_token);
    for (role, variable) in TOKENS {
        let person = demo.first(role).with_context(|| format!("the demo desk has nobody for {role}"))?;
        command.env(variable, secrets.token(&demo.desk, person)?);
    }
    Ok(())
}
