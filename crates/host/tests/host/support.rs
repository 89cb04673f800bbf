//! A running host for a test: its own state directory, a free port, and an end that comes in any case.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

/// Longest wait for the host to be ready or to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest wait for an answer.
const ANSWER_WAIT: Duration = Duration::from_secs(30);

/// The probe's wasm file; without it a test cannot mean anything.
pub fn probe_wasm() -> PathBuf {
    let directory = std::env::var_os("TIERLINE_WASM_DIR").map(PathBuf::from).unwrap_or_else(|| {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/wasm32-wasip2/component")
    });
    let wasm = directory.join("tierline_guest_probe.wasm");
    let missing = "is missing: run `cargo xtask build`, or name its folder in TIERLINE_WASM_DIR";
    wasm.canonicalize().unwrap_or_else(|_| panic!("{} {missing}", wasm.display()))
}

/// The manifest most tests use: `probe` in front, `inner` reachable by chaining only.
pub fn probe_manifest() -> String {
    let wasm = probe_wasm();
    let wasm = wasm.display();
    format!(
        r#"
spin_manifest_version = 2
[application]
name = "probe"
[variables]
greeting = {{ default = "hi" }}
[[trigger.http]]
route = "/probe/..."
component = "probe"
[[trigger.http]]
route = "/segments/:first_name/..."
component = "probe"
[[trigger.http]]
route = "/desks/:desk/..."
component = "probe"
[[trigger.http]]
route = "/fixed"
static_response = {{ status_code = 201, headers = {{ "x-fixed" = "yes" }}, body = "fixed" }}
[[trigger.http]]
route = {{ private = true }}
component = "inner"
[component.probe]
source = "{wasm}"
key_value_stores = ["default"]
allowed_outbound_hosts = ["http://inner.spin.internal", "http://self", "*://127.0.0.1:*"]
environment = {{ PROBE = "yes" }}
[component.probe.variables]
greeting = "{{{{ greeting }}}} there"
[component.inner]
source = "{wasm}"
key_value_stores = ["default"]
allowed_outbound_hosts = ["http://*.spin.internal"]
"#
    )
}

/// A directory with a manifest, and the compiled components of earlier tests to start fast.
pub struct Bench {
    pub directory: TempDir,
}

impl Bench {
    pub fn new(manifest: &str) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        std::fs::write(directory.path().join("spin.toml"), manifest).expect("manifest written");
        let bench = Self { directory };
        bench.share_compiled();
        bench
    }

    pub fn manifest(&self) -> PathBuf {
        self.directory.path().join("spin.toml")
    }

    pub fn state(&self) -> PathBuf {
        self.directory.path().join(".spin")
    }

    /// Compiling takes seconds: tests share one cache, as starts of one application would.
    fn share_compiled(&self) {
        let shared = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tierline-compiled");
        std::fs::create_dir_all(&shared).expect("shared cache");
        std::fs::create_dir_all(self.state()).expect("state directory");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o700)).expect("private");
            std::os::unix::fs::symlink(&shared, self.state().join("tierline-compiled")).expect("linked");
        }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tierline"));
        command.arg("serve").arg("--from").arg(self.manifest());
        command.args(["--listen", "127.0.0.1:0", "--ready-json", "--log-format", "json"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn start(&self, arguments: &[&str]) -> Host {
        Host::start(self.command(arguments))
    }

    /// Runs a host that is expected to refuse, and returns its code and last words.
    pub fn refuse(&self, arguments: &[&str]) -> (i32, String) {
        refuse(self.command(arguments))
    }
}

/// Runs a command that is expected to end by itself.
pub fn refuse(mut command: Command) -> (i32, String) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started");
    let mut words = String::new();
    let mut stderr = child.stderr.take().expect("stderr");
    let status = wait(&mut child);
    stderr.read_to_string(&mut words).expect("last words");
    (status.code().expect("an exit code"), words)
}

fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status;
        }
        if Instant::now() > deadline {
            child.kill().expect("ended");
            panic!("the host did not end in {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A host that runs until the test ends.
pub struct Host {
    child: Child,
    pub address: String,
    /// Where `/metrics` is, if it was asked for.
    pub metrics: Option<String>,
    log: Option<std::thread::JoinHandle<String>>,
}

impl Host {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.spawn().expect("started");
        let mut stderr = child.stderr.take().expect("stderr");
        let log = std::thread::spawn(move || {
            let mut text = Vec::new();
            _ = stderr.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut line).expect("a line");
        let Ok(ready) = serde_json::from_str::<serde_json::Value>(&line) else {
            _ = child.kill();
            _ = child.wait();
            panic!("not ready: {line:?}\n{}", log.join().expect("log"));
        };
        assert_eq!(ready["pid"], child.id());
        let address = ready["url"].as_str().expect("url").trim_start_matches("http://").to_owned();
        let metrics = ready["metrics"].as_str().map(|url| url.trim_start_matches("http://").to_owned());
        Self { child, address, metrics, log: Some(log) }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends bytes as they are and reads until the server closes or `ANSWER_WAIT` is over.
    pub fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // The server may refuse and close before it has read everything.
        _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        _ = stream.read_to_end(&mut answer);
        answer
    }

    /// What Prometheus would read.
    pub fn metrics(&self) -> String {
        let (address, path) = self.metrics.as_ref().and_then(|url| url.split_once('/')).expect("asked for");
        let mut stream = TcpStream::connect(address).expect("connected");
        stream.set_read_timeout(Some(ANSWER_WAIT)).expect("timeout");
        let request = format!("GET /{path} HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answered");
        let answer = Answer::parse(&answer);
        assert_eq!((answer.status, answer.header("content-type").is_some()), (200, true), "{answer:?}");
        answer.body
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("connected");
        stream.set_read_timeout(Some(ANSWER_WAIT)).expect("timeout");
        stream
    }

    /// From another address of this machine.
    pub fn connect_from(&self, address: &str) -> TcpStream {
        let to: SocketAddr = self.address.parse().expect("an address");
        let from = SocketAddr::new(address.parse().expect("an address"), 0);
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.bind(&from.into()).expect("an address of this machine");
        socket.connect(&to.into()).expect("connected");
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(ANSWER_WAIT)).expect("timeout");
        stream
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: desk.test\r\nconnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            request.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        Answer::parse(&self.raw(&bytes))
    }

    /// What the process did so far.
    pub fn totals(&self) -> serde_json::Value {
        self.get("/.well-known/tierline/timing").json()
    }

    /// Waits until nothing is under way.
    pub fn settle(&self) -> serde_json::Value {
        let deadline = Instant::now() + ANSWER_WAIT;
        loop {
            let totals = self.totals();
            if totals["idle"] == true {
                return totals;
            }
            assert!(Instant::now() < deadline, "never idle: {totals}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks it to stop, as a service manager does.
    pub fn terminate(&self) {
        let killed = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().expect("kill");
        assert!(killed.success());
    }

    /// Waits for its end; returns its code and its log.
    pub fn end(mut self) -> (Option<i32>, String) {
        let status = wait(&mut self.child);
        let log = self.log.take().expect("log").join().expect("log");
        (status.code(), log)
    }

    pub fn stop(self) -> String {
        self.terminate();
        let (code, log) = self.end();
        assert_eq!(code, Some(0), "{log}");
        log
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// An answer, taken apart.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        let body = if chunked { unchunk(body) } else { body.to_owned() };
        Self { status: status.unwrap_or_else(|| panic!("no answer: {text:?}")), head: head.to_owned(), body }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let wanted = |line: &&str| line.to_ascii_lowercase().starts_with(&format!("{name}: "));
        self.head.lines().find(wanted).and_then(|line| line.split_once(": ")).map(|(_, value)| value)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The problem's slug; the answer must be a problem of the host's.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let document = self.json();
        assert_eq!(document["status"], self.status);
        let kind = document["type"].as_str().expect("a type");
        kind.strip_prefix("urn:tierline:problem:").expect("our type").to_owned()
    }

    /// Reads and commits, from `server-timing`.
    pub fn cost(&self) -> (u64, u64) {
        let value = self.header("server-timing").unwrap_or_else(|| panic!("no cost: {self:?}"));
        let mut numbers = value.split('"').filter_map(|part| part.parse().ok());
        (numbers.next().expect("reads"), numbers.next().expect("commits"))
    }
}

fn unchunk(body: &str) -> String {
    let mut whole = String::new();
    let mut rest = body;
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 || after.len() < size {
            break;
        }
        whole.push_str(&after[..size]);
        rest = after[size..].trim_start_matches("\r\n");
    }
    whole
}
