//! `PUT /v1/desks/{desk}`: a desk file in TOML or JSON, checked, then put in force whole.

use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use tierline_desk::view::DeskView;
use tierline_desk::{api, publish, require_operator};
use tierline_domain::desk::DeskFile;
use tierline_domain::limits::DESK_FILE_BYTES_MAX;
use tierline_http::{
    Params, Platform, Problem, ProblemKind, Request, Response, bearer, json, parse_json, refuse_encoding,
};

#[derive(Serialize)]
struct PublishedView {
    desk: DeskView,
    changed: bool,
}

/// 201 for a desk's first file, 200 for a later one and for one that is in force already.
pub async fn publish_desk<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let id = api::desk_param(params)?;
    require_operator(platform, &id, bearer(request)?).await?;
    let file = read_file(request)?;
    if file.desk.id != id {
        let detail = format!(
            "The file is of the desk \"{}\", the path of \"{id}\". Put it at its own path.",
            file.desk.id
        );
        return Err(Problem::invalid_field("desk.id", detail));
    }
    let published = publish(platform, file).await?;
    let first = published.changed && published.desk.version == 1;
    let status = if first { StatusCode::CREATED } else { StatusCode::OK };
    Ok(json(status, &PublishedView { desk: DeskView::of(&published.desk), changed: published.changed }))
}

fn read_file(request: &Request) -> Result<DeskFile, Problem> {
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    match kind.split(';').next().map(str::trim) {
        Some("application/toml" | "text/toml") => {
            refuse_encoding(request)?;
            read_toml(request.body())
        }
        _ => read_json(request),
    }
}

/// By way of a value: reading the file type straight from JSON as well as from TOML would double its code.
fn read_json(request: &Request) -> Result<DeskFile, Problem> {
    let value = parse_json::<serde_json::Value>(request, DESK_FILE_BYTES_MAX)?;
    DeskFile::deserialize(value)
        .map_err(|error| Problem::new(ProblemKind::InvalidDeskFile, format!("{error}.")))
}

fn read_toml(body: &[u8]) -> Result<DeskFile, Problem> {
    if body.len() > DESK_FILE_BYTES_MAX {
        let detail = format!("A desk file may have at most {DESK_FILE_BYTES_MAX} bytes.");
        return Err(Problem::new(ProblemKind::BodyTooLarge, detail).with("limit_bytes", DESK_FILE_BYTES_MAX));
    }
    let text = std::str::from_utf8(body).map_err(|_| {
        Problem::new(ProblemKind::InvalidDeskFile, "The file is not UTF-8. Save it as UTF-8.")
    })?;
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
        Problem::new(ProblemKind::InvalidDeskFile, format!("Line {line}: {}.", error.message()))
            .with("line", line)
    })
}
