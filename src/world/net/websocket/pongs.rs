//! The answers to pings. The library queues one for each ping, and has no limit: who pings and reads
//! nothing would have us keep them all.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_sink::Sink;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_websockets::{Error, Message, WebSocketStream};

/// How many may wait to be sent before nothing more is read: some 300 KB of them. A peer that is
/// well sends one every few seconds.
const MOST: usize = 1024;

/// The pongs that may not have been sent yet.
#[derive(Debug, Default)]
pub(crate) struct Pongs(usize);

impl Pongs {
    /// Takes note of a message that has come.
    pub(crate) fn note(&mut self, message: &Message) {
        self.0 += usize::from(message.is_ping());
    }

    /// Sends what is queued, as far as that gets; [`Poll::Ready`] once all of it is sent.
    ///
    /// # Errors
    /// When the websocket is gone.
    pub(crate) fn poll_flush<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        socket: &mut WebSocketStream<S>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        ready!(Pin::new(socket).poll_flush(cx))?;
        self.0 = 0;
        Poll::Ready(Ok(()))
    }

    /// Waits until there is room for another.
    ///
    /// # Errors
    /// When the websocket is gone.
    pub(crate) fn poll_room<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        socket: &mut WebSocketStream<S>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        if self.0 < MOST {
            return Poll::Ready(Ok(()));
        }
        self.poll_flush(socket, cx)
    }
}
