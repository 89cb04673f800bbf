//! `POST /v1/desks/{desk}/versions/{version}/rollback`: back to what was published before.

use crate::desk_file::read_text;
use crate::put_in_force::put_in_force;
use tierline_desk::{Source, api, version, version_text};
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Request, Response};

/// Publishes the text of a version again, as a new one. What has become wrong since is refused as in any file.
pub async fn roll_back<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::OperateDesk).await?;
    let operation = api::operation(platform, request, at.caller()).await?;
    let version = version(platform, &at.desk, api::version_param(params)?).await?;
    let text = version_text(platform, &at.desk.head.id, &version).await?;
    let file = read_text(&text, version.format)?;
    let by = at.actor();
    let source = Source { text: &text, format: version.format, by: &by, rollback_of: Some(version.version) };
    put_in_force(platform, file, source, &operation, None).await
}
