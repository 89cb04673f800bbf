//! Every bound of this crate, by name and unit.

/// Attempts of one load-decide-swap before it gives up with [`crate::ChangeError::Contended`].
pub const CHANGE_ATTEMPTS_MAX: u32 = 48;
/// First pause after a conflict; doubles up to [`CHANGE_PAUSE_MAX_MS`], then jittered over its whole length.
pub const CHANGE_PAUSE_FIRST_MS: u64 = 1;
/// Longest pause between two attempts.
pub const CHANGE_PAUSE_MAX_MS: u64 = 24;
/// Operation ids a document remembers. More than the writers that can be in flight on one document, so that
/// whoever was told "conflict" wrongly still finds its own id.
pub const OPERATIONS_REMEMBERED: usize = 64;
/// A document may not be larger: small documents are cheap to swap, and edge stores take 400 KB at most.
pub const DOCUMENT_BYTES_MAX: usize = 100_000;
