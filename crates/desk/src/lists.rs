//! Lists of tickets: bringing them into agreement with the tickets, and reading them page by page.

mod chains;
mod shelves;

use crate::documents::TicketDocument;
use crate::limits::{LIST_READS_AT_ONCE, LIST_TICKETS_READ_MAX};
use crate::queue::{self, Debt, FirstWrites, LineOf, Truth};
use crate::{Error, keys};
use chains::Chains;
use serde::{Deserialize, Serialize};
use shelves::Shelves;
use tierline_domain::desk::Desk;
use tierline_domain::ids::{DeskId, LineId, PersonId, TicketId};
use tierline_domain::lists::{ListId, ListKey};
use tierline_domain::queue::Place;
use tierline_domain::ticket::{State, Status, Ticket};
use tierline_domain::time::Time;
use tierline_store::{OperationId, Runtime, read};

/// Brings the ticket's entries in `lists` into agreement with it. One durable commit for each that differs, and for each that it owes.
pub async fn pay<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    (lists, are_owed): (&[ListId], bool),
    operation: &OperationId,
) -> Result<(), Error> {
    for list in lists {
        let shelf = LineId::shelf(list.shelf_of(ticket.id));
        let line = LineOf { desk: &ticket.desk, line: &shelf };
        let truth = Truth::Stored(ticket.id);
        let debt =
            Debt { line, place: list.place(ticket.list_key()), skills: None, truth, is_owed: are_owed };
        let step = operation.step(&format!("list{list}"));
        let way = queue::agree(runtime, &debt, &step, &mut FirstWrites::new()).await?;
        queue::tend(runtime, line, way).await?;
    }
    Ok(())
}

/// Takes every entry of a ticket out that the lists of `was` may have: for a ticket whose document is gone.
pub async fn unlist<R: Runtime>(runtime: &R, was: &Ticket, operation: &OperationId) -> Result<(), Error> {
    let mut lists = was.lists();
    lists.extend(was.lists_owed.iter().filter(|list| !was.lists().contains(list)));
    pay(runtime, was, (&lists, true), operation).await
}

/// Which tickets are wanted. What is none is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In this state now.
    pub state: Option<State>,
    /// In this line, or last in it.
    pub line: Option<LineId>,
    /// Taken or answered by this person last.
    pub agent: Option<PersonId>,
    /// Of this customer, by the operator's own id.
    pub customer: Option<String>,
    /// And of whoever names no id, but one of these addresses of theirs, in lower case.
    pub addresses: Vec<String>,
    /// With a promise that is short of time or late, as people were told.
    pub at_risk: bool,
    /// And those where somebody is told by one of these addresses, beside a customer of whoever's.
    pub as_participant: bool,
}

impl Filter {
    /// Whether the ticket is wanted at `now`.
    pub fn wants(&self, ticket: &Ticket, now: Time) -> bool {
        let is_told = self.as_participant && ticket.participants_at(&self.addresses).next().is_some();
        let tie = |customer: &String| is_told || ticket.customer.tie(customer, &self.addresses).is_some();
        self.state.is_none_or(|state| ticket.state(now) == state)
            && self.line.as_ref().is_none_or(|line| ticket.line == *line)
            && self.agent.as_ref().is_none_or(|agent| ticket.agent() == Some(agent))
            && self.customer.as_ref().is_none_or(tie)
            && (!self.at_risk || ticket.is_at_risk())
    }

    /// Where they are found.
    fn source(&self, desk: &Desk) -> Source {
        if let Some(customer) = &self.customer {
            let mut lists = vec![ListId::of_customer(customer)];
            lists.extend(self.addresses.iter().map(|address| ListId::of_address(address)));
            if self.as_participant {
                lists.extend(self.addresses.iter().map(|address| ListId::of_participant(address)));
            }
            return Source::Lists(lists);
        }
        if self.at_risk {
            return Source::Lists(vec![ListId::of_risk()]);
        }
        if let Some(agent) = &self.agent {
            let list = |done| ListId::of_agent(agent, done);
            return Source::Lists(match self.state {
                None => vec![list(false), list(true)],
                Some(state) => vec![list(matches!(state, State::Solved | State::Closed))],
            });
        }
        let status = match self.state {
            None => return Source::Journal,
            Some(State::Queued | State::Claimed) => Status::Queued,
            Some(State::Answered) => Status::Answered,
            Some(State::Waiting) => Status::Waiting,
            Some(State::Solved) => Status::Solved,
            Some(State::Closed) => Status::Closed,
        };
        match (ListId::of_status(status), &self.line) {
            (Some(list), _) => Source::Lists(vec![list]),
            (None, Some(line)) => Source::Lines(vec![line.clone()]),
            (None, None) => Source::Lines(desk.lines.iter().map(|line| line.id.clone()).collect()),
        }
    }
}

enum Source {
    /// Newest ticket first.
    Lists(Vec<ListId>),
    /// As they are served.
    Lines(Vec<LineId>),
    /// All tickets, newest first.
    Journal,
}

/// How far a reader has come: after what it saw last. It does not move when the lists do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// In lists.
    List(ListKey),
    /// In lines.
    Line(Place),
    /// In the journal's chains: of each the page, and how many of its events are still to come.
    Journal(Vec<(u32, u32)>),
}

/// A ticket that may be wanted, and where it was found.
struct Candidate {
    ticket: TicketId,
    /// In a line: the ticket must still stand there.
    place: Option<Place>,
    /// Whether its customer proved who they are, as far as the list says.
    is_proven: bool,
    /// The line it was in when it was listed, where that is known.
    line: Option<String>,
}

/// What the next look gives.
enum Look {
    Found(Candidate),
    /// So many pages were read that the rest is for the next request.
    Enough,
    End,
}

enum Reader {
    Shelves(Shelves),
    Chains(Chains),
}

impl Reader {
    async fn open<R: Runtime>(
        runtime: &R,
        desk: &Desk,
        filter: &Filter,
        after: Option<Position>,
    ) -> Result<Self, Error> {
        let id = &desk.head.id;
        Ok(match (filter.source(desk), after) {
            (Source::Lists(lists), after) => {
                let after = if let Some(Position::List(key)) = after { Some(key) } else { None };
                Self::Shelves(Shelves::of_lists(runtime, id, &lists, after).await?)
            }
            (Source::Lines(lines), after) => {
                let after = if let Some(Position::Line(place)) = after { Some(place) } else { None };
                Self::Shelves(Shelves::of_lines(runtime, id, &lines, after).await?)
            }
            (Source::Journal, after) => {
                let after = if let Some(Position::Journal(pages)) = after { Some(pages) } else { None };
                Self::Chains(Chains::open(runtime, id, after).await?)
            }
        })
    }

    async fn next<R: Runtime>(&mut self, runtime: &R, desk: &DeskId) -> Result<Look, Error> {
        match self {
            Self::Shelves(shelves) => shelves.next(runtime, desk).await,
            Self::Chains(chains) => chains.next(runtime, desk).await,
        }
    }

    fn position(&self) -> Option<Position> {
        match self {
            Self::Shelves(shelves) => shelves.position(),
            Self::Chains(chains) => Some(chains.position()),
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The tickets, as they are now.
    pub tickets: Vec<Ticket>,
    /// Where the next page goes on; none if there is nothing more.
    pub next: Option<Position>,
}

/// Up to `limit` tickets that `filter` wants, from `after` on. Lists by state and line read the line's own queue and
/// come as they are served; all others newest first.
///
/// Store reads: two for each list or line, eight chains for all tickets, and one a ticket looked at; at most
/// [`LIST_TICKETS_READ_MAX`] and [`crate::limits::LIST_PAGES_READ_MAX`] in all, however long the list: a page may hold
/// fewer than `limit`, even none, and still have a next one.
pub async fn list<R: Runtime>(
    runtime: &R,
    desk: &Desk,
    filter: &Filter,
    after: Option<Position>,
    limit: usize,
) -> Result<Listed, Error> {
    let now = Time(runtime.now_ms());
    let mut reader = Reader::open(runtime, desk, filter, after.clone()).await?;
    let mut listed = Listed { tickets: vec![], next: after };
    let (mut looked_at, mut seen) = (0, vec![]);
    loop {
        let room = limit.saturating_sub(listed.tickets.len()).min(LIST_READS_AT_ONCE);
        if room == 0 || looked_at >= LIST_TICKETS_READ_MAX {
            return Ok(listed);
        }
        let (batch, is_last) = gather(runtime, desk, filter, &mut reader, room, &mut seen).await?;
        looked_at += batch.len();
        listed.tickets.extend(load(runtime, desk, filter, &batch, now).await?);
        match is_last {
            Some(Look::End) => return Ok(Listed { next: None, ..listed }),
            Some(_) => return Ok(Listed { next: reader.position().or(listed.next), ..listed }),
            None => listed.next = reader.position().or(listed.next),
        }
    }
}

/// The next `room` candidates; fewer with the reason why.
async fn gather<R: Runtime>(
    runtime: &R,
    desk: &Desk,
    filter: &Filter,
    reader: &mut Reader,
    room: usize,
    seen: &mut Vec<TicketId>,
) -> Result<(Vec<Candidate>, Option<Look>), Error> {
    let mut batch = vec![];
    while batch.len() < room {
        match reader.next(runtime, &desk.head.id).await? {
            Look::Found(candidate) => {
                let elsewhere = match (&filter.line, &candidate.line) {
                    (Some(wanted), Some(line)) => wanted.as_str() != line,
                    _ => false,
                };
                // After a crash an entry can be there twice.
                if !elsewhere && (candidate.place.is_some() || !seen.contains(&candidate.ticket)) {
                    seen.push(candidate.ticket);
                    batch.push(candidate);
                }
            }
            ended => return Ok((batch, Some(ended))),
        }
    }
    Ok((batch, None))
}

/// Those of the candidates that are there and wanted. The ticket says what is true; the list only where to look.
async fn load<R: Runtime>(
    runtime: &R,
    desk: &Desk,
    filter: &Filter,
    batch: &[Candidate],
    now: Time,
) -> Result<Vec<Ticket>, Error> {
    let keys: Vec<_> = batch.iter().map(|candidate| keys::ticket(candidate.ticket)).collect();
    let reads = keys.iter().map(|key| read::<TicketDocument, _>(runtime.store(), key));
    let found = futures::future::try_join_all(reads).await?;
    let mut tickets = vec![];
    for (candidate, document) in batch.iter().zip(found) {
        let Some(ticket) = document.map(|document| document.body.0) else { continue };
        let stands =
            candidate.place.is_none_or(|place| ticket.stay.as_ref().is_some_and(|stay| stay.place == place));
        if stands && ticket.desk == desk.head.id && filter.wants(&ticket, now) {
            tickets.push(ticket);
        }
    }
    Ok(tickets)
}

/// How many tickets, proven to be a customer's, were opened since each of these times, as far as one reader looks: the
/// newest come first. Two store reads, and one for each further page.
pub async fn asked_since<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    external_id: &str,
    since: [Time; 2],
) -> Result<[u32; 2], Error> {
    let mut shelves = Shelves::of_lists(runtime, desk, &[ListId::of_customer(external_id)], None).await?;
    let mut counts = [0; 2];
    while let Look::Found(found) = shelves.next(runtime, desk).await? {
        let at = Time(found.ticket.created_ms());
        if since.iter().all(|since| at < *since) {
            break;
        }
        for (count, _) in counts.iter_mut().zip(since).filter(|(_, since)| found.is_proven && at >= *since) {
            *count += 1;
        }
    }
    Ok(counts)
}
