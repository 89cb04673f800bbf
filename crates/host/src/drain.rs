//! Stopping: no new connections, requests and work in flight may finish, within a limit.

use std::time::Duration;

use tokio::time::Instant;

use crate::timing::Activity;

/// How often the end of the last work is looked for.
const LOOK: Duration = Duration::from_millis(10);

/// The signals that stop the host: SIGTERM, and Ctrl-C.
pub struct StopSignal {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignal {
    /// Catches the signals from now on. Done before the host says it is ready: whoever read that may stop it.
    pub fn catch() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for one of them.
    #[cfg_attr(not(unix), expect(unused_mut, reason = "nothing is kept there"))]
    pub async fn received(mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        tracing::info!("stopping: finishing what is under way");
    }
}

/// Waits until nothing is under way, or until `deadline`. Says whether all was finished.
pub async fn finish_work(activity: &Activity, deadline: Instant) -> bool {
    while !activity.is_idle() {
        if Instant::now() >= deadline {
            return false;
        }
        tokio::time::sleep(LOOK).await;
    }
    true
}
