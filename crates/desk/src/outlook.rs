//! What a line's forecasts are made from, in the store: one small document a line, written after the answer by whoever
//! takes a ticket. Nothing depends on it: what is lost of it is one observation.

use crate::documents::OutlookDocument;
use crate::presence::{Heard, heard};
use crate::settling::{Event, Way};
use crate::{Error, ask_standing, keys, lookup};
use tierline_domain::desk::Desk;
use tierline_domain::forecast::{Expected, LineOutlook, Plan, Recent, Taken, Told};
use tierline_domain::ids::{DeskId, LineId};
use tierline_domain::people::Person;
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{Decision, OperationId, Runtime, change, read};

/// What is known of a line. One store read. A line without a past, or with one that cannot be read, promises nothing.
pub async fn outlook<R: Runtime>(runtime: &R, desk: &DeskId, line: &LineId) -> LineOutlook {
    let found = read::<OutlookDocument, _>(runtime.store(), &keys::outlook(desk, line)).await;
    found.ok().flatten().map_or_else(LineOutlook::default, |document| document.body.0)
}

/// What becomes of what a ticket was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Telling {
    /// Nothing.
    Stays,
    /// It was told this.
    Is(Told),
    /// It has been judged, or means nothing any more.
    Ends,
}

impl Telling {
    /// What `ticket` was told then.
    pub fn apply(&self, ticket: &mut Ticket) {
        match self {
            Self::Stays => {}
            Self::Is(told) => ticket.told = Some(told.clone()),
            Self::Ends => ticket.told = None,
        }
    }
}

/// Learns from what happened to a ticket. Who entered costs nothing where its place was looked at before the answer,
/// and as much as [`ask_standing`] where not. A ticket taken: three reads, for desk, people and who is there, and one
/// durable commit. One that left without: one durable commit.
pub async fn learn<P: Platform>(
    platform: &P,
    ticket: &Ticket,
    event: &Event,
    ways: &[Way],
) -> Result<Telling, Error> {
    let now = Time(platform.now_ms());
    match (event, &ticket.stay, &ticket.lease) {
        (Event::Taken { left }, Some(_), Some(_)) => {
            learn_claim(platform, ticket, left.unwrap_or(0)).await?;
            Ok(Telling::Ends)
        }
        (Event::Entered { at, told }, Some(stay), _) => {
            Ok(Telling::Is(Told { at: *at, line: stay.line.clone(), given: *told }))
        }
        (Event::Other, Some(stay), None) if ticket.told.is_none() && !ways.is_empty() => {
            let given = ask_standing(platform, ticket).await.and_then(|standing| standing.forecast.ok());
            Ok(Telling::Is(Told { at: now, line: stay.line.clone(), given }))
        }
        (_, None, _) => match &ticket.told {
            Some(told) => {
                learn_leaving(platform, ticket, told, now).await?;
                Ok(Telling::Ends)
            }
            None => Ok(Telling::Stays),
        },
        _ => Ok(Telling::Stays),
    }
}

async fn learn_claim<R: Runtime>(runtime: &R, ticket: &Ticket, left: u32) -> Result<(), Error> {
    let (Some(stay), Some(lease)) = (&ticket.stay, &ticket.lease) else { return Ok(()) };
    let desk = lookup::desk(runtime, &ticket.desk).await?;
    let people = lookup::people(runtime, &desk).await?;
    let heard = heard(runtime, &ticket.desk).await?;
    let now = lease.since;
    let told = ticket.told.as_ref().filter(|told| told.line == stay.line);
    let operation = operation(&lease.claim);
    change_outlook(runtime, ticket, &stay.line, &operation, |known| {
        let recent = known.recent.with(&lease.person, now);
        let plan = plan((&desk, &people, &heard), &stay.line, &recent, now);
        known.after_claim(now, Taken { by: &lease.person, place: &stay.place, left }, told, plan)
    })
    .await
}

/// Counts anew who is expected on a person's lines, once their presence changed: forecasts tell so at once, and whoever looks at a
/// ticket that waits since before looks at who is there. Where several say something at once, what stays is made from the last word,
/// whoever writes first. For each line one store read, and one durable commit.
pub async fn expect_anew<R: Runtime>(
    runtime: &R,
    (desk, people): (&Desk, &[Person]),
    (person, heard): (&Person, &Heard),
    operation: &OperationId,
) -> Result<(), Error> {
    let now = Time(runtime.now_ms());
    for line in &person.lines {
        let step = operation.step(line.as_str());
        let key = keys::outlook(&desk.head.id, line);
        change::<OutlookDocument, _, Error>(runtime, &key, &step, |found| {
            let known = found.map_or_else(LineOutlook::default, |document| document.body.0.clone());
            let next = known.after_word(plan((desk, people, heard), line, &known.recent, now), now);
            Ok(if next == known { Decision::Keep } else { Decision::Write(OutlookDocument(next)) })
        })
        .await?;
    }
    Ok(())
}

fn plan(
    (desk, people, heard): (&Desk, &[Person], &Heard),
    line: &LineId,
    recent: &Recent,
    now: Time,
) -> Plan {
    let calendar = desk.calendar(line);
    let opening = calendar.as_ref().map(|calendar| calendar.schedule());
    let Heard { roster, edition } = heard;
    Plan::of(Expected { line, people, roster, edition: *edition, recent, opening, zone: &desk.zone() }, now)
}

async fn learn_leaving<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    told: &Told,
    now: Time,
) -> Result<(), Error> {
    let at = ticket.steps.last().map_or(now, |step| step.at);
    let operation = operation(&format!("{}-{}", ticket.id, ticket.stays));
    change_outlook(runtime, ticket, &told.line, &operation, |known| known.after_leaving(at, told)).await
}

/// The same for the same claim, however often it is told.
fn operation(of: &str) -> OperationId {
    OperationId::new(format!("outlook-{of}")).unwrap_or_else(|| OperationId::fresh([0; 16]))
}

async fn change_outlook<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    line: &LineId,
    operation: &OperationId,
    next: impl Fn(&LineOutlook) -> LineOutlook,
) -> Result<(), Error> {
    let key = keys::outlook(&ticket.desk, line);
    change::<OutlookDocument, _, Error>(runtime, &key, operation, |found| {
        let known = found.map_or_else(LineOutlook::default, |document| document.body.0.clone());
        let learned = next(&known);
        Ok(if learned == known { Decision::Keep } else { Decision::Write(OutlookDocument(learned)) })
    })
    .await?;
    Ok(())
}
