//! Work for after the answer.

use futures::future::{LocalBoxFuture, join_all};
use std::cell::RefCell;
use std::rc::Rc;

/// What one request left to be done once its answer is out. Clones share it.
///
/// The SDK's own `spawn` would start at once, and a call on the store that blocks the instance would then hold
/// back an answer that is ready.
#[derive(Clone, Default)]
pub(crate) struct Later(Rc<RefCell<Vec<LocalBoxFuture<'static, ()>>>>);

impl Later {
    /// One more thing to do.
    pub(crate) fn add(&self, work: impl Future<Output = ()> + 'static) {
        self.0.borrow_mut().push(Box::pin(work));
    }

    /// Does everything, and what is added meanwhile.
    pub(crate) async fn run(&self) {
        loop {
            let work = self.0.take();
            if work.is_empty() {
                return;
            }
            join_all(work).await;
        }
    }
}
