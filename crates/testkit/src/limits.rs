//! Every bound of the simulation, by name and unit.

/// Steps (polls of a task) of one simulation before it is called a livelock.
pub const SIMULATION_STEPS_MAX: u64 = 1_000_000;
/// Events a trace keeps; earlier ones are forgotten, but stay in its hash.
pub const TRACE_EVENTS_MAX: usize = 20_000;
/// Events shown when a test panics.
pub const TRACE_EVENTS_SHOWN: usize = 60;
/// How old an eventually consistent read may be.
pub const STALE_READ_MS_MAX: u64 = 1_000;
/// How long after its caller gave up a write can still arrive.
pub const LATE_WRITE_MS_MAX: u64 = 50;
