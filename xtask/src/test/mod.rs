//! `cargo xtask test`: everything a change must pass, the same here and on a build server.

mod browser;
mod javascript;
mod npm;
mod results;

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use self::browser::Browser;
use self::results::{Failures, Tally};
use crate::failure::Missing;
use crate::project::{Project, WASM_TARGET};
use crate::step::{self, Steps};
use crate::toolchain::Toolchain;
use crate::{build, tidy};

/// Where end-to-end tests find the components.
const WASM_DIR_VARIABLE: &str = "TIERLINE_WASM_DIR";
/// Where end-to-end tests find the host.
pub const HOST_VARIABLE: &str = "TIERLINE_BIN";

/// Runs all checks and prints, as the last line, what came of the tests.
///
/// A failing check does not hide what the later ones find, except that nothing can be tested unbuilt.
pub fn run(project: &Project) -> Result<ExitCode> {
    let started = Instant::now();
    let mut checks = Checks::of(7);
    checks.check("tidy", || tidy::check(project));
    checks.check("format", || check_format(project));
    checks.check("lints", || check_lints(project));
    let mut browser = None;
    checks.check("browser", || Browser::ready(project).map(|ready| browser = Some(ready)));
    checks.check("an engine in JavaScript", || javascript::build(project));
    if checks.check("build", || build_and_lint_components(project)) {
        checks.steps.begin("tests: unit, property, documentation, end-to-end, in a browser");
        checks.tally += run_tests(project, browser.as_ref(), &mut checks.failures)?;
    }
    io::stdout().write_all(checks.failures.said())?;
    eprintln!("\n{} s", started.elapsed().as_secs());
    writeln!(io::stdout(), "{}", checks.tally)?;
    Ok(if checks.tally.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Checks {
    steps: Steps,
    tally: Tally,
    failures: Failures,
}

impl Checks {
    fn of(steps: usize) -> Self {
        Self { steps: Steps::new(steps), tally: Tally::default(), failures: Failures::default() }
    }

    /// A check that fails counts as one failed test.
    fn check(&mut self, name: &str, check: impl FnOnce() -> Result<()>) -> bool {
        self.steps.begin(name);
        let outcome = check();
        if let Err(error) = &outcome {
            eprintln!("error: {name}: {error:#}");
            self.tally.failed += 1;
        }
        outcome.is_ok()
    }
}

fn check_format(project: &Project) -> Result<()> {
    require_cargo_tool(project, "fmt", "rustfmt", "rustfmt-web")?;
    let checked = step::run(project.cargo().args(["fmt", "--all", "--check"]), "cargo fmt");
    checked.map_err(|error| anyhow!("{error}. To format everything:\n  cargo fmt --all"))
}

fn check_lints(project: &Project) -> Result<()> {
    require_cargo_tool(project, "clippy", "clippy", "rust-web-clippy")?;
    let mut command = project.cargo();
    command.args(["clippy", "--workspace", "--all-targets", "--features", CONTRACT_FEATURE]);
    command.args(["--", "-D", "warnings"]);
    step::run(&mut command, "cargo clippy")
        .map_err(|error| anyhow!("{error}. Mend what it found, or allow it with a reason"))
}

/// A tool is part of the toolchain, but minimal ones leave it out.
fn require_cargo_tool(project: &Project, subcommand: &str, component: &str, package: &str) -> Result<()> {
    if step::output(project.cargo().args([subcommand, "--version"])).is_some() {
        return Ok(());
    }
    let by_hand = match step::output(Command::new("rustup").arg("--version")) {
        Some(_) => format!("rustup component add {component}"),
        None => format!("sudo apt-get install -y {package}"),
    };
    Err(Missing(format!("cargo {subcommand} is not installed. Install:\n  {by_hand}")).into())
}

fn build_and_lint_components(project: &Project) -> Result<()> {
    build::everything(project)?;
    match Toolchain::ready(project)? {
        Toolchain::Rustup => lint_components(project),
        // It would compile the standard library once more, and brings no clippy of its own.
        Toolchain::Debian(_) => Ok(()),
    }
}

/// What only the wasm build compiles, the handlers' glue to the SDK, is not seen by the native lints.
fn lint_components(project: &Project) -> Result<()> {
    let mut command = project.cargo();
    command.args(["clippy", "--target", WASM_TARGET]);
    for package in project.components.iter().chain(&project.guests) {
        command.args(["--package", &package.package]);
    }
    command.args(["--", "-D", "warnings"]);
    step::run(&mut command, "cargo clippy for the components")
}

/// The host is tested as it is shipped: its dependencies, a compiler among them, are compiled once and not twice.
/// The desk in one process is held against its OpenAPI document, which takes a library that is long to compile.
const TEST_RUNS: [&[&str]; 2] = [
    &["--workspace", "--exclude", "tierline-host", "--features", CONTRACT_FEATURE],
    &["--release", "--package", "tierline-host"],
];
const CONTRACT_FEATURE: &str = "tierline-native/contract";

/// Runs the tests with their output live, and counts.
fn run_tests(project: &Project, browser: Option<&Browser>, failures: &mut Failures) -> Result<Tally> {
    let mut tally = Tally::default();
    for packages in TEST_RUNS {
        tally += run_tests_of(project, browser, packages, failures)?;
    }
    Ok(tally)
}

fn run_tests_of(
    project: &Project,
    browser: Option<&Browser>,
    packages: &[&str],
    failures: &mut Failures,
) -> Result<Tally> {
    let mut command = project.cargo();
    if let Some(browser) = browser {
        browser.tell(&mut command);
    }
    command.args(["test", "--no-fail-fast"]).args(packages).stdin(Stdio::null()).stdout(Stdio::piped());
    tell_where(project, &mut command);
    let mut child = command.spawn().context("cannot start cargo test")?;
    let Some(stdout) = child.stdout.take() else { bail!("cargo test has no output") };
    let mut tally = echo_and_count(BufReader::new(stdout), io::stdout(), failures)?;
    if !child.wait()?.success() && tally.failed == 0 {
        // A test that does not compile, or that takes its process down, has no result line.
        tally.failed = 1;
    }
    Ok(tally)
}

/// Tells tests of the whole where what was built is.
pub fn tell_where(project: &Project, command: &mut Command) {
    command.env(WASM_DIR_VARIABLE, project.wasm_dir()).env(HOST_VARIABLE, project.host_binary());
}

/// Copies line by line, as bytes: a test may print anything.
fn echo_and_count(mut from: impl BufRead, mut to: impl Write, failures: &mut Failures) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        failures.read(&line);
        if let Some(result) = results::parse_line(&String::from_utf8_lossy(&line)) {
            tally += result;
        }
        line.clear();
    }
    to.flush()?;
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_passes_unchanged_and_is_counted() {
        let output = b"test a ... ok\n\xff\ntest result: ok. 1 passed; 0 failed; 2 ignored; 0 measured\n";
        let mut echo = Vec::new();
        let tally = echo_and_count(output.as_slice(), &mut echo, &mut Failures::default()).unwrap();
        assert_eq!(echo, output);
        assert_eq!(tally.to_string(), "1 passed, 0 failed, 2 skipped");
    }

    #[test]
    fn a_failed_check_is_a_failure_and_the_next_one_still_runs() {
        let mut checks = Checks::of(2);
        assert!(!checks.check("format", || bail!("unformatted")));
        assert!(checks.check("lints", || Ok(())));
        assert_eq!(checks.tally.failed, 1);
        assert!(!checks.tally.is_success());
    }
}
