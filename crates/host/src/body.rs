//! Bodies: requests are received whole and limited meanwhile, small answers are gathered before they leave.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Response, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use wasmtime_wasi_http::{Error, WasiBody};

use crate::limits::{
    BODY_BYTES_PER_S_MIN, BODY_FREE_BYTES, POST_RETURN_MAX, RESPONSE_COLLECT_BYTES_MAX,
    RESPONSE_COLLECT_WAIT, TURN_WAIT_MAX,
};
use crate::problem::{Problem, full};

/// How much of a refused body is read away so that the client gets to see the answer.
const DISCARD_BYTES_MAX: u64 = 64 << 20;
/// How long that may take.
const DISCARD_MAX: Duration = Duration::from_secs(2);
/// Pieces of a body shorter than this are joined.
const PIECE_BYTES: usize = 4 << 10;

/// What requests may hold in memory while their bodies arrive.
#[derive(Debug)]
pub struct BodyRoom {
    kib: Arc<Semaphore>,
}

/// Room that a body takes, until it is dropped.
#[derive(Debug, Default)]
struct Taken(Option<OwnedSemaphorePermit>);

impl BodyRoom {
    /// Room for so many bytes.
    pub fn new(bytes: usize) -> Self {
        Self { kib: Arc::new(Semaphore::new(bytes >> 10)) }
    }

    /// Takes room for a body that has grown to `bytes`. Small ones need none: connections are limited.
    async fn grow(&self, taken: &mut Taken, bytes: usize) -> Result<(), Problem> {
        let wanted = bytes.saturating_sub(BODY_FREE_BYTES).div_ceil(1 << 10);
        let held = taken.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(missing) = wanted.checked_sub(held).filter(|missing| *missing > 0) else { return Ok(()) };
        let missing = u32::try_from(missing).map_err(|_| Problem::Overloaded)?;
        let more = tokio::time::timeout(TURN_WAIT_MAX, self.kib.clone().acquire_many_owned(missing));
        let more = more.await.ok().and_then(Result::ok).ok_or(Problem::Overloaded)?;
        match &mut taken.0 {
            Some(permit) => permit.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }
}

/// Receives a request's body whole, under its limits. Only then does the request take a turn: a client that sends
/// slowly, or never, keeps nobody from anything but its own connection.
///
/// # Errors
/// When it is larger than `bytes_max`, silent for longer than `silence_max`, slower than [`BODY_BYTES_PER_S_MIN`],
/// breaks off, or there is no room for it.
pub async fn receive(
    mut incoming: Incoming,
    (bytes_max, silence_max): (u64, Duration),
    room: &BodyRoom,
) -> Result<WasiBody, Problem> {
    let (mut pieces, mut taken) = (Vec::new(), Taken::default());
    let result =
        gather_pieces(&mut incoming, (bytes_max, silence_max), room, (&mut pieces, &mut taken)).await;
    match result {
        Ok(()) => {
            Ok(GuardedBody::new(Received(pieces.into_iter().collect()).boxed_unsync(), taken).boxed_unsync())
        }
        Err(problem) => {
            discard(incoming);
            Err(problem)
        }
    }
}

async fn gather_pieces(
    incoming: &mut Incoming,
    (bytes_max, silence_max): (u64, Duration),
    room: &BodyRoom,
    (pieces, taken): (&mut Vec<Bytes>, &mut Taken),
) -> Result<(), Problem> {
    let (begun, mut bytes) = (Instant::now(), 0_u64);
    loop {
        let due = begun + silence_max + Duration::from_secs(bytes / BODY_BYTES_PER_S_MIN);
        let wait = due.min(Instant::now() + silence_max);
        let frame = tokio::time::timeout_at(wait, incoming.frame()).await.map_err(|_| Problem::SlowBody)?;
        let Some(frame) = frame else { return Ok(()) };
        // The client has gone, or does not speak HTTP: it will hardly read this.
        let Ok(data) = frame.map_err(|_| Problem::BadRequest)?.into_data() else { continue };
        bytes = bytes.saturating_add(data.len() as u64);
        if bytes > bytes_max {
            return Err(Problem::BodyTooLarge(bytes_max));
        }
        room.grow(taken, usize::try_from(bytes).unwrap_or(usize::MAX)).await?;
        match pieces.last_mut() {
            // Many tiny pieces would cost more than they hold.
            Some(last) if last.len() < PIECE_BYTES => {
                let joined = [last.as_ref(), data.as_ref()].concat();
                *last = joined.into();
            }
            _ => pieces.push(data),
        }
    }
}

/// A body that is all there.
struct Received(VecDeque<Bytes>);

impl Body for Received {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.iter().map(|piece| piece.len() as u64).sum())
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

/// Whether a head announces a stream of events.
pub fn is_event_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"))
}

/// A body that ends early when `end` does: a stream of events, which would hold up a stop. Whoever listens asks again.
pub struct EndingBody<F> {
    body: WasiBody,
    end: Pin<Box<F>>,
}

impl<F: Future<Output = ()>> EndingBody<F> {
    /// Ends `body` with `end`.
    pub fn new(body: WasiBody, end: F) -> Self {
        Self { body, end: Box::pin(end) }
    }
}

impl<F: Future<Output = ()>> Body for EndingBody<F> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        self.end.as_mut().poll(context).map(|()| None)
    }
}

/// Gathers a small answer, so that head and body leave in one write. What is large, slow or a stream of
/// events flows on as it comes. An error means that the body broke off before anything was sent.
pub async fn gather(response: Response<WasiBody>) -> Result<Response<WasiBody>, Error> {
    let (parts, mut body) = response.into_parts();
    let announced = announced_length(&parts.headers);
    if is_event_stream(&parts.headers)
        || announced.is_some_and(|bytes| bytes > RESPONSE_COLLECT_BYTES_MAX as u64)
    {
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
