//! The pump: a data channel between a websocket and a pair of pipes.
//!
//! Every direction goes on while another one waits. Nothing is read that has no room: a full
//! window leaves the input in its pipe, and output that nobody takes leaves the websocket unread,
//! so that each side's own flow control holds up the side behind it.

mod link;
mod watch;

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_websockets::WebSocketStream;

use self::link::Lost;
use self::watch::Watch;
use super::websocket::pongs::Pongs;
use crate::wire::channel::Event;
use crate::wire::ssm::channel::{Channel, SessionEnd};
use crate::world::process::clock::Clock;

/// How much is read or written at once.
const CHUNK: usize = 64 * 1024;

/// How often everything may move, and how much may be received, before somebody else gets a turn:
/// a signal is heeded even while we are flooded.
const TURNS: usize = 64;
const BUDGET: usize = 128 * 1024;

/// The local end of a tunnel: a ProxyCommand's standard input and output, a terminal, or a client's
/// socket.
#[derive(Debug)]
pub struct Streams<R, W> {
    /// Where we read.
    pub input: R,
    /// Where we write.
    pub output: W,
    /// Whether the writer of `input` has closed it, even if there is something left to read.
    pub input_closed: fn(&R) -> bool,
    /// Whether the reader of `output` has closed it.
    pub output_closed: fn(&W) -> bool,
}

/// What stopped the pump.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// All has begun that we have a part in: what goes wrong from now on is the far end's.
    Begun,
    /// The far end does not answer.
    Silent,
    /// The websocket is gone, for this reason. The session is to be resumed over another one.
    Lost(String),
    /// The session is over, and its output written.
    Over(SessionEnd),
}

/// A channel with its three ends.
pub struct Pump<S, R, W> {
    /// The protocol.
    pub channel: Channel,
    clock: Clock,
    socket: Option<WebSocketStream<S>>,
    input: Option<R>,
    output: W,
    buffer: Vec<u8>,
    timer: Pin<Box<Sleep>>,
    end: Option<SessionEnd>,
    /// What the agent has to say to the user.
    said: Vec<String>,
    /// Whether it has been told that all has begun.
    begun: bool,
    pongs: Pongs,
    /// How much more may be received in this turn.
    budget: usize,
    is_silent: bool,
    watch: Watch<R, W>,
}

impl<S, R, W> Pump<S, R, W>
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    /// A pump without a websocket yet.
    pub fn new(channel: Channel, clock: Clock, streams: Streams<R, W>) -> Self {
        Self {
            channel,
            clock,
            socket: None,
            input: Some(streams.input),
            output: streams.output,
            buffer: vec![0; CHUNK],
            timer: Box::pin(sleep_until(Instant::now())),
            end: None,
            said: Vec::new(),
            begun: false,
            pongs: Pongs::default(),
            budget: 0,
            is_silent: false,
            watch: Watch::new(streams.input_closed, streams.output_closed),
        }
    }

    /// Goes on over this websocket, which a session's token opens.
    pub fn connect(&mut self, socket: WebSocketStream<S>, token: &str) {
        self.channel.connected(token, self.clock.now());
        self.pongs = Pongs::default();
        self.socket = Some(socket);
    }

    /// Runs until there is something to do about it. Without a websocket only the end
    /// is waited for, and output written. May be dropped and called again at any time.
    pub async fn run(&mut self) -> Stop {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// Whoever was at our end is gone: lets go what was read, and leaves.
    pub async fn hang_up(&mut self) {
        poll_fn(|cx| {
            self.leave(cx);
            Poll::Ready(())
        })
        .await;
    }

    /// Tells the far end the size of the terminal, in columns and rows, if it is ready to hear.
    pub fn resize(&mut self, size: Option<(u16, u16)>) {
        if let Some((columns, rows)) = size
            && self.channel.is_ready()
        {
            self.channel.resize(columns, rows, self.clock.now());
        }
    }

    /// What the agent has had to say since this was asked last.
    pub fn said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Stop> {
        self.budget = BUDGET;
        for _ in 0..TURNS {
            let now = self.clock.now();
            self.channel.tick(now);
            let mut moved = self.write_output(cx);
            moved |= self.read_input(cx);
            moved |= match self.exchange(cx) {
                Ok(moved) => moved,
                Err(Lost(cause)) => {
                    self.socket = None;
                    self.channel.disconnected();
                    self.take_events();
                    match self.end {
                        None => return Poll::Ready(Stop::Lost(cause)),
                        Some(_) => true,
                    }
                }
            };
            if self.take_events() {
                let cause = "nothing has come for too long".to_owned();
                return Poll::Ready(Stop::Lost(cause));
            }
            if self.channel.has_begun() && !std::mem::replace(&mut self.begun, true) {
                return Poll::Ready(Stop::Begun);
            }
            if std::mem::take(&mut self.is_silent) {
                return Poll::Ready(Stop::Silent);
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

    /// Takes note of what happened; whether the websocket has turned out to be dead.
    fn take_events(&mut self) -> bool {
        let mut dead = false;
        while let Some(event) = self.channel.event() {
            match event {
                Event::Say(text) => self.said.push(text),
                Event::Silent => self.is_silent = true,
                Event::Over(end) => self.end = Some(end),
                Event::Dead => {
                    self.socket = None;
                    dead = true;
                }
            }
        }
        dead && self.end.is_none()
    }

    /// The last of the output is written: lets the pipe have it, if it has a buffer of its own.
    fn finish(&mut self, cx: &mut Context<'_>, end: SessionEnd) -> Poll<Stop> {
        match Pin::new(&mut self.output).poll_flush(cx) {
            Poll::Pending => {
                self.end = Some(end);
                Poll::Pending
            }
            Poll::Ready(_) => Poll::Ready(Stop::Over(end)),
        }
    }

    fn write_output(&mut self, cx: &mut Context<'_>) -> bool {
        let mut moved = false;
        while !self.channel.output().is_empty() {
            let written = Pin::new(&mut self.output).poll_write(cx, self.channel.output());
            match written {
                Poll::Pending => return moved,
                Poll::Ready(Ok(bytes)) if bytes > 0 => self.channel.wrote(bytes),
                // Nobody reads any more.
                Poll::Ready(_) => self.leave(cx),
            }
            moved = true;
        }
        if moved && let Poll::Ready(Err(_)) = Pin::new(&mut self.output).poll_flush(cx) {
            self.leave(cx);
        }
        moved
    }

    fn read_input(&mut self, cx: &mut Context<'_>) -> bool {
        let now = self.clock.now();
        let room = self.channel.input_room(now).min(CHUNK);
        if room == 0 || self.input.is_none() {
            return self.look(cx);
        }
        match self.poll_read(cx, room) {
            Poll::Pending => false,
            Poll::Ready(Ok(bytes)) if bytes > 0 => {
                self.channel.input(&self.buffer[..bytes], now);
                true
            }
            Poll::Ready(_) => {
                self.input = None;
                self.channel.end_of_input(now);
                true
            }
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, most: usize) -> Poll<io::Result<usize>> {
        let Some(input) = &mut self.input else {
            return Poll::Pending;
        };
        let mut buffer = ReadBuf::new(&mut self.buffer[..most]);
        ready!(Pin::new(input).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
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
