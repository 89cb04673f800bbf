//! Incoming bodies, read whole and up to a limit.

use bytes::Bytes;
use futures::future::{Either, select};
use http_body::Body;
use http_body_util::BodyExt;
use spin_sdk::wasip3::http::types::ErrorCode;
use spin_sdk::wasip3::http_compat::{IncomingBody, IncomingMessage};
use std::pin::pin;
use std::time::Duration;

/// Why a body was not read to its end.
pub(crate) enum BodyError {
    /// It is larger than the limit, or says it will be. The rest is not read.
    TooLarge,
    /// It did not arrive in time.
    Late,
    /// The sender broke off.
    Broken(ErrorCode),
}

/// As [`collect`], within `patience`. The clock is asked only if the body is not there at once.
pub(crate) async fn collect_within<T: IncomingMessage>(
    patience: Duration,
    body: IncomingBody<T>,
    bytes_max: usize,
) -> Result<Bytes, BodyError> {
    let alarm = pin!(spin_sdk::time::sleep(patience));
    match select(pin!(collect(body, bytes_max)), alarm).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(((), _)) => Err(BodyError::Late),
    }
}

/// Reads `body`, at most `bytes_max` of it. Trailers are ignored.
pub(crate) async fn collect<T: IncomingMessage>(
    mut body: IncomingBody<T>,
    bytes_max: usize,
) -> Result<Bytes, BodyError> {
    let announced = body.size_hint().upper().unwrap_or(0);
    let announced =
        usize::try_from(announced).ok().filter(|bytes| *bytes <= bytes_max).ok_or(BodyError::TooLarge)?;
    let mut collected = Vec::with_capacity(announced);
    while let Some(frame) = body.frame().await {
        let Ok(chunk) = frame.map_err(BodyError::Broken)?.into_data() else { continue };
        if collected.len() + chunk.len() > bytes_max {
            return Err(BodyError::TooLarge);
        }
        collected.extend_from_slice(&chunk);
    }
    Ok(collected.into())
}
