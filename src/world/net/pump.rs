//! The pump: copies bytes between a websocket and the local end of a tunnel, by the rules of a data
//! channel.
//!
//! Each direction continues while the other one waits, and nothing is read unless there is room for
//! it: a full window leaves the input unread, and output that is not read leaves the websocket
//! unread, so each side's flow control holds up the side behind it.

mod link;
mod streams;
mod watch;

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_websockets::WebSocketStream;

use self::link::Lost;
pub(crate) use self::streams::Streams;
use self::watch::Watch;
use super::websocket::pongs::Pongs;
use crate::wire::channel::{DataChannel, Event};
use crate::world::process::clock::Clock;

/// How often all directions may move, and how many bytes may be received, before another task gets
/// a turn: signals must be handled even if the far end sends without a break.
const TURNS: usize = 64;
const BUDGET: usize = 128 * 1024;

/// Why the pump has stopped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop<End> {
    /// The far end has answered for the first time.
    Begun,
    /// The far end has not answered yet.
    Unanswered,
    /// The websocket is lost, for this reason.
    Lost(String),
    /// The channel has ended, and all output is written.
    Ended(End),
}

/// A data channel with its websocket and the local end.
pub(crate) struct Pump<C: DataChannel, S, R, W> {
    /// The protocol.
    pub(crate) channel: C,
    clock: Clock,
    socket: Option<WebSocketStream<S>>,
    input: Option<R>,
    output: W,
    buffer: Vec<u8>,
    timer: Pin<Box<Sleep>>,
    end: Option<C::End>,
    messages: Vec<String>,
    has_begun: bool,
    pongs: Pongs,
    /// How many more bytes may be received in this turn.
    budget: usize,
    is_unanswered: bool,
    watch: Watch<R, W>,
}

impl<C, S, R, W> Pump<C, S, R, W>
where
    C: DataChannel,
    S: AsyncRead + AsyncWrite + Unpin,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    /// A pump without a websocket yet.
    pub(crate) fn new(channel: C, clock: Clock, streams: Streams<R, W>) -> Self {
        Self {
            channel,
            clock,
            socket: None,
            input: Some(streams.input),
            output: streams.output,
            buffer: Vec::new(),
            timer: Box::pin(sleep_until(Instant::now())),
            end: None,
            messages: Vec::new(),
            has_begun: false,
            pongs: Pongs::default(),
            budget: 0,
            is_unanswered: false,
            watch: Watch::new(streams.input_closed, streams.output_closed),
        }
    }

    /// Continues over this websocket.
    pub(crate) fn connect(&mut self, socket: WebSocketStream<S>) {
        self.pongs = Pongs::default();
        self.socket = Some(socket);
    }

    /// Copies bytes until something stops it. Without a websocket it writes output, and waits for
    /// the channel to end. May be dropped and called again at any time.
    pub(crate) async fn run(&mut self) -> Stop<C::End> {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// Ends the channel from our side. A later [`Stop`] is [`Stop::Ended`].
    pub(crate) async fn hang_up(&mut self) {
        poll_fn(|cx| {
            self.leave(cx);
            Poll::Ready(())
        })
        .await;
    }

    /// The messages to the user that have come since the last call.
    pub(crate) fn messages(&mut self) -> Vec<String> {
        std::mem::take(&mut self.messages)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Stop<C::End>> {
        self.budget = BUDGET;
        for _ in 0..TURNS {
            self.channel.tick(self.clock.now());
            let mut moved = self.write_output(cx);
            moved |= self.read_input(cx);
            match self.exchange(cx) {
                Ok(exchanged) => moved |= exchanged,
                Err(Lost(cause)) => {
                    self.channel.disconnected();
                    self.take_events();
                    if self.end.is_none() {
                        self.socket = None;
                        return Poll::Ready(Stop::Lost(cause));
                    }
                    moved = true;
                }
            }
            if self.take_events() {
                let cause = "nothing has come for too long".to_owned();
                return Poll::Ready(Stop::Lost(cause));
            }
            if self.channel.has_begun() && !std::mem::replace(&mut self.has_begun, true) {
                return Poll::Ready(Stop::Begun);
            }
            if std::mem::take(&mut self.is_unanswered) {
                return Poll::Ready(Stop::Unanswered);
            }
            if self.channel.output().is_empty()
                && let Some(end) = self.end.take()
            {
                return self.finish(cx, end);
            }
            if !moved && self.rest(cx).is_pending() {
                return Poll::Pending;
            }
            if self.budget == 0 {
                break;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Takes the channel's events. Returns whether the websocket must be dropped.
    fn take_events(&mut self) -> bool {
        let mut timed_out = false;
        while let Some(event) = self.channel.event() {
            match event {
                Event::Message(text) => self.messages.push(text),
                Event::Unanswered => self.is_unanswered = true,
                Event::Ended(end) => self.end = Some(end),
                Event::TimedOut => {
                    self.socket = None;
                    timed_out = true;
                }
            }
        }
        timed_out && self.end.is_none()
    }

    /// Waits for the channel's next moment.
    fn rest(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(at) = self.channel.timeout() else {
            return Poll::Pending;
        };
        self.timer.as_mut().reset(self.clock.instant(at));
        self.timer.as_mut().poll(cx)
    }
}

#[cfg(test)]
mod tests;
