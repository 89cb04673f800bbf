//! What an instance's streams know together, so that the store is asked once for all of them.
//!
//! Whatever happens to a ticket is appended to one of its desk's eight journal chains, and one that waits in a line is moved
//! by what happens to others. So a poll reads the heads of the chains that matter, at most eight a desk, however many streams
//! there are; a ticket is read again when its chain names it, its place asked for when its desk's chains have moved. Where people
//! watch, their desk and who works there is read again too, once for all of them.
//! Requests of one instance take turns, so what is here is never seen half changed: nothing waits while it is borrowed.

use crate::limits::{
    CLOCKS_DIFFER_MS_MAX, PEOPLE_MS, PLACE_MS, POLL_MS, POLL_MS_MAX, STREAMS_PER_TICKET_MAX,
    TOLD_PER_POLL_MAX, TYPING_MS,
};
use crate::presence::Presence;
use crate::side::{Side, Sides};
use crate::told::Told;
use futures_util::future::join_all;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use tierline_desk::{Entrance, JournalDocument, ask_standing, entrance, keys, ticket};
use tierline_domain::ids::{DeskId, TicketId};
use tierline_domain::journal::JournalPage;
use tierline_domain::limits::JOURNAL_SHARDS;
use tierline_domain::people::Action;
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::read;

thread_local! {
    static HUB: RefCell<Hub> = RefCell::default();
}

/// A chain of a desk's journal.
type Chain = (DeskId, u32);

#[derive(Default)]
struct Hub {
    tickets: BTreeMap<TicketId, Watched>,
    /// The last link seen of each chain that is watched.
    links: BTreeMap<Chain, String>,
    /// Who may come in, of each desk whose people watch.
    doors: BTreeMap<DeskId, Door>,
    /// How many polls were begun, and when the last one was.
    polls: u64,
    polled: Option<Time>,
    is_polling: bool,
}

/// A ticket that somebody watches.
struct Watched {
    streams: Sides<usize>,
    /// Until when each side counts as typing.
    typing: Sides<Option<Time>>,
    desk: DeskId,
    /// Whether it is in a line, where what happens to others moves it.
    waits: bool,
    told: Rc<Told>,
    told_at: Time,
    /// Whether something happened to it since.
    is_moved: bool,
    /// Whether something happened at its desk since.
    is_desk_moved: bool,
}

/// Who may come in at a desk, as one of the polls read it.
struct Door {
    entrance: Entrance,
    poll: u64,
    at: Time,
}

/// A stream's part in the hub, until it is dropped.
pub struct Watch {
    ticket: TicketId,
    side: Side,
    /// How many polls had been begun when its owner was let in.
    polls: u64,
}

impl Watch {
    /// Of a ticket that was read when `polls` polls had been begun, and was told of so. None if too many watch it.
    pub fn of(ticket: &Ticket, side: Side, told: Told, polls: u64, now: Time) -> Option<Self> {
        HUB.with_borrow_mut(|hub| {
            // What happened between the reading and now may have been seen by a poll already.
            let missed = hub.polls != polls;
            let told = Rc::new(told);
            let new = || Watched {
                streams: Sides::default(),
                typing: Sides::default(),
                desk: ticket.desk.clone(),
                waits: false,
                told: told.clone(),
                told_at: now,
                is_moved: false,
                is_desk_moved: false,
            };
            let watched = hub.tickets.entry(ticket.id).or_insert_with(new);
            if *watched.streams.of(side) >= STREAMS_PER_TICKET_MAX {
                return None;
            }
            *watched.streams.of_mut(side) += 1;
            watched.is_moved |= missed;
            watched.waits = ticket.stay.is_some();
            watched.told = told;
            watched.told_at = now;
            Some(Self { ticket: ticket.id, side, polls })
        })
    }

    /// Whose stream it is.
    pub fn side(&self) -> Side {
        self.side
    }

    /// Whether one of the desk's people, who was let in with this token, may not be here any more.
    pub fn is_shut(&self, token: &str, now: Time) -> bool {
        HUB.with_borrow(|hub| {
            let desk = hub.tickets.get(&self.ticket).map(|watched| &watched.desk);
            // What was read before they were let in does not say so of them.
            let door = desk.and_then(|desk| hub.doors.get(desk)).filter(|door| door.poll > self.polls);
            door.is_some_and(|door| !door.entrance.admits(token, Action::ReadTicket, now))
        })
    }

    /// What is known of it.
    pub fn told(&self) -> Rc<Told> {
        self.look(|watched| watched.told.clone()).unwrap_or_default()
    }

    /// What the other side does just now.
    pub fn presence(&self, now: Time) -> Presence {
        let types = |until: Option<Time>| until.is_some_and(|until| now < until);
        let seen = self.look(|watched| match self.side {
            Side::Customer => Presence::People { is_typing: types(watched.typing.people) },
            Side::People => Presence::Customer {
                is_here: watched.streams.customer > 0,
                is_typing: types(watched.typing.customer),
            },
        });
        seen.unwrap_or_else(|| Presence::nobody(self.side))
    }

    fn look<T>(&self, look: impl FnOnce(&Watched) -> T) -> Option<T> {
        HUB.with_borrow(|hub| hub.tickets.get(&self.ticket).map(look))
    }
}

/// Notes that a side types. Of a ticket that nobody watches here nothing is kept.
pub fn types(ticket: TicketId, side: Side, now: Time) {
    HUB.with_borrow_mut(|hub| {
        if let Some(watched) = hub.tickets.get_mut(&ticket) {
            *watched.typing.of_mut(side) = Some(Time(now.0.saturating_add(TYPING_MS)));
        }
    });
}

impl Drop for Watch {
    fn drop(&mut self) {
        HUB.with_borrow_mut(|hub| {
            let Some(watched) = hub.tickets.get_mut(&self.ticket) else { return };
            *watched.streams.of_mut(self.side) -= 1;
            if watched.streams.customer + watched.streams.people == 0 {
                hub.tickets.remove(&self.ticket);
            }
            if hub.tickets.is_empty() {
                *hub = Hub { polls: hub.polls, ..Hub::default() };
            }
        });
    }
}

/// How many polls were begun.
pub fn polls() -> u64 {
    HUB.with_borrow(|hub| hub.polls)
}

/// Asks the store, if it is time to and nobody does. Store reads: one a chain, at most eight a desk; for each ticket that
/// something happened to one, and those of its place; two for each desk whose people watch, every [`PEOPLE_MS`].
pub async fn poll<P: Platform>(platform: &P) {
    let Some(_turn) = Turn::begin(Time(platform.now_ms())) else { return };
    let chains = HUB.with_borrow(Hub::chains);
    let heads = join_all(chains.iter().map(|chain| head(platform, chain))).await;
    HUB.with_borrow_mut(|hub| {
        for (chain, head) in chains.into_iter().zip(heads) {
            hub.see(chain, head.as_ref());
        }
    });
    let desks = HUB.with_borrow_mut(|hub| hub.people_due(Time(platform.now_ms())));
    join_all(desks.into_iter().map(|desk| look_again(platform, desk))).await;
    let moved = HUB.with_borrow(|hub| hub.moved(Time(platform.now_ms())));
    join_all(moved.into_iter().map(|id| tell(platform, id))).await;
}

/// The right to poll, given back when it is done or its stream has gone.
struct Turn;

impl Turn {
    fn begin(now: Time) -> Option<Self> {
        HUB.with_borrow_mut(|hub| {
            let since = hub.polled.map_or(i64::MAX, |polled| now.0.saturating_sub(polled.0));
            if since < POLL_MS || (hub.is_polling && since < POLL_MS_MAX) {
                return None;
            }
            hub.polled = Some(now);
            hub.polls += 1;
            hub.is_polling = true;
            Some(Self)
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        HUB.with_borrow_mut(|hub| hub.is_polling = false);
    }
}

/// None if it cannot be read now: it is read again soon.
async fn head<P: Platform>(platform: &P, (desk, shard): &Chain) -> Option<JournalPage> {
    let key = keys::journal(desk, *shard);
    let found = read::<JournalDocument, _>(platform.store(), &key).await.ok()?;
    Some(found.map(|document| document.body.0).unwrap_or_default())
}

/// What cannot be read now is read with the next poll.
async fn look_again<P: Platform>(platform: &P, desk: DeskId) {
    let (poll, at) = (polls(), Time(platform.now_ms()));
    if let Ok(entrance) = entrance(platform, &desk).await {
        HUB.with_borrow_mut(|hub| hub.doors.insert(desk, Door { entrance, poll, at }));
    }
}

/// A ticket that cannot be read now stays moved, for the next poll.
async fn tell<P: Platform>(platform: &P, id: TicketId) {
    let Ok(ticket) = ticket(platform, id).await else { return };
    let standing = ask_standing(platform, &ticket).await;
    let now = Time(platform.now_ms());
    let told = Told::of(&ticket, standing, now);
    HUB.with_borrow_mut(|hub| {
        let Some(watched) = hub.tickets.get_mut(&id) else { return };
        watched.waits = ticket.stay.is_some();
        if watched.is_moved {
            // What was being typed is there, as a rule.
            watched.typing = Sides::default();
        }
        watched.told = Rc::new(told);
        watched.told_at = now;
        watched.is_moved = false;
        watched.is_desk_moved = false;
    });
}

impl Hub {
    /// The chains that say something of what is watched: a ticket's own, and all of a desk where one waits in a line.
    fn chains(&self) -> BTreeSet<Chain> {
        let of = |(id, watched): (&TicketId, &Watched)| {
            let shards = if watched.waits { 0..JOURNAL_SHARDS } else { own(*id)..own(*id) + 1 };
            let desk = watched.desk.clone();
            shards.map(move |shard| (desk.clone(), shard))
        };
        self.tickets.iter().flat_map(of).collect()
    }

    /// The desks whose people watch and were not looked at for a while; of others nothing is kept.
    fn people_due(&mut self, now: Time) -> BTreeSet<DeskId> {
        let watching = self.tickets.values().filter(|watched| watched.streams.people > 0);
        let mut desks: BTreeSet<_> = watching.map(|watched| watched.desk.clone()).collect();
        self.doors.retain(|desk, _| desks.contains(desk));
        let is_due = |door: &Door| now.0.saturating_sub(door.at.0) >= PEOPLE_MS;
        desks.retain(|desk| self.doors.get(desk).is_none_or(is_due));
        desks
    }

    /// Takes notice of a chain's head.
    fn see(&mut self, chain: Chain, head: Option<&JournalPage>) {
        let Some(head) = head else { return };
        let link = head.last_link();
        let seen = self.links.get(&chain);
        if seen.is_some_and(|seen| seen == link) {
            return;
        }
        // Past a page's end, or seen for the first time: it may have been any of its tickets.
        let after = seen.and_then(|seen| match *seen == head.before {
            true => Some(0),
            false => head.events.iter().position(|event| event.link == *seen).map(|index| index + 1),
        });
        let named: Option<BTreeSet<TicketId>> =
            after.map(|after| head.events.iter().skip(after).filter_map(|event| event.ticket).collect());
        let (desk, shard) = &chain;
        // What a ticket was told of after it happened is no news to it, though its chain is looked at for the first time.
        let latest = head.events.iter().map(|event| event.at.0).max();
        let is_known = |watched: &Watched| {
            seen.is_none()
                && latest.is_some_and(|at| at.saturating_add(CLOCKS_DIFFER_MS_MAX) < watched.told_at.0)
        };
        let of_desk = |(_, watched): &(&TicketId, &mut Watched)| watched.desk == *desk && !is_known(watched);
        for (id, watched) in self.tickets.iter_mut().filter(of_desk) {
            watched.is_desk_moved = true;
            watched.is_moved |= own(*id) == *shard && named.as_ref().is_none_or(|named| named.contains(id));
        }
        self.links.insert(chain, link.to_owned());
    }

    /// What is to be told anew.
    fn moved(&self, now: Time) -> Vec<TicketId> {
        let is_due = |watched: &Watched| {
            let place_is_old = now.0.saturating_sub(watched.told_at.0) >= PLACE_MS;
            watched.is_moved || (watched.waits && watched.is_desk_moved && place_is_old)
        };
        let due = self.tickets.iter().filter(|(_, watched)| is_due(watched));
        due.map(|(id, _)| *id).take(TOLD_PER_POLL_MAX).collect()
    }
}

/// Which chain has a ticket's own events.
fn own(ticket: TicketId) -> u32 {
    ticket.shard(JOURNAL_SHARDS)
}
