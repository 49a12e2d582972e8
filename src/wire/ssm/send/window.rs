//! How many bytes may be in flight.

use std::time::Duration;

/// The window at first, and the narrowest.
const FIRST: usize = 64 * 1024;
const NARROWEST: usize = 8 * 1024;

/// The widest window: bytes for each microsecond of the round trip (10 MB/s, ten times what agents
/// have been seen to take), and its bounds. What is faster than the agent queues up in front of it; and
/// if its websocket breaks at that moment, the agent may take a message without acknowledging it, and
/// takes it a second time when it comes again. No client can prevent that, so as little as possible
/// should queue up there.
const PACE: u128 = 10;
const WIDEST_NEARBY: usize = 256 * 1024;
const WIDEST: usize = 1024 * 1024;

/// The window.
#[derive(Debug)]
pub(super) struct Window {
    width: usize,
    /// Losses of messages before this number have narrowed it already.
    narrowed_at: u64,
}

impl Window {
    pub(super) fn new() -> Self {
        Self {
            width: FIRST,
            narrowed_at: 0,
        }
    }

    /// What is left of the window with this many bytes in flight.
    pub(super) fn free(&self, in_flight: usize) -> usize {
        self.width.saturating_sub(in_flight)
    }

    /// This many bytes that were in flight have arrived. A window that was fully used widens by
    /// them; TCP handles congestion of the network.
    pub(super) fn widen(&mut self, arrived: usize, in_flight: usize, fastest: Duration) {
        if in_flight * 2 > self.width {
            self.width = (self.width + arrived).min(widest(fastest));
        }
    }

    /// A message is lost. Narrows the window once for all that was in flight when the first was lost.
    pub(super) fn lost(&mut self, sequence: u64, next: u64) {
        if sequence >= self.narrowed_at {
            self.narrow(next);
        }
    }

    /// Narrows it for all messages before the next number.
    pub(super) fn narrow(&mut self, next: u64) {
        self.width = (self.width / 2).max(NARROWEST);
        self.narrowed_at = next;
    }
}

/// The widest window if the round trip takes no less than this.
fn widest(fastest: Duration) -> usize {
    let bytes = usize::try_from(fastest.as_micros() * PACE).unwrap_or(WIDEST);
    bytes.clamp(WIDEST_NEARBY, WIDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_grows_with_the_round_trip_within_bounds() {
        let of = |ms| widest(Duration::from_millis(ms));
        assert_eq!((of(0), of(1)), (256 * 1024, 256 * 1024));
        assert_eq!(of(40), 400_000);
        assert_eq!(of(10_000), 1024 * 1024);
    }
}
