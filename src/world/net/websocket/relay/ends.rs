//! The two pipes of a relay, a frame at a time.

use std::io;
use std::mem;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio_websockets::Payload;

/// A frame of less is copied out of the buffer that it was read into, or a queue of keystrokes
/// would hold a buffer of full size for each.
const SMALL: usize = 4096;

/// The pipe that frames are read from.
pub(super) struct Inlet<R> {
    /// Until its end.
    pipe: Option<R>,
    frame: usize,
    buffer: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Inlet<R> {
    /// Frames of so many bytes at most.
    pub(super) fn new(pipe: R, frame: usize) -> Self {
        Self {
            pipe: Some(pipe),
            frame,
            buffer: Vec::new(),
        }
    }

    /// Whether its end was read.
    pub(super) fn is_over(&self) -> bool {
        self.pipe.is_none()
    }

    /// As much as is there, or `None` at the end.
    pub(super) fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Vec<u8>>>> {
        let Some(pipe) = &mut self.pipe else {
            return Poll::Ready(Ok(None));
        };
        self.buffer.reserve(self.frame);
        let mut rest = pipe.take(self.frame as u64);
        let bytes = ready!(pin!(rest.read_buf(&mut self.buffer)).poll(cx))?;
        Poll::Ready(Ok(match bytes {
            0 => {
                self.pipe = None;
                None
            }
            1..SMALL => Some(self.buffer.drain(..).collect()),
            _ => Some(mem::take(&mut self.buffer)),
        }))
    }
}

/// The pipe that frames are written to.
pub(super) struct Outlet<W> {
    pipe: W,
    gone: fn(&W) -> bool,
    /// The last frame, and how much of it is written.
    left: Option<(Payload, usize)>,
}

impl<W: AsyncWrite + Unpin> Outlet<W> {
    pub(super) fn new(pipe: W, gone: fn(&W) -> bool) -> Self {
        Self {
            pipe,
            gone,
            left: None,
        }
    }

    /// Whether nobody hears what is written.
    pub(super) fn is_unheard(&self) -> bool {
        (self.gone)(&self.pipe)
    }

    /// Whether something is left to write.
    pub(super) fn is_full(&self) -> bool {
        self.left.is_some()
    }

    /// Takes a frame to write; nothing else may be left.
    pub(super) fn fill(&mut self, frame: Payload) {
        self.left = Some((frame, 0));
    }

    /// Writes what is left; says whether that was anything.
    pub(super) fn poll_empty(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let Some((frame, written)) = &mut self.left else {
            return Poll::Ready(Ok(false));
        };
        while *written < frame.len() {
            match ready!(Pin::new(&mut self.pipe).poll_write(cx, &frame[*written..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                bytes => *written += bytes,
            }
        }
        self.left = None;
        Poll::Ready(Ok(true))
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    #[test]
    fn a_frame_is_all_that_is_there_in_no_more_memory_than_it_needs() {
        let bytes = vec![7; 1500];
        let mut inlet = Inlet::new(&bytes[..], 1000);
        let mut cx = Context::from_waker(Waker::noop());
        let mut next = || match inlet.poll_frame(&mut cx) {
            Poll::Ready(Ok(frame)) => frame,
            other => panic!("{other:?}"),
        };
        let (first, rest) = (next().expect("a frame"), next().expect("a frame"));
        assert_eq!((first.len(), rest.len()), (1000, 500));
        assert!(rest.capacity() < 1000, "{}", rest.capacity());
        assert!(next().is_none() && inlet.is_over());
    }
}
