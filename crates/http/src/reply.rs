//! Answers.

use crate::{Problem, ProblemKind, Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

/// What every answer carries unless its handler said otherwise: nothing here is to be guessed at, kept, framed
/// or told to other sites.
const SEALS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// An answer with a JSON body.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => json_bytes(status, bytes),
        Err(error) => Problem::new(ProblemKind::Internal, "The answer could not be written.")
            .because(format!("{:?} while writing an answer", error.classify()))
            .response(),
    }
}

fn json_bytes(status: StatusCode, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(bytes.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An answer with a text of this media type.
pub fn plain_text(media_type: &'static str, text: String) -> Response {
    let mut response = Response::new(text.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// 204: done, nothing to say.
pub fn no_content() -> Response {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Adds the security headers. Those that a handler set itself stay as they are; sealing twice changes nothing.
pub fn seal(mut response: Response) -> Response {
    for (name, value) in SEALS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_its_type_and_body() {
        let response = json(StatusCode::CREATED, &serde_json::json!({"ticket": 1}));
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.body().as_ref(), br#"{"ticket":1}"#);
    }

    #[test]
    fn json_that_cannot_be_written_is_a_problem() {
        let odd = std::collections::BTreeMap::from([((1, 2), "a tuple is no key")]);
        assert_eq!(json(StatusCode::OK, &odd).status(), 500);
    }

    #[test]
    fn seal_adds_headers_once_and_leaves_others() {
        let mut page = no_content();
        let own = HeaderValue::from_static("default-src 'self'");
        page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, own.clone());
        let sealed = seal(seal(page));
        assert_eq!(sealed.status(), 204);
        assert_eq!(sealed.headers().len(), SEALS.len());
        assert_eq!(sealed.headers()["cache-control"], "no-store");
        assert_eq!(sealed.headers()["x-content-type-options"], "nosniff");
        assert_eq!(sealed.headers()["referrer-policy"], "no-referrer");
        assert_eq!(sealed.headers()[header::CONTENT_SECURITY_POLICY], own);
    }
}
