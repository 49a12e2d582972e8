//! The pump's websocket.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_sink::Sink;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_websockets::Message;

use super::{Pump, TURNS};
use crate::wire::channel::Frame;

/// What a frame costs beside its bytes.
const FRAME: usize = 256;

impl<S, R, W> Pump<S, R, W>
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    /// Sends and receives as much as there is and can be; whether that was anything.
    pub(super) fn exchange(&mut self, cx: &mut Context<'_>) -> Result<bool, Lost> {
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
            let closed = || Lost("the connection has been closed".to_owned());
            let message = message.ok_or_else(closed)??;
            self.pongs.note(&message);
            let cost = message.as_payload().len() + FRAME;
            self.budget = self.budget.saturating_sub(cost);
            if message.is_binary() {
                self.channel.frame(message.as_payload(), now);
            } else if let Some((code, reason)) = message.as_close() {
                let colon = if reason.is_empty() { "" } else { ": " };
                let code = u16::from(code);
                return Err(Lost(format!("close code {code}{colon}{reason}")));
            } else {
                self.channel.heard(now);
            }
            moved = true;
        }
        Ok(moved)
    }
}

/// The websocket is gone, and why: all that leads to the same.
pub(super) struct Lost(pub(super) String);

impl From<tokio_websockets::Error> for Lost {
    fn from(error: tokio_websockets::Error) -> Self {
        Self(error.to_string())
    }
}
