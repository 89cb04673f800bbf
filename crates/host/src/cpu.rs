//! Time on a processor, and how much of it a component's code has had.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

/// What the whole process has had.
pub fn of_process() -> Duration {
    read(ClockId::ProcessCPUTime)
}

/// The stopwatch of one instance: it runs while the guest's code does. Between a start and its stop the code stays on
/// one thread, so the thread's clock counts nothing but it.
#[derive(Debug, Clone, Default)]
pub struct GuestClock(Arc<AtomicU64>);

impl GuestClock {
    /// The guest's code runs from now on.
    pub fn start(&self) {
        self.0.store(nanoseconds(read(ClockId::ThreadCPUTime)), Relaxed);
    }

    /// It runs on, perhaps on another thread, and has had `had` already.
    pub fn resume(&self, had: Duration) {
        let now = read(ClockId::ThreadCPUTime);
        // A thread's clock may be younger than what was had on others; then that is lost, a tick of the epoch at most.
        self.0.store(nanoseconds(now.saturating_sub(had)).max(1), Relaxed);
    }

    /// It does not any more; what it took since.
    pub fn stop(&self) -> Duration {
        let started = self.0.swap(0, Relaxed);
        match started {
            0 => Duration::ZERO,
            started => read(ClockId::ThreadCPUTime).saturating_sub(Duration::from_nanos(started)),
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_start_and_stop_counts() {
        let clock = GuestClock::default();
        assert_eq!(clock.stop(), Duration::ZERO);
        clock.start();
        let mut sum = 0_u64;
        while sum < 5_000_000 {
            sum = std::hint::black_box(sum + 1);
        }
        let worked = clock.stop();
        assert!(worked > Duration::ZERO);
        clock.start();
        std::thread::sleep(Duration::from_millis(50));
        assert!(clock.stop() < Duration::from_millis(50), "sleep is no work");
    }
}
