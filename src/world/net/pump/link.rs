//! The pump's websocket.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_sink::Sink;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_websockets::{Error, Message};

use super::{Pump, TURNS};
use crate::wire::channel::{DataChannel, Frame, Received};
use crate::world::net::websocket;

/// How much a frame counts against the budget, in addition to its bytes.
const FRAME: usize = 256;

/// A close frame without a code (RFC 6455, 7.1.5), as the library has it.
const NO_CODE: u16 = 1005;

impl<C, S, R, W> Pump<C, S, R, W>
where
    C: DataChannel,
    S: AsyncRead + AsyncWrite + Unpin,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    /// Closes the websocket with a close frame.
    pub(crate) async fn close(self) {
        if let Some(socket) = self.socket {
            websocket::close(socket).await;
        }
    }

    /// Sends and receives as much as possible. Returns whether there was anything.
    pub(super) fn exchange(&mut self, cx: &mut Context<'_>) -> Result<bool, Lost> {
        if self.end.is_some() {
            return Ok(false);
        }
        let sent = self.send(cx)?;
        let received = self.receive(cx)?;
        Ok(sent || received)
    }

    fn send(&mut self, cx: &mut Context<'_>) -> Result<bool, Lost> {
        let Some(socket) = &mut self.socket else {
            return Ok(false);
        };
        let mut moved = false;
        let now = self.clock.now();
        while Pin::new(&mut *socket).poll_ready(cx)?.is_ready() {
            let Some(frame) = self.channel.transmit(now) else {
                break;
            };
            let message = match frame {
                Frame::Text(text) => Message::text(text),
                Frame::Binary(bytes) => Message::binary(bytes),
                Frame::Ping => Message::ping(&b"keepalive"[..]),
            };
            Pin::new(&mut *socket).start_send(message)?;
            moved = true;
        }
        // If not all of it can be flushed now, the socket wakes us when it has room again.
        let _later = self.pongs.poll_flush(socket, cx)?;
        Ok(moved)
    }

    fn receive(&mut self, cx: &mut Context<'_>) -> Result<bool, Lost> {
        let Some(socket) = &mut self.socket else {
            return Ok(false);
        };
        let mut moved = false;
        let now = self.clock.now();
        for _ in 0..TURNS {
            let is_full = self.pongs.poll_room(socket, cx)?.is_pending();
            if is_full || self.budget == 0 || !self.channel.takes_frames() {
                break;
            }
            let Poll::Ready(message) = Pin::new(&mut *socket).poll_next(cx) else {
                break;
            };
            let message = message.ok_or_else(Lost::closed)??;
            self.pongs.note(&message);
            let cost = message.as_payload().len() + FRAME;
            self.budget = self.budget.saturating_sub(cost);
            if let Some((code, reason)) = message.as_close() {
                let code = u16::from(code);
                let known = Some(code).filter(|code| *code != NO_CODE);
                self.channel.receive(Received::Close(known, reason), now);
                let colon = if reason.is_empty() { "" } else { ": " };
                return Err(Lost(format!("close code {code}{colon}{reason}")));
            }
            let received = if message.is_binary() {
                Received::Binary(message.into_payload().into())
            } else if message.is_ping() {
                Received::Ping
            } else if message.is_pong() {
                Received::Pong
            } else {
                Received::Text
            };
            self.channel.receive(received, now);
            moved = true;
        }
        Ok(moved)
    }
}

/// Why the websocket is lost.
pub(super) struct Lost(pub(super) String);

impl Lost {
    fn closed() -> Self {
        Self("the connection has been closed".to_owned())
    }
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        match error {
            // rustls reports the end of TLS, too, with a link to its documentation.
            Error::Io(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => Self::closed(),
            other => Self(other.to_string()),
        }
    }
}
