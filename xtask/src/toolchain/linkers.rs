//! The two linkers a component goes through: `wasm-ld`, and `wasm-component-ld` around it.
//!
//! Rustup ships both with every toolchain; Debian packages the first, and some of its compilers bring the second.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step;

/// LLVM's releases whose `wasm-ld` links today's wasi-libc, newest first. 14, in Debian 12, is too old.
const LLVM_RELEASES: [u32; 4] = [22, 21, 20, 19];

/// The Debian package to install when there is no `wasm-ld`.
pub const WASM_LD_PACKAGE: &str = "lld-19";

/// A `wasm-ld` that is new enough.
pub fn find_wasm_ld() -> Option<PathBuf> {
    let shipped = tool_dirs().into_iter().map(|folder| folder.join("gcc-ld").join("wasm-ld"));
    let packaged = LLVM_RELEASES.iter().map(|release| PathBuf::from(format!("/usr/bin/wasm-ld-{release}")));
    shipped.chain(packaged).find(|path| runs(path)).or_else(|| on_path("wasm-ld").filter(|path| is_new(path)))
}

/// The folder of a `wasm-component-ld`; `installed` is where this project may have put one itself.
pub fn find_component_ld_dir(installed: &Path) -> Option<PathBuf> {
    let found = |folder: &PathBuf| runs(&folder.join("wasm-component-ld"));
    let mut folders = tool_dirs();
    folders.push(installed.to_owned());
    folders.into_iter().find(found).or_else(|| on_path("wasm-component-ld")?.parent().map(Path::to_owned))
}

/// `lib/rustlib/<host>/bin` of Debian's compiler and of the `rustc` on the path.
fn tool_dirs() -> Vec<PathBuf> {
    let own = step::output(Command::new("rustc").args(["--print", "sysroot"])).map(PathBuf::from);
    let sysroots = [Some(PathBuf::from("/usr")), own];
    sysroots.into_iter().flatten().flat_map(|sysroot| bin_dirs(&sysroot.join("lib/rustlib"))).collect()
}

fn bin_dirs(rustlib: &Path) -> Vec<PathBuf> {
    let Ok(targets) = fs::read_dir(rustlib) else { return Vec::new() };
    targets.flatten().map(|target| target.path().join("bin")).filter(|bin| bin.is_dir()).collect()
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Present and whole: a package can leave a link to a file of another package that is not installed.
fn runs(path: &Path) -> bool {
    path.is_file() && step::output(Command::new(path).arg("--version")).is_some()
}

fn is_new(wasm_ld: &Path) -> bool {
    let oldest = LLVM_RELEASES.last().copied().unwrap_or_default();
    let version = step::output(Command::new(wasm_ld).arg("--version"));
    version.as_deref().and_then(major_version).is_some_and(|major| major >= oldest)
}

/// `Debian LLD 14.0.6` -> 14.
fn major_version(text: &str) -> Option<u32> {
    let number = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_release_of_a_linker() {
        assert_eq!(major_version("Debian LLD 14.0.6"), Some(14));
        assert_eq!(major_version("LLD 22.1.2 (https://example.org 1ab08)"), Some(22));
        assert_eq!(major_version("LLD"), None);
    }
}
