//! The pause that the gateway asks for by `pause_publication`. It may not report the end of the pause,
//! so one message is sent now and then as a probe.

use std::time::Duration;

use super::Time;

/// How often to probe.
const PROBE: Duration = Duration::from_secs(1);

/// A pause.
#[derive(Clone, Copy, Debug)]
pub(super) struct PublicationPause {
    /// When the next probe is due.
    next: Time,
    /// Whether a probe may be sent now.
    probe: bool,
}

impl PublicationPause {
    pub(super) fn new(now: Time) -> Self {
        Self {
            next: now + PROBE,
            probe: false,
        }
    }

    /// When the next probe is due.
    pub(super) fn next(self) -> Time {
        self.next
    }

    /// Whether a probe has become due.
    pub(super) fn tick(&mut self, now: Time) -> bool {
        if now < self.next {
            return false;
        }
        self.next = now + PROBE;
        !std::mem::replace(&mut self.probe, true)
    }

    /// Whether to send a message as a probe, which is then taken for sent.
    pub(super) fn take_probe(&mut self) -> bool {
        std::mem::take(&mut self.probe)
    }
}
