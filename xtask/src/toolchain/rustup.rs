//! Rustup's own build of the standard library for the target.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::project::WASM_TARGET;
use crate::step;

/// It is some 20 MB; a firewall that drops packets instead of refusing must not hold a build for ever.
const TARGET_ADD_LIMIT: Duration = Duration::from_secs(120);

/// Whether the `rustc` in use has the target's standard library.
pub fn target_is_installed() -> bool {
    let asked =
        step::output(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]));
    asked.is_some_and(|folder| has_std(Path::new(&folder)))
}

/// `rustc` names the folder whether or not anything is in it.
fn has_std(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

/// Downloads the target.
///
/// # Errors
/// When there is no rustup, or it does not succeed in time.
pub fn add_target() -> Result<()> {
    if step::output(Command::new("rustup").arg("--version")).is_none() {
        bail!("rustup is not installed");
    }
    eprintln!("      rustup target add {WASM_TARGET} (at most {} s)", TARGET_ADD_LIMIT.as_secs());
    let mut command = Command::new("rustup");
    command.args(["target", "add", WASM_TARGET]);
    step::run_within(&mut command, "rustup target add", TARGET_ADD_LIMIT)?;
    if !target_is_installed() {
        bail!("rustup added {WASM_TARGET}, but the rustc on the path is another one and does not have it");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_folder_is_no_target() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_std(folder.path()));
        assert!(!has_std(&folder.path().join("absent")));
        fs::write(folder.path().join("libstd-0123.rlib"), "").unwrap();
        assert!(has_std(folder.path()));
    }
}
