//! What follows from a ticket once the answer has left. The component that answered hands it to `settling`, so that the
//! code for queues' directories, lists and journal is carried by one component and not by all.

use crate::operations::{left_beside, make_room};
use crate::outlook::{Telling, learn};
use crate::posted::post;
use crate::queue::{self, LineOf};
use crate::settle::{close_accounts, pay_queues, relist};
use crate::{Error, cover};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tierline_domain::forecast::Given;
use tierline_domain::ids::{LineId, TicketId};
use tierline_domain::queue::Sighting;
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::OperationId;

/// The component that pays, and how long it may take: what is not done then stays owed, and the tick pays it.
const COMPONENT: &str = "settling";
const DEADLINE: Duration = Duration::from_secs(30);

/// A ticket that may owe something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settling<T> {
    /// As it was stored.
    pub ticket: T,
    /// The pages seen while its places were entered or left; none if they could not be.
    pub ways: Option<Vec<Way>>,
    /// What happened to it.
    #[serde(default)]
    pub event: Event,
}

/// What happened to a ticket, as far as forecasts learn from it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub enum Event {
    /// Whatever else, or not known: what must be known is looked at.
    #[default]
    Other,
    /// It entered a line.
    Entered {
        /// When.
        at: Time,
        /// What it was told, if anything.
        told: Option<Given>,
    },
    /// Somebody took it.
    Taken {
        /// Free tickets that stayed in the line, about; none if that is to be told by the pages seen.
        left: Option<u32>,
    },
    /// The same, and its entry does not say so yet.
    Reached {
        /// Free tickets that stayed in the line, about; none if that is to be told by the pages seen.
        left: Option<u32>,
    },
}

/// Pages of a line, as seen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Way {
    /// The line.
    pub line: LineId,
    /// In the order they were looked at.
    pub seen: Vec<Sighting>,
}

/// Has done, once the answer has left, what follows from `ticket`. Lost with the instance, it still stands in the ticket as owed.
pub fn after_answer<P: Platform>(platform: &P, ticket: &Ticket, ways: Option<Vec<Way>>, event: Event) {
    let seen_nothing = ways.as_ref().is_some_and(Vec::is_empty);
    if seen_nothing && !ticket.owes() && ticket.to_seal(0).is_none() {
        return;
    }
    // A ticket that was stored can be written again.
    let Some(request) = post("/settle", &Settling { ticket, ways, event }) else { return };
    let caller = platform.clone();
    platform.after_answer(async move {
        let _ = caller.call(COMPONENT, request, DEADLINE).await;
    });
}

/// A ticket of which everything is to be paid, whoever changed it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Whole {
    /// Which.
    pub ticket: TicketId,
    /// Whether the tick comes past: then it is also looked whether somebody who is there can take it.
    pub by_tick: bool,
    /// Whether it is to be entered again in lists that have lost it.
    pub relist: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Paid {
    /// Whether it owed anything.
    pub owed: bool,
    /// Whether the journal was told that nobody who is there can take it.
    pub unserved: bool,
}

/// Has everything paid that a ticket owes, and waits for it.
pub async fn settle_now<P: Platform>(platform: &P, ticket: TicketId) -> Result<(), Error> {
    settle_whole(platform, Whole { ticket, by_tick: false, relist: false }).await.map(|_| ())
}

/// The same, and what else `whole` says.
pub async fn settle_whole<P: Platform>(platform: &P, whole: Whole) -> Result<Paid, Error> {
    let failed = || Error::Busy("the ticket's accounts");
    let request = post("/settle/whole", &whole).ok_or_else(failed)?;
    let answer = platform.call(COMPONENT, request, DEADLINE).await.map_err(|_| failed())?;
    serde_json::from_slice(answer.body()).map_err(|_| failed())
}

/// What [`settle_whole`] is answered. Store reads and durable commits of [`crate::settle`], and of [`cover::look`].
pub async fn settle_asked<P: Platform>(platform: &P, whole: Whole) -> Result<Paid, Error> {
    let owed = crate::settle(platform, whole.ticket).await?;
    if whole.relist {
        relist(platform, whole.ticket).await?;
    }
    let unserved = whole.by_tick && cover::look(platform, whole.ticket).await?;
    Ok(Paid { owed, unserved })
}

/// What was seen of pages, with what was seen of them since.
fn with_latest(mut ways: Vec<Way>, latest: Vec<Way>) -> Vec<Way> {
    let is_newer = |page: &Sighting| latest.iter().flat_map(|way| &way.seen).any(|seen| seen.id == page.id);
    ways.iter_mut().for_each(|way| way.seen.retain(|page| !is_newer(page)));
    for newer in latest {
        match ways.iter_mut().find(|way| way.line == newer.line) {
            Some(way) => way.seen.extend(newer.seen),
            None => ways.push(newer),
        }
    }
    ways
}

/// Tends the queues, writes journal and lists, closes the accounts, moves long messages out of the way.
pub async fn settle_answered<P: Platform>(platform: &P, settling: Settling<Ticket>) -> Result<(), Error> {
    let Settling { ticket, ways, mut event } = settling;
    let Some(mut ways) = ways else {
        crate::settle(platform, ticket.id).await?;
        return Ok(());
    };
    if let Event::Reached { left } = event {
        // What fails stays owed: whoever comes past the ticket, or goes for it, puts it right.
        let paid = pay_queues(platform, &ticket, &OperationId::fresh(platform.random())).await?;
        event = Event::Taken { left: left.or_else(|| Some(left_beside(&paid))) };
        ways = with_latest(ways, paid);
    }
    // What forecasts do not learn, they do not learn.
    let telling = learn(platform, &ticket, &event, &ways).await.unwrap_or(Telling::Stays);
    let now = Time(platform.now_ms());
    // What is not known of those who could take it is looked at by whoever reads it, and by the tick.
    let missing = cover::at_entry(platform, &ticket, now).await.unwrap_or(None);
    let ticket = match missing {
        Some(missing) => cover::tell(platform, ticket, missing, now).await?,
        None => ticket,
    };
    for way in ways {
        // A directory that learns late costs a link more, nothing else.
        let _ = queue::tend(platform, LineOf { desk: &ticket.desk, line: &way.line }, way.seen).await;
    }
    let note = (telling != Telling::Stays).then_some(|mut ticket: Ticket| {
        telling.apply(&mut ticket);
        ticket
    });
    close_accounts(platform, &ticket, note).await?;
    make_room(platform, &ticket, 0).await
}
