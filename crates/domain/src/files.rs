//! Files from people: what they really are, what they are called, and what is remembered of them.
//!
//! Nothing is unpacked or rendered, here or anywhere. A file is what its first bytes say; one that says otherwise about
//! itself, by its declared type or by its name, is refused.

use crate::limits::FILE_NAME_CHARS_MAX;
use crate::secrets::hex;
use crate::text::is_unprintable;
use crate::ticket::ErasedFile;
use serde::{Deserialize, Serialize};

/// What a file's parts are stored under: 128 bits in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct FileId(String);

impl FileId {
    /// From sixteen bytes: random, or a digest of what makes the file's place unique.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(hex(&bytes))
    }

    /// Reads the 32 digits, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (text.len() == 32 && digits).then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FileId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a file id")
    }
}

/// What a message remembers of a file. Its bytes are elsewhere, in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Which.
    pub id: FileId,
    /// What to call it when it is saved: no path, no odd characters, an extension that fits.
    pub name: String,
    /// What it is, by its content.
    #[serde(rename = "type")]
    pub media_type: String,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// In how many parts it is stored.
    pub parts: u32,
}

/// How many files a ticket has had, and their bytes: what counts against its limits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesTotal {
    /// How many.
    pub count: u32,
    /// Bytes of all of them.
    pub bytes: u64,
    /// That its desk did not keep them any longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<FilesGone>,
}

/// That a ticket's files are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesGone {
    /// Those of the messages up to this number.
    pub to: u32,
    /// How many files the ticket had had by then.
    pub count: u32,
    /// Files whose bytes are still to be deleted, beside those that thread pages name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<ErasedFile>,
    /// Whether anything is still to be deleted.
    pub is_due: bool,
}

impl FilesTotal {
    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        self.count == 0
    }
}

/// A kind of file that a desk can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its media type.
    pub media_type: &'static str,
    /// How names of such files end. One that ends otherwise gets the first.
    extensions: &'static [&'static str],
    /// Whether it is text, known by being UTF-8 without control characters.
    text: bool,
    /// Whether desks take it unless their policy says otherwise.
    by_default: bool,
}

const fn kind(media_type: &'static str, extensions: &'static [&'static str]) -> Kind {
    Kind { media_type, extensions, text: false, by_default: false }
}

const fn usual(kind: Kind) -> Kind {
    Kind { by_default: true, ..kind }
}

const fn text(kind: Kind) -> Kind {
    Kind { text: true, ..kind }
}

const ZIP: &str = "application/zip";
const PLAIN: &str = "text/plain";

/// Every kind that there is a check for. What a browser would run (HTML, SVG, scripts) is not among them.
pub const KINDS: &[Kind] = &[
    usual(kind("image/png", &["png"])),
    usual(kind("image/jpeg", &["jpg", "jpeg", "jpe", "jfif"])),
    usual(kind("image/gif", &["gif"])),
    usual(kind("image/webp", &["webp"])),
    usual(kind("image/heif", &["heic", "heif"])),
    usual(kind("application/pdf", &["pdf"])),
    usual(text(kind(
        PLAIN,
        &["txt", "log", "md", "text", "conf", "cfg", "ini", "yml", "yaml", "toml", "diff", "patch", "tsv"],
    ))),
    usual(text(kind("text/csv", &["csv"]))),
    usual(text(kind("application/json", &["json", "har"]))),
    text(kind("message/rfc822", &["eml"])),
    kind(ZIP, &["zip"]),
    kind("application/gzip", &["gz", "tgz"]),
    kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"]),
    kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"]),
    kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx"]),
    kind("video/mp4", &["mp4", "m4v"]),
    kind("video/quicktime", &["mov"]),
    kind("video/webm", &["webm"]),
    kind("audio/mpeg", &["mp3"]),
];

impl Kind {
    /// The kind of this media type.
    pub fn of(media_type: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.media_type == media_type)
    }

    /// The kinds a desk takes unless its policy says otherwise.
    pub fn defaults() -> impl Iterator<Item = &'static Self> {
        KINDS.iter().filter(|kind| kind.by_default)
    }

    fn of_extension(extension: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.extensions.contains(&extension))
    }

    /// Whether the first bytes are those of this kind. Each kind is asked for by itself: a table of all there are weighs
    /// as much as a component's rules.
    fn begins_like(&self, bytes: &[u8]) -> bool {
        use infer::{archive, audio, doc, image, video};
        let office = self.media_type.strip_prefix("application/vnd.openxmlformats-officedocument.");
        match office.unwrap_or(self.media_type) {
            "image/png" => image::is_png(bytes),
            "image/jpeg" => image::is_jpeg(bytes),
            "image/gif" => image::is_gif(bytes),
            "image/webp" => image::is_webp(bytes),
            "image/heif" => image::is_heif(bytes),
            "application/pdf" => archive::is_pdf(bytes),
            ZIP => archive::is_zip(bytes),
            "application/gzip" => archive::is_gz(bytes),
            "wordprocessingml.document" => doc::is_docx(bytes),
            "spreadsheetml.sheet" => doc::is_xlsx(bytes),
            "presentationml.presentation" => doc::is_pptx(bytes),
            "video/mp4" => video::is_mp4(bytes) || video::is_m4v(bytes),
            "video/quicktime" => video::is_mov(bytes),
            "video/webm" => video::is_webm(bytes) && !video::is_mkv(bytes),
            "audio/mpeg" => audio::is_mp3(bytes),
            _ => false,
        }
    }

    /// Office documents are archives too, and not every writer puts first what tells them apart.
    fn is_archive_like(&self) -> bool {
        self.media_type == ZIP || self.media_type.starts_with("application/vnd.openxmlformats")
    }
}

/// Why a file is refused for what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// No bytes.
    #[error("is empty")]
    Empty,
    /// Of a kind that is not taken, or of none that is known.
    #[error("is of a type that is not taken here")]
    Unsupported,
    /// Its declared type or its name says something else than its content.
    #[error("is not what its name or type says it is")]
    Mismatch,
}

/// What a file is, and what to call it, from its bytes, the type it was sent with, and its name.
pub fn recognise(
    name: Option<&str>,
    declared: Option<&str>,
    bytes: &[u8],
) -> Result<(&'static Kind, String), FileError> {
    if bytes.is_empty() {
        return Err(FileError::Empty);
    }
    let name = clean_name(name.unwrap_or_default());
    let extension = extension_of(&name);
    let declared = declared.map(essence).filter(|declared| !declared.is_empty());
    let declared = declared.as_deref().filter(|declared| *declared != "application/octet-stream");
    let found = match as_text(bytes) {
        Some(text) => text_kind(text, declared, extension.as_deref())?,
        None => binary_kind(bytes, declared)?,
    };
    if let Some(extension) = extension {
        match Kind::of_extension(&extension) {
            Some(named) if named == found => return Ok((found, name)),
            Some(named) if named.is_archive_like() && found.is_archive_like() => {}
            Some(named) if named.text && found.text => {}
            // A binary that says it is a picture, a picture that says it is a text.
            Some(_) => return Err(FileError::Mismatch),
            None => {}
        }
    }
    Ok((found, with_extension(name, found)))
}

/// Lower case, without parameters, by its usual name.
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "image/jpg" | "image/pjpeg" => "image/jpeg".to_owned(),
        "image/heic" => "image/heif".to_owned(),
        "application/x-zip-compressed" => ZIP.to_owned(),
        "application/x-gzip" => "application/gzip".to_owned(),
        "audio/mp3" => "audio/mpeg".to_owned(),
        "video/x-m4v" => "video/mp4".to_owned(),
        _ => essence,
    }
}

/// The bytes as text, if they are UTF-8 without control characters. A PDF can be, and is none.
fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok().filter(|_| !bytes.starts_with(b"%PDF-"))?;
    let control =
        |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t' | '\u{c}');
    (!text.chars().any(control)).then_some(text)
}

fn text_kind(
    text: &str,
    declared: Option<&str>,
    extension: Option<&str>,
) -> Result<&'static Kind, FileError> {
    let said = declared.and_then(Kind::of).or(extension.and_then(Kind::of_extension));
    if is_markup(text) {
        // A page that says it is a picture is refused for the lie: pictures are taken.
        let lies = said.is_some_and(|kind| !kind.text);
        return Err(if lies { FileError::Mismatch } else { FileError::Unsupported });
    }
    let by_name = extension.and_then(Kind::of_extension).filter(|kind| kind.text);
    let plain = Kind::of(PLAIN).ok_or(FileError::Unsupported)?;
    let Some(declared) = declared else { return Ok(by_name.unwrap_or(plain)) };
    match Kind::of(declared) {
        Some(kind) if kind.text => Ok(if kind == plain { by_name.unwrap_or(plain) } else { kind }),
        Some(_) => Err(FileError::Mismatch),
        // Windows calls them a spreadsheet.
        None if declared == "application/vnd.ms-excel" && extension == Some("csv") => {
            Ok(by_name.unwrap_or(plain))
        }
        None => match declared {
            "text/html" | "text/xml" | "text/javascript" | "text/css" | "text/vbscript" => {
                Err(FileError::Unsupported)
            }
            "application/x-yaml" | "application/yaml" | "application/toml" => Ok(plain),
            other if other.starts_with("text/") => Ok(plain),
            _ => Err(FileError::Unsupported),
        },
    }
}

/// What browsers take for a page, a picture with scripts, or another document that can do things.
fn is_markup(text: &str) -> bool {
    let begin =
        text.trim_start_matches(|character: char| character.is_whitespace() || character == '\u{feff}');
    let begin: String = begin.chars().take(15).collect::<String>().to_ascii_lowercase();
    ["<!doctype", "<html", "<head", "<body", "<script", "<svg", "<?xml", "<!--", "<iframe", "<?php", "{\\rtf"]
        .iter()
        .any(|tag| begin.starts_with(tag))
}

fn binary_kind(bytes: &[u8], declared: Option<&str>) -> Result<&'static Kind, FileError> {
    // What every office document is besides comes last.
    let others = KINDS.iter().filter(|kind| kind.media_type != ZIP);
    let found = others.chain(Kind::of(ZIP)).find(|kind| kind.begins_like(bytes));
    let named = declared.and_then(Kind::of);
    match (found, declared) {
        (Some(kind), None) => Ok(kind),
        (Some(kind), Some(_)) if named == Some(kind) => Ok(kind),
        (Some(kind), Some(_)) => {
            let both = kind.is_archive_like() && named.is_some_and(Kind::is_archive_like);
            if both { Ok(kind) } else { Err(FileError::Mismatch) }
        }
        (None, _) => Err(if named.is_some() { FileError::Mismatch } else { FileError::Unsupported }),
    }
}

/// A name without its path, without what cannot be seen or reorders what is seen, without what file systems refuse,
/// and not too long; `file` if nothing is left.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = |character: &char| {
        !is_unprintable(*character) && !is_invisible(*character) && !"\"*:<>?|\n\t".contains(*character)
    };
    let plain: String = last.chars().filter(kept).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.trim_matches(['.', ' ']);
    if words.is_empty() {
        return "file".to_owned();
    }
    let (stem, extension) = match extension_of(words) {
        Some(extension) => (words.get(..words.len() - extension.len() - 1).unwrap_or(words), extension),
        None => (words, String::new()),
    };
    let room = FILE_NAME_CHARS_MAX.saturating_sub(extension.len() + 6);
    let stem: String = stem.chars().take(room).collect();
    if extension.is_empty() { stem } else { format!("{stem}.{extension}") }
}

/// Marks and spaces that take no room: two names that look alike would not be.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// What follows the last dot, in lower case: 1 to 10 letters and digits.
fn extension_of(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    let plain =
        (1..=10).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && !stem.is_empty()).then(|| extension.to_ascii_lowercase())
}

/// The name with an ending that opens it as what it is: `run.bat` with a text in it is saved as `run.bat.txt`.
fn with_extension(name: String, kind: &Kind) -> String {
    let fits = extension_of(&name).is_some_and(|extension| kind.extensions.contains(&extension.as_str()));
    match kind.extensions.first() {
        Some(extension) if !fits => format!("{name}.{extension}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    const ZIP_BYTES: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";

    fn seen(name: &str, declared: Option<&str>, bytes: &[u8]) -> Result<(&'static str, String), FileError> {
        recognise(Some(name), declared, bytes).map(|(kind, name)| (kind.media_type, name))
    }

    #[test]
    fn a_file_is_what_its_bytes_say() {
        let png = |name: &str| Ok(("image/png", name.to_owned()));
        assert_eq!(seen("shot.png", Some("image/png"), PNG), png("shot.png"));
        assert_eq!(seen("shot.PNG", Some("application/octet-stream"), PNG), png("shot.png"));
        assert_eq!(seen("shot", None, PNG), png("shot.png"));
        assert_eq!(
            seen("a.zip", Some("application/x-zip-compressed"), ZIP_BYTES),
            Ok((ZIP, "a.zip".to_owned()))
        );
        assert_eq!(seen("a.log", Some("text/x-log"), "é 1\n".as_bytes()), Ok((PLAIN, "a.log".to_owned())));
        assert_eq!(
            seen("a.csv", Some("application/vnd.ms-excel"), b"a,b"),
            Ok(("text/csv", "a.csv".to_owned()))
        );
        assert_eq!(
            seen("BM.txt", None, b"BMW, and MZ, and ID3"),
            Ok((PLAIN, "BM.txt".to_owned())),
            "text, not magic"
        );
    }

    #[test]
    fn every_kind_that_is_no_text_has_a_mark_of_its_own() {
        let isobmff = |brand: &[u8]| [b"\0\0\0\x14ftyp", brand, b"\0\0\0\0", brand].concat();
        let riff = b"RIFF\0\0\0\0WEBPVP8 ".to_vec();
        for (media_type, bytes) in [
            ("image/png", PNG.to_vec()),
            ("image/jpeg", b"\xff\xd8\xff\xe0".to_vec()),
            ("image/gif", b"GIF89a\x01\0".to_vec()),
            ("image/webp", riff),
            ("image/heif", isobmff(b"heic")),
            ("application/pdf", b"%PDF-1.7\n\xe2\xe3".to_vec()),
            (ZIP, ZIP_BYTES.to_vec()),
            ("application/gzip", b"\x1f\x8b\x08\0\0".to_vec()),
            ("video/mp4", isobmff(b"isom")),
            ("video/quicktime", isobmff(b"qt  ")),
            ("audio/mpeg", b"ID3\x03\0\0".to_vec()),
        ] {
            let found = binary_kind(&bytes, None).map(|kind| kind.media_type);
            assert_eq!(found, Ok(media_type));
        }
    }

    #[test]
    fn lies_are_refused() {
        for (name, declared, bytes) in [
            ("a.png", Some("image/png"), EXE),
            ("a.png", Some("image/png"), b"just text".as_slice()),
            ("a.txt", Some("text/plain"), PNG),
            ("a.pdf", None, PNG),
            ("a.zip", Some("application/pdf"), ZIP_BYTES),
            ("a.png", None, b"just text"),
            ("a.png", Some("image/png"), b"\0\x01\x02\x03"),
            ("a.png", Some("image/png"), b"<html><script>alert(1)</script>"),
            ("a.png", None, b"<html><script>alert(1)</script>"),
        ] {
            assert_eq!(seen(name, declared, bytes), Err(FileError::Mismatch), "{name} {declared:?}");
        }
    }

    #[test]
    fn what_runs_is_not_taken() {
        for (name, declared, bytes) in [
            ("a.svg", Some("image/svg+xml"), b"<svg xmlns='http://www.w3.org/2000/svg'>".as_slice()),
            ("a.txt", Some("text/plain"), b"\xef\xbb\xbf \n<SVG onload=x>"),
            ("a.txt", Some("text/plain"), b"<!DOCTYPE html><script>"),
            ("a.html", Some("text/html"), b"hello"),
            ("a.js", Some("text/javascript"), b"alert(1)"),
            ("a.exe", None, EXE),
            ("a.bin", None, b"\0\x01\x02\x03"),
        ] {
            assert_eq!(seen(name, declared, bytes), Err(FileError::Unsupported), "{name}");
        }
        assert_eq!(seen("a", None, b""), Err(FileError::Empty));
    }

    #[test]
    fn names_are_made_harmless() {
        for (name, clean) in [
            ("../../etc/passwd", "passwd.txt"),
            ("C:\\Temp\\a.txt", "a.txt"),
            ("run.bat", "run.bat.txt"),
            ("\u{202e}txt.exe", "txt.exe.txt"),
            ("a\u{200b}\0\r\nb\"<>.txt", "ab.txt"),
            (".htaccess", "htaccess.txt"),
            ("...", "file.txt"),
            ("", "file.txt"),
            ("  наш  лог .txt", "наш лог .txt"),
        ] {
            assert_eq!(seen(name, None, b"text").unwrap().1, clean, "{name:?}");
        }
        let long = seen(&format!("{}.log", "長".repeat(500)), None, b"text").unwrap().1;
        assert!(long.chars().count() <= FILE_NAME_CHARS_MAX && long.ends_with(".log"), "{long}");
    }

    #[test]
    fn ids_are_digits_and_nothing_else() {
        let id = FileId::new([0xab; 16]);
        assert_eq!(FileId::parse(id.as_str()), Some(id));
        for bad in ["", "ab", "../", &"g".repeat(32), &"A".repeat(32)] {
            assert_eq!(FileId::parse(bad), None);
        }
    }
}
