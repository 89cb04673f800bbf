//! Desk files as they are sent and shown.

use crate::lines::{Lines, line_at};
use http::{StatusCode, header};
use serde_json::{Value, json};
use tierline_desk::{Format, Publication, Published};
use tierline_domain::desk::DeskFile;
use tierline_domain::limits::DESK_FILE_BYTES_MAX;
use tierline_http::{
    Problem, ProblemKind, Request, Response, from_fields, json as json_response, parse_json, refuse_encoding,
};

/// The answer to a publication, for `publishing`, which shows the desk.
pub fn published(published: &Published) -> Response {
    let first = published.changed && published.desk.version == 1;
    let status = if first { StatusCode::CREATED } else { StatusCode::OK };
    json_response(status, &Publication { changed: published.changed })
}

/// The file, its text, and how it is written.
pub fn read_file(request: &Request) -> Result<(DeskFile, String, Format), Problem> {
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    match kind.split(';').next().map(str::trim) {
        Some("application/toml" | "text/toml") => {
            refuse_encoding(request)?;
            let text = utf8(request.body())?;
            Ok((read_text(text, Format::Toml)?, text.to_owned(), Format::Toml))
        }
        _ => {
            let file = parse_json(request, DESK_FILE_BYTES_MAX);
            let text = utf8(request.body());
            let file = file.map_err(|problem| {
                with_lines(in_desk_file(problem), text.as_ref().unwrap_or(&""), Format::Json)
            })?;
            Ok((file, text?.to_owned(), Format::Json))
        }
    }
}

/// A file that was kept, or came as TOML. By way of a value and what reads JSON: what a table may be is said once, as
/// strictly in both forms, and its code is there once.
pub fn read_text(text: &str, format: Format) -> Result<DeskFile, Problem> {
    let value: Value = match format {
        Format::Toml => toml::from_str(text).map_err(|error| broken_toml(text, &error))?,
        Format::Json => serde_json::from_str(text).map_err(|error| {
            Problem::new(ProblemKind::InvalidDeskFile, format!("Line {}: not JSON.", error.line()))
        })?,
    };
    from_fields(&value).map_err(|problem| with_lines(in_desk_file(problem), text, format))
}

fn utf8(body: &[u8]) -> Result<&str, Problem> {
    if body.len() > DESK_FILE_BYTES_MAX {
        let detail = format!("A desk file may have at most {DESK_FILE_BYTES_MAX} bytes.");
        return Err(Problem::new(ProblemKind::BodyTooLarge, detail).with("limit_bytes", DESK_FILE_BYTES_MAX));
    }
    std::str::from_utf8(body)
        .map_err(|_| Problem::new(ProblemKind::InvalidDeskFile, "The file is not UTF-8. Save it as UTF-8."))
}

fn broken_toml(text: &str, error: &toml::de::Error) -> Problem {
    let line = line_at(text, error.span().map_or(0, |span| span.start));
    Problem::new(ProblemKind::InvalidDeskFile, format!("Line {line}: {}.", error.message()))
        .with("line", line)
}

/// What is wrong with a field is a mistake of the file.
fn in_desk_file(problem: Problem) -> Problem {
    if problem.kind != ProblemKind::InvalidField {
        return problem;
    }
    let at = problem.extra.get("field").and_then(Value::as_str).unwrap_or_default();
    let what = problem.detail.trim_end_matches('.');
    let detail = format!("Nothing was published. The first mistake: {at}: {what}.");
    Problem::new(ProblemKind::InvalidDeskFile, detail).with("mistakes", json!([{"at": at, "what": what}]))
}

/// A refusal whose mistakes have the lines they are in.
pub fn with_lines(mut problem: Problem, text: &str, format: Format) -> Problem {
    let Some(Value::Array(mistakes)) = problem.extra.get_mut("mistakes") else { return problem };
    let Some(lines) = Lines::of(text, format) else { return problem };
    let mut first = None;
    for mistake in mistakes {
        let line = lines.find(mistake.get("at").and_then(Value::as_str).unwrap_or_default());
        first = first.or(Some(line));
        if let Value::Object(members) = mistake {
            members.insert("line".to_owned(), json!(line));
        }
    }
    match first {
        Some(line) => problem.with("line", line),
        None => problem,
    }
}
