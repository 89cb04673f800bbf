//! What the HTTP parser refuses by itself, it refuses without a word. Here that refusal gets its problem document, as
//! every other one has.
//!
//! The parser leaves no other place to do so: its answer is known by what it writes, a head with nothing in it but
//! the end of the connection. No component's answer looks like that, for theirs say what they are.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use futures::FutureExt;
use http::Response;
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use uuid::Uuid;
use wasmtime_wasi_http::WasiBody;

use crate::problem::Problem;

/// A connection whose parser's refusals are explained.
pub struct Explained<S> {
    stream: S,
    /// What is still to be written in the place of a refusal.
    instead: Bytes,
}

impl<S> Explained<S> {
    /// Explains what is written to `stream`.
    pub fn new(stream: S) -> Self {
        Self { stream, instead: Bytes::new() }
    }
}

/// The problem that a bare refusal stands for; none for every other answer.
fn refusal(written: &[u8]) -> Option<Problem> {
    let head = std::str::from_utf8(written).ok()?.strip_suffix("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.get(2..5)?;
    let mut closes = false;
    for line in lines {
        closes |= line.eq_ignore_ascii_case("connection: close");
        let (name, value) = line.split_once(": ")?;
        let bare = match name.to_ascii_lowercase().as_str() {
            "connection" | "date" => true,
            "content-length" => value == "0",
            _ => false,
        };
        if !bare {
            return None;
        }
    }
    match status {
        "400" if closes => Some(Problem::BadRequest),
        "414" | "431" if closes => Some(Problem::HeadTooLarge),
        _ => None,
    }
}

/// The answer as it goes over the wire. The connection ends with it.
fn on_the_wire(response: Response<WasiBody>) -> Bytes {
    let (head, body) = response.into_parts();
    // A problem's body is all there: nothing is waited for.
    let body =
        body.collect().now_or_never().and_then(Result::ok).map(|all| all.to_bytes()).unwrap_or_default();
    let mut wire = format!("HTTP/1.1 {}\r\n", head.status).into_bytes();
    for (name, value) in &head.headers {
        wire.extend_from_slice(name.as_str().as_bytes());
        wire.extend_from_slice(b": ");
        wire.extend_from_slice(value.as_bytes());
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len()).as_bytes());
    wire.extend_from_slice(&body);
    wire.into()
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Explained<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        written: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.instead.is_empty() {
            let Some(problem) = refusal(written) else {
                return Pin::new(&mut self.stream).poll_write(context, written);
            };
            let id = Uuid::now_v7();
            tracing::info!(target: "request", status = problem.status().as_u16(), request_id = %id, "refused");
            self.instead = on_the_wire(problem.response(id));
        }
        // Pending until all of it is gone: the parser then offers the same bytes again.
        while !self.instead.is_empty() {
            let Self { stream, instead } = &mut *self;
            match std::task::ready!(Pin::new(stream).poll_write(context, instead)) {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(count) => instead.advance(count),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(written.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match parts {
            [only] => self.poll_write(context, only),
            // A refusal has no body, so it comes alone.
            parts => Pin::new(&mut self.stream).poll_write_vectored(context, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Explained<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_parsers_own_refusals_are_explained() {
        let refused = |head: &str| refusal(format!("{head}\r\n\r\n").as_bytes());
        let date = "date: Sun, 22 Nov 2026 06:00:00 GMT";
        let bare =
            |status: &str| format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n{date}");
        assert_eq!(refused(&bare("400 Bad Request")), Some(Problem::BadRequest));
        assert_eq!(refused(&bare("414 URI Too Long")), Some(Problem::HeadTooLarge));
        assert_eq!(refused(&bare("431 Request Header Fields Too Large")), Some(Problem::HeadTooLarge));
        for other in [
            &bare("404 Not Found"),
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0",
            "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 2",
            "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: 0",
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0",
            "",
        ] {
            assert_eq!(refused(other), None, "{other}");
        }
        assert_eq!(refusal(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\nwords"), None);
    }
}
