//! Every bound of this crate, by name and unit.

use std::time::Duration;

/// How long a statement waits for another process's lock.
pub const BUSY_WAIT: Duration = Duration::from_secs(5);
/// SQLite's page cache for each connection.
pub const CACHE_KIB: u32 = 1024;
/// Faults of a damaged file that are listed.
pub const FAULTS_MAX: usize = 20;
