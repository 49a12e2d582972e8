//! How long to wait for an acknowledgement: RFC 6298, with a floor of our own.

use std::time::Duration;

/// The timeout before the first measurement.
const FIRST: Duration = Duration::from_secs(1);

/// The shortest timeout: the agent acknowledges from a busy loop, and is late now and then.
const FLOOR: Duration = Duration::from_millis(200);

/// The longest timeout, however often a message was repeated.
const CEILING: Duration = Duration::from_secs(5);

/// The time from a message to its acknowledgement.
#[derive(Debug, Default)]
pub(super) struct RoundTrip {
    /// Its running mean and mean deviation.
    measured: Option<(Duration, Duration)>,
    /// The shortest time of any message.
    fastest: Option<Duration>,
}

impl RoundTrip {
    /// Takes the time of one message. By Karn's rule, not of one that was repeated: it is unknown which
    /// copy was acknowledged.
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

    /// The shortest time of any message: the network's, without queues.
    pub(super) fn fastest(&self) -> Duration {
        self.fastest.unwrap_or_default()
    }

    /// How long to wait for the acknowledgement of a message that was repeated this often.
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
