//! Calls to other components and to other hosts.

use crate::body::{BodyError, collect};
use futures::future::{Either, select};
use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use http_body_util::Full;
use spin_sdk::http::send;
use std::pin::pin;
use std::time::Duration;
use tierline_http::{CallError, Request, Response, limits::CALL_REPLY_BYTES_MAX};

/// Sends `request` to `component` on its private route. When the deadline passes first, the call is dropped: the
/// callee may still finish what it began.
pub(crate) async fn call(
    component: &str,
    mut request: Request,
    deadline: Duration,
) -> Result<Response, CallError> {
    *request.uri_mut() = private_uri(component, request.uri())?;
    fetch(request, CALL_REPLY_BYTES_MAX, deadline).await
}

/// Sends `request` to where its URI says. When the deadline passes first, it is dropped.
pub(crate) async fn fetch(
    request: Request,
    bytes_max: usize,
    deadline: Duration,
) -> Result<Response, CallError> {
    let exchange = pin!(exchange(request, bytes_max));
    let alarm = pin!(spin_sdk::time::sleep(deadline));
    match select(exchange, alarm).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(((), _)) => Err(CallError::Deadline),
    }
}

async fn exchange(request: Request, bytes_max: usize) -> Result<Response, CallError> {
    let (head, bytes) = request.into_parts();
    let outgoing = http::Request::from_parts(head, Full::new(bytes));
    let answer = send(outgoing).await.map_err(|error| CallError::Failed(error.to_string()))?;
    let (head, incoming) = answer.into_parts();
    match collect(incoming, bytes_max).await {
        Ok(bytes) => Ok(Response::from_parts(head, bytes)),
        Err(BodyError::Late) => Err(CallError::Deadline),
        Err(BodyError::Broken(error)) => Err(CallError::Failed(error.to_string())),
        Err(BodyError::TooLarge) => Err(CallError::TooLarge),
    }
}

fn private_uri(component: &str, path: &Uri) -> Result<Uri, CallError> {
    let mut parts = http::uri::Parts::default();
    let authority = Authority::try_from(format!("{component}.spin.internal"))
        .map_err(|_| CallError::Failed(format!("{component} is no component's name")))?;
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(authority);
    parts.path_and_query = path.path_and_query().cloned().or_else(|| Some(PathAndQuery::from_static("/")));
    Uri::from_parts(parts).map_err(|error| CallError::Failed(error.to_string()))
}
