//! What people say of themselves, kept in one small document a desk.

use crate::documents::RosterDocument;
use crate::{Error, keys};
use tierline_domain::ids::{DeskId, PersonId};
use tierline_domain::presence::{Roster, Said};
use tierline_domain::time::Time;
use tierline_store::{Decision, Document, OperationId, Runtime, change, read};

/// What the desk's people said, and which edition of it this is: it counts up with each word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    /// All of it.
    pub roster: Roster,
    /// Which edition.
    pub edition: u64,
}

impl Heard {
    fn of(document: Option<Document<RosterDocument>>) -> Self {
        document.map_or_else(Self::default, |found| Self { roster: found.body.0, edition: found.revision })
    }
}

/// What the desk's people said. One store read.
pub async fn roster<R: Runtime>(runtime: &R, desk: &DeskId) -> Result<Roster, Error> {
    Ok(heard(runtime, desk).await?.roster)
}

/// The same, with its edition. One store read.
pub(crate) async fn heard<R: Runtime>(runtime: &R, desk: &DeskId) -> Result<Heard, Error> {
    Ok(Heard::of(read::<RosterDocument, _>(runtime.store(), &keys::roster(desk)).await?))
}

/// Keeps what somebody says of themselves, and gives what all said by then. One durable commit. Two who are the first ever at once: one may have to say it
/// again, and nothing else depends on it.
pub async fn say<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    (person, said): (&PersonId, Said),
    operation: &OperationId,
) -> Result<Heard, Error> {
    let (now, key) = (Time(runtime.now_ms()), keys::roster(desk));
    let changed = change::<RosterDocument, _, Error>(runtime, &key, operation, |found| {
        let roster = found.map_or_else(Roster::default, |document| document.body.0.clone());
        Ok(Decision::Write(RosterDocument(roster.with(person, said, now))))
    });
    Ok(Heard::of(changed.await?.document()))
}
