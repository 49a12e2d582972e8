//! Looks, while nothing is read or written, whether anybody is left at our end.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep};

use super::{CHUNK, Pump};

/// How often that is.
const LOOK: Duration = Duration::from_millis(500);

/// How to see it, and when.
pub(super) struct Watch<R, W> {
    closed: fn(&R) -> bool,
    gone: fn(&W) -> bool,
    timer: Pin<Box<Sleep>>,
}

impl<R, W> Watch<R, W> {
    pub(super) fn new(closed: fn(&R) -> bool, gone: fn(&W) -> bool) -> Self {
        Self {
            closed,
            gone,
            timer: Box::pin(sleep(LOOK)),
        }
    }

    /// Whether it is time to look. If not, the task is woken when it is.
    fn is_due(&mut self, cx: &mut Context<'_>) -> bool {
        let is_due = self.timer.as_mut().poll(cx).is_ready();
        if is_due {
            self.timer.as_mut().reset(Instant::now() + LOOK);
        }
        is_due
    }
}

impl<S, R, W> Pump<S, R, W>
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    /// While nothing is read, the end of the input is not, either; nor is anything written whose
    /// failure would tell that our end is gone.
    pub(super) fn look(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.watch.is_due(cx) {
            return false;
        }
        let Watch { closed, gone, .. } = self.watch;
        if gone(&self.output) {
            self.leave(cx);
        } else if self.input.as_ref().is_some_and(closed) {
            self.channel.input_closed(self.clock.now());
        }
        true
    }

    /// Takes what is in the pipe already, if that is SSH's farewell, and leaves.
    pub(super) fn leave(&mut self, cx: &mut Context<'_>) {
        let now = self.clock.now();
        while self.channel.has_farewell() && self.channel.input_room(now) > 0 {
            match self.poll_read(cx, CHUNK) {
                Poll::Ready(Ok(bytes)) if bytes > 0 => {
                    self.channel.input(&self.buffer[..bytes], now);
                }
                _ => break,
            }
        }
        self.input = None;
        self.channel.hang_up(now);
    }
}
