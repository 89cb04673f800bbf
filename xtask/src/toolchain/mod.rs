//! How components are compiled: rustup's ready-made target, or where it cannot be had, Debian's packages.
//!
//! The first is what nearly everybody has. The second is for machines that reach package registries
//! only: it compiles the standard library too, so a first build takes minutes longer. Which one is in
//! use is found anew each time, but always the same on one machine, so that nothing is built twice.

mod apt;
mod apt_sources;
pub mod debian;
mod linkers;
mod rustup;

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use anyhow::{Result, bail};

use crate::failure::Missing;
use crate::project::{Project, WASM_PROFILE, WASM_TARGET};

/// Forces a way: `rustup` or `debian`.
const FORCE_VARIABLE: &str = "TIERLINE_WASM_TOOLCHAIN";

/// A way to compile for [`WASM_TARGET`], ready to use.
pub enum Toolchain {
    /// Rustup's target is installed.
    Rustup,
    /// Debian's compiler and a standard library built from source.
    Debian(debian::Compiler),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Rustup,
    Debian,
}

impl Toolchain {
    /// Finds a way that works, fetching what it lacks.
    ///
    /// # Errors
    /// [`Missing`], with what to install by hand.
    pub fn ready(project: &Project) -> Result<Self> {
        match forced(env::var(FORCE_VARIABLE).ok().as_deref())? {
            Some(Way::Rustup) => rustup_or_missing(),
            Some(Way::Debian) => debian::ready(project).map(Self::Debian),
            None if rustup::target_is_installed() => Ok(Self::Rustup),
            // Decided on an earlier run: do not wait for a download that did not come then either.
            None if debian::was_set_up(project) => debian::ready(project).map(Self::Debian),
            None => first_that_works(project),
        }
    }

    /// How a person calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Rustup => "rustup",
            Self::Debian(_) => "Debian's packages, standard library from source",
        }
    }

    /// `cargo rustc` for a component; the package is still to be named.
    pub fn cargo_rustc(&self, project: &Project) -> Command {
        let mut command = match self {
            Self::Rustup => project.cargo(),
            Self::Debian(compiler) => compiler.cargo(project),
        };
        command.arg("rustc");
        let mut flags = places_unsaid();
        if let Self::Debian(compiler) = self {
            command.arg(debian::BUILD_STD);
            flags.extend(compiler.flags());
        }
        command.arg("--config").arg(target_flags(&flags));
        command.args(["--crate-type", "cdylib", "--profile", WASM_PROFILE, "--target", WASM_TARGET]);
        command
    }
}

/// What says the flags to Cargo. Not RUSTFLAGS: this way a folder's name may have a space, and the host's code is not
/// concerned.
fn target_flags(flags: &[String]) -> String {
    format!("target.{WASM_TARGET}.rustflags={}", toml::Value::from(flags.to_vec()))
}

/// Flags that leave out of a component where Cargo keeps libraries on this machine: what is deployed is the same
/// wherever it was built, and some KiB smaller.
fn places_unsaid() -> Vec<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let sources = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let mut folders: Vec<_> = sources.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    folders.sort();
    folders.iter().map(|folder| format!("--remap-path-prefix={}=", folder.display())).collect()
}

/// Installs a C compiler, where that can be done.
///
/// # Errors
/// [`Missing`], with the command that does it.
pub fn install_c_compiler() -> Result<()> {
    const WHY: &str = "there is no C compiler (cc), and the host's database is C";
    install(&["build-essential"], WHY)
}

/// Installs Debian's packages, where that can be done; `why` says what they are for.
///
/// # Errors
/// [`Missing`], with what to do.
pub fn install(packages: &[&str], why: &str) -> Result<()> {
    if apt::debian_codename().is_none() {
        return Err(Missing(format!("{why}. Install it with your system's package manager")).into());
    }
    apt::install(packages, why)
}

fn forced(value: Option<&str>) -> Result<Option<Way>> {
    match value {
        None | Some("") => Ok(None),
        Some("rustup") => Ok(Some(Way::Rustup)),
        Some("debian") => Ok(Some(Way::Debian)),
        Some(other) => bail!("{FORCE_VARIABLE} is \"{other}\"; it takes \"rustup\" or \"debian\""),
    }
}

fn rustup_or_missing() -> Result<Toolchain> {
    if !rustup::target_is_installed() {
        rustup::add_target().map_err(|error| {
            Missing(format!("{error:#}. To see why, run:\n  rustup target add {WASM_TARGET}"))
        })?;
    }
    Ok(Toolchain::Rustup)
}

fn first_that_works(project: &Project) -> Result<Toolchain> {
    match rustup::add_target() {
        Ok(()) => Ok(Toolchain::Rustup),
        Err(reason) => {
            eprintln!("      {reason:#}; trying Debian's packages instead");
            debian::ready(project).map(Toolchain::Debian)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_survive_spaces() {
        let config = target_flags(&["-Lnative=/my work/libc".to_owned()]);
        let table: toml::Table = config.parse().unwrap();
        assert_eq!(table["target"][WASM_TARGET]["rustflags"][0].as_str(), Some("-Lnative=/my work/libc"));
    }

    #[test]
    fn libraries_folders_are_left_out_by_name() {
        // This test was built of libraries, so there is one.
        assert!(
            places_unsaid()
                .iter()
                .all(|flag| flag.starts_with("--remap-path-prefix=/") && flag.ends_with('='))
        );
        assert!(!places_unsaid().is_empty());
    }

    #[test]
    fn a_way_is_forced_by_name_only() {
        assert_eq!(forced(None).unwrap(), None);
        assert_eq!(forced(Some("")).unwrap(), None);
        assert_eq!(forced(Some("rustup")).unwrap(), Some(Way::Rustup));
        assert_eq!(forced(Some("debian")).unwrap(), Some(Way::Debian));
        assert!(forced(Some("nix")).unwrap_err().to_string().contains("\"nix\""));
    }
}
