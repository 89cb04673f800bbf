//! `GET /assets/{file}`: what pages load. There is one file, under a name that changes with its content.

use crate::fault::Notice;
use http::{HeaderValue, StatusCode, header};
use std::sync::OnceLock;
use tierline_domain::secrets::bytes_sha256;
use tierline_http::{Params, Problem, ProblemKind, Request, Response};

const STYLESHEET: &str = include_str!("../assets/page.css");

/// Where the pages' stylesheet is.
pub fn stylesheet() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/{}", file_name()))
}

fn file_name() -> String {
    let hash: String = bytes_sha256(STYLESHEET.as_bytes()).chars().take(16).collect();
    format!("page-{hash}.css")
}

/// No store read. Kept by browsers for a year: another content has another name.
pub fn show_asset(request: &Request, params: &Params) -> Result<Response, Notice> {
    let name = file_name();
    if params.require("file")? != name {
        return Err(Problem::new(ProblemKind::NotFound, "There is nothing at this path.").into());
    }
    let tag = HeaderValue::try_from(format!("\"{name}\"")).ok();
    let seen = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| Some(known) == tag.as_ref());
    let mut response = Response::new(if seen { "" } else { STYLESHEET }.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if let Some(tag) = tag {
        headers.insert(header::ETAG, tag);
    }
    if seen {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    Ok(response)
}
