//! `tierline export` and `tierline import`: everything a desk keeps as lines of JSON. `docs/export-format.md` is the
//! contract; a store's values pass through unchanged, so that an export of an import is the same file.

mod export;
mod import;
mod order;

pub use export::export;
pub use import::import;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version of the format that is written, and the only one that is read.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    tierline_export: u32,
    /// The only desk in it, or null for all.
    desk: Option<String>,
}

/// A key and its value: as it is where it is JSON, else in base64.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    kind: &'a str,
    key: &'a str,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    document: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    base64: Option<&'a str>,
}

/// The last line: without it, a file that was cut off would look whole.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    end: bool,
    entries: u64,
    /// Of every byte before this line.
    sha256: String,
}

#[cfg(test)]
mod tests;
