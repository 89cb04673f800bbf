//! Cursors: where a list goes on, sealed so that it is only good for the list and the filters it was made for.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tierline_domain::secrets::{seal, unseal};
use tierline_http::{Problem, ProblemKind};

const PURPOSE: &str = "tierline cursor 1";

/// A cursor for `position` in the list that `context` names.
pub fn seal_cursor(secret: &str, context: &str, position: &impl Serialize) -> Result<String, Problem> {
    let payload = serde_json::to_vec(position).map_err(|error| {
        Problem::new(ProblemKind::Internal, "The cursor could not be written.").because(error)
    })?;
    Ok(seal(secret.as_bytes(), PURPOSE, context, &payload))
}

/// What [`seal_cursor`] was given, if it was for the same list.
pub fn open_cursor<T: DeserializeOwned>(secret: &str, context: &str, cursor: &str) -> Result<T, Problem> {
    let fits = cursor.len() <= crate::limits::CURSOR_CHARS_MAX;
    let payload = fits.then(|| unseal(secret.as_bytes(), PURPOSE, context, cursor)).flatten();
    payload.and_then(|payload| serde_json::from_slice(&payload).ok()).ok_or_else(foreign_cursor)
}

/// The refusal of a cursor that was made for another list, or by nobody here.
pub fn foreign_cursor() -> Problem {
    Problem::new(
        ProblemKind::InvalidCursor,
        "This cursor is not of this list. Send next_cursor as it came, with the same filters, or begin without one.",
    )
}
