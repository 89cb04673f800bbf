//! What a guest prints goes to the log, line by line, with the component's id.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};

use crate::limits::GUEST_LOG_LINE_BYTES_MAX;

/// Which of the two it is.
#[derive(Debug, Clone, Copy)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// A guest's standard output or error.
#[derive(Debug, Clone)]
pub struct GuestLog {
    component: Arc<str>,
    stream: Stream,
    line: Arc<Mutex<Vec<u8>>>,
}

impl GuestLog {
    /// The stream of one instance.
    pub fn new(component: &str, stream: Stream) -> Self {
        Self { component: component.into(), stream, line: Arc::default() }
    }

    fn take(&self, bytes: &[u8]) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        for &byte in bytes {
            match byte {
                b'\n' => {
                    self.print(&line);
                    line.clear();
                }
                // The rest of an overlong line is dropped.
                _ if line.len() < GUEST_LOG_LINE_BYTES_MAX => line.push(byte),
                _ => {}
            }
        }
    }

    fn print(&self, line: &[u8]) {
        if line.is_empty() {
            return;
        }
        let text = String::from_utf8_lossy(line);
        let component = &*self.component;
        match self.stream {
            Stream::Out => tracing::info!(target: "guest", component, "{text}"),
            Stream::Err => tracing::warn!(target: "guest", component, "{text}"),
        }
    }
}

impl Drop for GuestLog {
    fn drop(&mut self) {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::strong_count(&self.line) == 1 {
            self.print(&line);
        }
    }
}

impl AsyncWrite for GuestLog {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl IsTerminal for GuestLog {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for GuestLog {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}
