//! The time, for code that takes it as an argument.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// A monotonic clock that reads the system time once, when it starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    at: Duration,
}

impl Clock {
    /// Starts a clock.
    #[must_use]
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            at: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or(Duration::from_secs(1)),
        }
    }

    /// The time since the Unix epoch.
    #[must_use]
    pub(crate) fn now(&self) -> Duration {
        self.at + self.started.elapsed()
    }

    /// The instant at which [`Clock::now`] will return this time.
    #[must_use]
    pub(crate) fn instant(&self, time: Duration) -> Instant {
        self.started + time.saturating_sub(self.at)
    }
}

/// The time since then, for a message: `1.5 ms`.
pub(crate) fn took(since: std::time::Instant) -> String {
    format!("{:.1} ms", since.elapsed().as_secs_f64() * 1000.0)
}

/// The time, in seconds since 1970.
pub(crate) fn seconds() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}
