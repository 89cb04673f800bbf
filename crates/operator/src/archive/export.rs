//! From a store to lines.

use std::io::Write;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::executor::block_on;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use tierline_desk::kept::{kind_of, read_kept};
use tierline_desk::keys::parse_ticket;
use tierline_domain::ids::DeskId;
use tierline_domain::secrets::hex;
use tierline_sqlite::{DATABASE_FILE, SqliteStore};
use tierline_store::{StoreError, Sweep};

use super::order::{Owned, rank};
use super::{End, Entry, Header, VERSION};
use crate::backup::moment;
use crate::exit::{ExitKind, Failure};
use crate::output;
use crate::place::{NewFile, unwritable};

/// What was written.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Keys.
    pub entries: u64,
    /// Of them, tickets.
    pub tickets: u64,
    /// Keys this build cannot read: they are in the file as they are, and an import refuses them.
    pub unreadable: Vec<String>,
}

/// Why it could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file failed.
    #[error(transparent)]
    Write(#[from] std::io::Error),
    /// No desk of that name is published.
    #[error("no desk \"{0}\" is published there")]
    UnknownDesk(DeskId),
}

/// Writes everything that is `desk`'s, or everything, to `output`. Reads each key once, tickets and threads twice if one
/// desk is asked for.
pub async fn write_all(
    store: &impl Sweep,
    desk: Option<&DeskId>,
    output: &mut impl Write,
) -> Result<Exported, ExportError> {
    let mut keys = store.list_keys().await?;
    if let Some(desk) = desk {
        if !keys.contains(&tierline_desk::keys::desk(desk)) {
            return Err(ExportError::UnknownDesk(desk.clone()));
        }
        let owned = owned(store, desk, &keys).await?;
        keys.retain(|key| owned.has(desk, key));
    }
    keys.retain(|key| rank(key).is_some());
    keys.sort_by_cached_key(|key| rank(key));
    let mut lines = Lines { output, hash: Sha256::new() };
    let mut exported = Exported::default();
    lines.write(&Header { tierline_export: VERSION, desk: desk.map(ToString::to_string) })?;
    for key in keys {
        let Some(value) = store.get(&key).await? else { continue };
        if read_kept(&key, &value).is_err() {
            exported.unreadable.push(key.clone());
        }
        write_entry(&mut lines, &key, &value)?;
        exported.entries += 1;
        exported.tickets += u64::from(parse_ticket(&key).is_some());
    }
    let sha256 = hex(&lines.hash.clone().finalize());
    lines.write(&End { end: true, entries: exported.entries, sha256 })?;
    lines.output.flush()?;
    Ok(exported)
}

async fn owned(store: &impl Sweep, desk: &DeskId, keys: &[String]) -> Result<Owned, StoreError> {
    let mut owned = Owned::default();
    for key in keys.iter().filter(|key| matches!(kind_of(key), Some("ticket" | "thread" | "origin"))) {
        if let Some(Ok(kept)) = store.get(key).await?.map(|value| read_kept(key, &value)) {
            owned.look(desk, key, kept);
        }
    }
    Ok(owned.finish())
}

/// Every line goes through the digest.
struct Lines<'a, W> {
    output: &'a mut W,
    hash: Sha256,
}

impl<W: Write> Lines<'_, W> {
    fn write(&mut self, line: &impl Serialize) -> std::io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.hash.update(&bytes);
        self.output.write_all(&bytes)
    }
}

fn write_entry<W: Write>(lines: &mut Lines<'_, W>, key: &str, value: &[u8]) -> std::io::Result<()> {
    let kind = kind_of(key).unwrap_or("other");
    match as_it_is(value) {
        Some(document) => lines.write(&Entry { kind, key, document: Some(document), base64: None }),
        None => {
            let base64 = STANDARD.encode(value);
            lines.write(&Entry { kind, key, document: None, base64: Some(&base64) })
        }
    }
}

/// The value, if it is a JSON object on one line that reads back as the very same bytes.
fn as_it_is(value: &[u8]) -> Option<&RawValue> {
    let text = std::str::from_utf8(value).ok()?;
    if !text.starts_with('{') || text.contains(['\n', '\r']) {
        return None;
    }
    let raw: &RawValue = serde_json::from_str(text).ok()?;
    (raw.get() == text).then_some(raw)
}

/// Exports the database of `state_dir`, or one desk of it, to the new file `to`, or to standard output for `-`.
pub fn export(state_dir: &Path, desk: Option<&DeskId>, to: &Path, json: bool) -> Result<(), Failure> {
    let path = state_dir.join(DATABASE_FILE);
    let (connection, _copy) = moment(&path)?;
    let store = SqliteStore::new(connection);
    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::new(ExitKind::BadData, format!("{}: {error}", path.display()), "run tierline check on it")
    };
    let failed = |error: ExportError| match &error {
        ExportError::Store(error) => unreadable(error),
        ExportError::Write(error) => unwritable(to, error),
        ExportError::UnknownDesk(_) => Failure::new(
            ExitKind::MissingInput,
            error.to_string(),
            "check the name; without --desk everything is exported",
        ),
    };
    if to == Path::new("-") {
        let mut output = std::io::BufWriter::new(std::io::stdout().lock());
        let exported = block_on(write_all(&store, desk, &mut output)).map_err(failed)?;
        return warn(&exported);
    }
    let mut file = NewFile::begin(to)?;
    let mut output = std::io::BufWriter::new(file.file());
    let exported = block_on(write_all(&store, desk, &mut output)).map_err(failed)?;
    drop(output);
    file.place()?;
    if json {
        output::json(&exported)?;
    } else {
        let (name, tickets) = (to.display(), exported.tickets);
        output::line(&format!("{name}: {} entries, {tickets} of them tickets", exported.entries))?;
    }
    warn(&exported)
}

fn warn(exported: &Exported) -> Result<(), Failure> {
    match exported.unreadable.as_slice() {
        [] => Ok(()),
        [first, ..] => Err(Failure::new(
            ExitKind::BadData,
            format!(
                "{} entries are exported as they are but cannot be read, for example {first}",
                exported.unreadable.len()
            ),
            "run tierline check; an import refuses such a file, a backup keeps everything",
        )),
    }
}
