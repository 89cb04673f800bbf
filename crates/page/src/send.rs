//! How pages are sent.

use askama::Template;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tierline_http::{Problem, ProblemKind, Request, Response};

/// A template as text.
pub fn render(template: &impl Template) -> Result<String, Problem> {
    let broken = |error| Problem::new(ProblemKind::Internal, "The page could not be written.").because(error);
    template.render().map_err(broken)
}

/// What browsers may do with a page: what `policy` says, and never tell another site where somebody was.
pub fn guard(headers: &mut HeaderMap, policy: &str) {
    // What cannot be sent lets nothing happen.
    let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
}

/// Look there; nobody keeps this answer.
pub fn redirect(status: StatusCode, path: &str) -> Result<Response, Problem> {
    let location = HeaderValue::try_from(path)
        .map_err(|error| Problem::new(ProblemKind::Internal, "The page has no address.").because(error))?;
    let mut response = Response::default();
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What the request calls this host: https but on a developer's own machine. Empty if it has no name that could be one. Its
/// sender chooses it: good for addresses that hold no key, where `public_url` is not set.
pub fn origin(request: &Request) -> String {
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let named = named.and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = named.or_else(|| request.uri().authority().cloned()) else { return String::new() };
    let scheme = if matches!(host.host(), "localhost" | "127.0.0.1" | "[::1]") { "http" } else { "https" };
    match host.port_u16() {
        Some(port) => format!("{scheme}://{}:{port}", host.host()),
        None => format!("{scheme}://{}", host.host()),
    }
}
