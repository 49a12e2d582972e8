//! The relay: a websocket whose frames are nothing but bytes, and a pair of pipes.
//!
//! Either direction goes on while the other one waits, and neither reads what it could not pass
//! on: a reader that is slow holds up the writer behind it, by TCP's own window or the pipe's. One
//! task does all of it, so that there is no lock and no queue; a frame is read, masked and sent,
//! or received and written, in the one buffer it came in.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_sink::Sink;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_websockets::{Message, WebSocketStream};

use self::ends::{Inlet, Outlet};
use self::life::{Due, Life};
use super::pongs::Pongs;
use crate::error::Tunnel;
use crate::world::net::pump::Streams;

mod ends;
mod life;

/// How many frames go one way before the other way is looked at.
const BURST: usize = 4;

/// How often both directions may move before somebody else gets a turn.
const TURNS: usize = 64;

/// How long the farewell of two websockets may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// How a relay works.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The bytes of one frame at most.
    pub frame: usize,
    /// After so much silence the peer is asked for a sign of life.
    pub idle: Duration,
}

/// What ended it.
#[derive(Debug, PartialEq, Eq)]
pub enum EiceEnd {
    /// The peer has closed the websocket, with this code and reason.
    Closed(Option<u16>, String),
    /// Nobody hears what we write.
    HungUp,
}

/// A websocket between two pipes.
pub struct Relay<'a, S, R, W> {
    socket: &'a mut WebSocketStream<S>,
    inlet: Inlet<R>,
    outlet: Outlet<W>,
    life: Life,
    pongs: Pongs,
    /// Whether the peer takes nothing for now.
    is_blocked: bool,
}

impl<'a, S, R, W> Relay<'a, S, R, W>
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    /// Puts one together.
    pub fn new(socket: &'a mut WebSocketStream<S>, streams: Streams<R, W>, pace: Pace) -> Self {
        Self {
            socket,
            inlet: Inlet::new(streams.input, pace.frame),
            outlet: Outlet::new(streams.output, streams.output_closed),
            life: Life::new(pace.idle),
            pongs: Pongs::default(),
            is_blocked: false,
        }
    }

    /// Carries bytes until the peer closes. The end of our input stops the sending alone: what
    /// comes back is still written.
    ///
    /// # Errors
    /// [`Tunnel::Lost`] and [`Tunnel::Silent`].
    pub async fn run(&mut self) -> Result<EiceEnd, Tunnel> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<EiceEnd, Tunnel>> {
        for _ in 0..TURNS {
            let sent = self.send(cx)?;
            let received = match self.receive(cx)? {
                Received::EiceEnd(end) => return Poll::Ready(Ok(end)),
                Received::Something => true,
                Received::Nothing => false,
            };
            if !sent && !received {
                match self.life.poll(cx, self.outlet.is_full()) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Due::Look) => {
                        if self.outlet.is_unheard() {
                            return Poll::Ready(Ok(EiceEnd::HungUp));
                        }
                    }
                    Poll::Ready(Due::Ping) => self.ping(cx)?,
                    Poll::Ready(Due::Death) => return Poll::Ready(Err(Tunnel::Silent)),
                }
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Reads and sends as long as there is something to read and room to send it.
    fn send(&mut self, cx: &mut Context<'_>) -> Result<bool, Tunnel> {
        let mut moved = false;
        for _ in 0..BURST {
            if self.inlet.is_over() {
                break;
            }
            let is_blocked = !self.has_room(cx)?;
            if is_blocked != std::mem::replace(&mut self.is_blocked, is_blocked) {
                // What is not read cannot end, either.
                self.life.watch(is_blocked);
            }
            if is_blocked {
                return Ok(moved);
            }
            match self.inlet.poll_frame(cx) {
                Poll::Pending => break,
                Poll::Ready(Ok(None)) => self.life.watch(true),
                Poll::Ready(Ok(Some(frame))) => {
                    self.start(Message::binary(frame))?;
                    self.life.sent();
                }
                Poll::Ready(Err(cause)) => return Err(Tunnel::Lost(cause.to_string())),
            }
            moved = true;
        }
        // What is not flushed now is when the socket has room again: that wakes us.
        let _later = self.pongs.poll_flush(self.socket, cx).map_err(lost)?;
        Ok(moved)
    }

    /// Writes what has been received, and receives more only if all of that is written.
    fn receive(&mut self, cx: &mut Context<'_>) -> Result<Received, Tunnel> {
        let mut received = Received::Nothing;
        for _ in 0..BURST {
            match self.outlet.poll_empty(cx) {
                Poll::Pending => return Ok(received),
                Poll::Ready(Err(_)) => return Ok(Received::EiceEnd(EiceEnd::HungUp)),
                Poll::Ready(Ok(true)) => self.life.heard(false),
                Poll::Ready(Ok(false)) => {}
            }
            if self
                .pongs
                .poll_room(self.socket, cx)
                .map_err(lost)?
                .is_pending()
            {
                return Ok(received);
            }
            let message = match Pin::new(&mut *self.socket).poll_next(cx) {
                Poll::Pending => return Ok(received),
                Poll::Ready(None) => {
                    return Err(Tunnel::Lost(CLOSED.to_owned()));
                }
                Poll::Ready(Some(message)) => message.map_err(lost)?,
            };
            received = Received::Something;
            self.life.heard(message.is_pong());
            self.pongs.note(&message);
            if let Some((code, reason)) = message.as_close() {
                let code = Some(u16::from(code)).filter(|code| *code != NO_CODE);
                return Ok(Received::EiceEnd(EiceEnd::Closed(code, reason.to_owned())));
            } else if message.is_binary() {
                self.outlet.fill(message.into_payload());
            } else if message.is_text() {
                return Err(Tunnel::Lost("the endpoint sends text".to_owned()));
            }
        }
        Ok(received)
    }

    fn ping(&mut self, cx: &mut Context<'_>) -> Result<(), Tunnel> {
        // If there is no room for a ping, then others are on their way to ask for an answer.
        if self.has_room(cx)? {
            self.start(Message::ping(&b"mssh"[..]))?;
        }
        Ok(())
    }

    fn has_room(&mut self, cx: &mut Context<'_>) -> Result<bool, Tunnel> {
        let ready = Pin::new(&mut *self.socket).poll_ready(cx).map_err(lost)?;
        Ok(ready.is_ready())
    }

    fn start(&mut self, message: Message) -> Result<(), Tunnel> {
        let started = Pin::new(&mut *self.socket).start_send(message);
        started.map_err(lost)
    }
}

enum Received {
    Nothing,
    Something,
    EiceEnd(EiceEnd),
}

/// What a connection is that ends without a close frame.
const CLOSED: &str = "the connection has been closed";

/// How the library tells a close frame without a code (RFC 6455, 7.1.5).
const NO_CODE: u16 = 1005;

fn lost(error: tokio_websockets::Error) -> Tunnel {
    Tunnel::Lost(match error {
        // rustls tells of the end of TLS, too, and where to read about it.
        tokio_websockets::Error::Io(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => {
            CLOSED.to_owned()
        }
        tokio_websockets::Error::Io(cause) => cause.to_string(),
        other => other.to_string(),
    })
}

/// Takes leave of the peer in due form, but not for long.
pub async fn close<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocketStream<S>) {
    let farewell = poll_fn(|cx| Pin::new(&mut *socket).poll_close(cx));
    let _ = timeout(FAREWELL, farewell).await;
}

#[cfg(test)]
mod tests;
