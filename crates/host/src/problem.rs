//! The host's own answers: RFC 9457 problem documents with a stable type. What a component would refuse too, the host
//! refuses under the same type and title: a client need not know who it was.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde::Serialize;
use uuid::Uuid;
use wasmtime_wasi_http::WasiBody;

use crate::limits::{REQUEST_HEAD_BYTES_MAX, RETRY_AFTER_S};

/// Why the host answered instead of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// No trigger matches the path.
    NoRoute,
    /// The request cannot be understood.
    BadRequest,
    /// The head is over the limit.
    HeadTooLarge,
    /// The body came too slowly.
    SlowBody,
    /// The body is over the limit of so many bytes.
    BodyTooLarge(u64),
    /// The component ended without an answer.
    ComponentFailed,
    /// Too many requests are waiting.
    Overloaded,
    /// The client sends more than it may; so many seconds until it may again.
    TooManyRequests(u64),
    /// The client was refused more often than it may be; so many seconds until it may try again.
    TooManyRefusals(u64),
    /// The component took longer than so many seconds.
    Timeout(u64),
    /// Components called each other too deeply.
    ChainTooDeep,
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_bytes: Option<u64>,
    instance: String,
}

impl Problem {
    /// The status code.
    pub fn status(self) -> StatusCode {
        match self {
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ComponentFailed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooManyRequests(_) | Self::TooManyRefusals(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Timeout(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::ChainTooDeep => StatusCode::LOOP_DETECTED,
        }
    }

    /// The last part of the type, which also names the problem in logs.
    pub fn slug(self) -> &'static str {
        match self {
            Self::NoRoute => "no-route",
            Self::BadRequest => "bad-request",
            Self::HeadTooLarge => "head-too-large",
            Self::SlowBody => "request-timeout",
            Self::BodyTooLarge(_) => "body-too-large",
            Self::ComponentFailed => "component-failed",
            Self::Overloaded => "overloaded",
            Self::TooManyRequests(_) => "too-many-requests",
            Self::TooManyRefusals(_) => "too-many-refusals",
            Self::Timeout(_) => "timeout",
            Self::ChainTooDeep => "chain-too-deep",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::NoRoute => "Nothing answers here",
            Self::BadRequest => "The request cannot be understood",
            Self::HeadTooLarge => "The request's head is too large",
            Self::SlowBody => "The request took too long to arrive",
            Self::BodyTooLarge(_) => "The body is too large",
            Self::ComponentFailed => "The request failed inside",
            Self::Overloaded => "Too many requests at once",
            Self::TooManyRequests(_) => "Too many requests from one address",
            Self::TooManyRefusals(_) => "Too many wrong keys from one address",
            Self::Timeout(_) => "The request took too long",
            Self::ChainTooDeep => "Components call each other in a circle",
        }
    }

    fn detail(self) -> String {
        match self {
            Self::NoRoute => "No route matches this path. Check its spelling.".to_owned(),
            Self::BadRequest => "The request line, the address or a header is not valid HTTP. Correct it and send again.".to_owned(),
            Self::HeadTooLarge => {
                format!("Address and headers may have {REQUEST_HEAD_BYTES_MAX} bytes together. Send less.")
            }
            Self::SlowBody => "The body stopped arriving. Send it again on a better connection.".to_owned(),
            Self::BodyTooLarge(bytes) => format!("The body may have {bytes} bytes at most. Send less."),
            Self::ComponentFailed => {
                "Nothing more is known to the outside. Try again; if it stays, give the operator the instance below."
                    .to_owned()
            }
            Self::Overloaded => format!("Wait {RETRY_AFTER_S} s or more, then send it again."),
            Self::TooManyRequests(seconds) => {
                format!("Your address sends more than it may. Wait {seconds} s, then send more slowly.")
            }
            Self::TooManyRefusals(seconds) => format!(
                "What was sent from your address opened nothing, too often. Check your key, link or token, wait {seconds} s, \
                 then try once more."
            ),
            Self::Timeout(seconds) => format!(
                "No answer within {seconds} s. It may have taken effect: look before sending it again, \
                 or send it with the same Idempotency-Key."
            ),
            Self::ChainTooDeep => "This is a fault of the application. Give the operator the instance below.".to_owned(),
        }
    }

    fn retry_after_s(self) -> Option<u64> {
        match self {
            Self::Overloaded => Some(RETRY_AFTER_S),
            Self::TooManyRequests(seconds) | Self::TooManyRefusals(seconds) => Some(seconds),
            _ => None,
        }
    }

    /// The answer for the request with this id.
    pub fn response(self, request: Uuid) -> Response<WasiBody> {
        let document = Document {
            kind: format!("urn:tierline:problem:{}", self.slug()),
            title: self.title(),
            status: self.status().as_u16(),
            detail: self.detail(),
            limit_bytes: if let Self::BodyTooLarge(bytes) = self { Some(bytes) } else { None },
            instance: request.urn().to_string(),
        };
        // The document is strings and a number: it always serializes.
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = Response::new(full(body));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        );
        if let Some(seconds) = self.retry_after_s() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A body that is all there.
pub fn full(bytes: impl Into<Bytes>) -> WasiBody {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_problem_says_what_to_do() {
        let response = Problem::BodyTooLarge(12).response(Uuid::nil());
        assert_eq!(response.status(), 413);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let body = response.into_body().collect().await.expect("body").to_bytes();
        let document: serde_json::Value = serde_json::from_slice(&body).expect("json");
        assert_eq!(document["type"], "urn:tierline:problem:body-too-large");
        assert_eq!(document["status"], 413);
        assert_eq!(document["limit_bytes"], 12);
        assert!(document["detail"].as_str().expect("text").contains("12 bytes"));
        assert!(document["instance"].as_str().expect("text").starts_with("urn:uuid:"));
    }

    #[test]
    fn each_is_in_the_page_of_errors() {
        let page = include_str!("../../../docs/errors.md");
        let all = [
            Problem::NoRoute,
            Problem::BadRequest,
            Problem::HeadTooLarge,
            Problem::SlowBody,
            Problem::BodyTooLarge(1),
            Problem::ComponentFailed,
            Problem::Overloaded,
            Problem::TooManyRequests(1),
            Problem::TooManyRefusals(1),
            Problem::Timeout(1),
            Problem::ChainTooDeep,
        ];
        for problem in all {
            let row = format!("| `{}` | {} |", problem.slug(), problem.status().as_u16());
            assert!(page.contains(&row), "docs/errors.md has no row {row}");
        }
    }

    #[test]
    fn shedding_says_when_to_return() {
        assert!(Problem::Overloaded.response(Uuid::nil()).headers().contains_key("retry-after"));
    }
}
