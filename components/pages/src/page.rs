//! How pages are sent.

use crate::fault::Notice;
use askama::Template;
use http::{HeaderName, HeaderValue, StatusCode, header};
use tierline_http::{Platform, Problem, ProblemKind, Request, Response, html};

/// Nothing comes from elsewhere or is sent elsewhere, nothing that stands in a page runs, nobody frames it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page of a template.
pub fn page(status: StatusCode, template: &impl Template) -> Result<Response, Notice> {
    let text = template.render().map_err(|error| {
        Problem::new(ProblemKind::Internal, "The page could not be written.").because(error)
    })?;
    let mut response = html(status, text);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    Ok(response)
}

/// 303: what was sent is done, look there.
pub fn see_other(path: &str) -> Result<Response, Notice> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    let location = HeaderValue::try_from(path)
        .map_err(|error| Problem::new(ProblemKind::Internal, "The page has no address.").because(error))?;
    response.headers_mut().insert(header::LOCATION, location);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Sends a form once, however often its button is pressed: each page that is shown has a name of its own for it.
pub fn attempt<P: Platform>(platform: &P) -> String {
    tierline_domain::secrets::hex(&platform.random())
}

/// Whether cookies may only go over https: always, but on a developer's own machine.
pub fn is_secure(request: &Request, public_url: Option<&str>) -> bool {
    if let Some(url) = public_url {
        return url.starts_with("https://");
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host =
        host.or_else(|| request.uri().authority().map(http::uri::Authority::as_str)).unwrap_or_default();
    let name = if host.ends_with(']') { host } else { host.rsplit_once(':').map_or(host, |(name, _)| name) };
    !matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}
