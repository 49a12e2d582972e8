//! Checks whether the local end is closed while no read or write would notice it.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep};

use super::Pump;
use super::streams::CHUNK;
use crate::wire::channel::DataChannel;

/// How often to check.
const INTERVAL: Duration = Duration::from_millis(200);

/// How to check, and when.
pub(super) struct Watch<R, W> {
    input_closed: fn(&R) -> bool,
    output_closed: fn(&W) -> bool,
    timer: Pin<Box<Sleep>>,
}

impl<R, W> Watch<R, W> {
    pub(super) fn new(input_closed: fn(&R) -> bool, output_closed: fn(&W) -> bool) -> Self {
        Self {
            input_closed,
            output_closed,
            timer: Box::pin(sleep(INTERVAL)),
        }
    }

    /// Whether a check is due. If not, the task is woken when it is.
    fn is_due(&mut self, cx: &mut Context<'_>) -> bool {
        let is_due = self.timer.as_mut().poll(cx).is_ready();
        if is_due {
            self.timer.as_mut().reset(Instant::now() + INTERVAL);
        }
        is_due
    }
}

impl<C, S, R, W> Pump<C, S, R, W>
where
    C: DataChannel,
    S: AsyncRead + AsyncWrite + Unpin,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    /// While nothing is read, the end of the input stays unnoticed; and nothing may be written,
    /// which would fail if the reader is gone. Returns whether a check was due.
    pub(super) fn check_local_end(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.watch.is_due(cx) {
            return false;
        }
        let (is_closed, is_unread) = (self.watch.input_closed, self.watch.output_closed);
        if is_unread(&self.output) {
            self.leave(cx);
        } else if self.input.as_ref().is_some_and(is_closed) {
            self.channel.input_closed(self.clock.now());
        }
        true
    }

    /// Hangs up, after sending what waits in the input if the channel wants that.
    pub(super) fn leave(&mut self, cx: &mut Context<'_>) {
        let now = self.clock.now();
        while self.channel.sends_rest_of_input() && self.channel.input_room(now) > 0 {
            match self.poll_read(cx, CHUNK) {
                Poll::Ready(Ok(bytes)) if bytes > 0 => {
                    self.channel.take_input(&mut self.buffer, now);
                }
                _ => break,
            }
        }
        self.input = None;
        self.channel.hang_up(now);
    }
}
