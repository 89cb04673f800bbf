//! Every bound of a history, by name and unit.

/// How far an instance's clock may jump, milliseconds either way: two differ by twice this at most, which is what an
/// idempotency key's reservation allows for beside [`REQUEST_S`].
pub const CLOCK_JUMP_MS_MAX: i64 = 2_500;
/// How long a claim lasts: short, so that holds lapse within a history.
pub const LEASE_S: u32 = 90;
/// Units that each person can have in hand, where a history's desk bounds it.
pub const UNITS: u32 = 4;
/// Units of a chat there; of anything else 1.
pub const CHAT_UNITS: u32 = 3;
/// How often a client sends one request until it gives up.
pub const TRIES_MAX: u32 = 12;
/// How long a client waits for an answer, seconds.
pub const PATIENCE_S: u64 = 20;
/// What a request is given by the host until it is dropped where it stands, seconds.
pub const REQUEST_S: u64 = 30;
/// Until every lease is over, every reservation free and every late write done, seconds.
pub const QUIET_S: u64 = 600;
/// Ticks at the end, until nothing is owed.
pub const TICKS_MAX: usize = 8;
/// Lines of the store's trace shown with a history that failed.
pub const TRACE_LINES_SHOWN: usize = 40;
/// How long the desk is published before anybody comes, seconds: longer than a read may be old.
pub const PUBLISHED_S: u64 = 2;
