//! What people say of themselves, kept in one small document a desk.

use crate::documents::RosterDocument;
use crate::{Error, keys};
use tierline_domain::ids::{DeskId, PersonId};
use tierline_domain::presence::{Roster, Said};
use tierline_domain::time::Time;
use tierline_store::{Decision, OperationId, Runtime, change, read};

/// What the desk's people said. One store read.
pub async fn roster<R: Runtime>(runtime: &R, desk: &DeskId) -> Result<Roster, Error> {
    let found = read::<RosterDocument, _>(runtime.store(), &keys::roster(desk)).await?;
    Ok(found.map_or_else(Roster::default, |document| document.body.0))
}

/// Keeps what somebody says of themselves. One durable commit. Two who are the first ever at once: one may have to say it
/// again, and nothing else depends on it.
pub async fn say<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    (person, said): (&PersonId, Said),
    operation: &OperationId,
) -> Result<(), Error> {
    let now = Time(runtime.now_ms());
    change::<RosterDocument, _, Error>(runtime, &keys::roster(desk), operation, |found| {
        let roster = found.map_or_else(Roster::default, |document| document.body.0.clone());
        Ok(Decision::Write(RosterDocument(roster.with(person, said, now))))
    })
    .await?;
    Ok(())
}
