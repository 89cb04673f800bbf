//! What `tierline` does for operators beside serving: look, copy, move, and talk to a running desk.
//!
//! One command is one file. Nothing here needs wasm, so it compiles and tests quickly; the binary is the host's.

mod api;
mod archive;
mod backup;
pub mod check;
mod command;
mod desk;
mod desk_file;
pub mod exit;
mod hours;
mod limits;
mod lines;
mod output;
mod people;
mod place;
mod secrets;
mod try_file;

pub use command::{Command, run};

use exit::Failure;
use tierline_domain::hours::Day;

/// The days from `from` to `to` on which a calendar in iCalendar (RFC 5545) has events of whole days, in order.
pub fn holidays(calendar: &str, from: Day, to: Day) -> Result<Vec<Day>, Failure> {
    Ok(hours::holidays(calendar, from, to)?.days.into_iter().map(|holiday| holiday.day).collect())
}

/// Wall clock, milliseconds since 1970 UTC.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod stub;
#[cfg(test)]
mod testing;
mod triage;
