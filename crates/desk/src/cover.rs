//! Whether somebody who is there can take a ticket: looked at when it has entered a line, and by every tick.

use crate::operations::{Words, change_ticket};
use crate::{Error, line_now, lookup, roster, settle};
use std::collections::{BTreeMap, BTreeSet};
use tierline_domain::desk::Desk;
use tierline_domain::ids::{LineId, PersonId, TicketId};
use tierline_domain::people::{Action, Person};
use tierline_domain::presence::{Missing, Roster};
use tierline_domain::ticket::{State, Ticket};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{Changed, OperationId};

/// A desk's people, and what is known of where they are.
pub(crate) struct Crew {
    people: Vec<Person>,
    roster: Roster,
    /// Who holds a ticket of a line, for lines that were looked at.
    at_work: BTreeMap<LineId, BTreeSet<PersonId>>,
}

impl Crew {
    /// Two store reads.
    pub async fn of<P: Platform>(platform: &P, desk: &Desk) -> Result<Self, Error> {
        let (people, roster) =
            (lookup::people(platform, desk).await?, roster(platform, &desk.head.id).await?);
        Ok(Self { people, roster, at_work: BTreeMap::new() })
    }

    /// Whether all who could take the ticket are known not to be there, though its line is open. Whoever holds a ticket of
    /// the line is there: where nobody else is, that is looked at, once a line.
    pub async fn missing<P: Platform>(
        &mut self,
        platform: &P,
        desk: &Desk,
        ticket: &Ticket,
        now: Time,
    ) -> Result<Option<Missing>, Error> {
        let line = &ticket.line;
        if !desk.opening(line, now).open {
            return Ok(None);
        }
        let can = |person: &&Person| {
            person.works_on(line) && person.role.may(Action::WorkTicket) && person.has_skills(&ticket.skills)
        };
        let missing = self.roster.missing(self.people.iter().filter(can), &desk.zone(), now);
        if missing.is_none() || !self.people.iter().any(|person| can(&person)) {
            return Ok(missing);
        }
        if !self.at_work.contains_key(line) {
            let found = line_now(platform, &desk.head.id, line, now).await?;
            self.at_work.insert(line.clone(), found.at_work);
        }
        let holds = |person: &Person| self.at_work.get(line).is_some_and(|held| held.contains(&person.id));
        let somebody = self.people.iter().filter(can).any(holds);
        Ok(missing.filter(|_| !somebody))
    }
}

/// What is known of those who could take a ticket that has just entered a line or come back to it; nothing of others. Store
/// reads: three, and the line where nobody seems to be there.
pub(crate) async fn at_entry<P: Platform>(
    platform: &P,
    ticket: &Ticket,
    now: Time,
) -> Result<Option<Option<Missing>>, Error> {
    if ticket.owed.is_empty() || ticket.state(now) != State::Queued {
        return Ok(None);
    }
    let desk = lookup::desk_of(platform, ticket).await?;
    let mut crew = Crew::of(platform, &desk).await?;
    Ok(Some(crew.missing(platform, &desk, ticket, now).await?))
}

/// Looks after a ticket that waits: what is new of those who could take it stands in it then, and the first time of a stay in
/// the journal. `true` if that was told now. Store reads: the ticket, and as for [`at_entry`] if it waits.
pub(crate) async fn look<P: Platform>(platform: &P, ticket: TicketId) -> Result<bool, Error> {
    let (ticket, now) = (lookup::ticket(platform, ticket).await?, Time(platform.now_ms()));
    if ticket.state(now) != State::Queued {
        return Ok(false);
    }
    let desk = lookup::desk_of(platform, &ticket).await?;
    let missing = Crew::of(platform, &desk).await?.missing(platform, &desk, &ticket, now).await?;
    note(platform, &ticket, missing, now).await
}

/// Keeps in the ticket what is known of those who could take it, and tells the journal the first time that nobody is there.
/// `true` if it did. Durable commits only where something is new: the ticket, and what it owes then.
async fn note<P: Platform>(
    platform: &P,
    ticket: &Ticket,
    missing: Option<Missing>,
    now: Time,
) -> Result<bool, Error> {
    if ticket.told_of_cover(missing, now) == *ticket {
        return Ok(false);
    }
    let operation = OperationId::fresh(platform.random());
    let noted = change_ticket(platform, ticket, &operation, Words::None, |ticket| {
        Ok(ticket.told_of_cover(missing, now))
    })
    .await?;
    settle(platform, ticket.id).await?;
    let is_told = |ticket: &Ticket| ticket.unserved.as_ref().is_some_and(|unserved| unserved.told);
    Ok(!is_told(ticket) && matches!(noted, Changed::Written(document) if is_told(&document.body)))
}
