//! The pause that the gateway asks for. Nobody has promised to say when it is over, so one message
//! is tried now and then.

use std::time::Duration;

use super::Time;

/// How often that is.
const PROBE: Duration = Duration::from_secs(1);

/// A pause.
#[derive(Clone, Copy, Debug)]
pub(super) struct PublicationPause {
    /// When to try one message.
    next: Time,
    /// Whether it is time.
    leave: bool,
}

impl PublicationPause {
    pub(super) fn begin(now: Time) -> Self {
        Self {
            next: now + PROBE,
            leave: false,
        }
    }

    /// When the next message may be tried.
    pub(super) fn next(self) -> Time {
        self.next
    }

    /// Whether it has become time for one.
    pub(super) fn is_over_for_one(&mut self, now: Time) -> bool {
        if now < self.next {
            return false;
        }
        self.next = now + PROBE;
        !std::mem::replace(&mut self.leave, true)
    }

    /// The leave to send one message, once.
    pub(super) fn take_leave(&mut self) -> bool {
        std::mem::take(&mut self.leave)
    }
}
