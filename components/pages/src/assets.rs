//! `GET /assets/{file}`: what pages load, each under a name that changes with its content.

use crate::fault::Notice;
use http::{HeaderValue, StatusCode, header};
use std::sync::OnceLock;
use tierline_domain::secrets::bytes_sha256;
use tierline_http::{Params, Problem, ProblemKind, Request, Response};

/// What pages load.
#[derive(Debug, Clone, Copy)]
pub enum Asset {
    /// How they look.
    Style,
    /// What a ticket's page does of itself, where scripts run.
    Live,
    /// Their mark in the browser's tab.
    Icon,
}

const ALL: [Asset; 3] = [Asset::Style, Asset::Live, Asset::Icon];

impl Asset {
    /// First and last part of its name, its type, its content.
    fn parts(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Style => ("page", "css", "text/css; charset=utf-8", include_str!("../assets/page.css")),
            Self::Live => ("live", "js", "text/javascript; charset=utf-8", include_str!("../assets/live.js")),
            Self::Icon => ("icon", "svg", "image/svg+xml", include_str!("../assets/icon.svg")),
        }
    }

    /// Where it is.
    pub fn path(self) -> &'static str {
        static PATHS: OnceLock<[String; 3]> = OnceLock::new();
        let [style, live, icon] =
            PATHS.get_or_init(|| ALL.map(|asset| format!("/assets/{}", asset.file_name())));
        match self {
            Self::Style => style,
            Self::Live => live,
            Self::Icon => icon,
        }
    }

    fn file_name(self) -> String {
        let (name, extension, _, content) = self.parts();
        let hash: String = bytes_sha256(content.as_bytes()).chars().take(16).collect();
        format!("{name}-{hash}.{extension}")
    }
}

/// No store read. Kept by browsers for a year: another content has another name.
pub fn show_asset(request: &Request, params: &Params) -> Result<Response, Notice> {
    let name = params.require("file")?;
    let found = ALL.into_iter().find(|asset| asset.path().strip_prefix("/assets/") == Some(name));
    let asset = found.ok_or_else(|| Problem::new(ProblemKind::NotFound, "There is nothing at this path."))?;
    let (_, _, media_type, content) = asset.parts();
    let tag = HeaderValue::try_from(format!("\"{name}\"")).ok();
    let seen = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| Some(known) == tag.as_ref());
    let mut response = Response::new(if seen { "" } else { content }.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if let Some(tag) = tag {
        headers.insert(header::ETAG, tag);
    }
    if seen {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    Ok(response)
}
