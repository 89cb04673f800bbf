//! `GET /v1/desks/{desk}`: the desk in force, to its people; to operators also its file, as it was published.

use http::{StatusCode, header};
use serde::Serialize;
use tierline_desk::view::DeskView;
use tierline_desk::{Error, Format, api, version_text, versions};
use tierline_domain::people::Action;
use tierline_http::{
    Params, Platform, Problem, ProblemKind, Request, Response, has_already, json, not_modified, plain_text,
    with_etag,
};

#[derive(Serialize)]
struct Shown {
    desk: DeskView,
}

/// What was published.
#[derive(Serialize)]
pub struct Published {
    pub desk: DeskView,
    pub changed: bool,
}

/// Two store reads. `Accept: application/toml` asks for the file: operators get it, for one more and one a page.
pub async fn show_desk<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ReadDesk).await?;
    let tag = api::desk_etag(&at.desk);
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let wants_file = accept.split([',', ';']).any(|kind| kind.trim() == "application/toml");
    if wants_file && at.role().may(Action::OperateDesk) {
        let all = versions(platform, &at.desk).await?;
        let version = all.first().ok_or(Error::UnknownVersion)?;
        if version.format != Format::Toml {
            let detail =
                "The file in force was published as JSON. Read it at versions/{n}, or publish it as TOML.";
            return Err(Problem::new(ProblemKind::NotAcceptable, detail));
        }
        if has_already(request, &tag)? {
            return Ok(not_modified(&tag));
        }
        let text = version_text(platform, &at.desk.head.id, version).await?;
        return Ok(with_etag(plain_text("application/toml", text), &tag));
    }
    if has_already(request, &tag)? {
        return Ok(not_modified(&tag));
    }
    Ok(with_etag(json(StatusCode::OK, &Shown { desk: DeskView::of(&at.desk) }), &tag))
}
