//! The files of labelled questions.

use std::path::Path;

use anyhow::{Context, bail};

/// A question and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// As a customer would write it.
    pub text: String,
    /// An answer's or route's id, or [`OUT_OF_SCOPE`](crate::OUT_OF_SCOPE).
    pub label: String,
}

/// Reads a file with the columns `text` and `label`, in any place; others are not looked at.
///
/// # Errors
/// Names the file and, where a line is at fault, the line.
pub fn read(path: &Path) -> anyhow::Result<Vec<Labelled>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let headers = reader.headers().with_context(|| format!("cannot read {}", path.display()))?.clone();
    let column = |name: &str| {
        let is_named = |header: &str| header.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name);
        let found = headers.iter().position(is_named);
        found.with_context(|| format!("{}: no column `{name}` in the first line", path.display()))
    };
    let (text, label) = (column("text")?, column("label")?);
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.with_context(|| format!("cannot read {}", path.display()))?;
        let field = |column| record.get(column).unwrap_or_default().to_owned();
        let labelled = Labelled { text: field(text), label: field(label) };
        if labelled.label.is_empty() {
            let line = record.position().map_or(0, csv::Position::line);
            bail!("{}, line {line}: a question without a label", path.display());
        }
        all.push(labelled);
    }
    if all.is_empty() {
        bail!("{}: no questions", path.display());
    }
    Ok(all)
}
