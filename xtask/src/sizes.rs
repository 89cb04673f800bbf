//! The weight of what is deployed. An edge host loads a component when a request comes, so weight is wait.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::project::WasmPackage;

/// The most a component may weigh.
const COMPONENT_BYTES_MAX: u64 = 1024 * 1024;

/// Prints a table of the components' sizes.
///
/// # Errors
/// When one was not built, or is heavier than [`COMPONENT_BYTES_MAX`].
pub fn report(folder: &Path, components: &[WasmPackage]) -> Result<()> {
    let mut too_heavy = Vec::new();
    eprintln!("{:<32} {:>8}", "component", "KiB");
    for component in components {
        let path = folder.join(&component.file);
        let bytes = fs::metadata(&path).with_context(|| format!("not built: {}", path.display()))?.len();
        eprintln!("{:<32} {:>8}", component.package, bytes.div_ceil(1024));
        if bytes > COMPONENT_BYTES_MAX {
            too_heavy.push(component.package.as_str());
        }
    }
    if !too_heavy.is_empty() {
        bail!(
            "heavier than {} KiB: {}; look for a new dependency or embedded data",
            COMPONENT_BYTES_MAX / 1024,
            too_heavy.join(", ")
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_over_the_limit_or_missing_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let component = |file: &str| WasmPackage { package: file.into(), file: file.into() };
        fs::write(folder.path().join("light"), "").unwrap();
        let heavy = fs::File::create(folder.path().join("heavy")).unwrap();
        heavy.set_len(COMPONENT_BYTES_MAX + 1).unwrap();
        assert!(report(folder.path(), &[component("light")]).is_ok());
        let error = report(folder.path(), &[component("light"), component("heavy")]).unwrap_err();
        assert!(error.to_string().contains("1024 KiB: heavy;"), "{error}");
        assert!(report(folder.path(), &[component("absent")]).is_err());
    }
}
