//! The host as a child: start it, wait until it is ready, pass signals on, end as it ended.

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::secrets::Secrets;
use crate::project::Project;

/// How long after a connection broke the end of the host behind it may come to be known.
const END_NOTICE_DELAY: Duration = Duration::from_millis(300);

/// A running host.
pub struct Host {
    pid: Pid,
    url: String,
    events: Receiver<Event>,
}

/// What starting a host came to.
pub enum Serving {
    /// It answers requests.
    Ready(Host),
    /// It ended before it did; why is on standard error.
    Ended(ExitCode),
}

/// All that can happen to a host, from the threads that wait for it.
enum Event {
    Ready(ReadyLine),
    Stop(Signal),
    Ended(io::Result<ExitStatus>),
}

/// What the host prints with `--ready-json`.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct ReadyLine {
    url: String,
}

impl Host {
    /// Starts the host that was built.
    pub fn start(project: &Project, listen: SocketAddr, state_dir: &Path, secrets: &Secrets) -> Result<Self> {
        let (sender, events) = mpsc::channel();
        // Before the host is there, so that a Ctrl-C between the two is not missed.
        forward_signals(sender.clone())?;
        let binary = project.host_binary();
        let mut child = serve_command(&binary, project, listen, state_dir, secrets)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let pid = Pid::from_child(&child);
        if let Some(stdout) = child.stdout.take() {
            read_lines(stdout, sender.clone());
        }
        wait_for_end(child, sender);
        Ok(Self { pid, url: format!("http://{listen}"), events })
    }

    /// Waits for the host's ready line.
    ///
    /// There is no time limit: it may have to compile all components, and Ctrl-C works meanwhile.
    pub fn wait_until_ready(mut self) -> Result<Serving> {
        loop {
            match self.events.recv()? {
                Event::Ready(line) => {
                    self.url = line.url.trim_end_matches('/').to_owned();
                    return Ok(Serving::Ready(self));
                }
                Event::Stop(signal) => self.signal(signal),
                Event::Ended(status) => return Ok(Serving::Ended(exit_code(status?))),
            }
        }
    }

    /// Where it answers, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Serves until the host ends, by itself or because it was told to.
    pub fn wait(self) -> Result<ExitCode> {
        loop {
            match self.events.recv()? {
                Event::Ready(_) => {}
                Event::Stop(signal) => self.signal(signal),
                Event::Ended(status) => return Ok(exit_code(status?)),
            }
        }
    }

    /// Stops the host; tells its exit code only if it ended by itself or a person stopped it.
    pub fn stop_unless_ended(self) -> Result<Option<ExitCode>> {
        match self.events.recv_timeout(END_NOTICE_DELAY) {
            Ok(Event::Ended(status)) => Ok(Some(exit_code(status?))),
            Ok(Event::Stop(signal)) => {
                self.signal(signal);
                self.wait().map(Some)
            }
            Ok(Event::Ready(_)) | Err(_) => {
                self.signal(Signal::TERM);
                self.wait().map(|_stopped| None)
            }
        }
    }

    /// A host that has just ended by itself cannot be told anything; that is no error.
    fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).ok();
    }
}

fn serve_command(
    binary: &Path,
    project: &Project,
    listen: SocketAddr,
    state_dir: &Path,
    secrets: &Secrets,
) -> Command {
    let mut command = Command::new(binary);
    command.arg("serve").arg("--from").arg(project.manifest());
    command.arg("--listen").arg(listen.to_string()).arg("--state-dir").arg(state_dir);
    command.args(["--timing", "--ready-json"]);
    // In the environment, not on the command line, where every user of the machine could read them.
    command.env("SPIN_VARIABLE_TICKET_SECRET", &secrets.ticket_secret);
    command.env("SPIN_VARIABLE_OPERATOR_TOKEN", &secrets.operator_token);
    // A group of its own: a terminal's Ctrl-C then comes to it once, from here, and not twice.
    command.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
    command
}

fn forward_signals(sender: Sender<Event>) -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot watch for signals")?;
    thread::spawn(move || {
        for signal in signals.forever() {
            let signal = if signal == SIGINT { Signal::INT } else { Signal::TERM };
            if sender.send(Event::Stop(signal)).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// The ready line is for this task; whatever else the host says on standard output is passed on.
fn read_lines(stdout: ChildStdout, sender: Sender<Event>) {
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            match serde_json::from_str(&line) {
                Ok(ready) => sender.send(Event::Ready(ready)).ok(),
                Err(_) => {
                    eprintln!("{line}");
                    None
                }
            };
        }
    });
}

fn wait_for_end(mut child: Child, sender: Sender<Event>) {
    thread::spawn(move || sender.send(Event::Ended(child.wait())).ok());
}

/// As a shell tells it: 128 and the signal's number when one ended it.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_is_the_hosts() {
        assert_eq!(exit_code(ExitStatus::from_raw(0)), ExitCode::SUCCESS);
        assert_eq!(exit_code(ExitStatus::from_raw(69 << 8)), ExitCode::from(69));
        assert_eq!(exit_code(ExitStatus::from_raw(9)), ExitCode::from(137));
    }

    #[test]
    fn a_ready_line_has_a_url() {
        let line = r#"{"url":"http://127.0.0.1:3000","components":6}"#;
        assert_eq!(
            serde_json::from_str::<ReadyLine>(line).unwrap(),
            ReadyLine { url: "http://127.0.0.1:3000".into() }
        );
        assert!(serde_json::from_str::<ReadyLine>("{\"level\":\"info\"}").is_err());
    }
}
