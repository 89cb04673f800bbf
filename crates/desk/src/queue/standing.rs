//! How many are served before a ticket.

use super::LineOf;
use super::reach::{directory, page};
use crate::Error;
use crate::limits::{POSITION_PAGES_MAX, QUEUE_LINKS_MAX};
use crate::outlook::outlook;
use futures::future::{join, try_join_all};
use serde::{Deserialize, Serialize};
use tierline_domain::forecast::{Forecast, Given, LineOutlook, Thin};
use tierline_domain::front::Front;
use tierline_domain::ids::TicketId;
use tierline_domain::limits::{PAGE_ENTRIES_MAX, POSITION_EXACT_MAX};
use tierline_domain::queue::{Chain, Directory, PageId, Place, is_told_exactly, told};
use tierline_domain::ticket::{Stay, Ticket};
use tierline_domain::time::Time;
use tierline_store::Runtime;

/// A ticket's place and what to expect of it, as shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How many are served no later, this one included: tickets of the line that nobody has and that came earlier in
    /// its order, whatever skills they require. Rounded where it is not exact: see [`told`].
    pub position: u32,
    /// Whether the position is what was counted: always up to 200, unless more pages than are read lie before it, and
    /// never beyond.
    pub exact: bool,
    /// How long it will take, or why that is not known.
    pub forecast: Result<Given, Thin>,
    /// Whether somebody is there who can take it.
    #[serde(default)]
    pub cover: Cover,
}

/// Whether somebody is there who can take a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Cover {
    /// That was not looked at.
    #[default]
    Unknown,
    /// Somebody is, or may be; or the line is closed, and nobody has to be.
    Somebody,
    /// All who could are known not to be.
    Nobody {
        /// When somebody is expected; none if that is not known.
        back_at: Option<Time>,
    },
}

/// The position alone.
#[derive(Debug, Clone, Copy)]
struct Position {
    position: u32,
    exact: bool,
}

impl Standing {
    fn of(position: Position, outlook: &LineOutlook, ticket: &Ticket, stay: &Stay, now: Time) -> Self {
        let Position { position, exact } = position;
        let forecast = outlook.forecast(now, position.saturating_sub(1), &stay.place, &ticket.skills);
        Self { position, exact, forecast, cover: Cover::Unknown }
    }
}

/// Where a ticket stands among all that wait in its line, and when somebody of the line last said whether they are there; `None` if it is
/// in none. Store reads: the directory, what forecasts are made from, and one page for each set of skills that the line has a queue for;
/// near the head of a long line a few more.
pub async fn standing<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    now: Time,
) -> Result<Option<(Standing, Option<Time>)>, Error> {
    let Some(stay) = &ticket.stay else { return Ok(None) };
    let line = LineOf { desk: &ticket.desk, line: &stay.line };
    let (directory, outlook) = join(directory(runtime, line), outlook(runtime, line.desk, line.line)).await;
    let position = position_in(runtime, line, &stay.place, now, &directory?).await?;
    Ok(Some((Standing::of(position, &outlook, ticket, stay, now), outlook.said_at)))
}

/// How long who asks a desk now would wait for people, if they are there and it can be said. The first line is who they come to.
/// Store reads as for [`standing`]; none while nobody is there.
pub async fn wait_now<R: Runtime>(runtime: &R, desk: &Front, now: Time) -> Option<Forecast> {
    let line = desk.first_line().filter(|_| desk.attended(now).is_now())?;
    let line = LineOf { desk: &desk.head.id, line };
    let place = Place { v: now, e: now, ticket: TicketId::new(now, [u8::MAX; 16]), stay: 1 };
    let (directory, outlook) = join(directory(runtime, line), outlook(runtime, line.desk, line.line)).await;
    let Position { position, .. } = position_in(runtime, line, &place, now, &directory.ok()?).await.ok()?;
    outlook.forecast(now, position.saturating_sub(1), &place, &[]).ok().map(|given| given.forecast)
}

/// What one queue has ahead of a place.
struct Ahead {
    /// Free entries on the page of the place.
    here: u32,
    /// Entries on the pages before it, as last counted.
    before: u32,
    /// The first page counted; none if nothing is before it.
    first: Option<PageId>,
}

async fn position_in<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    place: &Place,
    now: Time,
    directory: &Directory,
) -> Result<Position, Error> {
    let chains: Vec<_> = directory.chains().collect();
    let looks = chains.iter().map(|chain| ahead_in(runtime, line, *chain, place, now));
    let all = try_join_all(looks).await?;
    let here: u32 = all.iter().map(|ahead| ahead.here).sum();
    let before: u32 = all.iter().map(|ahead| ahead.before).sum();
    let about = here.saturating_add(before).saturating_add(1);
    if all.iter().all(|ahead| ahead.first.is_none()) {
        return Ok(Position { position: told(about), exact: is_told_exactly(about) });
    }
    // Far behind nobody minds; near the head the pages before are looked at too.
    let margin = u32::try_from(PAGE_ENTRIES_MAX).unwrap_or(u32::MAX);
    if about > POSITION_EXACT_MAX.saturating_add(margin) {
        return Ok(Position { position: told(about), exact: false });
    }
    let mut ahead = here;
    for (chain, seen) in chains.iter().zip(&all) {
        let Some(first) = &seen.first else { continue };
        match count_before(runtime, line, *chain, first, now).await? {
            Some(counted) => ahead = ahead.saturating_add(counted),
            None => return Ok(Position { position: told(about.max(POSITION_EXACT_MAX)), exact: false }),
        }
        if !is_told_exactly(ahead.saturating_add(1)) {
            return Ok(Position { position: told(about.max(ahead)), exact: false });
        }
    }
    let position = ahead.saturating_add(1);
    Ok(Position { position: told(position), exact: is_told_exactly(position) })
}

/// One store read, and one for each page that the directory does not know yet.
async fn ahead_in<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    chain: Chain<'_>,
    place: &Place,
    now: Time,
) -> Result<Ahead, Error> {
    let mut id = chain.page_for(place);
    let before = chain.counted_before(&id);
    let first = (id != chain.head()).then(|| id.clone());
    let mut here = 0_u32;
    for _ in 0..QUEUE_LINKS_MAX {
        let found = page(runtime, line, &id).await?;
        here = here.saturating_add(found.free_ahead(place, now));
        match found.follow(place) {
            Some(next) => id = next.clone(),
            None => return Ok(Ahead { here, before, first }),
        }
    }
    Err(Error::Busy("the line's queue"))
}

/// Free entries on the pages before `end`; `None` if those are more pages than are read for this.
async fn count_before<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    chain: Chain<'_>,
    end: &PageId,
    now: Time,
) -> Result<Option<u32>, Error> {
    let (mut id, mut free) = (chain.head(), 0_u32);
    for _ in 0..POSITION_PAGES_MAX {
        let found = page(runtime, line, &id).await?;
        free = free.saturating_add(found.free(now));
        match found.next {
            Some(link) if link.page == *end => return Ok(Some(free)),
            Some(link) => id = link.page,
            None => return Ok(None),
        }
    }
    Ok(None)
}
