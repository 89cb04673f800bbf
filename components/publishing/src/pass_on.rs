//! A request for `operators`, as it came.

use http::HeaderMap;
use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use std::time::Duration;
use tierline_http::{Platform, Problem, ProblemKind, Request, Response};

/// How long it may take: longer than publishing the largest desk file does.
const DEADLINE: Duration = Duration::from_secs(20);

/// Of one connection, not of what is said on it.
const HOP_BY_HOP: [HeaderName; 8] =
    [CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// What `operators` answers.
///
/// # Errors
/// If it gives no answer in time. What was asked may have been done all the same; a repetition tells.
pub async fn pass_on<P: Platform>(platform: &P, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    parts.uri = path.parse().unwrap_or_default();
    without_hops(&mut parts.headers);
    let answer = platform.call("operators", Request::from_parts(parts, body), DEADLINE).await;
    let mut answer = answer.map_err(|error| {
        let detail = "The desk did not answer in time. Repeat in a moment, with the same idempotency key.";
        Problem::new(ProblemKind::Busy, detail).because(&error)
    })?;
    without_hops(answer.headers_mut());
    Ok(answer)
}

fn without_hops(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}
