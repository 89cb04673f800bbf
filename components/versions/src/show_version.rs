//! `GET /v1/desks/{desk}/versions/{version}`: a desk file as it was published.

use tierline_desk::{Format, api, version, version_text};
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Request, Response, plain_text};

/// The file as it was published, in its own form. Three store reads and one a page of its text.
pub async fn show_version<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::OperateDesk).await?;
    let version = version(platform, &at.desk, api::version_param(params)?).await?;
    let text = version_text(platform, &at.desk.head.id, &version).await?;
    let kind = match version.format {
        Format::Toml => "application/toml",
        Format::Json => "application/json",
    };
    Ok(plain_text(kind, text))
}
