//! Which tickets changed, read off the journal: each of its chains from where the last tick stopped.

use super::place;
use crate::documents::{DueCursor, write};
use crate::journal::read_on;
use crate::{Error, keys, lookup};
use std::collections::BTreeSet;
use tierline_domain::desk::Desk;
use tierline_domain::ids::TicketId;
use tierline_domain::limits::JOURNAL_SHARDS;
use tierline_domain::queue::Place;
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{OperationId, read};

/// What following came to.
pub struct Followed {
    /// Where the tickets that changed stand in the index.
    pub places: Vec<Place>,
    /// How far it came; none if there was nothing new.
    pub cursor: Option<DueCursor>,
}

/// Reads at most a page of events of each chain. A desk that was not followed before is followed from its chains'
/// present pages on: what changed last before these is entered when the sweep comes past it.
pub async fn follow<P: Platform>(platform: &P, desk: &Desk) -> Result<Followed, Error> {
    let key = keys::tick_due(&desk.head.id);
    let was = read::<DueCursor, _>(platform.store(), &key).await?.map(|document| document.body);
    let begun =
        |shard: u32| was.as_ref().and_then(|cursor| cursor.read.get(usize::try_from(shard).ok()?).copied());
    // One after the other: the tick has time, and reading side by side takes code.
    let (mut cursor, mut tickets, mut places) = (DueCursor::default(), BTreeSet::new(), vec![]);
    for shard in 0..JOURNAL_SHARDS {
        let (come_to, events) = read_on(platform, &desk.head.id, shard, begun(shard)).await?;
        cursor.read.push(come_to);
        tickets.extend(events.iter().filter_map(|event| event.ticket));
    }
    let now = Time(platform.now_ms());
    for ticket in tickets {
        places.extend(next_place(platform, desk, ticket, now).await?);
    }
    let cursor = Some(cursor).filter(|cursor| was.as_ref() != Some(cursor));
    Ok(Followed { places, cursor })
}

/// Remembers how far it came, once what was found is entered: what is followed twice comes out the same.
pub async fn remember<P: Platform>(
    platform: &P,
    desk: &Desk,
    cursor: &Option<DueCursor>,
) -> Result<(), Error> {
    let Some(cursor) = cursor else { return Ok(()) };
    let operation = OperationId::fresh(platform.random());
    write(platform, &keys::tick_due(&desk.head.id), cursor.clone(), &operation).await
}

/// Where the ticket stands in the index: also for what is due already, which is looked at next.
async fn next_place<P: Platform>(
    platform: &P,
    desk: &Desk,
    ticket: TicketId,
    now: Time,
) -> Result<Option<Place>, Error> {
    let next_due = async {
        let found = lookup::ticket(platform, ticket).await?;
        let hours = lookup::hours_of(platform, desk, &found).await?;
        Ok(found.next_due(desk, &hours, now))
    };
    match next_due.await {
        Ok(at) => Ok(at.map(|at| place(ticket, at))),
        Err(error @ Error::Store(_)) => Err(error),
        // Gone, or not to be read: the sweep tells of that, and nothing behind it waits for it.
        Err(_) => Ok(None),
    }
}
