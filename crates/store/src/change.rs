//! One bounded load-decide-swap: the only way a shared document changes.

use crate::document::ReadError;
use crate::limits::{CHANGE_ATTEMPTS_MAX, CHANGE_PAUSE_FIRST_MS, CHANGE_PAUSE_MAX_MS, OPERATIONS_REMEMBERED};
use crate::{Document, OperationId, Runtime, Store, StoreError, Stored, Swap, read_now};
use std::time::Duration;

/// What a decision wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<T> {
    /// Write this body as the next revision.
    Write(T),
    /// Write this body as the next revision, and forget which operations came before: their ids can tell of what they
    /// wrote. Whoever still repeats one of them must be refused by the body.
    Forget(T),
    /// Leave the document as it is.
    Keep,
}

/// How a change ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed<T> {
    /// Written now, by us.
    Written(Document<T>),
    /// This operation was applied before: by an earlier call with its id, or by an attempt whose answer was lost.
    Repeated(Document<T>),
    /// The decision was to keep what is there (`None`: nothing is).
    Kept(Option<Document<T>>),
}

impl<T> Changed<T> {
    /// The document as it is now, if there is one.
    pub fn document(self) -> Option<Document<T>> {
        match self {
            Self::Written(document) | Self::Repeated(document) => Some(document),
            Self::Kept(document) => document,
        }
    }
}

/// How a change ended badly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError<E> {
    /// The decision refused. Nothing was written by this call.
    #[error("refused")]
    Refused(E),
    /// Others kept changing the document, or the store kept saying so. The outcome of the last attempt is known: not applied.
    #[error("the document at {key} was too busy after {attempts} attempts")]
    Contended {
        /// Which.
        key: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The store failed. The outcome is unknown: repeat with the same operation id.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The document cannot be used.
    #[error(transparent)]
    Document(#[from] crate::DocumentError),
}

impl<E> From<ReadError> for ChangeError<E> {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => Self::Store(error),
            ReadError::Document(error) => Self::Document(error),
        }
    }
}

/// Loads the document at `key`, lets `decide` say what it should become, and swaps it in; again after each
/// conflict, with jittered pauses, at most [`CHANGE_ATTEMPTS_MAX`] times.
///
/// `decide` is called once an attempt with what is there then, and must be pure. Each attempt costs one store
/// read, and one commit if its swap is done.
pub async fn change<T, R, E>(
    runtime: &R,
    key: &str,
    operation: &OperationId,
    mut decide: impl FnMut(Option<&Document<T>>) -> Result<Decision<T>, E>,
) -> Result<Changed<T>, ChangeError<E>>
where
    T: Stored,
    R: Runtime,
{
    let mut trouble: Option<StoreError> = None;
    let mut sent: Option<u64> = None;
    for attempt in 1..=CHANGE_ATTEMPTS_MAX {
        let (bytes, cas) = runtime.store().load(key).await?;
        let current = bytes.map(|bytes| Document::<T>::decode(key, &bytes)).transpose()?;
        if let Some(document) = find_done(current.as_ref(), key, operation, sent)? {
            return Ok(Changed::Repeated(document));
        }
        let next = match decide(current.as_ref()).map_err(ChangeError::Refused)? {
            Decision::Write(body) => Document::after(current.as_ref(), body, operation.clone()),
            Decision::Forget(body) => Document {
                operations: vec![operation.clone()],
                ..Document::after(current.as_ref(), body, operation.clone())
            },
            Decision::Keep => return Ok(Changed::Kept(current)),
        };
        sent = Some(next.revision);
        match runtime.store().swap(cas, &next.encode(key)?).await {
            Ok(Swap::Done) => return Ok(Changed::Written(next)),
            Ok(Swap::Conflict) => trouble = None,
            Err(error @ StoreError::Unavailable(_)) if trouble.is_none() => trouble = Some(error),
            Err(error) => return Err(error.into()),
        }
        pause(runtime, attempt).await;
    }
    settle_last_attempt(runtime, key, operation, sent).await
}

/// After the last conflict, one more look: the store may have applied what it reported as failed.
/// By `load`, because a plain read may be old (DynamoDB's are, unless configured otherwise).
async fn settle_last_attempt<T: Stored, R: Runtime, E>(
    runtime: &R,
    key: &str,
    operation: &OperationId,
    sent: Option<u64>,
) -> Result<Changed<T>, ChangeError<E>> {
    let last = read_now::<T, _>(runtime.store(), key).await?;
    match find_done(last.as_ref(), key, operation, sent)? {
        Some(document) => Ok(Changed::Repeated(document)),
        None => Err(ChangeError::Contended { key: key.to_owned(), attempts: CHANGE_ATTEMPTS_MAX }),
    }
}

/// The document, if `operation` is among its last ones. `sent` is the revision that our last swap would have made:
/// a document that went on so far that it would have forgotten us cannot tell, and to try again could do it twice.
fn find_done<T: Stored>(
    document: Option<&Document<T>>,
    key: &str,
    operation: &OperationId,
    sent: Option<u64>,
) -> Result<Option<Document<T>>, StoreError> {
    let Some(document) = document else { return Ok(None) };
    if document.has(operation) {
        return Ok(Some(document.clone()));
    }
    match sent.map(|sent| document.revision.saturating_sub(sent)) {
        Some(passed) if passed >= OPERATIONS_REMEMBERED as u64 => Err(StoreError::Unavailable(format!(
            "{key} changed {passed} times meanwhile; {OPERATIONS_REMEMBERED} are remembered, so the outcome is unknown"
        ))),
        _ => Ok(None),
    }
}

/// Waits before the attempt after `attempt`: jittered over its whole length, so that writers spread.
pub async fn pause<R: Runtime>(runtime: &R, attempt: u32) {
    let ceiling =
        CHANGE_PAUSE_FIRST_MS.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(CHANGE_PAUSE_MAX_MS);
    let [low, high, ..] = runtime.random();
    let share = u64::from(u16::from_le_bytes([low, high]));
    runtime.sleep(Duration::from_micros(ceiling * 1000 * share / u64::from(u16::MAX))).await;
}
