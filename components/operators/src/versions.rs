//! `GET /v1/desks/{desk}/versions`, `.../versions/{version}`, `.../versions/{version}/diff`, and
//! `POST .../versions/{version}/rollback`: what was published, by whom, what it changed, and back to it.

use crate::desk_file::{published, read_text};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use similar::{Algorithm, TextDiff};
use std::time::{Duration, Instant};
use tierline_desk::view::ActorView;
use tierline_desk::{Error, Format, Source, Version, api, publish, version, version_text, versions};
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Query, Request, Response, json};

/// How long a diff may look for the shortest one. After that it is still right, only longer.
const DIFF_TIME_MAX: Duration = Duration::from_millis(300);

#[derive(Serialize)]
struct Versions {
    versions: Vec<VersionView>,
}

#[derive(Serialize)]
struct VersionView {
    version: u64,
    published_at: String,
    by: ActorView,
    format: Format,
    bytes: usize,
    sha256: String,
    rollback_of: Option<u64>,
}

impl VersionView {
    fn of(version: &Version) -> Self {
        Self {
            version: version.version,
            published_at: version.published_at.to_rfc3339(),
            by: ActorView::of(&version.by),
            format: version.format,
            bytes: version.bytes,
            sha256: version.sha256.clone(),
            rollback_of: version.rollback_of,
        }
    }
}

/// The version in the path: a number from 1. What is none names none.
fn version_param(params: &Params) -> Result<u64, Problem> {
    number(params.require("version")?).ok_or_else(|| Error::UnknownVersion.into())
}

fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if digits { text.parse().ok() } else { None }
}

/// Text as it was published.
pub fn plain_text(kind: &'static str, text: String) -> Response {
    let mut response = Response::new(text.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Three store reads.
pub async fn list_versions<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::OperateDesk).await?;
    let all = versions(platform, &at.desk).await?;
    Ok(json(StatusCode::OK, &Versions { versions: all.iter().map(VersionView::of).collect() }))
}

/// The file as it was published, in its own form. Three store reads and one a page of its text.
pub async fn show_version<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::OperateDesk).await?;
    let version = version(platform, &at.desk, version_param(params)?).await?;
    let text = version_text(platform, &at.desk.head.id, &version).await?;
    let kind = match version.format {
        Format::Toml => "application/toml",
        Format::Json => "application/json",
    };
    Ok(plain_text(kind, text))
}

/// What it changed, as a unified diff: against the version before it, or the one named by `against`.
pub async fn diff_versions<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let asked = Query::read(request, &["against"])?;
    let at = api::at_desk(platform, request, params, Action::OperateDesk).await?;
    let to = version(platform, &at.desk, version_param(params)?).await?;
    let against = asked.parsed("against", "the number of a version, from 1", number)?;
    let from = match (against, to.version) {
        (Some(number), _) => Some(version(platform, &at.desk, number).await?),
        (None, 1) => None,
        (None, number) => Some(version(platform, &at.desk, number - 1).await?),
    };
    let new = version_text(platform, &at.desk.head.id, &to).await?;
    let (old, name) = match &from {
        Some(from) => {
            (version_text(platform, &at.desk.head.id, from).await?, format!("version {}", from.version))
        }
        None => (String::new(), "nothing".to_owned()),
    };
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .deadline(Instant::now() + DIFF_TIME_MAX)
        .diff_lines(&old, &new);
    let text = diff.unified_diff().header(&name, &format!("version {}", to.version)).to_string();
    Ok(plain_text("text/plain; charset=utf-8", text))
}

/// Publishes the text of a version again, as a new one. What has become wrong since is refused as in any file.
pub async fn roll_back<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::OperateDesk).await?;
    let operation = api::operation(platform, request, at.caller())?;
    let version = version(platform, &at.desk, version_param(params)?).await?;
    let text = version_text(platform, &at.desk.head.id, &version).await?;
    let file = read_text(&text, version.format)?;
    let by = at.actor();
    let source = Source { text: &text, format: version.format, by: &by, rollback_of: Some(version.version) };
    let done = publish(platform, file, source, &operation, |_| Ok(())).await?;
    Ok(published(&done))
}
