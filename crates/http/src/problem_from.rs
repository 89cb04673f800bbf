//! What the store's errors are to a client.

use crate::{Problem, ProblemKind};
use tierline_store::{ChangeError, DocumentError, ReadError, StoreError, limits::DOCUMENT_BYTES_MAX};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let problem = match &error {
            StoreError::Unavailable(_) => Self::new(
                ProblemKind::StoreUnavailable,
                "The store did not answer. What you asked for may or may not have been done: repeat the request \
                 with the same Idempotency-Key.",
            ),
            StoreError::Full(_) => Self::new(
                ProblemKind::StoreFull,
                "The store takes no more. Waiting does not help: the desk's operator has to make room.",
            ),
            StoreError::Denied(_) => Self::new(
                ProblemKind::Internal,
                "This component may not use the store. The desk's operator has to allow it in the manifest.",
            ),
        };
        problem.because(error)
    }
}

impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        let problem = match &error {
            DocumentError::TooLarge { .. } => Self::new(
                ProblemKind::DocumentTooLarge,
                format!("With this it would be larger than {DOCUMENT_BYTES_MAX} bytes. Nothing was changed."),
            )
            .with("limit_bytes", DOCUMENT_BYTES_MAX),
            DocumentError::Schema { .. } => Self::new(
                ProblemKind::Internal,
                "This was written by a later version of the desk. Its operator has to finish the update.",
            ),
            DocumentError::Malformed { .. } => Self::new(
                ProblemKind::Internal,
                "What is stored cannot be read. The desk's operator has to look.",
            ),
        };
        problem.because(error)
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::Document(error) => error.into(),
        }
    }
}

impl<E: Into<Problem>> From<ChangeError<E>> for Problem {
    fn from(error: ChangeError<E>) -> Self {
        match error {
            ChangeError::Refused(refusal) => refusal.into(),
            ChangeError::Contended { key, attempts } => Self::new(
                ProblemKind::Busy,
                "Too many were changing this at once, and nothing was done. Repeat the request.",
            )
            .because(format!("{key} was contended {attempts} times")),
            ChangeError::Store(error) => error.into(),
            ChangeError::Document(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn store_errors_keep_their_reason_to_the_log() {
        let errors = [
            (StoreError::Unavailable("hunter2".into()), ProblemKind::StoreUnavailable),
            (StoreError::Full("hunter2".into()), ProblemKind::StoreFull),
            (StoreError::Denied("hunter2".into()), ProblemKind::Internal),
        ];
        for (error, kind) in errors {
            let problem = Problem::from(ChangeError::<Problem>::Store(error));
            assert_eq!(problem.kind, kind);
            let response = problem.response();
            assert!(!String::from_utf8_lossy(response.body()).contains("hunter2"));
            assert!(response.extensions().get::<crate::Cause>().unwrap().0.contains("hunter2"));
        }
    }

    #[test]
    fn document_errors_keep_the_key_to_the_log() {
        let key = "ticket/hunter2".to_owned();
        let errors = [
            (DocumentError::Malformed { key: key.clone(), why: String::new() }, ProblemKind::Internal),
            (DocumentError::TooLarge { key, bytes: 1 << 20 }, ProblemKind::DocumentTooLarge),
            (DocumentError::Schema { found: 2, known: 1 }, ProblemKind::Internal),
        ];
        for (error, kind) in errors {
            let problem = Problem::from(ReadError::Document(error));
            assert_eq!(problem.kind, kind);
            assert!(!String::from_utf8_lossy(problem.response().body()).contains("hunter2"));
        }
    }

    #[test]
    fn refusals_speak_for_themselves_and_contention_asks_to_repeat() {
        let refusal = Problem::new(ProblemKind::LeaseLost, "Claim it again.");
        assert_eq!(Problem::from(ChangeError::Refused(refusal.clone())), refusal);
        let contended = ChangeError::<Problem>::Contended { key: "queue/a".into(), attempts: 48 };
        let response = Problem::from(contended).response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "1");
    }
}
