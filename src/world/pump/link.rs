//! The pump's websocket.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_sink::Sink;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_websockets::Message;

use super::{Pump, TURNS};
use crate::wire::ssm::channel::Frame;

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
        let _later = Pin::new(socket).poll_flush(cx)?;
        Ok(moved)
    }

    fn receive(&mut self, cx: &mut Context<'_>) -> Result<bool, Lost> {
        let Some(socket) = &mut self.socket else {
            return Ok(false);
        };
        let mut moved = false;
        let now = self.clock.now();
        for _ in 0..TURNS {
            if !self.channel.takes_frames() {
                break;
            }
            let Poll::Ready(message) = Pin::new(&mut *socket).poll_next(cx) else {
                break;
            };
            let message = message.ok_or(Lost)??;
            if message.is_binary() {
                self.channel.frame(message.as_payload(), now);
            } else if message.is_close() {
                return Err(Lost);
            } else {
                self.channel.heard(now);
            }
            moved = true;
        }
        Ok(moved)
    }
}

/// The websocket is gone, for whatever reason: they all lead to the same.
pub(super) struct Lost;

impl From<tokio_websockets::Error> for Lost {
    fn from(_: tokio_websockets::Error) -> Self {
        Self
    }
}
