//! What pages load, each under a name that changes with its content. What is here `components/pages` serves.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use std::sync::OnceLock;
use tierline_domain::secrets::bytes_sha256;
use tierline_http::{Problem, ProblemKind, Request, Response};

/// How pages look.
pub static STYLE: Asset =
    Asset::new("page", "css", "text/css; charset=utf-8", include_str!("../assets/page.css"));
/// What forms do while somebody types.
pub static SUGGEST: Asset =
    Asset::new("suggest", "js", "text/javascript; charset=utf-8", include_str!("../assets/suggest.js"));
/// Their mark in the browser's tab.
pub static ICON: Asset = Asset::new("icon", "svg", "image/svg+xml", include_str!("../assets/icon.svg"));

/// A file of this build that pages load.
#[derive(Debug)]
pub struct Asset {
    folder: &'static str,
    name: &'static str,
    extension: &'static str,
    /// As it is served.
    pub media_type: &'static str,
    /// What is in it.
    pub content: &'static str,
    path: OnceLock<String>,
}

impl Asset {
    /// `name` and `extension` begin and end what it is called.
    pub const fn new(
        name: &'static str,
        extension: &'static str,
        media_type: &'static str,
        content: &'static str,
    ) -> Self {
        Self::below("/assets", name, extension, media_type, content)
    }

    /// The same below another folder than `/assets`, for a component that serves its own.
    pub const fn below(
        folder: &'static str,
        name: &'static str,
        extension: &'static str,
        media_type: &'static str,
        content: &'static str,
    ) -> Self {
        Self { folder, name, extension, media_type, content, path: OnceLock::new() }
    }

    /// Where it is: `/assets/page-0123456789abcdef.css`.
    pub fn path(&self) -> &str {
        self.path.get_or_init(|| {
            let hash: String = bytes_sha256(self.content.as_bytes()).chars().take(16).collect();
            format!("{}/{}-{hash}.{}", self.folder, self.name, self.extension)
        })
    }
}

/// The one of `all` whose path ends in `name`. Kept by browsers for a year: another content has another name.
pub fn send_asset(all: &[&Asset], request: &Request, name: &str) -> Result<Response, Problem> {
    let is_named = |asset: &&&Asset| {
        asset.path().strip_prefix(asset.folder).and_then(|rest| rest.strip_prefix('/')) == Some(name)
    };
    let missing = || Problem::new(ProblemKind::NotFound, "There is nothing at this path.");
    let asset = all.iter().find(is_named).ok_or_else(missing)?;
    Ok(kept_for_good(request, name, asset.media_type, Bytes::from_static(asset.content.as_bytes())))
}

/// What browsers keep for a year, for it has another name when it is another.
pub(crate) fn kept_for_good(
    request: &Request,
    name: &str,
    media_type: &'static str,
    content: Bytes,
) -> Response {
    let tag = HeaderValue::try_from(format!("\"{name}\"")).ok();
    let seen = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| Some(known) == tag.as_ref());
    let mut response = Response::new(if seen { Bytes::new() } else { content });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if let Some(tag) = tag {
        headers.insert(header::ETAG, tag);
    }
    if seen {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    response
}
