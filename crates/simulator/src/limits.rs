//! Every bound of the simulator, by name and unit.

/// Customers of one load.
pub const CUSTOMERS_MAX: usize = 200_000;
/// Events that one run may take: the customers' own and their helpers'.
pub const EVENTS_MAX: u64 = 10_000_000;
/// Seconds of a week.
pub const WEEK_S: i64 = 7 * 86_400;
/// The share of a lease after which whoever works renews it.
pub const RENEW_AFTER: f64 = 2.0 / 3.0;
