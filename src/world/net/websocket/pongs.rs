//! The answers to pings. tokio-websockets queues one for each ping, without a limit: a peer that sends
//! pings and reads nothing would fill our memory.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_sink::Sink;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_websockets::{Error, Message, WebSocketStream};

/// How many may be queued before nothing more is read: some 300 KB. A normal peer sends one every few
/// seconds.
const MOST: usize = 1024;

/// The pongs that may not have been sent yet.
#[derive(Debug, Default)]
pub(crate) struct Pongs(usize);

impl Pongs {
    /// Counts a message that was received.
    pub(crate) fn note(&mut self, message: &Message) {
        self.0 += usize::from(message.is_ping());
    }

    /// Sends what is queued; [`Poll::Ready`] once all of it is sent.
    ///
    /// # Errors
    /// When the websocket is lost.
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
    /// When the websocket is lost.
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
