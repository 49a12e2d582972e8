//! The time, for those who do not look at clocks themselves.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// A clock that never goes back: set by the one on the wall, once.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
    at: Duration,
}

impl Clock {
    /// Sets one.
    #[must_use]
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
            at: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or(Duration::from_secs(1)),
        }
    }

    /// The time since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.at + self.started.elapsed()
    }

    /// The moment at which [`Clock::now`] will say this.
    #[must_use]
    pub fn instant(&self, time: Duration) -> Instant {
        self.started + time.saturating_sub(self.at)
    }
}
