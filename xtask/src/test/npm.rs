//! npm, which knows where its registry is, and holds what it gets to the checksums of a lock file.

use std::process::Command;

use anyhow::Result;

use crate::failure::Missing;
use crate::{step, toolchain};

/// The oldest Node.js that is enough: Debian 12's.
const NODE_MAJOR_MIN: u32 = 18;

/// An npm command, npm installed if need be; `why` says what for.
///
/// # Errors
/// [`Missing`], with what to install.
pub fn command(why: &str) -> Result<Command> {
    if step::output(Command::new("npm").arg("--version")).is_none() {
        toolchain::install(&["npm"], &format!("{why}, and npm is not installed"))?;
    }
    let node = step::output(Command::new("node").arg("--version")).unwrap_or_default();
    if !is_recent(&node) {
        let found = if node.is_empty() { "none" } else { &node };
        let text = format!("{why}, which takes Node.js {NODE_MAJOR_MIN} or later; on the path is {found}");
        return Err(Missing(text).into());
    }
    Ok(Command::new("npm"))
}

/// Whether `v20.1.2` is recent enough.
fn is_recent(version: &str) -> bool {
    let major = version.strip_prefix('v').and_then(|version| version.split('.').next());
    major.and_then(|major| major.parse().ok()).is_some_and(|major: u32| major >= NODE_MAJOR_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_is_recent_by_its_first_number() {
        assert!(is_recent("v18.20.4") && is_recent("v20.1.0"));
        for other in ["v16.20.2", "", "20.1.0", "vx.1"] {
            assert!(!is_recent(other), "{other}");
        }
    }
}
