//! Debian's compiler, with the standard library built from its source and linked with Debian's wasi-libc.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{apt, linkers};
use crate::failure::Missing;
use crate::project::{Project, WASM_TARGET, forget_this_package};
use crate::step;

/// Current compilers that Debian keeps for its browsers. They install beside rustup's, which come first on the path.
const RUST_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
const STD_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// The first release whose wasi-libc is built for the target.
const WASI_LIBC_SUITE: &str = "trixie";
const WASI_LIBC_PACKAGE: &str = "wasi-libc";

/// The oldest compiler that the workspace takes.
const RUST_VERSION_MIN: &str = env!("CARGO_PKG_RUST_VERSION");

const BY_HAND: &str = "\
the components need Rust's wasm32-wasip2 target, and it could not be had here. Either
  rustup target add wasm32-wasip2
or, on Debian where rustup cannot download, let this task install what it needs as root:
  sudo apt-get install -y rustc-web cargo-web rust-web-src";

/// Everything found that it takes to compile.
pub struct Compiler {
    libc_dir: PathBuf,
    wasm_ld: PathBuf,
    component_ld_dir: PathBuf,
}

/// Whether an earlier run put together what this way needs.
pub fn was_set_up(project: &Project) -> bool {
    libc_dir(project).join("libc.a").exists() && missing_packages().is_empty()
}

/// Finds or fetches all of it.
///
/// # Errors
/// [`Missing`], with what to install.
pub fn ready(project: &Project) -> Result<Compiler> {
    let Some(codename) = apt::debian_codename() else { return Err(Missing(BY_HAND.into()).into()) };
    let missing = missing_packages();
    if !missing.is_empty() {
        apt::install(&missing, "the components need a compiler for wasm32-wasip2")?;
        check_installed()?;
    }
    Ok(Compiler {
        libc_dir: fetch_libc(project, &codename)?,
        wasm_ld: linkers::find_wasm_ld().context("no usable wasm-ld after installing one")?,
        component_ld_dir: component_ld_dir(project)?,
    })
}

fn missing_packages() -> Vec<&'static str> {
    let mut packages = Vec::new();
    if !rust_is_installed() {
        packages.extend(RUST_PACKAGES);
    }
    if linkers::find_wasm_ld().is_none() {
        packages.push(linkers::WASM_LD_PACKAGE);
    }
    packages
}

fn rust_is_installed() -> bool {
    Path::new(STD_SOURCE).exists() && [RUSTC, CARGO].into_iter().all(is_new_enough)
}

fn is_new_enough(tool: &str) -> bool {
    let version = step::output(debian_tool(tool).arg("--version"));
    let minimum = version_number(RUST_VERSION_MIN);
    version.is_some_and(|text| text.split_whitespace().nth(1).map(version_number) >= Some(minimum))
}

/// `1.96.0` -> (1, 96).
fn version_number(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or_default());
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

fn check_installed() -> Result<()> {
    if rust_is_installed() {
        return Ok(());
    }
    Err(Missing(format!(
        "Debian's {} are older than {RUST_VERSION_MIN}. Newer ones come with its security archive:\n  \
         sudo apt-get update && sudo apt-get install -y {}",
        RUST_PACKAGES.join(", "),
        RUST_PACKAGES.join(" ")
    ))
    .into())
}

fn libc_root(project: &Project) -> PathBuf {
    project.toolchain_dir().join(WASI_LIBC_PACKAGE)
}

fn libc_dir(project: &Project) -> PathBuf {
    libc_root(project).join("usr/lib").join(WASM_TARGET)
}

fn fetch_libc(project: &Project, codename: &str) -> Result<PathBuf> {
    let folder = libc_dir(project);
    if !folder.join("libc.a").exists() {
        eprintln!("      fetching {WASI_LIBC_PACKAGE} of Debian {WASI_LIBC_SUITE} into the target folder");
        apt::unpack(WASI_LIBC_PACKAGE, WASI_LIBC_SUITE, codename, &libc_root(project))
            .with_context(|| format!("cannot get {WASI_LIBC_PACKAGE} of Debian {WASI_LIBC_SUITE}"))?;
    }
    Ok(folder)
}

fn component_ld_dir(project: &Project) -> Result<PathBuf> {
    let installed = project.toolchain_dir().join("bin");
    if let Some(folder) = linkers::find_component_ld_dir(&installed) {
        return Ok(folder);
    }
    eprintln!("      cargo install wasm-component-ld into the target folder");
    let mut command = project.cargo();
    command.args(["install", "--locked", "wasm-component-ld", "--root"]).arg(project.toolchain_dir());
    step::run(&mut command, "cargo install wasm-component-ld")?;
    Ok(installed)
}

/// One of Debian's tools, without what rustup tells its own about themselves.
fn debian_tool(path: &str) -> Command {
    let mut command = Command::new(path);
    for name in ["CARGO", "RUSTDOC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    command
}

/// Cargo's flag that builds the standard library.
pub const BUILD_STD: &str = "-Zbuild-std=std,panic_abort";

impl Compiler {
    /// Debian's Cargo in the workspace.
    pub fn cargo(&self, project: &Project) -> Command {
        let mut command = debian_tool(CARGO);
        forget_this_package(&mut command);
        command.current_dir(&project.root).env("RUSTC", RUSTC).env("PATH", self.path());
        // Building the standard library is an unstable feature, and this is the stable compiler's key to those.
        command.env("RUSTC_BOOTSTRAP", "1");
        command
    }

    /// What `rustc` needs besides the target.
    pub fn flags(&self) -> [String; 3] {
        [
            "-Clink-self-contained=no".to_owned(),
            format!("-Lnative={}", self.libc_dir.display()),
            format!("-Clink-arg=--wasm-ld-path={}", self.wasm_ld.display()),
        ]
    }

    fn path(&self) -> OsString {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.component_ld_dir.clone()).chain(env::split_paths(&path));
        env::join_paths(folders).unwrap_or(path.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(version_number("1.100.0") > version_number("1.95"));
        assert!(version_number("1.63.0") < version_number("1.95"));
        assert_eq!(version_number("1.96.0"), version_number("1.96"));
    }

    #[test]
    fn linkers_come_first_on_the_path() {
        let compiler = Compiler {
            libc_dir: "/my work/libc".into(),
            wasm_ld: "/bin/wasm-ld".into(),
            component_ld_dir: "/linkers".into(),
        };
        assert_eq!(compiler.flags()[1], "-Lnative=/my work/libc");
        assert!(compiler.path().to_str().unwrap().starts_with("/linkers:"));
    }
}
