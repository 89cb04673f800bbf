//! `cargo xtask run`: build what changed, serve the demo desk, tick, say how to try it.

pub mod demo;
pub mod host;
pub mod publish;
pub mod secrets;
mod welcome;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;

use self::demo::Demo;
use self::host::{Host, Serving};
use self::secrets::Secrets;
use crate::build;
use crate::project::Project;

/// How the demo is served.
#[derive(Debug, Args)]
pub struct Options {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Where the desk keeps its data [default: .spin next to spin.toml, as Spin itself does].
    #[arg(long, value_name = "FOLDER")]
    pub state_dir: Option<PathBuf>,
    /// When ready, print one line of JSON on standard output: url, desk, tokens, and the pid to stop.
    #[arg(long)]
    pub json: bool,
}

/// Serves until told to stop, and ends with the host's own exit code.
pub fn run(project: &Project, options: &Options) -> Result<ExitCode> {
    check_target_dir(project)?;
    build::to_serve(project)?;
    let state_dir = options.state_dir.clone().unwrap_or_else(|| project.root.join(".spin"));
    let demo = Demo::read(&project.root.join("demo").join("desk.toml"))?;
    let secrets = Secrets::load_or_generate(&state_dir, &demo)?;
    match Host::start(project, options.listen, &state_dir, &secrets)?.wait_until_ready()? {
        Serving::Ended(code) => Ok(code),
        Serving::Ready(host) => present(host, &demo, &secrets, options.json),
    }
}

/// `spin.toml` names its components below `target/`, and must keep doing so for Spin.
pub fn check_target_dir(project: &Project) -> Result<()> {
    let expected = project.root.join("target");
    if project.target_dir != expected {
        bail!(
            "spin.toml serves what is built in {}, but Cargo builds in {}: unset CARGO_TARGET_DIR",
            expected.display(),
            project.target_dir.display()
        );
    }
    Ok(())
}

fn present(host: Host, demo: &Demo, secrets: &Secrets, json: bool) -> Result<ExitCode> {
    if let Err(error) = publish::publish(host.url(), demo, secrets) {
        // A host that has died says more than the connection it dropped.
        return host.stop_unless_ended()?.ok_or(error);
    }
    publish::go_on_ticking(host.url(), secrets);
    welcome::print(host.url(), demo, secrets);
    if json {
        writeln!(io::stdout(), "{}", welcome::ready_line(host.url(), demo, secrets)?)?;
    }
    host.wait()
}

/// Makes a folder and those above it.
fn create_dir(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}
