//! What people at the desk do with a ticket.

use super::{HandOver, Lease, Refusal, State, Status, Stay, Ticket, Visibility};
use crate::history::{Action, Actor};
use crate::ids::{LabelId, LineId, PersonId};
use crate::limits::HANDOVERS_MAX;
use crate::queue::Place;
use crate::routing::HAND_OVERS_BEFORE_LEAD;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Taking a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who.
    pub person: PersonId,
    /// Names the claim.
    pub claim: String,
    /// When.
    pub now: Time,
    /// For how long.
    pub lease_s: u32,
    /// The entry that led here, where one did.
    pub place: Option<Place>,
    /// Whether that entry says already who has it; if not, the ticket owes it.
    pub marked: bool,
}

/// What happens after a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It is the customer's turn.
    Wait,
    /// The problem is solved.
    Solve,
    /// The work goes on.
    Keep,
}

/// An answer by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Who.
    pub person: PersonId,
    /// When.
    pub now: Time,
    /// The words.
    pub body: String,
    /// The canned answer they are made from.
    pub answer_id: Option<LabelId>,
    /// What happens then.
    pub then: Then,
    /// Seconds the lease lasts from now.
    pub lease_s: u32,
}

/// Moving a ticket to another line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOverTo {
    /// Who.
    pub person: PersonId,
    /// When.
    pub now: Time,
    /// Which line.
    pub to: LineId,
    /// What people on that line must know.
    pub skills: Vec<String>,
    /// Why, as a kind that the desk counts.
    pub kind: String,
    /// Why, in a sentence.
    pub reason: String,
    /// What was tried.
    pub tried: Option<String>,
    /// Those who decide once a ticket has gone to and fro, if the desk names them.
    pub lead: Option<Lead>,
    /// Up to the administrators, or sideways and down.
    pub escalation: bool,
    /// Whether waiting does harm.
    pub urgent: bool,
    /// The line that was asked for, if it is another.
    pub asked: Option<LineId>,
    /// Head start in the new line.
    pub head_start_s: u32,
    /// The desk's bound on head starts, as it is now.
    pub head_start_max_s: u32,
    /// Whether the mover works on the line it is in. Others must hold it.
    pub works_on_line: bool,
}

impl HandOverTo {
    /// To those who decide, if the ticket was handed over so often before and the mover is none of them.
    fn decided(mut self, before: usize, from: &LineId) -> Self {
        let lead = self.lead.take().filter(|lead| before >= HAND_OVERS_BEFORE_LEAD && !lead.is_mover);
        match lead.filter(|lead| lead.line != self.to && lead.line != *from) {
            Some(lead) => {
                Self { asked: Some(self.to), to: lead.line, skills: lead.skills, escalation: false, ..self }
            }
            None => self,
        }
    }
}

/// The line of those who decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// Which.
    pub line: LineId,
    /// What people on it must know.
    pub skills: Vec<String>,
    /// Whether the mover is one of them.
    pub is_mover: bool,
}

impl Ticket {
    /// Takes the ticket, or renews the caller's own hold.
    pub fn claim(&self, claim: Claim) -> Result<Self, Refusal> {
        let state = self.state(claim.now);
        let stay = self.stay.as_ref().ok_or(Refusal::NotQueued { state })?;
        if claim.place.is_some_and(|place| place != stay.place) {
            return Err(Refusal::Moved);
        }
        let own = match self.holder(claim.now) {
            Some(lease) if lease.person == claim.person => true,
            Some(lease) => return Err(Refusal::Held { holder: lease.person.clone(), until: lease.until }),
            None => false,
        };
        if own && claim.place.is_some() {
            // Claim-next gives what is free; one's own ticket is not the next one.
            return Err(Refusal::Held { holder: claim.person, until: claim.now });
        }
        let mut ticket = self.clone();
        if !claim.marked {
            ticket.owe_present_stay();
        }
        let since = if own { self.lease.as_ref().map_or(claim.now, |lease| lease.since) } else { claim.now };
        let until = claim.now.plus_s(claim.lease_s);
        if !own {
            // One that lapsed counts as work until then.
            ticket.end_hold(claim.now);
        }
        ticket.lease = Some(Lease { person: claim.person.clone(), claim: claim.claim, since, until });
        if !own {
            ticket.note_taken(claim.now);
            // Renewing is no step: a console that renews for a day must not fill the history.
            ticket.step(claim.now, Actor::Person(claim.person), Action::Claimed, None)?;
        }
        Ok(ticket)
    }

    /// Gives it back: it stands where it stood.
    pub fn release(&self, person: &PersonId, now: Time) -> Result<Self, Refusal> {
        self.must_hold(person, now)?;
        let mut ticket = self.clone();
        ticket.owe_present_stay();
        ticket.end_hold(now);
        ticket.step(now, Actor::Person(person.clone()), Action::Released, None)?;
        Ok(ticket)
    }

    /// Answers the customer. In a line only its holder may.
    pub fn reply(&self, reply: Reply) -> Result<Self, Refusal> {
        if self.status == Status::Closed {
            return Err(Refusal::WrongState { state: State::Closed });
        }
        if self.status == Status::Queued {
            self.must_hold(&reply.person, reply.now)?;
        }
        let mut ticket = self.clone();
        let by = Actor::Person(reply.person.clone());
        let mut message = ticket.next_message(reply.now, by.clone(), &ticket.channel, &reply.body);
        message.answer_id = reply.answer_id.clone();
        ticket.messages.push(message);
        ticket.step(reply.now, by.clone(), Action::Replied, Some(&reply.body))?;
        match reply.then {
            Then::Keep => ticket.renew(&reply.person, reply.now, reply.lease_s),
            Then::Wait => ticket.rest(Status::Waiting, reply.now, by, Action::Waiting)?,
            Then::Solve => ticket.rest(Status::Solved, reply.now, by, Action::Solved)?,
        }
        Ok(ticket)
    }

    /// Leaves a word for colleagues.
    pub fn note(&self, person: &PersonId, now: Time, body: &str, lease_s: u32) -> Result<Self, Refusal> {
        let mut ticket = self.clone();
        let by = Actor::Person(person.clone());
        ticket.push_note(now, by.clone(), body);
        ticket.step(now, by, Action::Noted, Some(body))?;
        ticket.renew(person, now, lease_s);
        Ok(ticket)
    }

    /// Moves it to another line. It keeps all the time it has waited on us, and so its place. Where the desk names who
    /// decides, the third hand-over goes to them, and so does every later one that is not theirs: a ticket on which its
    /// lines do not agree ends with somebody who does.
    pub fn hand_over(&self, to: HandOverTo) -> Result<Self, Refusal> {
        let state = self.state(to.now);
        let stay = self.stay.as_ref().ok_or(Refusal::NotQueued { state })?;
        let to = to.decided(self.handovers.len(), &stay.line);
        if stay.line == to.to {
            return Err(Refusal::SameLine);
        }
        match self.holder(to.now) {
            Some(lease) if lease.person != to.person => {
                return Err(Refusal::Held { holder: lease.person.clone(), until: lease.until });
            }
            None if !to.works_on_line => return Err(Refusal::NotHolder),
            _ => {}
        }
        let over = HandOver {
            at: to.now,
            by: Actor::Person(to.person),
            from: stay.line.clone(),
            to: to.to,
            reason: to.reason,
            tried: to.tried,
            kind: Some(to.kind),
            asked: to.asked,
            taken_at: None,
            counted: 0,
        };
        let head_start_s = to.head_start_s.max(stay.head_start_s).min(to.head_start_max_s);
        let action = if to.escalation { Action::Escalated } else { Action::HandedOver };
        let mut ticket = self.pass_on(stay, over, (to.skills, head_start_s), action)?;
        ticket.urgent |= to.urgent;
        Ok(ticket)
    }

    /// Moves it to the line of somebody who takes it at once, where nobody has it. What its old line knew comes along.
    pub fn pull(&self, to: HandOverTo, claim: Claim) -> Result<Self, Refusal> {
        self.hand_over(to)?.claim(claim)
    }

    /// That somebody took it ends the delay of its last hand-over, unless its customer had it in between.
    fn note_taken(&mut self, now: Time) {
        let Some(over) = self.handovers.last().filter(|over| over.taken_at.is_none()) else { return };
        let rests = |action| matches!(action, Action::Waiting | Action::Solved | Action::Confirmed);
        let rested =
            self.history().rev().take_while(|step| step.at >= over.at).any(|step| rests(step.action));
        if let Some(over) = self.handovers.last_mut().filter(|_| !rested) {
            over.taken_at = Some(now);
        }
    }

    /// Moves it from where it stands to another line, with all the time it has waited on us.
    pub(super) fn pass_on(
        &self,
        stay: &Stay,
        over: HandOver,
        (skills, head_start_s): (Vec<String>, u32),
        action: Action,
    ) -> Result<Self, Refusal> {
        if self.handovers.len() >= HANDOVERS_MAX {
            return Err(Refusal::Full { what: "hand-overs", limit: HANDOVERS_MAX });
        }
        let mut ticket = self.clone();
        // Leaving comes first: the place it leaves is in the queue of the skills it required there.
        ticket.leave(over.at);
        ticket.skills = skills;
        ticket.enter(over.to.clone(), over.at, over.at.since_ms(stay.place.e), head_start_s);
        ticket.step(over.at, over.by.clone(), action, Some(&over.reason))?;
        ticket.handovers.push(over);
        Ok(ticket)
    }

    /// Adds a word among colleagues to the thread.
    pub(super) fn push_note(&mut self, now: Time, by: Actor, body: &str) {
        let mut message = self.next_message(now, by, &self.channel, body);
        message.visibility = Visibility::Note;
        self.messages.push(message);
    }

    fn must_hold(&self, person: &PersonId, now: Time) -> Result<(), Refusal> {
        match (&self.lease, self.holder(now)) {
            (_, Some(lease)) if lease.person == *person => Ok(()),
            (_, Some(lease)) => Err(Refusal::Held { holder: lease.person.clone(), until: lease.until }),
            // Lapsed, but nobody took it since: what was typed is not lost.
            (Some(lapsed), None) if lapsed.person == *person => Ok(()),
            _ => Err(Refusal::NotHolder),
        }
    }

    /// Work keeps a lease alive. The page learns of it when somebody comes upon its lapsed hold.
    fn renew(&mut self, person: &PersonId, now: Time, lease_s: u32) {
        if let Some(lease) = self.lease.as_mut().filter(|lease| lease.person == *person) {
            lease.until = lease.until.max(now.plus_s(lease_s));
        }
    }

    fn rest(&mut self, status: Status, now: Time, by: Actor, action: Action) -> Result<(), Refusal> {
        self.leave(now);
        self.status = status;
        self.step(now, by, action, None)
    }

    fn owe_present_stay(&mut self) {
        if let Some(stay) = self.stay.clone() {
            self.owe(&stay.line, stay.place);
        }
    }
}
