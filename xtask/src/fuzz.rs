//! `cargo xtask fuzz`: garbage for everything that reads what others wrote.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use clap::Args;

use crate::project::Project;

/// How long, and at what.
#[derive(Debug, Args)]
pub struct Options {
    /// Seconds for each target.
    #[arg(long, default_value_t = 60)]
    pub seconds: u64,
    /// Where the garbage begins.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Only this target.
    #[arg(long)]
    pub target: Option<String>,
    /// By libFuzzer, which keeps what reaches new code and goes on from there; what it kept goes on the next time. Needs a C++
    /// compiler.
    #[arg(long)]
    pub guided: bool,
}

/// Counters for each branch, as cargo-fuzz asks the compiler for them; no sanitizer, which a stable compiler does not have and
/// safe code does not need.
const COUNTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks";
/// Seconds for one input, and megabytes for all: more is a fault too.
const INPUT_S_MAX: u32 = 10;
const MEMORY_MB_MAX: u32 = 2_048;

/// Tries it.
pub fn run(project: &Project, options: &Options) -> Result<ExitCode> {
    if options.guided {
        return guided(project, options);
    }
    let mut command = plain(project);
    command.args(["--seconds", &options.seconds.to_string(), "--seed", &options.seed.to_string()]);
    if let Some(target) = &options.target {
        command.args(["--target", target]);
    }
    let status = command.status().context("cannot start cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn plain(project: &Project) -> Command {
    let mut command = project.cargo();
    command.args(["run", "--quiet", "--package", "tierline-fuzz", "--bin", "fuzz", "--"]);
    command
}

/// What there is to try: all, or the one that is named.
fn targets(project: &Project, named: Option<&String>) -> Result<Vec<String>> {
    let listed =
        plain(project).arg("--list").stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    anyhow::ensure!(listed.status.success(), "the fuzz targets could not be listed");
    let listed = String::from_utf8(listed.stdout).context("a target's name is no text")?;
    let wanted = |name: &&str| named.is_none_or(|wanted| wanted == name);
    let targets: Vec<_> = listed.lines().filter(wanted).map(str::to_owned).collect();
    anyhow::ensure!(!targets.is_empty(), "no such target; there are: {}", listed.replace('\n', " "));
    Ok(targets)
}

fn guided(project: &Project, options: &Options) -> Result<ExitCode> {
    let targets = targets(project, options.target.as_ref())?;
    let folder = project.target_dir.join("guided");
    let host = host()?;
    let mut build = project.cargo();
    build.args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "tierline-fuzz",
        "--features",
        "guided",
        "--bin",
        "guided",
    ]);
    // Named, though it is this machine: else the flags would be for build scripts too.
    build.args(["--target", &host]).arg("--target-dir").arg(&folder).env("RUSTFLAGS", COUNTED);
    let built = build.status().context("cannot start cargo")?;
    anyhow::ensure!(built.success(), "the fuzz target was not built; it needs a C++ compiler (Debian: g++)");
    let program = folder.join(host).join("release").join("guided");
    let mut is_found = false;
    for target in &targets {
        let (seeds, kept, found) =
            (folder.join("seeds").join(target), folder.join("kept").join(target), folder.join("found"));
        for folder in [&seeds, &kept, &found] {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let mut fuzzer = Command::new(&program);
        fuzzer.env("TIERLINE_FUZZ_TARGET", target).env("TIERLINE_FUZZ_SEEDS", &seeds).args([&kept, &seeds]);
        fuzzer.arg(format!("-max_total_time={}", options.seconds)).arg(format!("-seed={}", options.seed));
        fuzzer.arg(format!("-timeout={INPUT_S_MAX}")).arg(format!("-rss_limit_mb={MEMORY_MB_MAX}"));
        fuzzer.arg(format!("-artifact_prefix={}/{target}-", found.display()));
        fuzzer.args(["-print_final_stats=1", "-print_funcs=0", "-verbosity=0"]);
        println!("{target}:");
        let status = fuzzer.status().with_context(|| format!("cannot start {}", program.display()))?;
        if !status.success() {
            is_found = true;
            println!(
                "    FOUND: the input is in {}; mend it, and keep the input in tests/fuzz/found/",
                found.display()
            );
        }
    }
    Ok(if is_found { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What this machine is called among compilers.
fn host() -> Result<String> {
    let told = Command::new("rustc").arg("-vV").output().context("cannot start rustc")?;
    let told = String::from_utf8(told.stdout).context("rustc says what is no text")?;
    let host =
        told.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not say its host")?;
    Ok(host.to_owned())
}
