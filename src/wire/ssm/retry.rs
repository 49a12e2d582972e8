//! When to resume a session whose websocket is lost, and when to give up.
//!
//! An accepted websocket proves nothing: a gateway that closes each at once would be asked for the
//! next one for ever. Only bytes of the stream, in either direction, reset the waiting time.

use std::time::Duration;

use crate::wire::Time;

/// How long nothing may move before we give up. ssh's own timers end the session sooner, if they are
/// set.
pub(crate) const GIVE_UP: Duration = Duration::from_mins(5);

/// The first wait after a failure, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How soon after one websocket the next may be opened, even if bytes moved on the first.
const SPACING: Duration = Duration::from_secs(1);

/// The retries of one session.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Retry {
    /// When the last websocket was opened.
    opened: Option<Time>,
    /// When the last bytes moved, or the first websocket was lost since.
    since: Option<Time>,
    wait: Duration,
}

impl Retry {
    /// A websocket is open.
    pub(crate) fn opened(&mut self, now: Time) {
        self.opened = Some(now);
    }

    /// It is lost; `has_moved` says whether bytes of the stream have moved on it. One that has lasted
    /// for [`GIVE_UP`] counts as good, too: the gateway closes each about once an hour, also when the
    /// session is idle.
    pub(crate) fn lost(&mut self, has_moved: bool, now: Time) {
        let lasted = self.opened.map(|opened| now.saturating_sub(opened));
        if has_moved || lasted >= Some(GIVE_UP) {
            self.since = None;
            self.wait = Duration::ZERO;
        } else {
            self.failed();
        }
        self.since = self.since.or(Some(now));
    }

    /// Another could not be opened.
    pub(crate) fn failed(&mut self) {
        self.wait = (self.wait * 2).clamp(FIRST_WAIT, LONGEST_WAIT);
    }

    /// How long to wait before the next is opened: this share of the full time, for jitter; `None` to
    /// give up.
    pub(crate) fn wait(&self, share: f64, now: Time) -> Option<Duration> {
        let since = self.since.unwrap_or(now);
        if now.saturating_sub(since) >= GIVE_UP {
            return None;
        }
        let spacing = self.opened.map_or(Duration::ZERO, |opened| {
            (opened + SPACING).saturating_sub(now)
        });
        Some(self.wait.mul_f64(share).max(spacing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Duration::from_secs(1_700_000_000);

    /// Opens websockets that last this long until the session is given up: how many, and after what
    /// time.
    fn tries(lasts: Duration, has_moved: impl Fn(u32) -> bool, most: u32) -> (u32, Duration) {
        let (mut retry, mut now) = (Retry::default(), START);
        for number in 1..=most {
            retry.opened(now);
            now += lasts;
            retry.lost(has_moved(number), now);
            match retry.wait(1.0, now) {
                Some(wait) => now += wait,
                None => return (number, now.saturating_sub(START)),
            }
        }
        (most, now.saturating_sub(START))
    }

    #[test]
    fn websockets_that_are_closed_at_once_are_given_up_after_five_minutes_and_few_tries() {
        let (number, after) = tries(Duration::ZERO, |_| false, u32::MAX);
        assert!((50..=75).contains(&number), "{number}");
        assert!(
            after >= GIVE_UP && after < GIVE_UP + LONGEST_WAIT,
            "{after:?}"
        );
    }

    #[test]
    fn the_first_resume_after_a_good_time_waits_for_nothing() {
        let mut retry = Retry::default();
        retry.opened(START);
        let later = START + Duration::from_hours(1);
        retry.lost(true, later);
        assert_eq!(retry.wait(1.0, later), Some(Duration::ZERO));
    }

    #[test]
    fn an_idle_hour_is_not_a_failure() {
        let hour = Duration::from_hours(1);
        assert_eq!(tries(hour, |_| false, 30), (30, hour * 30));
    }

    #[test]
    fn bytes_reset_the_time_but_websockets_stay_a_second_apart() {
        let (number, after) = tries(Duration::ZERO, |_| true, 100);
        assert_eq!((number, after), (100, Duration::from_secs(100)));
        let (number, _) = tries(Duration::ZERO, |number| number == 40, u32::MAX);
        assert!((90..=115).contains(&number), "{number}");
    }

    #[test]
    fn calls_that_fail_are_waited_for_ever_longer() {
        let mut retry = Retry::default();
        retry.lost(true, START);
        let waits = [0, 100, 200, 400, 800, 1600, 3200, 5000, 5000];
        for wait in waits.map(Duration::from_millis) {
            assert_eq!(retry.wait(1.0, START), Some(wait));
            assert_eq!(retry.wait(0.5, START), Some(wait / 2));
            retry.failed();
        }
        assert_eq!(retry.wait(1.0, START + GIVE_UP), None);
    }
}
