//! Signs of life: when to ask the peer for one, and when to give it up.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// How often to look whether anybody hears us, while our input has ended or is not read.
const LOOK: Duration = Duration::from_millis(200);

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Look whether somebody still hears us.
    Look,
    /// Ask the peer for a sign of life.
    Ping,
    /// Give the peer up.
    Death,
}

/// What we know of the peer's life.
///
/// RFC 6455 has every peer answer a ping (5.5.3), yet nobody has written down that this one does:
/// only who has answered once is taken for dead when no answer comes. Of any other the system
/// knows, by TCP, that a ping is not even received.
#[derive(Debug)]
pub(super) struct Life {
    idle: Duration,
    /// When something was sent or received.
    last: Instant,
    /// When it was first asked since it was heard last.
    asked: Option<Instant>,
    /// Whether it has ever answered.
    answers: bool,
    watching: bool,
    timer: Pin<Box<Sleep>>,
}

impl Life {
    pub(super) fn new(idle: Duration) -> Self {
        let now = Instant::now();
        Self {
            idle,
            last: now,
            asked: None,
            answers: false,
            watching: false,
            timer: Box::pin(sleep_until(now + idle)),
        }
    }

    /// Something was sent, which shows nothing but that the line is in use.
    pub(super) fn sent(&mut self) {
        self.last = Instant::now();
    }

    /// Something was received, or has been all the time while we had no ear for it.
    pub(super) fn heard(&mut self, answer: bool) {
        self.last = Instant::now();
        self.asked = None;
        self.answers |= answer;
    }

    /// From now on there is somebody to look after, or is not.
    pub(super) fn watch(&mut self, watching: bool) {
        self.watching = watching;
        self.timer.as_mut().reset(Instant::now());
    }

    /// What is due now, or a later call. Who is `deaf` to the peer cannot take it for dead.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, deaf: bool) -> Poll<Due> {
        while self.timer.as_mut().poll(cx).is_ready() {
            let now = Instant::now();
            let quiet = now.duration_since(self.last.max(self.asked.unwrap_or(self.last)));
            let unanswered = self.asked.map(|at| now.duration_since(at));
            let due = if !deaf && self.answers && unanswered >= Some(self.idle * 2) {
                Some(Due::Death)
            } else if quiet >= self.idle {
                // Asked again and again, so that the line stays in use.
                self.asked = self.asked.or(Some(now));
                self.last = now;
                Some(Due::Ping)
            } else {
                self.watching.then_some(Due::Look)
            };
            let next = if self.watching {
                now + LOOK
            } else {
                self.last + self.idle
            };
            self.timer.as_mut().reset(next);
            if let Some(due) = due {
                return Poll::Ready(due);
            }
        }
        Poll::Pending
    }
}
