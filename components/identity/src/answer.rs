//! Answers to a browser: where to go next, and what to remember.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use tierline_http::{Problem, ProblemKind, Response};

/// 303 to `location`.
pub fn see_other(location: &str) -> Result<Response, Problem> {
    let location = HeaderValue::try_from(location).map_err(|_| {
        Problem::new(
            ProblemKind::ProviderFailed,
            "The provider publishes an address that no browser can be sent to.",
        )
    })?;
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// Has the browser keep `value` for `seconds`; 0 has it forget. Never shown to scripts, never sent over plain HTTP but
/// to the developer's own machine, and from other sites only when they lead here.
pub fn set_cookie(response: &mut Response, name: &str, value: &str, seconds: i64) {
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax");
    if let Ok(value) = HeaderValue::try_from(text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
