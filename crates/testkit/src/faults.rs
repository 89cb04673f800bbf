//! What goes wrong, and how often, as data.

use std::ops::RangeInclusive;

/// Chances in a thousand, drawn from the simulation's seed at every store call. Zero never strikes, 1,000 always.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// The call fails before anything happened.
    pub unavailable: u16,
    /// The write is done, but its caller hears that the store did not answer.
    pub answer_lost_after_apply: u16,
    /// The caller hears that the store did not answer; the write is done up to
    /// [`crate::limits::LATE_WRITE_MS_MAX`] later.
    pub applied_late: u16,
    /// A swap conflicts without cause, and nothing is written.
    pub spurious_conflict: u16,
    /// A write is refused because there is no room.
    pub full: u16,
    /// A `get` gives what was there before the last write, where the store reads so by default (DynamoDB).
    pub stale_read: u16,
    /// The calling process dies: before the call, before it is applied, or before its answer.
    pub crash: u16,
    /// The call takes time, before it is applied and again before its answer.
    pub slow: u16,
    /// How much, each time.
    pub slow_ms: RangeInclusive<u64>,
}

impl Faults {
    /// Nothing goes wrong and nothing takes time; calls still interleave.
    pub fn none() -> Self {
        Self {
            unavailable: 0,
            answer_lost_after_apply: 0,
            applied_late: 0,
            spurious_conflict: 0,
            full: 0,
            stale_read: 0,
            crash: 0,
            slow: 0,
            slow_ms: 0..=0,
        }
    }

    /// Nothing goes wrong, but every call takes twice a time out of `slow_ms`.
    pub fn latency(slow_ms: RangeInclusive<u64>) -> Self {
        Self { slow: 1_000, slow_ms, ..Self::none() }
    }

    /// A bad day: everything but a full store happens now and then, about one call in twenty.
    pub fn rough() -> Self {
        Self {
            unavailable: 10,
            answer_lost_after_apply: 20,
            applied_late: 10,
            spurious_conflict: 10,
            full: 0,
            stale_read: 50,
            crash: 2,
            slow: 300,
            slow_ms: 0..=5,
        }
    }
}
