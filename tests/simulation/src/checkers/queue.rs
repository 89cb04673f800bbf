//! The queue's guarantee, by the checker that also judges simulated days: it knows nothing of pages or stores.
//!
//! It is about tickets that are free and unchanged throughout a claim. A claim whose outcome nobody knows may hold any
//! ticket of its line, so from there on the line is not judged in that history: calm ones have no such claim.
//!
//! Where the desk bounds what people have in hand, a claim that was given something of some weight is judged by what weighs no
//! more: for that there was room. One that was refused for want of room proves nothing, and loses nothing.

use super::Wrong;
use crate::actors::PEOPLE;
use crate::history::{Spoken, What as Said};
use crate::limits::LEASE_S;
use crate::play::Evidence;
use std::collections::{BTreeMap, BTreeSet};
use tierline_domain::ids::{LineId, PersonId};
use tierline_domain::time::Time;
use tierline_simulator::{Checked, LineModel, Log, Scenario, What, Worker, check};

/// Looks.
pub fn look(evidence: &Evidence) -> Vec<Wrong> {
    let (checked, tickets) = judge(evidence);
    let name = |number: usize| tickets.get(number).map_or("nothing", String::as_str);
    let tell = |broken: &tierline_simulator::Broken| {
        let given = broken.given.map_or("nothing", name);
        format!(
            "claim {} at {} was given {given}, and {} was before it",
            broken.claim,
            broken.at.to_rfc3339(),
            name(broken.passed_over)
        )
    };
    checked.broken.iter().map(tell).collect()
}

/// How many claims had a choice: what a history can prove of the queue.
pub fn choices(evidence: &Evidence) -> usize {
    judge(evidence).0.choices
}

fn judge(evidence: &Evidence) -> (Checked, Vec<String>) {
    let mut writer = Writer {
        log: Log::default(),
        tickets: vec![],
        lost: BTreeSet::new(),
        came: BTreeSet::new(),
        stands: BTreeSet::new(),
    };
    let mut moments: BTreeMap<usize, (&Spoken, bool)> = BTreeMap::new();
    for spoken in &evidence.history {
        moments.insert(spoken.begun.order, (spoken, true));
        if let Some(ended) = spoken.ended {
            moments.insert(ended.order, (spoken, false));
        }
    }
    for (order, (spoken, begins)) in moments {
        if begins { writer.begin(order, spoken) } else { writer.end(spoken) }
    }
    let checked = check(&scenario(), &writer.log).unwrap_or_default();
    (checked, writer.tickets)
}

/// Writes the log that is judged.
struct Writer {
    log: Log,
    tickets: Vec<String>,
    /// Lines that are not judged any more.
    lost: BTreeSet<String>,
    /// Tickets that were given out.
    came: BTreeSet<String>,
    /// Tickets whose entry was acknowledged and that nobody has touched since.
    stands: BTreeSet<String>,
}

impl Writer {
    fn begin(&mut self, order: usize, spoken: &Spoken) {
        let at = Time(spoken.begun.ms);
        if let Said::Claim { line } = &spoken.what {
            if is_refused_for_room(spoken) {
                return;
            }
            if !is_known(spoken) {
                self.lost.insert(line.clone());
            }
            let (Some(line), Some(person)) = (line_id(line), claimant(spoken)) else { return };
            if !self.lost.contains(line.as_str()) {
                self.log.push(at, What::Asking { claim: order, person, line });
            }
        } else if let Some(ticket) = spoken.what.ticket() {
            self.changes(ticket, at);
        }
    }

    fn end(&mut self, spoken: &Spoken) {
        let Some(at) = spoken.ended.map(|ended| Time(ended.ms)) else { return };
        let given = spoken.about().filter(|_| spoken.is_acknowledged());
        match &spoken.what {
            Said::Claim { .. } if is_refused_for_room(spoken) => {}
            Said::Claim { line } => {
                if is_known(spoken) && !self.lost.contains(line) {
                    let ticket = given.map(|ticket| self.take(&ticket, at, spoken));
                    self.log.push(at, What::Asked { claim: spoken.begun.order, ticket });
                } else if let Some(ticket) = given {
                    self.came.insert(ticket.clone());
                    self.changes(&ticket, at);
                }
            }
            Said::Ask { .. } => {
                let Some(ticket) = given else { return };
                // What has no position yet is not in its line yet, and was not told so.
                let is_told =
                    spoken.answer.as_ref().is_some_and(|answer| answer.body["queue"]["position"].is_u64());
                let document = spoken.then.as_ref().filter(|_| is_told);
                let entered = document.and_then(|document| self.entered(&ticket, &document["body"]));
                let entered = entered.filter(|_| !self.came.contains(&ticket));
                if let Some(entered) = entered {
                    self.stands.insert(ticket);
                    self.log.push(at, entered);
                }
            }
            _ => {}
        }
    }

    /// What nobody has touched begins to change.
    fn changes(&mut self, ticket: &str, at: Time) {
        if self.stands.remove(ticket) {
            let ticket = self.number(ticket);
            self.log.push(at, What::Changing { ticket });
        }
    }

    /// The number of a ticket that is given out. One without an acknowledged entry came back to the line, or its customer was
    /// told too late: its place is as its document had it then.
    fn take(&mut self, ticket: &str, at: Time, claim: &Spoken) -> usize {
        self.came.insert(ticket.to_owned());
        let is_new_here = !self.stands.remove(ticket);
        let place = claim.then.as_ref().and_then(|document| self.place(ticket, &document["body"]));
        if let Some(entered) = place.filter(|_| is_new_here) {
            self.log.push(at, entered);
        }
        self.number(ticket)
    }

    /// Its entry, if it is still in the place that it came to first.
    fn entered(&mut self, id: &str, ticket: &serde_json::Value) -> Option<What> {
        let is_first = ticket["stay"]["place"]["stay"].as_u64() <= Some(1);
        if is_first { self.place(id, ticket) } else { None }
    }

    fn place(&mut self, id: &str, ticket: &serde_json::Value) -> Option<What> {
        let stay = ticket.get("stay")?;
        let line = line_id(stay["line"].as_str()?)?;
        let moment = |name: &str| stay["place"][name].as_i64().map(Time);
        let (v, e) = (moment("v")?, moment("e")?);
        let skills =
            super::list(ticket, "skills").iter().filter_map(|skill| skill.as_str().map(str::to_owned));
        let skills = skills.filter(|skill| !skill.starts_with('~')).collect();
        Some(What::Entered { ticket: self.number(id), group: 0, line, v, e, skills, is_new: true })
    }

    fn number(&mut self, ticket: &str) -> usize {
        self.tickets.iter().position(|known| known == ticket).unwrap_or_else(|| {
            self.tickets.push(ticket.to_owned());
            self.tickets.len() - 1
        })
    }
}

/// Answered at once, with a ticket or with none.
fn is_known(claim: &Spoken) -> bool {
    claim.tries == 1 && matches!(claim.answer_status(), Some(201 | 204))
}

/// Answered at once that there is no room.
fn is_refused_for_room(claim: &Spoken) -> bool {
    let refused = claim.answer.as_ref().filter(|answer| answer.status == 409);
    claim.tries == 1 && refused.is_some_and(|answer| answer.problem() == "at-capacity")
}

/// Who claims, as the scenario calls them by the room that they are known to have had.
fn claimant(claim: &Spoken) -> Option<PersonId> {
    let given = claim.then.as_ref().filter(|_| claim.is_acknowledged());
    let skills = given.map_or(&[][..], |document| super::list(&document["body"], "skills"));
    let is_heavy = skills.iter().any(|skill| skill.as_str().is_some_and(|skill| skill.starts_with('=')));
    match given.is_some() && !is_heavy {
        true => person_id(&format!("{}{LIGHT}", claim.who)),
        false => person_id(&claim.who),
    }
}

/// After the id of somebody who has room for a letter, and perhaps for no chat.
const LIGHT: &str = "-light";

fn line_id(line: &str) -> Option<LineId> {
    LineId::parse(line).ok()
}

fn person_id(person: &str) -> Option<PersonId> {
    PersonId::parse(person).ok()
}

/// Who takes what: the one thing that the checker needs of a scenario.
fn scenario() -> Scenario {
    let lines = ["care", "consultants", "admins"].into_iter().filter_map(line_id);
    let worker = |(id, lines): &(&str, &[&str]), (after, room): (&str, Option<u32>)| {
        let lines = lines.iter().filter_map(|line| line_id(line)).collect();
        let (id, languages) = (person_id(&format!("{id}{after}"))?, vec!["en".to_owned()]);
        Some(Worker { id, lines, languages, skills: vec![], room, shifts: vec![] })
    };
    let both =
        |person| [("", None), (LIGHT, Some(1))].into_iter().filter_map(move |room| worker(person, room));
    Scenario {
        name: "simulated".to_owned(),
        start: Time(0),
        open_s: 0,
        head_start_max_s: 0,
        capacity_units: 0,
        lines: lines.map(|id| LineModel { id, lease_s: LEASE_S }).collect(),
        groups: vec![],
        people: PEOPLE.iter().flat_map(both).collect(),
        services_by_start: false,
    }
}
