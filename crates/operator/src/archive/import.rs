//! From lines to a store: all of them, or none.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::executor::block_on;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tierline_desk::kept::{NotKept, kind_of, read_kept};
use tierline_domain::secrets::hex;
use tierline_sqlite::{DATABASE_FILE, SqliteStore, StateLock, create_state_dir, open_writer};
use tierline_store::{StoreError, Sweep};

use super::order::rank;
use super::{End, Entry, Header, VERSION};
use crate::check::{Finding, Severity, check_store};
use crate::exit::{ExitKind, Failure};
use crate::limits::{EXPORT_LINE_BYTES_MAX, FINDINGS_LISTED_MAX};
use crate::output;

/// What an import did.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Keys that were not there.
    pub written: u64,
    /// Keys that were there, the same.
    pub unchanged: u64,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file failed.
    #[error("line {line}: {error}")]
    Read {
        /// From 1.
        line: u64,
        /// What the system said.
        error: std::io::Error,
    },
    /// A line is not what it must be.
    #[error("line {line}: {what}")]
    Line {
        /// From 1.
        line: u64,
        /// What is wrong, without what was read: it is personal.
        what: String,
    },
    /// It was written by another version.
    #[error("the file is of version {found} of the format; this build reads version {VERSION}")]
    Version {
        /// Its version.
        found: u32,
    },
    /// It ends before its last line.
    #[error("the file ends early, after line {line}: it was cut off")]
    CutOff {
        /// The last line there is.
        line: u64,
    },
    /// It was changed after it was written.
    #[error("the file is not as it was written: its digest is another")]
    Digest,
    /// What is there is not the same.
    #[error("{} keys are there already and are not the same, for example {}", .0.len(), .0.first().map_or("", String::as_str))]
    Conflicts(Vec<String>),
    /// All is well-formed but does not fit together.
    #[error("{} things would be wrong after it, for example {}", .0.len(), .0.first().map_or_else(String::new, |finding| format!("{}: {}", finding.key, finding.what)))]
    Unsound(Vec<Finding>),
}

/// Writes every entry of `input` that is not there yet. The caller wraps this in a transaction, and undoes it all on an
/// error. Reads and checks everything; a second time it changes nothing.
pub async fn read_all(store: &impl Sweep, input: &mut impl BufRead) -> Result<Imported, ImportError> {
    let before = errors(check_store(store).await?.findings);
    let mut lines = Lines { input, hash: Sha256::new(), number: 0 };
    read_header(&mut lines)?;
    let mut imported = Imported::default();
    let (mut seen, mut conflicts) = (BTreeSet::new(), vec![]);
    loop {
        let digest = hex(&lines.hash.clone().finalize());
        let Some(line) = lines.next()? else { return Err(ImportError::CutOff { line: lines.number }) };
        if let Ok(end) = serde_json::from_str::<End>(&line) {
            check_end(&mut lines, &end, &digest, seen.len() as u64)?;
            break;
        }
        let wrong = |what: String| ImportError::Line { line: lines.number, what };
        let (key, value) = read_entry(&line).map_err(wrong)?;
        if !seen.insert(key.clone()) {
            return Err(wrong(format!("the key {key} is there twice")));
        }
        match store.get(&key).await? {
            Some(found) if found == value => imported.unchanged += 1,
            Some(_) => conflicts.push(key),
            None => {
                store.set(&key, &value).await?;
                imported.written += 1;
            }
        }
    }
    if !conflicts.is_empty() {
        return Err(ImportError::Conflicts(conflicts));
    }
    let mut after = errors(check_store(store).await?.findings);
    after.retain(|finding| !before.contains(finding));
    if after.is_empty() { Ok(imported) } else { Err(ImportError::Unsound(after)) }
}

fn errors(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.retain(|finding| finding.severity == Severity::Error);
    findings
}

/// Lines of bounded length, each through the digest.
struct Lines<'a, R> {
    input: &'a mut R,
    hash: Sha256,
    number: u64,
}

impl<R: BufRead> Lines<'_, R> {
    fn next(&mut self) -> Result<Option<String>, ImportError> {
        let mut bytes = vec![];
        let line = self.number + 1;
        let limit = EXPORT_LINE_BYTES_MAX as u64 + 1;
        let read = Read::take(&mut *self.input, limit).read_until(b'\n', &mut bytes);
        read.map_err(|error| ImportError::Read { line, error })?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.len() > EXPORT_LINE_BYTES_MAX {
            let what = format!("it has more than {EXPORT_LINE_BYTES_MAX} bytes");
            return Err(ImportError::Line { line, what });
        }
        if bytes.last() != Some(&b'\n') {
            return Err(ImportError::CutOff { line: self.number });
        }
        self.number = line;
        self.hash.update(&bytes);
        let text = String::from_utf8(bytes);
        text.map(Some).map_err(|_| ImportError::Line { line, what: "it is not UTF-8".to_owned() })
    }
}

fn read_header<R: BufRead>(lines: &mut Lines<'_, R>) -> Result<(), ImportError> {
    #[derive(serde::Deserialize)]
    struct Version {
        tierline_export: u32,
    }
    let not_ours = || ImportError::Line { line: 1, what: "this is no export of Tierline's".to_owned() };
    let line = lines.next()?.ok_or_else(not_ours)?;
    // The version first: another one may have another header.
    let version: Version = serde_json::from_str(&line).map_err(|_| not_ours())?;
    if version.tierline_export != VERSION {
        return Err(ImportError::Version { found: version.tierline_export });
    }
    serde_json::from_str::<Header>(&line).map(drop).map_err(|_| not_ours())
}

fn check_end<R: BufRead>(
    lines: &mut Lines<'_, R>,
    end: &End,
    digest: &str,
    entries: u64,
) -> Result<(), ImportError> {
    if end.sha256 != digest || !end.end {
        return Err(ImportError::Digest);
    }
    let line = lines.number;
    if end.entries != entries {
        let what = format!("it counts {} entries and there are {entries}", end.entries);
        return Err(ImportError::Line { line, what });
    }
    match lines.next()? {
        None => Ok(()),
        Some(_) => Err(ImportError::Line { line: line + 1, what: "there is more after the end".to_owned() }),
    }
}

/// The key and its value, which must be of a kind this build knows.
fn read_entry(line: &str) -> Result<(String, Vec<u8>), String> {
    let entry: Entry<'_> = serde_json::from_str(line.trim_end_matches('\n'))
        .map_err(|error| format!("it is no entry: column {} is wrong", error.column()))?;
    let value = match (entry.document, entry.base64) {
        (Some(document), None) => document.get().as_bytes().to_vec(),
        (None, Some(base64)) => STANDARD.decode(base64).map_err(|_| "its base64 is none".to_owned())?,
        _ => return Err("an entry has either a document or base64".to_owned()),
    };
    if kind_of(entry.key) != Some(entry.kind) || rank(entry.key).is_none() {
        return Err("its kind and its key do not go together".to_owned());
    }
    match read_kept(entry.key, &value) {
        Ok(_) => Ok((entry.key.to_owned(), value)),
        Err(NotKept::UnknownKey) => Err("this build does not know what it is: update tierline".to_owned()),
        Err(why) => Err(format!("{}: {why}", entry.key)),
    }
}

/// Imports the file `from`, or standard input for `-`, into the database of `state_dir`, all of it or nothing.
pub fn import(from: &Path, state_dir: &Path, json: bool) -> Result<(), Failure> {
    import_capped(from, state_dir, json, None)
}

/// As [`import`], into a database of at most this many pages: to see what a full disk does.
pub(super) fn import_capped(
    from: &Path,
    state_dir: &Path,
    json: bool,
    pages_max: Option<u32>,
) -> Result<(), Failure> {
    let mut input: Box<dyn BufRead> = match from == Path::new("-") {
        true => Box::new(std::io::stdin().lock()),
        false => Box::new(BufReader::new(File::open(from).map_err(|error| {
            let problem = format!("{} cannot be read: {error}", from.display());
            Failure::new(ExitKind::MissingInput, problem, "check the name of the export")
        })?)),
    };
    create_state_dir(state_dir)?;
    let _lock = StateLock::alone(state_dir, DATABASE_FILE)?;
    let store = SqliteStore::new(open_writer(&state_dir.join(DATABASE_FILE), pages_max)?);
    let transaction = |sql: &str| {
        let done = store.connection().execute_batch(sql);
        done.map_err(|error| ImportError::Store(StoreError::Unavailable(error.to_string())))
    };
    let outcome = transaction("BEGIN IMMEDIATE").and_then(|()| {
        let imported = block_on(read_all(&store, &mut input))?;
        transaction("COMMIT").map(|()| imported)
    });
    match outcome {
        Ok(imported) if json => output::json(&imported),
        Ok(Imported { written, unchanged }) => output::line(&format!(
            "{}: {written} entries written, {unchanged} were there already, the same",
            from.display()
        )),
        Err(error) => {
            // After a full disk SQLite has rolled back by itself.
            if !store.connection().is_autocommit() {
                _ = store.connection().execute_batch("ROLLBACK");
            }
            Err(failure(from, error))
        }
    }
}

fn failure(from: &Path, error: ImportError) -> Failure {
    let (kind, advice) = match &error {
        ImportError::Store(StoreError::Full(_)) => {
            (ExitKind::StateUnwritable, "free some space, then repeat: nothing was imported")
        }
        ImportError::Store(_) => {
            (ExitKind::StateUnwritable, "check the disk, then repeat: nothing was imported")
        }
        ImportError::Version { .. } => {
            (ExitKind::BadData, "import it with the tierline that made it, update, and export again")
        }
        ImportError::Conflicts(_) => (
            ExitKind::BadData,
            "the desk went on since the export, or is another one: import into an empty directory; nothing was imported",
        ),
        _ => (ExitKind::BadData, "export it again, or fetch the file again; nothing was imported"),
    };
    let listed = match &error {
        ImportError::Unsound(findings) => list(
            findings.iter().map(|finding| format!("{}: {} ({})", finding.key, finding.what, finding.kind)),
        ),
        ImportError::Conflicts(keys) => list(keys.iter().cloned()),
        _ => String::new(),
    };
    Failure::new(kind, format!("{}: {error}{listed}", from.display()), advice)
}

fn list(lines: impl ExactSizeIterator<Item = String>) -> String {
    lines.take(FINDINGS_LISTED_MAX).map(|line| format!("\n  {}", output::printable(&line))).collect()
}
