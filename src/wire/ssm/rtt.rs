//! How long to wait for an acknowledgement: RFC 6298, with a floor of our own.

use std::time::Duration;

/// What is waited before anything was measured.
const FIRST: Duration = Duration::from_secs(1);

/// The least that is waited: the agent acknowledges from a busy loop, and is late now and then.
const FLOOR: Duration = Duration::from_millis(200);

/// The most that is waited, however often a message was repeated.
const CEILING: Duration = Duration::from_secs(5);

/// The time from a message to its acknowledgement.
#[derive(Debug, Default)]
pub(super) struct RoundTrip {
    /// Its running mean and mean deviation.
    measured: Option<(Duration, Duration)>,
    /// The least that any message needed.
    fastest: Option<Duration>,
}

impl RoundTrip {
    /// Takes in what one message needed. By Karn's rule not one that was repeated: nobody could
    /// tell which of the two was acknowledged.
    pub(super) fn measure(&mut self, sample: Duration) {
        self.fastest = Some(self.fastest.map_or(sample, |least| least.min(sample)));
        self.measured = Some(match self.measured {
            None => (sample, sample / 2),
            Some((mean, deviation)) => (
                mean * 7 / 8 + sample / 8,
                deviation * 3 / 4 + sample.abs_diff(mean) / 4,
            ),
        });
    }

    /// The least that any message needed: the way itself, without any queue.
    pub(super) fn fastest(&self) -> Duration {
        self.fastest.unwrap_or_default()
    }

    /// How long to wait for the acknowledgement of a message that was repeated so often.
    pub(super) fn timeout(&self, repeated: u32) -> Duration {
        let once = match self.measured {
            None => FIRST,
            Some((mean, deviation)) => (mean + deviation * 4).max(FLOOR),
        };
        once.saturating_mul(1 << repeated.min(8)).min(CEILING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_by_what_was_measured_within_bounds() {
        let mut trip = RoundTrip::default();
        assert_eq!(trip.timeout(0), FIRST);
        trip.measure(Duration::from_millis(1));
        assert_eq!(trip.timeout(0), FLOOR);
        assert_eq!(trip.timeout(2), FLOOR * 4);
        assert_eq!(trip.timeout(u32::MAX), CEILING);
        for _ in 0..100 {
            trip.measure(Duration::from_millis(400));
        }
        let waits = trip.timeout(0);
        assert!((400..500).contains(&waits.as_millis()), "{waits:?}");
    }
}
