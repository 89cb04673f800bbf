//! Desk files as they are sent and shown.

use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use tierline_desk::view::DeskView;
use tierline_desk::{Format, Published, api};
use tierline_domain::desk::{Desk, DeskFile};
use tierline_domain::limits::DESK_FILE_BYTES_MAX;
use tierline_http::{Problem, ProblemKind, Request, Response, json, parse_json, refuse_encoding, with_etag};

#[derive(Serialize)]
struct PublishedView {
    desk: DeskView,
    changed: bool,
}

/// The answer to a publication.
pub fn published(published: &Published) -> Response {
    let first = published.changed && published.desk.version == 1;
    let status = if first { StatusCode::CREATED } else { StatusCode::OK };
    let view = PublishedView { desk: DeskView::of(&published.desk), changed: published.changed };
    with_etag(json(status, &view), &desk_etag(&published.desk))
}

/// Another one after every publication.
pub fn desk_etag(desk: &Desk) -> String {
    api::etag(&(desk.version, desk.edition))
}

/// The file, its text, and how it is written.
pub fn read_file(request: &Request) -> Result<(DeskFile, String, Format), Problem> {
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    match kind.split(';').next().map(str::trim) {
        Some("application/toml" | "text/toml") => {
            refuse_encoding(request)?;
            let text = utf8(request.body())?;
            Ok((read_toml(text)?, text.to_owned(), Format::Toml))
        }
        _ => {
            let value = parse_json::<serde_json::Value>(request, DESK_FILE_BYTES_MAX)?;
            Ok((from_value(value)?, utf8(request.body())?.to_owned(), Format::Json))
        }
    }
}

/// A file that was kept.
pub fn read_text(text: &str, format: Format) -> Result<DeskFile, Problem> {
    match format {
        Format::Toml => read_toml(text),
        Format::Json => {
            let malformed = |error: serde_json::Error| {
                Problem::new(ProblemKind::InvalidDeskFile, format!("Line {}: not JSON.", error.line()))
            };
            from_value(serde_json::from_str(text).map_err(malformed)?)
        }
    }
}

/// By way of a value: reading the file type straight from JSON as well as from TOML would double its code.
fn from_value(value: serde_json::Value) -> Result<DeskFile, Problem> {
    DeskFile::deserialize(value)
        .map_err(|error| Problem::new(ProblemKind::InvalidDeskFile, format!("{error}.")))
}

fn utf8(body: &[u8]) -> Result<&str, Problem> {
    if body.len() > DESK_FILE_BYTES_MAX {
        let detail = format!("A desk file may have at most {DESK_FILE_BYTES_MAX} bytes.");
        return Err(Problem::new(ProblemKind::BodyTooLarge, detail).with("limit_bytes", DESK_FILE_BYTES_MAX));
    }
    std::str::from_utf8(body)
        .map_err(|_| Problem::new(ProblemKind::InvalidDeskFile, "The file is not UTF-8. Save it as UTF-8."))
}

fn read_toml(text: &str) -> Result<DeskFile, Problem> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
        Problem::new(ProblemKind::InvalidDeskFile, format!("Line {line}: {}.", error.message()))
            .with("line", line)
    })
}
