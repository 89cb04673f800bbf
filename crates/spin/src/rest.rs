//! An answer that goes on.

use bytes::Bytes;
use futures::future::LocalBoxFuture;
use spin_sdk::wasip3::http_compat::BodyWriter;
use std::cell::RefCell;
use std::rc::Rc;
use tierline_http::Pieces;

/// Writes a whole body, the first bytes and what follows.
type Write = Box<dyn FnOnce(BodyWriter, Bytes) -> LocalBoxFuture<'static, ()>>;

/// How one request's answer goes on after its response, if it does. Clones share it.
///
/// Kept as what writes it, so that a component whose answers end has no code for one that does not.
#[derive(Clone, Default)]
pub(crate) struct Rest(Rc<RefCell<Option<Write>>>);

impl Rest {
    /// It goes on with these pieces.
    pub(crate) fn set(&self, pieces: impl Pieces + 'static) {
        let write: Write = Box::new(move |writer, first| Box::pin(write(writer, first, pieces)));
        self.0.replace(Some(write));
    }

    /// What writes the body, if it goes on.
    pub(crate) fn take(&self) -> Option<Write> {
        self.0.take()
    }
}

/// Until there is no more, or nobody reads on.
async fn write(mut writer: BodyWriter, first: Bytes, mut pieces: impl Pieces) {
    let mut next = Some(first);
    while let Some(piece) = next {
        if !writer.stream_writer.write_all(piece.into()).await.is_empty() {
            return;
        }
        next = pieces.next().await;
    }
    drop(writer.stream_writer);
    // Fails if the client has gone: it has all there was.
    let _ = writer.result_writer.write(Ok(None)).await;
}
