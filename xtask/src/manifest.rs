//! The little that tasks read of `spin.toml`; the host reads it properly.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

/// A `spin.toml`.
pub struct Manifest {
    /// In the order of their ids.
    pub components: Vec<Component>,
}

/// One `[component.<id>]`.
#[derive(Debug, PartialEq, Eq)]
pub struct Component {
    /// Its id.
    pub id: String,
    /// Its wasm, below the folder of `spin.toml`.
    pub source: PathBuf,
    /// The wasm behind its imports, likewise.
    pub dependencies: Vec<PathBuf>,
}

impl Component {
    /// All wasm that it is made of.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.source).chain(&self.dependencies)
    }
}

#[derive(Deserialize)]
struct Raw {
    component: BTreeMap<String, RawComponent>,
}

#[derive(Deserialize)]
struct RawComponent {
    source: PathBuf,
    #[serde(default)]
    dependencies: BTreeMap<String, RawDependency>,
}

#[derive(Deserialize)]
struct RawDependency {
    path: PathBuf,
}

/// Reads the components of a manifest.
///
/// # Errors
/// When it is not there, not TOML, or a source is not a file of this workspace.
pub fn read(path: &Path) -> Result<Manifest> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| path.display().to_string())
}

fn parse(text: &str) -> Result<Manifest> {
    let raw: Raw = toml::from_str(text)?;
    let component = |(id, raw): (String, RawComponent)| {
        let dependencies = raw.dependencies.into_values().map(|dependency| dependency.path).collect();
        Component { id, source: raw.source, dependencies }
    };
    Ok(Manifest { components: raw.component.into_iter().map(component).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_each_component_is_made_of() {
        let text = "\
spin_manifest_version = 2
[component.triage]
source = \"target/wasm32-wasip2/component/tierline_triage.wasm\"
key_value_stores = [\"default\"]
[component.triage.dependencies]
\"tierline:triage/engine@0.1.0\" = { path = \"built/tierline_engine.wasm\" }
[component.intake]
source = \"intake.wasm\"
";
        let manifest = parse(text).unwrap();
        let ids: Vec<&str> = manifest.components.iter().map(|component| component.id.as_str()).collect();
        assert_eq!(ids, ["intake", "triage"]);
        assert_eq!(manifest.components[0].source, Path::new("intake.wasm"));
        let files: Vec<_> = manifest.components[1].files().collect();
        assert_eq!((files.len(), files[1].as_path()), (2, Path::new("built/tierline_engine.wasm")));
        assert!(parse("[component.intake]\n").is_err());
    }
}
