//! What a handler runs on.

use crate::{Request, Response};
use bytes::Bytes;
use std::future::Future;
use std::time::Duration;

/// What a handler runs on, beyond the store.
pub trait Platform: tierline_store::Runtime {
    /// The component's variable of this name, as its manifest gives it.
    fn variable(&self, name: &str) -> impl Future<Output = Result<String, VariableError>>;

    /// Calls another component of the application, past the public routes: the request's path is one like `/decide`.
    fn call(
        &self,
        component: &str,
        request: Request,
        deadline: Duration,
    ) -> impl Future<Output = Result<Response, CallError>>;

    /// Sends a request to another host, which the manifest must allow: its URI is absolute, its answer has at most
    /// `bytes_max` bytes. Redirects are answers like others.
    fn fetch(
        &self,
        request: Request,
        bytes_max: usize,
        deadline: Duration,
    ) -> impl Future<Output = Result<Response, CallError>>;

    /// Work that may go on after the answer has left. It can be lost: owe it in the store first.
    fn after_answer(&self, work: impl Future<Output = ()> + 'static);

    /// After the bytes of its response this request's answer goes on with `pieces`, until there are no more or nobody reads
    /// them: then they are dropped. Where answers cannot go on, this one ends with its response.
    fn go_on(&self, pieces: impl Pieces + 'static) {
        drop(pieces);
    }
}

/// The rest of an answer, as it comes to be.
pub trait Pieces {
    /// Waits for the next piece; none at the end.
    fn next(&mut self) -> impl Future<Output = Option<Bytes>>;
}

/// Why a variable could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VariableError {
    /// The manifest does not give this component a variable of that name, or gives it no value.
    #[error("the variable {0} is not defined")]
    Undefined(String),
    /// Its provider failed. The reason stays in the log: it may hold more than is wanted in an answer.
    #[error("the variable's provider failed")]
    Other,
}

/// Why a call to another component or host gave no answer. The callee may have done its work all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No whole answer within the deadline.
    #[error("no answer in time")]
    Deadline,
    /// The answer has more bytes than are taken.
    #[error("the answer is too large")]
    TooLarge,
    /// The call failed, for this reason.
    #[error("the call failed: {0}")]
    Failed(String),
}
