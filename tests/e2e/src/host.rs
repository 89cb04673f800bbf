//! Starting and ending the host.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tierline_native::OPERATOR_TOKEN;

/// Longest that the host may take to listen. Compiling the components for the first time is the bulk of it.
const READY_MAX: Duration = Duration::from_secs(180);
/// Longest that it may take to drain.
const DRAIN_MAX: Duration = Duration::from_secs(20);

/// The repository's root.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Where the components' wasm is.
pub fn component_dir() -> PathBuf {
    let built = || repository().join("target/wasm32-wasip2/component");
    std::env::var_os("TIERLINE_WASM_DIR").map_or_else(built, PathBuf::from)
}

/// The host.
pub fn binary() -> PathBuf {
    let built = || repository().join("target/release/tierline");
    let path = std::env::var_os("TIERLINE_BIN").map_or_else(built, PathBuf::from);
    assert!(path.is_file(), "{} is missing: run `cargo xtask build` first", path.display());
    path
}

/// What a test wants of its host.
#[derive(Debug, Clone, Default)]
pub struct HostOptions {
    /// The manifest; the repository's own if none.
    pub manifest: Option<PathBuf>,
    /// More arguments.
    pub arguments: Vec<String>,
    /// More of the environment.
    pub environment: Vec<(String, std::ffi::OsString)>,
}

/// A running host on a port of its own. Dropping it ends it.
pub struct Host {
    /// Where it listens.
    pub url: String,
    child: Child,
}

impl Host {
    /// Starts the host over `state_dir` and waits until it listens.
    pub fn start(state_dir: &Path, options: &HostOptions) -> Self {
        let manifest = options.manifest.clone().unwrap_or_else(|| repository().join("spin.toml"));
        let mut child = Command::new(binary())
            .arg("serve")
            .args(["--listen", "127.0.0.1:0", "--timing", "--ready-json", "--from"])
            .arg(manifest)
            .arg("--state-dir")
            .arg(state_dir)
            .args(&options.arguments)
            // On a machine that is busy with tests tier 1 may be slow; what then happens has its own tests.
            .env("SPIN_VARIABLE_TRIAGE_DEADLINE_MS", "10000")
            .env("SPIN_VARIABLE_TICKET_SECRET", "a-ticket-secret-for-tests-of-32-characters")
            .env("SPIN_VARIABLE_OPERATOR_TOKEN", OPERATOR_TOKEN)
            .envs(options.environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(state_dir.join("host.log")).unwrap())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        let line = receive.recv_timeout(READY_MAX).unwrap_or_else(|_| {
            let _ = child.kill();
            let log = std::fs::read_to_string(state_dir.join("host.log")).unwrap_or_default();
            panic!("the host did not get ready:\n{log}")
        });
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self { url: ready["url"].as_str().unwrap().trim_end_matches('/').to_owned(), child }
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, waits for its drain, and gives the exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.signal(libc::SIGTERM);
        let started = Instant::now();
        while started.elapsed() < DRAIN_MAX {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the host did not drain within {DRAIN_MAX:?}")
    }

    /// Ends it without a word.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    #[allow(unsafe_code)] // the only way to send a signal; the process is our own child
    fn signal(&self, signal: i32) {
        let pid = i32::try_from(self.child.id()).unwrap();
        // SAFETY: `kill` takes two integers and touches no memory; the child has not been waited for.
        assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
    }

    /// Resident memory, KiB, with how much of it is shared with files.
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
