//! The engine of the tests that is not Rust: JavaScript, made a component by a package of npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use super::npm;
use crate::failure::Missing;
use crate::project::Project;
use crate::{digest, step};

/// Its sources.
const FOLDER: &str = "tests/engine-js";
/// The contract.
const WIT: &str = "wit/triage.wit";
/// The module that the tests load, beside others that it imports.
const ENTRY: &str = "faulty.js";
/// What it becomes, beside the components that Cargo builds.
const COMPONENT: &str = "guest_engine.wasm";
/// What names the packages, and holds them to their checksums.
const PACKAGES: [&str; 2] = ["package.json", "package-lock.json"];
const WHY: &str = "an engine in JavaScript is built by a package of npm";
/// How long the packages, 15 MB, may take.
const INSTALL_MAX: Duration = Duration::from_secs(600);
/// How long the build, a few seconds, may take.
const BUILD_MAX: Duration = Duration::from_secs(120);

/// Builds it, unless it is there as its sources are now.
///
/// # Errors
/// [`Missing`], with what to install; or what the build said.
pub fn build(project: &Project) -> Result<()> {
    let sources = project.root.join(FOLDER);
    let wit = project.root.join(WIT);
    let component = project.wasm_dir().join(COMPONENT);
    let place = Place(project.target_dir.join("javascript"));
    let digest = digest_of(&sources, &wit)?;
    if component.is_file() && place.says("built.txt", &digest) {
        return Ok(());
    }
    place.install(&sources)?;
    fs::create_dir_all(project.wasm_dir())?;
    let mut command = npm::command(WHY)?;
    command.current_dir(&place.0).args(["run", "--silent", "build", "--", "--wit"]).arg(&wit);
    command.arg("--js").arg(sources.join(ENTRY)).arg("--output").arg(&component);
    step::run_within(&mut command, "building the engine in JavaScript", BUILD_MAX)?;
    // Last: half a component is never taken for a whole one.
    place.say("built.txt", &digest)
}

/// Where the packages are, with what was made of which sources.
struct Place(PathBuf);

impl Place {
    /// The packages, as the lock file has them.
    fn install(&self, sources: &Path) -> Result<()> {
        let lock = fs::read_to_string(sources.join("package-lock.json"))?;
        if self.says("installed.txt", &lock) {
            return Ok(());
        }
        fs::create_dir_all(&self.0)?;
        for file in PACKAGES {
            fs::copy(sources.join(file), self.0.join(file))?;
        }
        let mut command = npm::command(WHY)?;
        // No package may run anything by being installed.
        command.current_dir(&self.0).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        step::run_within(&mut command, "npm ci", INSTALL_MAX).map_err(|error| {
            Missing(format!("{WHY}: {error:#}. To see why, run:\n  npm ci --prefix {FOLDER}"))
        })?;
        self.say("installed.txt", &lock)
    }

    fn says(&self, name: &str, wanted: &str) -> bool {
        fs::read_to_string(self.0.join(name)).is_ok_and(|said| said == wanted)
    }

    fn say(&self, name: &str, text: &str) -> Result<()> {
        fs::write(self.0.join(name), text).with_context(|| format!("cannot write {name}"))
    }
}

/// The SHA-256 of all it is made of.
fn digest_of(sources: &Path, wit: &Path) -> Result<String> {
    let listing = fs::read_dir(sources).with_context(|| format!("cannot read {}", sources.display()))?;
    let mut files: Vec<_> =
        listing.flatten().map(|entry| entry.path()).filter(|file| file.is_file()).collect();
    files.sort();
    files.push(wit.to_owned());
    let mut parts = vec![];
    for file in files {
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        parts.push(format!("{:?} {}\n", file.file_name(), bytes.len()).into_bytes());
        parts.push(bytes);
    }
    Ok(digest::sha256(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_its_checksum_and_no_place() {
        let lock = include_str!("../../../tests/engine-js/package-lock.json");
        let lock: serde_json::Value = serde_json::from_str(lock).unwrap();
        let packages = lock["packages"].as_object().unwrap();
        assert!(packages.len() > 1);
        for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
            assert!(package["integrity"].as_str().is_some_and(|sum| sum.starts_with("sha512-")), "{name}");
            assert!(package["resolved"].is_null(), "{name} names a registry");
        }
    }

    #[test]
    fn what_changes_in_a_source_changes_the_digest() {
        let folder = tempfile::tempdir().unwrap();
        let wit = folder.path().join("w.wit");
        let sources = folder.path().join("sources");
        fs::create_dir(&sources).unwrap();
        let digest_of = |engine: &str, contract: &str| {
            fs::write(sources.join("engine.js"), engine).unwrap();
            fs::write(&wit, contract).unwrap();
            super::digest_of(&sources, &wit).unwrap()
        };
        let first = digest_of("a", "b");
        assert_eq!(first, digest_of("a", "b"));
        assert_ne!(first, digest_of("c", "b"));
        assert_ne!(first, digest_of("a", "c"));
    }

    #[test]
    fn what_was_built_of_the_same_is_not_built_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place(folder.path().to_owned());
        assert!(!place.says("built.txt", "one"));
        place.say("built.txt", "one").unwrap();
        assert!(place.says("built.txt", "one") && !place.says("built.txt", "two"));
    }
}
