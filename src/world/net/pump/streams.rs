//! The local end of a tunnel.

use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use super::{Pump, Stop};
use crate::wire::channel::DataChannel;

/// How many bytes are read at once.
pub(super) const CHUNK: usize = 64 * 1024;

/// A ProxyCommand's standard input and output, a terminal, or a client's socket.
#[derive(Debug)]
pub(crate) struct Streams<R, W> {
    /// Where we read.
    pub(crate) input: R,
    /// Where we write.
    pub(crate) output: W,
    /// Whether the writer of `input` has closed it, even if there is something left to read.
    pub(crate) input_closed: fn(&R) -> bool,
    /// Whether the reader of `output` has closed it.
    pub(crate) output_closed: fn(&W) -> bool,
}

impl<C, S, R, W> Pump<C, S, R, W>
where
    C: DataChannel,
    S: AsyncRead + AsyncWrite + Unpin,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    /// All output is written: flushes it, if the stream has a buffer of its own.
    pub(super) fn finish(&mut self, cx: &mut Context<'_>, end: C::End) -> Poll<Stop<C::End>> {
        match Pin::new(&mut self.output).poll_flush(cx) {
            Poll::Pending => {
                self.end = Some(end);
                Poll::Pending
            }
            Poll::Ready(_) => Poll::Ready(Stop::Ended(end)),
        }
    }

    pub(super) fn write_output(&mut self, cx: &mut Context<'_>) -> bool {
        let mut moved = false;
        while !self.channel.output().is_empty() {
            let written = Pin::new(&mut self.output).poll_write(cx, self.channel.output());
            match written {
                Poll::Pending => return moved,
                Poll::Ready(Ok(bytes)) if bytes > 0 => self.channel.wrote(bytes),
                // Its reader is gone.
                Poll::Ready(_) => self.leave(cx),
            }
            moved = true;
        }
        if moved && let Poll::Ready(Err(_)) = Pin::new(&mut self.output).poll_flush(cx) {
            self.leave(cx);
        }
        moved
    }

    pub(super) fn read_input(&mut self, cx: &mut Context<'_>) -> bool {
        let now = self.clock.now();
        let room = self.channel.input_room(now).min(CHUNK);
        if room == 0 || self.input.is_none() {
            return self.check_local_end(cx);
        }
        match self.poll_read(cx, room) {
            Poll::Pending => false,
            Poll::Ready(Ok(bytes)) if bytes > 0 => {
                self.channel.take_input(&mut self.buffer, now);
                true
            }
            Poll::Ready(_) => {
                self.input = None;
                self.channel.end_of_input(now);
                true
            }
        }
    }

    /// Reads into the buffer, which is empty.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        most: usize,
    ) -> Poll<io::Result<usize>> {
        let Some(input) = &mut self.input else {
            return Poll::Pending;
        };
        self.buffer.reserve(most);
        let mut input = input.take(most as u64);
        pin!(input.read_buf(&mut self.buffer)).poll(cx)
    }
}
