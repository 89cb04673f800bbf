//! What tier 1 learnt from a desk's answers: made when the desk is published, kept beside the edition it is of.

use crate::documents::{LearntDocument, write};
use crate::limits::{FILE_BATCH_BYTES, LEARN_DEADLINE, LEARNT_BYTES_MAX, LEARNT_PART_BYTES};
use crate::posted::post;
use crate::{Error, keys};
use serde::{Deserialize, Serialize};
use tierline_domain::desk::Desk;
use tierline_domain::ids::DeskId;
use tierline_http::Platform;
use tierline_store::{OperationId, Runtime, Store, read};

/// What is to be learnt: the answers of an edition, which need not be in force yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// The desk.
    pub desk: String,
    /// The edition.
    pub edition: u64,
    /// Pages of its answers.
    pub answers_pages: u32,
}

/// Has tier 1 learn a desk's answers. What comes of it is in the store, or not: a desk whose tier 1 has learnt nothing
/// sends its questions to people.
pub async fn teach<P: Platform>(platform: &P, desk: &Desk) {
    let lesson =
        Lesson { desk: desk.head.id.to_string(), edition: desk.edition, answers_pages: desk.answers_pages };
    if let Some(request) = post("/learn", &lesson) {
        _ = platform.call("learning", request, LEARN_DEADLINE).await;
    }
}

/// What was learnt of an edition; none if nothing was, or not all of it is there. One store read, and one a part.
pub async fn learnt<R: Runtime>(runtime: &R, desk: &DeskId, edition: u64) -> Result<Option<Vec<u8>>, Error> {
    let head = read::<LearntDocument, _>(runtime.store(), &keys::learnt(desk, edition)).await?;
    let Some(head) = head.map(|document| document.body).filter(|head| head.bytes <= LEARNT_BYTES_MAX) else {
        return Ok(None);
    };
    let mut bytes = Vec::with_capacity(head.bytes);
    for part in 0..head.parts {
        let Some(part) = runtime.store().get(&keys::learnt_part(desk, edition, part)).await? else {
            return Ok(None);
        };
        bytes.extend(part);
    }
    Ok((bytes.len() == head.bytes).then_some(bytes))
}

/// Keeps what was learnt: one durable commit for each [`FILE_BATCH_BYTES`] of parts, and one that says they are there.
///
/// # Errors
/// If it is more than [`LEARNT_BYTES_MAX`], or the store fails.
pub async fn write_learnt<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    edition: u64,
    bytes: &[u8],
    operation: &OperationId,
) -> Result<(), Error> {
    if bytes.len() > LEARNT_BYTES_MAX {
        let what =
            format!("what tier 1 learnt has {} bytes, at most {LEARNT_BYTES_MAX} are kept", bytes.len());
        return Err(Error::Configuration(what));
    }
    let parts: Vec<(String, Vec<u8>)> = (0..)
        .zip(bytes.chunks(LEARNT_PART_BYTES))
        .map(|(number, part)| (keys::learnt_part(desk, edition, number), part.to_vec()))
        .collect();
    for batch in parts.chunks(FILE_BATCH_BYTES / LEARNT_PART_BYTES) {
        runtime.store().set_many(batch).await?;
    }
    let head = LearntDocument { parts: u32::try_from(parts.len()).unwrap_or(u32::MAX), bytes: bytes.len() };
    write(runtime, &keys::learnt(desk, edition), head, operation).await
}
