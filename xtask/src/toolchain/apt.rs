//! Debian's packages: installed on the machine, or only unpacked below the target folder.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt_sources;
use crate::failure::Missing;
use crate::step;

/// Where Debian keeps the keys its archive is signed with, in the order they are looked for.
const KEYRINGS: [&str; 2] =
    ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"];

/// The code name of this machine's Debian release; nothing when it is another system.
pub fn debian_codename() -> Option<String> {
    let os_release = fs::read_to_string("/etc/os-release").ok()?;
    step::output(Command::new("apt-get").arg("--version"))?;
    codename(&os_release)
}

fn codename(os_release: &str) -> Option<String> {
    let value = |key: &str| {
        let line = os_release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
        Some(line.trim_matches('"').to_owned())
    };
    // Testing and unstable have no code name there; what they are called then matters little.
    (value("ID")? == "debian").then(|| value("VERSION_CODENAME").unwrap_or_default())
}

/// Installs packages on this machine when it may; otherwise says how.
///
/// Never removes one to do so: what is installed here may be somebody's choice.
///
/// # Errors
/// [`Missing`], with the exact command.
pub fn install(packages: &[&str], why: &str) -> Result<()> {
    let by_hand = format!("sudo apt-get install -y {}", packages.join(" "));
    if !rustix::process::geteuid().is_root() {
        return Err(Missing(format!("{why}. Install:\n  {by_hand}")).into());
    }
    eprintln!("      apt-get install {} ({why})", packages.join(" "));
    let attempt = || step::run(install_command().args(packages), "apt-get install");
    if attempt().is_err() {
        // A fresh machine or container has no lists of packages yet. One archive of several may fail.
        step::run(Command::new("apt-get").args(["update", "--quiet"]), "apt-get update").ok();
        attempt().map_err(|error| Missing(format!("{why}, and {error:#}. Try:\n  {by_hand}")))?;
    }
    Ok(())
}

fn install_command() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command.args(["install", "--yes", "--quiet", "--no-install-recommends", "--no-remove"]);
    command
}

/// Unpacks `package` of the release `suite` into `destination`, whatever release this machine has.
///
/// The machine's own sources, lists and cache are left alone: this run of apt-get has its own.
///
/// # Errors
/// When no mirror of this machine gives it, with Debian's signature.
pub fn unpack(package: &str, suite: &str, codename: &str, destination: &Path) -> Result<()> {
    let mirrors = apt_sources::mirrors(Path::new("/etc/apt"), codename);
    if mirrors.is_empty() {
        bail!("the sources of apt name no mirror of Debian");
    }
    let folder = destination.with_extension("apt");
    let mut failure = None;
    for mirror in &mirrors {
        match PrivateApt::new(&folder, mirror, suite).and_then(|apt| apt.unpack(package, destination)) {
            Ok(()) => return fs::remove_dir_all(&folder).context("cannot tidy up after apt-get"),
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(()), Err)
}

/// An apt-get that knows one archive and keeps everything in one folder.
struct PrivateApt {
    folder: PathBuf,
    options: Vec<OsString>,
}

impl PrivateApt {
    fn new(folder: &Path, mirror: &str, suite: &str) -> Result<Self> {
        let Some(keyring) = KEYRINGS.iter().find(|keyring| Path::new(keyring).exists()) else {
            return Err(
                Missing("Debian's keys are missing: apt-get install debian-archive-keyring".into()).into()
            );
        };
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        for part in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(part))?;
        }
        fs::write(folder.join("status"), "")?;
        fs::write(folder.join("sources.list"), format!("deb [signed-by={keyring}] {mirror} {suite} main\n"))?;
        Ok(Self { folder: folder.to_owned(), options: private_options(folder) })
    }

    fn unpack(&self, package: &str, destination: &Path) -> Result<()> {
        step::run(self.apt_get().arg("update"), "reading Debian's list of packages")?;
        step::run(self.apt_get().args(["download", package]), &format!("downloading {package}"))?;
        let archive = fs::read_dir(&self.folder)?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
            .with_context(|| format!("apt-get left no archive of {package}"))?;
        // Unpacked aside and then renamed: half a package is never taken for a whole one.
        let partial = self.folder.join("unpacked");
        step::run(Command::new("dpkg").arg("-x").arg(archive).arg(&partial), "unpacking")?;
        fs::rename(partial, destination).context("cannot move the package into place")
    }

    fn apt_get(&self) -> Command {
        let mut command = Command::new("apt-get");
        command.current_dir(&self.folder).arg("--quiet").args(&self.options);
        command
    }
}

fn private_options(folder: &Path) -> Vec<OsString> {
    let below = |option: &str, name: &str| {
        let mut text = OsString::from(option);
        text.push("=");
        text.push(folder.join(name));
        text
    };
    let values = [
        below("Dir::Etc::sourcelist", "sources.list"),
        below("Dir::State::lists", "lists"),
        below("Dir::State::status", "status"),
        below("Dir::Cache", "cache"),
        "Dir::Etc::sourceparts=/dev/null".into(),
        // Pins are for what gets installed on the machine.
        "Dir::Etc::preferences=/dev/null".into(),
        "Dir::Etc::preferencesparts=/dev/null".into(),
        "APT::Default-Release=".into(),
        // The user apt downloads as need not have access to this folder.
        "APT::Sandbox::User=root".into(),
        // Only the list of packages, not its translations and pictures.
        "Acquire::Languages=none".into(),
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false".into(),
    ];
    values.into_iter().flat_map(|value| [OsString::from("-o"), value]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_debian_has_a_codename() {
        let debian = "PRETTY_NAME=\"Debian GNU/Linux 12\"\nVERSION_CODENAME=bookworm\nID=debian\n";
        assert_eq!(codename(debian), Some("bookworm".into()));
        assert_eq!(codename("ID=\"debian\"\n"), Some(String::new()));
        assert_eq!(codename("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n"), None);
        assert_eq!(codename(""), None);
    }
}
