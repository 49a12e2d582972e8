//! Whether the websocket still leads anywhere.
//!
//! The plugin pings every five minutes, which is longer than many a proxy and NAT waits; the agent
//! gives up after a minute without an answer. None of this counts for Session Manager's own idle
//! time, which only the stream's bytes prolong.

use std::time::Duration;

use super::Time;

/// How often to ping.
const EVERY: Duration = Duration::from_secs(30);

/// How long nothing at all may come before the websocket counts as dead.
const PATIENCE: Duration = Duration::from_secs(90);

/// When we were heard from last, and when we last heard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keepalive {
    heard: Time,
    pinged: Time,
}

impl Keepalive {
    /// Of a websocket that was opened just now.
    pub(crate) const fn new(now: Time) -> Self {
        Self {
            heard: now,
            pinged: now,
        }
    }

    /// Something has come.
    pub(crate) fn heard(&mut self, now: Time) {
        self.heard = now;
    }

    /// Whether it is time for a ping, which is then taken for sent.
    pub(crate) fn ping(&mut self, now: Time) -> bool {
        let due = now >= self.pinged + EVERY;
        if due {
            self.pinged = now;
        }
        due
    }

    /// Whether nothing has come for too long.
    pub(crate) fn is_dead(&self, now: Time) -> bool {
        now >= self.heard + PATIENCE
    }

    /// When one of the two is to be looked at.
    pub(crate) fn timeout(&self) -> Time {
        (self.pinged + EVERY).min(self.heard + PATIENCE)
    }
}
