//! A virtual environment of Python below the target folder, with exactly what a requirements file pins.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::failure::Missing;
use crate::project::Project;
use crate::step;
use crate::toolchain;

/// What the pinned packages need.
const VERSION_CHECK: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
/// How long a download may take.
const INSTALL_MAX: Duration = Duration::from_secs(600);

/// An environment that is ready.
pub struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// Finds the environment as it must be, or makes it.
    ///
    /// # Errors
    /// [`Missing`], with what to install by hand.
    pub fn ready(project: &Project, requirements: &Path) -> Result<Self> {
        let venv = Self { folder: project.target_dir.join("contract").join("venv") };
        let wanted = fs::read_to_string(requirements).context("cannot read what to install")?;
        if fs::read_to_string(venv.receipt()).ok().as_ref() != Some(&wanted) {
            venv.make(requirements)?;
            // Last: half an environment is never taken for a whole one.
            fs::write(venv.receipt(), wanted)?;
        }
        Ok(venv)
    }

    /// A command of the environment.
    pub fn command(&self, name: &str) -> Command {
        Command::new(self.folder.join("bin").join(name))
    }

    /// What was installed.
    fn receipt(&self) -> PathBuf {
        self.folder.join("installed.txt")
    }

    fn make(&self, requirements: &Path) -> Result<()> {
        require_python()?;
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).context("cannot remove the old environment of Python")?;
        }
        let mut create = Command::new("python3");
        create.args(["-m", "venv"]).arg(&self.folder);
        step::run_within(&mut create, "python3 -m venv", INSTALL_MAX)?;
        let mut install = self.command("python");
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        install.arg(requirements);
        step::run_within(&mut install, "pip install", INSTALL_MAX).map_err(|error| {
            let by_hand = format!("python3 -m pip download -r {}", requirements.display());
            Missing(format!("schemathesis cannot be installed: {error:#}. To see why, run:\n  {by_hand}"))
                .into()
        })
    }
}

/// Python with `venv` and `pip`; Debian has them apart.
fn require_python() -> Result<()> {
    const WHY: &str = "the contract is tested by schemathesis, which needs Python 3.10 with venv and pip";
    if is_python_good() {
        return Ok(());
    }
    toolchain::install(&["python3", "python3-venv"], WHY)?;
    if is_python_good() { Ok(()) } else { Err(Missing(format!("{WHY}; the python3 here is older")).into()) }
}

fn is_python_good() -> bool {
    step::output(Command::new("python3").args(["-c", VERSION_CHECK])).is_some()
}

#[cfg(test)]
mod tests {
    #[test]
    fn everything_that_is_installed_is_pinned() {
        let requirements = include_str!("../../../tests/contract/requirements.txt");
        let packages: Vec<_> = requirements.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(packages.iter().any(|line| line.starts_with("schemathesis==4.")));
        for line in packages {
            assert!(line.split_once("==").is_some_and(|(_, version)| !version.is_empty()), "{line}");
        }
    }
}
