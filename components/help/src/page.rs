//! How help pages are sent.

use crate::limits::CACHE_S;
use crate::notice::Notice;
use askama::Template;
use http::{HeaderName, HeaderValue, StatusCode, header};
use std::sync::OnceLock;
use tierline_domain::secrets::bytes_sha256;
use tierline_http::{Problem, ProblemKind, Request, Response, has_already, html, not_modified, with_etag};

/// What all pages load. `pages` serves it, under names that change with the content.
const STYLESHEET: &str = include_str!("../../pages/assets/page.css");
const ICON: &str = include_str!("../../pages/assets/icon.svg");

/// Nothing runs, nothing comes from elsewhere, nothing is sent elsewhere, nobody frames it.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Where the stylesheet is.
pub fn stylesheet() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| asset("page", "css", STYLESHEET))
}

/// Where the pages' mark is.
pub fn icon() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| asset("icon", "svg", ICON))
}

fn asset(name: &str, extension: &str, content: &str) -> String {
    let hash: String = bytes_sha256(content.as_bytes()).chars().take(16).collect();
    format!("/assets/{name}-{hash}.{extension}")
}

/// A page that everybody may keep for a while.
pub fn page(request: &Request, template: &impl Template) -> Result<Response, Notice> {
    send(request, template, "text/html; charset=utf-8")
}

/// A document for programs, likewise.
pub fn document(
    request: &Request,
    template: &impl Template,
    media_type: &'static str,
) -> Result<Response, Notice> {
    send(request, template, media_type)
}

fn send(request: &Request, template: &impl Template, media_type: &'static str) -> Result<Response, Notice> {
    let text = render(template)?;
    let tag: String = bytes_sha256(text.as_bytes()).chars().take(32).collect();
    let mut response = match has_already(request, &tag)? {
        true => not_modified(&tag),
        false => with_etag(html(StatusCode::OK, text), &tag),
    };
    let kept = format!("public, max-age={CACHE_S}");
    let headers = response.headers_mut();
    if headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::try_from(kept).unwrap_or(HeaderValue::from_static("no-cache")),
    );
    guard(headers);
    Ok(response)
}

/// A page that is not there, or not now.
pub fn refusal(status: StatusCode, template: &impl Template) -> Result<Response, Notice> {
    let mut response = html(status, render(template)?);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    guard(headers);
    Ok(response)
}

/// 302: the page in the reader's language is there.
pub fn found(path: &str) -> Result<Response, Notice> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::FOUND;
    let location = HeaderValue::try_from(path)
        .map_err(|error| Problem::new(ProblemKind::Internal, "The page has no address.").because(error))?;
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn render(template: &impl Template) -> Result<String, Problem> {
    let broken = |error| Problem::new(ProblemKind::Internal, "The page could not be written.").because(error);
    template.render().map_err(broken)
}

fn guard(headers: &mut http::HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
}
