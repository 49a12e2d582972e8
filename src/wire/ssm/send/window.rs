//! How many bytes may be under way.

use std::time::Duration;

/// The window at first, and the narrowest.
const FIRST: usize = 64 * 1024;
const NARROWEST: usize = 8 * 1024;

/// The widest window: bytes for each microsecond of the round trip (10 MB/s, ten times what agents
/// have been seen to take), and its bounds. What is beyond the agent's own pace waits in front of
/// the agent; and if its websocket breaks at that moment, the agent may take a message without being
/// able to say so, and takes it a second time when it comes again. No client can cure that, so as
/// little as possible is to wait there.
const PACE: u128 = 10;
const WIDEST_NEARBY: usize = 256 * 1024;
const WIDEST: usize = 1024 * 1024;

/// The window.
#[derive(Debug)]
pub(super) struct Window {
    width: usize,
    /// Losses among messages before this number have narrowed it already.
    narrowed_at: u64,
}

impl Window {
    pub(super) fn new() -> Self {
        Self {
            width: FIRST,
            narrowed_at: 0,
        }
    }

    /// What is left of it where so much is under way.
    pub(super) fn free(&self, under_way: usize) -> usize {
        self.width.saturating_sub(under_way)
    }

    /// So much has arrived of what was under way. A window that was made use of widens by it: TCP,
    /// below, looks after the network.
    pub(super) fn widen(&mut self, arrived: usize, under_way: usize, fastest: Duration) {
        if under_way * 2 > self.width {
            self.width = (self.width + arrived).min(widest(fastest));
        }
    }

    /// A message is lost: once for all that was under way when the first of them was.
    pub(super) fn lost(&mut self, sequence: u64, next: u64) {
        if sequence >= self.narrowed_at {
            self.narrow(next);
        }
    }

    /// For all before the next number.
    pub(super) fn narrow(&mut self, next: u64) {
        self.width = (self.width / 2).max(NARROWEST);
        self.narrowed_at = next;
    }
}

/// The widest window where the round trip takes no less than this.
fn widest(fastest: Duration) -> usize {
    let bytes = usize::try_from(fastest.as_micros() * PACE).unwrap_or(WIDEST);
    bytes.clamp(WIDEST_NEARBY, WIDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_as_wide_as_the_way_is_long_within_bounds() {
        let of = |ms| widest(Duration::from_millis(ms));
        assert_eq!((of(0), of(1)), (256 * 1024, 256 * 1024));
        assert_eq!(of(40), 400_000);
        assert_eq!(of(10_000), 1024 * 1024);
    }
}
