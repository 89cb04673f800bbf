//! The command line.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;

use crate::exit::{ExitKind, Failure};
use crate::limits::{
    CLIENT_REFUSALS_PER_MIN, CLIENT_REQUESTS_PER_S, CLIENT_SILENCE_S, INSTANCE_MEMORY_BYTES_MAX,
    REQUEST_BODY_BYTES_MAX, REQUEST_TIMEOUT_S, REQUESTS_CONCURRENT_MAX, REQUESTS_WAITING_MAX,
};
use crate::{serve, variables};

/// A support desk of small WebAssembly components.
#[derive(Debug, Parser)]
#[command(name = "tierline", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the application that a manifest describes.
    Serve(ServeArgs),
    /// What operators do beside serving.
    #[command(flatten)]
    Operate(tierline_operator::Command),
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What `tierline serve` can be told.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// The manifest.
    #[arg(long, default_value = "spin.toml", value_name = "FILE")]
    pub from: PathBuf,
    /// The address to listen on; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// An address for Prometheus to ask for `/metrics`; nobody is answered there otherwise.
    #[arg(long, value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
    /// Where the database is kept; `.spin` next to the manifest if not given.
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// Mebibytes the database may have; what does not fit is refused, and what is there stays.
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_store_mib: Option<u32>,
    /// A variable's value; may be given several times.
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = variables::parse_assignment)]
    pub variables: Vec<(String, String)>,
    /// Tell in each answer what it cost the store, and offer the process's totals.
    #[arg(long)]
    pub timing: bool,
    /// Print one line of JSON to standard output once listening.
    #[arg(long)]
    pub ready_json: bool,
    /// How log lines look: text on a terminal, JSON elsewhere, if not given.
    #[arg(long, value_enum)]
    pub log_format: Option<LogFormat>,
    /// Requests one instance serves at once [default: 1 where the component swaps in the store, else 16]
    #[arg(long, value_name = "N")]
    pub max_instance_concurrent_reuse_count: Option<usize>,
    /// Requests one instance serves before it is replaced [default: 128 where the component swaps in the store, else 4096]
    #[arg(long, value_name = "N")]
    pub max_instance_reuse_count: Option<usize>,
    /// Milliseconds after which an instance with nothing to do is dropped.
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    pub idle_instance_timeout_ms: u64,
    /// Seconds a component has to start its answer.
    #[arg(long, value_name = "S", default_value_t = REQUEST_TIMEOUT_S)]
    pub request_timeout_s: u64,
    /// Seconds an instance may work after its answer.
    #[arg(long, value_name = "S", default_value_t = 30)]
    pub post_return_timeout_s: u64,
    /// Bytes of linear memory one instance may have.
    #[arg(long, value_name = "BYTES", default_value_t = INSTANCE_MEMORY_BYTES_MAX)]
    pub max_memory_bytes: usize,
    /// Bytes a request's body may have.
    #[arg(long, value_name = "BYTES", default_value_t = REQUEST_BODY_BYTES_MAX)]
    pub max_body_bytes: u64,
    /// Seconds a client may be silent before its request, or its connection, is given up.
    #[arg(long, value_name = "S", default_value_t = CLIENT_SILENCE_S)]
    pub client_silence_s: u64,
    /// Requests handled at once.
    #[arg(long, value_name = "N", default_value_t = REQUESTS_CONCURRENT_MAX)]
    pub max_concurrent_requests: usize,
    /// Requests that may wait for their turn; more are answered 503.
    #[arg(long, value_name = "N", default_value_t = REQUESTS_WAITING_MAX)]
    pub max_waiting_requests: usize,
    /// Requests a second that one client's address may send, after a burst of 2,000; more are answered 429.
    #[arg(long, value_name = "N", default_value_t = CLIENT_REQUESTS_PER_S, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_client_requests_per_s: u32,
    /// Times a minute that one client's address may be refused for a wrong key or token, after a burst of 60; then it is
    /// answered 429.
    #[arg(long, value_name = "N", default_value_t = CLIENT_REFUSALS_PER_MIN, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    pub max_client_refusals_per_min: u32,
    /// A proxy, or a network of proxies, whose `X-Forwarded-For` says who the client is; may be given several times.
    /// Nobody's is believed otherwise.
    #[arg(long, value_name = "CIDR", value_parser = parse_network)]
    pub trust_forwarded_from: Vec<IpNet>,
    /// Clients that are not limited; may be given several times.
    #[arg(long, value_name = "CIDR", default_values = ["127.0.0.0/8", "::1"], value_parser = parse_network)]
    pub unlimited_from: Vec<IpNet>,
}

/// A network, or an address alone.
fn parse_network(text: &str) -> Result<IpNet, String> {
    let alone = || text.parse::<IpAddr>().ok().map(IpNet::from);
    let network = text.parse().ok().or_else(alone);
    network.ok_or_else(|| "write a network like 192.0.2.0/24 or 2001:db8::/32, or an address".to_owned())
}

impl ServeArgs {
    /// The variables given, by name; the last one of a name wins.
    pub fn given_variables(&self) -> BTreeMap<String, String> {
        self.variables.iter().cloned().collect()
    }
}

/// Runs the command line and turns its outcome into an exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(ExitKind::Usage as u8)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let outcome = match cli.command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Operate(command) => tierline_operator::run(command, Cli::command),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&failure),
    }
}

#[expect(clippy::print_stderr, reason = "the program's last words, also when logging was never set up")]
fn report(failure: &Failure) -> ExitCode {
    eprintln!("{failure}");
    ExitCode::from(failure.code())
}
