//! What has its time: an index by when a ticket is next to be looked at, and what the tick does with what is due.
//!
//! The index costs a request nothing. It is made by the tick, which reads in the journal which tickets changed, asks each
//! when something of it is due, and enters it there; then it looks at those whose moment has come. What is done follows
//! from the ticket, once: an entry is only a hint to look. One that is early, late, doubled or of nothing does no harm,
//! and one that is lost is entered again when the sweep comes past its ticket.

mod follow;

use crate::limits::{DUE_AGAIN_S, DUE_VISITED_MAX, QUEUE_LINKS_MAX};
use crate::queue::{self, Batch, LineOf};
use crate::time_box::{change_by_tick, escalate_overdue};
use crate::{Error, lookup};
use tierline_domain::desk::Desk;
use tierline_domain::history::Action;
use tierline_domain::hours::Timetable;
use tierline_domain::ids::{LineId, TicketId};
use tierline_domain::queue::Place;
use tierline_domain::ticket::{Refusal, Ticket};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::OperationId;

/// What was done with what was due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Tickets that were looked at because something of them was due.
    pub visited: usize,
    /// Tickets whose people were warned that time is short.
    pub warned: usize,
    /// Tickets whose people were told that something is late.
    pub missed: usize,
    /// Tickets that went up because their time box was over.
    pub escalated: usize,
    /// Tickets that could not be seen to now: they are looked at again.
    pub failed: usize,
    /// Whether more is due than one tick looks at.
    pub is_more: bool,
}

impl Done {
    /// And what was done elsewhere.
    pub fn add(&mut self, more: &Self) {
        self.visited += more.visited;
        self.warned += more.warned;
        self.missed += more.missed;
        self.escalated += more.escalated;
        self.failed += more.failed;
        self.is_more |= more.is_more;
    }
}

/// Learns what changed at the desk, and sees to what is due.
///
/// Store reads: the cursor and a page of each journal chain, one for each ticket of up to [`follow`]'s events, two for each page
/// of the index that gets or loses entries, one for each ticket that is due. Durable commits: one for the cursor if
/// there was anything new, one for each page of the index that changes, and those of what is done to a ticket.
pub async fn see_to_due<P: Platform>(platform: &P, desk: &Desk) -> Result<Done, Error> {
    let followed = follow::follow(platform, desk).await?;
    enter(platform, desk, followed.places).await?;
    follow::remember(platform, desk, &followed.cursor).await?;
    visit(platform, desk).await
}

/// Enters these places in the desk's index.
pub async fn enter<P: Platform>(platform: &P, desk: &Desk, places: Vec<Place>) -> Result<(), Error> {
    queue::batch(platform, shelf(desk, &LineId::due()), Batch::Enter, places).await
}

/// Where the ticket stands in the index if it is next to be looked at then.
pub fn place(ticket: TicketId, at: Time) -> Place {
    Place { v: at, e: Time(0), ticket, stay: 0 }
}

fn shelf<'a>(desk: &'a Desk, line: &'a LineId) -> LineOf<'a> {
    LineOf { desk: &desk.head.id, line }
}

/// Looks at those that are due, the longest due first, and enters each for its next moment before it takes it out.
async fn visit<P: Platform>(platform: &P, desk: &Desk) -> Result<Done, Error> {
    let mut done = Done::default();
    while !done.is_more {
        let due = due_page(platform, desk).await?;
        if due.is_empty() {
            break;
        }
        let room = DUE_VISITED_MAX - done.visited;
        done.is_more = due.len() > room;
        let visited: Vec<Place> = due.into_iter().take(room).collect();
        let mut again = vec![];
        for seen in &visited {
            done.visited += 1;
            again.extend(visit_one(platform, desk, seen.ticket, &mut done).await);
        }
        enter(platform, desk, again).await?;
        queue::batch(platform, shelf(desk, &LineId::due()), Batch::Remove, visited).await?;
    }
    Ok(done)
}

/// What is due on the first page that has anything.
async fn due_page<P: Platform>(platform: &P, desk: &Desk) -> Result<Vec<Place>, Error> {
    let line = LineId::due();
    let shelf = shelf(desk, &line);
    let now = Time(platform.now_ms());
    let directory = queue::directory(platform, shelf).await?;
    let Some(mut id) = directory.shared().map(|chain| chain.head()) else { return Ok(vec![]) };
    for _ in 0..QUEUE_LINKS_MAX {
        let page = queue::page(platform, shelf, &id).await?;
        match (page.entries.is_empty(), page.next) {
            (true, Some(link)) => id = link.page,
            _ => {
                let places = page.entries.into_iter().map(|entry| entry.place);
                return Ok(places.take_while(|place| place.v <= now).collect());
            }
        }
    }
    Ok(vec![])
}

/// Sees to one ticket. Gives where it is to be entered next.
async fn visit_one<P: Platform>(platform: &P, desk: &Desk, id: TicketId, done: &mut Done) -> Option<Place> {
    let seen = match lookup::ticket(platform, id).await {
        Ok(ticket) => see_to(platform, desk, ticket, done).await,
        Err(Error::UnknownTicket) => return None,
        Err(error) => Err(error),
    };
    match seen {
        Ok(next) => next,
        Err(_) => {
            done.failed += 1;
            // Not at the head, where it would keep the others from being looked at.
            Some(place(id, Time(platform.now_ms()).plus_s(DUE_AGAIN_S)))
        }
    }
}

/// Does what is due of the ticket, and gives where it stands in the index then; nothing if nothing more has its time.
/// No commit where nothing is due, and a store read only if the desk's hours are others than at its arrival; else what
/// the escalation takes, and a commit for what is told, with what every change owes.
pub async fn see_to<P: Platform>(
    platform: &P,
    desk: &Desk,
    ticket: Ticket,
    done: &mut Done,
) -> Result<Option<Place>, Error> {
    let now = Time(platform.now_ms());
    let hours = lookup::hours_of(platform, desk, &ticket).await?;
    let next_place = |ticket: &Ticket| next_place(ticket, (desk, &hours), now);
    if ticket.next_due(desk, &hours, now).is_none_or(|at| at > now) {
        return Ok(next_place(&ticket));
    }
    let mut ticket = ticket;
    if escalate_overdue(platform, desk, &ticket).await? {
        done.escalated += 1;
        ticket = lookup::ticket(platform, ticket.id).await?;
    }
    if let Some(told) = tell(platform, &hours, &ticket, now).await? {
        let before = ticket.steps_count().saturating_sub(told.steps_moved());
        let before = usize::try_from(before).unwrap_or(usize::MAX);
        let is_new = |action: Action| told.steps.iter().skip(before).any(|step| step.action == action);
        let [warned, missed] = [Action::WARNINGS, Action::MISSES].map(|all| all.into_iter().any(is_new));
        done.warned += usize::from(warned);
        done.missed += usize::from(missed);
        ticket = told;
    }
    Ok(next_place(&ticket))
}

/// What is due and could not be done is not looked at again and again: the sweep comes past.
fn next_place(ticket: &Ticket, (desk, hours): (&Desk, &Timetable), now: Time) -> Option<Place> {
    ticket.next_due(desk, hours, now).filter(|at| *at > now).map(|at| place(ticket.id, at))
}

/// Writes what people are to be told into the ticket; none if that is nothing, or was written by another tick.
async fn tell<P: Platform>(
    platform: &P,
    hours: &Timetable,
    ticket: &Ticket,
    now: Time,
) -> Result<Option<Ticket>, Error> {
    if ticket.telling(hours, now).is_none() {
        return Ok(None);
    }
    let operation = OperationId::fresh(platform.random());
    match change_by_tick(platform, ticket, &operation, &|ticket| ticket.telling(hours, now)).await {
        // Its history is full: it can be told no more.
        Err(Error::Refused(Refusal::Full { .. } | Refusal::Erased)) => Ok(None),
        told => told,
    }
}
