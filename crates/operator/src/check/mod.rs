//! `tierline check --state-dir`: whether everything in a store agrees with everything else.
//!
//! The ticket documents are the truth; the rest must follow from them. What a ticket says it still owes is no fault:
//! the desk's next tick pays it. The checks run over the store's port, so they are the same for every store.

mod desks;
mod journals;
mod lines;
mod lists;
mod seen;
mod tickets;

use std::path::Path;

use futures::executor::block_on;
use serde::Serialize;
use tierline_sqlite::{DATABASE_FILE, SqliteStore, check_whole};
use tierline_store::{StoreError, Sweep};

use crate::backup::moment;
use crate::exit::{ExitKind, Failure};
use crate::limits::FINDINGS_LISTED_MAX;
use crate::output;
use seen::Seen;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something is lost or untrue.
    Error,
    /// Not as it should be, but nothing is lost and nobody waits for ever.
    Warning,
    /// By design, and worth knowing.
    Note,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// A stable word for programs, for example `not-in-line`.
    pub kind: &'static str,
    /// The key it is about; empty for the whole file.
    pub key: String,
    /// What was found, and what to do where something must be done.
    pub what: String,
}

/// How many there are of what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Keys in the store.
    pub keys: usize,
    /// Desks in force.
    pub desks: usize,
    /// Tickets.
    pub tickets: usize,
    /// Tickets in a line.
    pub in_line: usize,
    /// Tickets that owe something to a queue or the journal.
    pub owing: usize,
    /// Entries on pages that can be reached.
    pub entries: usize,
    /// Events in journals.
    pub journal_events: usize,
    /// Queue pages that nothing leads to.
    pub orphan_pages: usize,
    /// Thread pages that no ticket names.
    pub orphan_threads: usize,
    /// Files that no ticket names.
    pub orphan_files: usize,
    /// Entries of lists whose tickets have left them.
    pub stale_list_entries: usize,
    /// Bytes of all values.
    pub bytes: u64,
}

/// What a check found.
#[derive(Debug, Default)]
pub struct Report {
    /// The worst first.
    pub findings: Vec<Finding>,
    /// What there is.
    pub counts: Counts,
}

impl Report {
    fn add(
        &mut self,
        severity: Severity,
        kind: &'static str,
        key: impl Into<String>,
        what: impl Into<String>,
    ) {
        self.findings.push(Finding { severity, kind, key: key.into(), what: what.into() });
    }

    /// How many are as bad as this.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Looks at everything in the store. Reads each key once.
pub async fn check_store(store: &impl Sweep) -> Result<Report, StoreError> {
    let mut report = Report::default();
    let seen = Seen::of(store, &mut report).await?;
    desks::check(&seen, &mut report);
    tickets::check(&seen, &mut report);
    lines::check(&seen, &mut report);
    lists::check(&seen, &mut report);
    journals::check(&seen, &mut report);
    report.findings.sort_by(|one, other| (one.severity, one.kind).cmp(&(other.severity, other.kind)));
    Ok(report)
}

#[derive(Serialize)]
struct Shown<'a> {
    database: String,
    ok: bool,
    counts: &'a Counts,
    findings: &'a [Finding],
}

/// Checks the database in `state_dir` as of one moment, and prints what was found.
pub fn check(state_dir: &Path, json: bool) -> Result<(), Failure> {
    let path = state_dir.join(DATABASE_FILE);
    let report = check_file(&path)?;
    if json {
        let ok = report.count(Severity::Error) == 0;
        let database = path.display().to_string();
        output::json(&Shown { database, ok, counts: &report.counts, findings: &report.findings })?;
    } else {
        output::line(&in_words(&path, &report))?;
    }
    match report.count(Severity::Error) {
        0 => Ok(()),
        count => Err(Failure::new(
            ExitKind::BadData,
            format!("{}: {count} found wrong", path.display()),
            "make a backup as it is, let the desk run and tick, check again; what stays needs a restore or a person",
        )),
    }
}

/// Checks a database file, inside and out.
pub fn check_file(path: &Path) -> Result<Report, Failure> {
    let (connection, _copy) = moment(path)?;
    let faults = check_whole(path, &connection)?;
    if !faults.is_empty() {
        // What a torn file says about tickets is not worth telling.
        let mut report = Report::default();
        for fault in faults {
            report.add(Severity::Error, "damaged-file", "", format!("SQLite: {fault}"));
        }
        return Ok(report);
    }
    let store = SqliteStore::new(connection);
    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::new(
            ExitKind::BadData,
            format!("{}: {error}", path.display()),
            "check the disk, then restore a backup",
        )
    };
    block_on(check_store(&store)).map_err(|error| unreadable(&error))
}

fn in_words(path: &Path, report: &Report) -> String {
    let counts = &report.counts;
    let mut text = format!(
        "{}: {} desks, {} tickets ({} in line, {} owing), {} journal events, {} keys, {} KiB\n",
        path.display(),
        counts.desks,
        counts.tickets,
        counts.in_line,
        counts.owing,
        counts.journal_events,
        counts.keys,
        counts.bytes / 1024,
    );
    let left = [counts.orphan_pages, counts.orphan_threads, counts.orphan_files, counts.stale_list_entries];
    if left.iter().any(|count| *count > 0) {
        let [pages, threads, files, entries] = left;
        text.push_str(&format!(
            "Left over and harmless: {pages} queue pages, {threads} thread pages, {files} files, {entries} entries of lists\n"
        ));
    }
    if report.findings.is_empty() {
        text.push_str("Everything agrees");
        return text;
    }
    let rows = report.findings.iter().take(FINDINGS_LISTED_MAX).map(|finding| {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        vec![severity.to_owned(), finding.kind.to_owned(), finding.key.clone(), finding.what.clone()]
    });
    text.push_str(&output::table(&["", "kind", "key", "what"], rows));
    let more = report.findings.len().saturating_sub(FINDINGS_LISTED_MAX);
    if more > 0 {
        text.push_str(&format!("\nand {more} more: --json lists all"));
    }
    text
}

#[cfg(test)]
mod tests;
