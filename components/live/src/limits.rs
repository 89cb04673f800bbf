//! Every bound of the streams, by name and unit.

use std::time::Duration;

/// How long a stream lasts; then the browser asks for it again. Proxies cut what lasts longer.
pub const STREAM_S_MAX: u32 = 60;
/// By how much a stream may last less, milliseconds, unless it was said how long: those that were opened together, after a
/// restart say, do not all come back together.
pub const STREAM_LESS_MS_MAX: i64 = 15_000;
/// How long a browser waits before it asks again, milliseconds.
pub const RETRY_MS: u32 = 2_000;
/// How often a stream looks whether there is something to tell.
pub const LOOK: Duration = Duration::from_secs(1);
/// How often an instance asks the store, for all of its streams.
pub const POLL_MS: i64 = 2_000;
/// How often an instance looks whether the people who watch may still come in at their desks, milliseconds.
pub const PEOPLE_MS: i64 = 4_000;
/// A poll that takes longer than this has been lost with its stream.
pub const POLL_MS_MAX: i64 = 10_000;
/// How often a place in a line is asked for at most, while things happen at its desk.
pub const PLACE_MS: i64 = 15_000;
/// By how much the clocks of two instances may differ, or a store be behind, milliseconds.
pub const CLOCKS_DIFFER_MS_MAX: i64 = 5_000;
/// A stream that says nothing for so long says that it is there; if nobody hears it, it ends.
pub const SILENCE_MS_MAX: i64 = 5_000;
/// How long somebody counts as typing, milliseconds, unless they say so again.
pub const TYPING_MS: i64 = 6_000;
/// Streams of one ticket that an instance has open at once, for its customer and again for the desk's people.
pub const STREAMS_PER_TICKET_MAX: usize = 8;
/// Tickets that are told of anew in one poll; the rest in the next.
pub const TOLD_PER_POLL_MAX: usize = 32;
