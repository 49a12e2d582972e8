//! When to ping a websocket's peer, and when to consider the connection dead.

use std::time::Duration;

use super::Time;

/// The rules for one kind of peer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// How often to ping.
    pub(crate) every: Duration,
    /// How long a peer may be silent.
    pub(crate) patience: Duration,
    /// Whether the peer is known to answer pings, as RFC 6455 (5.5.3) demands. It is then pinged
    /// all the time, and counts as dead when nothing has come for [`Timing::patience`]. Any other
    /// peer is pinged while nothing is sent or received, and counts as dead only if it has answered
    /// a ping before and now leaves one unanswered for that long.
    pub(crate) answers: bool,
}

/// The keepalive of one websocket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keepalive {
    timing: Timing,
    /// When the time to the next ping began.
    since: Time,
    /// When anything was received last.
    heard: Time,
    /// When the first ping was due since then.
    asked: Option<Time>,
    /// Whether a ping was ever answered.
    has_answered: bool,
    /// Whether a ping is due.
    ping: bool,
}

impl Keepalive {
    /// Of a websocket that was opened just now.
    pub(crate) const fn new(timing: Timing, now: Time) -> Self {
        Self {
            timing,
            since: now,
            heard: now,
            asked: None,
            has_answered: false,
            ping: false,
        }
    }

    /// A frame was sent, which shows only that the line is in use.
    pub(crate) fn sent(&mut self, now: Time) {
        if !self.timing.answers {
            self.since = now;
        }
    }

    /// A frame was received, or may wait to be read.
    pub(crate) fn heard(&mut self, now: Time) {
        self.heard = now;
        self.asked = None;
        self.sent(now);
    }

    /// A pong was received.
    pub(crate) fn answered(&mut self, now: Time) {
        self.has_answered = true;
        self.heard(now);
    }

    /// Has a ping sent if it is time for one.
    pub(crate) fn tick(&mut self, now: Time) {
        if now >= self.ping_at() {
            self.since = now;
            self.asked.get_or_insert(now);
            self.ping = true;
        }
    }

    /// Whether to send a ping, which is then taken for sent.
    pub(crate) fn take_ping(&mut self) -> bool {
        std::mem::take(&mut self.ping)
    }

    /// When the next ping is due.
    pub(crate) fn ping_at(&self) -> Time {
        self.since + self.timing.every
    }

    /// When the peer counts as dead.
    pub(crate) fn dead_at(&self) -> Option<Time> {
        let since = if self.timing.answers {
            Some(self.heard)
        } else {
            self.asked.filter(|_| self.has_answered)
        };
        since.map(|since| since + self.timing.patience)
    }
}
