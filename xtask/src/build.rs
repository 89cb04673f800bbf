//! `cargo xtask build`: components, test guests, host.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::project::{Project, WasmPackage};
use crate::step::{self, Steps};
use crate::toolchain::Toolchain;
use crate::{manifest, sizes, toolchain};

/// Builds all there is, and tells what the components weigh.
pub fn everything(project: &Project) -> Result<()> {
    let mut steps = Steps::new(4);
    let toolchain = prepare(project, &mut steps)?;
    components(project, &toolchain, &mut steps)?;
    steps.begin(&format!("test guests ({})", project.guests.len()));
    build_wasm(project, &toolchain, &project.guests, "building the test guests")?;
    host(project, &mut steps)?;
    sizes::report(&project.wasm_dir(), &project.components)
}

/// Builds what it takes to serve.
pub fn to_serve(project: &Project) -> Result<()> {
    let mut steps = Steps::new(3);
    let toolchain = prepare(project, &mut steps)?;
    components(project, &toolchain, &mut steps)?;
    host(project, &mut steps)
}

fn prepare(project: &Project, steps: &mut Steps) -> Result<Toolchain> {
    steps.begin("tools");
    require_c_compiler()?;
    let toolchain = Toolchain::ready(project)?;
    eprintln!("      for the components: {}", toolchain.name());
    Ok(toolchain)
}

/// The host's database is C.
fn require_c_compiler() -> Result<()> {
    let compiler = env::var_os("CC").unwrap_or_else(|| OsString::from("cc"));
    // `CC` may be a wrapper with its command, as in "ccache cc": that one is not second-guessed.
    let is_plain = !compiler.to_string_lossy().contains(' ');
    if is_plain && step::output(Command::new(&compiler).arg("--version")).is_none() {
        toolchain::install_c_compiler()?;
    }
    Ok(())
}

fn components(project: &Project, toolchain: &Toolchain, steps: &mut Steps) -> Result<()> {
    steps.begin(&format!("components ({})", project.components.len()));
    build_wasm(project, toolchain, &project.components, "building the components")?;
    check_manifest_is_served(project)
}

/// One run of Cargo each: only what is a `cdylib` alone is optimised across crates, which takes a sixth off its weight,
/// and that choice can be made for one package at a time. What they share is still compiled once.
fn build_wasm(project: &Project, toolchain: &Toolchain, packages: &[WasmPackage], what: &str) -> Result<()> {
    for package in packages {
        let mut command = toolchain.cargo_rustc(project);
        command.args(["--package", &package.package]);
        step::run(&mut command, what)?;
    }
    Ok(())
}

/// What `spin.toml` deploys must be what has just been built.
fn check_manifest_is_served(project: &Project) -> Result<()> {
    for component in manifest::read(&project.manifest())?.components {
        for wanted in component.files() {
            let file = wanted.file_name().context("spin.toml: an empty source")?;
            if !project.wasm_dir().join(file).exists() {
                bail!(
                    "spin.toml's component \"{}\" wants {}, which no package below components/ builds; \
                     is its crate-type \"cdylib\"?",
                    component.id,
                    wanted.display()
                );
            }
        }
    }
    Ok(())
}

fn host(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.begin("host");
    let mut command = project.cargo();
    command.args(["build", "--release", "--package", "tierline-host"]);
    step::run(&mut command, "building the host")
}
