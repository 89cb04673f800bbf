//! Steps: one announced line each, and the commands they run.

use std::io;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How often a child with a time limit is looked at.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Announces steps as `[2/4] components (6)` on standard error.
pub struct Steps {
    total: usize,
    begun: usize,
}

impl Steps {
    /// A task of `total` steps.
    pub fn new(total: usize) -> Self {
        Self { total, begun: 0 }
    }

    /// Announces the next one.
    pub fn begin(&mut self, what: &str) {
        self.begun += 1;
        eprintln!("[{}/{}] {what}", self.begun, self.total);
    }
}

/// Runs a command whose own output tells how it goes; `what` names it when it fails.
///
/// # Errors
/// When it cannot be started or does not end with 0.
pub fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = detached(command).status().with_context(|| format!("{what}: cannot start"))?;
    if !status.success() {
        bail!("{what} failed ({status}); the reason is above");
    }
    Ok(())
}

/// All a step says goes to standard error: standard output is for results.
fn detached(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(io::stderr())
}

/// A command's trimmed standard output; nothing when it is not there or does not end with 0.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Runs a command that may hang (a download behind a silent firewall), and stops it at `limit`.
///
/// # Errors
/// As [`run`], and when the limit passes.
pub fn run_within(command: &mut Command, what: &str, limit: Duration) -> Result<()> {
    let started = Instant::now();
    let mut child = detached(command).spawn().with_context(|| format!("{what}: cannot start"))?;
    loop {
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("{what} failed ({status})");
            }
            return Ok(());
        }
        if started.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            bail!("{what} did not end within {} s", limit.as_secs());
        }
        thread::sleep(POLL_INTERVAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hanging_command_is_stopped_at_its_limit() {
        let started = Instant::now();
        let error = run_within(Command::new("sleep").arg("60"), "waiting", Duration::from_millis(100));
        assert!(error.unwrap_err().to_string().contains("did not end"));
        assert!(started.elapsed() < Duration::from_secs(30));
        run_within(&mut Command::new("true"), "nothing", Duration::from_secs(30)).unwrap();
    }

    #[test]
    fn output_is_nothing_for_what_is_not_there() {
        assert_eq!(output(&mut Command::new("tierline-no-such-command")), None);
        assert_eq!(output(&mut Command::new("false")), None);
        assert_eq!(output(Command::new("echo").arg("yes")), Some("yes".into()));
    }
}
