//! `GET /assets/{file}`: what pages load, each under a name that changes with its content.

use crate::fault::Notice;
use http::{HeaderValue, StatusCode, header};
use tierline_http::{Params, Problem, ProblemKind, Request, Response};
use tierline_page::{Asset, ICON, STYLE};

/// What a ticket's page does of itself, where scripts run.
pub static LIVE: Asset =
    Asset::new("live", "js", "text/javascript; charset=utf-8", include_str!("../assets/live.js"));

const ALL: [&Asset; 3] = [&STYLE, &LIVE, &ICON];

/// No store read. Kept by browsers for a year: another content has another name.
pub fn show_asset(request: &Request, params: &Params) -> Result<Response, Notice> {
    let name = params.require("file")?;
    let found = ALL.into_iter().find(|asset| asset.path().strip_prefix("/assets/") == Some(name));
    let asset = found.ok_or_else(|| Problem::new(ProblemKind::NotFound, "There is nothing at this path."))?;
    let tag = HeaderValue::try_from(format!("\"{name}\"")).ok();
    let seen = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| Some(known) == tag.as_ref());
    let mut response = Response::new(if seen { "" } else { asset.content }.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if let Some(tag) = tag {
        headers.insert(header::ETAG, tag);
    }
    if seen {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    Ok(response)
}
