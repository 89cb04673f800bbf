//! How help pages are sent.

use crate::limits::CACHE_S;
use askama::Template;
use http::{HeaderValue, StatusCode, header};
use tierline_domain::secrets::bytes_sha256;
use tierline_http::{Problem, Request, Response, has_already, html, not_modified, with_etag};
use tierline_page::{guard, redirect, render};

/// Nothing runs, nothing comes from elsewhere, nothing is sent elsewhere, nobody frames it.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// A page that everybody may keep for a while.
pub fn page(request: &Request, template: &impl Template) -> Result<Response, Problem> {
    document(request, template, "text/html; charset=utf-8")
}

/// The same for programs.
pub fn document(
    request: &Request,
    template: &impl Template,
    media_type: &'static str,
) -> Result<Response, Problem> {
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
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    guard(headers, POLICY);
    Ok(response)
}

/// 302: the page in the reader's language is there.
pub fn found(path: &str) -> Result<Response, Problem> {
    let mut response = redirect(StatusCode::FOUND, path)?;
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    Ok(response)
}
