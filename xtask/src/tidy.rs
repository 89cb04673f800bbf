//! Housekeeping that no compiler does: the files that must be there, and those that must not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::manifest;
use crate::project::Project;
use crate::step;

/// Bigger files make every clone slower for ever; built and recorded things belong elsewhere.
const FILE_BYTES_MAX: u64 = 1_000_000;

/// Pages that readers are sent to.
const PAGES: [&str; 3] = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"];

/// Trailing white space in these has no meaning and makes noise in every diff.
const CLEAN_EXTENSIONS: [&str; 5] = ["rs", "toml", "md", "wit", "sh"];

/// Where other people's contracts are kept, as they wrote them.
const VENDORED: &str = "wit/deps/";

/// Checks all of it.
///
/// # Errors
/// With every finding, one a line.
pub fn check(project: &Project) -> Result<()> {
    let mut findings = Vec::new();
    pages(&project.root, &mut findings);
    components(project, &mut findings)?;
    decisions(&project.root, &mut findings)?;
    for file in files(&project.root) {
        check_file(&project.root, &file, &mut findings);
    }
    if findings.is_empty() {
        return Ok(());
    }
    bail!("{} to tidy up:\n  {}", findings.len(), findings.join("\n  "))
}

fn pages(root: &Path, findings: &mut Vec<String>) {
    for page in PAGES {
        if is_empty(&root.join(page)) {
            findings.push(format!("{page} is missing or empty"));
        }
    }
}

/// The manifest is the diagram: every component is in it, and tells of itself.
fn components(project: &Project, findings: &mut Vec<String>) -> Result<()> {
    let deployed = manifest::read(&project.manifest())?.components;
    for name in entries(&project.root.join("components"))? {
        if !project.root.join("components").join(&name).is_dir() {
            continue;
        }
        if is_empty(&project.root.join("components").join(&name).join("README.md")) {
            findings.push(format!("components/{name}/README.md is missing or empty"));
        }
        // By its id, or composed into another.
        let file = format!("tierline_{}.wasm", name.replace('-', "_"));
        let is_part =
            |component: &manifest::Component| component.dependencies.iter().any(|path| path.ends_with(&file));
        if !deployed.iter().any(|component| component.id == name || is_part(component)) {
            findings.push(format!("components/{name} is not in spin.toml"));
        }
    }
    Ok(())
}

fn decisions(root: &Path, findings: &mut Vec<String>) -> Result<()> {
    let folder = root.join("docs").join("decisions");
    for name in entries(&folder)? {
        if name.ends_with(".md") && is_empty(&folder.join(&name)) {
            findings.push(format!("docs/decisions/{name} is empty"));
        }
    }
    Ok(())
}

/// Every file that is, or would be, in the repository. None in a copy without one: there is nothing to keep out.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut command = Command::new("git");
    command.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let Some(list) = step::output(&mut command) else {
        eprintln!("      not a git repository: sizes and white space are not checked");
        return Vec::new();
    };
    list.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect()
}

fn check_file(root: &Path, file: &Path, findings: &mut Vec<String>) {
    // In the index but deleted in the work tree: no concern of this.
    let Ok(metadata) = fs::symlink_metadata(root.join(file)) else { return };
    if metadata.len() > FILE_BYTES_MAX {
        findings.push(format!(
            "{} has {} bytes; {FILE_BYTES_MAX} are allowed",
            file.display(),
            metadata.len()
        ));
    }
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if CLEAN_EXTENSIONS.contains(&extension)
        && !file.to_string_lossy().contains(VENDORED)
        && let Ok(text) = fs::read_to_string(root.join(file))
        && let Some(line) = first_untidy_line(&text)
    {
        findings.push(format!("{}:{line} ends in white space", file.display()));
    }
}

/// Counted from 1.
fn first_untidy_line(text: &str) -> Option<usize> {
    text.split('\n').position(|line| line.ends_with([' ', '\t', '\r'])).map(|index| index + 1)
}

fn is_empty(file: &Path) -> bool {
    fs::read_to_string(file).map_or(true, |text| text.trim().is_empty())
}

fn entries(folder: &Path) -> Result<Vec<String>> {
    let listing = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names: Vec<String> =
        listing.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_found_by_line() {
        assert_eq!(first_untidy_line("a\nb\n"), None);
        assert_eq!(first_untidy_line("a\nb \nc\t\n"), Some(2));
        assert_eq!(first_untidy_line("a\r\n"), Some(1));
    }

    #[test]
    fn what_others_wrote_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let findings_of = |file: &str| {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "world w; \n").unwrap();
            let mut findings = Vec::new();
            check_file(folder.path(), Path::new(file), &mut findings);
            findings
        };
        assert_eq!(findings_of("wit/triage.wit"), ["wit/triage.wit:1 ends in white space"]);
        assert!(findings_of("crates/host/wit/deps/wasi-io/io.wit").is_empty());
    }

    #[test]
    fn every_finding_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for made in ["components/intake", "components/notes", "components/part-of-it", "docs/decisions"] {
            fs::create_dir_all(root.join(made)).unwrap();
        }
        for page in PAGES.iter().chain(&["components/intake/README.md", "components/part-of-it/README.md"]) {
            fs::write(root.join(page), "text\n").unwrap();
        }
        fs::write(root.join("docs/decisions/empty.md"), "\n").unwrap();
        fs::write(root.join("spin.toml"), "[component.intake]\nsource = \"intake.wasm\"\ndependencies.\"a:b/c\" = { path = \"x/tierline_part_of_it.wasm\" }\n").unwrap();
        let project = Project {
            root: root.to_owned(),
            target_dir: root.join("target"),
            components: Vec::new(),
            guests: Vec::new(),
        };
        let error = check(&project).unwrap_err().to_string();
        for finding in [
            "3 to tidy up",
            "components/notes/README.md is missing or empty",
            "components/notes is not in spin.toml",
            "docs/decisions/empty.md is empty",
        ] {
            assert!(error.contains(finding), "{finding}: {error}");
        }
    }
}
