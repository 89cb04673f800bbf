//! What a customer is told of their ticket: nothing that its page does not show, and what is new is read there.

use bytes::Bytes;
use serde::Serialize;
use tierline_desk::Standing;
use tierline_domain::secrets::sha256_hex;
use tierline_domain::ticket::{State, Ticket, Visibility};
use tierline_domain::time::Time;

/// Hexadecimal digits of an event's id.
const ID_CHARS: usize = 16;
/// Forecasts are told in whole minutes: each second anew would be an event each second.
const FORECAST_STEP_S: u32 = 60;

/// An event, and when it counts no more.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The same for the same: a browser that comes back with it has missed nothing.
    pub id: String,
    /// As it is sent.
    pub event: Bytes,
    /// Keys of another version may not hear it.
    pub key_version: u32,
}

#[derive(Serialize)]
struct Event {
    ticket: TicketNow,
    /// Of the last message that the customer sees; none if it is long ago.
    last_message_at: Option<String>,
    queue: Option<Place>,
}

#[derive(Serialize)]
struct TicketNow {
    id: String,
    state: State,
}

#[derive(Serialize)]
struct Place {
    position: u32,
    exact: bool,
    forecast: Option<Forecast>,
}

#[derive(Serialize)]
struct Forecast {
    median_s: u32,
    p90_s: u32,
}

impl Told {
    /// Of a ticket that stands so.
    pub fn of(ticket: &Ticket, standing: Option<Standing>, now: Time) -> Self {
        let seen = || ticket.messages.iter().filter(|message| message.visibility == Visibility::Public);
        let event = Event {
            ticket: TicketNow { id: ticket.id.to_string(), state: ticket.state(now) },
            last_message_at: seen().next_back().map(|message| message.at.to_rfc3339()),
            queue: standing.map(|standing| place(ticket, &standing, now)),
        };
        let data = serde_json::to_string(&event).unwrap_or_default();
        // Two messages can be of one moment; what else the page shows of them, a rating say, changes with the ticket's steps.
        let count = seen().count().to_be_bytes();
        let rated = ticket.rating.as_ref().map_or(0, |rating| rating.at.0).to_be_bytes();
        let id: String = sha256_hex(&[data.as_bytes(), &count, &rated]).chars().take(ID_CHARS).collect();
        let event = format!("id: {id}\nevent: ticket\ndata: {data}\n\n").into();
        Self { id, event, key_version: ticket.key_version }
    }
}

fn place(ticket: &Ticket, standing: &Standing, now: Time) -> Place {
    let told = |seconds: u32| seconds.div_ceil(FORECAST_STEP_S).saturating_mul(FORECAST_STEP_S);
    let given = standing.forecast.ok().filter(|_| ticket.holder(now).is_none());
    let forecast = given
        .map(|given| Forecast { median_s: told(given.forecast.median_s), p90_s: told(given.forecast.p90_s) });
    Place { position: standing.position, exact: standing.exact, forecast }
}
