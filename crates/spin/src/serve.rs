//! From the host's request to the handler and back.

use crate::SpinPlatform;
use crate::body::{BodyError, collect_within};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::Full;
use spin_sdk::wasip3::http::types::{ErrorCode, Fields, Request as WasiRequest, Response as WasiResponse};
use spin_sdk::wasip3::http_compat::{BodyWriter, http_from_wasi_request};
use std::time::Duration;
use tierline_http::{Cause, Problem, ProblemKind, Request, Response, limits, seal};

/// What [`serve!`](crate::serve!) expands to, by name.
#[doc(hidden)]
pub mod rt {
    pub use spin_sdk::wasip3::exports::http::handler::Guest;
    pub use spin_sdk::wasip3::http::service::export;
    pub use spin_sdk::wasip3::http::types::{ErrorCode, Request, Response};
}

/// Exports a handler as this component's `wasi:http/handler`.
///
/// The handler is an `async fn` from a platform and a request to a response; it may be generic over the platform.
#[macro_export]
macro_rules! serve {
    ($handle:path) => {
        const _: () = {
            struct Component;
            impl $crate::rt::Guest for Component {
                async fn handle(
                    request: $crate::rt::Request,
                ) -> ::core::result::Result<$crate::rt::Response, $crate::rt::ErrorCode> {
                    $crate::serve(request, $handle).await
                }
            }
            $crate::rt::export!(Component);
        };
    };
}

/// Reads the request, runs `handle`, sends its answer sealed, and then does what was left for after the answer.
pub async fn serve<H, F>(request: WasiRequest, handle: H) -> Result<WasiResponse, ErrorCode>
where
    H: FnOnce(SpinPlatform, Request) -> F,
    F: Future<Output = Response>,
{
    let platform = SpinPlatform::new();
    let response = match read(request).await {
        Ok(request) => handle(platform.clone(), request).await,
        Err(problem) => problem.response(),
    };
    if let Some(Cause(cause)) = response.extensions().get() {
        eprintln!("{}: {cause}", response.status().as_u16());
    }
    send(seal(response), platform)
}

/// The request with its whole body, if that is not too large.
async fn read(request: WasiRequest) -> Result<Request, Problem> {
    let request = http_from_wasi_request(request)
        .map_err(|_| Problem::new(ProblemKind::MalformedRequest, "The request's head cannot be read."))?;
    let (head, incoming) = request.into_parts();
    let (bytes_max, wait_ms) = match head.headers.get(header::CONTENT_TYPE).map(says_multipart) {
        Some(true) => (limits::UPLOAD_BODY_BYTES_MAX, limits::UPLOAD_BODY_WAIT_MS_MAX),
        _ => (limits::REQUEST_BODY_BYTES_MAX, limits::REQUEST_BODY_WAIT_MS_MAX),
    };
    let patience = Duration::from_millis(wait_ms);
    match collect_within(patience, incoming, bytes_max).await {
        Ok(bytes) => Ok(Request::from_parts(head, bytes)),
        Err(BodyError::TooLarge) => Err(Problem::body_too_large(bytes_max)),
        Err(BodyError::Late) => {
            let detail = format!("The body has to arrive within {} s.", patience.as_secs());
            Err(Problem::new(ProblemKind::RequestTimeout, detail))
        }
        Err(BodyError::Broken(error)) => {
            Err(Problem::new(ProblemKind::MalformedRequest, "The body did not arrive whole.").because(error))
        }
    }
}

/// Only forms bring files.
fn says_multipart(value: &HeaderValue) -> bool {
    let prefix = value.as_bytes().get(..MULTIPART.len());
    prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(MULTIPART))
}

const MULTIPART: &[u8] = b"multipart/form-data";

/// Hands the head to the host, and leaves a task that writes the body and then does the rest.
fn send(response: Response, platform: SpinPlatform) -> Result<WasiResponse, ErrorCode> {
    let (mut head, bytes) = response.into_parts();
    let rest = platform.rest().take();
    if rest.is_none() {
        announce(&mut head.headers, head.status, &bytes);
    }
    let fields =
        Fields::try_from(head.headers).map_err(|error| ErrorCode::InternalError(Some(error.to_string())))?;
    let (writer, contents, trailers) = BodyWriter::new();
    let (outgoing, _sent) = WasiResponse::new(fields, Some(contents), trailers);
    // Refused only for a status that `http` cannot hold.
    let _ = outgoing.set_status_code(head.status.as_u16());
    spin_sdk::wasip3::spawn(async move {
        match rest {
            Some(write) => write(writer, bytes).await,
            // Fails if the client is gone; what is owed is owed all the same.
            None => drop(writer.send_http_body(&mut Full::new(bytes)).await),
        }
        platform.later().run().await;
    });
    Ok(outgoing)
}

/// A known length lets the host send head and body at once, without chunks.
fn announce(headers: &mut HeaderMap, status: StatusCode, body: &Bytes) {
    let bodiless =
        status.is_informational() || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if !bodiless {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
}
