//! `GET /v1/desks/{desk}/versions`: what was published, when and by whom.

use http::StatusCode;
use serde::Serialize;
use tierline_desk::view::ActorView;
use tierline_desk::{Format, Version, api, versions};
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Request, Response, json};

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
