//! The versions of a desk file: each one's text as it was published, and which ones are kept.

use crate::documents::{FilePageDocument, HistoryDocument, write};
use crate::limits::{DESK_FILE_PAGE_BYTES_MAX, VERSIONS_KEPT_MAX};
use crate::{Error, keys, lookup};
use serde::{Deserialize, Serialize};
use tierline_domain::desk::Desk;
use tierline_domain::history::Actor;
use tierline_domain::ids::DeskId;
use tierline_domain::secrets::sha256_hex;
use tierline_domain::time::Time;
use tierline_store::{OperationId, Runtime, Store, read};

/// How a desk file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

/// One version of a desk file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Counts publications, from 1.
    pub version: u64,
    /// Names what is stored of it.
    pub edition: u64,
    /// When.
    pub published_at: Time,
    /// By whom.
    pub by: Actor,
    /// How its text is written.
    pub format: Format,
    /// Bytes of its text.
    pub bytes: usize,
    /// Pages of its text.
    pub pages: u32,
    /// SHA-256 of its text, hexadecimal.
    pub sha256: String,
    /// The version whose text it took up again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_of: Option<u64>,
}

/// A desk file to be published.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// As it was sent.
    pub text: &'a str,
    /// How it is written.
    pub format: Format,
    /// By whom.
    pub by: &'a Actor,
    /// The version whose text it takes up again.
    pub rollback_of: Option<u64>,
}

impl Source<'_> {
    /// SHA-256 of the text, hexadecimal.
    pub fn sha256(&self) -> String {
        sha256_hex(&[self.text.as_bytes()])
    }
}

/// The versions that are kept, newest first; the one in force is the first. One store read. Empty for a desk that was
/// published before texts were kept.
pub async fn versions<R: Runtime>(runtime: &R, desk: &Desk) -> Result<Vec<Version>, Error> {
    let key = keys::desk_file(&desk.head.id, desk.edition);
    let found = read::<HistoryDocument, _>(runtime.store(), &key).await?;
    Ok(found.map(|document| document.body.0).unwrap_or_default())
}

/// A version that is kept. One store read.
pub async fn version<R: Runtime>(runtime: &R, desk: &Desk, number: u64) -> Result<Version, Error> {
    let found = versions(runtime, desk).await?.into_iter().find(|version| version.version == number);
    found.ok_or(Error::UnknownVersion)
}

/// A version's text. One store read a page.
pub async fn version_text<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    version: &Version,
) -> Result<String, Error> {
    let mut text = String::with_capacity(version.bytes);
    for page in 0..version.pages {
        let key = keys::desk_file_page(desk, version.edition, page);
        let found = read::<FilePageDocument, _>(runtime.store(), &key).await?;
        text += &found.ok_or_else(|| lookup::missing("a page of a desk file"))?.body.0;
    }
    Ok(text)
}

/// Writes the text of a version that is about to be in force, and the versions kept with it. One durable commit a page,
/// and one.
pub(crate) async fn write_version<R: Runtime>(
    runtime: &R,
    desk: &Desk,
    source: &Source<'_>,
    earlier: Vec<Version>,
    operation: &OperationId,
) -> Result<(), Error> {
    let id = &desk.head.id;
    let pages = pages(source.text);
    for (number, page) in (0..).zip(&pages) {
        let key = keys::desk_file_page(id, desk.edition, number);
        write(runtime, &key, FilePageDocument((*page).to_owned()), operation).await?;
    }
    let version = Version {
        version: desk.version,
        edition: desk.edition,
        published_at: desk.published_at,
        by: source.by.clone(),
        format: source.format,
        bytes: source.text.len(),
        pages: u32::try_from(pages.len()).unwrap_or(u32::MAX),
        sha256: source.sha256(),
        rollback_of: source.rollback_of,
    };
    let history = std::iter::once(version).chain(earlier).take(VERSIONS_KEPT_MAX).collect();
    write(runtime, &keys::desk_file(id, desk.edition), HistoryDocument(history), operation).await
}

/// The text in parts, none of which splits a character.
fn pages(text: &str) -> Vec<&str> {
    let mut pages = vec![];
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.floor_char_boundary(DESK_FILE_PAGE_BYTES_MAX);
        let (page, more) = rest.split_at(end);
        pages.push(page);
        rest = more;
    }
    pages
}

/// Removes what is stored of versions that are no longer kept, and of publications that never came into force: at
/// most `keys_max` keys, none younger than an hour, because somebody may still be reading or publishing it.
pub(crate) async fn forget_versions<R: Runtime>(
    runtime: &R,
    desk: &Desk,
    keys: &[String],
    keys_max: usize,
) -> Result<usize, Error> {
    let kept: Vec<u64> = versions(runtime, desk).await?.iter().map(|version| version.edition).collect();
    let hour_ago = Time(runtime.now_ms()).minus_ms(60 * 60 * 1000);
    let is_gone = |edition: u64| {
        let in_force = edition == desk.edition || edition == desk.people_edition();
        let made_at = i64::try_from(edition >> 11).unwrap_or(i64::MAX);
        !in_force && !kept.contains(&edition) && made_at < hour_ago.0
    };
    // Of an earlier version only its text is kept: people and answers are made from it anew.
    let is_past = |edition: u64| {
        let made_at = i64::try_from(edition >> 11).unwrap_or(i64::MAX);
        edition != desk.edition && edition != desk.people_edition() && made_at < hour_ago.0
    };
    let mut removed = 0;
    for key in keys {
        let done = match keys::parse_edition(&desk.head.id, key) {
            Some((keys::EditionKind::File, edition)) => is_gone(edition),
            Some((keys::EditionKind::InForce, edition)) => is_past(edition),
            None => false,
        };
        if done && removed < keys_max {
            runtime.store().delete(key).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_the_text_and_split_no_character() {
        for text in
            [String::new(), "a".into(), "日本語".repeat(40_000), "x".repeat(DESK_FILE_PAGE_BYTES_MAX * 2)]
        {
            let pages = pages(&text);
            assert_eq!(pages.concat(), text);
            assert!(pages.iter().all(|page| (1..=DESK_FILE_PAGE_BYTES_MAX).contains(&page.len())));
        }
    }
}
