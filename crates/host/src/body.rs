//! Bodies: requests are limited while they are read, small answers are gathered before they leave.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Response, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::{Error, WasiBody};

use crate::limits::{POST_RETURN_MAX, RESPONSE_COLLECT_BYTES_MAX, RESPONSE_COLLECT_WAIT};
use crate::problem::{Problem, full};

/// How much of a refused body is read away so that the client gets to see the answer.
const DISCARD_BYTES_MAX: u64 = 64 << 20;
/// How long that may take.
const DISCARD_MAX: Duration = Duration::from_secs(2);

/// Tells the request's task that its body broke a limit.
#[derive(Debug, Default)]
pub struct BodyVerdict {
    problem: Mutex<Option<Problem>>,
    raised: Notify,
}

impl BodyVerdict {
    fn raise(&self, problem: Problem) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
        self.raised.notify_one();
    }

    /// Waits for the verdict; forever, if all is well.
    pub async fn problem(&self) -> Problem {
        loop {
            let raised = self.raised.notified();
            if let Some(problem) = *self.problem.lock().unwrap_or_else(PoisonError::into_inner) {
                return problem;
            }
            raised.await;
        }
    }
}

/// A request's body under its limits.
pub struct LimitedBody {
    incoming: Option<Incoming>,
    bytes_max: u64,
    bytes_left: u64,
    silence_max: Duration,
    silence: Pin<Box<Sleep>>,
    verdict: Arc<BodyVerdict>,
}

impl LimitedBody {
    /// Limits `incoming` to `bytes_max` bytes, and the silence between two pieces of it.
    pub fn new(incoming: Incoming, bytes_max: u64, silence_max: Duration, verdict: Arc<BodyVerdict>) -> Self {
        let silence = Box::pin(tokio::time::sleep(silence_max));
        Self { incoming: Some(incoming), bytes_max, bytes_left: bytes_max, silence_max, silence, verdict }
    }

    fn refuse(&mut self, problem: Problem, error: Error) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.verdict.raise(problem);
        if let Some(incoming) = self.incoming.take() {
            discard(incoming);
        }
        Poll::Ready(Some(Err(error)))
    }
}

impl Body for LimitedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let Some(incoming) = &mut self.incoming else { return Poll::Ready(None) };
        match Pin::new(incoming).poll_frame(context) {
            Poll::Pending => match self.silence.as_mut().poll(context) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(()) => self.refuse(Problem::SlowBody, Error::ConnectionReadTimeout),
            },
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
                if bytes > self.bytes_left {
                    let limit = self.bytes_max;
                    return self
                        .refuse(Problem::BodyTooLarge(limit), Error::HttpRequestBodySize(Some(limit)));
                }
                self.bytes_left -= bytes;
                let silence_until = Instant::now() + self.silence_max;
                self.silence.as_mut().reset(silence_until);
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map_or_else(SizeHint::default, Body::size_hint)
    }
}

/// Reads a refused body away in the background, within reason.
pub fn discard(mut incoming: Incoming) {
    tokio::spawn(tokio::time::timeout(DISCARD_MAX, async move {
        let mut bytes = 0;
        while let Some(Ok(frame)) = incoming.frame().await {
            bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            if bytes > DISCARD_BYTES_MAX {
                return;
            }
        }
    }));
}

/// What the head announces, if it does.
pub fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A body that keeps something until it is dropped.
pub struct GuardedBody<G> {
    body: WasiBody,
    _guard: G,
}

impl<G> GuardedBody<G> {
    /// Keeps `guard` as long as `body` is read.
    pub fn new(body: WasiBody, guard: G) -> Self {
        Self { body, _guard: guard }
    }
}

impl<G: Unpin> Body for GuardedBody<G> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Gathers a small answer, so that head and body leave in one write. What is large, slow or a stream of
/// events flows on as it comes. An error means that the body broke off before anything was sent.
pub async fn gather(response: Response<WasiBody>) -> Result<Response<WasiBody>, Error> {
    let (parts, mut body) = response.into_parts();
    let announced = announced_length(&parts.headers);
    let is_event_stream = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    if is_event_stream || announced.is_some_and(|bytes| bytes > RESPONSE_COLLECT_BYTES_MAX as u64) {
        return Ok(Response::from_parts(parts, body));
    }
    let patience = Instant::now() + RESPONSE_COLLECT_WAIT;
    let mut gathered = BytesMut::new();
    loop {
        let frame = match announced {
            Some(_) => body.frame().await,
            None => match tokio::time::timeout_at(patience, body.frame()).await {
                Ok(frame) => frame,
                Err(_) => return Ok(Response::from_parts(parts, resume(gathered, body))),
            },
        };
        match frame.transpose()? {
            None => return Ok(Response::from_parts(parts, full(gathered))),
            Some(frame) => match frame.into_data() {
                Ok(data) => {
                    gathered.extend_from_slice(&data);
                    if announced == Some(gathered.len() as u64) {
                        read_out(body);
                        return Ok(Response::from_parts(parts, full(gathered)));
                    }
                }
                // Trailers: they end the body, and few clients want them; they go out as they came.
                Err(trailers) => {
                    let rest = Trailing { trailers: Some(trailers) };
                    return Ok(Response::from_parts(parts, resume(gathered, rest.boxed_unsync())));
                }
            },
        }
        if gathered.len() > RESPONSE_COLLECT_BYTES_MAX {
            return Ok(Response::from_parts(parts, resume(gathered, body)));
        }
    }
}

/// Reads the end of a body whose bytes are all there, so that the guest sees its answer taken. The answer does
/// not wait for it: the guest may be busy with what it left for later.
fn read_out(mut body: WasiBody) {
    tokio::spawn(tokio::time::timeout(POST_RETURN_MAX, async move {
        while let Some(Ok(_)) = body.frame().await {}
    }));
}

/// What was gathered, then the rest.
fn resume(gathered: BytesMut, rest: WasiBody) -> WasiBody {
    Resumed { first: (!gathered.is_empty()).then(|| gathered.freeze()), rest }.boxed_unsync()
}

struct Resumed {
    first: Option<Bytes>,
    rest: WasiBody,
}

impl Body for Resumed {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match self.first.take() {
            Some(first) => Poll::Ready(Some(Ok(Frame::data(first)))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }
}

struct Trailing {
    trailers: Option<Frame<Bytes>>,
}

impl Body for Trailing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Poll::Ready(self.trailers.take().map(Ok))
    }
}
