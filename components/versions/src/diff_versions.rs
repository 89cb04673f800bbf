//! `GET /v1/desks/{desk}/versions/{version}/diff`: what a version changed.

use similar::{Algorithm, TextDiff};
use std::time::{Duration, Instant};
use tierline_desk::{api, version, version_text};
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Query, Request, Response, plain_text};

/// How long a diff may look for the shortest one. After that it is still right, only longer.
const DIFF_TIME_MAX: Duration = Duration::from_millis(300);

/// What it changed, as a unified diff: against the version before it, or the one named by `against`.
pub async fn diff_versions<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let asked = Query::read(request, &["against"])?;
    let at = api::at_desk(platform, request, params, Action::OperateDesk).await?;
    let to = version(platform, &at.desk, api::version_param(params)?).await?;
    let against = asked.parsed("against", "the number of a version, from 1", api::version_number)?;
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
