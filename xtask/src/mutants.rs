//! `cargo xtask mutants`: mistakes made on purpose, one at a time, in a copy of the tree; the checker that must find it does.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde::Deserialize;

use crate::project::Project;
use crate::{build, step, test};

/// Where they are described.
const MUTANTS: &str = "tests/simulation/mutants.toml";
/// What of the tree its parts need.
const COPIED: [&str; 13] = [
    "Cargo.toml",
    "Cargo.lock",
    "clippy.toml",
    "spin.toml",
    "components",
    "crates",
    "demo",
    "docs",
    "infra",
    "openapi",
    "tests",
    "wit",
    "xtask",
];
/// Histories in which a mistake must show.
const HISTORIES: u32 = 200;
/// The checker that is not one of the simulation's.
const POWER_CUT: &str = "power cut";

/// Which mistakes.
#[derive(Debug, Args)]
pub struct Options {
    /// Only those whose name or checker has this in it.
    #[arg(long, default_value = "")]
    pub only: String,
}

/// A mistake.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    name: String,
    caught_by: String,
    /// What is changed: as many places as it takes where one makes good for another.
    edit: Vec<Edit>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    file: String,
    code: String,
    instead: String,
}

#[derive(Debug, Deserialize)]
struct Mutants {
    mutant: Vec<Mutant>,
}

impl Edit {
    /// The file's text with the mistake in it.
    ///
    /// # Errors
    /// If the code is not there exactly once.
    fn applied(&self, root: &Path) -> Result<String> {
        let text = std::fs::read_to_string(root.join(&self.file)).with_context(|| self.file.clone())?;
        let places = text.matches(&self.code).count();
        ensure!(places == 1, "{}: `{}` has {places} places in {}", MUTANTS, self.code, self.file);
        Ok(text.replacen(&self.code, &self.instead, 1))
    }
}

fn read(root: &Path) -> Result<Vec<Mutant>> {
    let text = std::fs::read_to_string(root.join(MUTANTS)).context(MUTANTS)?;
    let mutants: Mutants = toml::from_str(&text).context(MUTANTS)?;
    Ok(mutants.mutant)
}

/// Makes each, and looks whether it is found.
pub fn run(project: &Project, options: &Options) -> Result<ExitCode> {
    let mutants = read(&project.root)?;
    let wanted =
        |mutant: &&Mutant| mutant.name.contains(&options.only) || mutant.caught_by.contains(&options.only);
    let wanted: Vec<&Mutant> = mutants.iter().filter(wanted).collect();
    ensure!(!wanted.is_empty(), "no mutant is called `{}`", options.only);
    let folder = project.target_dir.join("mutants");
    let tree = folder.join("tree");
    copy_tree(&project.root, &tree)?;
    let mut missed = vec![];
    for mutant in wanted {
        let started = Instant::now();
        for edit in &mutant.edit {
            std::fs::write(tree.join(&edit.file), edit.applied(&tree)?)?;
        }
        let found = match mutant.caught_by.as_str() {
            POWER_CUT => is_found_by_power_cut(project, &tree, &folder),
            _ => is_found_by_simulation(project, &tree, &folder, &mutant.caught_by),
        };
        for edit in &mutant.edit {
            copy(&project.root.join(&edit.file), &tree.join(&edit.file))?;
        }
        let verdict = if found? { "found " } else { "MISSED" };
        println!(
            "{verdict} by {:<12} {:>4} s  {}",
            mutant.caught_by,
            started.elapsed().as_secs(),
            mutant.name
        );
        if verdict == "MISSED" {
            missed.push(mutant.name.as_str());
        }
    }
    if missed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("not found: {}", missed.join(", "))
}

/// A fresh copy, whose unchanged files keep their times: what was built of them stays built.
fn copy_tree(root: &Path, tree: &Path) -> Result<()> {
    std::fs::create_dir_all(tree)?;
    for name in COPIED {
        if root.join(name).exists() {
            copy(&root.join(name), &tree.join(name))?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    let text = std::fs::read(from)?;
    if std::fs::read(to).ok().as_ref() != Some(&text) {
        std::fs::write(to, text).with_context(|| to.display().to_string())?;
    }
    Ok(())
}

fn cargo_in(project: &Project, tree: &Path, folder: &Path) -> Command {
    let mut command = project.cargo();
    command.current_dir(tree).env("CARGO_TARGET_DIR", folder.join("target"));
    command
}

fn is_found_by_simulation(project: &Project, tree: &Path, folder: &Path, checker: &str) -> Result<bool> {
    let mut build = cargo_in(project, tree, folder);
    build.args(["build", "--quiet", "--package", "tierline-simulation", "--bin", "simulate"]);
    step::run(&mut build, "building the mutant")?;
    let mut command = Command::new(folder.join("target/debug/simulate"));
    command.args(["--seed", "0", "--runs", &HISTORIES.to_string()]);
    let output = command.output().context("the mutant's simulation")?;
    let told = String::from_utf8_lossy(&output.stdout);
    let is_found = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        matches!(words.as_slice(), ["WRONG", "seed", _, found, ..] if found.strip_suffix(':') == Some(checker))
    };
    Ok(!output.status.success() && told.lines().any(is_found))
}

/// The crash test with the mutant's host in the place of the real one.
fn is_found_by_power_cut(project: &Project, tree: &Path, folder: &Path) -> Result<bool> {
    build::to_serve(project)?;
    let mut build = cargo_in(project, tree, folder);
    build.args(["build", "--quiet", "--release", "--package", "tierline-host"]);
    step::run(&mut build, "building the mutant's host")?;
    let host: PathBuf = folder.join("target/release/tierline");
    let of_test = |host: Option<&Path>| {
        let mut command = project.cargo();
        command.args(["test", "--quiet", "--package", "tierline-e2e", "--test", "crash", "--"]);
        command.args(["--exact", "power::cut_off_at_any_moment_it_loses_nothing_that_was_acknowledged"]);
        test::tell_where(project, &mut command);
        if let Some(host) = host {
            command.env(test::HOST_VARIABLE, host);
        }
        command.output().context("the crash test")
    };
    // It must be the mistake that fails it.
    ensure!(of_test(None)?.status.success(), "the crash test fails without the mistake, too");
    let output = of_test(Some(&host))?;
    let told = String::from_utf8_lossy(&output.stdout);
    Ok(!output.status.success() && told.contains("1 failed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Code that moved on leaves a mutant without its place.
    #[test]
    fn every_mutant_has_its_place_and_every_checker_its_mutant() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mutants = read(&root).expect("readable");
        for mutant in &mutants {
            assert!(!mutant.edit.is_empty(), "{}", mutant.name);
            for edit in &mutant.edit {
                let mutated = edit.applied(&root).expect("one place");
                assert!(mutated.contains(&edit.instead), "{}", mutant.name);
            }
        }
        let checkers =
            std::fs::read_to_string(root.join("tests/simulation/src/checkers/mod.rs")).expect("there");
        let names = checkers.match_indices("name: \"").map(|(at, found)| &checkers[at + found.len()..]);
        let names: BTreeSet<&str> = names.filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(names.len(), 11, "{names:?}");
        let caught_by: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.caught_by.as_str()).collect();
        assert_eq!(
            names.difference(&caught_by).count(),
            0,
            "no mutant for a checker: {names:?}, {caught_by:?}"
        );
    }
}
