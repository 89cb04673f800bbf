//! How pages are sent.

use crate::fault::Notice;
use askama::Template;
use http::{HeaderValue, StatusCode, header};
use tierline_http::{Platform, Request, Response, html};
use tierline_page::{guard, origin, redirect, render};

/// Nothing comes from elsewhere or is sent elsewhere, nothing that stands in a page runs, nobody frames it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page of a template.
pub fn page(status: StatusCode, template: &impl Template) -> Result<Response, Notice> {
    let mut response = html(status, render(template)?);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    guard(headers, POLICY);
    Ok(response)
}

/// 303: what was sent is done, look there.
pub fn see_other(path: &str) -> Result<Response, Notice> {
    Ok(redirect(StatusCode::SEE_OTHER, path)?)
}

/// Sends a form once, however often its button is pressed: each page that is shown has a name of its own for it.
pub fn attempt<P: Platform>(platform: &P) -> String {
    tierline_domain::secrets::hex(&platform.random())
}

/// Whether cookies may only go over https: always, but on a developer's own machine.
pub fn is_secure(request: &Request, public_url: Option<&str>) -> bool {
    match public_url {
        Some(url) => url.starts_with("https://"),
        None => !origin(request).starts_with("http://"),
    }
}
