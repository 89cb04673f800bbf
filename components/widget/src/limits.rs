//! Every bound of the widget, by name and unit.

/// Seconds that browsers and caches may keep a launcher: a desk that is published anew shows so soon after.
pub const LAUNCHER_CACHE_S: u32 = 300;
