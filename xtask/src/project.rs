//! Where things are: the workspace, its components, what a build leaves behind.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The target of every component.
pub const WASM_TARGET: &str = "wasm32-wasip2";
/// The Cargo profile of every component, and the name of the folder they are built into.
pub const WASM_PROFILE: &str = "component";

/// The workspace as Cargo tells it.
pub struct Project {
    /// The folder of `spin.toml`.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target_dir: PathBuf,
    /// What `spin.toml` deploys.
    pub components: Vec<WasmPackage>,
    /// Components that only tests use.
    pub guests: Vec<WasmPackage>,
}

/// A package that is built into a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WasmPackage {
    /// The Cargo package.
    pub package: String,
    /// The file it becomes, below [`Project::wasm_dir`].
    pub file: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    crate_types: Vec<String>,
}

impl Project {
    /// Asks Cargo for the workspace this task was started in.
    pub fn find() -> Result<Self> {
        let mut command = cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        // Set by `cargo run`: it holds when the task is started from a folder below the root.
        if let Some(own_folder) = env::var_os("CARGO_MANIFEST_DIR") {
            command.current_dir(own_folder);
        }
        let output = command.output().context("cannot start cargo")?;
        if !output.status.success() {
            anyhow::bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
        Ok(Self::from_metadata(metadata))
    }

    fn from_metadata(metadata: Metadata) -> Self {
        let below = |folder: &str| {
            let folder = metadata.workspace_root.join(folder);
            metadata.packages.iter().filter_map(move |package| package.as_wasm(&folder)).collect()
        };
        Self {
            components: below("components"),
            guests: below("tests/guests"),
            root: metadata.workspace_root.clone(),
            target_dir: metadata.target_directory,
        }
    }

    /// Where components are after a build; what `source` in `spin.toml` points at.
    pub fn wasm_dir(&self) -> PathBuf {
        self.target_dir.join(WASM_TARGET).join(WASM_PROFILE)
    }

    /// The host after a build.
    pub fn host_binary(&self) -> PathBuf {
        self.target_dir.join("release").join("tierline")
    }

    /// The deployable description.
    pub fn manifest(&self) -> PathBuf {
        self.root.join("spin.toml")
    }

    /// What this project keeps of a tool chain that it had to put together itself.
    pub fn toolchain_dir(&self) -> PathBuf {
        self.target_dir.join("toolchain")
    }

    /// A Cargo command in the workspace.
    pub fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }
}

impl Package {
    fn as_wasm(&self, folder: &Path) -> Option<WasmPackage> {
        let library = self.targets.iter().find(|target| target.crate_types.iter().any(|t| t == "cdylib"))?;
        self.manifest_path.starts_with(folder).then(|| WasmPackage {
            package: self.name.clone(),
            file: format!("{}.wasm", library.name.replace('-', "_")),
        })
    }
}

/// The Cargo that started this task, so that a `cargo +version` holds for all it starts.
fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    forget_this_package(&mut command);
    command
}

/// Removes what `cargo run` tells about this very package: a build script that watches one of these
/// variables would run again for each change between `cargo build` and `cargo xtask build`.
pub fn forget_this_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let told = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || matches!(name, "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR")
        });
        if told {
            command.env_remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, folder: &str, crate_type: &str) -> Package {
        Package {
            name: name.into(),
            manifest_path: Path::new("/w").join(folder).join("Cargo.toml"),
            targets: vec![Target { name: name.replace('-', "_"), crate_types: vec![crate_type.into()] }],
        }
    }

    #[test]
    fn components_and_guests_are_the_cdylibs_of_their_folders() {
        let project = Project::from_metadata(Metadata {
            packages: vec![
                package("tierline-intake", "components/intake", "cdylib"),
                package("tierline-notes", "components/notes", "lib"),
                package("tierline-guest-probe", "tests/guests/probe", "cdylib"),
                package("tierline-plugin", "crates/plugin", "cdylib"),
            ],
            target_directory: "/t".into(),
            workspace_root: "/w".into(),
        });
        let wasm = |package: &str, file: &str| WasmPackage { package: package.into(), file: file.into() };
        assert_eq!(project.components, [wasm("tierline-intake", "tierline_intake.wasm")]);
        assert_eq!(project.guests, [wasm("tierline-guest-probe", "tierline_guest_probe.wasm")]);
        assert_eq!(project.wasm_dir(), Path::new("/t/wasm32-wasip2/component"));
    }
}
