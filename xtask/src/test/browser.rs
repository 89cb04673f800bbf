//! What the browser tests need besides what is built: Chromium, and axe-core, which judges whether everybody can use a page.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::npm;
use crate::failure::Missing;
use crate::project::Project;
use crate::{digest, step, toolchain};

/// Where the tests find both.
const CHROMIUM_VARIABLE: &str = "TIERLINE_CHROMIUM";
const AXE_VARIABLE: &str = "TIERLINE_AXE";

/// Names it goes by, Debian's first.
const CHROMIUMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A version of axe-core as npm has it: what it is called, and the SHA-256 of its archive.
const AXE_VERSION: &str = "4.14.1";
const AXE_SHA256: &str = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745";
const AXE_FILE: &str = "package/axe.min.js";
/// How long the archive, 700 KB, may take.
const DOWNLOAD_MAX: Duration = Duration::from_secs(120);

/// Both, ready to use.
pub struct Browser {
    chromium: PathBuf,
    axe: PathBuf,
}

impl Browser {
    /// Finds or fetches both.
    ///
    /// # Errors
    /// [`Missing`], with what to install.
    pub fn ready(project: &Project) -> Result<Self> {
        Ok(Self { chromium: chromium()?, axe: axe(&project.target_dir.join("browser"))? })
    }

    /// Tells the tests.
    pub fn tell(&self, command: &mut Command) {
        command.env(CHROMIUM_VARIABLE, &self.chromium).env(AXE_VARIABLE, &self.axe);
    }
}

fn chromium() -> Result<PathBuf> {
    const WHY: &str = "customers' pages are tested in Chromium, and there is none on the path";
    if let Some(found) = on_path(&CHROMIUMS) {
        return Ok(found);
    }
    toolchain::install(&["chromium"], WHY)?;
    on_path(&CHROMIUMS).with_context(|| format!("{WHY}, even after installing it"))
}

/// The first of these programs that is there.
fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// axe-core below `folder`, of exactly this version.
fn axe(folder: &Path) -> Result<PathBuf> {
    let folder = folder.join(format!("axe-core-{AXE_VERSION}"));
    let file = folder.join(AXE_FILE);
    if !file.exists() {
        fs::create_dir_all(&folder)?;
        let archive = download(&folder)?;
        check(&archive, AXE_SHA256)?;
        unpack(&archive, &folder)?;
    }
    Ok(file)
}

/// The archive, got into `folder` by npm, which knows where its registry is.
fn download(folder: &Path) -> Result<PathBuf> {
    let package = format!("axe-core@{AXE_VERSION}");
    let mut command = npm::command("axe-core is fetched by npm")?;
    command.args(["pack", "--silent", "--pack-destination"]).arg(folder).arg(&package);
    step::run_within(&mut command, "fetching axe-core", DOWNLOAD_MAX).map_err(|error| {
        Missing(format!("axe-core cannot be had: {error:#}. To see why, run:\n  npm pack {package}"))
    })?;
    Ok(folder.join(format!("axe-core-{AXE_VERSION}.tgz")))
}

/// Whether it is what was meant; what is not goes.
fn check(archive: &Path, sha256: &str) -> Result<()> {
    let digest = digest::sha256([fs::read(archive)?]);
    if digest != sha256 {
        fs::remove_file(archive)?;
    }
    ensure!(digest == sha256, "{} has the SHA-256 {digest}, not {sha256}", archive.display());
    Ok(())
}

/// Aside and then in place: half a file is never taken for a whole one.
fn unpack(archive: &Path, folder: &Path) -> Result<()> {
    let aside = folder.join("unpacking");
    fs::create_dir_all(&aside)?;
    let mut command = Command::new("tar");
    command.arg("-xzf").arg(archive).arg("-C").arg(&aside).arg(AXE_FILE);
    step::run(&mut command, "unpacking axe-core")?;
    let package = folder.join("package");
    fs::rename(aside.join("package"), &package).context("cannot move axe-core into place")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_archive_is_refused_and_goes() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("archive.tgz");
        fs::write(&archive, "").unwrap();
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        check(&archive, empty).unwrap();
        assert!(check(&archive, AXE_SHA256).unwrap_err().to_string().contains(empty));
        assert!(!archive.exists());
    }

    #[test]
    fn what_was_fetched_is_not_fetched_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(format!("axe-core-{AXE_VERSION}")).join(AXE_FILE);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "").unwrap();
        assert_eq!(axe(folder.path()).unwrap(), file);
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(on_path(&["tierline-no-such-command", "sh"]).is_some_and(|found| found.ends_with("sh")));
        assert_eq!(on_path(&["tierline-no-such-command"]), None);
    }
}
